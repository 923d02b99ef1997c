"""Search over the library: what a clinician types finds what a clinician means."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreement.strategies import examples
from evidence.figures import audit
from patency.evidence.read import read_audits
from patency.guideline.files import CONTENT
from patency.guideline.load import read_library
from patency.guideline.model import Library
from patency.publish.site import site
from patency.web.places import GROUPS, STUDIES
from patency.web.search import MOST_LETTERS, MOST_SHOWN, MOST_WORDS, Index, Results, folded, tokens
from unit.small import files

AUDIT = audit("at_most: 9\ngroups: [{id: a, title: the hue, answers: one, shares: [{id: b, says: blue, percent: 50}]}]")


@pytest.fixture(scope="module")
def index(library: Library) -> Index:
    return Index(library, read_audits(CONTENT, library.sources))


def first(results: Results, group: str) -> str:
    """Return the path of what is found first in a group."""
    return next((each.hits[0].entry.path for each in results.groups if each.name == group), "")


# What is typed | in which group | what is found there first
TYPED = """
phlegmasia                 | Concepts   | vocabulary.html#phlegmasia
PHLEGMASIA dolens          | Statements | sheets/alerts.html#limb--compartment-pressure
filter pregnancy           | Rules      | guidelines/thrombosis-canada-pregnancy.html#rule-filter
filters in pregnancy       | Rules      | guidelines/thrombosis-canada-pregnancy.html#rule-filter
acr 2020                   | Guidelines | guidelines/acr-2020.html
acr 2020 surgical          | Rules      | guidelines/acr-2020.html#rule-v1
acr may-thurner            | Rules      | guidelines/acr-2020.html#rule-v4
platelets 50               | Rules      | guidelines/asco-2013.html#rule-platelets-50
platelet count             | Concepts   | vocabulary.html#platelets
pediatric                  | Guidelines | guidelines/ash-2018-paediatric.html
paediatric                 | Guidelines | guidelines/ash-2018-paediatric.html
HIT                        | Concepts   | vocabulary.html#heparin_induced_thrombocytopenia
hit                        | Concepts   | vocabulary.html#heparin_induced_thrombocytopenia
IVC filter                 | Guidelines | guidelines/acr-2019-filter.html
PE                         | Concepts   | vocabulary.html#pulmonary_embolism
LMWH                       | Options    | options.html#lmwh
surgical thromb            | Options    | options.html#surgical_thrombectomy
stockings                  | Options    | options.html#compression
edema                      | Rules      | guidelines/aha-2011.html#rule-stockings
hemorrhage                 | Statements | sheets/paediatric-lysis.html#ash-sap-strong--haemorrhage
stent may-thurner          | Practice   | practice.html#elite-kids-2025--stent
cavent obstruction         | Figures    | audit.html#cavent
attract                    | Sources    | sources.html#attract-2017
"""
ROWS = [[cell.strip() for cell in row.split("|")] for row in TYPED.strip().splitlines()]


@pytest.mark.parametrize(("typed", "group", "expected"), ROWS, ids=[row[0] for row in ROWS])
def test_what_a_clinician_types_is_found_first(typed: str, group: str, expected: str, index: Index) -> None:
    """The table is the specification."""
    assert first(index.look_for(typed), group) == expected


SAME = """
paediatric pediatric | haemorrhage hemorrhage | oedema edema       | ischaemia ischemia | anaemia anemia
foetal fetal         | oesophagus esophagus   | diarrhoea diarrhea | tumour tumor       | centre center
hospitalised hospitalized | catheterisation catheterization | analyse analyze | stents stent | pregnancies pregnancy
Élan elan            | THROMBOSIS thrombosis  | naïve naive
"""
PAIRS = [pair.split() for row in SAME.strip().splitlines() for pair in row.split("|")]


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_one_word_spelt_in_two_ways_is_one_word(one: str, other: str) -> None:
    """British and American, with and without accents, one and several, large and small."""
    assert folded(one) == folded(other)


APART = "toe te | does des | hour hor | thrombosis thrombosi | abscess absces | 50 500 | vein vena | lysis lys"


@pytest.mark.parametrize(("one", "other"), [pair.split() for pair in APART.split("|")])
def test_other_words_stay_apart(one: str, other: str) -> None:
    """Folding does not go so far that one word becomes another."""
    assert folded(one) != folded(other)


def test_every_word_must_be_found(index: Index) -> None:
    """One word more finds the same or fewer, each of which has it."""
    wide, narrow = index.look_for("filter"), index.look_for("filter platelets")
    assert 0 < narrow.total < wide.total
    for group in narrow.groups:
        for hit in group.hits:
            written = tokens(" ".join((hit.entry.title, hit.entry.where, *hit.entry.passages)))
            assert all(any(each.startswith(word) for each in written) for word in ("filter", "platelet"))


def test_a_number_is_no_part_of_another(index: Index) -> None:
    """Who looks for 5 does not mean 50, nor 2500."""
    for group in index.look_for("platelets 5").groups:
        for hit in group.hits:
            assert "5" in tokens(" ".join((hit.entry.title, hit.entry.where, *hit.entry.passages)))


def test_what_stands_in_a_heading_comes_before_what_stands_in_the_text(index: Index) -> None:
    """And a whole word before the beginning of one."""
    for group in index.look_for("compression").groups:
        ranks = [any(piece.is_marked for piece in (*hit.title, *hit.where)) for hit in group.hits]
        assert ranks == sorted(ranks, reverse=True), group.name


def test_what_was_superseded_comes_after_what_replaced_it(index: Index) -> None:
    """And says so."""
    rules = next(group for group in index.look_for("acr iliofemoral").groups if group.name == "Guidelines")
    assert [hit.entry.path for hit in rules.hits] == ["guidelines/acr-2020.html", "guidelines/acr-2013.html"]
    assert [tag.words for tag in rules.hits[1].entry.tags] == ["not reviewed by a clinician", "superseded by ACR 2020"]


def test_the_line_shown_has_the_words_marked(index: Index) -> None:
    """Put together again, its pieces are the line; a long one is cut round the first word."""
    hits = [hit for group in index.look_for("filter delivery").groups for hit in group.hits]
    assert hits
    for hit in hits:
        marked = {folded(piece.text) for piece in (*hit.title, *hit.where, *hit.line) if piece.is_marked}
        assert any(word.startswith("filter") for word in marked)
        assert any(word.startswith("deliver") for word in marked)
        assert "".join(piece.text for piece in hit.title) == hit.entry.title


def test_a_word_mistyped_is_proposed_rightly(index: Index) -> None:
    """With the other words as they are."""
    assert index.look_for("flegmasia").instead == ("phlegmasia",)
    assert "thrombectomy" in index.look_for("trombectomy").instead
    assert "surgical thrombectomy" in index.look_for("surgical trombectomy").instead
    assert index.look_for("qqqqqqqqqq").instead == ()


def test_words_that_never_stand_together_are_proposed_one_by_one(index: Index) -> None:
    """Each of them is somewhere."""
    found = index.look_for("villalta icd filter leukaemia")
    assert (found.total, found.is_apart) == (0, True)
    assert found.instead == ("villalta", "icd", "filter", "leukaemia")


def test_too_many_words_are_cut_and_it_is_said(index: Index) -> None:
    """The first few are looked for."""
    assert not index.look_for("filter " * MOST_WORDS).is_cut
    found = index.look_for("filter " * (MOST_WORDS + 1))
    assert found.is_cut
    assert len(found.words) == MOST_WORDS
    assert index.look_for("a" * (MOST_LETTERS + 1)).is_cut


def test_little_words_are_passed_over_beside_others(index: Index) -> None:
    """By themselves they are looked for."""
    assert index.look_for("the filter in pregnancy").words == ("filter", "pregnancy")
    assert index.look_for("of").words == ("of",)


@examples(150)
@given(
    typed=st.one_of(
        st.text(max_size=200), st.lists(st.sampled_from("a clot 50 v1 pre thromb ǅ ß ﬁ ² ٣ x́".split())).map(" ".join)
    )
)
def test_whatever_is_typed_is_answered_within_bounds(typed: str, small: Index) -> None:
    """Never an error; of each group a few, and the number of the rest."""
    found = small.look_for(typed)
    assert [group.name for group in found.groups] == [
        name for name in GROUPS if name in {each.name for each in found.groups}
    ]
    assert all(0 < len(group.hits) <= MOST_SHOWN and group.more >= 0 for group in found.groups)
    assert len(found.words) <= MOST_WORDS
    assert not (found.instead and found.total)


@pytest.fixture(scope="module")
def small() -> Index:
    return Index(read_library(files()), [AUDIT])


def test_every_place_is_on_a_page_of_the_library(small: Index) -> None:
    """Each path leads to a page, and its anchor to a place on it."""
    pages = {path: page.decode() for path, page in site(read_library(files()), audits=[AUDIT]).items()}
    assert {entry.group for entry in small.entries} == {*GROUPS} - {STUDIES}  # which are tried in tests/evidence
    for entry in small.entries:
        path, _, anchor = entry.path.partition("#")
        assert path in pages
        assert not anchor or f'id="{anchor}"' in pages[path], entry.path


def test_everything_that_can_be_searched_is_found_by_its_heading(index: Index) -> None:
    """Whoever types the first words of a heading finds it: among the first, or counted."""
    for entry in index.entries[::23]:
        words = re.findall(r"[^\W_]+", entry.title)[:MOST_WORDS]
        found = index.look_for(" ".join(words)[:MOST_LETTERS].rpartition(" ")[0] or words[0])
        assert entry.group in {group.name for group in found.groups}
