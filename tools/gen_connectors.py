#!/usr/bin/env python3
"""gen_connectors.py OUT DEPFILE: the documents of connectors/ as a C table."""
import pathlib, sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FILES = ("apiDefinition.swagger.json", "apiProperties.json")
folders = sorted(p for p in (ROOT / "connectors").iterdir() if p.is_dir())
lines = ['#include "app/connections/connectors_data.h"', ""]
for n, folder in enumerate(folders):
    for k, name in enumerate(FILES):
        data = (folder / name).read_bytes()
        rows = [", ".join(str(b) for b in data[i:i + 32]) for i in range(0, len(data), 32)]
        lines += [f"static const unsigned char document_{n}_{k}[] = {{", "    " + ",\n    ".join(rows), "};"]
lines += ["", "const struct app_connector_data app_connectors_data[] = {"]
for n, folder in enumerate(folders):
    texts = ", ".join(f"{{(const char *)document_{n}_{k}, sizeof(document_{n}_{k})}}" for k in range(2))
    lines += [f'    {{HG_LIT("{folder.name}"), {texts}}},']
lines += ["};", f"const size_t app_n_connectors_data = {len(folders)};", ""]
pathlib.Path(sys.argv[1]).write_text("\n".join(lines))
read = [ROOT / "connectors", *folders, *(f / n for f in folders for n in FILES)]
pathlib.Path(sys.argv[2]).write_text(f"{sys.argv[1]}: " + " ".join(str(p).replace(" ", "\\ ") for p in read) + "\n")
