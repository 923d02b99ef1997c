"""How what peers chose stands to what guidelines say of the same decision, in one sentence.

In: a published question, its survey, and the comparison of the guidelines that speak. Out: an Accord, and a sentence.
Compared is a question with one answer each, asked of people and not of cases, whose counts are known, which speaks for
this patient now and took nothing for granted: who was asked which method to use has not said that one should be used.

An answer that means an option is *opposed* where a guideline that holds now advises against that option or prefers
another to it and none favours it; *favoured* where one favours it and none is opposed; *unspoken of* where none says
anything of it that holds now. One that means several options stands where they all stand. Answers that are no option,
and options on which the guidelines divide, or of which a narrower one is favoured or still open, count on neither side.
What is opposed and what is unspoken of are never said in one breath: nobody has advised against what nobody spoke of.
- They differ where more than half chose what is opposed; or, where guidelines favour some option here, what is opposed
  or unspoken of. More than half means that the lower end of Wilson's interval at 95% lies above one half.
- They agree where more than half, in the same sense, chose what is favoured.
- They differ in part where some chose what is opposed or, where guidelines favour some option here, unspoken of.
- Otherwise it is not told.
"""

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import NamedTuple

from patency.fault import listed
from patency.guideline.compare import AGAINST, FAVOUR, OPEN, PREFER_OTHER, Comparison, Heard, Row, side, with_broader
from patency.guideline.model import Guideline, Library, Option
from patency.percent import percent, span
from patency.practice.published import RESPONDENTS, Published, PublishedAnswer, PublishedQuestion, Speaks
from patency.share import Share

OPPOSED, FAVOURED, UNSPOKEN, NEITHER = "opposed", "favoured", "unspoken of", "neither"
NO_GUIDELINE = "no guideline here speaks for this patient"


class Accord(Enum):
    """How what peers chose stands to what guidelines say."""

    ALONE = "practice alone"
    DIFFER = "differ"
    PARTLY = "differ in part"
    AGREE = "agree"
    UNTOLD = "not told"


class _Stand(NamedTuple):
    """Where the guidelines stand on what was chosen, what they say of it in a clause, and who they are."""

    side: str
    said: str = ""
    who: tuple[Guideline, ...] = ()
    words: str = ""
    only: str = ""
    chosen: int = 0


def beside(
    question: PublishedQuestion, survey: Published, comparison: Comparison, library: Library
) -> tuple[Accord, str]:
    """Lay the counts of a question beside where the guidelines stand on each option."""
    speaks, base = question.speaks, question.base
    if speaks is None or speaks.given or question.rest is None or not base or question.unit != RESPONDENTS:
        return Accord.UNTOLD, ""
    stands = [
        _stand(answer, speaks, comparison, library)
        for answer in question.answers
        if answer.count and speaks.means[answer.id]
    ]
    accord, said, told = _compared(stands, base, _favoured(comparison))
    if not said:
        return accord, ""
    return accord, f"Practice and guidance {accord.value}: in {survey.short}, {said}{_before(survey, told)}."


def _compared(
    stands: Sequence[_Stand], base: int, favours: Sequence[tuple[str, Guideline]]
) -> tuple[Accord, str, list[Guideline]]:
    """Say how what was chosen stands to what is favoured and opposed, by the rules at the head of this file."""
    opposed = [each for each in stands if each.side == OPPOSED]
    favoured = [each for each in stands if each.side == FAVOURED]
    unspoken = [each for each in stands if each.side == UNSPOKEN and favours]
    if _is_most(opposed, base):
        accord, groups = Accord.DIFFER, [opposed]
    elif _is_most([*opposed, *unspoken], base):
        accord, groups = Accord.DIFFER, [opposed, unspoken]
    elif _is_most(favoured, base):
        accord, groups = Accord.AGREE, [favoured]
    elif opposed or unspoken:
        accord, groups = Accord.PARTLY, [opposed, unspoken, favoured]
    else:
        return Accord.UNTOLD, "", []
    said = [_chose(group, base) for group in groups if group]
    told = [who for group in groups for each in group for who in each.who]
    if unspoken in groups and not favoured:
        said.append(f"favoured here: {_named(favours)}")
        told += [who for _, who in favours]
    if accord is Accord.DIFFER and opposed and unspoken in groups and unspoken:
        both = _share([*opposed, *unspoken], base)
        said[0] = f"{both} chose what no guideline here favours: {said[0]}"
    return accord, "; ".join(said), told


def _is_most(stands: Sequence[_Stand], base: int) -> bool:
    """Whether clearly more than half chose one of these."""
    interval = Share(sum(each.chosen for each in stands), base).interval
    return bool(stands) and interval is not None and interval.low > 0.5


def _share(stands: Iterable[_Stand], base: int) -> str:
    share = Share(sum(each.chosen for each in stands), base)
    return f"{share.count} of {base} ({percent(share)}; {span(share.interval, base)})"


def _chose(stands: Sequence[_Stand], base: int) -> str:
    """Say how many chose some options, and what guidelines say of them, once where it is the same of all."""
    # Who answers "for selected patients" has not chosen the option for this one.
    verb = "use" if any(each.only for each in stands) else "chose"
    named = [
        " ".join([each.words, *([str(each.chosen)] if len(stands) > 1 else [])])
        + (f", {each.only}" if each.only else "")
        for each in stands
    ]
    if len({each.said for each in stands}) == 1:
        said = f"{listed(named, 'or')}, {stands[0].said}"
    else:
        said = "; ".join(f"{name}, {each.said}" for name, each in zip(named, stands, strict=True))
    return f"{_share(stands, base)} {verb} {said}"


