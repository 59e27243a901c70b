"""The functions of the naive evaluator: name in lower case → least and most arguments, body."""
import base64, datetime, json, math, re, urllib.parse
from language import Fault, Unknown, checked, cut, equal, is_int, is_number, key_of, length, text_of, want

MANY, MISSING = 255, object()


def condition(ev, node):
    v = ev.eval(node)
    want(isinstance(v, bool))
    return v


def lazy_if(ev, args):
    want(len(args) == 3)
    return ev.eval(args[1] if condition(ev, args[0]) else args[2])


def lazy_and(ev, args):
    want(args)
    return all(condition(ev, a) for a in args)


def lazy_or(ev, args):
    want(args)
    return any(condition(ev, a) for a in args)


def lazy_coalesce(ev, args):
    want(args)
    for a in args:
        v = ev.eval(a)
        if v is not None:
            return v
    return None


LAZY = {"if": lazy_if, "and": lazy_and, "or": lazy_or, "coalesce": lazy_coalesce}


def strings(*values):
    for v in values:
        want(isinstance(v, str))


def substring(ev, s, start, n=MISSING):
    want(isinstance(s, str) and is_int(start) and (n is MISSING or is_int(n)))
    size = length(s)
    n = size - start if n is MISSING else n
    want(0 <= start and 0 <= n and start + n <= size)
    return cut(s, start, start + n)


def slice_(ev, s, start, end=MISSING):
    want(isinstance(s, str) and is_int(start) and (end is MISSING or is_int(end)))
    return cut(s, start, None if end is MISSING else end)


def find(s, part):
    strings(s, part)
    if any(ord(c) > 0xffff for c in s + part) or len((s + part).upper()) != len(s + part):
        raise Unknown("case")
    return s.upper(), part.upper()


def index_of(ev, s, part):
    s, part = find(s, part)
    return s.find(part)


def last_index_of(ev, s, part):
    s, part = find(s, part)
    return s.rfind(part)


def nth_index_of(ev, s, part, n):
    want(is_int(n) and n != 0)
    s, part = find(s, part)
    if not part:
        return -1
    places = [i for i in range(len(s)) if s.startswith(part, i)]
    return places[n - 1 if n > 0 else n] if abs(n) <= len(places) else -1


def replace(ev, s, old, new):
    strings(s, old, new)
    want(old)
    return s.replace(old, new)


def split(ev, s, by):
    strings(s, by)
    return s.split(by) if by else [s]


