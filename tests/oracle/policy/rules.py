"""Random rules of the filter language."""


def quoted(dice, text):
    if dice.often(0.2):
        return "'" + text.replace("'", "''") + "'"
    return '"' + text.replace("`", "``").replace('"', '`"') + '"'


def operator(dice, word):
    word = dice.cased(word)
    mark = dice.weighted({"-": 12, "": 1, "\u2013": 1})
    return mark + word


def joined(dice, word):
    return dice.weighted({"-": 12, "\u2014": 1}) + dice.cased(word)


def value(dice, word, values):
    if word.lower().endswith("in"):
        return "[" + dice.pick([",", ", "]).join(quoted(dice, dice.cased(one)) for one in dice.some(values, 1, 2)) + "]"
    if values == ["True", "False"] and dice.often(0.5):
        return dice.cased(dice.pick(values))
    if word in ("eq", "ne") and dice.often(0.08):
        return "null"
    text = dice.cased(dice.pick(values))
    if word.lower().endswith(("with", "contains")) and dice.often(0.4) and len(text) > 3:
        text = text[:3] if "tarts" in word or dice.often(0.5) else text[-3:]
    return quoted(dice, text)


def comparison(dice, prefix, table):
    name = dice.pick(list(table))
    operators, values = table[name]
    word = dice.pick(operators)
    return f"{dice.cased(prefix)}{dice.cased(name)} {operator(dice, word)} {value(dice, word, values)}"


def rule(dice, prefix, table, depth=2):
    shape = dice.weighted({"one": 5, "and": 2, "or": 2, "not": 1, "brackets": 1}) if depth else "one"
    if shape == "one":
        return comparison(dice, prefix, table)
    first = rule(dice, prefix, table, depth - 1)
    if shape == "not":
        return f"{joined(dice, 'not')} ({first})"
    if shape == "brackets":
        return f"({first})"
    return f"{first} {joined(dice, shape)} {rule(dice, prefix, table, depth - 1)}"


def a_filter(dice, prefix, table):
    return {"mode": dice.cased(dice.pick(["include", "exclude"])), "rule": rule(dice, prefix, table)}
