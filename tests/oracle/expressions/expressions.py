#!/usr/bin/env python3
"""expressions.py DRIVER CASES [N [SEED]]: the expression language, evaluated a second time.

Every case of tests/cases/expressions must give what it says, from the driver and, where the naive
evaluator knows all functions, from that as well. Then N random expressions go to both; a
difference is printed as a case and fails the run."""
import json, math, pathlib, random, subprocess, sys

from language import Evaluator, Fault, Syntax, Unknown

sys.setrecursionlimit(5000)


def settle(v):
    """As a value leaves an evaluation: plain JSON."""
    if isinstance(v, float) and not math.isfinite(v):
        return "NaN" if math.isnan(v) else "Infinity" if v > 0 else "-Infinity"
    if isinstance(v, list):
        return [settle(x) for x in v]
    if isinstance(v, dict):
        return {k: settle(x) for k, x in v.items()}
    return v


def naive(case):
    try:
        return {"ok": True, "value": settle(Evaluator(case.get("context", {})).template(case["expr"]))}
    except Syntax:
        return {"ok": False, "syntax": True}
    except Fault:
        return {"ok": False, "syntax": False}
    except (Unknown, RecursionError, OverflowError):
        return None


def shown(answer):
    return json.dumps(answer.get("value"), ensure_ascii=False) if answer["ok"] else \
        "syntax error" if answer["syntax"] else "error"


def ask(driver, cases):
    text = "".join(json.dumps({k: c[k] for k in ("expr", "bare", "context", "now") if k in c}) + "\n" for c in cases)
    done = subprocess.run([driver], input=text, capture_output=True, text=True)
    sys.stderr.write(done.stderr)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode or len(answers) != len(cases):
        sys.exit(f"the driver ended after {len(answers)} of {len(cases)}")
    return answers


def agrees(case, answer):
    if "value" in case:
        return answer["ok"] and json.dumps(answer["value"]) == json.dumps(case["value"])
    return not answer["ok"] and answer["syntax"] == case.get("syntaxError", False) and \
        case.get("error", "") in answer.get("error", case.get("error", ""))


def check_cases(driver, folder):
    wrong = n = 0
    for path in sorted(pathlib.Path(folder).glob("*.json")):
        cases = json.loads(path.read_text())
        for case, answer in zip(cases, ask(driver, cases)):
            n += 1
            second = naive(case)
            for who, got in (("", answer), ("naive evaluator: ", second)):
                if got is not None and not agrees(case, got):
                    wrong += 1
                    print(f"{path.name}: {case['name']}: {who}{case['expr']} gives {shown(got)} {got.get('error', '')}")
    print(f"{n} cases, {wrong} wrong")
    return wrong


TEXTS = ["", "a", "A", "ab", "Abc", "a,b,,c", " x ", "č", "Č", "1", "-7", "1.5", "1,234", "true", "NaN", "é ü", "aXa",
         "{\"a\":1}", "[1,2]", "YQ==", "%20+", "2024-02-29", "2024-02-28T23:59:59Z", "2023-12-31T23:30:00.5+02:00"]
CONTEXT = {"parameters": {"p": 1, "Name": "n"}, "variables": {"list": [3, 1, 2, 1], "o": {"a": 1, "B": [1, 2], "b": None}},
           "actions": {"Get": {"outputs": {"statusCode": 200, "body": {"value": [{"k": 2, "t": "x"}, {"k": 1, "t": "y"}]}}}}}
