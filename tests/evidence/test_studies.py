"""The studies that Patency holds: what each file must bear out, what is pooled and what is not, and how it is shown."""

from xml.etree import ElementTree

import pytest

from patency.evidence.effect import Measure
from patency.evidence.forest import notes, to_svg, to_text
from patency.evidence.model import Audit
from patency.evidence.read import read_texts
from patency.evidence.read_study import read_evidence
from patency.evidence.study import Counts, Evidence, Stance, stances_on
from patency.evidence.study_text import claim_text
from patency.evidence.study_text import to_text as study_text
from patency.evidence.together import Asked, Table, pool
from patency.fault import Refused
from patency.guideline.files import CONTENT
from patency.guideline.model import Library
from patency.source import Mark


@pytest.fixture(scope="session")
def evidence(library: Library) -> Evidence:
    return read_evidence(CONTENT, library.sources, read_texts(CONTENT, library.sources), library.options)


@pytest.fixture(scope="session")
def trials(evidence: Evidence) -> Table:
    return pool(evidence, Asked("pts", across=True))


# Knowledge file, sections 1, 3 to 5: the study, its outcome, and each count of how many (d: decoded, not printed).
COUNTS = """
attract          pts              157/336 171/355
attract          pts-moderate-severe 60/336 84/355
cavent           cavent-patency   32/50 19/53
cavent           cavent-pts-24    37/90 55/99
cavent           cavent-pts-5y    37/87 63/89
cava             cava-pts         22/77 26/75
cava             cava-bleeding    4/77 0/75
cava             cava-late-pts    19/62 26/58
torpedo          pts-6            3/88d 22/81d
torpedo          pts-30           6/88 24/81
torpedo          recurrence-30    4/88 13/81
stents-sun-yat-sen sun-24         8/22
stents-seven-hospitals seven-patency 133/134d 46/55d 129/188d
abre             patency          162/184
aziz-2012        recurrence       7/75
aziz-2012        residual-recurrence 4/8 3/67
dandoy-2015      pts              4/28
warad-2020       children-pts     8/13
engel-2020       pts              434/1076
dabigatran-children any-bleeding  40/203
ivc-cohort       technical        36/37
ivc-cohort       pts              8/36d
stocking-length  pts              44/135 47/132
"""


@pytest.mark.parametrize("row", COUNTS.strip().splitlines(), ids=lambda row: " ".join(row.split()[:2]))
def test_the_counts_are_those_of_the_papers(evidence: Evidence, row: str) -> None:
    """Each count and denominator, and whether it was printed."""
    name, outcome, *known = row.split()
    (reported,) = [each for each in evidence.studies[name].outcomes if each.id == outcome]
    told = [
        f"{figure.counted}/{figure.of}{'d' * (figure.counts is Counts.DECODED)}" for figure in reported.figures.values()
    ]
    assert told == known


def test_nothing_from_memory_is_in_a_study(evidence: Evidence, library: Library) -> None:
    """Every figure cites a source with a passage, and none rests on memory alone."""
    for study in evidence.studies.values():
        for outcome in study.outcomes:
            for figure in outcome.figures.values():
                assert figure.citations
                assert all(each.at and each.mark is not Mark.UNVERIFIED for each in figure.citations), study.id
                assert all(each.source in library.sources for each in figure.citations)


def test_every_claim_has_a_study_and_every_study_is_of_use(evidence: Evidence) -> None:
    """No claim stands without a stance; the six of the matrix have one each way, but for bleeding."""
    for claim in evidence.terms.claims:
        assert stances_on(evidence, claim), claim
    for claim in (
        "lysis-less-pts",
        "lysis-less-moderate-pts",
        "stents-stay-open",
        "stockings-prevent-pts",
        "stents-70-90",
    ):
        assert {Stance.SUPPORTS, Stance.CONTRASTS} <= {each.stance for _, each in stances_on(evidence, claim)}
    for study in evidence.studies.values():
        assert study.outcomes or study.stands


def test_every_definition_and_outcome_is_used(evidence: Evidence) -> None:
    """A term that no study uses would be a choice that finds nothing."""
    used = {outcome.outcome for study in evidence.studies.values() for outcome in study.outcomes}
    assert set(evidence.terms.outcomes) == used


def test_a_figure_stands_in_one_file(evidence: Evidence, audits: dict[str, Audit]) -> None:
    """A study that names an audit repeats no percentage of it, and every other study makes its own."""
    for study in evidence.studies.values():
        if study.audit:
            assert study.audit in {path.stem for path in (CONTENT / "audits").glob("*.yaml")}
        elif any(figure.percent for outcome in study.outcomes if not outcome.is_cumulative
                 for figure in outcome.figures.values() if figure.of):  # fmt: skip
            assert study.id in audits


