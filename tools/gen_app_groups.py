#!/usr/bin/env python3
"""gen_app_groups.py IN OUT: the groups of applications that come with the server, as a C table sorted by id."""
import json, pathlib, sys

FAMILIES = {"Office365": "POLICY_FAMILY_OFFICE365", "MicrosoftAdminPortals": "POLICY_FAMILY_ADMIN_PORTALS"}

def literal(text):
    return "HG_LIT(" + json.dumps(text) + ")"

data = json.loads(pathlib.Path(sys.argv[1]).read_text())
names = {row["id"].lower(): row["name"] for row in data["applications"]}
families = {}
for group, ids in data["groups"].items():
    for app in ids:
        families.setdefault(app.lower(), []).append(FAMILIES[group])
ids = sorted(set(names) | set(families) | {row[k].lower() for row in data["dependencies"] for k in ("app", "needs")})
lines = ['#include "policy/policy_private.h"', "", "static const struct policy_app apps[] = {"]
lines += [f"    {{{literal(app)}, {literal(names.get(app, ''))}, {' | '.join(families.get(app, ['0']))}}}," for app in ids]
lines += ["};", "static const struct policy_dependency dependencies[] = {"]
lines += [f"    {{{literal(row['app'].lower())}, {literal(row['needs'].lower())}}}," for row in data["dependencies"]]
lines += ["};", "const struct policy_app_groups policy_app_groups_builtin = {",
          f"    .date = {literal(data['date'])}, .source = {literal(data['source'])},",
          "    .apps = apps, .n_apps = sizeof(apps) / sizeof(apps[0]),",
          "    .dependencies = dependencies, .n_dependencies = sizeof(dependencies) / sizeof(dependencies[0])};", ""]
pathlib.Path(sys.argv[2]).write_text("\n".join(lines))
