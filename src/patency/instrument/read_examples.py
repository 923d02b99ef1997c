"""How the checks, notes and worked responses of an instrument are read, once its items and scores are known."""

from collections.abc import Iterable, Mapping
from datetime import date

from patency.document import Fields, Node
from patency.fault import listed, nearest
from patency.instrument.conditions import Order, read_condition
from patency.instrument.model import Check, Example
from patency.instrument.read_scores import Reading
from patency.source import read_citations

EXAMPLE_DAY = date(2026, 1, 1)  # on which a worked response was given, where it does not say


def read_checks(fields: Fields, reading: Reading) -> tuple[Check, ...]:
    """Read what answers cannot be together."""
    checks = []
    for name, node in fields.group("checks").items():
        entry = Fields(node, reading.faults, f"the check {name!r}")
        why = "a check says which answers cannot be together, and why"
        text, says = entry.need_text("when", why), entry.need_text("says", why)
        order = Order(reading.order.items, {})  # of scores a response knows nothing yet
        term = read_condition(text, entry.named["when"].place, order, "", reading.faults) if text else None
        if term is not None:
            checks.append(Check(name, term, says, node.place))
        entry.close()
    return tuple(checks)


def read_examples(fields: Fields, reading: Reading) -> tuple[Example, ...]:
    """Read the worked responses; an instrument has one at least."""
    group = fields.group("examples")
    if not group and fields.is_readable and "examples" not in fields.named:
        fields.fault(
            fields.place,
            "the instrument has no example",
            "what nobody tried cannot be trusted",
            "add a worked response with its scores",
        )
    return tuple(_read_example(name, node, reading) for name, node in group.items())


def _read_example(name: str, node: Node, reading: Reading) -> Example:
    fields = Fields(node, reading.faults, f"the example {name!r}")
    answers, expects = fields.group("answers"), fields.group("scores")
    fields.need("answers", "a worked response answers something")
    is_refused = fields.choice("refused", ["yes", "no"], "a response is refused, or it is not", "no") == "yes"
    _refuse_unknown(fields, "an item", answers, reading.items)
    _refuse_unknown(fields, "a score", expects, reading.scores)
    if is_refused is bool(expects) and reading.scores and fields.is_readable:
        what = "is refused, and scores something" if is_refused else "says nothing of any score"
        fields.fault(
            fields.place,
            f"{fields.what} {what}",
            "a worked response shows what its answers score, or that they cannot be",
            "add 'scores:', or 'refused: yes' alone",
        )
    example = Example(
        name,
        fields.text("about"),
        answers,
        expects,
        is_refused,
        _day(fields),
        read_citations(fields, reading.sources) or reading.citations,
        node.place,
    )
    fields.close()
    return example


def _refuse_unknown(fields: Fields, what: str, given: Mapping[str, Node], known: Iterable[str]) -> None:
    names = list(known)
    for name, node in given.items():
        if name not in names:
            fields.fault(
                node.place,
                f"{fields.what} mentions {name!r}, which is not {what} of this instrument",
                "it could show nothing",
                nearest(name, names, f"there is {listed(names[:9], 'and') or 'none'}"),
            )


def _day(fields: Fields) -> date:
    node = fields.get("on")
    try:
        return EXAMPLE_DAY if node is None else date.fromisoformat(fields.as_text(node, "on"))
    except ValueError:
        fields.fault(
            fields.named["on"].place,
            f"{fields.what} is given on no day",
            "dates are read from it",
            "write on: 2026-05-29",
        )
        return EXAMPLE_DAY