def _before(survey: Published, told: Iterable[Guideline]) -> str:
    """Say that a survey is older than guidelines beside which it stands: nobody can follow what is not written yet."""
    named = {each.id: each for each in told}
    newer = [each.short for each in named.values() if each.year > survey.year]
    if not newer:
        return ""
    if len(newer) < len(named):
        return f"; surveyed before {listed(newer, 'and')}"
    return f"; surveyed before {'that guideline' if len(newer) == 1 else 'those guidelines'}"


def _stand(answer: PublishedAnswer, speaks: Speaks, comparison: Comparison, library: Library) -> _Stand:
    """Say where the guidelines stand on an answer: where they stand on each option that it means, if that is one place."""
    options = [library.options[each] for each in speaks.means[answer.id]]
    found = [_on(option, comparison, library) for option in options]
    words = options[0].brief if len(options) == 1 else answer.words
    is_one = len({each.side for each in found}) == 1
    where = found[0].side if is_one else NEITHER
    said = listed(list(dict.fromkeys(each.said for each in found)), "and") if is_one else ""
    who = tuple(each for stand in found for each in stand.who)
    return _Stand(where, said, who, words, speaks.only.get(answer.id, ""), answer.count or 0)


def _on(option: Option, comparison: Comparison, library: Library) -> _Stand:
    """Say where the guidelines stand on one option."""
    row = _row_of(option, comparison, library)
    told = [(advice.guideline, row.cells.get(advice.guideline.id, ())) for advice in comparison.columns] if row else []
    sides = {side(cell) for _, cell in told} - {OPEN}
    if sides and sides <= {AGAINST, PREFER_OTHER}:
        return _Stand(OPPOSED, *_clauses("which", told))
    if sides:
        return _Stand(FAVOURED, *_clauses("which", told)) if sides == {FAVOUR} else _Stand(NEITHER)
    narrower = [each for each in comparison.rows if option.id in with_broader(each.option, library)[1:]]
    # What may yet hold of an option, or of one way of it, could still be said in its favour: nothing is made of it.
    is_open = any(_is_open(cell) for each in (row, *narrower) if each for cell in each.cells.values())
    if is_open or any(_who_favours(each, comparison) for each in narrower):
        return _Stand(NEITHER)
    said, who = _of_narrower(narrower, comparison)
    return _Stand(
        UNSPOKEN, f"of which as a whole {NO_GUIDELINE}, though {said}" if said else f"of which {NO_GUIDELINE}", who
    )


def _of_narrower(rows: Iterable[Row], comparison: Comparison) -> tuple[str, tuple[Guideline, ...]]:
    """Say what guidelines say against one way of an option of which, as a whole, they say nothing."""
    said: list[str] = []
    named: list[Guideline] = []
    for row in rows:
        told = [(advice.guideline, row.cells.get(advice.guideline.id, ())) for advice in comparison.columns]
        words, who = _clauses(row.option.brief, [each for each in told if side(each[1]) in (AGAINST, PREFER_OTHER)])
        said += [words] if words else []
        named += who
    return listed(said, "and"), tuple(named)


def _clauses(which: str, told: Iterable[tuple[Guideline, Iterable[Heard]]]) -> tuple[str, tuple[Guideline, ...]]:
    """Say of an option what each guideline says, in the words of its own grade."""
    said: list[str] = []
    who: list[Guideline] = []
    for guideline, cell in told:
        holding = [each for each in cell if each.side in (AGAINST, PREFER_OTHER, FAVOUR)]
        said += dict.fromkeys(_clause(which, guideline.short, each) for each in holding)
        who += [guideline] if holding else []
    return listed(said, "and"), tuple(who)


def _clause(which: str, who: str, heard: Heard) -> str:
    grade = heard.opinion.rating
    if heard.side == FAVOUR:
        return f"{which} {who} favours ({grade})"
    if heard.preferred is not None:
        return f"to {which} {who} prefers {heard.preferred.brief} ({grade})"
    return f"of {which} {who} says: {grade}"


def _is_open(cell: Iterable[Heard]) -> bool:
    return any(heard.side == OPEN for heard in cell)


def _row_of(option: Option, comparison: Comparison, library: Library) -> Row | None:
    """Return the row of an option, or of the nearest broader one: what is said of that is heard of it as a group."""
    rows = {row.option.id: row for row in comparison.rows}
    return next((rows[name] for name in with_broader(option, library) if name in rows), None)


def _who_favours(row: Row, comparison: Comparison) -> tuple[Guideline, ...]:
    return tuple(
        advice.guideline for advice in comparison.columns if side(row.cells.get(advice.guideline.id, ())) == FAVOUR
    )


def _favoured(comparison: Comparison) -> list[tuple[str, Guideline]]:
    """List the options that guidelines favour here, each with who does; not those that are favoured as a group alone."""
    return [
        (row.option.brief, who)
        for row in comparison.rows
        if any(heard.group is None and heard.side == FAVOUR for cell in row.cells.values() for heard in cell)
        for who in _who_favours(row, comparison)
    ]


def _named(favours: Iterable[tuple[str, Guideline]]) -> str:
    who: dict[str, list[str]] = {}
    for option, guideline in favours:
        who.setdefault(option, []).append(guideline.short)
    return listed([f"{option} ({'; '.join(names)})" for option, names in who.items()], "and")
