#!/usr/bin/env python3
"""lifetime.py DRIVER CASES [WORLDS [SEED]]: token lifetimes, judged a second time.

A naive evaluator written from the specification's part 6 alone. It answers every case of
tests/cases/lifetime, and then WORLDS random worlds; the driver answers the same. Any
difference is printed as a case and fails the run."""
import json, pathlib, random, subprocess, sys

DAY = 86400
PAIR = {"50173": ("invalid_grant", "bad_token"), "700084": ("invalid_grant", "bad_token"),
        "70008": ("invalid_grant", "bad_token"), "700082": ("invalid_grant", "bad_token"),
        "70043": ("invalid_grant", "bad_token"), "50076": ("interaction_required", "basic_action")}


def span(text):
    """Seconds of [d.]hh:mm:ss, or None for until-revoked."""
    if text.lower() == "until-revoked":
        return None
    days, _, clock = text.rpartition(".")
    h, m, s = (int(x) for x in clock.split(":"))
    return int(days or 0) * DAY + h * 3600 + m * 60 + s


def settings(world):
    values = {"MaxInactiveTime": 90 * DAY, "MaxAgeSingleFactor": None, "MaxAgeMultiFactor": None,
              "MaxAgeSessionSingleFactor": None, "MaxAgeSessionMultiFactor": None}
    if world.get("definition"):
        for name, value in json.loads(world["definition"])["TokenLifetimePolicy"].items():
            if name in values:
                values[name] = span(value)
    if world["behaviour"] == "entra":                      # stored, without effect
        values = {name: None for name in values} | {"MaxInactiveTime": 90 * DAY}
    return values


def refused(rule, aadsts, since=None):
    error, suberror = PAIR[str(aadsts)]
    verdict = {"rule": rule, "aadsts": aadsts, "error": error, "suberror": suberror}
    return verdict if since is None else verdict | {"since": since}


def all_limits(world):
    """(rule, code, last good instant) in the order in which a redemption looks at them."""
    grant, values, entra = world["grant"], settings(world), world["behaviour"] == "entra"
    limits = []
    if grant.get("isSpa"):
        limits.append(("spaAge", 700084, grant["issued"] + DAY))
    limits.append(("MaxInactiveTime", 700082 if entra else 70008,
                   grant["lastUsed"] + values["MaxInactiveTime"]))
    if grant.get("mfaAt") is None:
        if values["MaxAgeSingleFactor"] is not None:
            limits.append(("MaxAgeSingleFactor", 50076,
                           grant["authAt"] + values["MaxAgeSingleFactor"]))
    elif world.get("rememberDays") is not None and not entra:
        limits.append(("rememberMfa", 50076, grant["mfaAt"] + world["rememberDays"] * DAY))
    elif values["MaxAgeMultiFactor"] is not None:
        limits.append(("MaxAgeMultiFactor", 50076, grant["mfaAt"] + values["MaxAgeMultiFactor"]))
    return limits


def judge(world):
    grant, valid_from = world["grant"], world.get("validFrom")
    if grant.get("revokedAt") is not None or (valid_from is not None and grant["authAt"] < valid_from):
        return refused("revoked", 50173)
    for rule, code, last in all_limits(world):
        if world["now"] > last:
            return refused(rule, code, last + 1)
    return {"rule": "alive"}


def frequency(world):
    wanted, grant = world.get("frequency"), world["grant"]
    if wanted is None or grant.get("isConfidential"):
        return {"rule": "alive"}
    last = grant["authAt"] + (wanted or 300)               # 0: every time, five minutes tolerated
    return refused("signInFrequency", 70043, last + 1) if world["now"] > last else {"rule": "alive"}


def session(world):
    grant, values, valid_from = world["grant"], settings(world), world.get("validFrom")
    if valid_from is not None and grant["authAt"] < valid_from:
        return False
    if world["now"] - grant["lastUsed"] > (90 * DAY if world.get("isPersistent") else DAY):
        return False
    if grant.get("mfaAt") is None:
        age, base = values["MaxAgeSessionSingleFactor"], grant["authAt"]
    else:
        age, base = values["MaxAgeSessionMultiFactor"], grant["mfaAt"]
        if world.get("rememberDays") is not None and world["behaviour"] == "seed":
            age = world["rememberDays"] * DAY
    return age is None or world["now"] - base <= age


def within_days(world):
    return world["now"] - world["grant"]["mfaAt"] <= world["rememberDays"] * DAY


