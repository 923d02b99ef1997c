"""A comparison in words and in JSON: what was asked, who is in it, what came of it, and how far it may be believed.

"After", not "because of": only a weighted difference whose groups overlap and are balanced may be read as an effect, and
only by whoever believes the assumptions that are listed with it.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from patency.outcome.adjusted import Weighted
from patency.outcome.comparison import Arm, Compared, Plain, Question
from patency.outcome.definition import Origin
from patency.outcome.estimate.weighted import Difference
from patency.outcome.had_by import curve_of
from patency.outcome.tested import Tested
from patency.outcome.words import months_words
from patency.percent import IN_FILES
from patency.share import Interval
from patency.vocabulary import DAYS_A_MONTH

FORMAT = "patency-compare/1"  # compare.schema.json
ASSUMPTIONS = (
    "nothing that was not taken in drove both the choice and the outcome",
    "the model of the choice is right: a logistic regression, straight in each number, without interactions",
    "who was lost, or not seen, would have fared as those who were seen",
    "what was begun is what it is called, the same for everybody under one name",
    "it holds for patients who might have had either (the overlap)",
    "what came later (crossover, further procedures) belongs to what was begun",
)


def to_text(found: Compared) -> str:
    """Say a comparison in words, with its banner at the head and foot."""
    return "\n".join(_lines(found)) + "\n"


def to_json(found: Compared) -> str:
    """Write a comparison; the love plot's data are under `balance`."""
    return json.dumps(_document(found), indent=1, ensure_ascii=False) + "\n"


def _lines(found: Compared) -> Iterator[str]:
    if found.label:
        yield from (found.label, "")
    yield from (_title(found), "", found.definition.words, "", _how(found))
    yield from _counted("Not counted under any option (patients)", found.not_assigned, found.fewest)
    if found.refused:
        yield from ("", f"Not compared: {found.refused}")
    for arm in found.arms:
        yield from ("", *_group(found, arm))
    if found.plain:
        yield from ("", f"As they came: {_by(found, *found.plain[:2], found.plain.why)}. {_upper(found.plain.method)}.")
        yield from _tests(found, found.plain)
    if found.weighted:
        yield from ("", *_weighted(found, found.weighted))
    elif found.plain:
        yield from ("", f"Not weighted: {found.not_weighted}")
    if found.plain:
        yield from ("", _reading(found))
    yield from ("", *_cited(found))
    if found.label:
        yield from ("", found.label)


def _title(found: Compared) -> str:
    question = found.question
    return f"{found.definition.title}, after {question.named(question.option)} and after {question.named(question.against)}"


def _how(found: Compared) -> str:
    groups = "by the first treatment as somebody wrote it down"
    more = "" if found.landmark is None else ", with all who are followed from the diagnosis on"
    return f"{_counted_how(found)} `patency outcome estimate` groups {groups}{more}: where its figures differ, it is for that."


def _counted_how(found: Compared) -> str:
    window = found.question.window
    counted = f"Each patient is counted under the first treatment that was begun within {window} days of the diagnosis, by the records"
    if found.definition.origin is not Origin.DIAGNOSIS:
        return f"{counted}. Time runs from the procedure, which both groups had, so that no landmark is needed."
    if found.landmark is None:
        return (
            f"{counted}. What is counted was seen after that, so that no landmark is needed; who died before, or was not seen, is "
            "in neither group."
        )
    return (
        f"{counted}; time zero is the diagnosis, and day {window} the landmark: who had the event, died or was lost by then is in "
        "neither group. What was begun later changes no group."
    )


def _group(found: Compared, arm: Arm) -> Iterator[str]:
    units = found.definition.unit.plural
    yield f"{_upper(found.question.named(arm.option))}: {arm.units} {units} of {arm.patients} patients"
    yield f"  {_outcome(found, arm)}"
    yield from (f"  {line}" for line in _counted("left out", arm.left_out, found.fewest))
    if arm.crossed is None:
        yield f"  changed over later: not shown, fewer than {found.fewest}"
    elif arm.crossed:
        when = f"half of them by day {arm.crossed_day:g}; counted as they began"
        yield f"  changed over later: {arm.crossed} of {arm.patients} patients, {when}"


