#!/usr/bin/env python3
"""expressions.py DRIVER: the public expressions under HEADGATE_CORPUS/expressions.

Every case is evaluated. One that is not of this language (operators, bare identifiers, functions
that exist only in the sibling language) is counted apart; one where the source is known to be
wrong, or where another rule won, falls under a row of KNOWN. What is left must agree."""
import collections, json, math, os, pathlib, re, subprocess, sys

driver = sys.argv[1]
if not os.environ.get("HEADGATE_CORPUS"):
    print("skipped: HEADGATE_CORPUS is not set")
    sys.exit(77)
root = pathlib.Path(os.environ["HEADGATE_CORPUS"]) / "expressions"
TRUTH = "ScoreUnder-IllogicApps"      # templates with their '@'; the others are bare
SIBLING, PAGE, MOCK = "microsoft-botbuilder", "microsoft-docs", "thygesteffensen"
KNOWN = [(source, re.compile(pattern), reason) for source, pattern, reason in [
    (SIBLING, r"^(add|sub|mul|div)\(('|.*,.*,)", "the sibling adds texts, and more than two numbers"),
    (SIBLING, r"^(if|and|or|not)\((0|null|float)", "numbers and null are no conditions here"),
    (SIBLING, r"^(reverse|split)\('\w+'\)$|^(indexOf|lastIndexOf)\((json|createArray)", "takes texts or arrays only"),
    (SIBLING, r"^(equals\()?(min|max)\(createArray\([0-9,]*\), ", "a list and a number together"),
    (SIBLING, r"string\(bool", "booleans are True and False as text"),
    (SIBLING, r"^bool\((null|'hi')\)|^createArray\(\)|^isFloat\(1|^(first|last)\(1\)|^(skip|take)\(.*-1\)",
     "an error here, a value in the sibling"),
    (SIBLING, r"^concat\(createArray|^join\(.*,.*' and '", "concat and join make text here"),
    (SIBLING, r"^length\((utcNow|getPast|getFuture)|T\d\d:\d\d:\d\d\.000Z'|^formatDateTime\('2018-03-15'\)|'(FFF|z|t)'",
     "times with seven digits, formats of .NET"),
    (SIBLING, r"^xml\('\{", "the sibling makes XML of JSON text"),
    (PAGE, r"^(uri|encodeUri|decodeUri)Component", "the page mixes up http and https"),
    (PAGE, r"^(addDays|addHours|addToTime|subtractFromTime|convertTimeZone)\(", "misprinted times"),
    (PAGE, r"^(dayOfWeek|equals\(true, 1)", "wrong on the page"),
    (PAGE, r"^(utcNow|getFutureTime|getPastTime|guid)\(", "depends on the moment or on chance"),
    (PAGE, r"^(action|trigger|variables)", "the run behind the example is not given"),
    ("", r"^(base64ToBinary|binary)\(", "bits as text where the service gives a content object"),
    (MOCK, r"^equal\(|^lastIndexOf\(.*''\)$", "the engine measured says otherwise"),
    (MOCK, r"'C2', 'is-is'", "Unicode's data of today writes a point"),
    ("Azure-LogicAppsUX", r"^plain$", "the designer asks for an expression where text is fine"),
]]


def same(got, want):
    if isinstance(want, dict) and set(want) == {"$int"}:
        return isinstance(got, int) and got == int(want["$int"])
    if isinstance(want, bool) or isinstance(got, bool) or want is None or got is None:
        return got is want
    if isinstance(want, (int, float)) and isinstance(got, (int, float)):
        return got == want or (isinstance(want, float) and math.isclose(got, want))
    if isinstance(want, list) and isinstance(got, list):
        return len(got) == len(want) and all(map(same, got, want))
    if isinstance(want, dict) and isinstance(got, dict):
        return list(got) == list(want) and all(same(got[k], want[k]) for k in want)
    return type(got) is type(want) and got == want


def strict(got, want):                # 15 is not 15.0
    return same(got, want) and not (isinstance(got, float) ^ isinstance(want, float))


def cases():
    for path in sorted(root.glob("*/*.ndjson")):
        for line in path.read_text().splitlines():
            yield path.relative_to(root), json.loads(line)


def question(path, case):
    bare = path.parts[0] != TRUTH and not case.get("template")
    return {"expr": case["expr"], "bare": bare, "context": case.get("context", {"parameters": {"foo": "foo"},
            "appSettings": {"foo": "foo"}})}


def judge(path, case, answer):
    """None: agrees. Otherwise what is different."""
    if "parses" in case:
        if case["parses"] is None:
            return None
        parses = answer["ok"] or not answer["syntax"]
        if parses != case["parses"]:
            return "parses" if parses else answer["error"]
        return None if "value" not in case or same(answer.get("value"), case["value"]) else "value"
    if case.get("syntaxError"):
        return None if not answer["ok"] and answer["syntax"] else f"must not parse: {answer}"
    if "error" in case:
        if answer["ok"]:
            return f"must fail, gives {json.dumps(answer['value'])}"
        return None if case["error"] in answer["error"] else answer["error"]
    if "resultText" in case:
        return None
    if not answer["ok"]:
        return answer["error"]
    compare = strict if path.parts[0] == TRUTH else same
    if compare(answer["value"], case["value"]):
        return None
    return f"gives {json.dumps(answer['value'], ensure_ascii=False)}"


def foreign(path, case, answer):
    """Not of this language: the sibling's syntax or functions, or prose of a page."""
    if path.parts[0] == TRUTH or "parses" in case:
        return False
    if path.parts[0].startswith("microsoft-botbuilder"):
        return not case.get("wdl") or (not answer["ok"] and "is not defined or not valid" in answer["error"])
    return not answer["ok"] and answer["syntax"]


def main():
    todo = list(cases())
    if not todo:
        print(f"skipped: nothing under {root.name}/ of HEADGATE_CORPUS")
        sys.exit(77)
    text = "".join(json.dumps(question(p, c)) + "\n" for p, c in todo)
    done = subprocess.run([driver], input=text, capture_output=True, text=True)
    sys.stderr.write(done.stderr)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode or len(answers) != len(todo):
        sys.exit(f"the driver ended after {len(answers)} of {len(todo)} cases")
    tally = collections.defaultdict(collections.Counter)
    functions, reasons, bad = collections.Counter(), collections.Counter(), []
    for (path, case), answer in zip(todo, answers):
        name, wrong = str(path), judge(path, case, answer)
        reason = next((r for source, pattern, r in KNOWN
                       if name.startswith(source) and pattern.search(case["expr"])), None)
        if wrong is None:
            tally[name]["agree"] += 1
        elif foreign(path, case, answer):
            tally[name]["not of this language"] += 1
        elif reason:
            tally[name]["known"] += 1
            reasons[reason] += 1
        else:
            tally[name]["DIFFER"] += 1
            functions[(re.search(r"([A-Za-z]\w*)\(", case["expr"]) or [0, "?"])[1]] += 1
            bad.append(f"{name}: {case['expr']!r}: wanted "
                       f"{json.dumps({k: case[k] for k in ('value', 'error', 'syntaxError', 'parses') if k in case}, ensure_ascii=False)}, {wrong}")
    for name, counts in tally.items():
        print(f"{name}: " + ", ".join(f"{n} {what}" for what, n in sorted(counts.items())))
    for reason, n in reasons.most_common():
        print(f"known, {n}: {reason}")
    if bad:
        print("functions that differ: " + ", ".join(f"{f} {n}" for f, n in functions.most_common()))
        print("\n".join(bad))
        sys.exit(1)


main()
