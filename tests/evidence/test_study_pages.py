"""Published studies as pages of the library: what each must say, where it leads, and that it is found."""

import html
import re
from collections.abc import Mapping
from posixpath import dirname, join, normpath

import pytest

from patency.evidence.model import Audit
from patency.evidence.read import read_texts
from patency.evidence.read_study import read_evidence
from patency.evidence.study import Evidence
from patency.guideline.files import CONTENT
from patency.guideline.model import Library
from patency.publish.site import Site
from patency.publish.studied import CLAIMED, LIST, page_of
from patency.web.places import STUDIES
from patency.web.search import Index


@pytest.fixture(scope="module")
def evidence(library: Library) -> Evidence:
    return read_evidence(CONTENT, library.sources, read_texts(CONTENT, library.sources), library.options)


@pytest.fixture(scope="module")
def pages(library: Library, audits: dict[str, Audit], evidence: Evidence) -> Mapping[str, str]:
    built = Site(library, lambda: None, None, list(audits.values()), evidence)
    wanted = (LIST, CLAIMED, "audit.html", "sources.html", *map(page_of, evidence.studies))
    return {path: built.printed(path).decode() for path in wanted}


def shown(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


def test_a_study_has_a_page_with_all_that_is_known_of_it(pages: Mapping[str, str], evidence: Evidence) -> None:
    """Groups, each figure with count, denominator and definition, follow-up, flags, the sources with their marks, the claims."""
    for study in evidence.studies.values():
        page = shown(pages[page_of(study.id)])
        assert all(" ".join(group.words.split()) in page for group in study.groups.values()), study.id
        for reported in study.outcomes:
            assert evidence.terms.definitions[reported.definition].words in page
            assert reported.at in page
            for figure in reported.figures.values():
                assert figure.percent is None or f"{figure.percent.text}%" in page
                assert (
                    figure.share is None or reported.is_cumulative or f"{figure.share.count}/{figure.share.of}" in page
                )
                assert all(each.mark.words in page for each in figure.citations)
        assert all(" ".join(flag.text.split()) in page for flag in study.flags)
        assert all(evidence.terms.claims[each.claim].words in page for each in study.stands)


def test_the_two_ways_to_a_stance_are_told_apart(pages: Mapping[str, str]) -> None:
    """CAVA was given that it contrasts; by the rule it cannot tell, for its interval covers no effect."""
    for path in (page_of("cava"), CLAIMED):
        page = shown(pages[path])
        assert "contrasts (given)" in page
        assert "printed odds ratio 0.75 (0.38 to 1.50)" in page
    assert "cannot tell (by the rule)" in shown(pages[page_of("cava")])


def test_each_link_of_a_study_leads_to_a_place(pages: Mapping[str, str]) -> None:
    """To another study, to the claim, to its audit and its sources, each with its anchor; and no name stands twice."""
    for path, page in pages.items():
        names = re.findall(r' id="([^"]*)"', page)
        assert len(names) == len(set(names)), path
        for link in re.findall(r'<a [^>]*?href="([^"]*)"', page):
            to, _, anchor = html.unescape(link).partition("#")
            target = normpath(join(dirname(path), to)) if to else path
            if target in pages and anchor:
                assert f'id="{anchor}"' in pages[target], f"{path} links to {link}"
            assert not target.startswith("studies/") or target in pages, f"{path} links to {link}"


def test_the_source_of_a_study_leads_to_it(pages: Mapping[str, str]) -> None:
    """Whoever holds a paper finds what was taken from it."""
    assert 'href="studies/cava.html#cava-pts"' in pages["sources.html"]


@pytest.mark.parametrize(("words", "path"), [
    ("ultrasound-accelerated catheter", "studies/cava.html"), ("Villalta ATTRACT", "studies/attract.html"),
    ("stockings prevent", "claimed.html#stockings-prevent-pts"),
])  # fmt: skip
def test_a_study_and_a_claim_are_found(library: Library, evidence: Evidence, words: str, path: str) -> None:
    """By their titles, definitions and words."""
    (found,) = [each for each in Index(library, (), evidence).look_for(words).groups if each.name == STUDIES]
    assert path in {hit.entry.path for hit in found.hits}


def test_a_library_without_studies_says_so(library: Library) -> None:
    """The pages are there, since every page links to them."""
    empty = Site(library, lambda: None)
    assert b"No studies are here." in empty.printed(LIST)
    assert b"No claims are here." in empty.printed(CLAIMED)
