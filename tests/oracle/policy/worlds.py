"""Random tenants with their sign-ins, over the whole world format. A tenant has a theme or two,
of which both its policies and its sign-ins are full: what seldom meets by chance meets there."""
import facts
import policies
import vocabulary as v
from dice import Dice

SIGN_INS = 20
THEMES = {"guests": 4, "groups": 2, "workloads": 2.5, "actions": 1.5, "contexts": 1.5, "requests": 3.5, "filters": 1.5,
          "strengths": 5, "terms": 1.5, "session": 2, "perUser": 1.5, "defaults": 1, "whatIf": 1.5, "plain": 1.5}


def location(dice, name):
    given = {"id": name, "displayName": f"Location {name[-1]}"}
    kind = dice.weighted({"ip": 5, "country": 3, "gps": 1.5, "network": 1})
    if kind == "ip":
        given.update({"@odata.type": "#microsoft.graph.ipNamedLocation", "isTrusted": dice.often(0.5), "ipRanges": [
            {"@odata.type": f"#microsoft.graph.iPv{6 if ':' in cidr else 4}CidrRange", "cidrAddress": cidr}
            for cidr in dice.some(v.RANGES, 1, 3)]})
        if dice.often(0.1):
            given["ipRanges"].append({"@odata.type": "#microsoft.graph.iPv4Range", "lowerAddress": "10.1.2.3",
                                      "upperAddress": "10.2.0.0"})
    elif kind == "network":
        given.update({"@odata.type": "#microsoft.graph.compliantNetworkNamedLocation",
                      "compliantNetworkType": "allTenantCompliantNetworks", "isTrusted": dice.often(0.6)})
    else:
        given.update({"@odata.type": "#microsoft.graph.countryNamedLocation",
                      "countriesAndRegions": dice.all_cased(dice.some(v.COUNTRIES, 1, 3)),
                      "includeUnknownCountriesAndRegions": dice.often(0.5)})
        if kind == "gps":
            given["countryLookupMethod"] = "authenticatorAppGps"
        elif dice.often(0.5):
            given["countryLookupMethod"] = "clientIpAddress"
    return given


def limit(dice, combinations):
    fido = [text for text in combinations if "fido2" in text]
    x509 = [text for text in combinations if "x509" in text]
    if fido and (not x509 or dice.often(0.5)):
        return {"@odata.type": "#microsoft.graph.fido2CombinationConfiguration", "appliesToCombinations": fido,
                "allowedAAGUIDs": dice.some(v.AAGUIDS, 1, 1 + dice.below(2))}
    if not x509:
        return None
    given = {"@odata.type": "#microsoft.graph.x509CertificateCombinationConfiguration", "appliesToCombinations": x509,
             "allowedIssuerSkis": [], "allowedPolicyOIDs": []}
    if dice.often(0.7):
        given["allowedIssuerSkis"] = dice.some(v.ISSUERS, 1, 2)
    if dice.often(0.6) or not given["allowedIssuerSkis"]:
        given["allowedPolicyOIDs"] = dice.some(v.OIDS, 1, 2)
    return given


def strength(dice, name):
    combinations = dice.some(v.COMBINATIONS, 1, 4)
    if dice.often(0.8):
        limited = dice.pick(["fido2", "x509CertificateMultiFactor"])
        combinations = [limited] if dice.often(0.6) else list(dict.fromkeys([limited, combinations[0]]))
    found = limit(dice, combinations) if dice.often(0.9) else None
    return {"id": name, "displayName": f"Strength {name[-1]}", "policyType": "custom", "requirementsSatisfied": "mfa",
            "allowedCombinations": combinations, "combinationConfigurations": [found] if found else []}


def app_groups(dice):
    return {"date": "2026-01-01", "groups": {name: dice.some(v.APPS, 1, 4) for name in v.FAMILIES},
            "dependencies": [{"app": app, "needs": needed} for app in dice.some(v.APPS, 1, 3)
                             for needed in dice.some([one for one in v.APPS if one != app], 1, 2)]}


def settings(dice, theme):
    given = {}
    if "defaults" in theme:
        given["securityDefaults"] = dice.often(0.85)
    if "requests" in theme or dice.often(0.1):
        given["baselineScopesMode"] = dice.pick(["legacy", "legacy", "enforce", {"customResource": dice.pick(v.APPS)}])
    return given


def tenant(seed, number):
    """Tenant `number` of the sequence of `seed`; the same whoever asks for it."""
    dice = Dice(f"{seed}/{number}")
    theme = {dice.weighted(THEMES) for _ in range(dice.pick([1, 2, 2]))}
    world = {"locations": [location(dice, name) for name in dice.some(v.LOCATIONS, 0, 5)],
             "strengths": [strength(dice, name) for name in v.STRENGTHS[:3 if "strengths" in theme else dice.below(4)]],
             "trustedIps": dice.some(v.TRUSTED_RANGES, 1, 2) if dice.often(0.4) else [],
             "settings": settings(dice, theme)}
    if dice.often(0.35):
        world["appGroups"] = app_groups(dice)
    known = [given["id"] for given in world["locations"]]
    world["policies"] = [policies.policy(dice, n + 1, theme, known, world["strengths"])
                         for n in range(dice.pick([1, 3, 4, 5, 5, 6, 7, 9]))]
    if world["settings"].get("securityDefaults"):                   # V19: no enabled policy beside them
        for given in world["policies"]:
            if given["state"].lower() == "enabled" and dice.often(0.8):
                given["state"] = "enabledForReportingButNotEnforced"
    world["signIns"] = [facts.signin(dice, theme) for _ in range(SIGN_INS)]
    return world
