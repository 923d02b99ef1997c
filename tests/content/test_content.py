"""What holds of Patency's own content, and of every page made from it."""

import ast
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import jsonschema
import pytest

from patency.case import Case
from patency.casefile import read_case, set_findings
from patency.consult.beside import cells
from patency.consult.html import to_html
from patency.consult.json import SCHEMA, to_json
from patency.consult.page import Consult, consult
from patency.consult.sheets import shown_sheet
from patency.consult.text import to_text
from patency.document import Fields, Node, read_bytes, read_document
from patency.evidence.read import read_audits, read_texts
from patency.evidence.read_study import read_evidence
from patency.fault import Fault
from patency.guideline.check import differences, unmet
from patency.guideline.compare import OPEN
from patency.guideline.files import CONTENT
from patency.guideline.model import Guideline, Library, SheetKind
from patency.guideline.scenario import read_expectation
from patency.instrument.model import Instrument
from patency.instrument.redcap_made import SOURCE
from patency.outcome.read_criteria import read_criteria
from patency.outcome.read_definitions import read_definitions
from patency.publish.cited import uses_of
from patency.registry.follow.read_protocol import read_protocols
from patency.registry.forms import read_forms
from patency.registry.quality.read_rules import read_rules
from patency.source import Citation, Mark
from patency.truth import Truth

from .scaling import Scales

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))
CODE = Path(__file__).parents[2] / "src" / "patency"
NAMES = [path.stem for path in EXAMPLES]
CAUTIONS = SheetKind.CONTRAINDICATIONS


def page_of(path: Path, library: Library) -> Consult:
    document = read_document(read_bytes(path), path.name)
    case, faults = read_case(document, library.lexicon.vocabulary, date(2026, 5, 29), also=("expect",))
    assert not faults
    return consult(library, case)


def test_content_does_what_its_scenarios_expect(library: Library) -> None:
    """Every scenario of every guideline is met, and every rule is tried by one."""
    assert unmet(library) == []


@pytest.mark.parametrize("path", EXAMPLES, ids=NAMES)
def test_each_example_gets_the_advice_it_expects(path: Path, library: Library) -> None:
    """An example states the advice expected for it, guideline by guideline."""
    page = page_of(path, library)
    faults: list[Fault] = []
    document = read_document(read_bytes(path), path.name)
    expected = Fields(document, faults, "the example").group("expect")
    assert expected
    for guideline, node in expected.items():
        expectation = read_expectation(node, guideline, faults)
        advice = next(each for each in page.advice if each.guideline.id == guideline)
        asked = [question.name for question in page.questions]
        assert differences(expectation, advice, asked) == []
    assert faults == []


def test_the_worked_patient_fits_in_fifteen_lines(library: Library) -> None:
    """The patient of the worked article is described in at most 15 lines of findings."""
    path = next(path for path in EXAMPLES if path.stem == "acute-severe-adult")
    assert len(page_of(path, library).case.findings) <= 15


@pytest.mark.parametrize("path", EXAMPLES, ids=NAMES)
def test_each_page_fits_its_schema(path: Path, library: Library) -> None:
    """The JSON of every example is what the published schema says; so every claim on it has a citation with a mark."""
    written = json.loads(to_json(page_of(path, library), is_explained=True))
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(written)


def claims(library: Library) -> Iterator[tuple[str, tuple[Citation, ...]]]:
    """Yield every sentence of content that claims something, with its citations."""
    for guideline in library.guidelines.values():
        yield guideline.id, guideline.citations
        for remark in (*guideline.notes, *([guideline.population_note] if guideline.population_note else [])):
            yield f"{guideline.id}: {remark.text}", remark.citations
        yield from declared(guideline)
        for rule in guideline.rules:
            yield f"{guideline.id} {rule.id}", rule.citations
            for saying in rule.says:
                yield f"{guideline.id} {rule.id} {saying.option}", saying.citations
            for exclusion in rule.exclusions:
                yield f"{guideline.id} {rule.id} {exclusion.name}", exclusion.citations
            for remark in rule.notes:
                yield f"{guideline.id} {rule.id}: {remark.text}", remark.citations
        yield f"scale {guideline.scale.id}", guideline.scale.citations
    for sheet in library.sheets:
        for section in sheet.sections:
            for statement in section.statements:
                yield f"{sheet.id} {statement.id}", statement.citations
                for remark in statement.but:
                    yield f"{sheet.id} {statement.id}: {remark.text}", remark.citations
    yield from surveyed(library)
    for concept in library.lexicon.vocabulary.concepts.values():
        if concept.is_derived:
            yield concept.name, concept.citations


