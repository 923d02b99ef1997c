"""The static site: everything the library holds is on it, and what it says is what the rules say."""

import html
import random
import re
from collections.abc import Iterator, Sequence
from datetime import date
from posixpath import dirname, join, normpath

import pytest
from hypothesis import given

from agreement.reference import is_true, opinions, patients
from agreement.strategies import Bedside, bedsides, examples
from patency.case import Case, Finding, Members, Span, Value
from patency.guideline.contradict import contradictions
from patency.guideline.load import read_library
from patency.guideline.model import Guideline, Library, Rule, condition_of
from patency.guideline.prove import prove
from patency.language.evaluate import evaluate
from patency.language.terms import Compare, Term, concepts_of, walk
from patency.publish.chart import Branch, Chart, End, Question, Step, charts, ends_of, numbered, rules_on
from patency.publish.site import site
from patency.publish.svg import in_order
from patency.truth import Truth
from patency.vocabulary import Concept, Kind

from .small import files

TODAY = date(2026, 5, 29)
Site = dict[str, str]


@pytest.fixture(scope="module")
def drawn(library: Library) -> dict[str, tuple[Chart, ...]]:
    return {guideline.id: charts(guideline, library) for guideline in library.guidelines.values()}


@pytest.fixture(scope="module")
def pages(library: Library) -> Site:
    """Return the site as text, in which every letter that HTML writes otherwise is itself again."""
    built = site(library, list(prove(library)))
    return {path: content.decode() for path, content in built.items()}


