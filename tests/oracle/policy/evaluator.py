"""A second, naive evaluator of conditional access, for the differential test.

Written from the specification alone: it walks the JSON of each policy afresh for each
sign-in and shares no idea of structure with the C. decide(world) answers a dict of the
shape of policy_verdict_json. Slow and plain on purpose."""
import ipaddress
import json

import device_filter

OFFICE365 = {
    "00000002-0000-0ff1-ce00-000000000000", "00000003-0000-0ff1-ce00-000000000000",
    "00000004-0000-0ff1-ce00-000000000000", "00000005-0000-0ff1-ce00-000000000000",
    "00000006-0000-0ff1-ce00-000000000000", "00000007-0000-0ff1-ce00-000000000000",
    "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe", "1fec8e78-bce4-4aaf-ab1b-5451cc387264",
    "5e3ce6c0-2b1f-4285-8d4b-75ee78787346", "475226c6-020e-4fb2-8a90-7a972cbfc1d4",
    "6204c1d1-4712-4c46-a7d9-3ed63d992682", "a8f7a65c-f5ba-4859-b2d6-df772c264e9d",
    "fe053c5f-3692-4f14-aef2-ee34fc081cae", "d3590ed6-52b3-4102-aeff-aad2292ab01c",
    "4b233688-031c-404b-9a80-a4f3f2351f90", "4765445b-32c6-49b0-83e6-1d93765276ca",
    "ab9b8c07-8f02-4f72-87fa-80105867a763", "2d4d3d8e-2be3-4bef-9f87-7875a61c29de",
    "c9a559d2-7aab-4f13-a6ed-e7e9c52aec87", "95de633a-083e-42f5-b444-a4295d8e9314",
    "905fcf26-4eb7-48a0-9ff0-8dcc7194b5ba", "94c63fef-13a3-47bc-8074-75af8c65887a",
    "80ccca67-54bd-44ab-8625-4b79c4dc7775",
}
ADMIN_PORTALS = {
    "c44b4083-3bb0-49c1-b47d-974e53cbdf3c", "497effe9-df71-4043-a8bb-14cf78c4b63b",
    "80ccca67-54bd-44ab-8625-4b79c4dc7775",
}
AZURE_MANAGEMENT = "797f4846-ba00-4fd7-ba43-dac1f8f63013"
AZURE_PORTAL = "c44b4083-3bb0-49c1-b47d-974e53cbdf3c"
MFA_TRUSTED_IPS = "00000000-0000-0000-0000-000000000000"
REGISTER_SECURITY_INFO = "urn:user:registersecurityinfo"

_PASSWORDLESS = ["windowsHelloForBusiness", "fido2", "x509CertificateMultiFactor", "deviceBasedPush"]
STRENGTHS = {
    "00000000-0000-0000-0000-000000000002": _PASSWORDLESS + [
        "temporaryAccessPassOneTime", "temporaryAccessPassMultiUse",
        "password,microsoftAuthenticatorPush", "password,softwareOath", "password,hardwareOath",
        "password,x509CertificateSingleFactor", "password,x509CertificateMultiFactor",
        "password,sms", "password,voice", "federatedMultiFactor",
        "microsoftAuthenticatorPush,federatedSingleFactor", "softwareOath,federatedSingleFactor",
        "hardwareOath,federatedSingleFactor", "sms,federatedSingleFactor",
        "voice,federatedSingleFactor"],
    "00000000-0000-0000-0000-000000000003": _PASSWORDLESS,
    "00000000-0000-0000-0000-000000000004": _PASSWORDLESS[:3],
}

# Graph name of a control → its name in the sign-in log, in the order of asking (3.1 rule 8).
CONTROLS = [
    ("block", "Block"), ("mfa", "Mfa"), ("authenticationStrength", "RequireAuthenticationStrength"),
    ("compliantDevice", "RequireCompliantDevice"),
    ("domainJoinedDevice", "RequireDomainJoinedDevice"),
    ("approvedApplication", "RequireApprovedApp"), ("compliantApplication", "RequireCompliantApp"),
    ("passwordChange", "PasswordChange"), ("termsOfUse", "TermsOfUse"), ("custom", "CustomControl"),
    ("secureSignInSession", "SignInTokenProtection"),
]
ORDER = [name for name, _ in CONTROLS]
ASKED_OF_A_PERSON = {"mfa", "authenticationStrength", "passwordChange", "termsOfUse", "custom"}


def low(values):
    return {v.lower() for v in values or []}


# --- conditions ------------------------------------------------------------------


