"""What If (part 4.1): a condition that a policy configures and the question does not state does not hold."""

STATED_BY = {"platforms": ["platform"], "clientAppTypes": ["clientAppType"], "signInRisk": ["signInRisk"],
             "userRisk": ["userRisk"], "insiderRisk": ["insiderRisk"], "authenticationFlows": ["flowOrigin"],
             "devices": ["device"], "deviceStates": ["device"],
             "locations": ["ip", "country", "gpsCountry", "isCompliantNetwork"]}


def unstated(facts):
    """The names of the conditions of which the question says nothing."""
    missing = {name for name, members in STATED_BY.items() if not any(member in facts for member in members)}
    if "risk" not in facts.get("workload", {}):
        missing.add("servicePrincipalRisk")
    return frozenset(missing)
