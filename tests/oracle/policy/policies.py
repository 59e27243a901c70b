"""Random policies, each valid by the rules V1 to V20 of part 1.9.

A policy is wide (all users, all resources) but for a few conditions, so that what decides is
seldom hidden behind another condition that does not hold."""
import rules
import vocabulary as v

STATES = {"enabled": 8, "enabledForReportingButNotEnforced": 2, "disabled": 0.7, "Enabled": 0.5}


def guests(dice):
    given = {"guestOrExternalUserTypes": dice.pick([",", ", "]).join(dice.all_cased(dice.some(v.KINDS, 1, 4)))}
    if dice.often(0.6):
        if dice.often(0.3):
            given["externalTenants"] = {"@odata.type": "#microsoft.graph.conditionalAccessAllExternalTenants",
                                        "membershipKind": "all"}
        else:
            given["externalTenants"] = {"@odata.type": "#microsoft.graph.conditionalAccessEnumeratedExternalTenants",
                                        "membershipKind": dice.cased("enumerated"),
                                        "members": dice.all_cased(dice.some(v.TENANTS, 1, 2))}
    return given


def some_users(dice, side, among):
    """The members of one side of the users condition, of one kind of them."""
    kind = dice.weighted(among)
    if kind == "groups":
        return {f"{side}Groups": dice.all_cased(dice.some(v.GROUPS, 1, 2))}
    if kind == "roles":
        return {f"{side}Roles": dice.all_cased(dice.some(v.ROLES, 1, 2))}
    if kind == "guests":
        return {f"{side}GuestsOrExternalUsers": guests(dice)}
    if kind == "keyword":
        return {f"{side}Users": [dice.cased("GuestsOrExternalUsers")]}
    return {f"{side}Users": dice.all_cased(dice.some(v.USERS, 1, 2))}


def users(dice, theme):
    among = {"users": 2, "groups": 4, "roles": 1, "guests": 5 if "guests" in theme else 0.5,
             "keyword": 2 if "guests" in theme else 0.3}
    given = {"includeUsers": [dice.cased("All")]}
    if dice.often(0.5):
        given = {"includeUsers": []}
        for _ in range(1 + dice.below(2)):
            given.update(some_users(dice, "include", among))
    if dice.often(0.6):
        given.update(some_users(dice, "exclude", among))
    if dice.often(0.1):
        given.setdefault("excludeRoles", [])
        given.setdefault("includeGuestsOrExternalUsers", None)
    return given


def app_list(dice, most):
    among = [*v.APPS, *v.FAMILIES]
    return dice.all_cased(dice.some(among, 1, most))


def applications(dice, theme):
    given = {"includeApplications": [dice.cased("All")]}
    if dice.often(0.5):
        given["includeApplications"] = app_list(dice, 3)
    elif dice.often(0.02):
        given["includeApplications"] = [dice.cased("None")]
    if dice.often(0.5):
        given["excludeApplications"] = app_list(dice, 2)
    if "requests" in theme and dice.often(0.7):
        given = {"includeApplications": [dice.cased("All")], "excludeApplications": [
            dice.cased(one) for one in (dice.pick(v.APPS), dice.pick(v.CLIENTS)) if dice.often(0.7)] or v.CLIENTS}
    if dice.often(0.5 if "filters" in theme else 0.04):
        given["applicationFilter"] = rules.a_filter(dice, "CustomSecurityAttribute.", v.SECURITY)
        if dice.often(0.5):
            given["includeApplications"] = dice.pick([[], [dice.pick(v.APPS)]])
            given["applicationFilter"]["mode"] = "include"
    return given


def platforms(dice):
    if dice.often(0.4):
        return {"includePlatforms": [dice.cased("all")], "excludePlatforms": dice.all_cased(dice.some(v.PLATFORMS, 1, 4))}
    given = {"includePlatforms": dice.all_cased(dice.some(v.PLATFORMS, 1, 4))}
    if dice.often(0.3):
        given["excludePlatforms"] = dice.all_cased(dice.some(v.PLATFORMS, 1, 2))
    return given


