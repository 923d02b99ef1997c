"""What a claim leads one to expect of a registry, as its file says it.

    expects:
      - outcome: patency-vernacular      # a definition of content/outcomes
        at: [12 months, 24 months]       # of a time to an event
        from: 70                         # a share in percent, both ends included
        to: 90
        extent: iliofemoral              # only where the claim is of such clots
        after: [catheter_lysis]          # only where the claim is of a share after these first treatments
        reported: [patency-primary]      # outcomes as studies count them, by which their own figures are judged
        says: How the claim is read.
        cite: [{source: where-it-is-made, at: Outcomes, mark: inference}]
      - outcome: pts-attract
        compares: [catheter_lysis or pharmacomechanical, anticoagulation_alone]
        direction: less                  # the first has it less often than the second; or: more
        at: [24 months]                  # only of a time to an event
        says: How the claim is read.
        cite: [...]

Not here: whether there is such an outcome, which evidence knows nothing of (outcome/against.py).
"""

import re
from collections.abc import Collection

from patency.document import Fields, Node
from patency.evidence.by_rule import OR
from patency.evidence.study import Expected
from patency.fault import Fault, nearest
from patency.share import Interval
from patency.source import Source, read_cited

TRAITS_OF_EXTENT = ("iliocaval", "iliofemoral", "femoropopliteal")  # as a cut parts them
_MONTHS = re.compile(r"(\d{1,3}) months?")
_WHY = "a registry is set against a figure"


def read_expected(claim: Fields, sources: dict[str, Source], options: Collection[str] | None) -> tuple[Expected, ...]:
    """Read what a claim expects; nothing where it says nothing."""
    return tuple(_expected(node, claim.faults, sources, options) for node in claim.items("expects"))


def _expected(node: Node, faults: list[Fault], sources: dict[str, Source], options: Collection[str] | None) -> Expected:
    fields = Fields(node, faults, "what a claim expects")
    compares = fields.texts("compares")
    expected = Expected(
        outcome=fields.need_text("outcome", _WHY),
        months=tuple(_months(each, fields) for each in fields.items("at")),
        between=None if compares else _between(fields),
        compares=compares,
        direction=fields.choice("direction", ("less", "more"), _WHY) if compares else "",
        extent=fields.choice("extent", ("any", *TRAITS_OF_EXTENT), "a cut parts clots so", "any").replace("any", ""),
        says=fields.need_text("says", "which figure a claim means is a reading, and must be seen to be one"),
        citations=read_cited(fields, sources, ()),
        place=node.place,
        after=fields.texts("after"),
        reported=fields.texts("reported"),
    )
    if compares and len(compares) != 2:
        fields.fault(fields.place, f"it compares {len(compares)} options", "a claim sets one against another",
                     "write 'compares: [the first, the second]'")  # fmt: skip
    for name in (*(each for side in compares for each in side.split(OR)), *expected.after):
        if options is not None and name not in options:
            fields.fault(fields.place, f"there is no option {name!r}", "nobody in a registry could have had it",
                         nearest(name, options, "use the name of an option of content/decisions.yaml"))  # fmt: skip
    fields.close()
    return expected


def _months(node: Node, fields: Fields) -> float:
    text = fields.as_text(node, "at")
    if match := _MONTHS.fullmatch(text):
        return float(match[1])
    if isinstance(node.value, str):
        fields.fault(node.place, f"{text!r} is no number of months", "a curve is read at a time", "write '12 months'")
    return 0.0


def _between(fields: Fields) -> Interval:
    low, high = (_percent(fields, name) for name in ("from", "to"))
    if low > high:
        fields.fault(fields.place, f"from {low:g} to {high:g} percent is nothing", "its lower end comes first",
                     "exchange the two")  # fmt: skip
    return Interval(low / 100, high / 100)


def _percent(fields: Fields, name: str) -> float:
    text = fields.need_text(name, _WHY)
    if re.fullmatch(r"\d{1,3}(\.\d{1,3})?", text) and float(text) <= 100:
        return float(text)
    if text:
        fields.fault(fields.named[name].place, f"{name!r} is {text!r}, no percentage from 0 to 100", "it bounds a share",
                     "write a number such as 70")  # fmt: skip
    return 0.0