def shown(page: str) -> str:
    """Return what a reader sees of a page, on one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def plain(text: str) -> str:
    return " ".join(text.split())


# A chart says what its rules say.


def path_of(chart: Chart, holds: "Holding") -> Iterator[Branch]:
    """Follow a chart down for somebody of whom everything is known: at each question exactly one answer is true."""
    step: Step = chart.root
    while isinstance(step, Question):
        (branch,) = [each for each in step.branches if holds(each.when)]
        yield branch
        step = branch.leads


class Holding:
    """Whether terms hold of somebody of whom everything is known."""

    def __init__(self, case: Case) -> None:
        self.case = case

    def __call__(self, term: Term) -> bool:
        truth = evaluate(term, self.case)
        assert truth is not Truth.UNKNOWN
        return truth is Truth.YES


@examples(60)
@given(bedsides(guidelines=1))
def test_a_chart_ends_for_every_patient_in_the_rules_that_hold(bedside: Bedside) -> None:
    """Walked by the plain reference, every completion goes down one way, to the rules that hold of it."""
    ward = bedside.ward
    library = ward.library
    everybody = patients(bedside.case, ward.vocabulary, ward.laws, ward.terms)
    for name, guideline in library.guidelines.items():
        for chart in charts(guideline, library, most_ends=10_000):
            for patient in everybody:
                in_scope, *holding = opinions(ward.papers[name], patient)
                *_, last = path_of(chart, lambda term, patient=patient: is_true(term, patient))  # type: ignore[arg-type]
                end = last.leads
                assert isinstance(end, End)
                assert end.is_in_scope is in_scope
                expected = [rule for rule, holds in zip(guideline.rules, holding, strict=True) if holds]
                assert list(end.rules) == [rule for rule in expected if rule in rules_on(chart.decision, guideline)]


def test_the_charts_of_the_library_agree_with_the_rules(library: Library, drawn: dict[str, tuple[Chart, ...]]) -> None:
    """Each of many random patients goes down each chart to the rules that `evaluate` says hold, and every end is seen."""
    chance = random.Random(3)
    walked = 0
    for name, guideline in library.guidelines.items():
        for chart in drawn[name]:
            for _ in range(150):
                case = a_patient(guideline, rules_on(chart.decision, guideline), library, chance)
                if any(evaluate(law.term, case) is Truth.NO for law in library.lexicon.laws):
                    continue
                *_, last = path_of(chart, Holding(case))
                assert isinstance(last.leads, End)
                assert last.leads.is_in_scope is Holding(case)(guideline.population)
                holding = [rule for rule in rules_on(chart.decision, guideline) if Holding(case)(condition_of(rule))]
                assert list(last.leads.rules) == (holding if last.leads.is_in_scope else [])
                walked += 1
    assert walked > 1000


def a_patient(guideline: Guideline, rules: Sequence[Rule], library: Library, chance: random.Random) -> Case:
    """Make up somebody of whom everything that some rules ask is known, near the bounds they set."""
    terms = [guideline.population, *(condition_of(rule) for rule in rules)]
    concepts = library.lexicon.vocabulary.concepts
    names = dict.fromkeys(name for term in terms for name in concepts_of(term) if not concepts[name].is_derived)
    bounds = {name: [at.bound for term in terms for at in walk(term) if isinstance(at, Compare) and at.concept == name]
              for name in names}  # fmt: skip
    found = {name: Finding(name, _value(concepts[name], bounds[name], chance), TODAY, "") for name in names}
    return Case(TODAY, found)


def _value(concept: Concept, bounds: list[float], chance: random.Random) -> Value:
    if concept.kind is Kind.YES_NO:
        return chance.choice([Truth.YES, Truth.NO])
    if concept.kind is Kind.SET:
        included = frozenset(name for name in concept.values if chance.random() < 0.4)
        return Members(included, frozenset(concept.values) - included)
    if concept.kind in (Kind.CHOICE, Kind.ORDERED):
        return frozenset({chance.choice(list(concept.values))})
    near = [bound + step for bound in bounds for step in (-1, 0, 1)] or [20.0]
    if concept.kind is Kind.DATE:
        days = TODAY.toordinal() - max(0, int(chance.choice(near)))
        return Span(days, days)
    amount = min(max(chance.choice(near), concept.lowest), concept.highest)
    return Span(amount, amount)


def test_a_chart_is_drawn_where_it_reads_well(library: Library, drawn: dict[str, tuple[Chart, ...]]) -> None:
    """ACR first; never one of more ends than are stated, and never of a single rule."""
    assert next(chart.decision.id for chart in drawn["acr-2020"]) == "first-treatment"
    assert [chart.decision.id for chart in drawn["acr-2013"]] == ["first-treatment"]
    for name, found in drawn.items():
        for chart in found:
            assert len(rules_on(chart.decision, library.guidelines[name])) > 1
            assert chart.ends == ends_of(chart.root) <= 24


def test_the_chart_in_words_asks_what_the_drawing_asks(pages: Site, drawn: dict[str, tuple[Chart, ...]]) -> None:
    """The text beside each drawing has every question, every answer and every end of it."""
    for name, found in drawn.items():
        page = shown(pages[f"guidelines/{name}.html"])
        for chart in found:
            numbers = numbered(chart)
            for question, number in numbers.items():
                assert plain(f"{number}. {question.asks}") in page
                for branch in in_order(question):
                    ends = numbers.get(branch.leads) if isinstance(branch.leads, Question) else None
                    assert plain(f"{branch.answer}: {f'go on at {ends}' if ends else ''}") in page


# Everything the library holds is on a page.


def test_every_part_of_a_guideline_is_on_its_page(library: Library, pages: Site) -> None:
    """Rules, exceptions, opinions, notes, overlaps, gaps, reasons and scenarios."""
    for guideline in library.guidelines.values():
        page = shown(pages[f"guidelines/{guideline.id}.html"])
        expected = [guideline.title, guideline.population_words, guideline.scale.title, guideline.content_hash[:12]]
        expected += [grade.words for grade in guideline.scale.grades.values()]
        for rule in guideline.rules:
            expected += [f"{rule.id} {rule.title}", *(exclusion.why for exclusion in rule.exclusions)]
            expected += [library.options[saying.option].words for saying in rule.says]
            expected += [saying.note for saying in rule.says] + [note.text for note in rule.notes]
        remarks = [*guideline.notes, *([guideline.population_note] if guideline.population_note else [])]
        expected += [remark.text for remark in remarks] + [reason.text for reason in guideline.reasons]
        expected += [overlap.why for overlap in guideline.overlaps]
        expected += [gap.why for gap in guideline.coverage.gaps] if guideline.coverage else []
        expected += [scenario.name for scenario in guideline.scenarios]
        assert [text for text in expected if plain(text) not in page] == [], guideline.id
        assert page.count(" expected ") >= len(guideline.scenarios)


def test_every_claim_is_on_its_page_with_its_proof(library: Library, pages: Site) -> None:
    """Those of a guideline on the guideline's page, the library's own on theirs; what is not proved shows a patient."""
    texts = {
        (sheet.id, each.id): each.text
        for sheet in library.sheets
        for section in sheet.sections
        for each in section.statements
    }
    for verdict in prove(library):
        if verdict.subject in library.guidelines:
            word = "proved" if verdict.is_proved else "not proved"
            assert plain(f"{word} {verdict.says}") in shown(pages[f"guidelines/{verdict.subject}.html"])
    page = shown(pages["claims.html"])
    for claim in library.claims:
        assert plain(claim.says) in page
        assert all(plain(texts[path]) in page for path in claim.shows)


def test_without_the_solver_nothing_is_said_to_be_proved() -> None:
    """A page whose proofs were not run says so in words."""
    built = {path: shown(content.decode()) for path, content in site(read_library(files()), None).items()}
    assert "Proofs were not run" in built["guidelines/leaflet.html"]
    assert "Proofs were not run" in built["claims.html"]
    assert "proofs were not run" in built["index.html"]
    assert "are proved" not in built["guidelines/leaflet.html"]


def test_every_statement_concept_source_option_and_policy_is_on_a_page(library: Library, pages: Site) -> None:
    """All sheets, the whole vocabulary, each source, each option, each of Patency's own policies."""
    for sheet in library.sheets:
        page = shown(pages[f"sheets/{sheet.id}.html"])
        for section in sheet.sections:
            for statement in section.statements:
                assert plain(statement.text) in page
                assert all(plain(remark.text) in page for remark in statement.but)
    vocabulary = shown(pages["vocabulary.html"])
    for concept in library.lexicon.vocabulary.concepts.values():
        assert plain(f"{concept.asks} {concept.name}") in vocabulary
        assert all(f"{code.system} {code.code}" in vocabulary for code in concept.codes)
    assert all(plain(law.why) in vocabulary for law in library.lexicon.laws)
    assert all(plain(source.words) in shown(pages["sources.html"]) for source in library.sources.values())
    assert all(plain(option.words) in shown(pages["options.html"]) for option in library.options.values())
    assert all(plain(policy.why) in shown(pages["policies.html"]) for policy in library.lexicon.policies.values())


