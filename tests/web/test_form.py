"""A form loses nothing: whatever a case file says comes back from the form as it was, and so does what cannot be read."""

from datetime import date
from pathlib import Path

import pytest

from patency.case import Case
from patency.casefile import read_case
from patency.document import Node, read_bytes, read_document, to_yaml
from patency.guideline.model import Library
from patency.truth import Truth
from patency.web.app import application
from patency.web.draft import ALL, Draft, from_case
from patency.web.form import read_form

from .visiting import Page, Visitor

EXAMPLES = sorted(Path("examples").glob("*.yaml"))
TODAY = date(2026, 5, 29)


@pytest.fixture(scope="module")
def visitor(library: Library) -> Visitor:
    examples = {path.stem: path.read_bytes() for path in EXAMPLES}
    return Visitor(application(library, examples, today=lambda: TODAY))


def known(case: Case) -> dict[str, object]:
    return {name: (finding.value, finding.absence, finding.on) for name, finding in case.findings.items()}


def case_of(page: Page, library: Library) -> Case:
    """Read the case that a page's form would post."""
    posted: dict[str, list[str]] = {}
    for name, value in page.form.posted:
        posted.setdefault(name, []).append(value)
    draft = read_form(posted, library.lexicon.vocabulary)
    assert not draft.faults
    case, faults = read_case(draft.document(), library.lexicon.vocabulary, TODAY)
    assert not faults
    return case


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_comes_back_from_its_form_as_it_was(path: Path, visitor: Visitor, library: Library) -> None:
    written, _ = read_case(
        read_document(read_bytes(path), path.name), library.lexicon.vocabulary, TODAY, also=("expect",)
    )
    page = visitor.open(f"/examples/{path.stem}")

    assert known(case_of(page, library)) == known(written)
    again = visitor.send(page, {".mode": ALL})
    assert known(case_of(again, library)) == known(written)


def test_every_stated_patient_comes_back_from_the_form_as_it_was(library: Library) -> None:
    for patient in library.patients:
        draft = from_case(patient, library.lexicon.vocabulary)
        case, faults = read_case(draft.document(), library.lexicon.vocabulary, patient.on)
        assert not faults
        assert known(case) == known(patient)


def test_what_was_entered_is_downloaded_as_a_case_file_that_says_the_same(visitor: Visitor, library: Library) -> None:
    page = visitor.open("/examples/acute-severe-adult")
    file = visitor.send(page, press="case.yaml")
    case, faults = read_case(read_document(file.answer.content, "case.yaml"), library.lexicon.vocabulary, TODAY)

    assert not faults
    assert known(case) == known(case_of(page, library))
    assert file.answer.headers["content-disposition"] == 'attachment; filename="case.yaml"'


ODD = """
case: bed 4
on: 2026-05-29
findings:
  age: {value: 45, on: 2026-05-01, from: the letter of the ward}
  segments: {includes: [femoral], excludes: [inferior_vena_cava]}
  severity: moderate or severe
  onset: 10 to 16 days ago
  platelets: {absent: declined}
  bleeding_now: [active_bleeding]
  limb_threat: {absent: not asked}
  inr: ">= 1.4"
  pregnant: not applicable
  other_limb_segments: none
"""


def test_origins_ranges_absences_and_half_known_lists_come_back_as_they_were(
    visitor: Visitor, library: Library
) -> None:
    written, faults = read_case(read_document(ODD.encode(), "odd.yaml"), library.lexicon.vocabulary, TODAY)
    assert not faults
    page = visitor.post("/open", files={"file": ("odd.yaml", ODD)})
    case = case_of(page, library)

    assert known(case) == known(written)
    assert case.findings["age"].source == "the letter of the ward"
    assert case.name == "bed 4"


FAULTY = """
case: faulty
on: 2026-05-29
findings:
  age: forty
  side: [left, right]
  platelets: 35 bananas
  onset: 3/4/2026
  severity: sever
  segments: [common_femoral, thigh]
  limb_threats: yes
  bleeding_now: [active_bleeding, tired]
  pregnant: perhaps
"""


def test_every_fault_of_a_case_file_stands_beside_its_field_and_nothing_typed_is_lost(visitor: Visitor) -> None:
    page = visitor.post("/open", files={"file": ("faulty.yaml", FAULTY)})

    for name in (
        "age",
        "side",
        "platelets",
        "onset",
        "severity",
        "segments",
        "limb_threats",
        "bleeding_now",
        "pregnant",
    ):
        assert f'id="error-{name}"' in page.text, name
        assert f'href="#field-{name}"' in page.text, name
        assert f"field-{name}" in page.form.ids
    posted = dict(page.form.posted)
    assert posted["age"] == "forty"
    assert posted["onset"] == "3/4/2026"
    assert posted["limb_threats"] == "yes"
    assert ("bleeding_now", "tired") in page.form.posted
    assert "9 things need mending" in page.words
    assert "takes those answers as not known until then" in page.words


