"""The words and signs of a condition, and the text of one parted into them.

Not here: what they mean together (parse.py).
"""

import re

SIGNS = ("<=", ">=", "!=", "<", ">", "=")
WORDS = {"and", "or", "not", "in", "has", "any", "all"}
ASKS_UNKNOWN = {"known", "unknown", "is_known", "is_unknown", "missing", "is_missing", "null", "none", "answered"}
RESERVED = WORDS | ASKS_UNKNOWN | {"days_since"}
_TOKEN = re.compile(
    r"\s*(?:(?P<sign><=|>=|!=|==|<|>|=)|(?P<mark>[()\[\],])|(?P<number>-?\d+(?:\.\d+)?)(?=[\s()\[\],]|$)|(?P<word>[^\s()\[\],<>=!]+))"
)


class Mistyped(Exception):  # noqa: N818  turned into a Fault by whoever knows the place
    """A condition, or a formula, that cannot be read: what, why, how to mend it."""

    def __init__(self, what: str, why: str, fix: str) -> None:
        super().__init__(what)
        self.what, self.why, self.fix = what, why, fix


def tokens_of(text: str) -> list[str]:
    """Part the text of a condition into its signs, brackets, numbers and words."""
    tokens = []
    at = 0
    end = len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            raise Mistyped(f"{text[at:].strip()[:1]!r} has no meaning in a condition", "it cannot be read", "remove it")
        found = match[0].strip()
        tokens.append("=" if found == "==" else found)
        at = match.end()
    return tokens
