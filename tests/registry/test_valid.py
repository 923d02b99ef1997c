"""Whether what a record says fits its form, and how what a person types is read."""

import math
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patency.case import Absence, Span
from patency.document import read_document
from patency.fault import Refused
from patency.instrument.model import Item, ItemKind
from patency.registry.entered import read_corrections, read_file, read_typed
from patency.registry.entry import packed, unpacked
from patency.registry.valid import LONGEST_TEXT, check

from .made import forms

TODAY = date(2026, 5, 29)
VISIT = {"date": date(2026, 5, 1)}
FINDING = {"date": date(2026, 5, 1), "concept": "severity", "written": "mild"}
SCALE = {"date": date(2026, 5, 1), "instrument": "villalta", "side": "left"}


def refused(kind: str, values: Mapping[str, Any]) -> str:
    """Return what a record is refused with, or nothing."""
    try:
        check([(kind, values)], forms(), TODAY)
    except Refused as faults:
        return str(faults)
    return ""


TAKEN = [
    ("visit", {**VISIT, "weight": 52.0, "planned": "V3", "ulcer": Absence.DECLINED, "note": "well\nand happy"}),
    ("visit", {**VISIT, "weight": Span(50, 55), "last_contact": Span(739000, 739005)}),
    ("visit", {**VISIT, "pain": Absence.NOT_ASKED}),
    ("visit", {"date": TODAY + timedelta(days=1)}),
    ("episode", {"date": date(2026, 5, 1), "age": Absence.NOT_KNOWN, "provoking": frozenset()}),
    ("episode", {"date": date(2026, 5, 1), "age": 7 / 365.25, "provoking": frozenset({"catheter", "surgery"})}),
    ("finding", FINDING),
    ("finding", {**FINDING, "written": Absence.NOT_KNOWN}),
    ("finding", {**FINDING, "concept": "segments", "written": "{includes: [calf], excludes: [popliteal]}"}),
    ("response", {**SCALE, "answers.pain": "mild", "answers.ulcer": "no", "answers.cramps": Absence.NOT_KNOWN}),
    ("event", {**VISIT, "what": "bleeding", "overt": "yes", "haemoglobin_before": 12.4, "severity": "3"}),
    ("event", {**VISIT, "what": "death", "cause": Absence.NOT_KNOWN}),
]


@pytest.mark.parametrize(("kind", "values"), TAKEN, ids=lambda each: str(each)[:60])
def test_what_fits_is_taken(kind: str, values: dict[str, Any]) -> None:
    """Answers, spans, and reasons for giving none; a day ahead, for somewhere it is tomorrow."""
    assert refused(kind, values) == ""


