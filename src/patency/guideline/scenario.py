"""Scenarios: how they are read, and whether a guideline does what they expect."""

from collections.abc import Iterable
from datetime import date

from patency.case import Case
from patency.casefile import read_case
from patency.document import Fields, Node
from patency.fault import Fault
from patency.guideline.model import Expectation, Scenario
from patency.truth import Truth
from patency.vocabulary import Vocabulary, refuse_odd_name

_TRUTHS = {truth.name.lower(): truth for truth in Truth}


def read_scenarios(
    nodes: Iterable[Node], guideline: str, vocabulary: Vocabulary, faults: list[Fault]
) -> tuple[Scenario, ...]:
    """Read the scenarios of one guideline; each expects something of it."""
    scenarios = []
    for node in nodes:
        fields = Fields(node, faults, "the scenario")
        if not fields.is_readable:
            continue
        case, found = read_case(node, vocabulary, date(2000, 1, 1), also=("expect",))
        faults.extend(found)
        fields.need_text("case", "a scenario is known by its name")
        fields.need("on", "a scenario gives the same advice for ever, so it says its day")
        expect = fields.need("expect", "a scenario says what advice is expected")
        expects = (read_expectation(expect, guideline, faults),) if expect else ()
        scenarios.append(Scenario(case.name, case, expects, node.place))
    return tuple(scenarios)


def read_patients(documents: Iterable[Node], vocabulary: Vocabulary, faults: list[Fault]) -> tuple[Case, ...]:
    """Read the stated set of patients for whom the guidelines are laid side by side."""
    patients: dict[str, Case] = {}
    for document in documents:
        outer = Fields(document, faults, "the file of patients")
        for node in outer.items("patients"):
            fields = Fields(node, faults, "the patient")
            if not fields.is_readable:
                continue
            case, found = read_case(node, vocabulary, date(2000, 1, 1))
            faults.extend(found)
            if fields.need_text("case", "its published page bears this name"):
                refuse_odd_name(case.name, fields.named["case"].place, faults, "its published page bears this name")
            fields.need_text("about", "a reader must see at a glance who it is")
            fields.need("on", "a patient has the same advice for ever, so it says its day")
            if case.name in patients:
                fields.fault(node.place, f"the patient {case.name!r} is given twice", "one name must mean one patient",
                             "rename one of them")  # fmt: skip
            patients[case.name] = case
        outer.close()
    return tuple(patients.values())


def read_expectation(node: Node, guideline: str, faults: list[Fault]) -> Expectation:
    """Read what is expected of one guideline."""
    fields = Fields(node, faults, f"what is expected of {guideline!r}")
    expires = fields.text("expires")
    rules = {name: _truth(fields, name, each) for name, each in fields.group("rules").items()}
    opinions = {
        option: tuple(grade.strip() for grade in fields.as_text(each, option).split(","))
        for option, each in fields.group("opinions").items()
    }
    scope = fields.get("scope")
    is_settled = fields.choice("settled", ["yes", "no"], "advice is settled, or it is not", "yes")
    settled = _TRUTHS[is_settled] if "settled" in fields.named else None
    expectation = Expectation(
        guideline,
        _truth(fields, "scope", scope) if scope else None,
        rules,
        opinions,
        settled,
        _day(fields, expires),
        expires == "never",
        fields.texts("asks_first"),
    )
    fields.close()
    return expectation


def _truth(fields: Fields, name: str, node: Node) -> Truth:
    text = fields.as_text(node, name)
    if text not in _TRUTHS:
        fields.fault(
            node.place, f"{name!r} is expected to be {text!r}", "it is yes, no or unknown", "write one of them"
        )
    return _TRUTHS.get(text, Truth.UNKNOWN)


def _day(fields: Fields, text: str) -> date | None:
    if text in ("", "never"):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        fields.fault(
            fields.named["expires"].place, f"'expires' cannot be {text!r}", "it is a day", "write 2026-05-29, or never"
        )
        return None
