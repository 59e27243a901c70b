"""Random sign-ins."""
import vocabulary as v

MODERN_SCOPES = ["Mail.Read", "Mail.Send", "Files.Read.All", "Sites.Read.All", "ChannelMessage.Send", "Reports.Read.All"]
OIDC_SCOPES = ["openid", "profile", "email", "offline_access"]
PROFILE_SCOPES = [*OIDC_SCOPES, "User.Read", "People.Read"]
BASELINE_SCOPES = [*PROFILE_SCOPES, "User.Read.All", "User.ReadBasic.All", "People.Read.All", "GroupMember.Read.All",
                   "Member.Read.Hidden"]


def maybe(dice, facts, probability, **members):
    if dice.often(probability):
        facts.update(members)


def user(dice, theme):
    given = {"id": dice.cased(dice.pick(v.USERS)), "groups": dice.some(v.GROUPS, 0, 3)}
    if dice.often(0.35):
        given["roles"] = dice.all_cased(dice.some(v.ROLES, 1, 2))
    if dice.often(0.65):
        given["hasMfaMethod"] = True
    if dice.often(0.65 if "guests" in theme else 0.06):
        given["external"] = dice.pick(v.KINDS)
        maybe(dice, given, 0.85, homeTenant=dice.cased(dice.pick(v.TENANTS)))
    elif dice.often(0.04):
        given["isGuest"] = True
    if dice.often(0.5 if "perUser" in theme else 0.02):
        given["perUserMfa"] = dice.pick(["enabled", "enforced", "disabled"])
    maybe(dice, given, 0.15 if "perUser" in theme else 0.02, mfaRegistrationIsDue=True)
    return given


def workload(dice):
    given = {"servicePrincipal": dice.cased(dice.pick(v.WORKLOADS)), "isOwn": dice.often(0.85)}
    maybe(dice, given, 0.8, risk=dice.pick([*v.RISKS, "unknown"]))
    if dice.often(0.8):
        given["attributes"] = security(dice)
    return given


def security(dice):
    given = {}
    for name in dice.some(list(v.SECURITY), 1, 3):
        values = v.SECURITY[name][1]
        if name.endswith("Tags"):
            given[dice.cased(name)] = dice.all_cased(dice.some(values, 1, 2))
        else:
            given[dice.cased(name)] = dice.cased(dice.pick(values))
    return given


def request(dice):
    kind = dice.weighted({"oidc": 2, "profile": 4, "baseline": 3, "data": 4, "other": 1})
    given = {"resource": dice.pick(["", v.GRAPH]), "wantsIdToken": dice.often(0.4)}
    if kind == "other":
        given.update(resource=dice.cased(dice.pick(v.APPS)), scopes=["user_impersonation"])
    elif kind == "data":
        given["scopes"] = dice.some(MODERN_SCOPES, 1, 2) + dice.some(OIDC_SCOPES, 0, 2)
    else:
        among = {"oidc": OIDC_SCOPES, "profile": PROFILE_SCOPES, "baseline": BASELINE_SCOPES}[kind]
        given["scopes"] = dice.all_cased(dice.some(among, 1, 3))
    if dice.often(0.25):
        given["withDependencies"] = True
    return given


def target(dice, theme, facts):
    if dice.often(0.6 if "actions" in theme else 0.03):
        facts["userAction"] = dice.cased(v.ACTIONS[0] if dice.often(0.75) else v.ACTIONS[1])
        return
    if dice.often(0.6 if "requests" in theme else 0.08):
        facts["request"] = request(dice)
    elif dice.often(0.06):
        facts["resources"] = [v.REGISTRATION]
    else:
        facts["resources"] = dice.all_cased(dice.some(v.APPS, 1, 2))
    if dice.often(0.65 if "contexts" in theme else 0.04):
        if dice.often(0.6):
            facts["authContext"] = dice.cased(dice.pick(v.CONTEXTS))
        else:
            facts["authContexts"] = dice.some(v.CONTEXTS, 1, 3)


def device(dice):
    given = {}
    for name, (_, values) in v.DEVICE.items():
        if name in ("deviceOwnership", "isCompliant") or not dice.often(0.55):
            continue
        if name in ("physicalIds", "systemLabels"):
            given[name] = dice.some(values, 1, 2)
        else:
            given[name] = dice.cased(dice.pick(values))
    maybe(dice, given, 0.6, ownership=dice.pick(["Personal", "Company"]))
    maybe(dice, given, 0.6, isCompliant=dice.often(0.6))
    maybe(dice, given, 0.3, isManaged=dice.often(0.8))
    given.setdefault("deviceId", "de000000-0000-4000-8000-000000000000")
    return given


