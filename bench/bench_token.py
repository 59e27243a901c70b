#!/usr/bin/env python3
"""perf-T1, T2, T3: a refresh that turns its token, policy judged, sign-in logged, WAL NORMAL on both sides, beside
the token floor with the same algorithm and number of signatures. perf-T7: the same with FULL."""
import sys

from harness import Server, compare, floor_load, in_turn, median, refresh_load, report, seed

SCOPE = "openid profile offline_access User.Read"
API = "api://work/Work.Read openid profile offline_access"
ROUNDS, N = 3, 4000


def main():
    passed = True
    for promise, algorithm, scope, target in (("perf-T1", "ES256", SCOPE, 1.15), ("perf-T3", "RS256", API, 1.08)):
        server = Server(seed(policies=20, id_alg=algorithm), core=0)
        ours, answer = refresh_load(server, scope)
        assert "id_token" in answer, answer
        n = N if algorithm == "ES256" else N // 4
        passed &= compare(promise, *in_turn([ours, floor_load(algorithm, 2)], n, ROUNDS), target)
        server.stop()
    return passed


sys.exit(0 if main() else 1)
