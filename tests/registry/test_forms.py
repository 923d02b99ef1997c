"""The forms: each kind of record has one, its examples are met, and it is what the contract of its fields says."""

import csv
import io
from datetime import date

import pytest

from patency.fault import Refused
from patency.instrument.check import unmet
from patency.instrument.model import Instrument, ItemKind
from patency.instrument.read import read_instruments
from patency.instrument.redcap import import_dictionary
from patency.instrument.redcap_export import export_dictionary
from patency.registry.kinds import KINDS

from .made import forms, library

FORMS = list(forms().of.values())
IDS = [form.id for form in FORMS]


def test_each_kind_of_record_has_a_form() -> None:
    """Whatever can be kept can be entered."""
    assert [form.id for form in FORMS] == list(KINDS)


@pytest.mark.parametrize("form", FORMS, ids=IDS)
def test_its_examples_are_met(form: Instrument) -> None:
    """A worked record is taken, and one that cannot be is refused."""
    assert [str(fault) for fault in unmet(form)] == []


def test_every_check_of_a_form_is_shown_by_a_record_that_it_refuses() -> None:
    """Each check has an example of its name that is refused."""
    for form in FORMS:
        refused = {example.name for example in form.examples if example.is_refused}
        assert len(refused) >= len(form.checks), form.id


def test_what_dates_a_record_is_called_date() -> None:
    """A dated kind calls its main date `date`, and nobody is taken without it, save for a vein that is read with the leg."""
    dated = {form.id for form in FORMS if "date" in form.items}
    assert dated == {
        "consent", "episode", "finding", "segment", "procedure", "filter", "visit", "response", "imaging", "event",
        "consult", "query", "screening",
    }  # fmt: skip
    optional = {form.id for form in FORMS if "date" in form.items and not form.items["date"].is_required}
    assert optional == {"segment", "query"}


def test_no_item_asks_who_the_patient_is() -> None:
    """No form has a place for a name, a record number or a date of birth; the pseudonym is free text of the patient alone."""
    odd = ("name", "birth", "address", "phone", "mrn", "insurance")
    named = [f"{form.id}.{name}" for form in FORMS for name in form.items if any(each in name for each in odd)]
    assert named == ["patient.sex_at_birth", "screening.sex_at_birth"]


def test_what_feeds_a_concept_means_the_same() -> None:
    """An item that is a finding has the concept's unit and answers; the reader refuses others."""
    fed = {f"{form.id}.{item.name}": item.feeds for form in FORMS for item in form.items.values() if item.feeds}
    assert fed["episode.date"] == "diagnosed_on"
    for form in FORMS:
        for item in form.items.values():
            if item.feeds and item.concept is not None:
                assert item.concept.unit == library().lexicon.vocabulary.concepts[item.feeds].unit, item.name


def test_each_item_is_cited() -> None:
    """No item is asked without the source that it rests on, or the word that it is Patency's own choice."""
    assert all(item.citations for form in FORMS for item in form.items.values())


@pytest.mark.parametrize("form", FORMS, ids=IDS)
def test_it_is_a_redcap_dictionary(form: Instrument) -> None:
    """A form can be exported as a REDCap dictionary: a row for each item, beside the head and the record's number."""
    head, *rows = csv.reader(io.StringIO(export_dictionary(form).text))
    assert [row[0] for row in rows][1:] == list(form.items)
    forced = {row[0] for row in rows if row[head.index("Required Field?")] == "y"}
    assert forced == {name for name, item in form.items.items() if item.is_required and not item.absences}


@pytest.mark.parametrize("form", FORMS, ids=IDS)
def test_a_redcap_dictionary_comes_back_as_the_same_form(form: Instrument) -> None:
    """Exported to REDCap and imported again, a form has the same items, of the same kinds, with the same answers."""
    imported = import_dictionary(export_dictionary(form).text.encode(), "form.csv", date(2026, 5, 1))
    assert imported.faults == ()
    again = read_instruments({"form.yaml": imported.text.encode()}, library().sources, library().lexicon.vocabulary)[
        form.id
    ]
    assert shape(again) == shape(form)


def shape(form: Instrument) -> list[tuple[str, ItemKind, list[str], bool]]:
    """Return the items of a form, their kinds, their answers, and whether each hangs on another."""
    return [(item.name, item.kind, list(item.choices), item.when is not None) for item in form.items.values()]


def test_what_is_required_is_answered_in_some_way() -> None:
    """A pseudonym and a date take no reason for being absent; an age may be not known."""
    assert forms().of["patient"].items["pseudonym"].absences == ()
    assert forms().of["visit"].items["date"].absences == ()
    assert forms().of["episode"].items["age"].absences != ()


def test_a_form_that_is_missing_is_refused() -> None:
    """A content directory without forms is none of a registry."""
    from patency.guideline.files import CONTENT
    from patency.registry.forms import read_forms

    with pytest.raises(Refused, match="there is no form for patients"):
        read_forms(library(), CONTENT / "grades")


def test_free_text_is_asked_where_nothing_else_will_do() -> None:
    """Free text leaves in no cut; whoever adds one here has seen that it is one."""
    texts = [f"{form.id}.{item.name}" for form in FORMS for item in form.items.values() if item.kind is ItemKind.TEXT]
    assert texts == [
        "patient.pseudonym", "consent.form_version", "finding.concept", "finding.written", "finding.source",
        "procedure.marder_weights_other", "procedure.success_rule_other", "step.device", "stent.model_other", "visit.note",
        "response.instrument", "response.version", "medication.drug_other", "medication.note", "event.note",
        "consult.case_hash", "consult.library_hash", "consult.patency_version", "consult.guidelines", "consult.page_hash",
        "consult.favoured", "consult.decided_by", "consult.why", "query.rule", "query.kind", "query.record", "query.answer",
    ]  # fmt: skip
