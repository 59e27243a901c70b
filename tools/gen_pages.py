#!/usr/bin/env python3
"""gen_pages.py OUT DEPFILE: pages/*.html, pages/style.css and locales/*.json as C tables.

Fails on a key that a language lacks or that a template uses and no catalogue has."""
import json, pathlib, re, sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LANGUAGES = ("en", "el", "sl")

def literal(text):
    escape = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "?": "\\?"}
    out, line = [], ""
    for byte in text.encode():
        c = chr(byte)
        line += escape.get(c, c if 32 <= byte < 127 else f"\\{byte:03o}")
        if c == "\n" or len(line) > 400:
            out.append(f'"{line}"')
            line = ""
    out.append(f'"{line}"')
    return " ".join(out)

catalogues = {l: json.loads((ROOT / "locales" / f"{l}.json").read_text()) for l in LANGUAGES}
keys = sorted(catalogues["en"])
for language, texts in catalogues.items():
    if sorted(texts) != keys:
        sys.exit(f"locales/{language}.json: keys differ from en.json: {set(texts) ^ set(keys)}")
templates = {p.stem: p.read_text() for p in sorted((ROOT / "pages").glob("*.html"))}
for name, text in templates.items():
    for key in re.findall(r"\{\{t:([^}]+)\}\}", text):
        if key not in keys:
            sys.exit(f"pages/{name}.html: no text of the key {key}")

lines = ['#include "app/pages_data.h"', "", "const struct app_template app_templates[] = {"]
lines += [f'    {{"{name}", HG_LIT({literal(text)})}},' for name, text in templates.items()]
lines += ["};", f"const size_t app_n_templates = {len(templates)};", "",
          "const struct app_text_row app_texts[] = {"]
lines += [f'    {{"{key}", {{' + ", ".join(f"HG_LIT({literal(catalogues[l][key])})" for l in LANGUAGES) + "}},"
          for key in keys]
lines += ["};", f"const size_t app_n_texts = {len(keys)};", "",
          f"const hg_str app_stylesheet = HG_LIT({literal((ROOT / 'pages/style.css').read_text())});", ""]
pathlib.Path(sys.argv[1]).write_text("\n".join(lines))

read = [ROOT / "pages", ROOT / "locales", *(ROOT / "pages").iterdir(), *(ROOT / "locales").iterdir()]
pathlib.Path(sys.argv[2]).write_text(f"{sys.argv[1]}: " + " ".join(str(p).replace(" ", "\\ ") for p in read) + "\n")
