"""A data dictionary of REDCap becomes an instrument, and an instrument a data dictionary."""

import csv
import io
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patency.case import Case, Finding, Members, Span
from patency.document import read_document
from patency.fault import Fault, Place
from patency.instrument.asked import Asked
from patency.instrument.model import Instrument, Item, ItemKind
from patency.instrument.read import read_instrument
from patency.instrument.redcap import import_dictionary
from patency.instrument.redcap_export import export_dictionary
from patency.instrument.redcap_logic import read_logic
from patency.instrument.redcap_made import SOURCE
from patency.instrument.redcap_row import COLUMNS
from patency.instrument.redcap_words import Known, Scope, condition, formula
from patency.source import Source
from patency.truth import Truth
from patency.vocabulary import Vocabulary

DAY = date(2026, 5, 29)
SOURCES = {SOURCE: Source(SOURCE, "note", "", "", 2026, "", "", Place(""))}
FIELDS = {
    each.name: each
    for each in (
        Known("grade", ItemKind.SINGLE, {"1": "mild", "2": "moderate", "3": "severe"}),
        Known("ulcer", ItemKind.YES_NO, {"1": "yes", "0": "no"}),
        Known("veins", ItemKind.MULTIPLE, {"1": "femoral", "2": "iliac"}),
        Known("calf", ItemKind.NUMBER, {}, "cm"),
        Known("onset", ItemKind.DATE, {}),
        Known("why", ItemKind.TEXT, {}),
        Known("total", None, {}),
    )
}

BRANCHING = """
[grade] = '1'                                      grade = mild
[grade] = "1" or [grade] = "3"                     grade in [mild, severe]
[grade] <> '1'                                     not answered(grade) or grade != mild
[grade] <> '1' and [grade] <> ''                   grade != mild
[grade] >= 2                                       grade in [moderate, severe]
[ulcer] = '1' and [grade] = '3'                    ulcer and grade = severe
[ulcer] = 0                                        not ulcer
not ([ulcer] = '1' and [grade] = '3')              not (ulcer and grade = severe)
!([ulcer] = '1')                                   not answered(ulcer) or not ulcer
[veins(2)] = '1'                                   veins has iliac
[veins(2)] = '0' && [veins(1)]                     not veins has iliac and veins has femoral
[calf] > 38.5                                      calf > 38.5 cm
38.5 < [calf]                                      calf > 38.5 cm
[calf] <> '' and [calf] < 40                       calf < 40 cm
[why] <> ''                                        answered(why)
[why] = '' or isblankormissingcode([calf])         not answered(why) or not answered(calf)
datediff([onset], 'today', 'd') <= 14              days_since(onset) <= 14 days
datediff('today', [onset], 'y') < 2                days_since(onset) < 730.485 days
([grade] = '1' or [ulcer] = '1') and [calf] > 3    (grade = mild or ulcer) and calf > 3 cm
"""


@pytest.mark.parametrize("line", BRANCHING.strip().splitlines())
def test_a_branching_logic_is_said_in_patencys_language(line: str) -> None:
    """A blank that REDCap lets pass is said; a comparison says by itself that its field was answered."""
    logic, said = (part.strip() for part in (line[:51], line[51:]))
    assert condition(read_logic(logic), Scope(FIELDS)) == said


CALCULATIONS = """
[grade] + [calf]                                              grade + calf
sum([grade], [calf], 2)                                       sum(grade, calf, 2)
round(mean([calf], 3) * 2, 1)                                 round(mean(calf, 3) * 2, 1)
[calf] - ([grade] - 1)                                        calf - (grade - 1)
([calf] + 1) / -[grade]                                       (calf + 1) / (-grade)
if([ulcer] = '1' and [grade] <> '2', 15, abs([calf]))         if(ulcer and grade != moderate, 15, abs(calf))
[veins(1)] + [veins(2)] * 2                                   if(veins has femoral, 1, 0) + if(veins has iliac, 1, 0) * 2
if([grade] <> '' and [calf] <> '', [grade] + [calf], '')      grade + calf
if([grade] = '' or [calf] = '', "", [grade])                  grade
if([total] >= 5, 1, 0)                                        if(total >= 5, 1, 0)
"""


@pytest.mark.parametrize("line", CALCULATIONS.strip().splitlines())
def test_a_calculated_field_is_a_formula(line: str) -> None:
    """A check that nothing is blank falls away, for a blank leaves a score of Patency open by itself."""
    logic, said = (part.strip() for part in (line[:62], line[62:]))
    assert formula(read_logic(logic), Scope(FIELDS, is_score=True)) == said


