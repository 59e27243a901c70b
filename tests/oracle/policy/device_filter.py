"""Filter rules for devices, read by rewriting: the text becomes a list of words, the
words a nested list by brackets, and truth is found by splitting lists at -or, then at -and."""
import re

WORD = re.compile(r'''\s*(?:(?P<d>"(?:`.|[^"`])*")|(?P<s>'(?:''|[^'])*')|(?P<p>[()\[\],])|(?P<w>[^\s()\[\],"']+))''')
NEGATIVE = {"ne": "eq", "notstartswith": "startswith", "notendswith": "endswith",
            "notcontains": "contains", "notin": "in"}
LISTS = {"physicalids": "physicalIds", "systemlabels": "systemLabels"}
MEMBERS = {"deviceid": "deviceId", "displayname": "displayName", "deviceownership": "ownership",
           "enrollmentprofilename": "enrollmentProfileName", "manufacturer": "manufacturer",
           "model": "model", "operatingsystem": "operatingSystem",
           "operatingsystemversion": "operatingSystemVersion", "mdmappid": "mdmAppId",
           "profiletype": "profileType", "trusttype": "trustType"}


def words(rule):
    at, out = 0, []
    while at < len(rule.rstrip()):
        m = WORD.match(rule, at)
        at = m.end()
        if m["d"]:
            out.append(("text", re.sub(r"`(.)", r"\1", m["d"][1:-1])))
        elif m["s"]:
            out.append(("text", m["s"][1:-1].replace("''", "'")))
        elif m["p"]:
            out.append(("mark", m["p"]))
        else:
            out.append(("word", m["w"].replace("\u2013", "-").replace("\u2014", "-")))
    return out


def nest(flat):
    """Round brackets become lists; square ones become ("list", values)."""
    stack, values = [[]], None
    for kind, text in flat:
        if values is not None:
            if (kind, text) == ("mark", "]"):
                stack[-1].append(("list", values))
                values = None
            elif kind != "mark":
                values.append(text)
        elif (kind, text) == ("mark", "("):
            stack.append([])
        elif (kind, text) == ("mark", ")"):
            inner = stack.pop()
            stack[-1].append(inner)
        elif (kind, text) == ("mark", "["):
            values = []
        else:
            stack[-1].append((kind, text))
    return stack[0]


def is_op(item, name):
    return isinstance(item, tuple) and item[0] == "word" and item[1].lstrip("-").lower() == name


def split(items, name):
    parts = [[]]
    for item in items:
        if is_op(item, name):
            parts.append([])
        else:
            parts[-1].append(item)
    return parts


def attribute(name, device):
    if not device:
        return None
    if name == "iscompliant":
        return str(bool(device.get("isCompliant")))
    if name == "profiletype":
        return device.get("profileType") or "RegisteredDevice"
    if name.startswith("extensionattribute"):
        known = device.get("isManaged") or device.get("isCompliant") or \
            (device.get("trustType") or "").lower() == "serverad"
        return device.get("extensionAttribute" + name[18:]) or None if known else None
    return device.get(MEMBERS[name]) or None


def positive(op, name, value, device):
    wanted = value[1]
    if name in LISTS:
        elements = [e.lower() for e in (device or {}).get(LISTS[name], [])]
        if value == ("word", "null"):
            return not elements
        return wanted.lower() in elements
    seen = attribute(name, device)
    if value[0] == "word" and wanted.lower() == "null":
        return seen is None
    if seen is None:
        return False
    seen = seen.lower()
    if op == "in":
        return seen in [w.lower() for w in wanted]
    wanted = wanted.lower()
    return {"eq": seen == wanted, "startswith": seen.startswith(wanted),
            "endswith": seen.endswith(wanted), "contains": wanted in seen}[op]


def truth(items, device):
    ors = split(items, "or")
    if len(ors) > 1:
        return any(truth(part, device) for part in ors)
    ands = split(items, "and")
    if len(ands) > 1:
        return all(truth(part, device) for part in ands)
    if is_op(items[0], "not"):
        return not truth(items[1:], device)
    if isinstance(items[0], list):
        return truth(items[0], device)
    prop, op, value = items
    name = prop[1].lower().removeprefix("device.")
    op = op[1].lstrip("-").lower()
    if op in NEGATIVE:
        return not positive(NEGATIVE[op], name, value, device)
    return positive(op, name, value, device)


def holds(rule, device):
    return truth(nest(words(rule)), device)
