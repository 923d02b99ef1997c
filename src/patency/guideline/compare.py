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

FAVOUR, PREFER_OTHER, AGAINST, NEUTRAL, OPEN = "favour", "prefer", "against", "neutral", "open"


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

    @property
    def side(self) -> str:
        """On which side of the option the opinion stands, if it holds; an open one is on none yet."""
        stance = self.opinion.grade.stance
        if self.holds is not Truth.YES:
            return OPEN
        if self.preferred is not None:
            return PREFER_OTHER
        return FAVOUR if stance.supports else AGAINST if stance is Stance.AVOID else NEUTRAL


class Row(NamedTuple):
    """What each guideline says of one option; a guideline that says nothing has no entry."""

    option: Option
    cells: Mapping[str, tuple[Heard, ...]]


class Comparison(NamedTuple):
    """One decision: the guidelines that speak on it for this case, row by row, and the others in a line each.

    `untold` are those of the columns that cannot be told yet on any option.
    """

    decision: Decision
    columns: tuple[Advice, ...]
    rows: tuple[Row, ...]
    silent: tuple[Advice, ...]
    untold: tuple[Advice, ...]
    agreements: tuple[str, ...]
    differences: tuple[str, ...]
    reasons: tuple[tuple[Advice, Reason], ...]


def compare(library: Library, advice: Sequence[Advice]) -> tuple[Comparison, ...]:
    """Lay the opinions of all current guidelines side by side, decision by decision."""
    current = [each for each in advice if each.guideline.is_current]
    spoken: dict[str, dict[str, list[tuple[RuleAdvice, Opinion]]]] = {name: {} for name in library.decisions}
    for each in current:
        for rule in each.rules:
            if rule.holds is not Truth.NO:
                for opinion in rule.opinions:
                    by_guideline = spoken[library.options[opinion.option].decision]
                    by_guideline.setdefault(each.guideline.id, []).append((rule, opinion))
    return tuple(_compare(decision, current, spoken[name], library) for name, decision in library.decisions.items())


def _compare(
    decision: Decision,
    advice: Sequence[Advice],
    spoken: Mapping[str, list[tuple[RuleAdvice, Opinion]]],
    library: Library,
) -> Comparison:
    columns = tuple(each for each in advice if each.guideline.id in spoken)
    named = {name for found in spoken.values() for _, opinion in found for name in (opinion.option, opinion.over)}
    rows = tuple(_row(library.options[name], spoken, library) for name in decision.options if name in named)
    silent = tuple(
        each for each in advice
        if each.guideline.id not in spoken and each.scope is not Truth.NO
        and any(part.decision == decision.id for part in each.guideline.parts)
    )  # fmt: skip
    told = {name for row in rows for name, cell in row.cells.items() if any(heard.side != OPEN for heard in cell)}
    untold = tuple(each for each in columns if each.guideline.id not in told)
    divisions = _divisions(rows, columns)
    agreements = tuple(_agreement(each) for each in divisions if not each.is_split)
    differences = tuple(_difference(each) for each in divisions if each.is_split)
    differing = {name for each in divisions if each.is_split for name in each.guidelines}
    reasons = tuple(
        (each, reason)
        for each in columns
        if each.guideline.id in differing
        for reason in each.guideline.reasons
        if reason.decision == decision.id and _is_reason_here(reason, each)
    )
    return Comparison(decision, columns, rows, silent, untold, agreements, differences, reasons)


def _is_reason_here(reason: Reason, advice: Advice) -> bool:
    """Say whether a reason is one for what the guideline says of this patient: a rule's own stands beside that rule alone."""
    return not reason.rules or any(each.rule.id in reason.rules for each in advice.matches)


def _row(option: Option, spoken: Mapping[str, list[tuple[RuleAdvice, Opinion]]], library: Library) -> Row:
    line = with_broader(option, library)
    cells = {}
    for guideline, found in spoken.items():
        heard = tuple(each for pair in found if (each := _hear(line, *pair, library)) is not None)
        if heard:
            cells[guideline] = heard
    return Row(option, cells)


def hear(option: Option, rule: RuleAdvice, opinion: Opinion, library: Library) -> Heard | None:
    """Hear an opinion in a row: said of the option itself, of a broader one, or of one preferred to it."""
    return _hear(with_broader(option, library), rule, opinion, library)


