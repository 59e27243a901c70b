#!/usr/bin/env python3
"""Prints the names of the fuzz targets: fuzz_<target>.c beside this file."""
import pathlib

for path in sorted(pathlib.Path(__file__).resolve().parent.glob("fuzz_*.c")):
    print(path.stem.removeprefix("fuzz_"))
