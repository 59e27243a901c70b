"""The verdict of FORMAT.md on one sign-in (parts 3.1, 3.2, 3.6 and 5.4)."""
import json

import controls
import other_sources
import session
from signin import SignIn
from tenant import Tenant

PAIRS = {53003: ("invalid_grant", "message_only"), 530035: ("invalid_grant", "message_only"),
         50076: ("interaction_required", "basic_action"), 50079: ("interaction_required", "basic_action"),
         50078: ("interaction_required", "basic_action"), 50097: ("interaction_required", "basic_action"),
         53000: ("invalid_grant", "additional_action"), 53001: ("invalid_grant", "additional_action"),
         53002: ("invalid_grant", "message_only"), 53009: ("unauthorized_client", "protection_policy_required"),
         50135: ("interaction_required", "basic_action"), 50158: ("interaction_required", "additional_action"),
         530084: ("invalid_grant", "message_only")}


class Judged:
    """A policy that applies to the sign-in, and what it still asks for."""

    def __init__(self, policy, signin):
        self.policy = policy
        self.asked = policy.grant.asked(policy, signin)
        self.blocks = any(operand.is_out_of_reach(signin) for operand in self.asked)
        self.has_block = any(operand.name == "Block" for operand in self.asked)

    def result(self, signin):
        if not self.policy.is_report_only:
            return "failure" if self.asked else "success"
        if not self.asked:
            return "reportOnlySuccess"
        are_questions = all(operand.name in controls.QUESTIONS for operand in self.asked)
        can_be_asked = signin.is_interactive and are_questions and not self.blocks
        return "reportOnlyInterrupted" if can_be_asked else "reportOnlyFailure"


def of_mfa(signin):
    if signin.has_claim and signin.is_stale and not signin.is_refused_claim():
        return 50078
    return 50076 if signin.person is not None and signin.person.has_method else 50079


def code_of(need, signin):
    if need == "Mfa":
        return of_mfa(signin)
    if need == "RequireCompliantDevice":
        return 50097 if signin.device is None and not signin.is_interactive else 53000
    return {"RequireAuthenticationStrength": 50076, "RequireDomainJoinedDevice": 53001, "RequireApprovedApp": 53002,
            "RequireCompliantApp": 53009, "PasswordChange": 50135, "RiskRemediation": 50135, "TermsOfUse": 50158,
            "CustomControl": 50158, "SignInTokenProtection": 530084}[need]


def of_block(blocking, signin):
    """(aadsts, error, suberror) of a sign-in that is blocked by policies."""
    if not signin.is_interactive and all(one.has_block and one.policy.is_on_flows for one in blocking):
        is_dead = any(one.policy.takes_all() for one in blocking)
        return 530036, "invalid_grant", "bad_token" if is_dead else "message_only"
    return 53003, *PAIRS[53003]


def claims_for(ids):
    if not ids:
        return ""
    return json.dumps({"access_token": {"capolids": {"essential": True, "values": ids}}}, separators=(",", ":"))


def required_by(tenant, signin, enforced):
    """Who asks for MFA, met or not; of users only."""
    if signin.person is None:
        return []
    lists_mfa = [one.policy for one in enforced if "Mfa" in one.policy.grant.names]
    demands_strength = [one.policy for one in enforced if one.policy.demands_strength]
    asks = {"user": other_sources.per_user_mfa(tenant, signin),
            "securityDefaults": other_sources.defaults_ask_mfa(tenant, signin),
            "multiConditionalAccess": bool(lists_mfa), "authenticationStrengths": bool(demands_strength),
            "riskBasedPolicy": any(policy.is_on_risk for policy in lists_mfa + demands_strength)}
    return [name for name, does in asks.items() if does]


def ids_of(enforced, name, signin):
    """Agreements or factors still asked for, in the order of the policies, each once."""
    found = []
    for one in enforced:
        for operand in one.asked:
            if operand.name == name and operand.of not in found and not operand.is_answered(signin):
                found.append(operand.of)
    return found


