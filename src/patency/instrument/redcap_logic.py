"""REDCap's own language: what branching logic and calculated fields are made of, read into a small tree.

    or       lowest:  a or b                     || is or, && is and, ! is not
    and               a and b
    not               not a · !(a)
    comparison        a = b · a <> b · a != b · < <= > >=
    sum, product      + - · * /
    atom              12.5 · 'text' · "text" · [field] · [checkbox(2)] · function(a, b) · ( a )

In: the text of a cell. Out: an Expression, or Untranslatable with what could not be read. Events, instances and
smart variables ([event_1][field], [user-name]) are told from fields, for an instrument has none of them.

Not here: what an expression means in Patency's language (redcap_words.py).
"""

import re

from patency.record import Record

LONGEST = 10_000  # letters of one cell
DEEPEST = 40  # levels of brackets
_TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d+)?|\.\d+)|(?P<text>'[^']*'|"[^"]*")
    |(?P<field>(?:\[[^\[\]]*\])+)|(?P<word>[A-Za-z_]\w*)|(?P<mark><=|>=|<>|!=|==|&&|\|\||[-+*/^%!()=<>,]))""",
    re.VERBOSE,
)
_FIELD = re.compile(r"\[(?P<name>[a-z][a-z0-9_]*)(?:\((?P<code>[^()]*)\))?\]")
_COMPARED = {"=": "=", "==": "=", "<>": "!=", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


class Untranslatable(Exception):  # noqa: N818  turned into a Fault by whoever knows the row
    """What a dictionary says that Patency cannot: what, and why."""

    def __init__(
        self, what: str, why: str, fix: str = "say it in another way in the dictionary, or write it by hand"
    ) -> None:
        super().__init__(what)
        self.what, self.why, self.fix = what, why, fix


class Literal(Record):
    """A number or a text as it stands."""

    text: str
    is_text: bool


class Field(Record):
    """A field; of a checkbox one of its boxes, by its code."""

    name: str
    code: str | None


class Called(Record):
    """A function of some expressions."""

    name: str
    arguments: "tuple[Expression, ...]"


class Joined(Record):
    """Two or more expressions joined by one sign; a denial or a minus has one."""

    sign: str
    parts: "tuple[Expression, ...]"


Expression = Literal | Field | Called | Joined


def read_logic(text: str) -> Expression:
    """Read a branching logic or a calculation."""
    if len(text) > LONGEST:
        raise Untranslatable(f"it is {len(text):,} letters long", f"up to {LONGEST:,} are read")
    return _Parser(_tokens(text)).whole()


def fields_in(expression: Expression) -> list[str]:
    """Return the names of the fields an expression mentions."""
    if isinstance(expression, Field):
        return [expression.name]
    parts = (
        expression.arguments
        if isinstance(expression, Called)
        else expression.parts
        if isinstance(expression, Joined)
        else ()
    )
    return list(dict.fromkeys(name for part in parts for name in fields_in(part)))


def _tokens(text: str) -> list[tuple[str, str]]:
    text = re.sub(r"(?m)(^|\s)(//|#)[^\n]*", " ", text)  # REDCap takes comments
    tokens, at, end = [], 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            raise Untranslatable(f"{text[at:].strip()[:20]!r} cannot be read", "it is no part of REDCap's logic")
        assert match.lastgroup is not None, "each way of the pattern has a name"
        tokens.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return tokens


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens, self.at, self.depth = tokens, 0, 0

    def whole(self) -> Expression:
        expression = self._either()
        if self.at < len(self.tokens):
            raise Untranslatable(f"it goes on with {self._peek()!r} where it should end", "a part of it would be lost")
        return expression

    def _peek(self) -> str:
        kind, token = self.tokens[self.at] if self.at < len(self.tokens) else ("", "")
        return token.lower() if kind == "word" else token

    def _take(self) -> tuple[str, str]:
        if self.at >= len(self.tokens):
            raise Untranslatable("it stops too early", "a part of it is missing")
        self.at += 1
        return self.tokens[self.at - 1]

    def _expect(self, mark: str) -> None:
        if self._peek() != mark:
            found = repr(self._peek()) if self._peek() else "the end"
            raise Untranslatable(f"{mark!r} is missing before {found}", "it cannot be read without it")
        self._take()

    def _either(self) -> Expression:
        self.depth += 1
        if self.depth > DEEPEST:
            raise Untranslatable(f"it is nested more than {DEEPEST} deep", "nobody could read it aloud")
        parts = [self._both()]
        while self._peek() in ("or", "||"):
            self._take()
            parts.append(self._both())
        self.depth -= 1
        return parts[0] if len(parts) == 1 else Joined("or", tuple(parts))

    def _both(self) -> Expression:
        parts = [self._denied()]
        while self._peek() in ("and", "&&"):
            self._take()
            parts.append(self._denied())
        return parts[0] if len(parts) == 1 else Joined("and", tuple(parts))

    def _denied(self) -> Expression:
        denials = 0
        while self._peek() in ("not", "!"):
            self._take()
            denials += 1
        inner = self._compared()
        return Joined("not", (inner,)) if denials % 2 else inner

    def _compared(self) -> Expression:
        left = self._sum()
        if self._peek() not in _COMPARED:
            return left
        sign = _COMPARED[self._take()[1]]
        return Joined(sign, (left, self._sum()))

    def _sum(self) -> Expression:
        left = self._product()
        while self._peek() in ("+", "-"):
            left = Joined(self._take()[1], (left, self._product()))
        return left

    def _product(self) -> Expression:
        left = self._signed()
        while self._peek() in ("*", "/"):
            left = Joined(self._take()[1], (left, self._signed()))
        if self._peek() in ("^", "%"):
            raise Untranslatable(f"it uses {self._peek()!r}", "Patency's formulas have + - * / alone")
        return left

    def _signed(self) -> Expression:
        signs = 0
        while self._peek() in ("-", "+"):
            signs += self._take()[1] == "-"
        inner = self._atom()
        if signs % 2 and isinstance(inner, Literal) and not inner.is_text:
            return Literal(f"-{inner.text}", False)
        return Joined("negative", (inner,)) if signs % 2 else inner

    def _atom(self) -> Expression:
        kind, token = self._take()
        if kind == "number":
            return Literal(token, False)
        if kind == "text":
            return Literal(token[1:-1], True)
        if kind == "field":
            return _field(token)
        if token == "(":
            inner = self._either()
            self._expect(")")
            return inner
        if kind == "word" and self._peek() == "(":
            return self._called(token.lower())
        raise Untranslatable(f"{token!r} stands where a field or a number should", "it cannot be read")

    def _called(self, name: str) -> Expression:
        self._expect("(")
        arguments = [] if self._peek() == ")" else [self._either()]
        while self._peek() == ",":
            self._take()
            arguments.append(self._either())
        self._expect(")")
        return Called(name, tuple(arguments))


def _field(token: str) -> Field:
    match = _FIELD.fullmatch(token)
    if match is None:
        is_shown = re.match(r"\[[a-z][a-z0-9_]*(\([^()]*\))?:", token)
        what = (
            "an event or an instance"
            if token.count("[") > 1
            else "a way of showing a field"
            if is_shown
            else "a smart variable"
        )
        raise Untranslatable(f"it uses {token}, {what}", "an instrument knows one response alone",
                             "leave it out, and keep such rows apart in the mapping of the responses")  # fmt: skip
    code = match["code"]
    return Field(match["name"], None if code is None else code.strip())