def test_an_answer_with_a_fault_counts_as_not_known_and_the_rest_of_the_page_stands(visitor: Visitor) -> None:
    page = visitor.send(visitor.open("/examples/acute-severe-adult"), {"severity": "dire"})

    assert "One thing needs mending" in page.words
    assert "takes that answer as not known" in page.words
    assert "the limb is not threatened" in page.words


def test_findings_that_contradict_each_other_both_count_as_not_known(visitor: Visitor) -> None:
    page = visitor.send(visitor.open("/examples/acute-severe-adult"), {"age": "5", "pregnant": "yes"})

    assert "cannot all be true" in page.words
    assert 'id="error-age"' in page.text
    assert 'id="error-pregnant"' in page.text


def test_a_blue_leg_beside_what_it_excludes_keeps_its_page_and_its_alert(visitor: Visitor) -> None:
    """Two laws one after another rule the two answers out; either may be wrong, and the blue leg cannot wait."""
    case = "case: blue\non: 2026-05-29\nfindings: {phlegmasia: cerulea, severity: moderate, age: 62}\n"
    page = visitor.post("/open", files={"file": ("blue.yaml", case)})

    assert 'id="error-phlegmasia"' in page.text
    assert 'id="error-severity"' in page.text
    assert "phlegmasia: cerulea and the severity of symptoms: moderate" in page.words
    assert "takes those answers as not known until then" in page.words
    face = page.words.partition("How to treat the clot first")[0]
    assert "If phlegmasia: cerulea dolens: Limb-threatening ischaemia is an emergency." in face
    assert "[Golshani P 2026, Pitfalls to Avoid, last paragraph]" in face


def test_what_cannot_wait_stands_even_where_the_day_of_the_page_cannot_be_read(visitor: Visitor) -> None:
    case = "case: blue\non: yesteryear\nfindings: {phlegmasia: cerulea, age: 62}\n"
    page = visitor.post("/open", files={"file": ("blue.yaml", case)})

    assert "Until then there can be no advice" in page.words
    assert "Treat as limb-threatening ischaemia: call interventional radiology or vascular surgery now." in page.words


@pytest.mark.parametrize(
    ("posted", "words"),
    [
        ({"age": ["45"], "age.unknown": ["yes"]}, "'age' has an answer, and is said to be not known"),
        ({"onset": ["26 May 2026"], "onset.ago": ["3"]}, "'onset' has a date and a number of days"),
        ({"bleeding_now": ["none", "active_bleeding"]}, "'bleeding_now' has both 'none of these' and some of them"),
        ({"segments": ["none", "femoral"]}, "'segments' has both 'none of these' and some of them"),
        ({"age": ["4\u202e5"]}, "a letter here cannot be seen"),
    ],
)
def test_what_cannot_be_one_answer_is_refused_with_its_fault(
    posted: dict[str, list[str]], words: str, library: Library
) -> None:
    draft = read_form(posted, library.lexicon.vocabulary)

    assert [fault.what for fault in draft.faults] == [words]
    assert draft.answers


def test_a_panel_of_which_one_member_is_known_asks_the_others_apart(visitor: Visitor) -> None:
    """Otherwise an unticked member would turn what is not known into a No."""
    start = visitor.post(
        "/open", files={"file": ("a.yaml", "on: 2026-05-29\nfindings:\n  age: 45\n  active_bleeding: yes\n")}
    )
    page = visitor.send(start, {".mode": ALL})

    assert "field-bleeding_now" not in page.form.ids
    assert "field-active_bleeding" in page.form.ids


def test_the_day_of_the_page_is_said_from_the_first_answer_on(visitor: Visitor) -> None:
    """What was three days ago must not move when the page is sent again tomorrow."""
    assert dict(visitor.open("/").form.posted)[".on"] == "2026-05-29"


def test_a_day_that_cannot_be_read_leaves_no_page_to_be_wrong(visitor: Visitor) -> None:
    page = visitor.send(visitor.open("/examples/acute-severe-adult"), {".on": "yesterday"})

    assert "Until then there can be no advice" in page.words
    assert "usually appropriate" not in page.words
    assert dict(page.form.posted)[".on"] == "yesterday"


def test_a_document_is_written_as_it_was_read() -> None:
    for path in EXAMPLES:
        node = read_document(read_bytes(path), path.name)
        assert plain(read_document(to_yaml(node).encode(), path.name)) == plain(node)


