"""Grant controls (parts 1.4, 1.5, 3.1 and 3.9): what each one is, when it is met, and whether
this sign-in could still meet it. Every control, each agreement, each custom factor and the
strength is one operand of the policy's operator."""
import strengths

BUILT_IN = {"block": "Block", "mfa": "Mfa", "compliantdevice": "RequireCompliantDevice",
            "domainjoineddevice": "RequireDomainJoinedDevice", "approvedapplication": "RequireApprovedApp",
            "compliantapplication": "RequireCompliantApp", "passwordchange": "PasswordChange",
            "riskremediation": "RiskRemediation"}
ORDER = ["Block", "Mfa", "RequireAuthenticationStrength", "RequireCompliantDevice", "RequireDomainJoinedDevice",
         "RequireApprovedApp", "RequireCompliantApp", "PasswordChange", "RiskRemediation", "TermsOfUse",
         "CustomControl", "SignInTokenProtection"]
# What somebody has to answer; the rest is read off the device and the client.
QUESTIONS = {"Mfa", "RequireAuthenticationStrength", "PasswordChange", "RiskRemediation", "TermsOfUse",
             "CustomControl"}
DEVICE = ("RequireCompliantDevice", "RequireDomainJoinedDevice")
# Where alone a control can be had; a platform that cannot be told rules nothing out.
PLATFORMS = {"RequireDomainJoinedDevice": {"windows"}, "RequireApprovedApp": {"android", "ios"},
             "RequireCompliantApp": {"android", "ios", "windows"}}


def has_mfa(signin):
    """An MFA claim that counts; Windows Hello counts by itself, but not when it was used in a tenant not trusted."""
    if signin.is_refused_claim() or (signin.is_external() and "Mfa" in refused_to_external(signin)):
        return False
    return "windowshelloforbusiness" in signin.methods or (signin.has_claim and not signin.is_stale)


def device_counts(signin, acceptance):
    """A registered device, outside the device code flow; one of another tenant where that is trusted."""
    if signin.device is None or signin.flow_origin == "devicecodeflow":
        return False
    return not signin.is_external() or bool(signin.trust.get(acceptance))


def is_compliant(signin):
    return device_counts(signin, "isCompliantDeviceAccepted") and bool(signin.device.get("isCompliant"))


def is_hybrid(signin):
    return (device_counts(signin, "isHybridAzureADJoinedDeviceAccepted")
            and (signin.device.get("trustType") or "").lower() == "serverad")


def has_changed_password(signin):
    return signin.password_is_changed and has_mfa(signin)


MET = {"Block": lambda signin: False, "Mfa": has_mfa, "RequireCompliantDevice": is_compliant,
       "RequireDomainJoinedDevice": is_hybrid, "RequireApprovedApp": lambda signin: signin.is_approved_app,
       "RequireCompliantApp": lambda signin: signin.is_protected_app, "PasswordChange": has_changed_password,
       "RiskRemediation": lambda signin: signin.risk_is_remediated or has_changed_password(signin),
       "SignInTokenProtection": lambda signin: signin.is_token_bound}


class Operand:
    """One control of a policy; `of` is the agreement, factor or strength that it is about."""

    def __init__(self, name, of=None):
        self.name, self.of = name, of

    def is_met(self, policy, signin):
        if self.name in DEVICE and policy.spares_devices(signin):
            return True
        if self.name == "RequireAuthenticationStrength" and policy.gives_way(signin):
            return True
        if signin.is_external() and self.name in refused_to_external(signin):
            return False
        if self.name in ("TermsOfUse", "CustomControl"):
            return self.is_answered(signin)
        if self.name == "RequireAuthenticationStrength":
            return self.of.is_met(signin)
        return MET[self.name](signin)

    def is_answered(self, signin):
        """Whether this agreement was accepted, or this factor passed."""
        done = {"TermsOfUse": signin.accepted_terms, "CustomControl": signin.passed_factors}
        return self.name in done and self.of.lower() in done[self.name]

    def is_out_of_reach(self, signin):
        """What nobody can obtain in this sign-in: being asked for it is a block."""
        if self.name == "Block":
            return True
        if self.name in QUESTIONS and signin.is_legacy():
            return True
        if self.name == "RequireAuthenticationStrength" and not self.of.is_usable(signin):
            return True
        return signin.is_external() and self.name in refused_to_external(signin)

    def is_attainable(self, signin):
        if self.is_out_of_reach(signin):
            return False
        if self.name in DEVICE and signin.flow_origin == "devicecodeflow":
            return False
        return signin.platform in PLATFORMS.get(self.name, (signin.platform,)) or signin.platform == "unknown"


def refused_to_external(signin):
    """The controls that a user of another tenant cannot obtain here (part 3.9)."""
    refused = {"RequireApprovedApp", "RequireCompliantApp", "PasswordChange", "RiskRemediation"}
    if not signin.trust.get("isCompliantDeviceAccepted"):
        refused.add("RequireCompliantDevice")
    if not signin.trust.get("isHybridAzureADJoinedDeviceAccepted"):
        refused.add("RequireDomainJoinedDevice")
    if signin.person.kind == "b2bdirectconnectuser":
        refused.add("TermsOfUse")
        if not signin.trust.get("isMfaAccepted"):
            refused |= {"Mfa", "RequireAuthenticationStrength"}
    return refused


class Grant:
    """The grant controls of a policy."""

    def __init__(self, tenant, given, session):
        given = given or {}
        self.takes_one = (given.get("operator") or "").lower() == "or"
        self.operands = [Operand(BUILT_IN[word.lower()]) for word in given.get("builtInControls") or ()]
        self.operands += [Operand("TermsOfUse", one) for one in given.get("termsOfUse") or ()]
        self.operands += [Operand("CustomControl", one) for one in given.get("customAuthenticationFactors") or ()]
        if given.get("authenticationStrength"):
            found = strengths.find(tenant, given["authenticationStrength"])
            self.operands.append(Operand("RequireAuthenticationStrength", found))
        self.operands.sort(key=lambda operand: ORDER.index(operand.name))
        self.names = {operand.name for operand in self.operands}
        self.binding = [Operand("SignInTokenProtection")] if "secureSignInSession" in session.asked else []

    def asked(self, policy, signin):
        """The operands that this sign-in still has to meet."""
        unmet = [operand for operand in self.operands if not operand.is_met(policy, signin)]
        if self.takes_one and unmet:
            if len(unmet) < len(self.operands):
                unmet = []
            else:
                first = next((operand for operand in unmet if operand.is_attainable(signin)), unmet[0])
                alike = [operand for operand in unmet if operand.name == first.name]
                unmet = [next((operand for operand in alike if not operand.is_answered(signin)), first)]
        return unmet + [operand for operand in self.binding if not operand.is_met(policy, signin)]