def trim(ev, s):
    strings(s)
    return s.strip(" \t\n\r\v\f\u0085\u00a0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200b))))


def starts(ev, s, part):
    s, part = find(s, part)
    return s.startswith(part)


def ends(ev, s, part):
    s, part = find(s, part)
    return s.endswith(part)


def case(ev, s, upper):
    strings(s)
    if any(len(c.upper()) != 1 or len(c.lower()) != 1 or c in "ıİſς" for c in s):
        raise Unknown("case")
    return s.upper() if upper else "".join(c.lower() for c in s)


def length_(ev, v):
    want(isinstance(v, (str, list)))
    return length(v) if isinstance(v, str) else len(v)


def contains(ev, v, what):
    if isinstance(v, list):
        return any(equal(x, what) for x in v)
    want(isinstance(v, (str, dict)) and isinstance(what, str))
    return what in v if isinstance(v, str) else key_of(v, what) is not None


def empty(ev, v):
    want(v is None or isinstance(v, (str, list, dict)))
    return not v


def end_of(ev, v, i):
    want(isinstance(v, (str, list)))
    if isinstance(v, str):
        return v[i:][:1] if v else ""
    return v[i] if v else None


def take(ev, v, n):
    want(isinstance(v, (str, list)) and is_int(n) and n >= 0)
    return cut(v, 0, n) if isinstance(v, str) else v[:n]


def skip(ev, v, n):
    want(isinstance(v, (str, list)) and is_int(n) and n >= 0)
    return cut(v, n, None) if isinstance(v, str) else v[n:]


def join(ev, a, by):
    want(isinstance(a, list) and isinstance(by, str))
    return by.join(map(text_of, a))


def distinct(a):
    if len(a) > 2000:
        raise Unknown("patience")
    found = []
    for x in a:
        if not any(equal(x, y) for y in found):
            found.append(x)
    return found


def same_kind(args):
    want(all(isinstance(a, list) for a in args) or all(isinstance(a, dict) for a in args))


def union(ev, *args):
    same_kind(args)
    if isinstance(args[0], list):
        return distinct([x for a in args for x in a])
    merged = {}
    for a in args:
        merged.update(a)
    return merged


def merge(ev, *args):
    want(all(isinstance(a, dict) for a in args))
    return union(ev, *args)


def intersection(ev, *args):
    same_kind(args)
    if isinstance(args[0], list):
        return distinct([x for x in args[0] if all(any(equal(x, y) for y in a) for a in args[1:])])
    return {k: v for k, v in args[0].items() if all(k in a and equal(a[k], v) for a in args[1:])}


def sort(ev, a, key=MISSING):
    want(isinstance(a, list) and (key is MISSING or isinstance(key, str)))
    def by(x):
        if key is MISSING:
            return x
        want(isinstance(x, dict) and key_of(x, key) is not None)
        return x[key_of(x, key)]
    keys = [by(x) for x in a]
    want(all(map(is_number, keys)) or all(isinstance(k, str) for k in keys))
    if any(isinstance(k, float) and math.isnan(k) for k in keys):
        raise Unknown("NaN")
    return sorted(a, key=by)


def reverse(ev, a):
    want(isinstance(a, list))
    return a[::-1]


def chunk(ev, v, n):
    want(isinstance(v, (str, list)) and is_int(n) and n > 0)
    if isinstance(v, str):
        cut(v, 0, 0)
    return [v[i:i + n] for i in range(0, len(v), n)]


def range_(ev, start, n):
    want(is_int(start) and is_int(n) and 0 <= n <= 100000)
    checked(start + n)
    return list(range(start, start + n))


def order(test):
    def compare(ev, a, b):
        want((is_number(a) and is_number(b)) or (isinstance(a, str) and isinstance(b, str)))
        if isinstance(a, str):
            return test(a.encode(), b.encode())
        return test(a, b) if type(a) is type(b) else test(float(a), float(b))
    return compare


def not_(ev, v):
    want(isinstance(v, bool))
    return not v


def arithmetic(ints, doubles):
    def run(ev, a, b):
        want(is_number(a) and is_number(b))
        if is_int(a) and is_int(b):
            return checked(ints(a, b))
        return doubles(float(a), float(b))
    return run


def div_int(a, b):
    want(b != 0)
    return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)


def mod_int(a, b):
    want(b != 0)
    return a - b * div_int(a, b)


def div_double(a, b):
    if b:
        try:
            return a / b
        except OverflowError:
            raise Unknown("range")
    if a == 0 or math.isnan(a):
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1, b)


def mod_double(a, b):
    return math.nan if b == 0 or math.isinf(a) or math.isnan(b) else math.fmod(a, b)


def extreme(pick):
    def run(ev, *args):
        items = args[0] if len(args) == 1 and isinstance(args[0], list) else args
        want(items and all(map(is_number, items)))
        if any(isinstance(x, float) and math.isnan(x) for x in items):
            raise Unknown("NaN")
        wide = float if any(isinstance(x, float) for x in items) else int
        return wide(pick(items))
    return run


def read_int(s):
    s = s.strip().replace(",", "")
    return int(s) if re.fullmatch(r"[+-]?\d+", s, re.A) and -2**63 <= int(s) < 2**63 else None


def plain(extra):
    if extra is not MISSING:
        raise Unknown("culture or format")


def is_float(ev, s, culture=MISSING):
    plain(culture)
    strings(s)
    return read_float(s) is not None


def int_(ev, v):
    if isinstance(v, bool):
        return int(v)
    want(is_number(v) or isinstance(v, str))
    n = read_int(text_of(v))
    want(n is not None)
    return n


