#!/usr/bin/env python3
"""Prints the modules of src/LAYERS that exist (have a meson.build), in order."""
import pathlib

root = pathlib.Path(__file__).resolve().parent.parent / "src"
for line in (root / "LAYERS").read_text().splitlines():
    module = line.split("#")[0].partition(":")[0].strip()
    if module and (root / module / "meson.build").exists():
        print(module)
