"""What the answers of a response score, and what cannot be told of it yet.

A blank is never a nought. While one is left, a number is a Span that holds every total the blank could lead to, and
has no total; bands, yes or no and sets are evaluated in Kleene's logic, so that "5 or more, whatever the answers" is
told as soon as it is so.

Plain spans are too wide where one answer counts twice, as in a total and in the band over it. So where the blanks
could be filled in few ways (MOST_WAYS), each way is scored by itself and the results are joined: the span is exact.
Else it is an outer one, `is_outer` says so, and nothing that is possible is left out. Ways that the instrument itself
would refuse (an answer to what is not asked, a check) are no ways.

Not here: what an answer counts (points.py), the arithmetic (formula.py).
"""

from collections.abc import Iterable, Mapping
from datetime import date

from patency.case import Case, Finding, Members, Span
from patency.instrument.asked import Asked
from patency.instrument.formula import Call, Undefined, conditions_in, hull, names_in, told, value_of, walk
from patency.instrument.model import Band, Instrument, Item, ItemKind, Score
from patency.instrument.points import NOTHING, points_of
from patency.instrument.response import Response
from patency.instrument.scored import Scored, value_written
from patency.instrument.ways import Ways, items_under, possible, ties
from patency.truth import Truth

__all__ = ["Scored", "findings", "score"]


def score(instrument: Instrument, response: Response) -> dict[str, Scored]:
    """Score a response: each score of the instrument, as far as it can be told."""
    plain = _Scoring(instrument, response.case, {})
    fixed: dict[str, Scored] = {}
    found: dict[str, Scored] = {}
    for name, each in instrument.scores.items():
        missing = tuple(_missing(each, instrument, response.case))
        prorated = _prorated(each, instrument, response.case)
        if prorated is not None:
            fixed[name] = found[name] = Scored(each, prorated, missing, is_prorated=True)
            plain = _Scoring(instrument, response.case, fixed)
            continue
        found[name] = _scored(each, instrument, response.case, fixed, plain)._replace(missing=missing)
    return found


def findings(response: Response, scored: Mapping[str, Scored], on: date) -> tuple[Finding, ...]:
    """Return what a response says of the patient: a finding, on a day, for each item and score that feeds a concept."""
    instrument = response.instrument
    found = []
    source = f"{instrument.title}, {instrument.version}"
    for item in instrument.items.values():
        finding = response.case.findings.get(item.name)
        if item.feeds and finding is not None:
            fed = Finding(item.feeds, finding.value, on, finding.written, source, place=finding.place)
            found.append(fed._replace(scale=instrument.title))
    for each in scored.values():
        if each.score.feeds and each.value is not None and not _says_nothing(each):
            notes = [source, *(["prorated"] if each.is_prorated else []), *(["draft"] if each.score.is_draft else [])]
            written = value_written(each.score.concept, each.value)
            fed = Finding(each.score.feeds, each.value, on, written, "; ".join(notes), place=response.place)
            found.append(fed._replace(scale=instrument.title))
    return tuple(found)


def _says_nothing(scored: Scored) -> bool:
    """Whether a score may still be all that it ever is."""
    concept = scored.score.concept
    match scored.value:
        case Span(low, high):
            return low <= concept.lowest and concept.highest <= high
        case Members(included, excluded):
            return not included | excluded
        case frozenset():
            return scored.value == frozenset(concept.values)
    return scored.value is Truth.UNKNOWN


def _missing(each: Score, instrument: Instrument, case: Case) -> list[str]:
    """List the items that a score waits for, with those that say whether they are asked at all."""
    found: set[str] = set()
    asked = Asked(instrument.items, case)
    for name in items_under(each, instrument):
        item = instrument.items[name]
        is_asked = asked.of(item)
        if name not in case.findings and is_asked is not Truth.NO:
            found.add(name)
            found.update(item.hangs_on if is_asked is Truth.UNKNOWN else ())
    return [name for name in instrument.items if name in found and name not in case.findings]


