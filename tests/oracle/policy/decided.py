"""How often each condition and control decided.

One decides on a sign-in when that sign-in's outcome, needs, results, error row, session or
other members would be others had this one condition or control, of this one policy, been left
off. Counted over every sign-in of a sample of tenants."""
import collections
import copy

import verdict
from tenant import Tenant

SEEN = ["outcome", "needs", "results", "aadsts", "suberror", "session", "terms", "factors", "mfaRequiredBy"]
CONDITIONS = ["users", "workloads", "applications", "userActions", "authenticationContexts", "platforms", "devices",
              "deviceStates", "clientAppTypes", "locations", "signInRisk", "servicePrincipalRisk", "userRisk",
              "insiderRisk", "authenticationFlows"]
CONTROLS = ["Block", "Mfa", "RequireAuthenticationStrength", "RequireCompliantDevice", "RequireDomainJoinedDevice",
            "RequireApprovedApp", "RequireCompliantApp", "PasswordChange", "RiskRemediation", "TermsOfUse",
            "CustomControl"]
SESSION = ["frequency", "mfaFrequency", "persistentBrowser", "applicationEnforcedRestrictions", "cloudAppSecurity",
           "disableResilienceDefaults", "continuousAccessEvaluation", "secureSignInSession"]
OTHERS = ["application filter", "service principal filter", "strength limits", "per-user MFA", "security defaults",
          "low-privilege scopes", "What If", "inbound trust"]


def without_condition(policy, name):
    less = copy.copy(policy)
    less.conditions = [one for one in policy.conditions if one[0] != name]
    less.shown_names = [one[0] for one in less.conditions]
    return less


def without_control(policy, name):
    less = copy.copy(policy)
    less.grant = copy.copy(policy.grant)
    less.grant.operands = [one for one in policy.grant.operands if one.name != name]
    less.grant.names = policy.grant.names - {name}
    less.demands_strength = policy.demands_strength and name != "RequireAuthenticationStrength"
    return less


def without_session(policy, name):
    less = copy.copy(policy)
    less.session = copy.copy(policy.session)
    less.session.asked = {key: value for key, value in policy.session.asked.items() if key != name}
    if name == "secureSignInSession":
        less.grant = copy.copy(policy.grant)
        less.grant.binding = []
    return less


def variants(policy):
    """(what is left off, the policy without it)"""
    for name, _, _ in policy.conditions:
        yield name, without_condition(policy, name)
    for name in sorted(policy.grant.names):
        yield name, without_control(policy, name)
    for name in policy.session.asked:
        yield name, without_session(policy, name)


def edited_worlds(world):
    """(what is left off, the world without it) of what is not one condition or control of a compiled policy."""
    for name, edit in (("application filter", drop_filter("applications", "applicationFilter")),
                       ("service principal filter", drop_filter("clientApplications", "servicePrincipalFilter"))):
        for number in range(len(world["policies"])):
            less = {**world, "policies": copy.deepcopy(world["policies"])}
            if edit(less["policies"][number]):
                yield name, less
    if any(one["combinationConfigurations"] for one in world["strengths"]):
        yield "strength limits", {**world, "strengths": [{**one, "combinationConfigurations": []}
                                                         for one in world["strengths"]]}
    settings = world["settings"]
    if settings.get("securityDefaults"):
        yield "security defaults", {**world, "settings": {**settings, "securityDefaults": False}}
    if settings.get("baselineScopesMode", "enforce") != "enforce":
        yield "low-privilege scopes", {**world, "settings": {**settings, "baselineScopesMode": "enforce"}}
    for name, member in (("What If", "isWhatIf"), ("inbound trust", "inboundTrust")):
        if any(member in facts for facts in world["signIns"]):
            yield name, {**world, "signIns": [{key: value for key, value in facts.items() if key != member}
                                              for facts in world["signIns"]]}
    if any("perUserMfa" in facts.get("user", {}) for facts in world["signIns"]):
        yield "per-user MFA", {**world, "signIns": [without_per_user(facts) for facts in world["signIns"]]}


def drop_filter(part, member):
    def edit(policy):
        return bool((policy["conditions"].get(part) or {}).pop(member, None))
    return edit


def without_per_user(facts):
    if "user" not in facts:
        return facts
    return {**facts, "user": {key: value for key, value in facts["user"].items() if key != "perUserMfa"}}


def seen(tenant, all_facts):
    return [[answer[member] for member in SEEN] for answer in (verdict.judge(tenant, facts) for facts in all_facts)]


def count(worlds):
    """(sign-ins on which each decided, sign-ins at which each was configured, sign-ins)"""
    decided, configured, total = collections.Counter(), collections.Counter(), 0
    for world in worlds:
        all_facts = world["signIns"]
        total += len(all_facts)
        tenant = Tenant(world)
        base = seen(tenant, all_facts)
        hit, there = collections.defaultdict(set), set()

        def note(name, other):
            there.add(name)
            hit[name] |= {n for n, (one, two) in enumerate(zip(base, other)) if one != two}
        for number, policy in enumerate(tenant.policies):
            for name, less in variants(policy):
                tenant.policies[number] = less
                note(name, seen(tenant, all_facts))
            tenant.policies[number] = policy
        for name, less in edited_worlds(world):
            note(name, seen(Tenant(less), less["signIns"]))
        for name in there:
            configured[name] += len(all_facts)
            decided[name] += len(hit[name])
    return decided, configured, total


def table(decided, configured, total):
    """The report, rarest first, and the conditions and controls that decided on fewer than one sign-in in a hundred."""
    names = sorted([*CONDITIONS, *CONTROLS, *SESSION, *OTHERS], key=lambda name: decided[name])
    lines = [f"decided, of {total} sign-ins      of all   where configured"]
    for name in names:
        where = decided[name] / configured[name] if configured[name] else 0.0
        lines.append(f"  {name:32} {100 * decided[name] / total:6.2f} %  {100 * where:6.2f} %")
    return lines, [name for name in names if name not in OTHERS and decided[name] < total / 100]
