#!/usr/bin/env python3
"""The documented exchanges of evaluate are reproduced: the policies of each answer, asked what
its request asks, apply or not for the documented reason. Needs HEADGATE_CORPUS; without it the
suite says so and is skipped."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

SKIPPED = 77
ANSWERED = ("policyApplies", "analysisReasons")


def bundle(folder, exchange):
    """The answer's policies, and a user who holds every role that one of them names."""
    policies = [{k: v for k, v in row.items() if k not in ANSWERED} for row in exchange["response"]["body"]["value"]]
    user = exchange["request"]["body"]["signInIdentity"]["userId"]
    roles = sorted({role for p in policies for role in p["conditions"]["users"]["includeRoles"]})
    files = {"policies": policies, "users": [{"id": user, "userPrincipalName": "who@contoso.test", "roles": roles}], "request": exchange["request"]["body"]}
    (folder / "exports").mkdir()
    for name, content in files.items():
        (folder / ("" if name == "request" else "exports") / f"{name}.json").write_text(json.dumps(content))


def differences(headgate, file):
    exchange = json.loads(file.read_text(encoding="utf-8-sig"))
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        bundle(folder, exchange)
        command = [headgate, "whatif", "--bundle", folder / "exports", "--request", folder / "request.json", "-o", "json"]
        done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        return [f"{file.name}: ended with {done.returncode}: {done.stderr}"]
    answer = {row["id"]: row for row in json.loads(done.stdout)["value"]}
    return [
        f"{file.name}: {row['id']}: {member} is {answer.get(row['id'], {}).get(member)}, documented {row[member]}"
        for row in exchange["response"]["body"]["value"] for member in ANSWERED
        if answer.get(row["id"], {}).get(member) != row[member]
    ]


def main():
    root = os.environ.get("HEADGATE_CORPUS")
    files = sorted(pathlib.Path(root, "ca-policies").rglob("*whatif*/evaluate*.json")) if root else []
    if not files:
        print("skipped: HEADGATE_CORPUS names no folder with ca-policies")
        sys.exit(SKIPPED)
    bad = [line for file in files for line in differences(sys.argv[1], file)]
    print("\n".join([*bad, f"{len(files)} exchanges"]))
    sys.exit(bool(bad))


main()
