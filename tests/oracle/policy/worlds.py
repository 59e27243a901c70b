"""Random worlds for the differential test: a few policies, locations and the facts of one
sign-in, drawn from small vocabularies so that conditions hold about as often as not. Every
policy keeps the rules of 1.9, so both evaluators must accept it."""
import random

USERS = [f"aaaaaaaa-0000-4000-8000-00000000000{i}" for i in range(4)]
GROUPS = [f"bbbbbbbb-0000-4000-8000-00000000000{i}" for i in range(5)]
ROLES = [f"cccccccc-0000-4000-8000-00000000000{i}" for i in range(3)]
TENANTS = [f"dddddddd-0000-4000-8000-00000000000{i}" for i in range(3)]
WORKLOADS = [f"eeeeeeee-0000-4000-8000-00000000000{i}" for i in range(3)]
PLACES = [f"f0000000-0000-4000-8000-00000000000{i}" for i in range(5)]
APPS = ["00000002-0000-0ff1-ce00-000000000000", "00000003-0000-0ff1-ce00-000000000000",
        "00000002-0000-0000-c000-000000000000", "797f4846-ba00-4fd7-ba43-dac1f8f63013",
        "c44b4083-3bb0-49c1-b47d-974e53cbdf3c", "7df0a125-d3be-4c96-aa54-591f83ff541c",
        "475226c6-020e-4fb2-8a90-7a972cbfc1d4", "99999999-0000-4000-8000-000000000001"]
KINDS = ["internalGuest", "b2bCollaborationGuest", "b2bCollaborationMember",
         "b2bDirectConnectUser", "otherExternalUser", "serviceProvider"]
CLIENTS = ["browser", "mobileAppsAndDesktopClients", "exchangeActiveSync", "easSupported", "other"]
PLATFORMS = ["android", "iOS", "windows", "windowsPhone", "macOS", "linux"]
RISKS = ["low", "medium", "high", "none", "hidden"]
ACTIONS = ["urn:user:registersecurityinfo", "urn:user:registerdevice"]
METHODS = ["password", "voice", "hardwareOath", "softwareOath", "sms", "fido2",
           "windowsHelloForBusiness", "microsoftAuthenticatorPush", "temporaryAccessPassOneTime",
           "x509CertificateMultiFactor", "federatedSingleFactor", "federatedMultiFactor"]
ADDRESSES = ["10.1.2.3", "10.1.255.255", "10.2.0.0", "203.0.113.9", "198.51.100.1", "255.255.255.255",
             "0.0.0.0", "2001:db8::1", "2001:db8:ffff::", "fe80::1", "::ffff:10.1.2.3",
             "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::"]
RANGES = ["10.1.0.0/16", "10.1.2.0/24", "10.1.2.3/32", "10.0.0.0/8", "203.0.113.77/24",
          "198.51.100.0/30", "255.0.0.0/8", "2001:db8::/32", "2001:db8::/48", "ff00::/8",
          "::ffff:10.1.2.0/120", "0.0.0.0/8"]
COUNTRIES = ["SI", "GR", "US", "de"]
ATTRIBUTES = ["trustType", "isCompliant", "model", "deviceOwnership", "operatingSystem",
              "extensionAttribute1", "extensionAttribute15", "physicalIds", "systemLabels",
              "profileType", "deviceId", "mdmAppId", "displayName"]
TEXTS = ["ServerAD", "AzureAD", "Workplace", "True", "False", "Surface Pro", "face", "Company",
         "Personal", "Windows", "SAW", "RegisteredDevice", "[ZTDId]:abc", "CloudPC", "it's", 'say "x"']
ANY = ["eq", "ne", "startsWith", "notStartsWith", "endsWith", "notEndsWith", "contains", "notContains", "in", "notIn"]
OPERATORS = {"trustType": ["eq", "ne"], "isCompliant": ["eq", "ne"], "deviceOwnership": ["eq", "ne"],
             "profileType": ["eq", "ne"], "physicalIds": ["contains", "notContains", "eq", "ne"],
             "systemLabels": ["contains", "notContains", "eq"],
             "deviceId": ["eq", "ne", "in", "notIn"], "mdmAppId": ["eq", "ne", "in", "notIn"]}
STRENGTHS = ["00000000-0000-0000-0000-00000000000" + n for n in "234"]