def external_kind(user):
    if user.get("external"):
        return user["external"]
    return "internalGuest" if user.get("isGuest") else None


def guests_match(spec, user):
    kind = external_kind(user)
    if not spec or kind is None:
        return False
    if kind.lower() not in {t.strip().lower() for t in spec["guestOrExternalUserTypes"].split(",")}:
        return False
    tenants = spec.get("externalTenants")
    if not tenants or tenants.get("membershipKind", "all").lower() == "all" or kind == "internalGuest":
        return True
    return user.get("homeTenant", "").lower() in low(tenants.get("members"))


def users_side(users, side, user):
    named = low(users.get(side + "Users"))
    if "all" in named:
        return True
    if "guestsorexternalusers" in named and external_kind(user):
        return True
    if guests_match(users.get(side + "GuestsOrExternalUsers"), user):
        return True
    if external_kind(user) == "b2bDirectConnectUser":
        return False
    return (user["id"].lower() in named
            or bool(low(users.get(side + "Groups")) & low(user.get("groups")))
            or bool(low(users.get(side + "Roles")) & low(user.get("roles"))))


def is_for_workloads(conditions):
    spec = conditions.get("clientApplications") or {}
    return bool(spec.get("includeServicePrincipals"))


def users_hold(conditions, facts):
    workload = facts.get("workload")
    if is_for_workloads(conditions):
        if not workload or not workload.get("isOwn"):
            return False
        spec = conditions["clientApplications"]
        include, exclude = low(spec["includeServicePrincipals"]), low(spec.get("excludeServicePrincipals"))
        me = workload["servicePrincipal"].lower()
        return ("serviceprincipalsinmytenant" in include or me in include) and me not in exclude
    if workload:
        return False
    users = conditions.get("users") or {}
    return users_side(users, "include", facts["user"]) and not users_side(users, "exclude", facts["user"])


def audience_in(names, audience):
    names, audience = low(names), audience.lower()
    if "all" in names or audience in names:
        return True
    if "office365" in names and audience in OFFICE365:
        return True
    if "microsoftadminportals" in names and audience in ADMIN_PORTALS:
        return True
    return AZURE_MANAGEMENT in names and audience == AZURE_PORTAL


def applications_hold(conditions, facts, is_watched):
    apps = conditions.get("applications") or {}
    include, exclude = apps.get("includeApplications") or [], apps.get("excludeApplications") or []
    for audience in facts.get("resources") or []:
        if audience_in(include, audience) and not audience_in(exclude, audience):
            return True
    action = (facts.get("userAction") or "").lower()
    if action and action in low(apps.get("includeUserActions")) and not is_watched:
        return True
    if action == REGISTER_SECURITY_INFO and "all" in low(include):
        return True
    context = (facts.get("authContext") or "").lower()
    return bool(context) and context in low(apps.get("includeAuthenticationContextClassReferences"))


def platforms_hold(spec, facts):
    seen = facts.get("platform", "unknown").lower()
    include, exclude = low(spec.get("includePlatforms")), low(spec.get("excludePlatforms"))
    if seen == "unknown":
        return "all" in include
    return ("all" in include or seen in include) and not ("all" in exclude or seen in exclude)


def devices_hold(spec, facts):
    truth = device_filter.holds(spec["deviceFilter"]["rule"], facts.get("device"))
    return truth if spec["deviceFilter"]["mode"].lower() == "include" else not truth


ALIASES = {"modern": "mobileappsanddesktopclients", "easunsupported": "exchangeactivesync"}
ALL_CLIENTS = ["browser", "mobileAppsAndDesktopClients", "exchangeActiveSync", "easSupported", "other"]


def client_holds(kinds, facts):
    kinds = {ALIASES.get(k, k) for k in low(kinds)}
    return "all" in kinds or (facts.get("clientAppType") or "other").lower() in kinds


def network_of(text):
    """A mapped range (::ffff:a.b.c.d/120) means the IPv4 addresses that it maps."""
    network = ipaddress.ip_network(text, strict=False)
    mapped = network.version == 6 and network.network_address.ipv4_mapped
    if mapped and network.prefixlen >= 96:
        return ipaddress.ip_network(f"{mapped}/{network.prefixlen - 96}")
    return network


def in_ranges(ip, ranges):
    for one in ranges:
        if "cidrAddress" in one:
            if ip in network_of(one["cidrAddress"]):
                return True
        else:
            first, last = (ipaddress.ip_address(one[k]) for k in ("lowerAddress", "upperAddress"))
            if first.version == ip.version and first <= ip <= last:
                return True
    return False