def read_float(s):
    s = s.strip()
    if s.lower() in ("nan", "infinity", "-infinity"):
        return float(s)
    whole, point, rest = s.partition(".")
    s = whole.replace(",", "") + point + rest
    return float(s) if re.fullmatch(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", s, re.A) else None


def float_(ev, v, culture=MISSING):
    plain(culture)
    want(is_number(v) or isinstance(v, str))
    n = float(v) if is_number(v) else read_float(v)
    want(n is not None)
    return n


def bool_(ev, v):
    if isinstance(v, bool):
        return v
    if is_number(v):
        return v != 0
    want(isinstance(v, str) and v.strip().lower() in ("true", "false"))
    return v.strip().lower() == "true"


def members(pairs):
    found = {}
    for k, v in pairs:
        found.pop(k, None)
        found[k] = v
    return found


def number(text):
    n = int(text)
    return n if -2**63 <= n < 2**63 else float(n)


def json_(ev, v):
    if isinstance(v, dict) and "$content" in v:
        raise Unknown("content")
    if isinstance(v, (dict, list)):
        return v
    strings(v)
    def refuse(_):
        raise Fault("constant")
    try:
        return json.loads(v, object_pairs_hook=members, parse_int=number, parse_constant=refuse)
    except ValueError:
        raise Fault("json")


def add_property(ev, o, name, v):
    want(isinstance(o, dict) and isinstance(name, str) and key_of(o, name) is None)
    return {**o, name: v}


def set_property(ev, o, name, v):
    want(isinstance(o, dict) and isinstance(name, str))
    old = key_of(o, name)
    return {**{k: x for k, x in o.items() if k != old}, old or name: v} if old is not None else {**o, name: v}


def remove_property(ev, o, name):
    want(isinstance(o, dict) and isinstance(name, str))
    old = key_of(o, name)
    return {k: x for k, x in o.items() if k != old}


def base64_(ev, s):
    if isinstance(s, dict):
        raise Unknown("content")
    strings(s)
    return base64.b64encode(s.encode()).decode()


def unbase64(ev, s):
    strings(s)
    try:
        return base64.b64decode(re.sub(r"[ \t\r\n]", "", s), validate=True).decode(errors="replace")
    except ValueError:
        raise Fault("base64")


def uri(ev, s):
    strings(s)
    return urllib.parse.quote(s, safe="-._~")


def unuri(ev, s):
    strings(s)
    return urllib.parse.unquote_plus(s, errors="replace")


def moment(s):
    strings(s)
    found = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,7}))?(Z|[+-]\d\d:\d\d)?)?", s, re.A)
    if not found:
        raise Unknown("time")
    y, m, d, h, mi, sec = (int(x or 0) for x in found.groups()[:6])
    try:
        t = datetime.datetime(y, m, d, h, mi, sec)
    except ValueError:
        raise Fault("time")
    ticks = int((found[7] or "").ljust(7, "0"))
    zone = found[8]
    if zone and zone != "Z":
        sign = -1 if zone[0] == "+" else 1
        t += sign * datetime.timedelta(hours=int(zone[1:3]), minutes=int(zone[4:]))
    return t, ticks, zone is not None


def write(t, ticks, utc):
    return f"{t:%Y}".rjust(4, "0") + t.strftime("-%m-%dT%H:%M:%S") + f".{ticks:07}" + ("Z" if utc else "")


def add_time(unit):
    def run(ev, s, n, form=MISSING):
        want(isinstance(s, str) and is_int(n))
        plain(form)
        t, ticks, utc = moment(s)
        try:
            return write(t + datetime.timedelta(**{unit: n}), ticks, utc)
        except OverflowError:
            raise Fault("range")
    return run


def start_of(**fields):
    def run(ev, s, form=MISSING):
        plain(form)
        t, _, utc = moment(s)
        return write(t.replace(**fields), 0, utc)
    return run


def ticks_of(ev, s):
    t, ticks, _ = moment(s)
    since = t - datetime.datetime(1, 1, 1)
    return (since.days * 86400 + since.seconds) * 10**7 + ticks


def text_arguments(ev, *args):
    return "".join(map(text_of, args))


