"""A naive evaluator of the expression language, written from flow-platform.md part 4 alone.

Values are Python's; Obj keeps members in order and may tell keys apart by case. What it does not
know raises Unknown, so that a comparison can leave it out; what the language refuses raises Fault."""
import json, math, re

INT = re.compile(r"[+-]?\d+\Z")
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
NAME = re.compile(r"[A-Za-z_$\u0080-\U0010ffff][\w$\u0080-\U0010ffff]*", re.A)
LOW, HIGH = -2**63, 2**63 - 1


class Fault(Exception):
    pass


class Syntax(Fault):
    pass


class Unknown(Exception):
    pass


class Parser:
    def __init__(self, text, at=0):
        self.text, self.at = text, at

    def blanks(self):
        while self.at < len(self.text) and self.text[self.at] in " \t\r\n":
            self.at += 1

    def peek(self, what):
        self.blanks()
        return self.text.startswith(what, self.at)

    def take(self, what):
        if not self.peek(what):
            return False
        self.at += len(what)
        return True

    def need(self, what):
        if not self.take(what):
            raise Syntax(f"expected {what}")

    def expression(self):
        self.blanks()
        if self.peek("'"):
            return ("literal", self.string())
        name = NAME.match(self.text, self.at)
        if name:
            self.at = name.end()
            word = name[0]
            if word.lower() in ("true", "false", "null") and not self.peek("("):
                return ("literal", {"true": True, "false": False, "null": None}[word.lower()])
            return self.steps(("call", word, self.arguments()))
        number = NUMBER.match(self.text, self.at)
        if not number:
            raise Syntax("nothing")
        self.at = number.end()
        if self.at < len(self.text) and (self.text[self.at] == "." or NAME.match(self.text, self.at)):
            raise Syntax("number")
        if not INT.match(number[0]):
            return ("literal", float(number[0]))
        if not LOW <= int(number[0]) <= HIGH:
            raise Syntax("overflow")
        return ("literal", int(number[0]))

    def string(self):
        end = self.at + 1
        while True:
            end = self.text.find("'", end)
            if end < 0:
                raise Syntax("string")
            if self.text[end + 1:end + 2] != "'":
                break
            end += 2
        text = self.text[self.at + 1:end].replace("''", "'")
        self.at = end + 1
        return text

    def arguments(self):
        self.need("(")
        found = []
        if self.take(")"):
            return found
        while True:
            found.append(self.expression())
            if self.take(")"):
                return found
            self.need(",")

    def steps(self, node):
        while True:
            optional = self.take("?")
            if self.take("."):
                self.blanks()
                name = NAME.match(self.text, self.at)
                if not name:
                    raise Syntax("name")
                self.at = name.end()
                node = ("step", node, ("literal", name[0]), optional)
            elif self.take("["):
                node = ("step", node, self.expression(), optional)
                self.need("]")
            elif optional:
                raise Syntax("access")
            else:
                return node


def parse(text):
    """A string of a definition: (typed, pieces), a piece a text or a node."""
    if len(text) > 1 and text[0] == "@" and text[1] not in "@{":
        parser = Parser(text, 1)
        node = parser.expression()
        parser.blanks()
        if parser.at != len(text):
            raise Syntax("text behind")
        return True, [node]
    pieces, at, start = [], 0, 0
    if text.startswith("@@") and not text.startswith("@@{"):
        at = start = 1
    while True:
        one, two = text.find("@{", at), text.find("@@{", at)
        if two >= 0 and (one < 0 or two < one):
            pieces.append(text[start:two])
            start, at = two + 1, two + 3
        elif one >= 0:
            pieces.append(text[start:one])
            parser = Parser(text, one + 2)
            pieces.append(parser.expression())
            parser.need("}")
            start = at = parser.at
        else:
            pieces.append(text[start:])
            return False, pieces


def kind(v):
    if v is None:
        return "Null"
    return {bool: "Boolean", int: "Integer", float: "Float", str: "String", list: "Array", dict: "Object"}[type(v)]


