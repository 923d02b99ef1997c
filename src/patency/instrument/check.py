"""Whether an instrument scores what its worked responses say, and what none of them tries.

What an example expects and does not get is a Fault. A band or an answer that no example shows is only listed: many a
scale was published without a worked response for each of its bands, and one made up to please a check would be no
evidence of anything.
"""

from collections.abc import Iterator

from patency.answer import Unreadable, as_written, read_value
from patency.case import Members, Span, Value
from patency.document import Node
from patency.fault import Fault, nearest
from patency.instrument.formula import rounded
from patency.instrument.model import Example, Instrument, Score
from patency.instrument.response import read_answers
from patency.instrument.score import score
from patency.instrument.scored import Scored
from patency.truth import Truth

_WHY = "a worked response says what the instrument is for"
_MEND = "mend the instrument or the example, whichever is wrong"


def unmet(instrument: Instrument) -> list[Fault]:
    """List what the examples of an instrument expect and do not get."""
    return [fault for example in instrument.examples for fault in unmet_by(example, instrument)]


def unmet_by(example: Example, instrument: Instrument) -> list[Fault]:
    """List what one example expects and does not get."""
    refusals: list[Fault] = []
    response = read_answers(example.answers, instrument, example.on, refusals, {}, example.place)
    if example.is_refused:
        if refusals:
            return []
        return [Fault(example.place, f"the example {example.name!r} is not refused", _WHY, _MEND)]
    if refusals:
        return refusals
    scored = score(instrument, response)
    faults = []
    for name, node in example.expects.items():
        got = scored[name]
        try:
            is_met = _is_met(got, node, example)
        except Unreadable as unreadable:
            faults.append(Fault(node.place, unreadable.what, unreadable.why, unreadable.fix))
            continue
        if not is_met:
            what = f"in {example.name!r}, {name!r} is {got.words}; expected: {as_written(node)}"
            faults.append(Fault(node.place, what, _WHY, _MEND))
    return faults


def _is_met(got: Scored, node: Node, example: Example) -> bool:
    wanted = _expected(got.score, node, example)
    if isinstance(wanted, Span) and isinstance(got.value, Span):
        decimals = got.score.decimals
        is_exact = wanted.is_exact is got.value.is_exact
        return is_exact and [rounded(end, decimals) for end in got.value] == [rounded(end, decimals) for end in wanted]
    if wanted is None:
        return bool(got.why_undefined)
    return got.value == wanted


def _expected(each: Score, node: Node, example: Example) -> Value | None:
    """Read what an example expects of a score; None where it expects that there is none."""
    if as_written(node) == "undefined":
        return None
    if each.bands and isinstance(node.value, tuple):
        return _bands(each, [as_written(item) for item in node.value])
    value, absence = read_value(each.concept, node, example.on)
    if absence and each.when is None:
        raise Unreadable(
            f"{each.name!r} is expected to be {as_written(node)!r}",
            "only of a yes or no is nothing more to say",
            "write what it may be: a range as 4 to 7, bands as [none, mild]",
        )
    return Truth.UNKNOWN if absence else value


def _bands(each: Score, names: list[str]) -> frozenset[str]:
    odd = [name for name in names if name not in each.concept.values]
    if odd:
        raise Unreadable(
            f"{each.name!r} is never {odd[0]!r}",
            "an example expects what the score can be",
            nearest(odd[0], each.concept.values, f"its bands are {', '.join(each.concept.values)}"),
        )
    return frozenset(names)


def untried(instrument: Instrument) -> Iterator[str]:
    """Name what no example shows: a number, each band, yes and no, each member of a set."""
    for each in instrument.scores.values():
        shown = [_shown(each, example) for example in instrument.examples if each.name in example.expects]
        wanted: list[object]
        if each.number is not None:
            wanted = ["a total"]
        else:
            wanted = (
                [str(truth) for truth in (Truth.YES, Truth.NO)] if each.when is not None else [*each.concept.values]
            )
        for one in wanted:
            if not any(one in some for some in shown):
                yield f"{each.name}: {one}"


def _shown(each: Score, example: Example) -> list[str]:
    """Return what an example shows for sure of a score."""
    try:
        value = _expected(each, example.expects[each.name], example)
    except Unreadable:  # said already
        return []
    match value:
        case Span():
            return ["a total"] if value.is_exact else []
        case Truth():
            return [str(value)]
        case Members(included, _):
            return sorted(included)
        case frozenset():
            return sorted(value) if len(value) == 1 else []
    return []
