#!/usr/bin/env python3
"""corpus.py DRIVER: every flow definition and connector document of HEADGATE_CORPUS.

A definition is accepted and runs to its end, or is refused with a reason that names where it
stands; one that is refused for a type names the action or trigger and the type. Prints counts;
exit 77 where there is no corpus."""
import collections, json, os, pathlib, re, subprocess, sys

corpus = os.environ.get("HEADGATE_CORPUS")
if not corpus or not (pathlib.Path(corpus) / "flows").is_dir():
    print("HEADGATE_CORPUS names no folder with flows")
    sys.exit(77)
driver, root = sys.argv[1], pathlib.Path(corpus)
NAMED = re.compile(r"'.+'")
TYPED = re.compile(r"^The (action|trigger) '.+' of type '.*' ")
OVER = ("Succeeded", "Failed", "Cancelled")
bad, count = [], collections.Counter()

def rows(files, *options):
    for i in range(0, len(files), 50):
        done = subprocess.run([driver, *options, *map(str, files[i:i + 50])], capture_output=True, text=True)
        if done.returncode != 0:
            bad.append(f"driver ended with {done.returncode}: {done.stderr[-2000:]}")
        yield from map(json.loads, done.stdout.splitlines())

files = sorted(p for p in (root / "flows").rglob("*.json"))
for row in rows(files):
    name = os.path.relpath(row["file"], root)
    count["flows: " + row["kind"]] += 1
    if row["kind"] in ("unreadable", "unknown"):
        continue
    if row["ok"]:
        count["flows: ran to " + row["run"]] += 1
        if row["run"] not in OVER:
            bad.append(f"{name}: {row['run']}")
        continue
    types = [e for e in row["errors"] if e["code"].endswith("TypeNotSupported")]
    count["flows: refused for a type" if types else "flows: refused for a fault"] += 1
    for error in types:
        if not TYPED.match(error["message"]):
            bad.append(f"{name}: names no type: {error['message']}")
    for error in row["errors"]:
        if not error["path"] or not error["message"]:
            bad.append(f"{name}: says nothing: {error}")

documents = sorted((root / "connectors").rglob("apiDefinition.swagger.json"))
for row in rows(documents, "--connector"):
    if row["kind"] == "unreadable":
        count["connectors: no JSON"] += 1
    elif row["ok"]:
        count["connectors: read"] += 1
    else:
        count["connectors: refused"] += 1
        bad += [f"{row['file']}: says nothing" for e in row["errors"] if not e["message"]]

for key, n in sorted(count.items()):
    print(f"{n:5} {key}")
print("\n".join(bad[:40]))
sys.exit(bool(bad) or not files)
