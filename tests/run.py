#!/usr/bin/env python3
"""Runs every suite and ends with `N passed, N failed, N skipped`.

C suites are meson tests: a cmocka binary counts one per test function, any other one as a whole
(exit 77: skipped, and its last line says why). Node suites are tests/*/*.test.mjs, counted as
node:test counts them. A suite that dies counts as one failure, with its output shown."""
import argparse, concurrent.futures, json, os, pathlib, re, subprocess, sys, time

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIMIT = 900  # seconds a suite may take before it counts as hung

def c_suites(build, only):
    text = subprocess.run(["meson", "introspect", "--tests", build], cwd=ROOT, check=True,
                          capture_output=True, text=True).stdout
    for test in json.loads(text):
        suites = [s.split(":")[-1] for s in test["suite"]]
        if only and only not in suites:
            continue
        yield test["name"], test["cmd"], {**os.environ, **(test.get("env") or {})}, test.get("workdir") or build

def node_suites(node, build, only):
    env = {**os.environ, "HEADGATE_BIN": str(ROOT / build / "src/main/headgate"), "NODE_NO_WARNINGS": "1"}
    for path in sorted((ROOT / "tests").glob("*/*.test.mjs")):
        if only and path.parent.name != only:
            continue
        yield f"{path.parent.name}/{path.name}", [node, "--test", "--test-reporter=tap", str(path)], env, str(ROOT)

def count(name, output, code):
    passed = failed = skipped = 0
    for m in re.finditer(r"\[  PASSED  \] (\d+) test", output):
        passed += int(m[1])
    for m in re.finditer(r"\[  FAILED  \] (\d+) test", output):
        failed += int(m[1])
    for m in re.finditer(r"\[  SKIPPED \] (\d+) test", output):
        skipped += int(m[1])
    tap = {k: re.findall(rf"^# {k} (\d+)$", output, re.M) for k in ("pass", "fail", "skipped", "cancelled")}
    if tap["pass"]:
        passed += int(tap["pass"][-1])
        failed += int(tap["fail"][-1]) + int((tap["cancelled"] or ["0"])[-1])
        skipped += int((tap["skipped"] or ["0"])[-1])
    if code == 77:
        return 0, 0, 1
    if passed + failed + skipped == 0:
        passed, failed = (1, 0) if code == 0 else (0, 1)
    if code != 0 and failed == 0:
        failed = 1
    return passed, failed, skipped

def run(suite):
    name, command, env, cwd = suite
    began = time.monotonic()
    try:
        done = subprocess.run(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, errors="replace", timeout=LIMIT)
        output, code = done.stdout + done.stderr, done.returncode
    except subprocess.TimeoutExpired as e:
        output, code = f"no end after {LIMIT} s\n{e.stdout or ''}{e.stderr or ''}", 124
    return name, output, code, time.monotonic() - began

def main():
    parse = argparse.ArgumentParser()
    parse.add_argument("--build", default="build-test")
    parse.add_argument("--node", default="node")
    parse.add_argument("--suite", help="only this one: unit, shape, corpus, scenarios, clients, …")
    parse.add_argument("--show", action="store_true", help="print each suite's output")
    args = parse.parse_args()

    suites = [*c_suites(args.build, args.suite)]
    if os.path.exists(ROOT / args.node) or args.node == "node":
        node = str(ROOT / args.node) if os.path.exists(ROOT / args.node) else args.node
        suites += node_suites(node, args.build, args.suite)
    if not suites:
        sys.exit(f"no suite of that name: {args.suite}")
    totals = [0, 0, 0]
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        for name, output, code, took in pool.map(run, suites):
            counts = count(name, output, code)
            totals = [a + b for a, b in zip(totals, counts)]
            print(f"{'ok     ' if counts[1] == 0 else 'FAILED '}{name:44} {counts[0]:5} passed {took:7.1f} s", flush=True)
            if code == 77:
                print("       skipped: " + (output.strip().splitlines() or ["no reason given"])[-1])
            if counts[1] or args.show:
                print(output.rstrip()[-20000:])
    print(f"{totals[0]} passed, {totals[1]} failed, {totals[2]} skipped")
    sys.exit(totals[1] != 0)

main()
