#!/usr/bin/env python3
"""Refreshes that turn their token; policies judged, sign-ins logged, everything durable, beside the token floor with the same
algorithm, number of signatures and durability.

perf-T1  ES256, two signatures        perf-T2  ES256, one signature (no openid asked; its target names other servers)
perf-T3  RS256, two signatures        perf-T6  many tokens stored against few
perf-T7  synchronous=FULL: refreshes a second beside the floor, and CPU beside NORMAL"""
import json, secrets, sqlite3, sys

from harness import Server, compare, floor_load, in_turn, median, refresh_load, report, seed

SCOPE = "openid profile offline_access User.Read"
ACCESS_ONLY = "offline_access User.Read"
API = "api://work/Work.Read openid profile offline_access"
ROUNDS, N, MANY = 3, 3000, 200000


def start(algorithm="ES256", synchronous="normal"):
    return Server(seed(policies=20, id_alg=algorithm), synchronous=synchronous, core=0)


def beside_floor(promise, algorithm, signatures, scope, target):
    server = start(algorithm)
    ours, answer = refresh_load(server, scope)
    assert ("id_token" in answer) == (signatures == 2), list(answer)
    n = N if algorithm == "ES256" else N // 3
    kept = compare(promise, *in_turn([ours, floor_load(algorithm, signatures)], n, ROUNDS), target)
    server.stop()
    return kept


def fill(server, n):
    """So many tokens more, as of people who left."""
    server.stop()
    db = sqlite3.connect(server.dir / "data" / "headgate.db")
    tenant, grant, issued = db.execute("SELECT tenant, grant_id, issued FROM refresh_tokens LIMIT 1").fetchone()
    db.executemany("INSERT INTO refresh_tokens(tenant, mac, grant_id, issued) VALUES(?, ?, ?, ?)",
                   ((tenant, secrets.token_urlsafe(32), secrets.token_hex(16), issued) for _ in range(n)))
    db.commit()
    db.close()
    server.launch()


def flat():
    few, many = start(), start()
    refresh_load(many, SCOPE)
    fill(many, MANY)
    loads = [refresh_load(server, SCOPE)[0] for server in (few, many)]
    low, high = in_turn(loads, N, ROUNDS)
    few.stop()
    many.stop()
    return compare("perf-T6", high, low, 1.35)


def full():
    safe, fast = start(synchronous="full"), start()
    loads = [refresh_load(safe, SCOPE)[0], refresh_load(fast, SCOPE)[0], floor_load("ES256", 2, "FULL")]
    walls, cpus = [[] for _ in loads], [[] for _ in loads]
    for _ in range(ROUNDS):
        for at, load in enumerate(loads):
            result = load.run(N // 8)
            walls[at].append(N // 8 / result["wall_us"] * 1e6)
            cpus[at].append(result["cpu_us"])
    rate = median(o / f for o, f in zip(walls[0], walls[2]))
    kept = report("perf-T7", median(walls[0]), "refreshes/s", median(walls[2]), rate, 2.5, rate >= 2.5)
    kept &= compare("perf-T7/cpu", cpus[0], cpus[1], 1.3)
    safe.stop()
    fast.stop()
    return kept


def main():
    kept = [beside_floor("perf-T1", "ES256", 2, SCOPE, 1.15), beside_floor("perf-T2", "ES256", 1, ACCESS_ONLY, 1.15),
            beside_floor("perf-T3", "RS256", 2, API, 1.08), flat(), full()]
    return all(kept)


sys.exit(0 if main() else 1)
