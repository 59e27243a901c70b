#!/usr/bin/env python3
"""run.py BUILD [--seconds N] [TARGET...]: each libFuzzer target of a build for N seconds.

New inputs stay in the build directory; a crash is printed with the file that shows it, which
becomes corpus/<target>/<what-it-is> together with the cure."""
import argparse, pathlib, subprocess, sys

here = pathlib.Path(__file__).resolve().parent
parser = argparse.ArgumentParser()
parser.add_argument("build", type=pathlib.Path)
parser.add_argument("--seconds", type=int, default=10)
parser.add_argument("targets", nargs="*")
options = parser.parse_intermixed_args()

names = options.targets or [p.stem.removeprefix("fuzz_") for p in sorted(here.glob("fuzz_*.c"))]
failed = []
for name in names:
    found = options.build / "fuzz-found" / name
    found.mkdir(parents=True, exist_ok=True)
    words = here / "dict" / f"{name}.dict"
    run = subprocess.run(
        [options.build / "fuzz" / f"fuzz_{name}", f"-max_total_time={options.seconds}", "-max_len=4096",
         "-timeout=5", "-rss_limit_mb=2048", f"-artifact_prefix={found}/crash-", "-print_final_stats=1",
         *([f"-dict={words}"] if words.exists() else []), found, here / "corpus" / name], capture_output=True, text=True)
    runs = [l.split()[-1] for l in run.stderr.splitlines() if "number_of_executed_units" in l]
    print(f"{name:16} {'ok' if run.returncode == 0 else 'FAILED'}  {runs[0] if runs else '?'} runs", flush=True)
    if run.returncode != 0:
        failed.append(name)
        print(run.stderr[-6000:])
sys.exit(bool(failed))
