"""Makes a world on which the two disagree smaller, for as long as they still do."""
import copy
import json

import driver
import verdict
from differences import MEMBERS, differences


def paths(node, at=()):
    """Every member and item below, the outer ones first."""
    found = list(node.items()) if isinstance(node, dict) else list(enumerate(node)) if isinstance(node, list) else []
    for key, child in found:
        yield (*at, key)
    for key, child in found:
        yield from paths(child, (*at, key))


def without(world, path):
    less = copy.deepcopy(world)
    node = less
    for key in path[:-1]:
        node = node[key]
    del node[path[-1]]
    return less


def judged(world):
    """The oracle's verdict; None where the sign-in no longer says who asks for what."""
    facts = world.get("facts", {})
    if not (facts.get("user", {}).get("id") or facts.get("workload", {}).get("servicePrincipal")):
        return None
    if not any(facts.get(member) for member in ("resources", "request", "userAction", "authContext", "authContexts")):
        return None
    try:
        return verdict.of_world(world)[0]
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        return None


def kind(got, wrong):
    """A refusal stays that refusal, and a difference a difference; None where there is neither."""
    if "failure" in got:
        return got["failure"][:60]
    return "differs" if wrong else None


def shrunk(program, world):
    """The smallest world that leaving out single members leads to, and the differences there."""
    got = driver.verdicts(program, [world])[0][0]
    wanted = kind(got, differences(got, judged(world)))
    for _ in range(400):
        tries = [less for less in (without(world, path) for path in paths(world)) if judged(less) is not None]
        answers = driver.verdicts(program, tries) if tries else []
        smaller = [less for less, (got,) in zip(tries, answers) if kind(got, differences(got, judged(less))) == wanted]
        if not smaller:
            break
        world = min(smaller, key=lambda less: len(json.dumps(less)))
    return world, differences(driver.verdicts(program, [world])[0][0], judged(world))


def one_signin(world, number):
    """The world of one sign-in of several."""
    alone = {key: value for key, value in world.items() if key != "signIns"}
    return {**alone, "facts": world["signIns"][number]} if "signIns" in world else alone


def as_case(name, world, wrong):
    """A case for tests/cases/policy that wants what the oracle says of the members that differ."""
    want = judged(world)
    differing = [member for member in MEMBERS if any(text.startswith(f"{member}:") for text in wrong)]
    return json.dumps({"name": name, "given": world, "want": {member: want[member] for member in differing or ["outcome"]}})