def plain(node: Node) -> object:
    if isinstance(node.value, dict):
        return {name: plain(each) for name, each in node.value.items()}
    return [plain(each) for each in node.value] if isinstance(node.value, tuple) else node.value


def test_an_empty_draft_is_an_empty_case() -> None:
    assert plain(Draft().document()) == {"findings": {}}


def test_of_a_panel_what_is_not_ticked_is_absent_only_where_that_is_said(visitor: Visitor, library: Library) -> None:
    """An Unknown must not become a No because somebody ticked something else."""
    start = visitor.open("/")
    ticked = visitor.send(start, {"bleeding_now": "active_bleeding"})
    told = visitor.send(start, {"bleeding_now": "active_bleeding", "bleeding_now.rest": "no"})

    assert case_of(ticked, library).value("active_bleeding") is Truth.YES
    assert case_of(ticked, library).value("dic") is None
    assert case_of(told, library).value("dic") is Truth.NO
    assert ("bleeding_now", "active_bleeding") in ticked.form.posted


def test_a_list_that_is_said_to_be_open_is_not_asked_again_at_once(visitor: Visitor) -> None:
    page = visitor.send(visitor.open("/examples/child-12"), {"provoking": ["immobility"], "provoking.rest": "unknown"})

    assert "<legend>What provoked this clot?</legend>" not in page.text.partition('id="answered"')[0]


@pytest.mark.parametrize(
    ("posted", "kept"),
    [
        ({"age": "45", "age.unknown": "yes"}, [("age", "45"), ("age.unknown", "yes")]),
        ({"onset": "26 May 2026", "onset.ago": "3"}, [("onset", "26 May 2026"), ("onset.ago", "3")]),
        (
            {"bleeding_now": ["none", "active_bleeding"], "bleeding_now.unknown": "yes"},
            [("bleeding_now", "none"), ("bleeding_now", "active_bleeding"), ("bleeding_now.unknown", "yes")],
        ),
    ],
)
def test_two_answers_to_one_question_stay_two_until_the_person_clears_one(
    posted: dict[str, str | list[str]], kept: list[tuple[str, str]], visitor: Visitor
) -> None:
    """The form clears nothing by itself, and gives no file away that could say only one of them."""
    page = visitor.send(visitor.open("/"), {**posted, ".add": next(iter(posted))})
    again = visitor.send(page)

    for each in (page, again):
        assert set(kept) <= set(each.form.posted)
        assert each.errors
    assert visitor.send(page, press="case.yaml").code == 422
    assert visitor.send(page, press="keep").code == 422


def test_when_the_day_changes_the_past_does_not_move(visitor: Visitor, library: Library) -> None:
    page = visitor.send(visitor.open("/examples/acute-severe-adult"), {".on": "2026-06-02"})

    assert "the onset of symptoms: 26 May 2026 (7 days ago)" in page.words
    assert case_of(page, library).on == date(2026, 6, 2)
    today = visitor.send(page, {".today": "2026-05-29"})
    assert "the onset of symptoms: 26 May 2026 (3 days ago)" in today.words


def test_a_page_of_another_day_says_so(library: Library) -> None:
    visitor = Visitor(application(library, today=lambda: date(2026, 6, 20)))
    page = visitor.send(visitor.open("/"), {"age": "45", ".on": "2026-05-29", "onset.ago": "3"})

    assert "This page is of 29 May 2026; today is 20 Jun 2026" in page.words
    assert "expired" in page.words


@pytest.mark.parametrize(
    ("name", "posted", "days"),
    [
        ("onset", {"onset.ago": ["about 13"]}, (13, 13)),
        ("onset", {"onset.ago": ["10-16"]}, (10, 16)),
        ("onset", {"onset": ["3 days"]}, (3, 3)),
        ("onset", {"onset.ago": ["2 weeks"]}, (11, 17)),
    ],
)
def test_days_ago_are_read_as_they_are_said(
    name: str, posted: dict[str, list[str]], days: tuple[int, int], library: Library
) -> None:
    draft = read_form({**posted, ".on": ["2026-05-29"]}, library.lexicon.vocabulary)
    case, faults = read_case(draft.document(), library.lexicon.vocabulary, TODAY)

    assert not faults
    since = case.days_since(name)
    assert since is not None
    assert (since.low, since.high) == days


def test_next_without_an_answer_says_what_to_do(visitor: Visitor) -> None:
    page = visitor.send(visitor.open("/"), {".go": "yes"})

    assert "Nothing was answered. Answer, choose “Not known”, or pass over." in page.words
    assert "Nothing was answered" not in visitor.send(visitor.open("/"), {".go": "yes", "age": "45"}).words