REFUSED = [
    ("visit", {**VISIT, "wieght": 52.0}, "did you mean 'weight'?"),
    ("visit", {**VISIT, "weight": 5200.0}, "lies between 0.2 and 650 kg"),
    ("visit", {**VISIT, "weight": math.nan}, "lies between"),
    ("visit", {**VISIT, "weight": math.inf}, "lies between"),
    ("visit", {**VISIT, "weight": Span(60, 50)}, "lies between"),
    ("visit", {**VISIT, "weight": "52"}, "it is a number in kg"),
    ("visit", {**VISIT, "weight": True}, "it is a number in kg"),
    ("visit", {**VISIT, "planned": "V4"}, "it is one of baseline"),
    ("visit", {**VISIT, "planned": frozenset({"V3"})}, "it is one of baseline"),
    ("visit", {**VISIT, "note": "a\u202eb"}, "letters that nobody can see"),
    ("visit", {**VISIT, "note": " "}, "it is answered in words"),
    ("visit", {**VISIT, "note": "a" * (LONGEST_TEXT + 1)}, "up to 20,000 letters"),
    ("visit", {}, "'date' is missing"),
    ("visit", {"date": Absence.NOT_KNOWN}, "it takes no reason"),
    ("visit", {"date": Span(739000, 739005)}, "a record stands on one day"),
    ("visit", {"date": date(1899, 12, 31)}, "it lies between 1900-01-01 and 2026-05-30"),
    ("visit", {"date": date(2026, 5, 31)}, "what is to come is not recorded"),
    ("visit", {"date": datetime(2026, 5, 1, 12, 0)}, "it is a day"),
    ("visit", {"date": "2026-05-01"}, "it is a day"),
    ("visit", {**VISIT, "answers.pain": "mild"}, "only a filled-in scale has such"),
    ("visit", {**VISIT, "ulcer": "none", "ulcer_size_cm": 2.0}, "What is not there has no size"),
    ("visit", {**VISIT, "compression": "none", "compression_class": "2"}, "it is asked only when"),
    ("episode", {"date": date(2026, 5, 1), "age": 14.0, "provoking": frozenset({"none"})}, "it is a set of"),
    ("episode", {"date": date(2026, 5, 1), "age": 14.0, "provoking": "surgery"}, "it is a set of"),
    ("event", {**VISIT, "what": "death", "overt": "yes"}, "only when what happened is a bleed"),
    ("finding", {**FINDING, "concept": "severety"}, "did you mean 'severity'?"),
    ("finding", {**FINDING, "written": "milld"}, "did you mean 'mild'?"),
    ("finding", {**FINDING, "written": "{includes: [calf"}, "bracket"),
    ("response", {**SCALE, "instrument": "vilalta"}, "did you mean 'villalta'?"),
    ("response", {**SCALE, "answers.pain": "enormous"}, "it is one of none, mild, moderate or severe"),
    ("response", {**SCALE, "answers.spain": "mild"}, "did you mean 'pain'?"),
    ("response", {**SCALE, "version": "another", "answers.pain": "mild"}, "another version"),
    ("response", {**SCALE, "instrument": "isth-bleeding"}, "is not of one leg"),
    ("response", {"date": date(2026, 5, 1), "instrument": "isth-bleeding", "answers.overt": "no", "answers.fatal": "yes"},
     "A bleed that killed was overt"),
    ("vist", {}, "did you mean 'visit'?"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "values", "said"), REFUSED, ids=lambda each: str(each)[:60])
def test_what_does_not_fit_is_refused(kind: str, values: dict[str, Any], said: str) -> None:
    """Each is refused with what is wrong."""
    assert said in refused(kind, values)


def test_all_is_said_at_once() -> None:
    """Of several records, each fault is shown with the record that it is in."""
    with pytest.raises(Refused) as every:
        check([("visit", {"weight": -1.0}), ("visit", {**VISIT, "planned": "V4"})], forms(), TODAY)
    said = str(every.value)
    assert "visit (1 of 2), weight" in said
    assert "visit (1 of 2): 'date' is missing" in said
    assert "visit (2 of 2), planned" in said


def test_a_version_may_differ_where_only_a_total_is_kept() -> None:
    """A total that another version added up elsewhere is kept as it is, without answers."""
    assert refused("response", {**SCALE, "version": "another", "total": 4.0}) == ""


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_can_be_answered_is_taken_and_comes_back_unchanged(data: st.DataObject) -> None:
    """An answer that an item offers, drawn at random, is taken, and is the same after it was packed to be sealed."""
    kind = data.draw(st.sampled_from([each for each in forms().of if each not in ("finding", "response")]))
    form = forms().of[kind]
    values = {
        item.name: data.draw(_answer(item))
        for item in form.items.values()
        if item.is_required or (item.when is None and data.draw(st.booleans()))
    }
    said = refused(kind, values)
    assert said == "" or "cannot be together" in said
    assert unpacked(packed(values))[0] == values


def _answer(item: Item) -> st.SearchStrategy[Any]:
    if item.absences and not item.is_required:
        return st.one_of(st.sampled_from(item.absences), _value(item))
    return _value(item)


