#!/usr/bin/env python3
"""run.py BUILD [PROGRAM...]: each bench program of a build, one after the other, as nothing else should run
beside it, then a table of all promises. Ends with 1 when a program failed or a promise was not kept."""
import os, pathlib, re, subprocess, sys, time

here = pathlib.Path(__file__).resolve().parent
build = pathlib.Path(sys.argv[1]).resolve()
programs = {p.stem: p for p in sorted([*here.glob("bench_*.c"), *here.glob("bench_*.py")])}
names = sys.argv[2:] or list(programs)
lines, broken = [], []
for name in names:
    is_python = programs[name].suffix == ".py"
    command = [sys.executable, str(programs[name])] if is_python else [str(build / "bench" / name)]
    began = time.monotonic()
    done = subprocess.run(command, cwd=build, text=True, stdout=subprocess.PIPE,
                          env={**os.environ, "HEADGATE_BUILD": str(build)})
    print(done.stdout, end="", flush=True)
    found = [line for line in done.stdout.splitlines() if line.startswith("BENCH ")]
    lines += found
    missed = [line for line in found if re.search(r"(?i)\b(miss|fail)", line.split(None, 2)[2])]
    if done.returncode != 0 and not missed:
        broken.append(name)
        print(f"{name}: exit status {done.returncode}")
    print(f"# {name}: {time.monotonic() - began:.0f} s", flush=True)

print("\n| promise | figure | floor | ratio | target | |\n| --- | --- | --- | --- | --- | --- |")
for line in lines:
    match = re.match(r"BENCH (\S+) (\S+) (\S+) floor=(\S+) ratio=(\S+) target=(\S+) (.*)", line)
    if match:
        promise, figure, unit, floor, ratio, target, verdict = match.groups()
        print(f"| {promise} | {figure} {unit} | {floor} | {ratio} | {target} | {verdict} |")
    else:
        print(f"| {line} |")
failed = [line for line in lines if re.search(r"(?i)\b(miss|fail)", line.split(None, 2)[2])]
print(f"{len(lines) - len(failed)} kept, {len(failed)} not kept, {len(broken)} programs broken")
sys.exit(bool(failed or broken))