def locations(dice, known):
    known = [*known, "AllTrusted", "3d46dbda-8382-466a-856d-eb00cbc6b910", "00000000-0000-0000-0000-000000000000"]
    given = {"includeLocations": [dice.cased("All")]}
    if dice.often(0.5):
        given["includeLocations"] = dice.all_cased(dice.some(known, 1, 2))
    if dice.often(0.5) or given["includeLocations"][0].lower() == "all":
        given["excludeLocations"] = dice.all_cased(dice.some(known, 1, 2))
    return given


def client_apps(dice):
    return dice.all_cased(dice.some([*v.CLIENT_APPS, "modern"], 1, 5))


def levels(dice):
    return dice.all_cased(dice.some([*v.RISKS, "hidden"] if dice.often(0.05) else v.RISKS, 1, 3))


def joined(dice, among):
    return dice.pick([",", ", "]).join(dice.all_cased(dice.some(among, 1, len(among))))


CONDITIONS = {"users": 3, "applications": 3, "platforms": 1.5, "devices": 2.5, "deviceStates": 1.5, "clientAppTypes": 1.5,
              "locations": 2.5, "signInRiskLevels": 1, "userRiskLevels": 1, "insiderRiskLevels": 1,
              "authenticationFlows": 1}


def condition(dice, name, theme, known):
    if name == "users":
        return users(dice, theme)
    if name == "applications":
        return applications(dice, theme)
    if name == "locations":
        return locations(dice, known)
    return {"platforms": platforms, "clientAppTypes": client_apps, "signInRiskLevels": levels, "userRiskLevels": levels,
            "devices": lambda dice: {"deviceFilter": rules.a_filter(dice, "device.", v.DEVICE)},
            "deviceStates": lambda dice: {"includeStates": [dice.cased("All")],
                                          "excludeStates": dice.all_cased(dice.some(["Compliant", "DomainJoined"], 1, 2))},
            "insiderRiskLevels": lambda dice: joined(dice, v.INSIDER_RISKS),
            "authenticationFlows": lambda dice: {"transferMethods": joined(dice, v.FLOWS)}}[name](dice)


def conditions(dice, theme, known):
    given = {"users": {"includeUsers": [dice.cased("All")]}, "applications": {"includeApplications": [dice.cased("All")]}}
    weights = dict(CONDITIONS)
    if "guests" in theme or "groups" in theme:
        weights["users"] = 8
    if "requests" in theme or "filters" in theme:
        weights["applications"] = 12
    for _ in range(1 + dice.below(3)):
        name = dice.weighted(weights)
        given[name] = condition(dice, name, theme, known)
    return given


# ---- targets and identities of other kinds

def on_action(dice, given):
    actions = [dice.cased(v.ACTIONS[0])] if dice.often(0.7) else dice.all_cased(dice.some(v.ACTIONS, 1, 2))
    given["applications"] = {"includeUserActions": actions}
    if any(word.lower() == v.ACTIONS[1] for word in actions):       # V10
        for name in ("clientAppTypes", "devices", "deviceStates"):
            given.pop(name, None)
        return True
    return False


def on_workloads(dice, theme, known):
    given = {"users": {"includeUsers": [dice.cased("None")]},
             "applications": {"includeApplications": [dice.cased("All")]},
             "clientApplications": {"includeServicePrincipals": [dice.cased("ServicePrincipalsInMyTenant")]}}
    of = given["clientApplications"]
    if dice.often(0.35):
        of["includeServicePrincipals"] = dice.all_cased(dice.some(v.WORKLOADS, 1, 2))
    if dice.often(0.3):
        of["excludeServicePrincipals"] = dice.all_cased(dice.some(v.WORKLOADS, 1, 1))
    if dice.often(0.6):
        of["servicePrincipalFilter"] = rules.a_filter(dice, "CustomSecurityAttribute.", v.SECURITY)
    if dice.often(0.5):
        given["servicePrincipalRiskLevels"] = levels(dice)
    if dice.often(0.3):
        given["locations"] = locations(dice, known)
    if dice.often(0.2):
        given["applications"] = applications(dice, theme)
    elif dice.often(0.15):
        given["applications"] = {"includeAuthenticationContextClassReferences": dice.all_cased(dice.some(v.CONTEXTS))}
    return given