def _value(item: Item) -> st.SearchStrategy[Any]:
    names = list(item.choices)
    match item.kind:
        case ItemKind.MULTIPLE:
            return st.frozensets(st.sampled_from(names))
        case ItemKind.NUMBER:
            assert item.concept is not None
            return st.floats(item.concept.lowest, item.concept.highest)
        case ItemKind.DATE:
            return st.dates(date(1900, 1, 1), TODAY)
        case ItemKind.TEXT:
            return st.text("abc é", min_size=1).map(lambda text: f"a{text}")
    return st.sampled_from(names)


# What a person types


def test_a_pair_is_read_by_name_words_code_or_unit() -> None:
    """Each answer may be written as a response file or a case file writes it."""
    pairs = ["date = 2026-05-01", "planned=6 months", "weight=52000 g", "compression=every day", "compression_class=class 2",
             "ulcer=?not known", "pain=3 to 4", "last_contact=yesterday"]  # fmt: skip
    assert read_typed("visit", pairs, forms(), TODAY) == {
        "date": date(2026, 5, 1), "planned": "V6", "weight": 52.0, "compression": "daily", "compression_class": "2",
        "ulcer": Absence.NOT_KNOWN, "pain": Span(3, 4), "last_contact": date(2026, 5, 28),
    }  # fmt: skip


def test_several_are_typed_in_brackets() -> None:
    """None of several is the empty set, and no blank."""
    pairs = ["date=2026-05-01", "age=14 years", "provoking=[surgery, covid]", "thrombophilia=none"]
    read = read_typed("episode", pairs, forms(), TODAY)
    assert read["provoking"] == frozenset({"surgery", "covid"})
    assert read["thrombophilia"] == frozenset()


def test_a_scale_is_typed_item_by_item() -> None:
    """The answers to a scale's items are named after `answers.`."""
    pairs = ["instrument=villalta", "date=2026-05-01", "answers.pain=mild", "answers.cramps=0"]
    read = read_typed("response", pairs, forms(), TODAY)
    assert (read["answers.pain"], read["answers.cramps"]) == ("mild", "none")


def test_a_file_holds_what_pairs_hold() -> None:
    """A file of names with values, of a scale its answers under `answers:`, is read alike."""
    text = b"instrument: villalta\ndate: 2026-05-01\nanswers: {pain: mild, cramps: not known}\n"
    assert read_file("response", read_document(text, "filled-in.yaml"), forms(), TODAY) == {
        "instrument": "villalta", "date": date(2026, 5, 1), "answers.pain": "mild", "answers.cramps": Absence.NOT_KNOWN,
    }  # fmt: skip
    text = b"concept: segments\ndate: 2026-05-01\nwritten: {includes: [calf], excludes: [popliteal]}\n"
    read = read_file("finding", read_document(text, "finding.yaml"), forms(), TODAY)
    assert read["written"] == "{includes: [calf], excludes: [popliteal]}"


def test_a_correction_takes_a_value_away() -> None:
    """`name=` takes it away; whoever adds a record must answer or leave it out."""
    assert read_corrections("visit", ["weight=", "pain=2"], forms(), TODAY) == {"weight": None, "pain": 2.0}
    with pytest.raises(Refused, match="'weight' is empty"):
        read_typed("visit", ["weight="], forms(), TODAY)


def test_the_scale_of_a_correction_is_the_one_it_was_filled_in_by() -> None:
    """A correction of one answer need not say again which scale it is."""
    assert read_corrections("response", ["answers.pain=severe"], forms(), TODAY, "villalta") == {
        "answers.pain": "severe"
    }


@pytest.mark.parametrize("pair", ["pulmonary_embolism=none or incidental", "provoking={includes: [surgery]}"])
def test_a_record_keeps_no_half_known_choice(pair: str) -> None:
    """What may be one of two is a finding of the vocabulary, or not known."""
    with pytest.raises(Refused):
        read_typed("episode", [pair], forms(), TODAY)