def double(v, in_json=False):
    if math.isnan(v) or math.isinf(v):
        name = "NaN" if math.isnan(v) else "Infinity" if v > 0 else "-Infinity"
        return f'"{name}"' if in_json else name
    if in_json:
        return json.dumps(v)
    mantissa, _, exponent = f"{v!r}".partition("e")
    sign = "-" if mantissa.startswith("-") else ""
    whole, _, fraction = mantissa.lstrip("-").partition(".")
    fraction = fraction if fraction != "0" else ""
    digits = (whole + fraction).lstrip("0")
    if not digits:
        return sign + "0"
    point = len(whole) + int(exponent or 0) - (len(whole + fraction) - len(digits))
    digits = digits.rstrip("0")
    if not -5 < point - 1 < 15:
        power = point - 1
        rest = "." + digits[1:] if len(digits) > 1 else ""
        return f"{sign}{digits[0]}{rest}E{'-' if power < 0 else '+'}{abs(power):02}"
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    if point >= len(digits):
        return sign + digits + "0" * (point - len(digits))
    return f"{sign}{digits[:point]}.{digits[point:]}"


def as_json(v):
    if isinstance(v, list):
        return "[" + ",".join(map(as_json, v)) + "]"
    if isinstance(v, dict):
        return "{" + ",".join(json.dumps(k, ensure_ascii=False) + ":" + as_json(x) for k, x in v.items()) + "}"
    if isinstance(v, float):
        return double(v, True)
    return json.dumps(v, ensure_ascii=False)


def text_of(v):
    if v is None:
        return ""
    if isinstance(v, bool):
        return "True" if v else "False"
    if isinstance(v, str):
        return v
    if isinstance(v, int):
        return str(v)
    if isinstance(v, float):
        return double(v)
    if isinstance(v, dict) and {"$content-type", "$content"} <= set(v):
        raise Unknown("content")
    return as_json(v)


def equal(a, b):
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return a == b if type(a) is type(b) else float(a) == float(b)
    if type(a) is not type(b):
        return False
    if isinstance(a, list):
        return len(a) == len(b) and all(map(equal, a, b))
    if isinstance(a, dict):
        return len(a) == len(b) and all(k in b and equal(a[k], b[k]) for k in a)
    return a == b


def key_of(o, name):
    if name in o:
        return name
    return next((k for k in o if k.upper() == name.upper()), None)


def want(condition):
    if not condition:
        raise Fault("kind")


def is_number(v):
    return isinstance(v, (int, float)) and not isinstance(v, bool)


def is_int(v):
    return isinstance(v, int) and not isinstance(v, bool)


def units(s):
    return s.encode("utf-16-le")


def length(s):
    return len(units(s)) // 2


def cut(s, start, end):
    if any(ord(c) > 0xffff for c in s):
        raise Unknown("surrogates")
    return s[start:end]


def checked(n):
    if isinstance(n, int) and not LOW <= n <= HIGH:
        raise Fault("overflow")
    return n


class Evaluator:
    def __init__(self, context):
        self.context = context

    def template(self, text):
        typed, pieces = parse(text)
        if typed:
            return self.eval(pieces[0])
        return "".join(p if isinstance(p, str) else text_of(self.eval(p)) for p in pieces)

    def eval(self, node):
        if node[0] == "literal":
            return node[1]
        if node[0] == "step":
            value, key = self.eval(node[1]), self.eval(node[2])
            if node[1][0] == "call" and node[1][1].lower() == "outputs" and isinstance(value, dict) \
                    and isinstance(key, str) and "/" in key and key_of(value, key) is None:
                return self.walk(value, key, node[3])
            return self.step(value, key, node[3])
        from functions import LAZY, TABLE
        name = node[1].lower()
        if name in LAZY:
            return LAZY[name](self, node[2])
        if name not in TABLE:
            raise Unknown(name)
        low, high, run = TABLE[name]
        want(low <= len(node[2]) <= high)
        return run(self, *[self.eval(a) for a in node[2]])

    @staticmethod
    def walk(value, path, optional):
        for name in path.split("/"):
            found = key_of(value, name) if isinstance(value, dict) else None
            if found is None:
                want(optional)
                return None
            value = value[found]
        return value

    @staticmethod
    def step(value, key, optional):
        if value is None:
            if optional:
                return None
            raise Fault("null")
        if isinstance(value, dict):
            want(isinstance(key, str))
            found = key_of(value, key)
            if found is not None:
                return value[found]
        elif isinstance(value, list):
            want(is_int(key))
            if 0 <= key < len(value):
                return value[key]
        else:
            raise Fault("scalar")
        if optional:
            return None
        raise Fault("missing")
