#!/usr/bin/env python3
"""headers.py OUT: for each src/**/*.h a file in OUT that includes it twice; prints their paths."""
import pathlib, sys

root = pathlib.Path(__file__).resolve().parent.parent / "src"
out = pathlib.Path(sys.argv[1])
out.mkdir(exist_ok=True)
for header in sorted(root.rglob("*.h")):
    name = str(header.relative_to(root))
    text = f'#include "{name}"\n' * 2 + "extern int alone;\n"
    path = out / (name.replace("/", "_").replace(".", "_") + ".c")
    if not path.exists() or path.read_text() != text:
        path.write_text(text)
    print(path)
