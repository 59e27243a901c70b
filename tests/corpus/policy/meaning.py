#!/usr/bin/env python3
"""meaning.py DRIVER: every policy of ca-policies is imported; written and read again it decides
random sign-ins as before. Needs HEADGATE_CORPUS; without it the suite says so and is skipped."""
import collections
import json
import os
import pathlib
import subprocess
import sys

SKIPPED = 77


def main():
    root = os.environ.get("HEADGATE_CORPUS")
    if not root or not (pathlib.Path(root) / "ca-policies").is_dir():
        print("skipped: HEADGATE_CORPUS names no folder with ca-policies")
        sys.exit(SKIPPED)
    files = sorted(str(p) for p in (pathlib.Path(root) / "ca-policies").rglob("*.json"))
    done = subprocess.run([sys.argv[1], *files], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"the driver ended with {done.returncode}\n{done.stderr[-4000:]}")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    refused = collections.Counter(row["refused"] for row in rows if row["refused"])
    loaded = [row for row in rows if not row["refused"]]
    disabled = sum(row["disabled"] for row in loaded)
    never = [row for row in loaded if not row["disabled"] and row["applied"] == 0]
    print(f"{len(rows)} policies: {len(loaded)} loaded, {disabled} of them kept disabled, {len(rows) - len(loaded)} refused")
    print(f"{len(never)} never applied to a sign-in drawn from what they name")
    for text, n in refused.most_common():
        print(f"  {n:3} {text}")
    bad = [row for row in rows if row["differs"] or row["refused"]]
    for row in bad:
        print(f"{row['file']}: {row['name']}: {row['refused'] or 'means something else after it was written'}")
    sys.exit(bool(bad) or len(rows) < 200)


main()
