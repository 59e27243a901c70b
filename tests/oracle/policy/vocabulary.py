"""What the random worlds are made of: small sets, so that conditions hold about as often as not."""


def ids(prefix, count):
    return [f"{prefix}-0000-4000-8000-{n:012x}" for n in range(count)]


USERS, GROUPS, TENANTS = ids("aaaaaaaa", 3), ids("bbbbbbbb", 4), ids("dddddddd", 3)
ROLES = ["62e90394-69f5-4237-9190-012177145e10", "29232cdf-9323-42fd-ade2-1d097af3e4de", *ids("cccccccc", 2)]
WORKLOADS, LOCATIONS, STRENGTHS = ids("eeeeeeee", 3), ids("f0000000", 6), ids("57000000", 3)
AGREEMENTS, FACTORS, CLIENTS = ids("7e000000", 3), ids("fac70000", 2), ids("99999999", 2)
EXCHANGE, SHAREPOINT = "00000002-0000-0ff1-ce00-000000000000", "00000003-0000-0ff1-ce00-000000000000"
DIRECTORY, GRAPH = "00000002-0000-0000-c000-000000000000", "00000003-0000-0000-c000-000000000000"
MANAGEMENT, PORTAL = "797f4846-ba00-4fd7-ba43-dac1f8f63013", "c44b4083-3bb0-49c1-b47d-974e53cbdf3c"
FLOW, POWER_APPS = "7df0a125-d3be-4c96-aa54-591f83ff541c", "475226c6-020e-4fb2-8a90-7a972cbfc1d4"
TEAMS, REGISTRATION = "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe", "01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9"
APPS = [EXCHANGE, SHAREPOINT, DIRECTORY, MANAGEMENT, PORTAL, FLOW, POWER_APPS, TEAMS, CLIENTS[0]]
FAMILIES = ["Office365", "MicrosoftAdminPortals"]

KINDS = ["internalGuest", "b2bCollaborationGuest", "b2bCollaborationMember", "b2bDirectConnectUser",
         "otherExternalUser", "serviceProvider"]
CLIENT_APPS = ["browser", "mobileAppsAndDesktopClients", "exchangeActiveSync", "easSupported", "other"]
PLATFORMS = ["android", "iOS", "windows", "windowsPhone", "macOS", "linux"]
ACTIONS = ["urn:user:registersecurityinfo", "urn:user:registerdevice"]
CONTEXTS = ["c1", "c2", "c3", "c99"]
RISKS = ["none", "low", "medium", "high"]
INSIDER_RISKS = ["minor", "moderate", "elevated"]
FLOWS = ["deviceCodeFlow", "authenticationTransfer"]
COUNTRIES = ["SI", "GR", "US", "DE"]
ADDRESSES = ["10.1.2.3", "10.1.255.255", "10.2.0.0", "203.0.113.9", "198.51.100.1", "198.51.100.4",
             "2001:db8::1", "2001:db8:ffff::", "::ffff:10.1.2.3", "fe80::1"]
RANGES = ["10.1.0.0/16", "10.1.2.0/24", "10.1.2.3/32", "10.0.0.0/8", "203.0.113.77/24", "198.51.100.0/30",
          "2001:db8::/32", "2001:db8::/48", "::ffff:10.1.2.0/120", "198.51.100.4/32"]
TRUSTED_RANGES = ["10.1.2.0/24", "203.0.113.0/24", "198.51.100.0/30"]

SECONDS = ["softwareOath", "hardwareOath", "sms", "voice", "microsoftAuthenticatorPush"]
STRONG = ["windowsHelloForBusiness", "fido2", "x509CertificateMultiFactor", "deviceBasedPush",
          "temporaryAccessPassOneTime", "temporaryAccessPassMultiUse", "federatedMultiFactor"]
COMBINATIONS = ["fido2", "x509CertificateMultiFactor", "x509CertificateSingleFactor,password",
                "password,softwareOath", "sms,password", "deviceBasedPush", "password,email",
                "temporaryAccessPassOneTime", "federatedSingleFactor,sms", "qrCodePin", "password, voice"]
AAGUIDS, ISSUERS = ids("aa900000", 3), ["9A4248C6AC8C2931AB2A86537818E92E7B6C97B6", "3B2F", "C0FFEE"]
OIDS = ["1.3.6.1.4.1.311.21.8", "1.2.3", "2.5.29.32"]
BUILT_IN_STRENGTHS = [f"00000000-0000-0000-0000-00000000000{n}" for n in (2, 3, 4)]

ANY_TEXT = ["eq", "ne", "startsWith", "notStartsWith", "endsWith", "notEndsWith", "contains", "notContains", "in",
            "notIn"]
OF_COLLECTION = ["contains", "notContains", "eq", "ne"]
# property: (operators, values in rules and devices)
DEVICE = {"deviceId": (["eq", "ne", "in", "notIn"], ids("de000000", 2)),
          "displayName": (ANY_TEXT, ["Ana's laptop", "KIOSK-7", "kiosk-70", 'a "quoted" name']),
          "deviceOwnership": (["eq", "ne"], ["Personal", "Company"]),
          "enrollmentProfileName": (ANY_TEXT, ["Autopilot", "Auto"]),
          "manufacturer": (ANY_TEXT, ["Contoso", "Fabrikam"]),
          "model": (ANY_TEXT, ["Surface Pro", "surface", "Pro"]),
          "operatingSystem": (ANY_TEXT, ["Windows", "Linux", "win"]),
          "operatingSystemVersion": (ANY_TEXT, ["10.0.19045", "10.0", "14"]),
          "extensionAttribute1": (ANY_TEXT, ["SAW", "PAW"]),
          "extensionAttribute15": (ANY_TEXT, ["x", "SAW"]),
          "isCompliant": (["eq", "ne"], ["True", "False"]),
          "mdmAppId": (["eq", "ne", "in", "notIn"], ids("3d000000", 2)),
          "physicalIds": (OF_COLLECTION, ["[ZTDId]:abc", "[ZTDId]:abcdef", "[OrderId]:1"]),
          "systemLabels": (OF_COLLECTION, ["CloudPC", "M365Managed"]),
          "profileType": (["eq", "ne"], ["RegisteredDevice", "SecureVM", "Shared"]),
          "trustType": (["eq", "ne"], ["AzureAD", "ServerAD", "Workplace"])}
SECURITY = {"Engineering_Project": (ANY_TEXT, ["Baker", "Cascade", "baker street"]),
            "Engineering_Tags": (OF_COLLECTION, ["blue", "bluebird", "red"]),
            "HR_Level": (ANY_TEXT, ["Confidential", "Public"])}