def test_every_stated_patient_has_a_row_and_a_page(library: Library, pages: Site) -> None:
    """The table names each, and none contradicts itself."""
    assert len(library.patients) >= 16
    for patient in library.patients:
        assert contradictions(patient, library) == []
        assert plain(patient.about) in shown(pages["beside.html"])
        assert plain(patient.about) in shown(pages[f"patients/{patient.name}.html"])


def test_the_table_shows_that_guidelines_differ(pages: Site) -> None:
    """For the healthy adult with severe symptoms the sources' own grades stand in one row, each with its sign."""
    section = pages["beside.html"].partition('id="first-treatment"')[2]
    body = section.partition("<tbody>")[2].partition("</tbody>")[0]
    assert "● usually appropriate" in shown(body)
    assert "▷ anticoagulation alone preferred: weak, moderate certainty" in shown(body)
    assert "◐ suggested, 2C" in shown(body)


# What is not verified looks so.


def test_what_rests_on_memory_is_said_to(library: Library, pages: Site) -> None:
    """Each statement that nothing confirms has the words beside it, not a colour alone."""
    for sheet in library.sheets:
        for section in sheet.sections:
            for statement in section.statements:
                if all(citation.mark.value == "unverified" for citation in statement.citations):
                    assert plain(f"not confirmed: {statement.text}") in shown(pages[f"sheets/{sheet.id}.html"])


def test_a_rule_that_nobody_reviewed_says_so(library: Library, pages: Site) -> None:
    """On the page of its guideline, as often as there are such rules, and on the front page."""
    for guideline in library.guidelines.values():
        count = sum(1 for rule in guideline.rules if not rule.review)
        assert pages[f"guidelines/{guideline.id}.html"].count("Not yet reviewed by a clinician") == count
    assert "been reviewed by a clinician" in shown(pages["index.html"])


# The site as files.


LINK = re.compile(r'(?:href|src)="([^"]*)"')


def test_every_link_leads_to_a_place_of_the_site(pages: Site) -> None:
    """Links are relative, and each page and anchor is there; so nothing is fetched from elsewhere."""
    anchors = {path: set(re.findall(r'id="([^"]*)"', content)) for path, content in pages.items()}
    for path, content in pages.items():
        for link in LINK.findall(content):
            to, _, anchor = html.unescape(link).partition("#")
            assert not re.match(r"[a-z]+:|/", to), f"{path} links to {link}"
            target = normpath(join(dirname(path), to)) if to else path
            assert target in pages, f"{path} links to {link}"
            assert not anchor or anchor in anchors[target], f"{path} links to {link}"


def test_no_id_stands_twice_on_a_page(pages: Site) -> None:
    """An anchor leads to one place."""
    for path, content in pages.items():
        ids = re.findall(r'\bid="([^"]*)"', content)
        assert len(ids) == len(set(ids)), (path, sorted({each for each in ids if ids.count(each) > 1}))


def test_no_page_has_a_script_or_a_style_of_its_own(pages: Site) -> None:
    """One stylesheet, and nothing in it comes from elsewhere."""
    for path, content in pages.items():
        if path.endswith(".html"):
            assert not re.search(r"<script|<style|\bstyle=|\bon[a-z]+=", content), path
    assert not re.search(r"url\(|@import|@font-face", pages["patency.css"])
