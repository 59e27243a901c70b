#!/usr/bin/env python3
"""compare.py DRIVER CASES TENANTS SEED [--jobs N] [--sample N] [--progress]

The C evaluator against the plain one: on the shared cases, and on TENANTS random tenants with
20 sign-ins each. Every member of every verdict is compared. The first disagreements are made
small and printed as cases. SAMPLE tenants more tell how often each condition and control
decided. The same seed gives the same tenants, however many jobs there are."""
import argparse
import collections
import json
import multiprocessing
import pathlib
import sys
import time

import decided
import driver
import shrink
import verdict
import worlds
from differences import MEMBERS, differences

SHOWN = 3
SLICE = 50                                              # tenants a task


def cases(folder):
    for path in sorted(pathlib.Path(folder).glob("*.json")):
        for case in json.loads(path.read_text()):
            yield f"{path.name}: {case['name']}", case["given"], case["want"]


def check_cases(program, folder):
    """Both must give what the cases want."""
    given = list(cases(folder))
    bad = 0
    for (name, world, want), (got, *_) in zip(given, driver.verdicts(program, [world for _, world, _ in given])):
        ours = verdict.of_world(world)[0]
        wrong = {member: ours[member] for member in MEMBERS if member in want and ours[member] != want[member]}
        if wrong:
            print(f"{name}: the oracle answers {wrong}")
        for text in (found := differences(got, ours)):
            print(f"{name}: {text}")
        bad += bool(wrong or found)
    print(f"{len(given)} cases, {bad} disagreements")
    return bad


def judge_slice(task):
    """(sign-ins, how often each outcome, [(tenant, sign-in, what differs)])"""
    program, seed, first, last = task
    tenants = [worlds.tenant(seed, number) for number in range(first, last)]
    outcomes, wrong = collections.Counter(), []
    for number, (world, got) in enumerate(zip(tenants, driver.verdicts(program, tenants)), first):
        ours = verdict.of_world(world)
        for at, (one, two) in enumerate(zip(got, ours, strict=True)):
            outcomes[two["outcome"]] += 1
            if found := differences(one, two):
                wrong.append((number, at, found))
    return sum(outcomes.values()), outcomes, wrong


def count_slice(task):
    seed, first, last = task
    return decided.count(worlds.tenant(seed, number) for number in range(first, last))


def slices(total, size):
    return [(first, min(first + size, total)) for first in range(0, total, size)]


class Progress:
    def __init__(self, total, is_shown):
        self.total, self.is_shown, self.began, self.told = total, is_shown, time.monotonic(), 0.0

    def tell(self, done):
        now = time.monotonic()
        if not self.is_shown or (now - self.told < 5 and done < self.total):
            return
        self.told, took = now, now - self.began
        left = took / done * (self.total - done)
        print(f"{100 * done / self.total:5.1f} %  {done} of {self.total} tenants, {took / 60:.1f} min, "
              f"{left / 60:.1f} min left", flush=True)


def show(program, seed, wrong):
    for number, at, found in wrong:
        small, texts = shrink.shrunk(program, shrink.one_signin(worlds.tenant(seed, number), at))
        print(f"tenant {number} of seed {seed}, sign-in {at}: {'; '.join(found)[:400]}\nmade small: " + "\n".join(texts))
        print(shrink.as_case(f"tenant {number}, sign-in {at}", small, texts))


def different_kinds(wrong):
    """One disagreement of each set of members, the commonest first."""
    kinds = collections.defaultdict(list)
    for one in wrong:
        kinds[tuple(text.partition(":")[0].partition(" of ")[0] for text in one[2])].append(one)
    return [found[0] for found in sorted(kinds.values(), key=len, reverse=True)]


def compare(pool, options):
    signins, outcomes, wrong = 0, collections.Counter(), []
    tasks = [(options.driver, options.seed, *part) for part in slices(options.tenants, SLICE)]
    progress, done = Progress(options.tenants, options.progress), 0
    for (_, _, first, last), (n, found, bad) in zip(tasks, pool.imap(judge_slice, tasks)):
        signins, done = signins + n, done + last - first
        outcomes.update(found)
        wrong += bad
        progress.tell(done)
    show(options.driver, options.seed, different_kinds(wrong)[:options.shown])
    print(f"{options.tenants} tenants of seed {options.seed}, {signins} sign-ins, {len(wrong)} disagreements, "
          f"outcomes {dict(sorted(outcomes.items()))}")
    return len(wrong)


def report_decided(pool, options):
    """How often each condition and control decided. Each must on one sign-in in a hundred."""
    tasks = [(options.seed, *part) for part in slices(options.sample, 20)]
    totals = (collections.Counter(), collections.Counter(), 0)
    for got in pool.imap(count_slice, tasks):
        totals = totals[0] + got[0], totals[1] + got[1], totals[2] + got[2]
    lines, rare = decided.table(*totals)
    print("\n".join(lines))
    if rare:
        print(f"decided too seldom: {', '.join(rare)}")
    return len(rare)


def main():
    parse = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parse.add_argument("driver")
    parse.add_argument("cases")
    parse.add_argument("tenants", type=int)
    parse.add_argument("seed", type=int)
    parse.add_argument("--jobs", type=int, default=2)
    parse.add_argument("--sample", type=int, default=0, help="tenants for the report of what decided")
    parse.add_argument("--shown", type=int, default=SHOWN, help="disagreements to make small and print")
    parse.add_argument("--progress", action="store_true")
    options = parse.parse_args()
    bad = check_cases(options.driver, options.cases)
    with multiprocessing.Pool(options.jobs) as pool:
        bad += compare(pool, options)
        if options.sample:
            bad += report_decided(pool, options)
    sys.exit(bad > 0)


if __name__ == "__main__":
    main()
