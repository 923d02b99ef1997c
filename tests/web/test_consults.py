"""The consult over HTTP, as a browser without JavaScript meets it."""

import io
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from patency.consult.html import to_html
from patency.consult.json import to_json
from patency.document import read_bytes, read_document
from patency.guideline.model import Library
from patency.web.app import application
from patency.web.draft import ALL, Draft, from_document
from patency.web.entered import entered
from patency.web.guard import Rules, guarded
from patency.web.log import Log

from .visiting import Page, Visitor

TODAY = date(2026, 5, 29)
WORKED = Path("examples/acute-severe-adult.yaml")


@pytest.fixture(scope="module")
def worked() -> Draft:
    """Return the worked patient, as the form takes him in."""
    return from_document(read_document(read_bytes(WORKED), WORKED.name))


@pytest.fixture(scope="module")
def visitor(library: Library) -> Visitor:
    """Return somebody at a browser, with one example to open."""
    return Visitor(application(library, {WORKED.stem: WORKED.read_bytes()}, today=lambda: TODAY))


def questions(page: Page) -> list[str]:
    return [part.partition("</legend>")[0] for part in page.text.split("<legend>")[1:]]


def test_the_start_asks_first_what_ask_asks_first(visitor: Visitor, library: Library) -> None:
    page = visitor.open("/")
    first = entered(Draft(), library, TODAY).consult

    assert first is not None
    assert questions(page) == [first.questions[0].asks]
    assert "Next" in page.words


def test_an_answer_leads_to_the_next_question_and_to_its_page(visitor: Visitor) -> None:
    page = visitor.send(visitor.open("/"), {"age": "45", "age.unit": "year"})

    assert ("age", "45") in page.form.posted
    assert questions(page)[0] != "How old is the patient?"
    assert "age: 45 years" in page.words


def test_a_question_that_is_passed_over_comes_last(visitor: Visitor) -> None:
    start = visitor.open("/")
    page = visitor.send(start, {".skip": "age"})

    assert questions(page)[0] != "How old is the patient?"
    assert "age: " not in page.words.partition("Sources")[0]
    everything = visitor.send(page, {".mode": ALL})
    assert questions(everything)[-1] == "How old is the patient?" or "How old is the patient?" in questions(everything)


def test_not_known_is_an_answer_and_has_a_reason(visitor: Visitor) -> None:
    page = visitor.send(visitor.open("/"), {"age.unknown": "yes", "age.why": "declined"})

    assert "age: declined" in page.words
    assert questions(page)[0] != "How old is the patient?"


def test_all_questions_stand_in_the_order_of_ask_under_their_decisions(
    visitor: Visitor, library: Library, worked: Draft
) -> None:
    page = visitor.send(visitor.open(f"/examples/{WORKED.stem}"), {".mode": ALL})
    consult = entered(worked, library, TODAY).consult

    assert consult is not None
    asked = [question.asks for question in consult.questions if len(question.concepts) == 1 or question.is_panel]
    shown = [each for each in questions(page) if each in asked]
    assert len(shown) > 20
    assert shown[:10] == [each for each in asked if each in shown][:10]


def test_what_nobody_asked_for_can_be_answered_too(visitor: Visitor) -> None:
    page = visitor.send(visitor.open("/"), {".add": "platelets"})

    assert "field-platelets" in page.form.ids
    page = visitor.send(page, {"platelets": "35"})
    assert "the platelet count: 35 10^9/L" in page.words


def test_a_limb_threat_entered_late_comes_first(visitor: Visitor) -> None:
    page = visitor.send(visitor.open(f"/examples/{WORKED.stem}"), {"limb_threat": "yes"})
    before = page.text.partition('class="patient"')[0]

    assert 'class="alert"' in before


def test_the_form_comes_back_with_what_was_typed_and_a_cell_opens_its_rule(visitor: Visitor) -> None:
    page = visitor.open(f"/examples/{WORKED.stem}")

    assert 'popovertarget="rule-acr-2020-v2"' in page.text
    assert 'id="rule-acr-2020-v2"' in page.text
    card = page.text.partition('id="rule-acr-2020-v2"')[2].partition("</div>")[0]
    assert "No clinician has reviewed this rule" in card
    assert "read second-hand" in card
    assert 'class="truth"' in card
    assert "library/guidelines/acr-2020.html#rule-v2" in card


def test_every_link_is_relative_so_that_any_path_above_will_do(visitor: Visitor) -> None:
    for path in ("/", f"/examples/{WORKED.stem}", "/examples/nobody", "/a/b/c/"):
        page = visitor.open(path)
        for part in ("href", "src", "action", "formaction"):
            for address in [each.partition('"')[0] for each in page.text.split(f' {part}="')[1:]]:
                assert not address.startswith(("/", "http")), (path, address)


def test_downloads_are_what_the_command_line_gives(visitor: Visitor, library: Library, worked: Draft) -> None:
    page = visitor.open(f"/examples/{WORKED.stem}")
    consult = entered(worked, library, TODAY).consult

    assert consult is not None
    assert visitor.send(page, press="consult.html").text == to_html(consult)
    assert json.loads(visitor.send(page, press="consult.json").text) == json.loads(to_json(consult))


