"""From a survey's file to a Survey, or every Fault in it at once.

In: YAML, the instruments that surveys ask, and the sources they may cite. Out: Surveys. What its authors did not state
is left out of the file, and stays unknown. Of its practice block it is checked here that the question and its answers
exist; what they mean to a consult is checked where published practice is read.

Not here: the answers (arrive.py), how those who were invited were counted (read_frame.py).
"""

from collections.abc import Mapping
from datetime import date

from patency.document import Fields, Node, readable
from patency.fault import Fault, Faults, Refused, listed, nearest
from patency.instrument.conditions import Order, read_condition
from patency.instrument.model import Instrument, Item
from patency.instrument.read import hash_of
from patency.language.terms import Term, concepts_of
from patency.practice.checklist import ENTRIES
from patency.practice.read_frame import read_frame, read_outcome, read_visits
from patency.practice.read_published import meant_by
from patency.practice.survey import FieldPeriod, Responses, Speaks, Survey
from patency.source import Source, read_citations
from patency.vocabulary import refuse_odd_name

FINISHED = "finished"
_ETHICS = ("board", "decision", "consent")


def read_surveys(
    files: Mapping[str, bytes],
    instruments: Mapping[str, Instrument],
    sources: Mapping[str, Source],
    directory: str = "",
    known: Mapping[str, Survey] = {},
) -> dict[str, Survey]:
    """Read survey files, and return them beside those known already; refuse them with every Fault found."""
    faults: list[Fault] = Faults()
    found = dict(known)
    for name, content in files.items():
        node = readable(content, f"{directory}/{name}" if directory else name, faults)
        if node is None:
            continue
        survey = read_survey(node, content, instruments, sources, faults)
        if survey is None:
            continue
        if survey.id in found:
            what = f"the survey {survey.id!r} is given twice (first at {found[survey.id].place})"
            faults.append(Fault(node.place, what, "one name must mean one survey", "rename one of them"))
        found.setdefault(survey.id, survey)
    if faults:
        raise Refused(faults)
    return found


def read_survey(
    node: Node,
    content: bytes,
    instruments: Mapping[str, Instrument],
    sources: Mapping[str, Source],
    faults: list[Fault],
) -> Survey | None:
    """Read one survey; none where nobody can tell which instrument it asks, and not to be used where there are faults."""
    fields = Fields(node, faults, "the survey")
    name = fields.need_text("survey", "it is asked for by this name")
    if name:
        refuse_odd_name(name, fields.named["survey"].place, faults, "pages and files bear it")
    instrument = _instrument(fields, instruments)
    if instrument is None:
        return None
    complete, is_finished_needed = _complete(fields, instrument)
    survey = Survey(
        id=name,
        title=fields.need_text("title", "a report is headed by it"),
        short=fields.text("short") or name,
        instrument=instrument,
        label=fields.text("label"),
        citations=read_citations(fields, dict(sources)),
        frame=read_frame(fields),
        field=_field(fields),
        ethics=_ethics(fields),
        outcome=read_outcome(fields),
        visits=read_visits(fields),
        facts=_facts(fields),
        complete=complete,
        is_finished_needed=is_finished_needed,
        responses=_responses(fields),
        practice=_practice(fields, instrument),
        content_hash=hash_of(content),
        place=node.place,
        is_margins_only=fields.choice(
            "margins_only", ("yes", "no"), "what two answers say together is told, or not", "no"
        )
        == "yes",
    )
    fields.close()
    _refuse_more_than_invited(survey, fields)
    if survey.is_margins_only and not survey.label:
        fields.fault(
            fields.named["margins_only"].place,
            "the answers were put together from margins, and no 'label' says so",
            "they would pass for real responses",
            "add a line such as 'label: reconstructed from published margins, not real responses'",
        )
    return survey


def _instrument(fields: Fields, instruments: Mapping[str, Instrument]) -> Instrument | None:
    name = fields.need_text("instrument", "its answers mean nothing without what was asked")
    if name and name not in instruments:
        fields.fault(
            fields.named["instrument"].place,
            f"there is no instrument {name!r}",
            "its answers mean nothing without what was asked",
            nearest(name, instruments, "`patency instrument list` lists them"),
        )
    return instruments.get(name)


def _field(fields: Fields) -> FieldPeriod:
    node = fields.get("field")
    if node is None:
        return FieldPeriod(None, None)
    entry = Fields(node, fields.faults, "the field period")
    first, last = _day(entry, "from"), _day(entry, "to")
    entry.close()
    if first and last and last < first:
        entry.fault(
            entry.named["to"].place,
            f"the field period ends on {last}, before it begins on {first}",
            "answers were taken from its first day to its last",
            "check both days",
        )
    return FieldPeriod(first, last)


