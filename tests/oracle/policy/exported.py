#!/usr/bin/env python3
"""exported.py DRIVER SEED [SIGN-INS]: a real policy means the same once it is stored.

For each policy under HEADGATE_CORPUS/ca-policies, random sign-ins are judged by the oracle on
the policy as it was published, and by the C on both canonical forms of it: enabled, or disabled
where the server would keep it no other way. Without a corpus the suite is skipped."""
import collections
import json
import os
import pathlib
import sys

import driver
import facts
import filters
import locations
import verdict
import vocabulary as v
import worlds
from dice import Dice
from differences import differences

SKIPPED = 77
BATCH = 20
KEYWORDS = {"all", "none", "guestsorexternalusers", "serviceprincipalsinmytenant", "alltrusted", "office365",
            "microsoftadminportals", "allagentidresources", locations.MFA_TRUSTED_IPS, locations.ALL_COMPLIANT_NETWORKS}
CASED = {name.lower(): name for name in (
    "grantControls", "sessionControls", "conditions", "state", "displayName", "id", "builtInControls", "operator")}


def decoded(path):
    data = path.read_bytes()
    is_wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    return json.loads(data.decode("utf-16" if is_wide else "utf-8-sig"))


def policies_in(node):
    """Every policy of a document, at whatever depth, with its members in their usual letter case."""
    if isinstance(node, list):
        for child in node:
            yield from policies_in(child)
    elif isinstance(node, dict):
        cased = {CASED.get(name.lower(), name): child for name, child in node.items()}
        if "conditions" in cased and "state" in cased:
            yield cased
        else:
            for child in node.values():
                yield from policies_in(child)


def corpus(root):
    """(where it is from, policy), and how many files are no JSON."""
    found, broken = [], 0
    for path in sorted((pathlib.Path(root) / "ca-policies").rglob("*.json")):
        try:
            document = decoded(path)
        except ValueError:
            broken += 1
            continue
        found += [(str(path.relative_to(root)), policy) for policy in policies_in(document)]
    return found, broken


def named(given, *members):
    """The ids in list members of a part of a policy."""
    return [text for member in members for text in (given or {}).get(member) or () if text.lower() not in KEYWORDS]


class Pool:
    """What a policy speaks of, for sign-ins that it is about."""

    def __init__(self, policy):
        conditions = policy["conditions"]
        people, apps = conditions.get("users") or {}, conditions.get("applications") or {}
        self.users = named(people, "includeUsers", "excludeUsers")
        self.groups = named(people, "includeGroups", "excludeGroups")
        self.roles = named(people, "includeRoles", "excludeRoles")
        self.apps = named(apps, "includeApplications", "excludeApplications")
        self.actions = named(apps, "includeUserActions")
        self.contexts = named(apps, "includeAuthenticationContextClassReferences")
        self.workloads = named(conditions.get("clientApplications"), "includeServicePrincipals",
                               "excludeServicePrincipals")
        self.places = named(conditions.get("locations"), "includeLocations", "excludeLocations")
        self.device = values_of((conditions.get("devices") or {}).get("deviceFilter"))
        self.agreements = named(policy.get("grantControls"), "termsOfUse")


def values_of(given):
    """(property, text) of every comparison of a device filter."""
    out, name = [], None
    for kind, text in filters.tokens(given["rule"]) if given else ():
        if kind == "word" and text.startswith("device."):
            name = text.removeprefix("device.")
        elif name and (kind == "text" or text in ("true", "false")):
            out.append((name, text))
    return out


PROPERTIES = {name.lower(): name for name in [*filters.TEXT_PROPERTIES, *filters.EXTENSIONS]}


def set_device(dice, device, name, text):
    if name == "iscompliant":
        device["isCompliant"] = text == "true"
    elif name == "deviceownership":
        device["ownership"] = text
    elif name in ("physicalids", "systemlabels"):
        device[PROPERTIES[name]] = [dice.cased(text)]
    elif name in PROPERTIES:
        device[PROPERTIES[name]] = dice.cased(text)