@pytest.mark.parametrize("press", ["consult.html", "consult.json", "case.yaml"])
def test_what_has_a_fault_is_not_given_away_as_a_file(press: str, visitor: Visitor) -> None:
    page = visitor.send(visitor.open(f"/examples/{WORKED.stem}"), {"age": "forty"}, press)

    assert page.code == 422
    assert "One thing needs mending" in page.words


def test_a_page_with_answers_is_kept_by_nobody_and_sets_no_cookie(visitor: Visitor) -> None:
    page = visitor.open(f"/examples/{WORKED.stem}")
    for press in ("consult", "consult.html", "consult.json", "case.yaml", "keep"):
        answer = visitor.send(page, press=press).answer
        assert answer.headers["cache-control"] == "no-store"
        assert "set-cookie" not in answer.headers


def test_a_file_that_is_no_case_is_refused_in_words(visitor: Visitor) -> None:
    assert "no file was chosen" in visitor.post("/open", files={"file": ("", b"")}).words
    assert "this is not YAML" in visitor.post("/open", files={"file": ("a.yaml", b"a: [")}).words
    assert "the file is not UTF-8" in visitor.post("/open", files={"file": ("a.yaml", b"\xff\xfe")}).words
    assert "it needs names with values" in visitor.post("/open", files={"file": ("a.yaml", b"- a\n- b")}).words


@pytest.mark.parametrize(
    ("method", "path", "sent", "code"),
    [
        ("GET", "/examples/nobody", {}, 404),
        ("GET", "/assets/nothing.css", {}, 404),
        ("GET", "/nowhere/at/all", {}, 404),
        ("POST", "/", {}, 405),
        ("GET", "/case.yaml", {}, 405),
        ("POST", "/consult", {"json": {}}, 415),
        ("POST", "/consult", {"content": b"\xff=1", "headers": {"content-type": "application/x-www-form-urlencoded"}}, 400),
        ("POST", "/consult", {"content": b"a=1&" * 6000, "headers": {"content-type": "application/x-www-form-urlencoded"}}, 400),
        ("POST", "/open", {"content": b"--", "headers": {"content-type": "multipart/form-data"}}, 400),
        ("POST", "/open", {"json": {}}, 415),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_is_refused_in_words(
    method: str, path: str, sent: dict[str, object], code: int, visitor: Visitor
) -> None:
    page = visitor.open(path) if method == "GET" else visitor.post(path, **sent)

    assert page.code == code
    assert "<h1>" in page.text
    assert "Traceback" not in page.text


def test_somebody_who_comes_back_to_a_page_s_address_is_sent_to_the_start(visitor: Visitor) -> None:
    for path in ("/consult", "/open", "/keep", "/kept", "/forget"):
        answer = visitor.open(path).answer
        assert (answer.status_code, answer.headers["location"]) == (303, "./")


def test_without_given_examples_the_stated_patients_can_be_opened(library: Library) -> None:
    visitor = Visitor(application(library, today=lambda: TODAY))

    for patient in library.patients:
        assert visitor.open(f"/examples/{patient.name}").code == 200


def test_the_start_is_the_same_for_the_second_who_opens_it(library: Library) -> None:
    """Behind the guard, which packs each answer."""
    app = application(library, {WORKED.stem: WORKED.read_bytes()}, today=lambda: TODAY)
    visitor = Visitor(guarded(app, Rules(), Log(io.StringIO(), lambda: datetime.now(UTC))))

    assert visitor.open("/").text == visitor.open("/").text


def test_answers_stay_in_the_order_in_which_they_were_given(visitor: Visitor) -> None:
    """The question that is asked stands first in the form; what was answered to it is said last."""
    page = visitor.open("/")
    for answer in ({"age": "45"}, {"limb_threat": "no"}, {"severity": "severe"}, {"age": "46"}):
        page = visitor.send(page, answer)

    known = page.text.partition('class="patient">')[2].partition("</p>")[0]
    assert known == "age: 46 years · the limb is not threatened · the severity of symptoms: severe"


def test_a_fault_that_ends_in_a_question_ends_there(visitor: Visitor) -> None:
    page = visitor.send(visitor.open("/"), {"severity": "sever"})

    assert "did you mean &#39;severe&#39;?</p>" in page.text


def test_where_there_can_be_no_advice_nothing_is_said_of_it_and_the_day_is_led_to(visitor: Visitor) -> None:
    page = visitor.send(visitor.open("/examples/acute-severe-adult"), {".on": "yesterday"})

    assert "would change an opinion" not in page.words
    assert '<a href="#on">' in page.text
    assert '<details class="more-answers" id="more-answers" open>' in page.text


def test_a_made_up_patient_is_called_so_whatever_is_changed(visitor: Visitor) -> None:
    page = visitor.open(f"/examples/{WORKED.stem}")
    for sent in (page, visitor.send(page, {"age": "60"}), visitor.send(visitor.send(page), {".mode": ALL})):
        assert "A made-up patient" in sent.words
    assert "made-up patient" not in visitor.send(visitor.open("/"), {"age": "60"}).words