def test_the_four_trials_are_pooled_from_counts(trials: Table) -> None:
    """R 4: rma of escalc("RR") of the four, as pooled.json has it; across definitions, and saying so."""
    assert [line.study.id for line in trials.lines] == ["attract", "cava", "cavent", "torpedo"]
    known = {summary.method: f"{summary.value:.2f}" for summary in trials.summaries}
    assert known == {
        "fixed effect, inverse variance": "0.88",
        "fixed effect, Mantel-Haenszel": "0.84",
        "random effects, REML with Hartung-Knapp": "0.68",
    }
    assert "Pooled across definitions because it was asked for." in " ".join(notes(trials))


def test_two_definitions_are_not_pooled_unasked(evidence: Evidence) -> None:
    """The refusal names each definition and the studies that used it."""
    with pytest.raises(Refused) as refused:
        pool(evidence, Asked("pts"))
    for word in ("pts-attract", "pts-cava-isth", "not-stated", "ATTRACT", "CAVA", "CaVenT", "TORPEDO"):
        assert word in str(refused.value)


def test_a_part_of_a_trial_is_not_pooled_with_it(evidence: Evidence, trials: Table) -> None:
    """CAVA and those of CAVA in whom lysis succeeded share their patients."""
    assert evidence.studies["cava-successful-lysis"].part_of == "cava"
    assert "CAVA, lysis achieved" in [each.short for each in trials.left_out]


def test_decoded_counts_are_pooled_only_if_asked_for_and_look_so(evidence: Evidence) -> None:
    """ATTRACT printed no counts of bleeding; with them, each bears a dagger."""
    with_them = pool(evidence, Asked("major-bleeding", Measure.ODDS_RATIO, across=True, decoded=True))
    without = pool(evidence, Asked("major-bleeding", Measure.ODDS_RATIO, across=True))
    assert [line.study.id for line in without.lines] == ["cava"]
    assert without.summaries == ()
    assert "6/336† v 1/355†" in to_text(with_them)
    assert "not printed in the source" in to_text(with_them)


def test_the_first_or_the_last_time_of_a_study_is_taken(evidence: Evidence) -> None:
    """CaVenT at 24 months, or at five years: 37 of 87 against 63 of 89; a later definition is another one."""
    last = pool(evidence, Asked("pts", definition="pts-cava-isth", last=True))
    assert [share.count for share in last.lines[0].shares] == [19, 26]


def test_shares_alone_are_pooled_on_the_logit_scale(evidence: Evidence) -> None:
    """Children with post-thrombotic syndrome, whatever the definition: every line has its count and Wilson's interval."""
    table = pool(evidence, Asked("pts", Measure.SHARE, across=True, age="child"))
    assert {"engel-2020", "dandoy-2015", "warad-2020"} <= {line.study.id for line in table.lines}
    assert "434/1076" in to_text(table)
    assert "not because of it" in to_text(table)


def test_a_forest_plot_is_a_drawing_in_black_and_grey(trials: Table) -> None:
    """It parses, names each study with its counts, says definition and source, and uses no colour."""
    drawn = to_svg(trials)
    words = " ".join(each.text or "" for each in ElementTree.fromstring(drawn).iter())
    for word in ("157/336 v 171/355", "TORPEDO", "Definition:", "Sources:", "0.88 (0.77 to 1.00)"):
        assert word in words
    colours = {part.split('"')[0] for part in drawn.split('fill="')[1:] + drawn.split('stroke="')[1:]}
    assert colours <= {"#fff", "#444", "#000"}


def test_a_study_is_shown_with_all_that_is_known_of_its_figures(evidence: Evidence) -> None:
    """Printed beside recomputed, decoded as decoded, an estimate over time as no share."""
    attract = " ".join(study_text(evidence.studies["attract"], evidence).split())
    assert "printed 0.96 (0.82 to 1.11) p 0.56; from counts 0.97 (0.83 to 1.14)" in attract
    assert "[count decoded, not printed]" in attract
    swiss = " ".join(study_text(evidence.studies["stents-swiss"], evidence).split())
    assert "80.5%; no count: an estimate over time; printed interval 73.0 to 88.0" in swiss


def test_a_claim_is_shown_with_those_that_disagree(evidence: Evidence) -> None:
    """The 70 to 90% of the outline beside the registries that do not find them."""
    said = claim_text("stents-70-90", evidence)
    for word in ("supports  VERNACULAR", "contrasts Swiss registry", "contrasts Sun Yat-sen", "8/22"):
        assert word in said
