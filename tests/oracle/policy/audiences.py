"""Which resources a sign-in is for, and which of them a policy covers (part 3.4, 3.5)."""
import filters
from words import words

GRAPH = "00000003-0000-0000-c000-000000000000"
DIRECTORY = "00000002-0000-0000-c000-000000000000"
EXCHANGE = "00000002-0000-0ff1-ce00-000000000000"
SHAREPOINT = "00000003-0000-0ff1-ce00-000000000000"
SKYPE = "00000004-0000-0ff1-ce00-000000000000"
TEAMS = "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe"
AZURE_MANAGEMENT = "797f4846-ba00-4fd7-ba43-dac1f8f63013"
AZURE_PORTAL = "c44b4083-3bb0-49c1-b47d-974e53cbdf3c"
POWER_APPS = "475226c6-020e-4fb2-8a90-7a972cbfc1d4"
POWER_AUTOMATE = "7df0a125-d3be-4c96-aa54-591f83ff541c"
POWER_APPS_PORTAL = "a8f7a65c-f5ba-4859-b2d6-df772c264e9d"
POWER_AUTOMATE_PORTAL = "6204c1d1-4712-4c46-a7d9-3ed63d992682"
FORMS = "c9a559d2-7aab-4f13-a6ed-e7e9c52aec87"
DEVICE_REGISTRATION = "01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9"

OIDC = frozenset({"email", "offline_access", "openid", "profile"})
PROFILE = OIDC | {"user.read", "people.read"}                   # what a public client may ask for
BASELINE = PROFILE | {"user.read.all", "user.readbasic.all", "people.read.all", "groupmember.read.all",
                      "member.read.hidden"}
DATA_SETS = {"mail": EXCHANGE, "files": SHAREPOINT, "sites": SHAREPOINT, "channelmessage": TEAMS}

OFFICE = {EXCHANGE, SHAREPOINT, SKYPE, TEAMS, POWER_APPS, FORMS,
          "00000005-0000-0ff1-ce00-000000000000", "00000006-0000-0ff1-ce00-000000000000",
          "00000007-0000-0ff1-ce00-000000000000", POWER_AUTOMATE_PORTAL, POWER_APPS_PORTAL,
          "5e3ce6c0-2b1f-4285-8d4b-75ee78787346",
          "1fec8e78-bce4-4aaf-ab1b-5451cc387264", "d3590ed6-52b3-4102-aeff-aad2292ab01c",
          "4b233688-031c-404b-9a80-a4f3f2351f90", "4765445b-32c6-49b0-83e6-1d93765276ca",
          "ab9b8c07-8f02-4f72-87fa-80105867a763", "2d4d3d8e-2be3-4bef-9f87-7875a61c29de",
          "95de633a-083e-42f5-b444-a4295d8e9314", "905fcf26-4eb7-48a0-9ff0-8dcc7194b5ba",
          "94c63fef-13a3-47bc-8074-75af8c65887a"}
PORTALS = {AZURE_PORTAL, "497effe9-df71-4043-a8bb-14cf78c4b63b", "80ccca67-54bd-44ab-8625-4b79c4dc7775"}
OF_POWER_APPS = {AZURE_MANAGEMENT, DIRECTORY, SHAREPOINT, EXCHANGE}
EARLY_BOUND = {TEAMS: {EXCHANGE, SHAREPOINT, SKYPE}, FORMS: {EXCHANGE, SHAREPOINT}, SKYPE: {EXCHANGE},
               POWER_APPS: OF_POWER_APPS, POWER_APPS_PORTAL: OF_POWER_APPS,
               POWER_AUTOMATE: {POWER_APPS}, POWER_AUTOMATE_PORTAL: {POWER_APPS}}


KEYWORDS = {"all", "none"}


