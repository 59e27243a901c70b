#!/usr/bin/env python3
"""Every file of ca-policies is judged: accepted, or refused with a reason that names the
place. Needs HEADGATE_CORPUS; without it the suite says so and is skipped."""
import collections
import json
import os
import pathlib
import subprocess
import sys

SKIPPED = 77


def judge(driver, files):
    done = subprocess.run([driver, *files], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"the driver ended with {done.returncode}\n{done.stderr[-4000:]}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def complaints(files, rows):
    judged = {row["file"] for row in rows}
    for file in files:
        if file not in judged:
            yield f"{file}: no row"
    for row in rows:
        if row["ok"] == bool(row["errors"]):
            yield f"{row['file']}: ok is {row['ok']} with {len(row['errors'])} errors"
        for error in row["errors"]:
            if not error["message"] or not (error["path"] or row["kind"] == "unknown"):
                yield f"{row['file']}: an error without place or text: {error}"


def report(files, rows):
    kinds = collections.Counter((row["kind"], row["ok"]) for row in rows)
    for kind in sorted({k for k, _ in kinds}):
        print(f"{kind}: {kinds[kind, True]} accepted, {kinds[kind, False]} refused")
    refusals = collections.Counter(e["message"][:110] for row in rows for e in row["errors"])
    for text, n in refusals.most_common():
        print(f"  {n:3} {text}")
    print(f"{len(files)} files, {len(rows)} objects")


def main():
    root = os.environ.get("HEADGATE_CORPUS")
    if not root or not (pathlib.Path(root) / "ca-policies").is_dir():
        print("skipped: HEADGATE_CORPUS names no folder with ca-policies")
        sys.exit(SKIPPED)
    files = sorted(str(p) for p in (pathlib.Path(root) / "ca-policies").rglob("*.json"))
    rows = judge(sys.argv[1], files)
    if "--rows" in sys.argv:
        print("\n".join(json.dumps(row) for row in rows if not row["ok"]))
    report(files, rows)
    bad = list(complaints(files, rows))
    for complaint in bad:
        print(complaint)
    sys.exit(bool(bad))


main()
