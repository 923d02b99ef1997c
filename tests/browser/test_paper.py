"""The consult on paper, printed by a real browser: two sheets at most, and the first suffices to act.

Where there is no browser these tests are skipped and say so; with PATENCY_BROWSER=required they fail instead.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from patency.casefile import read_case
from patency.consult.beside import Conditions, cells
from patency.consult.html import to_html
from patency.consult.page import consult
from patency.consult.paper import Paper
from patency.document import read_bytes, read_document, to_yaml
from patency.guideline.compare import OPEN
from patency.guideline.files import CONTENT
from patency.guideline.model import Library, SheetKind
from patency.truth import Truth
from patency.web.draft import from_case

from .person import Person, Way, somebody

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
SIZES = ("A4", "letter")
LATER = (
    '<section class="later"',
    '<section class="guidelines"',
)  # with one of these begins what may stand on the second sheet
FORMATS = ("A4", "Letter")
PATIENTS = re.findall(r"^  - case: (\S+)$", (CONTENT / "patients.yaml").read_text(encoding="utf-8"), re.M)
SPARSE = {
    "nothing": "{}",
    "not-known": "{age: not known, limb_threat: not asked}",
    "a-child": "{age: 9 years}",
    "days": "{onset: 3 days ago, severity: severe}",
    "cancer": "{age: 70 years, active_cancer: yes, bleeding_risk: high}",
    "leukaemia": """{age: 9 years, sex: female, acute_leukaemia: yes, catheter_related: yes,
  central_venous_catheter: yes, platelets: 22, onset: 4 days ago, severity: severe}""",
}  # patients of whom little is known, so that much is open
CITED = """() => {
    const seen = (what) => [...document.querySelectorAll(what)].filter((each) => each.checkVisibility())
    return [seen('.ref').map((each) => each.hash.slice(1)), seen('.sources li').map((each) => each.id)]
}"""


def page_of(path: Path, library: Library) -> str:
    document = read_document(read_bytes(path), path.name)
    case, faults = read_case(document, library.lexicon.vocabulary, date(2026, 5, 29), also=("expect",))
    assert not faults
    return to_html(consult(library, case))


@pytest.fixture(scope="session")
def alone(browser: Any) -> Iterator[Any]:
    """Open a page for what stands alone, as it prints."""
    context = browser.new_context()
    page = context.new_page()
    page.emulate_media(media="print")
    yield page
    context.close()


@pytest.fixture(scope="session")
def sheets(alone: Any) -> Callable[[str, str], int]:
    """Return what prints a page on paper of the size that the page itself says, and counts the sheets."""

    def printed(page: str, size: str) -> int:
        sized, found = re.subn(r"@page \{", f"@page {{ size: {size};", page)
        assert found == 1
        alone.set_content(sized)
        return count(alone.pdf(prefer_css_page_size=True))

    return printed


def count(paper: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", paper))


def test_the_counter_counts(sheets: Callable[[str, str], int]) -> None:
    """Three sheets are counted as three."""
    page = "<style>@page { margin: 0 } p { break-after: page }</style><p>one</p><p>two</p>three"
    assert sheets(page, "A4") == 3


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_any_example_prints_on_two_sheets(
    path: Path, size: str, library: Library, sheets: Callable[[str, str], int]
) -> None:
    """On the first stand the alerts, the patient, the first decision, what to ask and the cautions."""
    page = page_of(path, library)
    first = page[: min(page.index(mark) for mark in LATER if mark in page)]
    assert sheets(page, size) <= 2
    assert sheets(f"{first}</main></body></html>", size) == 1


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_nothing_urgent_is_left_to_the_screen(path: Path, library: Library) -> None:
    """Every alert that holds, every caution that is present and every absolute one not known is in print, on the first sheet."""
    document = read_document(read_bytes(path), path.name)
    case, _ = read_case(document, library.lexicon.vocabulary, date(2026, 5, 29), also=("expect",))
    page = consult(library, case)
    written = to_html(page)
    first = written[: min(written.index(mark) for mark in LATER if mark in written)]
    printed = re.sub(r"<details class=\"more\">.*?</details>", "", first, flags=re.S)
    urgent = [shown.statement.text for shown in page.alerts if shown.truth is Truth.YES]
    for sheet in page.of_kind(SheetKind.CONTRAINDICATIONS):
        for section in sheet.sections:
            urgent += [shown.statement.text for shown in section.of(Truth.YES)]
            if section.section.strength == "absolute" and section.truth is sheet.truth is Truth.YES:
                urgent += [shown.statement.text for shown in section.of(Truth.UNKNOWN)]
    said = (
        printed.replace("&#39;", "'")
        .replace("&amp;", "&")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&#34;", '"')
    )
    assert [text for text in urgent if text not in said] == []


def test_no_type_on_paper_is_too_small() -> None:
    """6.5 points for all that is read, 5.5 for the list of sources."""
    style = (ROOT / "src" / "patency" / "consult" / "page.css").read_text(encoding="utf-8")
    paper = style.partition("@media print {")[2]
    sizes = re.findall(r"([^{}]*)\{[^}]*?font(?:-size)?: ([\d.]+)pt", paper)
    assert len(sizes) > 10
    small = [(what.strip(), float(size)) for what, size in sizes if float(size) < 6.5]
    assert {what for what, _ in small} == {".sources li", "footer"}
    assert min(size for _, size in small) >= 5.5


@pytest.fixture(scope="session")
def desk(browser: Any, served: str) -> Iterator[Person]:
    """Sit somebody down at the served page, who prints one patient after the other."""
    with somebody(browser, served, Way("no script", has_script=False)) as person:
        yield person


def case_file(name: str, library: Library) -> bytes:
    """Write a patient of the library, or one of whom little is known, as a case file."""
    if name in SPARSE:
        return f"case: {name}\non: 2026-06-01\nfindings: {SPARSE[name]}\n".encode()
    (case,) = (each for each in library.patients if each.name == name)
    return to_yaml(from_case(case, library.lexicon.vocabulary).document()).encode()


def sheets_of(page: Any, size: str) -> int:
    return count(page.pdf(format=size, prefer_css_page_size=False))


@pytest.mark.parametrize("name", [*PATIENTS, *SPARSE])
def test_any_patient_prints_on_two_sheets(name: str, library: Library, alone: Any) -> None:
    """However much is open of a patient: two sheets, what is urgent on the first, and no source that nothing printed cites."""
    document = read_document(case_file(name, library), f"{name}.yaml")
    case, faults = read_case(document, library.lexicon.vocabulary, date(2026, 6, 1))
    assert not faults
    page = to_html(consult(library, case))
    alone.set_content(page)
    assert max(sheets_of(alone, size) for size in FORMATS) <= 2
    cited, listed = alone.evaluate(CITED)
    assert set(cited) == set(listed)
    alone.set_content(page[: min(page.index(mark) for mark in LATER if mark in page)] + "</main></body></html>")
    assert [sheets_of(alone, size) for size in FORMATS] == [1, 1]


@pytest.mark.parametrize("name", [*PATIENTS, *(name for name in SPARSE if name != "nothing")])
def test_any_patient_prints_on_two_sheets_as_served(name: str, library: Library, desk: Person, tmp_path: Path) -> None:
    """The page that stands beside its form takes no more paper than the one that stands alone."""
    file = tmp_path / f"{name}.yaml"
    file.write_bytes(case_file(name, library))
    desk.opens()
    desk.uploads(file)
    desk.sees("still worth asking" if name in SPARSE else "cautions")
    assert max(desk.prints(size) for size in FORMATS) <= 2


@pytest.mark.parametrize("name", SPARSE)
def test_what_is_left_to_the_screen_is_counted(name: str, library: Library) -> None:
    """Every opinion that holds is in print; those that may yet hold go in order, the longest condition first, and are counted."""
    case, _ = read_case(read_document(case_file(name, library), name), library.lexicon.vocabulary, date(2026, 6, 1))
    page = consult(library, case)
    paper, conditions = Paper(page), Conditions(page.first, page.known, library)
    printed = [words for words in conditions.nearest if paper.has_condition(words)]
    left = len(conditions.letters) - len(printed)
    assert printed == conditions.nearest[: len(printed)]
    assert (f"On screen alone: {left} longer condition" in paper.open_left_out) is bool(left)
    for row in page.first.rows:
        for cell in cells(row, page.first.columns, library):
            for said in cell.own:
                assert said.heard.side == OPEN or paper.has_opinion(cell.advice, said.heard)


@pytest.mark.parametrize("name", PATIENTS)
def test_outcomes_that_are_left_to_the_screen_are_counted(name: str, library: Library) -> None:
    """Each figure that speaks is printed or counted, and each option of which no figure is printed is named."""
    case, _ = read_case(read_document(case_file(name, library), name), library.lexicon.vocabulary, date(2026, 6, 1))
    page = consult(library, case)
    paper = Paper(page)
    told = page.outcomes.get(page.first.decision.id)
    spoken = [option for option in told.options.values() if option.speaking] if told else []
    printed = [option for option, _ in paper.outcomes.figures]
    assert printed == spoken[: len(printed)]
    every = [figure for each in page.outcomes.values() for figure in (*each.speaking, *each.open)]
    if not paper.has_after:
        counted = int((paper.outcomes.left_out or "0").split()[0])
        assert counted + len(printed) == len(every)
        assert [each for each in spoken[len(printed) :] if each.option.brief not in paper.outcomes.left_out] == []