class Groups:
    """The groups of applications and the early-bound dependencies: the documented ones, or the tenant's own."""

    def __init__(self, given):
        if given is None:
            self.members = {"office365": OFFICE, "microsoftadminportals": PORTALS}
            self.needs = EARLY_BOUND
            return
        self.members = {name.lower(): words(given["groups"], name) for name in given.get("groups", {})}
        self.needs = {}
        for one in given.get("dependencies", ()):
            self.needs.setdefault(one["app"].lower(), set()).add(one["needs"].lower())

    def with_dependencies(self, audiences):
        found, todo = set(audiences), list(audiences)
        while todo:
            for needed in self.needs.get(todo.pop(), ()):
                if needed not in found:
                    found.add(needed)
                    todo.append(needed)
        return frozenset(found)

    def expand(self, named):
        """Application ids that a list of a policy names, by id or by a group's keyword, which is no id itself."""
        found = set(named) - KEYWORDS - set(self.members)
        for word in named:
            found |= self.members.get(word, set())
        if AZURE_MANAGEMENT in named:
            found.add(AZURE_PORTAL)
        return frozenset(found)


def data_set(scope):
    return DATA_SETS.get(scope.partition(".")[0], GRAPH)


def asked_for(tenant, signin, facts):
    """(audiences, the one of them that stands for low-privilege scopes or None)."""
    if "request" not in facts:
        return frozenset(app.lower() for app in facts.get("resources") or ()), None
    request = facts["request"]
    scopes, resource = words(request, "scopes"), (request.get("resource") or "").lower()
    for_itself = signin.is_confidential and bool(request.get("wantsIdToken"))
    low_privilege = None
    if resource not in ("", GRAPH):
        found = {resource}
    elif scopes <= OIDC and for_itself:
        found = set()                                           # T41: the client alone
    elif scopes <= (BASELINE if signin.is_confidential else PROFILE):
        low_privilege = tenant.baseline_resource
        found = {low_privilege}
    elif scopes <= BASELINE:
        found = {DIRECTORY}
    else:
        found = {data_set(scope) for scope in scopes - BASELINE}
    if for_itself:
        found.add(signin.client)
    if request.get("withDependencies"):
        found = tenant.groups.with_dependencies(found)
        if any(low_privilege in tenant.groups.needs.get(app, ()) for app in found):
            low_privilege = None                                    # something depends on it as well
    return frozenset(found), low_privilege


class Applications:
    """The applications that a policy includes and excludes."""

    def __init__(self, tenant, given):
        included, excluded = words(given, "includeApplications"), words(given, "excludeApplications")
        self.takes_all = "all" in included
        self.included = tenant.groups.expand(included)
        self.excluded = tenant.groups.expand(excluded)
        self.filter = filters.Filter(given.get("applicationFilter"))
        self.has_exclusion = bool(excluded) or self.filter.mode == "exclude"
        self.is_empty = included <= {"none"} and self.filter.mode != "include"
        self.is_legacy = tenant.baseline_is_legacy

    def excludes(self, app, signin):
        return app in self.excluded or self.filter.excludes(signin.attributes.get(app, filters.NOTHING))

    def spares(self, app, signin):
        """Legacy mode: low-privilege scopes are not reached through All by a policy with an exclusion."""
        if not self.is_legacy or app != signin.low_privilege:
            return False
        return self.excludes(signin.client, signin) if signin.is_confidential else self.has_exclusion

    def covers(self, app, signin):
        named = app in self.included or self.filter.includes(signin.attributes.get(app, filters.NOTHING))
        if not named and (not self.takes_all or self.spares(app, signin)):
            return False
        return not self.excludes(app, signin)

    def holds(self, signin):
        if signin.user_action is not None:
            return self.takes_all and signin.user_action == "urn:user:registersecurityinfo"
        return any(self.covers(app, signin) for app in signin.audiences)

    def reaches_device_registration(self, signin):
        """Through All, and for nothing else: what is needed to become compliant cannot ask for compliance."""
        return self.takes_all and signin.audiences == {DEVICE_REGISTRATION}