def read(text: str) -> Instrument:
    faults: list[Fault] = []
    instrument = read_instrument(
        read_document(text.encode(), "made.yaml"), text.encode(), SOURCES, Vocabulary(), faults
    )
    assert faults == []
    return instrument


def carried(instrument: Instrument) -> Instrument:
    """Export an instrument, and import what came of it."""
    found = import_dictionary(export_dictionary(instrument).text.encode(), "made.csv", DAY)
    assert found.faults == ()
    return read(found.text)


WORDS = st.text("abc ,;=+-@<>&|éß中'\"\n", min_size=1, max_size=12).map(lambda text: " ".join(f"w {text} w".split()))
NAMES = ["first", "second", "third", "fourth"]
KINDS = ["yes/no", "single", "ordered", "multiple", "number", "date", "text"]


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@st.composite
def conditions(draw: st.DrawFn, kinds: dict[str, str], depth: int = 2) -> str:
    name = draw(st.sampled_from(sorted(kinds)))
    if depth and draw(st.booleans()):
        shape = draw(st.sampled_from(["({}) and ({})", "({}) or ({})", "not ({})"]))
        parts = [draw(conditions(kinds, depth - 1)) for _ in range(shape.count("{}"))]
        return shape.format(*parts)
    match kinds[name]:
        case "yes/no":
            return name
        case "single":
            return f"{name} {draw(st.sampled_from(['= a', '!= b', 'in [a, c]']))}"
        case "ordered":
            return f"{name} {draw(st.sampled_from(['>= b', '< c', '!= a', '= b']))}"
        case "multiple":
            return f"{name} {draw(st.sampled_from(['has a', 'has any [a, b]', 'has all [b, c]']))}"
        case "number":
            return f"{name} {draw(st.sampled_from(['<', '<=', '>', '>=', '=', '!=']))} 2 cm"
        case "date":
            return f"days_since({name}) {draw(st.sampled_from(['<', '>=']))} 7 days"
    return f"answered({name})"


@st.composite
def instruments(draw: st.DrawFn) -> str:
    """Draw an instrument of every kind of item, with branching, points, codes and collapsed answers."""
    kinds: dict[str, str] = {}
    lines = ["instrument: made", "title: Made up", "version: '1'", "unit: one", "licence: none",
             f"cite: [{{source: {SOURCE}, mark: unverified}}]", "items:"]  # fmt: skip
    for name in NAMES[: draw(st.integers(1, 4))]:
        kind = draw(st.sampled_from(KINDS))
        lines += [f"  {name}:", f"    asks: {quoted(draw(WORDS))}", f"    type: {kind}"]
        if draw(st.booleans()):
            lines += [f"    help: {quoted(draw(WORDS))}"]
        if kind in ("single", "ordered", "multiple"):
            words = draw(st.lists(WORDS.map(lambda text: text.replace("|", "/")), min_size=3, max_size=3, unique=True))
            codes = draw(st.sampled_from([["a", "b", "c"], ["1", "2", "3"], ["-1", "x_1", "9.5"]]))
            points = draw(st.booleans())
            lines += ["    answers:"]
            for answer, said, code in zip("abc", words, codes, strict=True):
                worth = f", points: {ord(answer) - 96}" if points else ""
                lines += [f"      {answer}: {{words: {quoted(said)}, code: '{code}'{worth}}}"]
            if draw(st.booleans()):
                lines += ["    collapse: {any: {words: any of them, of: [a, b]}}"]
        if kind == "number":
            lines += ["    unit: cm", "    also: {mm: 0.1}", "    range: [0, 30.5]"]
        is_hung: bool = draw(st.booleans())
        if kinds and is_hung:
            lines += [f"    when: {quoted(draw(conditions(kinds)))}"]
        kinds[name] = kind
    return "\n".join([*lines, "examples: {blank: {answers: {}}}"])


def plainly(item: Item) -> tuple[object, ...]:
    """Return what REDCap can hold of an item, its branching apart."""
    concept = item.concept
    measured = (concept.unit, concept.units, concept.lowest, concept.highest) if concept else ()
    return (item.name, item.kind, item.asks, item.help, tuple(item.choices.values()), item.collapsed, measured)