def surveyed(library: Library) -> Iterator[tuple[str, tuple[Citation, ...]]]:
    """Yield what was published of what peers do."""
    for survey in library.practice:
        yield survey.id, survey.citations
        for note in survey.notes:
            yield f"{survey.id}: {note.text}", note.citations
        for question in survey.questions:
            yield f"{survey.id} {question.id}", question.citations


def declared(guideline: Guideline) -> Iterator[tuple[str, tuple[Citation, ...]]]:
    """Yield why a guideline stands where it stands, what its rules share, and whom it leaves out."""
    for reason in guideline.reasons:
        yield f"{guideline.id}: {reason.text}", reason.citations
    for overlap in guideline.overlaps:
        yield f"{guideline.id}: {overlap.why}", overlap.citations
    for gap in guideline.coverage.gaps if guideline.coverage else ():
        yield f"{guideline.id}: {gap.why}", gap.citations


def test_no_claim_lacks_a_citation(library: Library) -> None:
    """Every node that claims something cites a known source with a verification mark."""
    assert [name for name, citations in claims(library) if not citations] == []
    marks = {citation.mark for _, citations in claims(library) for citation in citations}
    assert marks == set(Mark), "each mark is used, so each is seen on some page"
    assert {citation.source for _, citations in claims(library) for citation in citations} <= set(library.sources)


def test_no_support_rests_on_memory_alone(library: Library) -> None:
    """An opinion in favour of an option cites at least one statement that somebody has read."""
    for guideline in library.guidelines.values():
        for rule in guideline.rules:
            for saying in rule.says:
                if saying.grade.stance.supports:
                    assert any(citation.mark is not Mark.UNVERIFIED for citation in saying.citations)


@pytest.mark.parametrize("path", EXAMPLES, ids=NAMES)
def test_no_rating_is_told_without_what_it_is_narrowed_to(path: Path, library: Library) -> None:
    """What a source says of one kind of an option, or of some patients, is told so in every cell, short or long."""
    page = page_of(path, library)
    text = " ".join(to_text(page).split())
    for comparison in page.comparisons:
        for row in comparison.rows:
            for cell in cells(row, comparison.columns, library):
                for said in cell.own:
                    assert said.words.endswith(said.heard.opinion.rating)
                    if comparison is page.first and said.heard.side != OPEN:
                        assert f"{cell.advice.guideline.short} {said.words}" in text


def test_ultrasound_is_told_of_where_lysis_is_rated_for_it_alone(library: Library) -> None:
    """NICE IPG523 speaks of one kind of catheter-directed lysis, and neither the text nor the page says it of all."""
    page = page_of(CODE.parents[1] / "examples" / "acute-severe-adult.yaml", library)
    words = "only with special arrangements, of the ultrasound-enhanced kind only"
    assert f"NICE IPG523 {words} [" in " ".join(to_text(page).split())
    assert words in to_html(page)


def test_every_reason_given_is_one_of_a_rule_that_holds(library: Library) -> None:
    """A patient is told why a guideline says what it says to them, and not what it says to another."""
    for patient in library.patients:
        page = consult(library, patient)
        for comparison in page.comparisons:
            for advice, reason in comparison.reasons:
                assert not reason.rules or {each.rule.id for each in advice.matches} & set(reason.rules)


def test_what_is_undecided_is_asked_once_and_by_what_decides_it(library: Library) -> None:
    """Whether the limb is threatened stands for the phlegmasia that would threaten it, and for its own denial."""
    case, faults = set_findings(Case(date(2026, 5, 29)), ["age=62"], library.lexicon.vocabulary)
    assert not faults
    undecided = consult(library, case).undecided
    assert undecided[0] == "the limb is threatened"
    assert [each for each in undecided if "limb" in each or "phlegmasia" in each] == ["the limb is threatened"]
    assert "there is active bleeding" in undecided
    assert len(undecided) == len(set(undecided)) == 9