def network(dice, facts):
    maybe(dice, facts, 0.85, ip=dice.pick(v.ADDRESSES))
    maybe(dice, facts, 0.7, country=dice.cased(dice.pick(v.COUNTRIES)))
    maybe(dice, facts, 0.3, gpsCountry=dice.cased(dice.pick(v.COUNTRIES)))
    maybe(dice, facts, 0.3, isCompliantNetwork=dice.often(0.7))
    maybe(dice, facts, 0.1, insideCorporateNetwork=True)


def proofs(dice, theme, facts):
    """What was proved in the session, and what else the user could prove."""
    methods = ["password"] if dice.often(0.8) else []
    if dice.often(0.55):
        methods.append(dice.pick(v.SECONDS))
    if dice.often(0.65 if "strengths" in theme else 0.3):
        methods.append(dice.pick([*v.STRONG, *["fido2", "x509CertificateMultiFactor"] * 4]))
    if dice.often(0.12):
        methods.append(dice.pick(["x509CertificateSingleFactor", "federatedSingleFactor", "email", "qrCodePin"]))
    facts["methods"] = methods
    if "fido2" in methods:
        maybe(dice, facts, 0.8, fido2Aaguid=dice.cased(dice.pick(v.AAGUIDS)))
    if any(method.startswith("x509") for method in methods):
        maybe(dice, facts, 0.8, x509IssuerSki=dice.cased(dice.pick(v.ISSUERS)))
        maybe(dice, facts, 0.8, x509PolicyOids=dice.some(v.OIDS, 1, 2))
    if dice.often(0.3 if "strengths" in theme else 0.1):
        facts["usableMethods"] = dice.some(["password", *v.SECONDS, *v.STRONG, "email"], 0, 4)
    if dice.often(0.5):
        facts["mfa"] = True
    kind = facts.get("user", {}).get("external", "internalGuest")
    if kind == "internalGuest":
        if "mfa" in facts:                                  # no MFA is remembered of users of other tenants
            maybe(dice, facts, 0.2, mfaIsStale=True)
    else:
        if "mfa" in facts:
            maybe(dice, facts, 0.75, mfaIsForeign=True)
        if dice.often(0.7):
            facts["inboundTrust"] = {name: dice.often(0.6) for name in dice.some(
                ["isMfaAccepted", "isCompliantDeviceAccepted", "isHybridAzureADJoinedDeviceAccepted"], 1, 3)}


def signals(dice, facts):
    maybe(dice, facts, 0.93, clientAppType=dice.weighted(
        {"browser": 5, "mobileAppsAndDesktopClients": 4, "exchangeActiveSync": 1, "easSupported": 0.7, "other": 1}))
    maybe(dice, facts, 0.85, platform=dice.pick([*v.PLATFORMS, "windows", "unknown"]))
    if dice.often(0.65):
        facts["device"] = device(dice)
    maybe(dice, facts, 0.35, flowOrigin=dice.pick([*v.FLOWS, "none"]))
    maybe(dice, facts, 0.7, signInRisk=dice.pick([*v.RISKS, "unknown"]))
    maybe(dice, facts, 0.7, userRisk=dice.pick([*v.RISKS, "unknown"]))
    maybe(dice, facts, 0.6, insiderRisk=dice.pick(v.INSIDER_RISKS))


def answers(dice, facts):
    maybe(dice, facts, 0.5, acceptedTerms=dice.some(v.AGREEMENTS, 1, 3))
    maybe(dice, facts, 0.5, passedFactors=dice.some(v.FACTORS, 1, 2))
    for name, probability in (("passwordIsChanged", 0.35), ("riskIsRemediated", 0.3), ("isApprovedApp", 0.4),
                              ("isProtectedApp", 0.4), ("isTokenBound", 0.5), ("isInteractive", 0.5)):
        maybe(dice, facts, probability, **{name: True})


def signin(dice, theme):
    is_workload = dice.often(0.7 if "workloads" in theme else 0.03)
    facts = {"workload": workload(dice)} if is_workload else {"user": user(dice, theme)}
    facts["client"] = dice.pick(v.CLIENTS)
    facts["isConfidential"] = dice.often(0.5)
    target(dice, theme, facts)
    if dice.often(0.8 if "filters" in theme else 0.1):
        facts["attributes"] = {dice.cased(app): security(dice) for app in dice.some(v.APPS, 1, 4)}
    network(dice, facts)
    signals(dice, facts)
    if not is_workload:
        proofs(dice, theme, facts)
        answers(dice, facts)
        maybe(dice, facts, 0.5 if "whatIf" in theme else 0.03, isWhatIf=True)
    else:
        maybe(dice, facts, 0.15, isWhatIf=True)
    return facts
