"""All guidelines side by side: for each decision, options by guidelines.

An opinion on a broad option speaks of the narrower ones as a group; a preference for one option over
another is heard in the row of the other too, and is not the same as being against it. What agrees and
what differs is said in words, with the sources' own reasons where they give them.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from patency.fault import listed
from patency.guideline.advise import Advice, Opinion, RuleAdvice
from patency.guideline.model import Decision, Library, Option, Reason, Stance
from patency.truth import Truth


class Heard(NamedTuple):
    """One opinion as it is heard in an option's row.

    `group` is the broader option that was rated, if it was; `preferred` the option that is
    preferred to this one, if the opinion is such a preference.
    """

    rule: RuleAdvice
    opinion: Opinion
    group: Option | None
    preferred: Option | None

    @property
    def holds(self) -> Truth:
        """Whether the opinion holds, over every completion."""
        return self.opinion.holds


class Row(NamedTuple):
    """What each guideline says of one option; a guideline that says nothing has no entry."""

    option: Option
    cells: Mapping[str, tuple[Heard, ...]]


class Comparison(NamedTuple):
    """One decision: the guidelines that speak on it for this case, row by row, and the others in a line each."""

    decision: Decision
    columns: tuple[Advice, ...]
    rows: tuple[Row, ...]
    silent: tuple[Advice, ...]
    agreements: tuple[str, ...]
    differences: tuple[str, ...]
    reasons: tuple[tuple[Advice, Reason], ...]


def compare(library: Library, advice: Sequence[Advice]) -> tuple[Comparison, ...]:
    """Lay the opinions of all current guidelines side by side, decision by decision."""
    current = [each for each in advice if each.guideline.is_current]
    return tuple(_compare(decision, current, library) for decision in library.decisions.values())


def _compare(decision: Decision, advice: Sequence[Advice], library: Library) -> Comparison:
    options = [library.options[name] for name in decision.options]
    spoken: dict[str, list[tuple[RuleAdvice, Opinion]]] = {}
    for each in advice:
        found = [(rule, opinion) for rule in each.rules for opinion in rule.opinions
                 if opinion.option in decision.options and opinion.holds is not Truth.NO]  # fmt: skip
        if found:
            spoken[each.guideline.id] = found
    columns = tuple(each for each in advice if each.guideline.id in spoken)
    named = {opinion.option for found in spoken.values() for _, opinion in found}
    rows = tuple(_row(option, spoken, library) for option in options if option.id in named)
    may_speak = {
        guideline.id
        for guideline in library.guidelines.values()
        if any(saying.option in decision.options for rule in guideline.rules for saying in rule.says)
    }
    silent = tuple(
        each for each in advice if each.guideline.id in may_speak - set(spoken) and each.scope is not Truth.NO
    )
    agreements, differences = _in_words(rows, columns)
    reasons = _reasons(decision, rows, columns) if differences else ()
    return Comparison(decision, columns, rows, silent, agreements, differences, reasons)


def _row(option: Option, spoken: Mapping[str, list[tuple[RuleAdvice, Opinion]]], library: Library) -> Row:
    cells = {}
    for guideline, found in spoken.items():
        heard = tuple(each for pair in found if (each := hear(option, *pair, library)) is not None)
        if heard:
            cells[guideline] = heard
    return Row(option, cells)


def hear(option: Option, rule: RuleAdvice, opinion: Opinion, library: Library) -> Heard | None:
    """Hear an opinion in a row: said of the option itself, of a broader one, or of one preferred to it."""
    line = _with_broader(option, library)
    if opinion.option in line:
        group = library.options[opinion.option] if opinion.option != option.id else None
        return Heard(rule, opinion, group, None)
    if opinion.over in line:
        group = library.options[opinion.over] if opinion.over != option.id else None
        return Heard(rule, opinion, group, library.options[opinion.option])
    return None


def _with_broader(option: Option, library: Library) -> list[str]:
    line = [option.id]
    while library.options[line[-1]].within:
        line.append(library.options[line[-1]].within)
    return line


FAVOUR, PREFER_OTHER, AGAINST, OPEN = "favour", "prefer", "against", "open"


def side(heard: Iterable[Heard]) -> str:
    """Say on which side a guideline stands on an option; an open or a mixed opinion is on none."""
    sides = set()
    for each in heard:
        if each.holds is not Truth.YES:
            sides.add(OPEN)
        elif each.preferred is not None:
            sides.add(PREFER_OTHER)
        elif each.opinion.grade.stance.supports:
            sides.add(FAVOUR)
        elif each.opinion.grade.stance is Stance.AVOID:
            sides.add(AGAINST)
    decided = sides - {OPEN}
    return decided.pop() if len(decided) == 1 else OPEN


def _sides(row: Row, columns: Sequence[Advice]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for advice in columns:
        if advice.guideline.id in row.cells:
            found.setdefault(side(row.cells[advice.guideline.id]), []).append(advice.guideline.short)
    return found


def _in_words(rows: Sequence[Row], columns: Sequence[Advice]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    agreements, differences = [], []
    for row in rows:
        sides = _sides(row, columns)
        taken = {name: short for name, short in sides.items() if name != OPEN}
        speaking = sum(len(short) for short in taken.values())
        if speaking < 2:
            continue
        if len(taken) == 1:
            verb = {
                FAVOUR: "accept or favour it",
                AGAINST: "advise against it",
                PREFER_OTHER: "prefer another option to it",
            }
            agreements.append(f"{row.option.words}: all {speaking} that speak of it {verb[next(iter(taken))]}")
        else:
            differences.append(
                f"{row.option.words}: {'; '.join(_side_words(name, short) for name, short in taken.items())}"
            )
    return tuple(agreements), tuple(differences)


def _side_words(name: str, short: Sequence[str]) -> str:
    many = len(short) > 1
    verb = {
        FAVOUR: "accept or favour it" if many else "accepts or favours it",
        PREFER_OTHER: "prefer another option to it" if many else "prefers another option to it",
        AGAINST: "advise against it" if many else "advises against it",
    }[name]
    return f"{listed(list(short), 'and')} {verb}"


def _reasons(decision: Decision, rows: Sequence[Row], columns: Sequence[Advice]) -> tuple[tuple[Advice, Reason], ...]:
    """Collect why the guidelines on differing rows stand where they do on this decision."""
    differing = {guideline for row in rows if len(set(_sides(row, columns)) - {OPEN}) > 1 for guideline in row.cells}
    return tuple(
        (advice, reason)
        for advice in columns
        if advice.guideline.id in differing
        for reason in advice.guideline.reasons
        if reason.decision == decision.id
    )
