"""Reading lists of words: the documents take ids and keywords without regard to letter case."""


def words(given, member):
    """The set of words of a list member, in small letters; empty where there is none."""
    return frozenset(word.lower() for word in (given or {}).get(member) or ())


def flags(text):
    """The words of a flags enumeration, which travels as one text with commas."""
    return frozenset(word.strip().lower() for word in (text or "").split(",") if word.strip())
