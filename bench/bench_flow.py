#!/usr/bin/env python3
"""Runs of flows. perf-F1: a webhook, five nodes and an answer, the run saved, beside a floor that stores the same in two commits;
perf-F3: the same run is safe after each step, as all are, beside a floor with a commit a step. perf-F4: a job queued, claimed and
finished (a webhook that is answered at once and a run of one node). perf-F6: a loop over 10,000 items. perf-F2, a run that is not
saved, has no subject: all are saved."""
import sys, time

from harness import (Load, Server, compare, cpu_us, floor, flow_definition, in_turn, make_flow, median, report, runs_left,
                     scratch, seed)

POST = "POST {path} HTTP/1.1\nHost: localhost\nContent-Type: application/json\n"
BODY = '{"value": 42, "name": "bench"}'
ITEMS = 10000


def webhook(server, definition):
    url = make_flow(server, "bench", definition)
    return Load(server.port, server.pid, POST.format(path=url), BODY, connections=8)


def floor_of(commits):
    port, process = floor("run", scratch(), commits, "NORMAL")
    return Load(port, process.pid, POST.format(path="/run"), BODY, connections=8)


def answered(server):
    ours = webhook(server, flow_definition())
    ends, steps = floor_of(2), floor_of(8)
    figures, at_ends, at_steps = in_turn([ours, ends, steps], 1500, 5)
    figure, kept = median(figures), True
    for promise, bare, target in (("perf-F1", at_ends, 110), ("perf-F3", at_steps, 176)):
        ratio = median(f / b for f, b in zip(figures, bare))
        kept &= report(promise, figure, "us", median(bare), ratio, target, figure <= target)
    return kept


def queued(server):
    load = webhook(server, flow_definition(answers=False))
    costs = []
    for _ in range(3):
        before = cpu_us(server.pid)
        load.run(600)
        while runs_left(server) > 0:
            time.sleep(0.05)
        costs.append((cpu_us(server.pid) - before) / 600)
    figure = median(costs)
    return report("perf-F4", figure, "us", 45, figure / 45, 1, figure <= 45)


def looped(server):
    load = webhook(server, flow_definition(loop=ITEMS))
    costs, sizes = [], []
    for _ in range(3):
        before = cpu_us(server.pid)
        load.run(1)
        costs.append((cpu_us(server.pid) - before) / ITEMS)
        sizes.append(server.memory_mb()[0])
    figure, growth = median(costs), sizes[-1] / sizes[0]
    return (report("perf-F6", figure, "us/item", 3, figure / 3, 1, figure <= 3)
            & report("perf-F6/memory", sizes[-1], "MB-dirty", sizes[0], growth, 1.1, growth <= 1.1))


def main():
    server = Server(seed(), core=0)
    kept = [answered(server), queued(server), looped(server)]
    server.stop()
    return all(kept)


sys.exit(0 if main() else 1)