def _day(fields: Fields, name: str) -> date | None:
    text = fields.text(name)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        fields.fault(
            fields.named[name].place,
            f"{name!r} cannot be {text!r}",
            "it is a day",
            "write it as 2026-05-29, or leave it out where it is not known",
        )
        return None


def _ethics(fields: Fields) -> dict[str, str]:
    node = fields.get("ethics")
    if node is None:
        return {}
    entry = Fields(node, fields.faults, "the part on ethics")
    stated = {name: entry.text(name) for name in _ETHICS}
    entry.close()
    return {name: text for name, text in stated.items() if text}


def _facts(fields: Fields) -> dict[str, str]:
    names = [entry.name for entry in ENTRIES]
    facts = {}
    for name, node in fields.group("facts").items():
        if name not in names:
            place = (fields.named["facts"].keys or {}).get(name, node.place)
            fields.fault(
                place,
                f"{name!r} is no fact of the checklist",
                "what is not on it would not be printed",
                nearest(name, names, f"use one of: {', '.join(names)}"),
            )
        facts[name] = fields.as_text(node, name)
    return {name: text for name, text in facts.items() if text}


def _complete(fields: Fields, instrument: Instrument) -> tuple[Term | None, bool]:
    """Read which responses are analysed: those for which a condition holds, or all that were finished."""
    node = fields.get("complete")
    text = "" if node is None else fields.as_text(node, "complete")
    if node is None or not text or text == FINISHED:
        return None, text == FINISHED
    order = Order({name: item.concept for name, item in instrument.items.items()}, {})
    term = read_condition(text, node.place, order, "", fields.faults)
    if term is not None:
        assert set(concepts_of(term)) <= set(instrument.items), "only items were there to be mentioned"
    return term, False


def _responses(fields: Fields) -> Responses | None:
    node = fields.get("responses")
    if node is None:
        return None
    entry = Fields(node, fields.faults, "the part on responses")
    file = entry.need_text("file", "it names the file of answers")
    mapping = entry.text("mapping")
    entry.close()
    for name in (file, mapping):
        if "/" in name or "\\" in name or name in (".", ".."):
            entry.fault(
                node.place,
                f"the file {name!r} is in another folder",
                "answers lie beside the file of their survey, and nowhere else",
                "write its name alone",
            )
    return Responses(file, mapping, node.place)


def _practice(fields: Fields, instrument: Instrument) -> dict[str, Speaks]:
    found = {}
    for name, node in fields.group("practice").items():
        item = instrument.items.get(name)
        chosen = {each.name: each for each in instrument.items.values() if each.kind.is_chosen}
        if item is None or item.name not in chosen:
            fields.fault(
                node.place,
                f"{name!r} is no question whose answers are chosen",
                "a consult shows how many chose each answer",
                nearest(name, chosen, f"name a question of {instrument.id!r}"),
            )
            continue
        found[name] = _speaks(node, item, fields.faults)
    return found


def _speaks(node: Node, item: Item, faults: list[Fault]) -> Speaks:
    entry = Fields(node, faults, f"what {item.name!r} says")
    decision = entry.need_text("decision", "a consult shows it beside what guidelines say of the same")
    when = entry.need_text("when", "a consult shows it only to patients it speaks of")
    for name in ("given", "given_short", "only"):
        entry.get(name)  # read where published practice is
    entry.need("means", "each answer is an option, or itself")
    named = [*(item.choices or ("yes", "no")), *(each.name for each in item.collapsed)]
    means = {}
    for answer, each in entry.group("means").items():
        means[answer] = meant_by(entry, answer, each)
        if answer not in named:
            entry.fault(
                each.place,
                f"{item.name!r} cannot be answered {answer!r}",
                f"its answers are {listed(named)}",
                nearest(answer, named, "name one of them"),
            )
    entry.close()
    return Speaks(item.name, decision, when, means, node, node.place)


def _refuse_more_than_invited(survey: Survey, fields: Fields) -> None:
    counted = [each for each in survey.outcome[:6] if each is not None]
    invited = survey.frame.invited
    if invited is not None and sum(counted) > invited:
        fields.fault(
            fields.named["outcome"].place,
            f"the outcome counts {sum(counted)} people, and {invited} were invited",
            "each of them came to one end",
            "check the counts",
        )
