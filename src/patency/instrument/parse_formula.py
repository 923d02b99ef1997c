"""From the text of a formula to a Formula, or the Fault that says why it is none.

    sum      lowest:  a + b · a - b
    product           a * b · a / b
    sign              - a
    atom              number · name · ( a ) · if(condition, a, b)
                      sum(a, ...) · mean(a, ...) · min(a, ...) · max(a, ...) · abs(a) · round(a) · round(a, decimals)

Not here: what a formula is worth (formula.py), and how a condition is read (conditions.py).
"""

import re
from collections.abc import Callable, Mapping

from patency.fault import Fault, Place, listed, nearest
from patency.instrument.formula import LARGEST_VALUE, Call, Formula, If, Name, Negative, Number, Operation
from patency.language.terms import Term
from patency.language.tokens import Mistyped

LONGEST = 4_000  # letters of one formula
DEEPEST = 12  # levels of brackets and signs
LARGEST = 500  # parts of one formula; the longest scale here adds up some twenty
MOST_DECIMALS = 9
FUNCTIONS = {"sum": (1, 200), "mean": (1, 200), "min": (1, 200), "max": (1, 200), "abs": (1, 1), "round": (1, 2)}
NAMES = {*FUNCTIONS, "if"}  # that mean something in a formula, and can name no item
_TOKEN = re.compile(r"\s*(?:(?P<number>\d+(?:\.\d+)?)(?![\w.])|(?P<word>[A-Za-z_]\w*(?:-\w+)*)|(?P<mark>[-+*/(),]))")


def parse_formula(
    text: str,
    place: Place,
    names: Mapping[str, str],
    condition: Callable[[str, Place], Term | None],
    faults: list[Fault],
) -> Formula | None:
    """Turn the text of a formula into a Formula, or note why it is none.

    `names` are those that exist, each with the reason why it cannot be added up, or nothing where it can;
    `condition` reads the condition of an `if`, and notes what is wrong with it itself.
    """
    try:
        return _Parser(text, place, names, condition).whole()
    except Mistyped as mistyped:
        if mistyped.what:
            faults.append(Fault(place, mistyped.what, mistyped.why, mistyped.fix))
        return None


