#!/usr/bin/env python3
"""embed.py FILE NAME OUT: a file's text as the C constant `const hg_str NAME`."""
import pathlib, sys

text = pathlib.Path(sys.argv[1]).read_bytes()
rows = [", ".join(str(b) for b in text[i:i + 32]) for i in range(0, len(text), 32)]
pathlib.Path(sys.argv[3]).write_text(
    '#include "base/base.h"\n\n'
    f"extern const hg_str {sys.argv[2]};\n"
    "static const unsigned char bytes[] = {\n    " + ",\n    ".join(rows or ["0"]) + "};\n"
    f"const hg_str {sys.argv[2]} = {{(const char *)bytes, {len(text)}}};\n")