def evaluate(world):
    days, mfa_at = world.get("rememberDays"), world["grant"].get("mfaAt")
    known = days is not None and mfa_at is not None
    valid_from = world.get("validFrom")
    return {
        "judge": judge(world),
        "frequency": frequency(world),
        "limits": [[rule, last + 1] for rule, _, last in sorted(all_limits(world), key=lambda l: l[2])],
        "session": session(world),
        "remembered": known and within_days(world) and (valid_from is None or mfa_at >= valid_from),
        "stale": known and world["behaviour"] == "entra" and not within_days(world),
    }


def random_span(r, least, most):
    seconds = r.choice([least, most, r.randint(least, most), r.randint(1, most // DAY) * DAY if most >= DAY else most])
    days, rest = divmod(seconds, DAY)
    return f"{days}.{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"


def random_definition(r):
    policy = {"Version": 1}
    for name in ["MaxAgeSingleFactor", "MaxAgeMultiFactor", "MaxAgeSessionSingleFactor",
                 "MaxAgeSessionMultiFactor"]:
        if r.random() < 0.5:
            policy[name] = "until-revoked" if r.random() < 0.3 else random_span(r, 600, 365 * DAY)
    ages = [span(policy[n]) for n in ["MaxAgeSingleFactor", "MaxAgeMultiFactor"] if n in policy]
    most = min([90 * DAY, *[a - 1 for a in ages if a is not None]])
    if r.random() < 0.5 and most >= 600:
        policy["MaxInactiveTime"] = random_span(r, 600, most)
    return json.dumps({"TokenLifetimePolicy": policy})


def random_world(r):
    """Instants cluster around the limits, so that boundaries are met."""
    def past(most):
        return -r.choice([0, 300, 3600, DAY, 14 * DAY, 90 * DAY, r.randint(0, most)]) + r.choice([-1, 0, 0, 1])
    auth_at = past(400 * DAY)
    issued = max(auth_at, past(400 * DAY))
    grant = {"authAt": auth_at, "issued": issued, "lastUsed": max(issued, past(100 * DAY)),
             "isSpa": r.random() < 0.15, "isConfidential": r.random() < 0.5}
    if r.random() < 0.6:
        grant["mfaAt"] = max(auth_at, past(400 * DAY))
    if r.random() < 0.05:
        grant["revokedAt"] = past(100 * DAY)
    world = {"behaviour": r.choice(["seed", "seed", "entra"]), "grant": grant, "now": 0,
             "isPersistent": r.random() < 0.5}
    if r.random() < 0.6:
        world["definition"] = random_definition(r)
    if r.random() < 0.4:
        world["rememberDays"] = r.choice([1, 14, 60, 90, 365, r.randint(1, 365)])
    if r.random() < 0.3:
        world["validFrom"] = past(400 * DAY)
    if r.random() < 0.5:
        world["frequency"] = r.choice([0, 3600, DAY, 14 * DAY])
    limits = [last for _, _, last in all_limits(world)]
    world["now"] = r.choice([0, r.choice(limits), r.choice(limits) + 1, max(limits) + 1])
    return world


def ask(driver, worlds):
    text = "".join(json.dumps(w) + "\n" for w in worlds)
    run = subprocess.run([driver], input=text, capture_output=True, text=True)
    if run.returncode:
        sys.exit(f"{driver}: {run.stderr}")
    return [json.loads(line) for line in run.stdout.splitlines()]


def contains(whole, part):
    return all(whole.get(name) == value for name, value in part.items())


def main():
    driver, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    n = int(sys.argv[3]) if len(sys.argv) > 3 else 20000
    seed = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    bad = 0
    cases = [case for path in sorted(folder.glob("*.json")) for case in json.loads(path.read_text())]
    if not cases:
        sys.exit(f"{folder}: no cases")
    for case, answer in zip(cases, ask(driver, [case["world"] for case in cases]), strict=True):
        for who, got in (("oracle", evaluate(case["world"])), ("module", answer)):
            if not contains(got, case["want"]):
                print(f"{case['name']}: {who} says {json.dumps(got)}, wanted {json.dumps(case['want'])}")
                bad += 1
    r = random.Random(seed)
    worlds = [random_world(r) for _ in range(n)]
    for world, answer in zip(worlds, ask(driver, worlds), strict=True):
        wanted = evaluate(world)
        if answer != wanted:
            print(json.dumps({"name": f"seed {seed}", "world": world, "want": wanted, "got": answer}))
            bad += 1
        alive = answer["judge"]["rule"] == "alive"
        revoked = answer["judge"]["rule"] == "revoked"
        if not revoked and alive != (world["now"] < answer["limits"][0][1]):
            print(json.dumps({"name": "alive means before the first limit", "world": world}))
            bad += 1
    print(f"{len(cases)} cases, {n} worlds from seed {seed}, {bad} differences")
    sys.exit(bad != 0)


main()