def test_every_source_is_cited(library: Library, scales: Scales) -> None:
    """A source that nothing cites is a source that nobody checked."""
    cited = {citation.source for _, citations in claims(library) for citation in citations}
    forms = read_forms(library)
    cited |= {each.source for scale in (*scales.values(), *forms.of.values()) for each in cited_by(scale)}
    for protocol in read_protocols(library.sources, forms).values():
        cited |= {each.source for visit in protocol.visits for each in visit.citations}
        cited |= {each.source for target in protocol.targets for each in target.citations}
    cited |= {each.source for rule in read_rules(library.sources, forms).values() for each in rule.citations}
    evidence = read_evidence(CONTENT, library.sources, read_texts(CONTENT, library.sources), library.options)
    uses = uses_of(library, read_audits(CONTENT, library.sources), evidence)
    cited |= {source for source, of_it in uses.items() if of_it}
    cited |= {each.source for one in evidence.terms.definitions.values() for each in one.citations}
    definitions = read_definitions(library.sources)
    cited |= {each.source for definition in definitions.values() for each in definition.citations}
    criteria = read_criteria(library, definitions)
    cited |= {each.source for one in criteria.matched for each in (*one.citations, *criteria.citations)}
    cited.add(SOURCE)  # by every instrument that is imported
    assert set(library.sources) - cited == set()


SECOND_HAND = re.compile(
    r"not confirmed|\bweak\b|second-hand|machine-written|droracle|medworm|researcher\.life|aminer|a copy|copy of|\bnews\b|press\b"
    r"|third.party|mirror|transcri|scraped|not the document|only as quoted|coek",
    re.I,
)
# Sources of which one part was read in the original and another was not: which part the former is.
IN_THE_ORIGINAL = {
    "all-survey-2021": "abstract",
    "ash-2018-paediatric": "table of unrevised|recommendation [678]",
    "ash-isth-2024": "press release",
    "cirse-adverse-events-2026": "abstract",
    "isth-paediatric-pts-2024": "companion, abstract",
    "sir-2023": "abstract",
    "svs-2012": "^(?!abstract)",
    "thrombosis-canada-catheter": "^(?!third)",
    "vernacular": "abstract",
}


def passages(node: Node) -> Iterator[tuple[str, str, str]]:
    """Yield the source, the place and the mark of each citation that a document writes."""
    if isinstance(node.value, tuple):
        for each in node.value:
            yield from passages(each)
    elif isinstance(node.value, dict):
        named = {name: each.value for name, each in node.value.items()}
        if {"source", "mark"} <= set(named):
            yield str(named["source"]), str(named.get("at", "")), str(named["mark"])
        for each in node.value.values():
            yield from passages(each)


def test_what_a_source_says_of_how_it_was_read_stands_in_its_marks(library: Library) -> None:
    """A copy, a news page or a machine's summary is second-hand wherever it is cited; what calls itself weak is marked weak."""
    doubtful = {
        name for name, source in library.sources.items()
        if SECOND_HAND.search(" ".join((source.title, source.authors, source.where, source.read)))
    }  # fmt: skip
    weak = {name for name in doubtful if library.sources[name].read.endswith("; weak")}
    assert {"cava-12-months", "paediatric-lysis-review", "aha-2011-summaries", "nice-hospital-aid"} <= doubtful
    assert weak == {"aha-2011-summaries", "nice-hospital-aid"}
    found = []
    for path in sorted(CONTENT.rglob("*.yaml")):
        for source, at, mark in passages(read_document(read_bytes(path), path.name)):
            part = IN_THE_ORIGINAL.get(source)
            if mark == "original" and source in doubtful and not (part is not None and re.search(part, at)):
                found.append((path.name, source, at, mark))
            is_weak = source in weak or re.search(
                r"(cop(y|ies)|logs|summary|summaries|text)\b.*\bweak\b|weak summary", at
            )
            if is_weak and mark not in {"weak", "inference", "unverified"}:
                found.append((path.name, source, at, mark))
    assert found == []


def cited_by(scale: Instrument) -> Iterator[Citation]:
    """Yield the citations of an instrument, and of all that it holds."""
    yield from scale.citations
    for parts in (scale.items.values(), scale.scores.values()):
        yield from (citation for part in parts for citation in part.citations)
    yield from (citation for note in scale.notes for citation in note.citations)
    yield from (citation for example in scale.examples for citation in example.citations)


# General words that the vocabulary also uses. Everything else in it belongs to medicine and to content alone.
GENERAL = set(
    """
    absent after alone already also another been before being beside body cancel cannot come complete confirmed could
    count days does early enough estimated failed finding first form found free from full give given good have head height held here holds
    hours index into kind known left length line long longer means mixed month months more needed never none other otherwise
    part patient place post present rules same short shown site start status still takes than that there this time
    under variant with within without work year
    """.split()
)