def _hear(line: Sequence[str], rule: RuleAdvice, opinion: Opinion, library: Library) -> Heard | None:
    if opinion.option in line:
        group = library.options[opinion.option] if opinion.option != line[0] else None
        return Heard(rule, opinion, group, None)
    if opinion.over in line:
        group = library.options[opinion.over] if opinion.over != line[0] else None
        return Heard(rule, opinion, group, library.options[opinion.option])
    return None


def with_broader(option: Option, library: Library) -> list[str]:
    """Name an option and the broader ones that cover it, narrowest first."""
    line = [option.id]
    while library.options[line[-1]].within:
        line.append(library.options[line[-1]].within)
    return line


def side(heard: Iterable[Heard]) -> str:
    """Say on which side a guideline stands on an option; one that stands on both is neutral, a wholly open one on none."""
    sides = {each.side for each in heard} - {OPEN}
    taken = sides - {NEUTRAL}
    return taken.pop() if len(taken) == 1 else NEUTRAL if sides else OPEN


class _Division(NamedTuple):
    """The options on which the guidelines divide alike: who takes which side, and whose side is still open.

    A side is a pair: its name, and the option that is preferred, if one is.
    """

    options: tuple[Option, ...]
    sides: Mapping[tuple[str, str], tuple[Advice, ...]]
    is_any_open: bool
    is_any_preferred: bool

    @property
    def is_split(self) -> bool:
        """Whether some favour what others advise against or prefer another to; not favouring it is one side."""
        names = {name for name, _ in self.sides}
        return FAVOUR in names and len(names) > 1

    @property
    def guidelines(self) -> list[str]:
        return [each.guideline.id for side_takers in self.sides.values() for each in side_takers]


def _divisions(rows: Sequence[Row], columns: Sequence[Advice]) -> list[_Division]:
    """Find how the guidelines divide, options with the same division as one; a row of which nothing is said but as a group adds none."""
    alike: dict[tuple[object, ...], _Division] = {}
    for row in rows:
        sides: dict[tuple[str, str], list[Advice]] = {}
        is_open = is_preferred = is_of_its_own = False
        for each in columns:
            cell = row.cells.get(each.guideline.id, ())
            taken = side(cell)
            is_open = is_open or (bool(cell) and taken == OPEN)
            if taken in (OPEN, NEUTRAL):
                continue
            is_of_its_own = is_of_its_own or any(heard.group is None and heard.side == taken for heard in cell)
            is_preferred = is_preferred or any(heard.opinion.over and heard.side == FAVOUR for heard in cell)
            sides.setdefault((taken, _preferred(cell)), []).append(each)
        if is_of_its_own and sum(len(each) for each in sides.values()) > 1:
            key = tuple(sorted((side, tuple(each.guideline.id for each in who)) for side, who in sides.items()))
            options = (*alike[key].options, row.option) if key in alike else (row.option,)
            alike[key] = _Division(options, {name: tuple(who) for name, who in sides.items()}, is_open, is_preferred)
    return list(alike.values())


def _preferred(cell: Sequence[Heard]) -> str:
    """Name what is preferred to an option, if anything is and that is where the guideline stands."""
    if side(cell) != PREFER_OTHER:
        return ""
    return listed(
        list(dict.fromkeys(each.preferred.brief for each in cell if each.preferred and each.side != OPEN)), "or"
    )


def _agreement(division: _Division) -> str:
    takers = [each for who in division.sides.values() for each in who]
    said = _options_words(division)
    who = f"{len(takers)} that {'can be told yet' if division.is_any_open else 'speak of it'}"
    if len(division.sides) == 1:
        (taken,) = division.sides
        return f"{said}: all {who} {_verb(taken, True, division)}"
    return f"{said}: none of the {who} {_verb((FAVOUR, ''), False, division)} ({_sides_words(division)})"


def _difference(division: _Division) -> str:
    return f"{_options_words(division)}: {_sides_words(division)}"


def _options_words(division: _Division) -> str:
    return listed([option.brief for option in division.options], "and")


def _sides_words(division: _Division) -> str:
    return "; ".join(
        f"{listed([each.guideline.short for each in who], 'and')} {_verb(taken, len(who) > 1, division)}"
        for taken, who in division.sides.items()
    )


def _verb(taken: tuple[str, str], is_many: bool, division: _Division) -> str:
    name, preferred = taken
    s = "" if is_many else "s"
    if name == FAVOUR:
        return f"accept{s}, favour{s} or prefer{s} it" if division.is_any_preferred else f"accept{s} or favour{s} it"
    return f"prefer{s} {preferred}" if name == PREFER_OTHER else f"advise{s} against it"
