#!/usr/bin/env python3
"""catalogue.py: every case of docs/CATALOGUE-A.md stands there once, and the tests and records it names exist."""
import pathlib, re, sys

root = pathlib.Path(__file__).resolve().parent.parent
page = root / "docs" / "CATALOGUE-A.md"
rows = [[cell.strip() for cell in line.strip("|\n").split(" | ")] for line in page.read_text().splitlines() if re.match(r"\| A\d\d ", line)]
faults = []
if [row[0] for row in rows] != [f"A{i:02}" for i in range(1, 37)]:
    faults.append("the cases are not A01 to A36, each once and in order")
for name, _, proof in rows:
    tests = re.findall(r"`(tests/[^`]+)`: (.+?)(?=; (?:`tests/|\[|open)|$)", proof)
    records = re.findall(r"\((decisions/[^)]+)\)", proof)
    if not tests and not records and "open: " not in proof:
        faults.append(f"{name}: no test, no record, and not open")
    for path, title in tests:
        if not (root / path).is_file() or title not in (root / path).read_text():
            faults.append(f"{name}: {path} has no '{title}'")
    faults += [f"{name}: there is no {record}" for record in records if not (root / "docs" / record).is_file()]
print("\n".join(faults) or f"{len(rows)} cases")
sys.exit(bool(faults))