def seen_ip(facts):
    if not facts.get("ip"):
        return None
    ip = ipaddress.ip_address(facts["ip"])
    return ip.ipv4_mapped or ip if ip.version == 6 else ip


def location_matches(location, facts):
    ip = seen_ip(facts)
    if "ipRanges" in location:
        return ip is not None and in_ranges(ip, location["ipRanges"])
    if (location.get("countryLookupMethod") or "clientIpAddress").lower() != "clientipaddress":
        return False
    country = (facts.get("country") or "").lower()
    if country:
        return country in low(location.get("countriesAndRegions"))
    return ip is not None and bool(location.get("includeUnknownCountriesAndRegions"))


def is_trusted_ip(world):
    ip = seen_ip(world["facts"])
    return ip is not None and in_ranges(ip, [{"cidrAddress": c} for c in world.get("trustedIps", [])])


def location_in(names, world):
    names = low(names)
    if "all" in names:
        return True
    if (MFA_TRUSTED_IPS in names or "alltrusted" in names) and is_trusted_ip(world):
        return True
    for location in world.get("locations", []):
        if not location_matches(location, world["facts"]):
            continue
        if location["id"].lower() in names:
            return True
        if "alltrusted" in names and location.get("isTrusted") and "ipRanges" in location:
            return True
    return False


def locations_hold(spec, world):
    return location_in(spec.get("includeLocations"), world) and not location_in(spec.get("excludeLocations"), world)


def sign_in_risk_holds(conditions, facts):
    for member, seen in (("signInRiskLevels", facts.get("signInRisk", "none")),
                         ("servicePrincipalRiskLevels", (facts.get("workload") or {}).get("risk", "unknown"))):
        wanted = low(conditions.get(member))
        if wanted and seen.lower() not in wanted:
            return False
    return True


def flags(text):
    return {f.strip().lower() for f in (text or "").split(",")} - {"", "none"}


def configured(spec, *members):
    return bool(spec) and any(spec.get(m) for m in members)


def conditions_of(policy, world):
    """[(name, holds)] of every configured condition, in What-If's order."""
    c, facts = policy["conditions"], world["facts"]
    out = [("users", users_hold(c, facts)), ("applications", applications_hold(
        c, facts, policy["state"].lower() == "enabledforreportingbutnotenforced"))]
    if configured(c.get("platforms"), "includePlatforms"):
        out.append(("platforms", platforms_hold(c["platforms"], facts)))
    if configured(c.get("devices"), "deviceFilter"):
        out.append(("devices", devices_hold(c["devices"], facts)))
    kinds = c.get("clientAppTypes") or ["all"]
    if "all" not in low(kinds) and not low(ALL_CLIENTS) <= {ALIASES.get(k, k) for k in low(kinds)}:
        out.append(("clientAppTypes", client_holds(kinds, facts)))
    if configured(c.get("locations"), "includeLocations"):
        out.append(("locations", locations_hold(c["locations"], world)))
    if c.get("signInRiskLevels") or c.get("servicePrincipalRiskLevels"):
        out.append(("signInRisk", sign_in_risk_holds(c, facts)))
    if c.get("userRiskLevels"):
        out.append(("userRisk", facts.get("userRisk", "none").lower() in low(c["userRiskLevels"])))
    if flags(c.get("insiderRiskLevels")):
        out.append(("insiderRisk", (facts.get("insiderRisk") or "absent").lower() in flags(c["insiderRiskLevels"])))
    methods = flags((c.get("authenticationFlows") or {}).get("transferMethods"))
    if methods:
        out.append(("authenticationFlows", (facts.get("flowOrigin") or "none").lower() in methods))
    return out


# --- controls --------------------------------------------------------------------


def combinations(strength):
    known = STRENGTHS.get(strength["id"].lower())
    return known if known is not None else strength["allowedCombinations"]


def strength_met(strength, facts):
    used = low(facts.get("methods"))
    if facts.get("mfaIsStale"):
        used &= {"password"}
    return any({m.strip().lower() for m in combo.split(",")} <= used for combo in combinations(strength))


def is_met(control, policy, facts):
    device = facts.get("device")
    by_code = facts.get("flowOrigin") == "deviceCodeFlow"
    if control == "mfa":
        return (bool(facts.get("mfa")) and not facts.get("mfaIsStale")) \
            or "windowshelloforbusiness" in low(facts.get("methods"))
    if control == "authenticationStrength":
        return strength_met(policy["grantControls"]["authenticationStrength"], facts)
    if control == "compliantDevice":
        return bool(device and device.get("isCompliant")) and not by_code
    if control == "domainJoinedDevice":
        return bool(device and (device.get("trustType") or "").lower() == "serverad") and not by_code
    if control == "approvedApplication":
        return bool(facts.get("isApprovedApp"))
    if control == "compliantApplication":
        return bool(facts.get("isProtectedApp"))
    return False