def medical_words(library: Library) -> set[str]:
    vocabulary = library.lexicon.vocabulary
    said = [option.words for option in library.options.values()]
    for concept in vocabulary.concepts.values():
        said += [concept.words, concept.says, concept.denies, *concept.values.values()]
    words = {word for text in said for word in re.findall(r"[a-z]{4,}", text.lower())}
    return words - GENERAL


def literals(path: Path) -> Iterator[str]:
    """Yield what a file would print: its text constants, docstrings apart; or the whole of a template."""
    if path.suffix == ".jinja":
        # Tags and expressions are code; what is left is text that everyone sees.
        yield re.sub(
            r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<style>.*?</style>|<[^>]*>",
            " ",
            path.read_text(encoding="utf-8"),
            flags=re.S,
        )
        return
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    docstrings = {id(node.body[0].value) for node in ast.walk(tree)
                  if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)}  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


def test_no_template_holds_medical_words(library: Library) -> None:
    """What the page says of medicine is content; the code and the template that lay it out have no such word."""
    words = medical_words(library)
    assert {"thrombectomy", "limb", "pregnant", "bleeding", "stent", "anticoagulation", "lysis"} <= words
    files = [*sorted((CODE / "consult").glob("*.py")), *sorted((CODE / "consult").glob("*.jinja"))]
    for place in ("publish", "web"):
        files += [*(CODE / place).glob("*.py"), *(CODE / place / "templates").glob("*.jinja")]
    files += [CODE / "guideline" / name for name in ("advise.py", "ask.py", "compare.py", "show.py", "check.py")]
    found = {
        (path.name, word)
        for path in files
        for text in literals(path)
        for word in re.findall(r"[a-z]{4,}", text.lower())
        if word in words
    }
    assert found == set()


def test_the_whole_of_the_procedure_note_is_there(library: Library) -> None:
    """The procedure of the note has every part of it, from indications to common mistakes."""
    sheet = next(sheet for sheet in library.sheets if sheet.id == "iliocaval-reconstruction")
    parts = [section.id for section in sheet.sections]
    assert sheet.kind is SheetKind.PROCEDURE
    assert parts[1:4] == ["indications", "selection", "contraindications"]
    assert parts[-3:] == ["follow-up", "pearls", "mistakes"]
    decisive = [each for section in sheet.sections[1:4] for each in section.statements]
    assert all(statement.when is not None for statement in decisive), "each of these is a condition, not a remark"
    assert [each.id for section in sheet.sections for each in section.statements if each.flag == "contradiction"]


@pytest.mark.parametrize(
    ("segments", "truth"),
    [
        ("[common_femoral, external_iliac, common_iliac]", Truth.NO),
        ("[femoral, popliteal]", Truth.NO),
        ("[common_iliac, inferior_vena_cava]", Truth.YES),
        ("{includes: [external_iliac]}", Truth.UNKNOWN),
    ],
)
def test_the_procedure_note_is_of_iliac_veins_and_the_cava(segments: str, truth: Truth, library: Library) -> None:
    """It clears the iliac veins and the cava (the note, line 3): a clot of the iliac veins alone gets nothing of it."""
    text = f"case: legs\non: 2026-05-29\nfindings:\n  age: 45 years\n  segments: {segments}\n  stent_placed: yes\n"
    for written in (text, text.replace("stent_placed: yes", "onset: 3 days ago")):
        case, faults = read_case(read_document(written.encode(), "legs"), library.lexicon.vocabulary, date(2026, 5, 29))
        assert not faults
        for sheet in library.sheets:
            shown = shown_sheet(sheet, case, library.lexicon.vocabulary)
            if sheet.id == "iliocaval-reconstruction":
                assert shown.truth is truth
                assert shown.condition == ("the clot is iliocaval" if truth is Truth.UNKNOWN else "")
            if truth is Truth.NO:
                told = [each.statement.text for section in shown.sections for each in section.statements]
                assert not [each for each in told if "reconstruction" in each and sheet.kind is not CAUTIONS]


DOSE = re.compile(r"\b\d[\d.,]*\s*(mg|mcg|µg|microgram|units?|IU|U|ml|mL)\b(?!/dL)(/kg|/h|\s+(daily|per))?", re.I)


def test_no_statement_gives_an_amount_of_a_drug(library: Library) -> None:
    """Patency quotes which drugs, never how much."""
    texts = [each.text for sheet in library.sheets for section in sheet.sections for each in section.statements]
    texts += [remark.text for sheet in library.sheets for section in sheet.sections for each in section.statements
              for remark in each.but]  # fmt: skip
    found = [text for text in texts if DOSE.search(text) and not re.search(r"mL/min|mg/dL", text)]
    assert found == []