def apply_policies(tenant, signin):
    """One entry a policy each: what applies, or None; the reason; whether each condition holds."""
    hits = [policy.hits(signin) for policy in tenant.policies]
    reasons = [policy.why_not(held, signin) for policy, held in zip(tenant.policies, hits)]
    signin.strength_is_on_action = any(
        reason is None and policy.is_on_action and policy.demands_strength and not policy.is_report_only
        for policy, reason in zip(tenant.policies, reasons)) and signin.user_action == "urn:user:registersecurityinfo"
    judged = [Judged(policy, signin) if reason is None else None for policy, reason in zip(tenant.policies, reasons)]
    return judged, [reason or "notSet" for reason in reasons], hits


def result_of(policy, one, signin):
    if one is not None:
        return one.result(signin)
    if policy.state == "disabled":
        return "notEnabled"
    return "reportOnlyNotApplied" if policy.is_report_only else "notApplied"


def row_of(policy, hits):
    """The conditions by the names of the rows for people, several under one name together."""
    row = {}
    for name, hit in zip(policy.shown_names, hits):
        row[name] = hit and row.get(name, True)
    return row


def decision(tenant, signin, enforced):
    """(outcome, needs, deciding, (aadsts, error, suberror), claims)"""
    failing = [one for one in enforced if one.asked]
    needs = {operand.name for one in failing for operand in one.asked}
    blocking = [one for one in failing if one.blocks]
    asks_mfa = other_sources.per_user_mfa(tenant, signin) or other_sources.defaults_ask_mfa(tenant, signin)
    lacks_mfa = asks_mfa and not controls.has_mfa(signin)
    if lacks_mfa:
        needs.add("Mfa")
    is_blocked_by_defaults = other_sources.defaults_block(tenant, signin)
    ordered = sorted(needs, key=controls.ORDER.index)
    if blocking:
        return "block", ordered, [one.policy.id for one in blocking], of_block(blocking, signin), ""
    if is_blocked_by_defaults:
        return "block", ordered, [], (530035, *PAIRS[530035]), ""
    if lacks_mfa and controls.Operand("Mfa").is_out_of_reach(signin):
        return "block", ordered, [], (53003, *PAIRS[53003]), ""
    if not ordered:
        return "allow", [], [], (0, "", ""), ""
    deciding = [one.policy.id for one in failing]
    code = code_of(ordered[0], signin)
    return "challenge", ordered, deciding, (code, *PAIRS[code]), claims_for(deciding)


def judge(tenant, facts):
    signin = SignIn(tenant, facts)
    judged, reasons, hits = apply_policies(tenant, signin)
    enforced = [one for one in judged if one is not None and not one.policy.is_report_only]
    outcome, needs, deciding, (aadsts, error, suberror), claims = decision(tenant, signin, enforced)
    status = "notApplied"
    if enforced:
        status = "failure" if any(one.asked for one in enforced) else "success"
    return {"outcome": outcome, "needs": needs, "aadsts": aadsts, "error": error, "suberror": suberror,
            "claims": claims, "deciding": deciding, "conditionalAccessStatus": status,
            "session": session.merged(one.policy.session for one in enforced),
            "results": [result_of(policy, one, signin) for policy, one in zip(tenant.policies, judged)],
            "analysisReasons": reasons, "terms": ids_of(enforced, "TermsOfUse", signin),
            "factors": ids_of(enforced, "CustomControl", signin), "mfaRequiredBy": required_by(tenant, signin, enforced),
            "rows": [row_of(policy, held) for policy, held in zip(tenant.policies, hits)]}


def of_world(world):
    """Every verdict of a world, in the order of its sign-ins."""
    tenant = Tenant(world)
    return [judge(tenant, facts) for facts in world.get("signIns") or [world["facts"]]]
