#!/usr/bin/env python3
"""What it takes to be there: perf-T8 and perf-F5 memory, perf-T9 the start, perf-X3 the start of the command line. As the table of
the promises has it: private dirty memory at most 12 MB and resident at most 25 MB when idle; the start at most 50 ms on a
store that exists."""
import http.client, sqlite3, subprocess, sys, time

from harness import BUILD, Server, flow_definition, make_flow, median, refresh_load, report, seed

SCOPE = "openid profile offline_access User.Read"


def start_once(server):
    server.stop()
    began = time.monotonic()
    server.launch()
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request("GET", "/livez")
    assert connection.getresponse().status == 200
    return (time.monotonic() - began) * 1000


def started(promise, server):
    """Beside an empty program with the same libraries: loading those is most of it."""
    figures, empty = [], []
    for _ in range(5):
        empty.append(spawn_ms([BUILD / "bench/empty"]))
        figures.append(start_once(server))
    figure = median(figures)
    return report(promise, figure, "ms", median(empty), figure / median(empty), 50, figure <= 50)


def at_most(promise, figure, unit, target):
    return report(promise, figure, unit, target, figure / target, 1, figure <= target)


def fill(server, n):
    """So many users more, written beside the server: a password hash for each would take minutes."""
    server.stop()
    db = sqlite3.connect(server.dir / "data" / "headgate.db")
    db.create_function("other", 2, lambda text, i: text.replace("user1@", f"more{i}@").replace(
        "2b7e8c14-94c5-4f0d-b0b6-000000000001", f"2b7e8c14-94c5-4f0d-b0b7-{i:012x}"))
    db.execute("""WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < ?)
                  INSERT INTO objects SELECT tenant, kind, other(id, n), other(name, n), version, modified, other(body, n)
                  FROM objects, i WHERE name = 'user1@contoso.test'""", (n,))
    db.commit()
    db.close()
    server.launch()


def memory(promise, server, dirty, resident):
    private, rss = server.memory_mb()
    return at_most(promise, private, "MB-dirty", dirty) & at_most(f"{promise}/resident", rss, "MB", resident)


def spawn_ms(command):
    began = time.monotonic()
    subprocess.run([str(c) for c in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return (time.monotonic() - began) * 1000


def command_line():
    ours, empty = [], []
    for _ in range(30):
        empty.append(spawn_ms([BUILD / "bench/empty"]))
        ours.append(spawn_ms([BUILD / "src/main/headgate", "version"]))
    over = median(o - e for o, e in zip(ours, empty))
    return report("perf-X3", median(ours), "ms", median(empty), median(ours) / median(empty), 3, over <= 3)


def main():
    small = Server(seed())
    kept = [started("perf-T9/empty", small),
            memory("perf-T8/idle", small, 12, 25)]
    for i in range(100):
        make_flow(small, f"Flow {i}", flow_definition())
    kept.append(started("perf-T9/flows", small))
    kept.append(memory("perf-F5", small, 12, 25))
    small.stop()
    big = Server(seed(policies=200))
    fill(big, 10000)
    kept.append(started("perf-T9/users", big))
    load, _ = refresh_load(big, SCOPE)
    load.run(30000)
    kept.append(at_most("perf-T8/after", big.memory_mb()[0], "MB-dirty", 24))
    big.stop()
    kept.append(command_line())
    return all(kept)


sys.exit(0 if main() else 1)