class _Parser:
    def __init__(
        self, text: str, place: Place, names: Mapping[str, str], condition: Callable[[str, Place], Term | None]
    ) -> None:
        self.text, self.place, self.names, self.condition = text, place, names, condition
        self.at = self.depth = self.parts = 0

    def whole(self) -> Formula:
        if len(self.text) > LONGEST:
            raise Mistyped(
                f"the formula is {len(self.text):,} letters long",
                f"up to {LONGEST:,} are read",
                "name its parts as scores of their own",
            )
        if not self.text.strip():
            raise Mistyped("the formula is empty", "it must say what is added up", "write it, or remove the score")
        formula = self._sum()
        if self._peek():
            raise Mistyped(
                f"the formula goes on with {self._peek()!r} where it should end",
                "only part of it would be read",
                "join its parts with + - * or /, or mend the brackets",
            )
        return formula

    def _peek(self) -> str:
        match = _TOKEN.match(self.text, self.at)
        rest = self.text[self.at :].strip()
        if match is None and rest:
            raise Mistyped(
                f"{rest[:1]!r} has no meaning in a formula",
                "it cannot be read",
                "use + - * / and brackets, and names in lower-case letters",
            )
        return match[0].strip() if match else ""

    def _take(self) -> str:
        token = self._peek()
        match = _TOKEN.match(self.text, self.at)
        self.at = match.end() if match else len(self.text)
        return token

    def _expect(self, mark: str) -> None:
        token = self._take()
        if token != mark:
            where = f"before {token!r}" if token else "at the end"
            raise Mistyped(f"{mark!r} is missing {where}", "the formula cannot be read without it", f"add {mark!r}")

    def _made(self, formula: Formula) -> Formula:
        self.parts += 1
        if self.parts > LARGEST:
            raise Mistyped(
                f"the formula has more than {LARGEST} parts",
                "nobody could check it",
                "name its parts as scores of their own",
            )
        return formula

    def _sum(self) -> Formula:
        formula = self._product()
        while self._peek() in ("+", "-"):
            formula = self._made(Operation(self._take(), formula, self._product()))
        return formula

    def _product(self) -> Formula:
        formula = self._signed()
        while self._peek() in ("*", "/"):
            formula = self._made(Operation(self._take(), formula, self._signed()))
        return formula

    def _signed(self) -> Formula:
        self.depth += 1
        if self.depth > DEEPEST:
            raise Mistyped(
                f"the formula is nested more than {DEEPEST} deep",
                "nobody could check it",
                "name its parts as scores of their own",
            )
        if self._peek() == "-":
            self._take()
            formula = self._made(Negative(self._signed()))
        else:
            formula = self._made(self._atom())
        self.depth -= 1
        return formula

    def _atom(self) -> Formula:
        token = self._take()
        if token == "(":
            formula = self._sum()
            self._expect(")")
            return formula
        if token[:1].isdigit():
            if float(token) > LARGEST_VALUE:
                raise Mistyped(
                    f"{token[:20]!r} is too large", f"digits beyond {LARGEST_VALUE:g} are lost", "write it smaller"
                )
            return Number(float(token))
        if token == "if" and self._peek() == "(":
            return self._if()
        if token in FUNCTIONS and self._peek() == "(":
            return self._call(token)
        return self._name(token)

    def _name(self, name: str) -> Formula:
        if not name:
            raise Mistyped("the formula stops too early", "a name or a number is missing at the end", "finish it")
        if not (name[0].isalpha() or name[0] == "_"):
            raise Mistyped(
                f"{name!r} stands where a name or a number should",
                "a formula joins names and numbers",
                "write a name before it",
            )
        if name not in self.names:
            raise self._unknown(name)
        if self.names[name]:
            raise Mistyped(
                f"{name!r} cannot be added up", self.names[name], "leave it out, or say in an if(...) what it counts"
            )
        return Name(name)

    def _unknown(self, name: str) -> Mistyped:
        apart = [each for each in self.names if name.startswith(f"{each}-")]
        otherwise = f"put a space on either side of the '-' after {apart[0]!r}" if apart else "add the item first"
        is_function = self._peek() == "("
        known = [*FUNCTIONS, "if"] if is_function else self.names
        return Mistyped(
            f"the formula uses {name!r}, which is no {'function' if is_function else 'item or score of this instrument'}",
            f"its functions are {listed([*FUNCTIONS, 'if'], 'and')}"
            if is_function
            else "only what is answered can be added up",
            otherwise if apart else nearest(name, known, "use one of them" if is_function else otherwise),
        )

    def _call(self, function: str) -> Formula:
        self._expect("(")
        arguments = [self._sum()] if self._peek() != ")" else []
        while self._peek() == ",":
            self._take()
            arguments.append(self._sum())
        self._expect(")")
        least, most = FUNCTIONS[function]
        if not least <= len(arguments) <= most:
            takes = "one" if most == 1 else "one or two" if most == 2 else f"one to {most}"
            raise Mistyped(
                f"{function}() is given {len(arguments)} things", f"it takes {takes}", f"write {_EXAMPLES[function]}"
            )
        if function == "round" and len(arguments) == 2 and not _is_decimals(arguments[1]):
            raise Mistyped(
                "round() is not told to how many decimals",
                f"it is a whole number up to {MOST_DECIMALS}",
                "write round(a, 1)",
            )
        return Call(function, tuple(arguments))

    def _if(self) -> Formula:
        self._expect("(")
        words = self._condition_text()
        term = self.condition(words, self.place)
        self._expect(",")
        then = self._sum()
        self._expect(",")
        otherwise = self._sum()
        self._expect(")")
        if term is None:
            raise Mistyped("", "", "")  # its Fault is noted already
        return If(term, words, then, otherwise)

    def _condition_text(self) -> str:
        """Take the condition up to its comma; one in brackets is its own."""
        depth = 0
        for at in range(self.at, len(self.text)):
            letter = self.text[at]
            depth += (letter in "([") - (letter in ")]")
            if depth < 0 or (letter == "," and depth == 0):
                break
        else:
            at = len(self.text)
        words = self.text[self.at : at].strip()
        self.at = at
        return words


_EXAMPLES = {
    "sum": "sum(a, b)",
    "mean": "mean(a, b)",
    "min": "min(a, b)",
    "max": "max(a, b)",
    "abs": "abs(a)",
    "round": "round(a, 1)",
}


def _is_decimals(formula: Formula) -> bool:
    return isinstance(formula, Number) and formula.value in range(MOST_DECIMALS + 1)