# What functions take and give: t text, d a time, i integer, n number, b boolean, l list, o object, * any.
SHAPES = {
    "concat": ("**", "t"), "substring": ("tii", "t"), "slice": ("tii", "t"), "replace": ("ttt", "t"), "split": ("tt", "l"),
    "trim": ("t", "t"), "tolower": ("t", "t"), "toupper": ("t", "t"), "indexof": ("tt", "i"), "lastindexof": ("tt", "i"),
    "nthindexof": ("tti", "i"), "startswith": ("tt", "b"), "endswith": ("tt", "b"), "length": ("l", "i"),
    "contains": ("l*", "b"), "empty": ("l", "b"), "first": ("l", "*"), "last": ("t", "t"), "take": ("li", "l"),
    "skip": ("li", "l"), "join": ("lt", "t"), "union": ("ll", "l"), "intersection": ("ll", "l"), "mergeobjects": ("oo", "o"),
    "sort": ("l", "l"), "reverse": ("l", "l"), "chunk": ("li", "l"), "range": ("ii", "l"), "equals": ("**", "b"),
    "not": ("b", "b"), "greater": ("nn", "b"), "greaterorequals": ("tt", "b"), "less": ("nn", "b"), "lessorequals": ("nn", "b"),
    "add": ("nn", "n"), "sub": ("nn", "n"), "mul": ("nn", "n"), "div": ("nn", "n"), "mod": ("nn", "n"), "min": ("nn", "n"),
    "max": ("nnn", "n"), "int": ("t", "i"), "float": ("t", "n"), "bool": ("*", "b"), "string": ("*", "t"), "json": ("t", "o"),
    "array": ("*", "l"), "createarray": ("***", "l"), "isint": ("t", "b"), "isfloat": ("t", "b"),
    "addproperty": ("ot*", "o"), "setproperty": ("ot*", "o"), "removeproperty": ("ot", "o"), "base64": ("t", "t"),
    "base64tostring": ("t", "t"), "uricomponent": ("t", "t"), "uricomponenttostring": ("t", "t"), "adddays": ("di", "d"),
    "addhours": ("di", "d"), "addminutes": ("di", "d"), "addseconds": ("di", "d"), "startofday": ("d", "d"),
    "startofhour": ("d", "d"), "startofmonth": ("d", "d"), "dayofmonth": ("d", "i"), "dayofweek": ("d", "i"),
    "dayofyear": ("d", "i"), "ticks": ("d", "i"), "if": ("b**", "*"), "and": ("bb", "b"), "or": ("bb", "b"), "coalesce": ("**", "*"),
}
LEAVES = {
    "d": ["'2024-02-29'", "'2024-02-28T23:59:59Z'", "'2023-12-31T23:30:00.5+02:00'", "'0001-01-01'", "'9999-12-31T23:59:59.9999999Z'"],
    "i": ["0", "1", "2", "3", "-1", "7", "100", "parameters('p')", "9223372036854775807", "-9223372036854775808"],
    "n": ["0", "1", "-2", "0.5", "1.0", "-2.5", "1e3", "3e-5", "1e17", "123456.789", "parameters('P')"],
    "b": ["true", "false"],
    "l": ["variables('list')", "body('Get')?['value']", "outputs('Get')['body/value']", "createArray(1,'a',null,true)",
          "createArray('b','a')", "json('[]')", "json('[1,2.0,{\"a\":1},[null]]')"],
    "o": ["variables('O')", "body('get')", "outputs('Get').body", "json('{\"a\":{\"b\":[1,2.0,null,\"x\"]}}')", "json('{}')"],
    "*": ["null", "variables('o').b", "variables('o')?['x']"],
}


def random_text(rng):
    return "'" + rng.choice(TEXTS).replace("'", "''") + "'"


def random_leaf(rng, kind):
    if kind == "t":
        return random_text(rng)
    return rng.choice(LEAVES[kind])


def random_expression(rng, depth, kind):
    if rng.random() < 0.05 or kind == "*":
        kind = rng.choice("tdinblo*")
    if depth == 0 or rng.random() < 0.15:
        return random_leaf(rng, kind)
    near = {"n": "ni", "d": "d", "t": "td", "*": "tdinblo*"}.get(kind, kind)
    name = rng.choice([f for f, (_, gives) in SHAPES.items() if gives in near + "*"])
    takes = SHAPES[name][0]
    if rng.random() < 0.02:
        takes = takes[1:] if rng.random() < 0.5 else takes + "*"
    text = f"{name}({','.join(random_expression(rng, depth - 1, k) for k in takes)})"
    while rng.random() < 0.08:
        text += rng.choice(["", "?", "?"]) + rng.choice([".a", ".b", "['B']", "[0]", "[1]", ".value", "['k']"])
    return text


def random_case(rng):
    text = random_expression(rng, rng.randint(1, 4), rng.choice("tdinblo*"))
    if rng.random() < 0.05 and len(text) > 1:
        at = rng.randrange(len(text))
        text = text[:at] + rng.choice("'@{}()[].,?e+-") + text[at + rng.randint(0, 1):]
    expr = f"@{text}" if rng.random() < 0.7 else f"x @{{{text}}}@@{{ y"
    return {"expr": expr, "context": CONTEXT}


def check_random(driver, n, seed):
    rng = random.Random(seed)
    cases = [random_case(rng) for _ in range(n)]
    known = values = wrong = 0
    for case, answer in zip(cases, ask(driver, cases)):
        second = naive(case)
        if second is None:
            continue
        known += 1
        values += second["ok"]
        same = answer["ok"] == second["ok"] and (
            json.dumps(answer.get("value")) == json.dumps(second.get("value")) if answer["ok"]
            else answer["syntax"] == second["syntax"])
        if not same:
            wrong += 1
            if wrong <= 20:
                print(f"{json.dumps(case['expr'], ensure_ascii=False)}: {shown(answer)} {answer.get('error', '')} | "
                      f"naive: {shown(second)}")
    print(f"{n} random expressions of seed {seed}, {known} compared, {values} with a value, {wrong} differ")
    return wrong


def main():
    driver, folder = sys.argv[1:3]
    n = int(sys.argv[3]) if len(sys.argv) > 3 else 0
    seed = int(sys.argv[4]) if len(sys.argv) > 4 else 1
    wrong = check_cases(driver, folder) + check_random(driver, n, seed)
    sys.exit(wrong > 0)


main()
