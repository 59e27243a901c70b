#!/usr/bin/env python3
"""run.py BUILD [PROGRAM...]: each bench program of a build, one after the other, as nothing else should run
beside it. Ends with 1 when a program failed or a promise was not kept."""
import pathlib, re, subprocess, sys

build = pathlib.Path(sys.argv[1])
names = sys.argv[2:] or sorted(p.stem for p in pathlib.Path(__file__).parent.glob("bench_*.c"))
bad = 0
for name in names:
    done = subprocess.run([str((build / "bench" / name).resolve())], cwd=build, text=True, stdout=subprocess.PIPE)
    print(done.stdout, end="", flush=True)
    missed = [line for line in done.stdout.splitlines() if re.match(r"BENCH .* (MISS|FAIL)", line, re.I)]
    bad += bool(missed) or done.returncode != 0
    if done.returncode != 0 and not missed:
        print(f"{name}: exit status {done.returncode}")
sys.exit(bad > 0)
