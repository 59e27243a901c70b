#!/usr/bin/env python3
"""headers.py: lists src/**/*.h.   headers.py H OUT: writes OUT, which includes H twice."""
import pathlib, sys

root = pathlib.Path(__file__).resolve().parent.parent / "src"
if len(sys.argv) == 1:
    for path in sorted(root.rglob("*.h")):
        print(path.relative_to(root))
else:
    include = f'#include "{sys.argv[1]}"\n'
    pathlib.Path(sys.argv[2]).write_text(include * 2 + "extern int alone;\n")
