#!/usr/bin/env python3
"""compare.py DRIVER CASES N SEED: the C evaluator against the naive one, on the shared
cases and on N random worlds. The first disagreements are printed whole, as a case."""
import json
import pathlib
import subprocess
import sys

import evaluator
import worlds

SHOWN = 3
# What the naive evaluator was written for. The rest of FORMAT.md is not compared here.
WORLD = {"policies", "locations", "trustedIps", "facts"}
USER = {"id", "userPrincipalName", "groups", "roles", "isGuest", "external", "homeTenant", "hasMfaMethod"}
FACTS = {"user", "workload", "client", "isConfidential", "resources", "userAction", "authContext", "clientAppType",
         "platform", "ip", "country", "device", "flowOrigin", "signInRisk", "userRisk", "insiderRisk", "methods",
         "mfa", "mfaIsStale", "isApprovedApp", "isProtectedApp", "isTokenBound", "isInteractive"}
GRANT = {"termsOfUse", "customAuthenticationFactors"}


def of_driver(driver, given):
    lines = "".join(json.dumps(world) + "\n" for world in given)
    done = subprocess.run([driver], input=lines, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"the driver ended with {done.returncode}\n{done.stderr[-4000:]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def differences(got, want):
    if "failure" in got:
        return [f"the C refuses: {got['failure']}"]
    out = [f"{member}: C {got.get(member)!r}, oracle {want[member]!r}" for member in want
           if member != "rows" and got.get(member) != want[member]]
    for row, naive in zip(got["policies"], want["rows"]):
        held = {reason["condition"]: reason["hit"] for reason in row["reasons"]}
        if held != naive["conditions"]:
            out.append(f"conditions of {row['id']}: C {held}, oracle {naive['conditions']}")
    return out


def shrink(driver, world):
    """Leaves out policies and locations for as long as the two still disagree."""
    for member in ("policies", "locations", "trustedIps"):
        for one in list(world.get(member, [])):
            less = {**world, member: [x for x in world[member] if x is not one]}
            if differences(of_driver(driver, [less])[0], evaluator.decide(less)):
                world = less
    return world


UNJUDGED_FILES = {"filters.json", "networks.json", "targets.json", "terms_and_passwords.json", "strengths.json", "external_users.json", "other_mfa.json",
                  "session_merging.json"}


def is_known(world):
    facts = world.get("facts", {})
    user = facts.get("user", {})
    return WORLD.issuperset(world) and FACTS.issuperset(facts) and USER.issuperset(user) \
        and user.get("external", "internalGuest") == "internalGuest" \
        and not facts.get("userAction", "").endswith("securityinfo") \
        and not any(p["state"] == "enabled" and (p.get("grantControls") or {}).get(member)
                    for p in world["policies"] for member in GRANT)


def cases(folder):
    for path in sorted(pathlib.Path(folder).glob("*.json")):
        for case in json.loads(path.read_text()):
            if not is_known(case["given"]) or path.name in UNJUDGED_FILES:
                continue
            yield f"{path.name}: {case['name']}", case["given"], case["want"]


def check_cases(folder):
    """The oracle itself must give what the cases want."""
    bad = 0
    for name, given, want in cases(folder):
        verdict = evaluator.decide(given)
        wrong = {m: verdict.get(m) for m in want if m not in ("policies", "analysisReasons") and verdict.get(m) != want[m]}
        if wrong:
            print(f"{name}: the oracle answers {wrong}")
            bad += 1
    return bad


def main():
    driver, folder, n, seed = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    bad = check_cases(folder)
    maker = worlds.Maker(seed)
    given = [world for _, world, _ in cases(folder)] + list(
        filter(is_known, (maker.world() for _ in range(n))))
    got = of_driver(driver, given)
    if len(got) != len(given):
        sys.exit(f"{len(given)} worlds asked, {len(got)} answered")
    outcomes = {}
    for world, verdict in zip(given, got):
        want = evaluator.decide(world)
        outcomes[want["outcome"]] = outcomes.get(want["outcome"], 0) + 1
        wrong = differences(verdict, want)
        if wrong:
            bad += 1
            if bad <= SHOWN:
                small = shrink(driver, world)
                print("\n".join(differences(of_driver(driver, [small])[0], evaluator.decide(small))))
                print(json.dumps({"name": "?", "given": small}))
    print(f"{len(given)} worlds, {bad} disagreements, outcomes {outcomes}")
    sys.exit(bad > 0)


main()