def _prorated(each: Score, instrument: Instrument, case: Case) -> Span | None:
    """Return the score with the mean of the answered items in place of the blank ones, where its source allows so many."""
    if each.number is None or not each.prorated:
        return None
    items = [instrument.items[name] for name in dict.fromkeys(names_in(each.number)) if name in instrument.items]
    of = Asked(instrument.items, case).of
    asked = [item for item in items if of(item) is not Truth.NO]
    answered = {item.name: points_of(item, case.value(item.name)) for item in asked if item.name in case.findings}
    blank = [item.name for item in asked if item.name not in case.findings]
    if not 0 < len(blank) <= each.prorated or not answered or not all(span.is_exact for span in answered.values()):
        return None
    mean = sum(span.low for span in answered.values()) / len(answered)
    scoring = _Scoring(instrument, case, {}, {name: Span(mean, mean) for name in blank})
    value = scoring.number(each)
    return value if isinstance(value, Span) and value.is_exact else None


def _scored(each: Score, instrument: Instrument, case: Case, fixed: Mapping[str, Scored], plain: "_Scoring") -> Scored:
    result = plain.of(each)
    if result.is_settled and not result.why_undefined:
        return result
    ways = Ways(instrument, case, each)
    if ways.are_few:
        results = [_Scoring(instrument, way, fixed).of(each) for way in ways]
        result = _joined(each, results) if results else result
    if isinstance(result.value, Span) and not result.is_settled and _may_be_wide(each, instrument, case, ways):
        result = result._replace(is_outer=True)
    return result


class _Spans(dict[str, Span]):
    """The spans of names; one that is undefined makes a formula so only where it counts, and not in the branch not taken."""

    def __init__(self) -> None:
        super().__init__()
        self.undefined: dict[str, str] = {}

    def __missing__(self, name: str) -> Span:
        raise Undefined(f"it rests on {name!r}, and {self.undefined[name]}")


class _Scoring:
    """Scores one case by plain spans and Kleene's logic; `fixed` are the scores that are settled otherwise."""

    def __init__(
        self, instrument: Instrument, case: Case, fixed: Mapping[str, Scored], stand_ins: Mapping[str, Span] = {}
    ) -> None:
        self.instrument, self.case, self.stand_ins = instrument, case, stand_ins
        self.asked = Asked(instrument.items, case)
        self.known: dict[str, Scored] = {}
        for name, scored in fixed.items():
            self._keep(name, scored)

    def of(self, each: Score) -> Scored:
        """Return a score, and those it is made of before it."""
        for name in each.uses:
            if name not in self.instrument.items and name not in self.known:
                self.of(self.instrument.scores[name])
        if each.name not in self.known:
            self._keep(each.name, self._made(each))
        return self.known[each.name]

    def _keep(self, name: str, scored: Scored) -> None:
        self.known[name] = scored
        if scored.value is not None:
            self.case = self.case.with_finding(Finding(name, scored.value, self.case.on, ""))

    def _made(self, each: Score) -> Scored:
        if each.number is not None:
            value = self.number(each)
            return Scored(each, value) if isinstance(value, Span) else Scored(each, None, why_undefined=value)
        if each.bands:
            result = self._banded(each)
        elif each.members:
            truths = {member.name: self._holds(member) for member in each.members}
            told = [
                frozenset(name for name, truth in truths.items() if truth is each_truth)
                for each_truth in (Truth.YES, Truth.NO)
            ]
            result = Scored(each, Members(*told))
        else:
            result = Scored(each, Truth.UNKNOWN if each.when is None else self.asked.holds(each.when, self.case))
        undefined = [name for name in each.uses if name in self.known and self.known[name].why_undefined]
        if undefined and not result.is_settled:
            why = f"it rests on {undefined[0]!r}, and {self.known[undefined[0]].why_undefined}"
            return Scored(each, None, why_undefined=why)
        return result

    def number(self, each: Score) -> Span | str:
        """Return the span of a number, or why there is none."""
        assert each.number is not None, "only a number is asked for so"
        spans = _Spans()
        for name in dict.fromkeys(names_in(each.number)):
            if name in self.instrument.items:
                spans[name] = self._span(self.instrument.items[name])
                continue
            if name not in self.known:
                self.of(self.instrument.scores[name])
            value = self.known[name].value
            if isinstance(value, Span):
                spans[name] = value
            else:
                spans.undefined[name] = self.known[name].why_undefined
        try:
            return told(value_of(each.number, spans, lambda term: self.asked.holds(term, self.case)))
        except Undefined as undefined:
            return undefined.why

    def _span(self, item: Item) -> Span:
        if item.name in self.stand_ins:
            return self.stand_ins[item.name]
        if item.name in self.case.findings:  # what is answered was asked
            return points_of(item, self.case.value(item.name))
        asked = self.asked.of(item)
        if asked is Truth.NO:
            return NOTHING
        whole = points_of(item, None)
        return whole if asked is Truth.YES else hull([whole, NOTHING])

    def _holds(self, band: Band) -> Truth:
        return Truth.YES if band.when is None else self.asked.holds(band.when, self.case)

    def _banded(self, each: Score) -> Scored:
        """Return the highest band that holds, or those that may be the highest."""
        possible = []
        for band in reversed(each.bands):
            truth = self._holds(band)
            if truth is not Truth.NO:
                possible.append(band.name)
            if truth is Truth.YES:
                return Scored(each, frozenset(possible))
        if len(possible) > 1:
            return Scored(each, frozenset(possible), is_outer=True)  # or none of them holds
        return Scored(
            each, None, why_undefined="none of its bands need hold" if possible else "none of its bands holds"
        )


