"""Session controls, and how those of several policies are merged (part 3.7)."""

SECONDS = {"hours": 3600, "days": 86400}
CLOUD_APPS = ["monitoronly", "mcasconfigured", "blockdownloads"]          # the stricter one later
CLOUD_APP_NAMES = {"monitoronly": "monitorOnly", "mcasconfigured": "mcasConfigured",
                   "blockdownloads": "blockDownloads"}
EVALUATIONS = ["disabled", "strictenforcement", "strictlocation"]
EVALUATION_NAMES = {"disabled": "disabled", "strictenforcement": "strictEnforcement",
                    "strictlocation": "strictLocation"}


def switched_on(controls, name):
    given = controls.get(name)
    return given if given and given.get("isEnabled", True) else None


def frequency(given):
    """(member of the verdict, seconds); 0 is every time."""
    member = "frequency"
    if (given.get("authenticationType") or "").lower() == "secondaryauthentication":
        member = "mfaFrequency"
    if (given.get("frequencyInterval") or "").lower() == "everytime":
        return member, 0
    return member, given["value"] * SECONDS[given["type"].lower()]


class Session:
    """What one policy asks of the session; a control that is off is absent."""

    def __init__(self, given):
        given = given or {}
        self.asked = {}
        if found := switched_on(given, "signInFrequency"):
            member, seconds = frequency(found)
            self.asked[member] = seconds
        if found := switched_on(given, "persistentBrowser"):
            self.asked["persistentBrowser"] = found["mode"].lower()
        for name in ("applicationEnforcedRestrictions", "secureSignInSession"):
            if switched_on(given, name):
                self.asked[name] = True
        if given.get("disableResilienceDefaults"):
            self.asked["disableResilienceDefaults"] = True
        if found := switched_on(given, "cloudAppSecurity"):
            self.asked["cloudAppSecurity"] = found["cloudAppSecurityType"].lower()
        if found := given.get("continuousAccessEvaluation"):
            self.asked["continuousAccessEvaluation"] = found["mode"].lower()


def stricter(name, one, other):
    if name in ("frequency", "mfaFrequency"):
        return min(one, other)
    if name == "persistentBrowser":
        return "never" if "never" in (one, other) else "always"
    if name == "cloudAppSecurity":
        return max(one, other, key=CLOUD_APPS.index)
    if name == "continuousAccessEvaluation":
        return max(one, other, key=EVALUATIONS.index)
    return True


def merged(sessions):
    out = {}
    for session in sessions:
        for name, value in session.asked.items():
            out[name] = stricter(name, out[name], value) if name in out else value
    if "cloudAppSecurity" in out:
        out["cloudAppSecurity"] = CLOUD_APP_NAMES[out["cloudAppSecurity"]]
    if "continuousAccessEvaluation" in out:
        out["continuousAccessEvaluation"] = EVALUATION_NAMES[out["continuousAccessEvaluation"]]
    return out
