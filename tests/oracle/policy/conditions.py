"""The conditions of a policy (parts 1.3 and 3.3). Each is a class or function that is read from
the policy once and then answers `holds(signin)`."""
import audiences
import filters
from signin import KINDS
from words import flags, words


class Guests:
    """External users of some kinds, of all tenants or of those listed."""

    def __init__(self, given):
        self.kinds = flags(given.get("guestOrExternalUserTypes")) if given else frozenset()
        tenants = (given or {}).get("externalTenants") or {}
        is_listed = ((tenants.get("membershipKind") or "").lower() == "enumerated"
                     or "enumerated" in tenants.get("@odata.type", "").lower())
        self.tenants = words(tenants, "members") if is_listed else None

    def holds(self, person):
        if person.kind not in self.kinds:
            return False
        return self.tenants is None or person.kind == "internalguest" or person.tenant in self.tenants


class Side:
    """The includes, or the excludes, of the users of a policy: a union."""

    def __init__(self, given, side):
        self.users = words(given, f"{side}Users")
        self.groups = words(given, f"{side}Groups")
        self.roles = words(given, f"{side}Roles")
        self.guests = Guests(given.get(f"{side}GuestsOrExternalUsers"))
        self.takes_all = "all" in self.users
        self.takes_guests = "guestsorexternalusers" in self.users

    def holds(self, person):
        if self.takes_all or (self.takes_guests and person.kind in KINDS) or self.guests.holds(person):
            return True
        if person.kind == "b2bdirectconnectuser":               # has no object here
            return False
        return (person.id in self.users or not self.groups.isdisjoint(person.groups)
                or not self.roles.isdisjoint(person.roles))


def users(given):
    include, exclude = Side(given or {}, "include"), Side(given or {}, "exclude")
    return lambda signin: (signin.person is not None and include.holds(signin.person)
                           and not exclude.holds(signin.person))


def workloads(given):
    include, exclude = words(given, "includeServicePrincipals"), words(given, "excludeServicePrincipals")
    rule = filters.Filter(given.get("servicePrincipalFilter"))
    takes_all = "serviceprincipalsinmytenant" in include and rule.mode != "include"

    def holds(signin):
        workload = signin.workload
        if workload is None or not workload.is_own:
            return False
        if not (takes_all or workload.id in include or rule.includes(workload.attributes)):
            return False
        return workload.id not in exclude and not rule.excludes(workload.attributes)
    return holds


def user_actions(given, is_report_only):
    """Report-only is no way to judge user actions but in What If."""
    actions = words(given, "includeUserActions")
    return lambda signin: signin.user_action in actions and (signin.is_what_if or not is_report_only)


def contexts(given):
    listed = words(given, "includeAuthenticationContextClassReferences")
    return lambda signin: not listed.isdisjoint(signin.contexts)


def platforms(given):
    include, exclude = words(given, "includePlatforms"), words(given, "excludePlatforms")
    return lambda signin: ("all" in include or signin.platform in include) and signin.platform not in exclude


def device_filter(given):
    rule = filters.Filter(given)
    return lambda signin: rule.holds(signin.device_attributes) == (rule.mode == "include")


def device_states(given):
    include, exclude = words(given, "includeStates"), words(given, "excludeStates")

    def holds(signin):
        device = signin.device_attributes
        if "compliant" in exclude and device.get("iscompliant") == "true":
            return False
        return "all" in include and not ("domainjoined" in exclude and device.get("trusttype") == "serverad")
    return holds


CLIENT_APPS = {"browser", "mobileappsanddesktopclients", "exchangeactivesync", "eassupported", "other"}
OLD_CLIENT_APPS = {"modern": "mobileappsanddesktopclients", "easunsupported": "exchangeactivesync"}


def client_apps(given):
    """None where nothing is configured, which a list of all kinds is, too."""
    listed = frozenset(OLD_CLIENT_APPS.get(word, word) for word in words({"types": given}, "types"))
    if not listed or "all" in listed or listed >= CLIENT_APPS:
        return None
    return lambda signin: signin.client_app in listed


def locations(tenant, given):
    include, exclude = words(given, "includeLocations"), words(given, "excludeLocations")
    holds = tenant.networks.holds
    return lambda signin: (any(holds(word, signin) for word in include)
                           and not any(holds(word, signin) for word in exclude))


def levels(given, seen):
    listed = words({"levels": given}, "levels")
    return lambda signin: seen(signin) in listed and seen(signin) not in ("unknown", "hidden")


def target(tenant, given, is_report_only):
    """(name, reason, holds, Applications or None): one family of targets a policy."""
    given = given or {}
    if given.get("includeUserActions"):
        return "userActions", "userActions", user_actions(given, is_report_only), None
    if given.get("includeAuthenticationContextClassReferences"):
        return "authenticationContexts", "authenticationContext", contexts(given), None
    applications = audiences.Applications(tenant, given)
    return "applications", "application", applications.holds, applications


def names_nobody(given):
    """Whether the policy is for no user and no workload at all."""
    if of := given.get("clientApplications"):
        return not of.get("includeServicePrincipals") and not of.get("servicePrincipalFilter")
    include = Side(given.get("users") or {}, "include")
    return include.users <= {"none"} and not (include.groups or include.roles or include.guests.kinds)


def identity(given):
    """(name, reason, holds): a policy is for users or for workloads."""
    if given.get("clientApplications"):
        return "workloads", "workloadIdentities", workloads(given["clientApplications"])
    return "users", "users", users(given.get("users"))


def says_something(given):
    """Lists that are all empty are as good as no condition."""
    return any((given or {}).values())


def others(tenant, given):
    """(name, reason, holds) of what is configured beside identity and target, in the order of part 4.2."""
    if says_something(given.get("platforms")):
        yield "platforms", "devicePlatform", platforms(given["platforms"])
    if (given.get("devices") or {}).get("deviceFilter"):
        yield "devices", "devices", device_filter(given["devices"]["deviceFilter"])
    if given.get("deviceStates"):
        yield "deviceStates", "devices", device_states(given["deviceStates"])
    if holds := client_apps(given.get("clientAppTypes")):
        yield "clientAppTypes", "clientApps", holds
    if says_something(given.get("locations")):
        yield "locations", "location", locations(tenant, given["locations"])
    if given.get("signInRiskLevels"):
        yield "signInRisk", "signInRisk", levels(given["signInRiskLevels"], lambda signin: signin.signin_risk)
    if given.get("servicePrincipalRiskLevels"):
        yield "servicePrincipalRisk", "signInRisk", levels(
            given["servicePrincipalRiskLevels"], lambda signin: signin.workload.risk if signin.workload else "unknown")
    if given.get("userRiskLevels"):
        yield "userRisk", "userRisk", levels(given["userRiskLevels"], lambda signin: signin.user_risk)
    if given.get("insiderRiskLevels"):
        listed = flags(given["insiderRiskLevels"])
        yield "insiderRisk", "insiderRisk", lambda signin: signin.insider_risk in listed
    if (given.get("authenticationFlows") or {}).get("transferMethods"):
        methods = flags(given["authenticationFlows"]["transferMethods"])
        yield "authenticationFlows", "authenticationFlow", lambda signin: signin.flow_origin in methods
