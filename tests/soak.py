#!/usr/bin/env python3
"""What `make test` does for seconds, for as long as one likes: kills of the server, the oracles,
the store's random stream, fuzzing. Each begins at a fresh seed and leaves a line in the ledger:
date, commit ("+": with changes), what, seed, count, result. A failure is shown, and the line's seed
and count give it again (for fuzzing: the file that libFuzzer names)."""
import argparse, datetime, os, pathlib, re, secrets, subprocess, sys, time

ROOT = pathlib.Path(__file__).resolve().parent.parent
LEDGER = ROOT / "docs/soak-ledger.tsv"
ORACLES = {"policy": ("policy_driver", "compare.py"), "lifetime": ("lifetime_driver", "lifetime.py"),
           "expressions": ("expression_driver", "expressions.py")}

parse = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parse.add_argument("--build", default="build-test")
parse.add_argument("--fuzz", default="build-fuzz", help="a build of the fuzz targets")
parse.add_argument("--node", default=".deps/node/bin/node")
parse.add_argument("--seed", type=int, default=secrets.randbelow(2**31 - 2) + 1)
parse.add_argument("--kills", type=int, default=100, help="of the server, each with 200 runs under way; 0: none")
parse.add_argument("--cases", type=int, default=200000, help="for each oracle; 0: none")
parse.add_argument("--steps", type=int, default=50000, help="of the store's stream on each database; 0: none")
parse.add_argument("--seconds", type=int, default=120, help="for each fuzz target; 0: none")
options = parse.parse_args()
build = (ROOT / options.build).resolve()


def git(*args):
    return subprocess.run(["git", *args], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


commit = git("rev-parse", "--short=9", "HEAD") + ("+" if git("status", "--porcelain", "--", ".", ":!docs/soak-ledger.tsv") else "")
failed = []


def note(what, seed, count, result):
    fresh = not LEDGER.exists()
    with LEDGER.open("a") as ledger:
        if fresh:
            ledger.write("date\tcommit\twhat\tseed\tcount\tresult\n")
        ledger.write(f"{datetime.date.today()}\t{commit}\t{what}\t{seed}\t{count}\t{result}\n")
    print(f"{what:24} {count:12} {result}", flush=True)


def run(what, count, command, **env):
    began = time.monotonic()
    done = subprocess.run([str(word) for word in command], cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, errors="replace", env={**os.environ, **{k: str(v) for k, v in env.items()}})
    took = round(time.monotonic() - began)
    note(what, options.seed, count, f"ok, {took} s" if done.returncode == 0 else f"FAILED after {took} s")
    if done.returncode != 0:
        failed.append(what)
        print((done.stdout + done.stderr)[-20000:])


def fuzz():
    done = subprocess.run([sys.executable, ROOT / "fuzz/run.py", (ROOT / options.fuzz).resolve(), "--seconds",
                           str(options.seconds)], capture_output=True, text=True)
    for name, result, runs in re.findall(r"^(\w+) +(ok|FAILED) +(\S+) runs$", done.stdout, re.M):
        note(f"fuzz {name}", "-", runs, result)
    if done.returncode != 0:
        failed.append("fuzz")
        print((done.stdout + done.stderr)[-20000:])


print(f"seed {options.seed}")
if options.kills:
    run("kill", options.kills, [ROOT / options.node, "--test", "tests/scenarios/kill.test.mjs"],
        HEADGATE_BIN=build / "src/main/headgate", HEADGATE_KILLS=options.kills, HEADGATE_SEED=options.seed)
for name, (driver, oracle) in ORACLES.items() if options.cases else ():
    count = options.cases // (20 if name == "policy" else 1)            # a tenant has 20 sign-ins
    run(f"oracle {name}", count, [sys.executable, f"tests/oracle/{name}/{oracle}",
        build / f"tests/oracle/{name}" / driver, f"tests/cases/{name}", count, options.seed])
for backend in ("sqlite", "postgres") if options.steps else ():
    run(f"store {backend}", options.steps, [build / "tests/store/test_store", backend],
        HEADGATE_STEPS=options.steps, HEADGATE_SEED=options.seed)
if options.seconds:
    fuzz()
sys.exit(bool(failed))
