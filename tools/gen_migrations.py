#!/usr/bin/env python3
"""gen_migrations.py FOLDER SYMBOL OUT DEPFILE: the migrations of FOLDER, in order, as C data.

A file is named NNNN-module-what.sql; the numbers run from 0001 without a gap. The text is
embedded as bytes: ISO C promises no string literal longer than 4095."""
import hashlib, pathlib, re, sys

folder, symbol, out, depfile = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
files = sorted(folder.glob("*.sql"))
text, rows = ['#include "store/store.h"', "", "#include <stddef.h>", ""], []
for number, path in enumerate(files, 1):
    if not re.fullmatch(r"\d{4}-[a-z0-9]+-[a-z0-9-]+", path.stem):
        sys.exit(f"{path}: the name is not NNNN-module-what.sql")
    if int(path.stem[:4]) != number:
        sys.exit(f"{path}: number {number:04} is missing, or there twice")
    data = path.read_bytes()
    if b"\0" in data:
        sys.exit(f"{path}: has a NUL byte")
    unknown = set(re.findall(r"\{(\w*)\}", data.decode())) - {"int", "text", "blob", "table"}
    if unknown:
        sys.exit(f"{path}: unknown token {{{sorted(unknown)[0]}}}")
    text.append(f"static const char sql_{number}[] = {{{','.join(map(str, data))},0}};")
    rows.append(f'    {{.number = {number}, .name = "{path.stem}", '
                f'.checksum = "{hashlib.sha256(data).hexdigest()}", .sql = sql_{number}}},')
if rows:
    text += ["static const struct store_migration items[] = {", *rows, "};"]
text.append(f"const struct store_migrations {symbol} = "
            f"{{.items = {'items' if rows else 'NULL'}, .n = {len(rows)}}};")
pathlib.Path(out).write_text("\n".join(text) + "\n")
pathlib.Path(depfile).write_text(f"{out}: {folder} {' '.join(map(str, files))}\n")
