#!/usr/bin/env python3
"""docs/CONFORMANCE.md names what proves each scenario; what it names must be there, so that the page stays true."""
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/CONFORMANCE.md"
IDS = [f"T{n:02}" for n in range(1, 95)] + [f"V{n}" for n in range(1, 21)]
ROW = re.compile(r"^\| ([TV]\d+) \| (open|`([^`]+)`) \| (.+) \|$")


def names_of(path):
    """Of a table of cases the names; of a program its text."""
    text = path.read_text()
    return {case["name"] for case in json.loads(text)} if path.suffix == ".json" else text


def problem(file, name):
    path = ROOT / file
    if not path.is_file():
        return f"{file} is not there"
    if file.startswith("docs/"):
        return None
    found = name in names_of(path)
    return None if found else f"{file} has no '{name}'"


def main():
    proved, bad = {}, []
    for line in PAGE.read_text().splitlines():
        row = ROW.match(line)
        if line.startswith(("| T", "| V")) and not row:
            bad.append(f"a row that cannot be read: {line}")
        if not row:
            continue
        proved.setdefault(row[1], []).append(row[2])
        wrong = row[3] and problem(row[3], row[4])
        if wrong:
            bad.append(f"{row[1]}: {wrong}")
    bad += [f"{one}: no row" for one in IDS if one not in proved]
    bad += [f"{one}: is no scenario" for one in proved if one not in IDS]
    print("\n".join(bad))
    sys.exit(bool(bad))


main()
