#!/usr/bin/env python3
"""perf-T5: CPU of a sign-in with code and PKCE, through its pages, apart from the request that checks the password: its hash
costs fifty times the rest and differs by more than that from one time to the next. perf-L5: how long refreshes take
while sign-ins keep all places for password hashes busy."""
import os, subprocess, sys

from harness import TENANT, Person, Server, median, refresh_load, report, seed, start

SCOPE = "openid profile offline_access User.Read"


def login_cost():
    server = Server(seed(policies=20), core=0)
    costs = []
    for _ in range(4):
        people = [Person(server, f"user{i}@contoso.test") for i in range(16)]
        for person in people:
            person.sign_in()
        costs.append(median(person.cpu_us for person in people))
    server.stop()
    figure = median(costs[1:])
    return report("perf-T5", figure, "us", 450, figure / 450, 1, figure <= 450)


def beside_logins():
    server = Server(seed(policies=20))
    load, _ = refresh_load(server, SCOPE)
    load.run(500)
    alone, crowded = [], []
    for _ in range(3):
        alone.append(load.run(2000)["p99_us"])
        people = [start([sys.executable, __file__, server.port], stdout=subprocess.PIPE) for _ in range(6)]
        for person in people:
            person.stdout.readline()
        crowded.append(load.run(2000)["p99_us"])
        for person in people:
            person.kill()
            person.wait()
    server.stop()
    ratio = median(c / a for c, a in zip(crowded, alone))
    return report("perf-L5", median(crowded), "us", median(alone), ratio, 3, ratio <= 3)


class Running:
    def __init__(self, port):
        self.port, self.pid, self.token_path = port, os.getpid(), f"/{TENANT}/oauth2/v2.0/token"


def sign_in_for_ever(port):
    """A process of its own, at the lowest priority, so that it is the server's work that is in the way."""
    os.nice(19)
    print("begins", flush=True)
    while True:
        try:
            Person(Running(port), f"user{os.getpid() % 16}@contoso.test").sign_in()
        except SystemExit:
            pass  # too many at once: 503


if len(sys.argv) > 1:
    sign_in_for_ever(int(sys.argv[1]))
kept = [login_cost(), beside_logins()]
sys.exit(0 if all(kept) else 1)