def is_legacy(facts):
    return (facts.get("clientAppType") or "other") not in ("browser", "mobileAppsAndDesktopClients")


def can_be_had(control, facts):
    platform = facts.get("platform", "unknown").lower()
    by_code = facts.get("flowOrigin") == "deviceCodeFlow"
    kind = external_kind(facts["user"]) if facts.get("user") else None
    if control == "block":
        return False
    if control == "compliantDevice":
        return not by_code
    if control == "domainJoinedDevice":
        return not by_code and platform in ("windows", "unknown")
    if control == "approvedApplication":
        return platform in ("ios", "android", "unknown")
    if control == "compliantApplication":
        return platform in ("ios", "android", "windows", "unknown")
    if control == "passwordChange" and kind:
        return False
    if control == "termsOfUse" and kind == "b2bDirectConnectUser":
        return False
    return not is_legacy(facts)


def controls_of(policy):
    grant = policy.get("grantControls") or {}
    named = [c for c in ORDER if c.lower() in low(grant.get("builtInControls"))]
    for member, control in (("authenticationStrength", "authenticationStrength"),
                            ("termsOfUse", "termsOfUse"), ("customAuthenticationFactors", "custom")):
        if grant.get(member):
            named.append(control)
    return sorted(named, key=ORDER.index)


def missing(policy, facts):
    """(everything unmet, what is asked for) of a policy that applies."""
    controls = controls_of(policy)
    unmet = [c for c in controls if not is_met(c, policy, facts)]
    wants_all = ((policy.get("grantControls") or {}).get("operator") or "AND").upper() == "AND"
    if not wants_all and len(unmet) < len(controls):
        unmet = []
    asked = unmet
    if unmet and not wants_all:
        asked = ([c for c in unmet if can_be_had(c, facts)] or unmet)[:1]
    bound = (policy.get("sessionControls") or {}).get("secureSignInSession")
    if bound and bound.get("isEnabled") and not facts.get("isTokenBound"):
        unmet, asked = unmet + ["secureSignInSession"], asked + ["secureSignInSession"]
    return unmet, asked


def stops(asked, facts):
    """No step of this sign-in can help: a block, or a question that the client cannot show."""
    return "block" in asked or (is_legacy(facts) and bool(ASKED_OF_A_PERSON & set(asked)))


# --- session controls --------------------------------------------------------------


def frequency(control):
    """Seconds, 0 for every time."""
    if (control.get("frequencyInterval") or "timeBased").lower() == "everytime":
        return 0
    return control["value"] * (3600 if control["type"].lower() == "hours" else 86400)


def on(session, member):
    control = session.get(member)
    return control if control and control.get("isEnabled") else None


def merge_sessions(policies):
    out, windows = {}, {"frequency": [], "mfaFrequency": []}
    cas = ["monitoronly", "mcasconfigured", "blockdownloads"]
    cae = ["disabled", "strictenforcement", "strictlocation"]
    ranks = {"cloudAppSecurity": [], "continuousAccessEvaluation": []}
    for policy in policies:
        session = policy.get("sessionControls") or {}
        if sif := on(session, "signInFrequency"):
            second = (sif.get("authenticationType") or "").lower() == "secondaryauthentication"
            windows["mfaFrequency" if second else "frequency"].append(frequency(sif))
        if browser := on(session, "persistentBrowser"):
            if out.get("persistentBrowser") != "never":
                out["persistentBrowser"] = browser["mode"].lower()
        for member in ("applicationEnforcedRestrictions", "secureSignInSession"):
            if on(session, member):
                out[member] = True
        if session.get("disableResilienceDefaults"):
            out["disableResilienceDefaults"] = True
        if mcas := on(session, "cloudAppSecurity"):
            ranks["cloudAppSecurity"].append(cas.index(mcas["cloudAppSecurityType"].lower()))
        if mode := (session.get("continuousAccessEvaluation") or {}).get("mode"):
            ranks["continuousAccessEvaluation"].append(cae.index(mode.lower()))
    for name, seconds in windows.items():
        if seconds:
            out[name] = min(seconds)
    if ranks["cloudAppSecurity"]:
        out["cloudAppSecurity"] = ["monitorOnly", "mcasConfigured", "blockDownloads"][max(ranks["cloudAppSecurity"])]
    if ranks["continuousAccessEvaluation"]:
        out["continuousAccessEvaluation"] = ["disabled", "strictEnforcement", "strictLocation"][
            max(ranks["continuousAccessEvaluation"])]
    return out