TABLE = {
    "concat": (1, MANY, text_arguments), "substring": (2, 3, substring), "slice": (2, 3, slice_),
    "replace": (3, 3, replace), "split": (2, 2, split), "trim": (1, 1, trim),
    "tolower": (1, 1, lambda ev, s: case(ev, s, False)), "toupper": (1, 1, lambda ev, s: case(ev, s, True)),
    "indexof": (2, 2, index_of), "lastindexof": (2, 2, last_index_of), "nthindexof": (3, 3, nth_index_of),
    "startswith": (2, 2, starts), "endswith": (2, 2, ends), "length": (1, 1, length_),
    "contains": (2, 2, contains), "empty": (1, 1, empty), "first": (1, 1, lambda ev, v: end_of(ev, v, 0)),
    "last": (1, 1, lambda ev, v: end_of(ev, v, -1)), "take": (2, 2, take), "skip": (2, 2, skip),
    "join": (2, 2, join), "union": (1, MANY, union), "intersection": (1, MANY, intersection),
    "mergeobjects": (1, MANY, merge), "sort": (1, 2, sort), "reverse": (1, 1, reverse),
    "chunk": (2, 2, chunk), "range": (2, 2, range_),
    "equals": (2, MANY, lambda ev, a, b, *_: equal(a, b)), "not": (1, 1, not_),
    "greater": (2, 2, order(lambda a, b: a > b)), "greaterorequals": (2, 2, order(lambda a, b: a >= b)),
    "less": (2, 2, order(lambda a, b: a < b)), "lessorequals": (2, 2, order(lambda a, b: a <= b)),
    "add": (2, 2, arithmetic(lambda a, b: a + b, lambda a, b: a + b)),
    "sub": (2, 2, arithmetic(lambda a, b: a - b, lambda a, b: a - b)),
    "mul": (2, 2, arithmetic(lambda a, b: a * b, lambda a, b: a * b)),
    "div": (2, 2, arithmetic(div_int, div_double)), "mod": (2, 2, arithmetic(mod_int, mod_double)),
    "min": (1, MANY, extreme(min)), "max": (1, MANY, extreme(max)),
    "int": (1, 1, int_), "float": (1, 2, float_), "bool": (1, 1, bool_),
    "string": (1, 1, lambda ev, v: text_of(v)), "json": (1, 1, json_),
    "array": (1, 1, lambda ev, v: v if isinstance(v, list) else [v]),
    "createarray": (1, MANY, lambda ev, *args: list(args)),
    "isint": (1, 1, lambda ev, s: strings(s) or read_int(s) is not None),
    "isfloat": (1, 2, is_float),
    "addproperty": (3, 3, add_property), "setproperty": (3, 3, set_property),
    "removeproperty": (2, 2, remove_property), "base64": (1, 1, base64_),
    "base64tostring": (1, 1, unbase64), "uricomponent": (1, 1, uri), "encodeuricomponent": (1, 1, uri),
    "uricomponenttostring": (1, 1, unuri), "adddays": (2, 3, add_time("days")),
    "addhours": (2, 3, add_time("hours")), "addminutes": (2, 3, add_time("minutes")),
    "addseconds": (2, 3, add_time("seconds")), "startofday": (1, 2, start_of(hour=0, minute=0, second=0)),
    "startofhour": (1, 2, start_of(minute=0, second=0)),
    "startofmonth": (1, 2, start_of(day=1, hour=0, minute=0, second=0)),
    "dayofmonth": (1, 1, lambda ev, s: moment(s)[0].day),
    "dayofweek": (1, 1, lambda ev, s: moment(s)[0].isoweekday() % 7),
    "dayofyear": (1, 1, lambda ev, s: moment(s)[0].timetuple().tm_yday), "ticks": (1, 1, ticks_of),
}


def named(table, message):
    def run(ev, name):
        strings(name)
        names = ev.context.get(table, {})
        found = key_of(names, name)
        want(found is not None)
        return names[found]
    return run


def part(record, *names):
    for name in names:
        record = record.get(name) if isinstance(record, dict) else None
    return record


TABLE |= {
    "parameters": (1, 1, named("parameters", "")), "variables": (1, 1, named("variables", "")),
    "outputs": (1, 1, lambda ev, n: part(named("actions", "")(ev, n), "outputs")),
    "body": (1, 1, lambda ev, n: part(named("actions", "")(ev, n), "outputs", "body")),
    "actions": (1, 1, named("actions", "")), "items": (1, 1, named("items", "")),
}