def _outcome(found: Compared, arm: Arm) -> str:
    if arm.value is None:
        return f"with it {arm.events} of {arm.units}; nobody was followed as far as {_month(found)}"
    if not _is_percent(found):
        return f"mean {arm.value:.1f} of {arm.units}"
    by = f" by {_month(found)}, {curve_of(found.definition)}" if found.definition.is_time else ""
    died = f", {arm.deaths} died before it" if arm.deaths else ""
    return f"with it {arm.events} of {arm.units}{died}: {100 * arm.value:.1f}%{_interval(arm.interval)}{by}"


def _tests(found: Compared, plain: Plain) -> Iterator[str]:
    if plain.tests:
        yield "  tests, over all that was followed and not by that month alone, of the groups as they came, not weighted:"
    yield from (f"    {each.name} ({each.asks}): {_test(each)}." for each in plain.tests)
    if plain.ratio is None:
        return
    ratio, question = plain.ratio, found.question
    of = f"{question.named(question.option)} to {question.named(question.against)}"
    about = f"  hazard ratio of {of}, over all that was followed, not weighted"
    if ratio.value is None or ratio.interval is None:
        yield f"{about}: none can be given: {ratio.why}."
        return
    ends = f"95% interval {ratio.interval.low:.2f} to {ratio.interval.high:.2f}"
    yield f"{about}: {ratio.value:.2f} ({ends}). {_upper(ratio.method)}.{f' Warning: {ratio.why}.' if ratio.why else ''}"
    reading = f": {ratio.reading}" if ratio.reading else ""
    yield f"    {ratio.check.asks} ({ratio.check.name}): {_test(ratio.check)}{reading}."


def _test(each: Tested) -> str:
    if each.p is None or each.chi_squared is None:
        return each.why if each.why.startswith("not shown") else f"not given, for {each.why}"
    p = "p < 0.001" if each.p < 0.001 else f"p = {each.p:.3f}"
    warning = f"; warning: {each.warning}" if each.warning else ""
    degrees = f"{each.freedom} degree{'s' * (each.freedom != 1)} of freedom"
    return f"chi-squared {each.chi_squared:.2f}, {degrees}, {p}{warning}"


def _weighted(found: Compared, weighted: Weighted) -> Iterator[str]:
    difference = weighted.difference
    by = _by(found, difference.value, difference.interval, difference.why)
    yield f"Weighted to the overlap: {by}. {_upper(difference.method)}."
    yield from (f"  {words}" for words in without_words(weighted, found.question))
    one, other = weighted.effective
    units = found.definition.unit.plural
    yield f"  after weighting the groups are worth {one:.0f} and {other:.0f} {units}"
    yield "  balance (standardised difference before, after):"
    for each in weighted.balance:
        yield f"    {each.covariate}: {_number(each.before)}, {_number(each.after)}"
    yield from (f"  left out: {each}" for each in weighted.covariates_left_out)
    yield from (f"  warning: {each}" for each in weighted.warnings)


def without_words(weighted: Weighted, question: Question) -> Iterator[str]:
    """Say who is not weighted, for nobody after the other option is like them."""
    for each in weighted.without:
        against = question.against if each.option == question.option else question.option
        yield (
            f"not weighted, for they have no counterpart: {each.covariate}: {each.patients} patients after "
            f"{question.named(each.option)}, none after {question.named(against)}; the weighted difference does not speak of them"
        )


def _reading(found: Compared) -> str:
    if found.weighted is None or not found.weighted.is_sound:
        why = "it is not weighted" if found.weighted is None else "the weighting has the warnings above"
        return f"Read it as what came after each option, not because of it: {why}."
    listed = "".join(f"\n  - {each};" for each in _assumed(found))
    return f"The weighted difference is because of the option only if all of this holds:{listed[:-1]}."


def _assumed(found: Compared) -> tuple[str, ...]:
    """Return what must be believed; first what was balanced, for nothing else was, and where there is a landmark who was at it."""
    taken_in = ", ".join(_taken_in(found)) or "nothing"
    at_landmark = "" if found.landmark is None else ", alive and free of the event at the landmark"
    said = [f"{each}{at_landmark}" if "(the overlap)" in each else each for each in ASSUMPTIONS[1:]]
    return (f"{ASSUMPTIONS[0]} (taken in: {taken_in})", *said)


def _taken_in(found: Compared) -> tuple[str, ...]:
    return found.weighted.taken_in if found.weighted else ()