def about(dice, signin, pool):
    """The sign-in, moved towards what the policy is about."""
    if "user" in signin:
        person = signin["user"]
        if pool.users and dice.often(0.4):
            person["id"] = dice.cased(dice.pick(pool.users))
        person["groups"] = person.get("groups", []) + [text for text in pool.groups if dice.often(0.3)]
        person["roles"] = person.get("roles", []) + [text for text in pool.roles if dice.often(0.15)]
    elif pool.workloads and dice.often(0.5):
        signin["workload"]["servicePrincipal"] = dice.pick(pool.workloads)
    if pool.apps and "resources" in signin and dice.often(0.6):
        signin["resources"] = [dice.cased(dice.pick(pool.apps))]
    if pool.actions and dice.often(0.7):
        signin.pop("request", None)
        signin.update(resources=[], userAction=dice.pick(pool.actions))
    if pool.contexts and dice.often(0.6):
        signin["authContext"] = dice.pick(pool.contexts)
    if "device" in signin:
        for name, text in pool.device:
            if dice.often(0.5):
                set_device(dice, signin["device"], name, text)
    if pool.agreements and dice.often(0.5):
        signin["acceptedTerms"] = pool.agreements
    return signin


def world_for(dice, policy, signins):
    pool = Pool(policy)
    themes = {"workloads"} if pool.workloads else {"guests"} if dice.often(0.5) else {"plain"}
    return {"policies": [policy], "trustedIps": v.TRUSTED_RANGES[:1],
            "locations": [worlds.location(dice, text) for text in dict.fromkeys(pool.places)],
            "signIns": [about(dice, facts.signin(dice, themes), pool) for _ in range(signins)]}


def prepared(policy, number):
    """Enabled, and with an id of its own: published policies lack both."""
    return {**policy, "id": f"90000000-0000-4000-8000-{number:012x}", "state": "enabled"}


def found_in(policy, world, forms, answers):
    """What the verdicts on the canonical forms differ in from those on the original; a text: refused."""
    if "failure" in answers[0][0]:
        return answers[0][0]["failure"]
    want = verdict.of_world(world)
    is_judged = policy["state"] != "disabled"           # else a row may tell of what nobody judges
    return [f"{shape}, sign-in {number}: {text}" for shape, got in zip(forms, answers)
            for number, (one, two) in enumerate(zip(got, want, strict=True)) for text in differences(one, two)
            if is_judged or not text.startswith("conditions of")]


def judged(program, policies, seed, signins):
    """For each policy what `found_in` says."""
    all_forms = driver.lines_of([program, "canonical"], policies)
    tried = [(policy, world_for(Dice(f"{seed}/{policy['id']}"), policy, signins), forms)
             for policy, forms in zip(policies, all_forms) if "failure" not in forms]
    stored = [{**world, "policies": [form]} for _, world, forms in tried for form in forms.values()]
    answers = iter(driver.verdicts(program, stored))
    found = {policy["id"]: found_in(policy, world, forms, [next(answers) for _ in forms]) for policy, world, forms in tried}
    return [found.get(policy["id"], "refused") for policy in policies]


def compare(program, found, seed, signins):
    counts, wrong = collections.Counter(), []
    policies = [prepared(original, number) for number, (_, original) in enumerate(found)]
    texts = dict(enumerate(judged(program, policies, seed, signins)))
    refused = [number for number, text in texts.items() if isinstance(text, str)]
    # The server keeps such a policy disabled, or not at all.
    disabled = [{**policies[number], "state": "disabled"} for number in refused]
    texts.update(zip(refused, judged(program, disabled, seed, signins)))
    for number, text in texts.items():
        held = "refused" if isinstance(text, str) else "disabled" if number in refused else "enabled"
        counts[held] += 1
        if text and held != "refused":
            wrong.append(found[number][0])
            print(f"{found[number][0]}: {text[0][:400]}")
    return counts, wrong


def main():
    root = os.environ.get("HEADGATE_CORPUS")
    if not root or not (pathlib.Path(root) / "ca-policies").is_dir():
        print("skipped: HEADGATE_CORPUS names no folder with ca-policies")
        sys.exit(SKIPPED)
    program, seed = sys.argv[1], int(sys.argv[2])
    signins = int(sys.argv[3]) if len(sys.argv) > 3 else BATCH
    found, broken = corpus(root)
    counts, wrong = compare(program, found, seed, signins)
    print(f"{len(found)} policies, {broken} files that are no JSON, judged {dict(counts)}, {signins} sign-ins each, "
          f"{len(wrong)} disagreements")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
