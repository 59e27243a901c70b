"""The rule language of device filters and of filters over custom security attributes (part 1.3).

A rule becomes a function of an item's attributes: a dict from the property's name in small
letters to a text in small letters, to a list of such texts, or to None, which is null."""
import functools
import re

TOKEN = re.compile(r"""\s*(?: (?P<double>"(?:[^"`]|`.)*") | (?P<single>'(?:[^']|'')*')
                         | (?P<mark>[()\[\],]) | (?P<word>[^\s()\[\],"']+) )""", re.VERBOSE | re.DOTALL)
DASHES = str.maketrans({"\u2013": "-", "\u2014": "-"})
PREFIXES = ("device.", "customsecurityattribute.")


def tokens(rule):
    """(kind, text) of each token; a text is given without its quotes, a word in small letters."""
    found, at = [], 0
    rule = rule.strip()
    while at < len(rule):
        match = TOKEN.match(rule, at)
        if match is None:
            raise ValueError(f"column {at + 1} of {rule!r}")
        kind, text = match.lastgroup, match[match.lastgroup]
        if kind == "double":
            found.append(("text", re.sub(r"`(.)", r"\1", text[1:-1], flags=re.DOTALL).lower()))
        elif kind == "single":
            found.append(("text", text[1:-1].replace("''", "'").lower()))
        else:
            found.append((kind, text.translate(DASHES).lower()))
        at = match.end()
    return found


def texts_of(value):
    return value if isinstance(value, list) else [value]


def equals(value, wanted):
    return any(text == wanted for text in texts_of(value))


def starts_with(value, wanted):
    return any(text.startswith(wanted) for text in texts_of(value))


def ends_with(value, wanted):
    return any(text.endswith(wanted) for text in texts_of(value))


def contains(value, wanted):
    """A part of a text, but one whole element of a collection."""
    return wanted in value


def is_in(value, wanted):
    return any(text in wanted for text in texts_of(value))


POSITIVE = {"eq": equals, "startswith": starts_with, "endswith": ends_with, "contains": contains, "in": is_in}
NEGATIVE = {"ne": equals, "notstartswith": starts_with, "notendswith": ends_with, "notcontains": contains,
            "notin": is_in}


class Reader:
    """Recursive descent over the tokens; each function gives a predicate of the attributes."""

    def __init__(self, rule):
        self.tokens, self.at = tokens(rule), 0

    def peek(self):
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def take(self):
        token = self.peek()
        self.at += 1
        return token

    def takes(self, *words):
        if self.peek()[0] in ("word", "mark") and self.peek()[1] in words:
            self.at += 1
            return True
        return False

    def any_of(self):
        parts = [self.all_of()]
        while self.takes("-or", "or"):
            parts.append(self.all_of())
        return parts[0] if len(parts) == 1 else lambda item: any(part(item) for part in parts)

    def all_of(self):
        parts = [self.negation()]
        while self.takes("-and", "and"):
            parts.append(self.negation())
        return parts[0] if len(parts) == 1 else lambda item: all(part(item) for part in parts)

    def negation(self):
        if self.takes("-not", "not"):
            part = self.negation()
            return lambda item: not part(item)
        return self.primary()

    def primary(self):
        if self.takes("("):
            part = self.any_of()
            if not self.takes(")"):
                raise ValueError("a closing bracket is missing")
            return part
        return self.comparison()

    def comparison(self):
        name = self.take()[1]
        for prefix in PREFIXES:
            name = name.removeprefix(prefix)
        operator, wanted = self.take()[1].removeprefix("-"), self.value()
        compare = POSITIVE.get(operator) or NEGATIVE[operator]
        positive = operator in POSITIVE

        def holds(item):
            value = item.get(name)
            if wanted is None:                      # -eq null, -ne null
                return (value is None) == positive
            return (value is not None and compare(value, wanted)) == positive
        return holds

    def value(self):
        if self.takes("["):
            wanted = []
            while not self.takes("]"):
                if not self.takes(","):
                    wanted.append(self.take()[1])
            return wanted
        kind, text = self.take()
        return None if (kind, text) == ("word", "null") else text


@functools.lru_cache(maxsize=4096)
def compiled(rule):
    reader = Reader(rule)
    holds = reader.any_of()
    if reader.peek()[0] != "end":
        raise ValueError(f"more than a rule: {reader.peek()[1]!r}")
    return holds


class Filter:
    """A filter of a policy: its mode and whether its rule holds. Absent: mode None."""

    def __init__(self, given):
        self.mode = given["mode"].lower() if given else None
        self.holds = compiled(given["rule"]) if given else None

    def includes(self, item):
        return self.mode == "include" and self.holds(item)

    def excludes(self, item):
        return self.mode == "exclude" and self.holds(item)


TEXT_PROPERTIES = ["deviceId", "displayName", "enrollmentProfileName", "manufacturer", "mdmAppId", "model",
                   "operatingSystem", "operatingSystemVersion", "profileType", "trustType",
                   "physicalIds", "systemLabels"]
EXTENSIONS = [f"extensionAttribute{n}" for n in range(1, 16)]
NOTHING = {}


def lowered(value):
    """In small letters; an empty list is null."""
    if isinstance(value, list):
        return [text.lower() for text in value] or None
    return value.lower() if value is not None else None


def device_attributes(device):
    """What a device filter sees; of a device that is not registered everything is null."""
    if device is None:
        return NOTHING
    item = {name.lower(): lowered(device.get(name)) for name in TEXT_PROPERTIES if name in device}
    item.setdefault("profiletype", "registereddevice")
    item["deviceownership"] = lowered(device.get("ownership"))
    compliant = bool(device.get("isCompliant"))
    item["iscompliant"] = "true" if compliant else "false"
    if compliant or device.get("isManaged") or item.get("trusttype") == "serverad":
        for name in EXTENSIONS:
            if name in device:
                item[name.lower()] = lowered(device[name])
    return item


def security_attributes(given):
    return {name.lower(): lowered(value) for name, value in given.items()}