def _joined(each: Score, results: Iterable[Scored]) -> Scored:
    """Join what a score is in each of several ways."""
    every = list(results)
    undefined = [result.why_undefined for result in every if result.value is None]
    if undefined:
        is_always = len(undefined) == len(every)
        why = undefined[0] if is_always else f"with some of the answers that are blank {undefined[0]}"
        return Scored(each, None, why_undefined=why)
    values = [result.value for result in every]
    spans = [value for value in values if isinstance(value, Span)]
    if spans:
        return Scored(each, hull(spans))
    sets = [value for value in values if isinstance(value, Members)]
    if sets:
        included, excluded = (frozenset.intersection(*(each_set[at] for each_set in sets)) for at in (0, 1))
        return Scored(each, Members(included, excluded))
    bands = [value for value in values if isinstance(value, frozenset)]
    if bands:
        return Scored(each, frozenset().union(*bands), is_outer=any(result.is_outer for result in every))
    return Scored(each, values[0] if len(set(values)) == 1 else Truth.UNKNOWN)


def _may_be_wide(each: Score, instrument: Instrument, case: Case, ways: Ways) -> bool:
    """Whether a span may hold what no answers lead to: something open counts twice, or decides which of two sums counts."""
    names, asked = _all_names(each, instrument), Asked(instrument.items, case)
    open_names = {
        name
        for name in items_under(each, instrument)
        if _is_open(instrument.items[name], case, asked) and not (ways.are_few and name in ways.open)
    }
    if not open_names:
        return False
    formulas = [instrument.scores[name].number for name in _scores_under(each, instrument)]
    is_jumping = any(
        conditions_in(formula) or any(isinstance(part, Call) and part.function == "abs" for part in walk(formula))
        for formula in formulas
        if formula is not None
    )
    hangs = any(instrument.items[name].when is not None for name in open_names)
    is_tied = any(tie & open_names for tie in ties(instrument, case))
    return is_jumping or hangs or is_tied or any(names.count(name) > 1 for name in open_names)


def _is_open(item: Item, case: Case, asked: Asked) -> bool:
    value = case.value(item.name)
    if item.name not in case.findings:
        return asked.of(item) is not Truth.NO
    return not (isinstance(value, Span) and value.is_exact) and (
        item.kind is ItemKind.NUMBER or bool(possible(item, case))
    )


def _scores_under(each: Score, instrument: Instrument) -> list[str]:
    below = [
        name
        for used in each.uses
        if used in instrument.scores
        for name in _scores_under(instrument.scores[used], instrument)
    ]
    return list(dict.fromkeys([*below, each.name]))


def _all_names(each: Score, instrument: Instrument) -> list[str]:
    """Return the items in a formula as often as each counts, those of the scores in it written out."""
    found: list[str] = []
    for name in names_in(each.number) if each.number is not None else []:
        found += [name] if name in instrument.items else _all_names(instrument.scores[name], instrument)
    return found
