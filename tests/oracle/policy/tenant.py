"""A tenant of the world format, read once: its networks, strengths, groups of applications, policies."""
import audiences
import conditions
import controls
import locations
import session

# The rows for people know fewer names.
SHOWN_NAMES = {"workloads": "users", "userActions": "applications", "authenticationContexts": "applications",
               "deviceStates": "devices", "servicePrincipalRisk": "signInRisk"}
REPORT_ONLY = "enabledforreportingbutnotenforced"


class Policy:
    def __init__(self, tenant, given):
        self.id = given["id"]
        self.state = given["state"].lower()
        self.is_report_only = self.state == REPORT_ONLY
        asked = given.get("conditions") or {}
        name, reason, holds, self.applications = conditions.target(tenant, asked.get("applications"), self.is_report_only)
        self.target_reason = reason
        self.is_on_action = name == "userActions"
        self.conditions = [conditions.identity(asked), (name, reason, holds), *conditions.others(tenant, asked)]
        self.is_empty = conditions.names_nobody(asked) or (
            self.applications is not None and self.applications.is_empty)
        names = [one[0] for one in self.conditions]
        self.shown_names = [SHOWN_NAMES.get(name, name) for name in names]
        self.is_on_flows = "authenticationFlows" in names
        self.is_on_risk = "signInRisk" in names or "userRisk" in names
        self.session = session.Session(given.get("sessionControls"))
        self.grant = controls.Grant(tenant, given.get("grantControls"), self.session)
        self.demands_strength = "RequireAuthenticationStrength" in self.grant.names

    def hits(self, signin):
        """Whether each condition holds, in their order."""
        return [name not in signin.unstated and holds(signin) for name, _, holds in self.conditions]

    def why_not(self, hits, signin):
        """Why the policy does not apply (part 4.2), or None: it does."""
        if self.state == "disabled":
            return "policyNotEnabled"
        if self.is_empty:
            return "emptyPolicy"
        reason = next((reason for (_, reason, _), hit in zip(self.conditions, hits) if not hit), None)
        if reason == "users" and signin.workload:
            return "workloadIdentities"
        asks_nothing = not (signin.audiences or signin.contexts or signin.user_action)
        return "notEnoughInformation" if reason == self.target_reason and asks_nothing else reason

    def takes_all(self):
        return self.applications is not None and self.applications.takes_all

    def gives_way(self, signin):
        """Registering security information: a strength on the action overrides those that come through All."""
        return signin.strength_is_on_action and self.takes_all()

    def spares_devices(self, signin):
        return self.applications is not None and self.applications.reaches_device_registration(signin)


class Tenant:
    def __init__(self, world):
        settings = world.get("settings") or {}
        self.has_security_defaults = bool(settings.get("securityDefaults"))
        mode = settings.get("baselineScopesMode", "enforce")
        self.baseline_is_legacy = mode == "legacy"
        self.baseline_resource = mode["customResource"].lower() if isinstance(mode, dict) else audiences.DIRECTORY
        self.groups = audiences.Groups(world.get("appGroups"))
        self.networks = locations.Networks(world.get("locations") or (), world.get("trustedIps") or ())
        self.strengths = {given["id"].lower(): given for given in world.get("strengths") or ()}
        self.policies = [Policy(self, given) for given in world.get("policies") or ()]
