"""The facts of one sign-in, as FORMAT.md lists them, read once."""
import audiences
import filters
import locations
import what_if

MODERN = ("browser", "mobileappsanddesktopclients")
KINDS = ("internalguest", "b2bcollaborationguest", "b2bcollaborationmember", "b2bdirectconnectuser",
         "otherexternaluser", "serviceprovider")


def small(text):
    return text.lower() if text else text


def small_set(texts):
    return frozenset(text.lower() for text in texts) if texts else frozenset()


class Person:
    def __init__(self, given):
        self.id = small(given.get("id"))
        self.groups = small_set(given.get("groups"))
        self.roles = small_set(given.get("roles"))
        self.kind = small(given.get("external")) or ("internalguest" if given.get("isGuest") else None)
        self.tenant = small(given.get("homeTenant"))
        self.has_method = bool(given.get("hasMfaMethod"))
        self.per_user_mfa = small(given.get("perUserMfa", "disabled"))
        self.registration_is_due = bool(given.get("mfaRegistrationIsDue"))

    def is_external(self):
        """Whether another tenant vouches for the user; an internal guest signs in here."""
        return self.kind is not None and self.kind != "internalguest"


class Workload:
    def __init__(self, given):
        self.id = small(given.get("servicePrincipal"))
        self.is_own = bool(given.get("isOwn"))
        self.risk = small(given.get("risk", "unknown"))
        self.attributes = filters.security_attributes(given.get("attributes") or {})


class SignIn:
    def __init__(self, tenant, facts):
        get = facts.get
        self.workload = Workload(facts["workload"]) if "workload" in facts else None
        self.person = None if self.workload else Person(get("user") or {})
        self.client = small(get("client"))
        self.is_confidential = bool(get("isConfidential"))
        self.user_action = small(get("userAction"))
        self.contexts = small_set([*(get("authContexts") or ()), *([facts["authContext"]] if get("authContext") else ())])
        self.attributes = {app.lower(): filters.security_attributes(given)
                           for app, given in (get("attributes") or {}).items()}
        self.audiences, self.low_privilege = audiences.asked_for(tenant, self, facts)

        self.client_app = small(get("clientAppType")) or "other"
        self.platform = small(get("platform", "unknown"))
        self.ip = locations.address(facts["ip"]) if get("ip") else None
        self.country = small(get("country"))
        self.gps_country = small(get("gpsCountry"))
        self.is_compliant_network = bool(get("isCompliantNetwork"))
        self.inside_corporate_network = bool(get("insideCorporateNetwork"))
        self.device = get("device")
        self.device_attributes = filters.device_attributes(self.device)
        self.flow_origin = small(get("flowOrigin", "none"))
        self.signin_risk = small(get("signInRisk", "none"))
        self.user_risk = small(get("userRisk", "none"))
        self.insider_risk = small(get("insiderRisk", "absent"))

        self.methods = small_set(get("methods"))
        self.fido2_aaguid = small(get("fido2Aaguid"))
        self.x509_issuer = small(get("x509IssuerSki"))
        self.x509_oids = small_set(get("x509PolicyOids"))
        self.usable_methods = small_set(facts["usableMethods"]) if "usableMethods" in facts else None
        self.has_claim, self.is_stale, self.is_foreign = bool(get("mfa")), bool(get("mfaIsStale")), bool(get("mfaIsForeign"))
        self.trust = get("inboundTrust") or {}
        self.accepted_terms = small_set(get("acceptedTerms"))
        self.passed_factors = small_set(get("passedFactors"))
        self.password_is_changed = bool(get("passwordIsChanged"))
        self.risk_is_remediated = bool(get("riskIsRemediated"))
        self.is_approved_app = bool(get("isApprovedApp"))
        self.is_protected_app = bool(get("isProtectedApp"))
        self.is_token_bound = bool(get("isTokenBound"))
        self.is_interactive = bool(get("isInteractive"))
        self.is_what_if = bool(get("isWhatIf"))
        self.unstated = what_if.unstated(facts) if self.is_what_if else frozenset()

    def is_external(self):
        return self.person is not None and self.person.is_external()

    def is_refused_claim(self):
        """An MFA claim of another tenant that inbound trust does not accept: it is none."""
        return self.is_foreign and not self.trust.get("isMfaAccepted")

    def is_legacy(self):
        """A client of a protocol that can show no page."""
        return self.client_app not in MODERN
