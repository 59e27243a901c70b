"""What two verdicts differ in, in words."""

MEMBERS = ["outcome", "needs", "aadsts", "error", "suberror", "claims", "deciding", "conditionalAccessStatus", "session",
           "results", "analysisReasons", "terms", "factors", "mfaRequiredBy"]


def of_rows(got, want):
    """The rows for people: the result again, and whether each condition holds."""
    for row, hits, result in zip(got["policies"], want["rows"], want["results"]):
        if row["result"] != result:
            yield f"row of {row['id']}: C {row['result']!r}, oracle {result!r}"
        shown = {reason["condition"]: reason["hit"] for reason in row["reasons"]}
        if shown != hits:
            yield f"conditions of {row['id']}: C {shown}, oracle {hits}"


def differences(got, want):
    if "failure" in got:
        return [f"the C refuses: {got['failure']}"]
    out = [f"{member}: C {got.get(member)!r}, oracle {want[member]!r}" for member in MEMBERS
           if got.get(member) != want[member]]
    if len(got.get("policies", ())) != len(want["rows"]):
        return [*out, "one row a policy is missing"]
    return [*out, *of_rows(got, want)]