# ---- controls

BUILT_IN = ["mfa", "compliantDevice", "domainJoinedDevice", "approvedApplication", "compliantApplication"]


def strength(dice, records):
    if records and dice.often(0.85):
        given = {"id": dice.cased(dice.pick(records)["id"])}
    else:
        given = {"id": dice.pick(v.BUILT_IN_STRENGTHS)}
    if dice.often(0.1):                                             # what an export carries; the record decides
        given["allowedCombinations"] = dice.some(v.COMBINATIONS)
    return given


def grant(dice, theme, records, given):
    """Grant controls that go with the conditions."""
    chosen = {"block": 2, "change": 2.5 if is_plain(given) else 0, "some": 8}
    kind = dice.weighted(chosen)
    if kind == "block":
        return {"operator": dice.pick(["OR", "AND", "or"]), "builtInControls": [dice.cased("block")]}
    if kind == "change":
        controls = {"operator": "AND", "builtInControls": ["passwordChange"]}
        second = dice.weighted({"mfa": 3, "strength": 1, "none": 1})
        if second == "mfa":
            controls["builtInControls"].append("mfa")
        elif second == "strength":
            controls["authenticationStrength"] = strength(dice, records)
        return controls
    return several(dice, theme, records, given)


def is_plain(given):
    """Whether passwordChange may stand beside these conditions (V2, V3)."""
    allowed = {"users", "applications", "userRiskLevels"}
    return set(given) <= allowed and given["applications"] == {"includeApplications": [
        word for word in given["applications"].get("includeApplications", ()) if word.lower() == "all"][:1] or ["?"]}


def several(dice, theme, records, given):
    trusts = 2 if "guests" in theme else 1
    weights = {"mfa": 3 * trusts, "strength": 8 if "strengths" in theme else 1.5, "compliantDevice": 2 * trusts,
               "domainJoinedDevice": 2 * trusts,
               "approvedApplication": 1.5, "compliantApplication": 1.5, "riskRemediation": 1.5,
               "terms": 4 if "terms" in theme else 1, "factors": 3 if "terms" in theme else 0.7}
    chosen = list(dict.fromkeys(dice.weighted(weights) for _ in range(dice.pick([1, 1, 2, 2, 3]))))
    if "mfa" in chosen and "strength" in chosen:                    # V8
        chosen.remove(dice.pick(["mfa", "strength"]))
    is_or = dice.often(0.45) if len(chosen) > 1 else dice.often(0.5)
    targets = {word.lower() for word in given.get("platforms", {}).get("includePlatforms", ())}
    others = [one for one in chosen if one not in ("approvedApplication", "compliantApplication")]
    if targets & {"macos", "linux", "all"} and not (is_or and others):              # V11
        chosen = others or ["mfa"]
    controls = {"operator": dice.cased("OR" if is_or else "AND"), "builtInControls": []}
    if not is_or and dice.often(0.1):
        controls["operator"] = None
    for one in chosen:
        if one == "strength":
            controls["authenticationStrength"] = strength(dice, records)
        elif one == "terms":
            controls["termsOfUse"] = dice.some(v.AGREEMENTS, 1, 2)
        elif one == "factors":
            controls["customAuthenticationFactors"] = dice.some(v.FACTORS, 1, 2)
        else:
            controls["builtInControls"].append(dice.cased(one))
    return controls


def frequency(dice):
    given = {"isEnabled": dice.often(0.9)}
    if dice.often(0.25):
        given.update(frequencyInterval=dice.cased("everyTime"), value=None, type=None)
    elif dice.often(0.5):
        given.update(type=dice.cased("hours"), value=1 + dice.below(23))
    else:
        given.update(type="days", value=1 + dice.below(30))
    if "frequencyInterval" not in given and dice.often(0.5):
        given["frequencyInterval"] = "timeBased"
    if dice.often(0.6):
        given["authenticationType"] = dice.pick(["primaryAndSecondaryAuthentication", "secondaryAuthentication",
                                                 "secondaryAuthentication"])
    return given