# --- the decision -------------------------------------------------------------------


def code_of(need, facts):
    if need == "mfa":
        if facts.get("mfa") and facts.get("mfaIsStale"):
            return 50078
        return 50076 if (facts.get("user") or {}).get("hasMfaMethod") else 50079
    if need == "compliantDevice":
        silent = not facts.get("isInteractive")
        return 50097 if silent and not facts.get("device") else 53000
    return {"authenticationStrength": 50076, "domainJoinedDevice": 53001, "approvedApplication": 53002,
            "compliantApplication": 53009, "passwordChange": 50135, "termsOfUse": 50158,
            "custom": 50158, "secureSignInSession": 530084}[need]


PAIRS = {
    50076: ("interaction_required", "basic_action"), 50078: ("interaction_required", "basic_action"),
    50079: ("interaction_required", "basic_action"), 50097: ("interaction_required", "basic_action"),
    50135: ("interaction_required", "basic_action"), 50158: ("interaction_required", "additional_action"),
    53000: ("invalid_grant", "additional_action"), 53001: ("invalid_grant", "additional_action"),
    53002: ("invalid_grant", "message_only"), 53003: ("invalid_grant", "message_only"),
    53009: ("unauthorized_client", "protection_policy_required"), 530084: ("invalid_grant", "message_only"),
}


def block_code(blocking, facts):
    """53003, or 530036 when only policies about transferred sign-ins refuse a silent redemption."""
    by_flow = all(flags((p["conditions"].get("authenticationFlows") or {}).get("transferMethods"))
                  and "block" in controls_of(p) for p in blocking)
    if not by_flow or facts.get("isInteractive"):
        return 53003, "invalid_grant", "message_only"
    everywhere = any("all" in low((p["conditions"].get("applications") or {}).get("includeApplications"))
                     for p in blocking)
    return 530036, "invalid_grant", "bad_token" if everywhere else "message_only"


def result_of(policy, applies, unmet, asked, facts):
    if policy["state"].lower() == "enabledforreportingbutnotenforced":
        if not applies:
            return "reportOnlyNotApplied"
        if not unmet:
            return "reportOnlySuccess"
        answerable = set(asked) <= ASKED_OF_A_PERSON and not stops(asked, facts)
        return "reportOnlyInterrupted" if answerable and facts.get("isInteractive") else "reportOnlyFailure"
    if not applies:
        return "notApplied"
    return "failure" if unmet else "success"


def decide(world):
    facts = world["facts"]
    rows, results, applied, blocking, deciding, needs = [], [], [], [], [], set()
    for policy in world["policies"]:
        conditions = conditions_of(policy, world)
        row = {"conditions": {name: bool(held) for name, held in conditions}}
        rows.append(row)
        if policy["state"].lower() == "disabled":
            results.append("notEnabled")
            continue
        applies = all(held for _, held in conditions)
        unmet, asked = missing(policy, facts) if applies else ([], [])
        results.append(result_of(policy, applies, unmet, asked, facts))
        if not applies or policy["state"].lower() != "enabled":
            continue
        applied.append(policy)
        needs |= set(asked)
        if stops(asked, facts):
            blocking.append(policy)
        if unmet:
            deciding.append(policy)
    verdict = {"results": results, "rows": rows, "session": merge_sessions(applied),
               "outcome": "allow", "aadsts": 0, "error": "", "suberror": "", "claims": "",
               "needs": [log for name, log in CONTROLS if name in needs], "deciding": []}
    if blocking:
        verdict["outcome"], verdict["deciding"] = "block", [p["id"] for p in blocking]
        verdict["aadsts"], verdict["error"], verdict["suberror"] = block_code(blocking, facts)
    elif needs:
        verdict["outcome"], verdict["deciding"] = "challenge", [p["id"] for p in deciding]
        verdict["aadsts"] = code_of(min(needs, key=ORDER.index), facts)
        verdict["error"], verdict["suberror"] = PAIRS[verdict["aadsts"]]
        verdict["claims"] = json.dumps({"access_token": {"capolids": {
            "essential": True, "values": verdict["deciding"]}}}, separators=(",", ":"))
    enabled = {"success", "failure"} & set(results)
    verdict["conditionalAccessStatus"] = "failure" if "failure" in enabled else "success" if enabled else "notApplied"
    return verdict
