"""From the text of a condition to a typed Term.

    or       lowest:  a or b
    and               a and b
    not               not a
    atom              name · name sign value · name in [..] · name has member · days_since(name) sign time · (..)
                      answered(item), in a questionnaire alone

Whatever is mistyped (an unknown name, a wrong unit, a severity compared with a number) is a Fault
with its place and the nearest right name, found here and never when a patient is being looked at.
There is no term that asks whether something is unknown: filling in an unknown may settle advice
but must never reverse it. A questionnaire alone may ask whether an item was answered: `answered(pain)`.
"""

from collections.abc import Collection, Mapping
from typing import Protocol

from patency.answer import OLDEST, Unreadable, amount_words, unit_factor
from patency.fault import Fault, Place, listed, nearest
from patency.language.terms import All, Among, Answered, Any, Compare, Defined, Holds, Includes, Not, Term, size
from patency.language.tokens import ASKS_UNKNOWN, SIGNS, WORDS, Mistyped, tokens_of
from patency.vocabulary import DAYS, Concept, Kind, Vocabulary

LONGEST = 4_000  # letters of one condition
DEEPEST = 12  # levels of brackets
LARGEST = 1_000  # parts of one condition with its definitions written out; the longest here has some forty


class Words(Protocol):
    """What a condition may mention."""

    @property
    def vocabulary(self) -> Vocabulary:
        """The concepts."""

    @property
    def answerable(self) -> Collection[str]:
        """The items of a questionnaire, of which it may ask whether they were answered; none of a patient."""

    def definition(self, name: str) -> Term | None:
        """Return the term of a derived concept."""

    def bound(self, name: str) -> tuple[float, str] | None:
        """Return the number and unit of a policy."""


def parse(text: str, place: Place, words: Words, faults: list[Fault]) -> Term | None:
    """Turn the text of a condition into a Term, or note why it is none."""
    if len(text) > LONGEST:
        faults.append(
            Fault(
                place,
                f"the condition is {len(text):,} letters long",
                f"up to {LONGEST:,} are read",
                "name its parts as definitions",
            )
        )
        return None
    try:
        term = _Parser(text, place, words).whole()
        parts = size(term, {})
        if parts > LARGEST:
            raise Mistyped(
                f"the condition has {parts:,} parts when its definitions are written out",
                f"nobody could read it aloud; up to {LARGEST:,} are taken",
                "say it with fewer",
            )
        return term
    except Mistyped as mistyped:
        faults.append(Fault(place, mistyped.what, mistyped.why, mistyped.fix))
        return None