SESSION = {"signInFrequency": 5, "persistentBrowser": 3, "applicationEnforcedRestrictions": 3, "cloudAppSecurity": 3,
           "disableResilienceDefaults": 3, "secureSignInSession": 3, "continuousAccessEvaluation": 3}


def session(dice, given, changes_password):
    is_for_all = [word.lower() for word in given["applications"].get("includeApplications", ())] == ["all"]
    out = {}
    for name in dict.fromkeys(dice.weighted(SESSION) for _ in range(dice.pick([1, 1, 2, 3]))):
        if name == "signInFrequency":
            out[name] = frequency(dice)
            if changes_password:                                    # V4
                out[name] = {"isEnabled": True, "frequencyInterval": "everyTime"}
        elif name == "persistentBrowser":
            if is_for_all and not changes_password:                 # V9
                out[name] = {"isEnabled": dice.often(0.9), "mode": dice.cased(dice.pick(["always", "never"]))}
        elif name == "cloudAppSecurity":
            out[name] = {"isEnabled": dice.often(0.9),
                         "cloudAppSecurityType": dice.cased(dice.pick(["mcasConfigured", "monitorOnly", "blockDownloads"]))}
        elif name == "disableResilienceDefaults":
            out[name] = dice.pick([True, True, True, False, None])
        elif name == "continuousAccessEvaluation":
            out[name] = {"mode": dice.cased(dice.pick(["strictEnforcement", "strictLocation"]))}
        else:
            out[name] = {"isEnabled": dice.often(0.9)}
    return out


def asks_nothing(given):
    return not given or all(not one or not one.get("isEnabled", True) for one in given.values() if one is not True)


def cae_off(dice, number):
    """V16: only for everything and everybody."""
    return {"id": f"90000000-0000-4000-8000-{number:012x}", "displayName": f"Policy {number}",
            "state": dice.pick(["enabled", "enabledForReportingButNotEnforced"]),
            "conditions": {"users": {"includeUsers": ["All"]}, "applications": {"includeApplications": ["All"]}},
            "sessionControls": {"continuousAccessEvaluation": {"mode": dice.cased("disabled")}}}


def policy(dice, number, theme, known, records):
    if dice.often(0.02):
        return cae_off(dice, number)
    given = {"id": dice.cased(f"90000000-0000-4000-8000-{number:012x}"), "displayName": f"Policy {number}",
             "state": dice.weighted(STATES)}
    if dice.often(0.6 if "workloads" in theme else 0.03):
        given["conditions"] = on_workloads(dice, theme, known)
        given["grantControls"] = {"operator": "OR", "builtInControls": ["block"]}
        return given
    asked = given["conditions"] = conditions(dice, theme, known)
    if dice.often(0.5 if "actions" in theme else 0.03):
        only_mfa = on_action(dice, asked)
        given["grantControls"] = ({"operator": "OR", "builtInControls": ["mfa"]} if only_mfa
                                  else several(dice, theme, records, asked))
        return given
    if dice.often(0.5 if "contexts" in theme else 0.03):
        asked["applications"] = {"includeAuthenticationContextClassReferences": dice.all_cased(dice.some(v.CONTEXTS))}
    if dice.often(0.85):
        given["grantControls"] = grant(dice, theme, records, asked)
    if dice.often(0.55 if "session" in theme else 0.25) or "grantControls" not in given:
        controls = (given.get("grantControls") or {}).get("builtInControls", ())
        given["sessionControls"] = session(dice, asked, "passwordChange" in controls)
    if "grantControls" not in given and asks_nothing(given["sessionControls"]):
        given["sessionControls"]["applicationEnforcedRestrictions"] = {"isEnabled": True}
    return given