def _cited(found: Compared) -> Iterator[str]:
    yield "Source: " + "; ".join(f"{name} {said}" for name, said in found.source.items())
    yield "Definition: " + "; ".join(
        f"{each.source}, {each.at} ({each.mark.value})" for each in found.definition.citations
    )


def _by(found: Compared, value: float | None, interval: Interval | None, why: str) -> str:
    if value is None:
        return f"no difference can be given: {why}"
    scale, unit = (100, " percentage points") if _is_percent(found) else (1, "")
    ends = (
        f" (95% interval {scale * interval.low:+.1f} to {scale * interval.high:+.1f})"
        if interval
        else f" (no interval: {why})"
    )
    return f"{scale * value:+.1f}{unit}{ends}"


def _is_percent(found: Compared) -> bool:
    return found.definition.is_time or any(arm.interval is not None for arm in found.arms)


def _interval(interval: Interval | None) -> str:
    return f" ({100 * interval.low:.1f} to {100 * interval.high:.1f})" if interval else ""


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:+.2f}".replace("-0.00", "0.00").replace("+0.00", "0.00")


def _month(found: Compared) -> str:
    origin = "the diagnosis" if found.landmark is not None else "the procedure"
    return f"{months_words(found.question.month)} after {origin}"


def _counted(what: str, counts: Mapping[str, int | None], fewest: int) -> Iterator[str]:
    if any(count is None for count in counts.values()):
        yield f"{what}: not shown: fewer than {fewest} in one of these: {'; '.join(counts)}"
    elif counts:
        yield f"{what}: " + "; ".join(f"{count} {words}" for words, count in counts.items())


def _upper(sentence: str) -> str:
    return f"{sentence[0].upper()}{sentence[1:]}"


def _document(found: Compared) -> dict[str, Any]:
    question = found.question
    return {
        "format": FORMAT, "label": found.label, "definition": {"name": found.definition.name, "words": found.definition.words},
        "option": question.option, "against": question.against, "month": question.month, "window_days": question.window,
        "landmark_day": found.landmark, "fewest": found.fewest, "digits": IN_FILES,
        "days_a_month": DAYS_A_MONTH, "covariates": list(question.covariates),
        "taken_in": list(_taken_in(found)),
        "refused": found.refused, "not_assigned": dict(found.not_assigned),
        "groups": [_spread(arm._asdict(), _places(found)) for arm in found.arms],
        "as_they_came": None if found.plain is None else _of_plain(found.plain, _places(found)),
        "weighted": None if found.weighted is None else _of_weighted(found.weighted, _places(found)), "not_weighted": found.not_weighted,
        "reading": _reading(found) if found.plain else "", "assumptions": list(_assumed(found)), "source": dict(found.source),
        "citations": [{"source": each.source, "at": each.at, "mark": each.mark.value} for each in found.definition.citations],
    }  # fmt: skip


def _places(found: Compared) -> int:
    """Return how many decimals a value has of which a decimal of a percentage, or of a number, is printed."""
    return 3 if _is_percent(found) else 1


def _of_plain(plain: Plain, places: int) -> dict[str, Any]:
    ratio = plain.ratio
    return _spread(plain._asdict(), places) | {
        "tests": [_of_test(each) for each in plain.tests],
        "ratio": None if ratio is None else _spread(ratio._asdict(), 2) | {"check": _of_test(ratio.check)},
    }


def _of_test(test: Tested) -> dict[str, Any]:
    return test._asdict() | {"chi_squared": _digits(test.chi_squared, 2), "p": _digits(test.p, 3)}


def _of_weighted(weighted: Weighted, places: int) -> dict[str, Any]:
    difference: Difference = weighted.difference
    return {
        "difference": _spread(difference._asdict(), places), "effective": [round(each) for each in weighted.effective],
        "is_sound": weighted.is_sound,
        "balance": [_spread(each._asdict(), 2) for each in weighted.balance],
        "without": [each._asdict() for each in weighted.without],
        "left_out": list(weighted.covariates_left_out), "warnings": list(weighted.warnings),
    }  # fmt: skip


def _spread(values: Mapping[str, Any], places: int) -> dict[str, Any]:
    return {name: _digits(value, places) for name, value in values.items()}


def _digits(value: Any, places: int) -> Any:
    """Return a value with the digits that are printed of it, so that a file tells no more than the text."""
    match value:
        case Interval():
            return [_digits(end, places) for end in value]
        case Mapping():
            return dict(value)
        case float():
            return round(value, places)
    return value
