"""Authentication strengths (part 1.5)."""

PHISHING_RESISTANT = ["windowsHelloForBusiness", "fido2", "x509CertificateMultiFactor"]
PASSWORDLESS = [*PHISHING_RESISTANT, "deviceBasedPush"]
MULTIFACTOR = [*PASSWORDLESS, "temporaryAccessPassOneTime", "temporaryAccessPassMultiUse", "federatedMultiFactor",
               *(f"password,{second}" for second in (
                   "microsoftAuthenticatorPush", "softwareOath", "hardwareOath", "x509CertificateSingleFactor",
                   "x509CertificateMultiFactor", "sms", "voice")),
               *(f"{second},federatedSingleFactor" for second in (
                   "microsoftAuthenticatorPush", "softwareOath", "hardwareOath", "sms", "voice"))]
BUILT_IN = {"00000000-0000-0000-0000-000000000002": MULTIFACTOR,
            "00000000-0000-0000-0000-000000000003": PASSWORDLESS,
            "00000000-0000-0000-0000-000000000004": PHISHING_RESISTANT}


def combination(text):
    return frozenset(mode.strip().lower() for mode in text.split(","))


class Limit:
    """A combinationConfiguration: which keys or which issuers count, in some combinations."""

    def __init__(self, given):
        self.applies_to = {combination(text) for text in given.get("appliesToCombinations") or ()}
        self.aaguids = {text.lower() for text in given.get("allowedAAGUIDs") or ()}
        self.issuers = {text.lower() for text in given.get("allowedIssuerSkis") or ()}
        self.oids = {text.lower() for text in given.get("allowedPolicyOIDs") or ()}

    def holds(self, signin):
        return ((not self.aaguids or signin.fido2_aaguid in self.aaguids)
                and (not self.issuers or signin.x509_issuer in self.issuers)
                and (not self.oids or not self.oids.isdisjoint(signin.x509_oids)))


class Strength:
    def __init__(self, combinations, limits=()):
        self.combinations = [found for found in map(combination, combinations) if "email" not in found]
        self.limits = [Limit(given) for given in limits]

    def is_met(self, signin):
        used = counting_methods(signin)
        return any(modes <= used and all(limit.holds(signin) for limit in self.limits if modes in limit.applies_to)
                   for modes in self.combinations)

    def is_usable(self, signin):
        """Whether a combination lies within what the user has used and may use."""
        if signin.usable_methods is None:
            return bool(self.combinations)
        have = signin.methods | signin.usable_methods
        return any(modes <= have for modes in self.combinations)


def counting_methods(signin):
    """Of a claim that is stale, or foreign and not accepted, the password alone counts."""
    if signin.is_stale or signin.is_refused_claim():
        return signin.methods & {"password"}
    return signin.methods


def find(tenant, given):
    """The tenant's record decides, then the built-in strength, then what the policy carries."""
    name = (given.get("id") or "").lower()
    record = tenant.strengths.get(name)
    if record is None and name in BUILT_IN:
        return Strength(BUILT_IN[name])
    record = record or given
    return Strength(record.get("allowedCombinations") or (), record.get("combinationConfigurations") or ())