def cases(instrument: Instrument) -> list[Case]:
    """Return cases in which every item is answered, in every way that a condition here can tell apart."""
    ways: list[list[Finding]] = []
    for item in instrument.items.values():
        values: Any = {
            ItemKind.YES_NO: [Truth.YES, Truth.NO],
            ItemKind.NUMBER: [Span(each, each) for each in (1.0, 2.0, 3.0)],
            ItemKind.DATE: [Span(day.toordinal(), day.toordinal()) for day in (DAY, DAY - timedelta(days=30))],
            ItemKind.TEXT: [None],
            ItemKind.MULTIPLE: [
                Members(frozenset(each), frozenset("abc") - frozenset(each)) for each in ("a", "bc", "ab")
            ],
        }.get(item.kind, [frozenset({each}) for each in item.choices])
        ways.append([Finding(item.name, value, DAY, "x") for value in values])
    return [Case(DAY, {finding.concept: finding for finding in way}) for way in product(*ways)]


@settings(max_examples=60, deadline=None)
@given(instruments())
def test_what_is_exported_is_imported_again(text: str) -> None:
    """Names, words, codes, points, units, bounds and branching come back; labels that a spreadsheet might run too."""
    instrument = read(text)
    back = carried(instrument)
    assert [plainly(item) for item in back.items.values()] == [plainly(item) for item in instrument.items.values()]
    for name, item in instrument.items.items():
        assert (item.when is None) is (back.items[name].when is None)
        for case in cases(instrument) if item.when is not None else []:
            assert Asked(instrument.items, case).of(item) is Asked(back.items, case).of(back.items[name])


def test_a_dictionary_has_redcaps_columns_and_the_record_first() -> None:
    """Every REDCap project needs a record's own number; it is not an answer and does not come back."""
    instrument = read(
        f"instrument: made\ntitle: m\nversion: '1'\nunit: one\nlicence: none\ncite: [{{source: {SOURCE}, mark: unverified}}]\n"
        "items: {pain: {asks: '=1+1?', type: yes/no}}\nexamples: {blank: {answers: {}}}\n"
    )
    rows = list(csv.reader(io.StringIO(export_dictionary(instrument).text)))
    assert tuple(rows[0]) == COLUMNS
    assert [row[0] for row in rows[1:]] == ["record_id", "pain"]
    assert rows[2][4] == "'=1+1?", "no spreadsheet runs it"
    assert list(carried(instrument).items) == ["pain"]
    assert carried(instrument).items["pain"].asks == "=1+1?"


def test_a_blank_leaves_an_exported_total_open_in_redcap_too() -> None:
    """REDCap's sum() adds up what is there; a + b is blank where one is, and so is what is made of it."""
    instrument = read(
        f"instrument: made\ntitle: m\nversion: '1'\nunit: one\nlicence: none\ncite: [{{source: {SOURCE}, mark: unverified}}]\n"
        "items: {pain: {asks: p, type: yes/no}, ache: {asks: a, type: yes/no}}\n"
        "scores:\n  total: {words: t, number: 'sum(pain, ache)'}\n  bad: {words: b, bands: {no: no, yes: {words: y, when: total >= 2}}}\n"
        "examples: {blank: {answers: {}, scores: {total: 0 to 2}}}\n"
    )
    rows = {row[0]: row[5] for row in csv.reader(io.StringIO(export_dictionary(instrument).text))}
    assert rows["total"] == "([pain] + [ache])"
    assert rows["bad"] == "if([total] <> '', if(([total] <> '' and [total] >= 2), 1, 0), '')"
    back = carried(instrument)
    assert back.scores["total"].number is not None
    assert back.scores["bad"].uses == ("total",)


def test_an_import_is_unverified_and_its_scores_are_drafts() -> None:
    """A dictionary does not say where its questions come from, so nobody has confirmed them."""
    text = ",".join(f'"{name}"' for name in COLUMNS) + "\n"
    text += "record_id,ward,,text,Id,,,,,,,,,,,,,\n"
    text += 'pain,ward,<b>Signs</b>,radio,"<p>Pain <i>now</i></p>","0, None | 1, Mild & worse",,,,,,,,,,,,\n'
    text += "total,ward,,calc,Total,[pain] * 2,,,,,,,,,,,,\n"
    found = import_dictionary(text.encode(), "ward.csv", DAY)
    instrument = read(found.text)
    assert (instrument.items["pain"].section, instrument.items["pain"].asks) == ("Signs", "Pain now")
    assert instrument.scores["total"].is_draft
    assert [each.source for each in instrument.citations] == [SOURCE]
    assert "ward.csv, 2026-05-29" in found.text
    assert instrument.examples[0].expects.keys() == {"total"}
