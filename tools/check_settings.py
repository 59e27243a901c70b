#!/usr/bin/env python3
"""Every setting of src/config/config.def is used by src/main: none can be set without effect."""
import pathlib, re, sys

src = pathlib.Path(__file__).resolve().parent.parent / "src"
rows = re.findall(r"^CONFIG_SETTING\((\w+), (\w+),", (src / "config/config.def").read_text(), re.M)
used = "\n".join(file.read_text() for file in sorted((src / "main").glob("*.c")))
unused = [f"{section}.{key}" for section, key in rows if not re.search(rf"(->|\.){section}_{key}\b", used)]
for name in unused:
    print(f"{name} is a setting that src/main does not read")
sys.exit(bool(unused) or not rows)