class Maker:
    def __init__(self, seed):
        self.r = random.Random(seed)

    def chance(self, p):
        return self.r.random() < p

    def some(self, values, least=0, most=2):
        return self.r.sample(values, self.r.randint(least, min(most, len(values))))

    def case(self, text):
        """Keywords are read in any letter case."""
        return self.r.choice([text, text, text.lower(), text.upper()])

    # --- device rules ---

    def quote(self, text):
        if self.chance(0.5):
            return '"' + text.replace("`", "``").replace('"', '`"') + '"'
        return "'" + text.replace("'", "''") + "'"

    def comparison(self):
        name = self.r.choice(ATTRIBUTES)
        op = self.r.choice(OPERATORS.get(name, ANY))
        if op in ("in", "notIn"):
            value = "[" + ", ".join(self.quote(t) for t in self.some(TEXTS, 1, 3)) + "]"
        elif op in ("eq", "ne") and self.chance(0.15):
            value = "null"
        elif name == "isCompliant":
            value = self.r.choice(["True", '"False"', "true"])
        else:
            value = self.quote(self.r.choice(TEXTS))
        dash = self.r.choice(["-", "-", "-", "", "\u2013"])
        return f"{self.r.choice(['device.', 'Device.'])}{name} {dash}{self.case(op)} {value}"

    def rule(self, depth=2):
        if depth == 0 or self.chance(0.35):
            return self.comparison()
        if self.chance(0.2):
            return f"-not ({self.rule(depth - 1)})"
        parts = [self.rule(depth - 1) for _ in range(self.r.randint(2, 3))]
        if self.chance(0.4):
            parts[0] = f"({parts[0]})"
        return " ".join(x for p in parts for x in (p, self.r.choice(["-and", "-or"])))[:-4].rstrip(" -")

    # --- conditions ---

    def guests(self):
        kinds = self.some(KINDS, 1, 3)
        spec = {"guestOrExternalUserTypes": self.r.choice([",", ", "]).join(self.case(k) for k in kinds)}
        if self.chance(0.6):
            spec["externalTenants"] = self.r.choice([
                {"@odata.type": "#microsoft.graph.conditionalAccessAllExternalTenants", "membershipKind": "all"},
                {"@odata.type": "#microsoft.graph.conditionalAccessEnumeratedExternalTenants",
                 "membershipKind": "enumerated", "members": self.some(TENANTS, 1, 2)}])
        return spec

    def users(self):
        users = {}
        if self.chance(0.6):
            users["includeUsers"] = [self.case("All")]
        else:
            users["includeUsers"] = self.some(USERS, 0, 2) + (["GuestsOrExternalUsers"] if self.chance(0.2) else [])
            users["includeGroups"] = self.some(GROUPS)
            users["includeRoles"] = self.some(ROLES, 0, 1)
            if self.chance(0.25):
                users["includeGuestsOrExternalUsers"] = self.guests()
        if self.chance(0.3):
            users["excludeUsers"] = self.some(USERS, 0, 1) + (["GuestsOrExternalUsers"] if self.chance(0.2) else [])
            users["excludeGroups"] = self.some(GROUPS, 0, 1)
            users["excludeRoles"] = self.some(ROLES, 0, 1)
            if self.chance(0.2):
                users["excludeGuestsOrExternalUsers"] = self.guests()
        if not any(users.get("include" + k) for k in ("Users", "Groups", "Roles", "GuestsOrExternalUsers")):
            users["includeUsers"] = ["None"]
        return users

    def applications(self):
        draw = self.r.random()
        if draw < 0.1:
            return {"includeUserActions": [ACTIONS[0]]}
        if draw < 0.2:
            return {"includeAuthenticationContextClassReferences": self.some(["c1", "c2", "C3"], 1, 2)}
        include = self.r.choice([["All"], ["All"], ["All"], ["Office365"], ["MicrosoftAdminPortals"], ["None"],
                                 self.some(APPS, 1, 3), ["Office365"] + self.some(APPS, 1, 2)])
        return {"includeApplications": [self.case(a) for a in include],
                "excludeApplications": self.r.choice([[], [], self.some(APPS, 1, 2), ["Office365"],
                                                      ["MicrosoftAdminPortals"]])}

    def locations(self):
        return {"includeLocations": self.r.choice([["All"], ["All"], ["AllTrusted"], self.some(PLACES, 1, 3)]),
                "excludeLocations": self.r.choice([[], ["AllTrusted"], self.some(PLACES, 1, 2),
                                                   ["00000000-0000-0000-0000-000000000000"]])}

    def narrow(self, conditions):
        if self.chance(0.15):
            conditions["platforms"] = {"includePlatforms": self.r.choice([["all"], self.some(PLATFORMS, 1, 3)]),
                                       "excludePlatforms": self.some(PLATFORMS, 0, 2)}
        if self.chance(0.15):
            conditions["devices"] = {"deviceFilter": {"mode": self.r.choice(["include", "exclude"]), "rule": self.rule()}}
        if self.chance(0.2):
            conditions["clientAppTypes"] = self.r.choice([["all"], ["modern"], ["easUnsupported"],
                                                          self.some(CLIENTS, 1, 4), CLIENTS])
        if self.chance(0.25):
            conditions["locations"] = self.locations()
        if self.chance(0.1):
            conditions["signInRiskLevels"] = self.some(RISKS, 1, 3)
        if self.chance(0.1):
            conditions["userRiskLevels"] = self.some(RISKS, 1, 3)
        if self.chance(0.06):
            conditions["insiderRiskLevels"] = ",".join(self.some(["minor", "moderate", "elevated"], 1, 2))
        if self.chance(0.1):
            conditions["authenticationFlows"] = {"transferMethods": ",".join(
                self.some(["deviceCodeFlow", "authenticationTransfer"], 1, 2))}

    # --- controls ---

    def strength(self):
        if self.chance(0.7):
            return {"id": self.r.choice(STRENGTHS)}
        combos = [",".join(self.some(METHODS, 1, 2)) for _ in range(self.r.randint(1, 3))]
        return {"id": "12345678-0000-4000-8000-000000000001", "displayName": "own", "allowedCombinations": combos}

    def grant(self, state, desktop):
        if self.chance(0.25):
            return {"operator": "OR", "builtInControls": ["block"]}
        pool = ["compliantDevice", "domainJoinedDevice"] + ([] if desktop else ["approvedApplication", "compliantApplication"])
        controls = self.some(pool, 0, 2)
        grant = {"operator": self.case(self.r.choice(["AND", "OR"])), "builtInControls": controls}
        draw = self.r.random()
        if draw < 0.5:
            controls.append(self.case("mfa"))
        elif draw < 0.7:
            grant["authenticationStrength"] = self.strength()
        if state != "enabled" and self.chance(0.3):
            grant["termsOfUse"] = ["77777777-0000-4000-8000-000000000001"]
        if state != "enabled" and self.chance(0.1):
            grant["customAuthenticationFactors"] = ["CustomFactor"]
        if not any(grant.get(k) for k in ("builtInControls", "authenticationStrength", "termsOfUse", "customAuthenticationFactors")):
            controls.append("mfa")
        return grant

    def session(self, everywhere):
        session = {}
        if self.chance(0.5):
            session["signInFrequency"] = self.r.choice([
                {"isEnabled": True, "frequencyInterval": "everyTime", "value": None, "type": None},
                {"isEnabled": True, "value": self.r.randint(1, 23), "type": "hours", "frequencyInterval": "timeBased"},
                {"isEnabled": True, "value": self.r.randint(1, 30), "type": "days"},
                {"isEnabled": False, "value": 1, "type": "hours"}])
            session["signInFrequency"]["authenticationType"] = self.r.choice(
                ["primaryAndSecondaryAuthentication", "secondaryAuthentication"])
        if everywhere and self.chance(0.4):
            session["persistentBrowser"] = {"isEnabled": True, "mode": self.r.choice(["always", "never"])}
        if self.chance(0.2):
            session["secureSignInSession"] = {"isEnabled": self.chance(0.7)}
        if self.chance(0.2):
            session["applicationEnforcedRestrictions"] = {"isEnabled": self.chance(0.8)}
        if self.chance(0.2):
            session["cloudAppSecurity"] = {"isEnabled": True, "cloudAppSecurityType": self.r.choice(
                ["monitorOnly", "mcasConfigured", "blockDownloads"])}
        if self.chance(0.1):
            session["disableResilienceDefaults"] = True
        if self.chance(0.1):
            session["continuousAccessEvaluation"] = {"mode": self.r.choice(["strictEnforcement", "strictLocation"])}
        if not any(c is True or "mode" in c or c.get("isEnabled") for c in session.values()):
            session["signInFrequency"] = {"isEnabled": True, "value": 4, "type": "hours"}
        return session

    # --- whole policies ---

    def password_change(self, conditions):
        conditions["applications"] = {"includeApplications": ["All"]}
        if self.chance(0.5):
            conditions["userRiskLevels"] = ["high", "medium"]
        return {"operator": self.r.choice(["AND", "OR"]), "builtInControls": ["passwordChange", "mfa"]}

    def policy(self, n):
        state = self.r.choice(["enabled"] * 5 + ["enabledForReportingButNotEnforced"] * 3 + ["disabled"])
        policy = {"id": f"90000000-0000-4000-8000-{n:012}", "displayName": f"Policy {n}", "state": self.case(state)}
        conditions = policy["conditions"] = {"users": self.users(), "applications": self.applications()}
        if self.chance(0.12):
            conditions["users"] = {"includeUsers": ["None"]}
            conditions["clientApplications"] = {
                "includeServicePrincipals": self.r.choice([["ServicePrincipalsInMyTenant"], self.some(WORKLOADS, 1, 2)]),
                "excludeServicePrincipals": self.some(WORKLOADS, 0, 1)}
            if self.chance(0.3):
                conditions["servicePrincipalRiskLevels"] = self.some(RISKS, 1, 2)
            if self.chance(0.4):
                conditions["locations"] = self.locations()
            policy["grantControls"] = {"operator": "OR", "builtInControls": ["block"]}
            return policy
        if state == "enabledForReportingButNotEnforced" and self.chance(0.15):
            policy["grantControls"] = self.password_change(conditions)
            return policy
        self.narrow(conditions)
        include = conditions.get("platforms", {}).get("includePlatforms", [])
        if not self.chance(0.15):
            policy["grantControls"] = self.grant(state, {"macOS", "linux"} & set(include))
        everywhere = [a.lower() for a in conditions["applications"].get("includeApplications", [])] == ["all"]
        if "grantControls" not in policy or self.chance(0.25):
            policy["sessionControls"] = self.session(everywhere)
        return policy

    def location(self, n):
        place = {"id": PLACES[n], "displayName": f"Place {n}"}
        if self.chance(0.65):
            ranges = [{"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": c} for c in self.some(RANGES, 1, 4)]
            if self.chance(0.2):
                ranges.append({"lowerAddress": "10.1.2.200", "upperAddress": "10.1.3.7"})
            return {**place, "ipRanges": ranges, "isTrusted": self.chance(0.5)}
        return {**place, "countriesAndRegions": self.some(COUNTRIES, 1, 3), "includeUnknownCountriesAndRegions":
                self.chance(0.4), "countryLookupMethod": self.r.choice([None, "clientIpAddress", "authenticatorAppGps"])}

    # --- facts ---

    def device(self):
        pick = lambda *values: self.r.choice(values)
        return {"deviceId": pick("d1", "True"), "displayName": pick("Surface Pro", "it's", ""),
                "trustType": pick("ServerAD", "AzureAD", "Workplace", ""), "isCompliant": self.chance(0.5),
                "isManaged": self.chance(0.3), "model": pick("Surface Pro", "FACE", 'say "x"', ""),
                "ownership": pick("Company", "Personal", ""), "operatingSystem": pick("Windows", "iOS"),
                "profileType": pick("", "RegisteredDevice", "IoT"), "mdmAppId": pick("", "SAW"),
                "extensionAttribute1": pick("SAW", ""), "extensionAttribute15": pick("company", ""),
                "physicalIds": self.some(["[ZTDId]:abc", "[ZTDId]:abcdef", "SAW"]),
                "systemLabels": self.some(["CloudPC", "cloudpcs"])}

    def facts(self):
        facts = {"client": APPS[7], "resources": self.some(APPS, 1, 3), "clientAppType": self.r.choice(CLIENTS[:2] * 4 + CLIENTS),
                 "platform": self.r.choice(PLATFORMS + ["unknown"]), "isInteractive": self.chance(0.5)}
        if self.chance(0.12):
            facts["workload"] = {"servicePrincipal": self.r.choice(WORKLOADS), "isOwn": self.chance(0.7),
                                 "risk": self.r.choice(["none", "low", "high", "unknown"])}
        else:
            facts["user"] = {"id": self.r.choice(USERS), "groups": self.some(GROUPS, 0, 3), "roles": self.some(ROLES),
                             "hasMfaMethod": self.chance(0.6), "isGuest": self.chance(0.15)}
            if self.chance(0.25):
                facts["user"].update(external=self.r.choice(KINDS), homeTenant=self.r.choice(TENANTS))
        if self.chance(0.15):
            facts["resources"] = []
            facts["userAction"] = self.r.choice(ACTIONS)
        if self.chance(0.15):
            facts["authContext"] = self.r.choice(["c1", "c3", "c9"])
        if self.chance(0.85):
            facts["ip"] = self.r.choice(ADDRESSES)
        if self.chance(0.6):
            facts["country"] = self.r.choice(["SI", "gr", "FR"])
        if self.chance(0.6):
            facts["device"] = self.device()
        if self.chance(0.25):
            facts["flowOrigin"] = self.r.choice(["deviceCodeFlow", "authenticationTransfer"])
        for risk in ("signInRisk", "userRisk"):
            facts[risk] = self.r.choice(["none", "low", "medium", "high", "unknown"])
        if self.chance(0.4):
            facts["insiderRisk"] = self.r.choice(["minor", "moderate", "elevated"])
        facts["methods"] = self.some(METHODS, 0, 3)
        for member, p in (("mfa", 0.5), ("mfaIsStale", 0.15), ("isApprovedApp", 0.3), ("isProtectedApp", 0.3), ("isTokenBound", 0.5)):
            facts[member] = self.chance(p)
        return facts

    def world(self):
        return {"policies": [self.policy(n) for n in range(self.r.choice([0, 1, 2, 3, 4, 5, 5, 8, 8, 12] * 10 + [70]))],
                "locations": [self.location(n) for n in range(self.r.randint(0, 5))],
                "trustedIps": self.some(RANGES[:6], 0, 2), "facts": self.facts()}