class _Parser:
    def __init__(self, text: str, place: Place, words: Words) -> None:
        self.place = place
        self.words = words
        self.tokens = tokens_of(text)
        self.at = 0
        self.depth = 0

    def whole(self) -> Term:
        if not self.tokens:
            raise Mistyped(
                "the condition is empty", "it must say when something applies", "write it, or remove the line"
            )
        term = self._either()
        if self.at < len(self.tokens):
            raise Mistyped(
                f"the condition goes on with {self._peek()!r} where it should end",
                "only part of it would be read",
                "join its parts with 'and' or 'or', or mend the brackets",
            )
        return term

    def _peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def _take(self) -> str:
        token = self._peek()
        self.at += 1
        return token

    def _expect(self, mark: str) -> None:
        token = self._take()
        if token != mark:
            raise Mistyped(
                f"{mark!r} is missing before {token!r}" if token else f"{mark!r} is missing at the end",
                "the condition cannot be read without it",
                f"add {mark!r}",
            )

    def _either(self) -> Term:
        terms = [self._both()]
        while self._peek() == "or":
            self._take()
            terms.append(self._both())
        return terms[0] if len(terms) == 1 else Any(tuple(terms), self.place)

    def _both(self) -> Term:
        terms = [self._denial()]
        while self._peek() == "and":
            self._take()
            terms.append(self._denial())
        return terms[0] if len(terms) == 1 else All(tuple(terms), self.place)

    def _denial(self) -> Term:
        self.depth += 1
        if self.depth > DEEPEST:
            raise Mistyped(
                f"the condition is nested more than {DEEPEST} deep",
                "nobody could read it aloud",
                "name its parts as definitions",
            )
        if self._peek() == "not":
            self._take()
            term: Term = Not(self._denial(), self.place)
        elif self._peek() == "(":
            self._take()
            term = self._either()
            self._expect(")")
        else:
            term = self._atom()
        self.depth -= 1
        return term

    def _atom(self) -> Term:
        name = self._take()
        if name == "days_since":
            self._expect("(")
            concept = self._concept(self._take())
            self._expect(")")
            return self._days_since(concept)
        if name == "answered" and self.words.answerable:
            return self._answered()
        concept = self._concept(name)
        if concept.kind in (Kind.CHOICE, Kind.ORDERED, Kind.SET) and not concept.values:
            raise Mistyped(
                f"{name!r} has no usable values", "what it can be is not known", f"mend it at {concept.place}"
            )
        match concept.kind:
            case Kind.YES_NO:
                return self._yes_no(concept)
            case Kind.NUMBER:
                return self._number(concept)
            case Kind.CHOICE | Kind.ORDERED:
                return self._among(concept)
            case Kind.SET:
                return self._includes(concept)
            case Kind.DATE:
                raise Mistyped(
                    f"{concept.name!r} is a date",
                    "a date is compared as days since it",
                    f"write days_since({concept.name}) < 14 days",
                )

    def _concept(self, name: str) -> Concept:
        if not name:
            raise Mistyped("the condition stops too early", "a name is missing at the end", "finish it")
        concepts = self.words.vocabulary.concepts
        if name in concepts:
            return concepts[name]
        if name in ASKS_UNKNOWN:
            raise Mistyped(
                f"the condition asks {name!r}",
                "no condition may ask whether something is unknown: "
                "filling in an unknown may settle advice but never reverse it",
                "say what must be true instead",
            )
        if name in WORDS or name in "()[]," or name in SIGNS:
            raise Mistyped(
                f"{name!r} stands where a name should", "a condition joins named concepts", "write a name before it"
            )
        if name in self.words.answerable:
            raise Mistyped(
                f"{name!r} is free text",
                "what it says cannot be compared with anything",
                f"write answered({name}), or leave it out",
            )
        if self.words.answerable:
            raise Mistyped(
                f"you mention {name!r}, which is no item or score of this instrument",
                "a condition may use only what the instrument itself asks or adds up",
                nearest(name, concepts, "add the item first"),
            )
        raise Mistyped(
            f"you mention {name!r}, which is not in the vocabulary",
            "a condition may use only concepts that can be asked, stored and coded",
            nearest(name, concepts, "add it to content/vocabulary first"),
        )

    def _answered(self) -> Term:
        self._expect("(")
        name = self._take()
        if name not in self.words.answerable:
            raise Mistyped(
                f"answered() asks of {name!r}, which is no item",
                "only an item can be answered",
                nearest(name, self.words.answerable, "name an item of this instrument"),
            )
        self._expect(")")
        return Answered(name, self.place)

    def _yes_no(self, concept: Concept) -> Term:
        if self._peek() in SIGNS or self._peek() in ("in", "has"):
            raise Mistyped(
                f"{concept.name!r} is a yes/no concept and cannot be compared with anything",
                "it either holds or not",
                f"write {concept.name} or not {concept.name}",
            )
        if not concept.is_derived:
            return Holds(concept.name, self.place)
        term = self.words.definition(concept.name)
        # A definition without a term has its Fault at its own place; here the rest of the condition is still read.
        return Holds(concept.name, self.place) if term is None else Defined(concept.name, term, self.place)

    def _sign(self, concept: Concept, allowed: tuple[str, ...], instead: str) -> str:
        sign = self._take()
        if sign not in allowed:
            found = f"found {sign!r}" if sign else "found nothing"
            expected = f"one of {listed(allowed)}" if len(allowed) > 1 else repr(allowed[0])
            raise Mistyped(
                f"after {concept.name!r} {expected} is expected, {found}",
                f"{concept.name!r} is {_A_KIND[concept.kind]}",
                instead,
            )
        return sign

    def _number(self, concept: Concept) -> Term:
        example = f"write {concept.name} < {amount_words(f'{concept.highest / 4:.10g}', concept.unit)}"
        sign = self._sign(concept, SIGNS, example)
        policy = f" (the policy {self._peek()!r})" if self.words.bound(self._peek()) else ""
        amount, unit, written = self._bound(concept.name)
        try:
            factor = unit_factor(concept, unit)
        except Unreadable as unreadable:
            raise Mistyped(unreadable.what, unreadable.why, unreadable.fix) from None
        if not unit and concept.unit != "1":
            raise Mistyped(
                f"{concept.name!r} is compared with {written} of no unit",
                "a number without its unit means nothing",
                f"write {amount_words(written, concept.unit)}",
            )
        bound = amount * factor
        if not concept.lowest <= bound <= concept.highest:
            highest = amount_words(f"{concept.highest:.10g}", concept.unit)
            raise Mistyped(
                f"{concept.name!r} is never {written}{policy}",
                f"it lies between {concept.lowest:g} and {highest}",
                "check the number and its unit",
            )
        return Compare(concept.name, False, sign, bound, written, self.place)

    def _days_since(self, concept: Concept) -> Term:
        if concept.kind is not Kind.DATE:
            dates = [name for name, each in self.words.vocabulary.concepts.items() if each.kind is Kind.DATE]
            otherwise = f"name a date, such as {dates[0]}" if dates else "add a date to content/vocabulary first"
            raise Mistyped(
                f"{concept.name!r} is {_A_KIND[concept.kind]}, not a date",
                "days are counted since a date",
                nearest(concept.name, dates, otherwise),
            )
        sign = self._sign(concept, SIGNS, f"write days_since({concept.name}) < 14 days")
        amount, unit, written = self._bound(concept.name)
        days = DAYS.get(unit.removesuffix("s"))
        if days is None:
            found = f"{unit!r} is not a time" if unit else "the number has no unit"
            raise Mistyped(
                f"days_since({concept.name}) is compared with {written}: {found}",
                "a time is needed",
                nearest(unit, DAYS, f"use {listed([f'{name}s' for name in DAYS])}"),
            )
        if not 0 <= amount * days <= OLDEST:
            raise Mistyped(
                f"days_since({concept.name}) is never {written}",
                "nobody's history reaches back so far, or ahead",
                "check the number and its unit",
            )
        return Compare(concept.name, True, sign, amount * days, written, self.place)

    def _bound(self, name: str) -> tuple[float, str, str]:
        token = self._take()
        policy = self.words.bound(token)
        try:
            amount = float(token)
        except ValueError:
            if policy is not None:
                return (*policy, amount_words(f"{policy[0]:g}", policy[1]))
            raise Mistyped(
                f"{name!r} is compared with {token!r}, which is not a number"
                if token
                else f"{name!r} is compared with nothing",
                "it is measured",
                "write a number and its unit",
            ) from None
        unit = self._peek()
        if unit in WORDS or unit in SIGNS or unit in ("", "(", ")", "[", "]", ","):
            return amount, "", token
        self._take()
        return amount, unit, amount_words(token, unit)

    def _among(self, concept: Concept) -> Term:
        values = list(concept.values)
        signs = SIGNS if concept.kind is Kind.ORDERED else ("=", "!=")
        example = f"write {concept.name} = {values[0]} or {concept.name} in [{', '.join(values[:2])}]"
        sign = self._sign(concept, (*signs, "in"), example)
        named = self._list(concept, values) if sign == "in" else (self._member(concept, values),)
        position = values.index(named[0])
        accepted = {
            "in": named, "=": named, "!=": tuple(value for value in values if value not in named),
            "<": values[:position], "<=": values[: position + 1], ">": values[position + 1 :], ">=": values[position:],
        }[sign]  # fmt: skip
        if not accepted:
            raise Mistyped(
                f"{concept.name!r} is never {sign} {named[0]}",
                f"its answers, least first, are {listed(values, 'and')}",
                "check the sign and the answer",
            )
        return Among(concept.name, frozenset(accepted), sign, named, self.place)

    def _includes(self, concept: Concept) -> Term:
        members = list(concept.values)
        self._sign(concept, ("has",), f"write {concept.name} has {members[0]}")
        how = self._peek()
        if how in ("any", "all"):
            self._take()
            return Includes(concept.name, self._list(concept, members), how == "all", self.place)
        return Includes(concept.name, (self._member(concept, members),), False, self.place)

    def _list(self, concept: Concept, values: list[str]) -> tuple[str, ...]:
        self._expect("[")
        named = [self._member(concept, values)]
        while self._peek() == ",":
            self._take()
            named.append(self._member(concept, values))
        self._expect("]")
        return tuple(named)

    def _member(self, concept: Concept, values: list[str]) -> str:
        value = self._take()
        if value in values:
            return value
        if value in ASKS_UNKNOWN:
            raise Mistyped(
                f"{concept.name!r} is compared with {value!r}",
                "no condition may ask whether something is unknown",
                "say what must be true instead",
            )
        raise Mistyped(
            f"{concept.name!r} cannot be {value!r}",
            f"its values are {listed(values)}",
            nearest(value, values, "use one of them"),
        )


_A_KIND: Mapping[Kind, str] = {
    Kind.YES_NO: "a yes/no concept", Kind.NUMBER: "a number", Kind.CHOICE: "a choice", Kind.ORDERED: "an ordered choice",
    Kind.SET: "a set", Kind.DATE: "a date",
}  # fmt: skip
