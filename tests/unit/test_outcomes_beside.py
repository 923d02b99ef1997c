"""What happened to patients like this one, beside what guidelines say: published figures, and one's own registry."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from patency.casefile import read_case
from patency.consult.html import to_html
from patency.consult.json import SCHEMA, as_json
from patency.consult.outcomes import Spoke
from patency.consult.page import Consult, consult
from patency.consult.said_by_outcomes import (
    NO_COUNT,
    brief_words,
    definition_name,
    figure_words,
    headline_words,
    spoke_words,
)
from patency.consult.text import to_text
from patency.document import read_bytes, read_document
from patency.guideline.model import Library
from patency.outcome.alike import Alike, Criterion, Matching, Step
from patency.outcome.definition import Definition
from patency.outcome.estimated import Estimated
from patency.outcome.few import Shown
from patency.outcome.read_definitions import read_definitions
from patency.outcome.widened import WITHHELD
from patency.share import Interval, Share
from patency.truth import Truth

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))
WORKED = next(path for path in EXAMPLES if path.stem == "acute-severe-adult")
LABEL = "*** SYNTHETIC: nobody in it ever lived; no figure of it is evidence ***"


class Given:
    """A cut by hand: what it says of patients alike is given."""

    def __init__(self, alike: Alike) -> None:
        self._alike = alike

    def alike(self, _: object) -> Alike:
        return self._alike


def page(path: Path, library: Library, own: Any = None, more: str = "") -> Consult:
    text = read_bytes(path).decode().replace("findings:\n", f"findings:\n{more}", 1)
    case, faults = read_case(
        read_document(text.encode(), path.name), library.lexicon.vocabulary, date(2026, 5, 29), also=("expect",)
    )
    assert not faults
    return consult(library, case, own)


def figures(consulted: Consult) -> Iterator[Spoke]:
    for outcomes in consulted.outcomes.values():
        yield from (*outcomes.speaking, *outcomes.open)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_no_figure_stands_without_definition_denominator_and_source(path: Path, library: Library) -> None:
    """Whatever the patient: each says by which definition, of how many or that it was not printed, and where it was read."""
    consulted = page(path, library)
    known = {each.figure for each in library.studies}
    for each in figures(consulted):
        figure = each.figure
        assert figure in known
        assert figure.citations
        assert all(citation.source in library.sources for citation in each.citations)
        for said in (spoke_words(each), brief_words(each)):
            assert definition_name(figure) in said
            assert re.search(r"\d of \d+|not printed", said), said
        assert "%" not in figure_words(figure) or re.search(r"\(.* to .*\)|no interval|interval", figure_words(figure))
        assert "printed" in figure_words(figure) or not (figure.is_count_decoded or figure.is_of_decoded)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_json_holds_every_figure_and_fits_its_schema(path: Path, library: Library) -> None:
    """Each with its definition in words and its citation; null is what was not printed."""
    consulted = page(path, library)
    written = as_json(consulted)
    Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(written)
    told = [figure for each in written["outcomes"] for option in each["options"] for figure in option["figures"]]
    assert len(told) == len(list(figures(consulted)))
    assert all(each["definition_words"] and each["citation"] and each["said"] for each in told)
    assert all(NO_COUNT in each["said"] or each["of"] or "not printed" in each["said"] for each in told)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_no_two_arms_of_a_study_read_alike(path: Path, library: Library) -> None:
    """Two arms after one option are told by their names: half or more of the clot left, or less; thigh-length, or below the knee."""
    consulted = page(path, library)
    for outcomes in consulted.outcomes.values():
        for option in outcomes.options.values():
            groups: dict[tuple[str, str], str] = {}
            for each in (*option.speaking, *option.open):
                said = (each.figure.study.id, spoke_words(each).partition("]: ")[0])
                assert groups.setdefault(said, each.figure.group) == each.figure.group


def test_arms_of_one_study_stand_with_their_names(library: Library) -> None:
    """In the full text, in a cell and in HTML; a study with one arm after an option needs no name for it."""
    consulted = page(WORKED, library)
    full, html = " ".join(to_text(consulted, is_full=True).split()), to_html(consulted)
    for arm in ("half or more left", "less than half left"):
        assert f"recurrent thrombosis, median of 35.9 months ({arm}) [definition not stated]: " in full
        assert f"median of 35.9 months ({arm})" in html
    (cell,) = {brief_words(each) for each in figures(consulted) if each.figure.group == "half or more left"}
    assert cell.endswith("median of 35.9 months (half or more left), definition not stated")
    assert "(standard treatment)" not in full


def test_children_and_adults_are_not_told_of_each_other(library: Library) -> None:
    """What was watched in adults says nothing here of a child of twelve, and the other way about."""
    ages = {"acute-severe-adult": "adult", "child-12": "child", "child-leukaemia": "child"}
    for path in EXAMPLES:
        if path.stem in ages:
            assert {each.figure.study.age for each in figures(page(path, library))} == {ages[path.stem]}


def test_what_is_open_is_said_and_stands_in_no_row(library: Library) -> None:
    """Nobody knows whether symptoms of 10 to 16 days are acute: trials of acute clot may speak, under that condition."""
    consulted = page(next(path for path in EXAMPLES if path.stem == "onset-vague"), library)
    outcomes = consulted.outcomes["first-treatment"]
    may = [each for each in outcomes.open if each.figure.study.id == "cavent"]
    assert {each.condition for each in may} == {"symptoms began less than 14 days ago"}
    assert not [each for each in outcomes.speaking if each.figure.study.phase == "acute"]
    assert "studies may speak (--full), if symptoms began less than 14 days ago" in " ".join(to_text(consulted).split())


@pytest.mark.parametrize("name", ["pregnant", "active-bleeding", "limb-threat"])
def test_no_study_speaks_surely_for_those_it_does_not_say_it_watched(name: str, library: Library) -> None:
    """In pregnancy, in bleeding and with a threatened limb no figure stands as this patient's."""
    consulted = page(next(path for path in EXAMPLES if path.stem == name), library)
    found = list(figures(consulted))
    assert {each.truth for each in found} == {Truth.UNKNOWN}
    assert all("which it does not state" in each.condition for each in found)


def test_no_patient_is_told_twice_on_the_short_page(library: Library) -> None:
    """Of one outcome, a trial and its own subgroup do not both stand in an option's row or summary."""
    outcomes = page(WORKED, library).outcomes["first-treatment"]
    for option in outcomes.options.values():
        for told in (option.headlines, option.lead(outcomes.lead) if option.speaking else ()):
            kept = [(each[0].figure.study.family, each[0].figure.outcome) for each in told]
            assert len(kept) == len(set(kept))
    # CaVenT: 55 of 99 (studies.md); by R, binom::binom.confint(55, 99, methods = "wilson"): 0.457 to 0.650.
    said = " ".join(to_text(page(WORKED, library)).split())
    assert "55.6% (55 of 99; 46% to 65%), 24 months, definition not stated, CaVenT" in said


SIX_MONTHS = """case: a clot of six months
on: 2026-05-29
findings:
  age: 45 years
  segments: [common_femoral, external_iliac, common_iliac]
  onset: 180 days ago
  limb_threat: no
"""


def written(text: str, library: Library) -> Consult:
    case, faults = read_case(read_document(text.encode(), "case"), library.lexicon.vocabulary, date(2026, 5, 29))
    assert not faults
    return consult(library, case)


@pytest.mark.parametrize("text", [SIX_MONTHS, SIX_MONTHS.replace("180", "3"), SIX_MONTHS.replace("45", "15")])
def test_a_study_is_told_by_its_whole_group_or_by_all_its_parts(text: str, library: Library) -> None:
    """Never by the first of its parts, be it the best or the worst: neither in a cell nor in the summary."""
    printed: dict[tuple[str, str, str], set[str]] = {}
    for spoken in library.studies:
        figure = spoken.figure
        printed.setdefault((figure.study.id, figure.outcome, figure.option), set()).add(figure.group)
    several = 0
    for outcomes in written(text, library).outcomes.values():
        for option in outcomes.options.values():
            leads = option.lead(outcomes.lead) if option.speaking else ()
            for headline in (*leads, *option.headlines):
                figure = headline[0].figure
                groups = {each.figure.group for each in headline}
                everybody = printed[figure.study.id, figure.outcome, figure.option]
                assert not figure.is_part or groups == everybody
                assert figure.is_part or len(headline) == 1
                several += len(headline) > 1
    assert several or "3 days" not in text


def test_recurrence_after_lysis_is_that_of_all_who_had_it(library: Library) -> None:
    """Aziz 2012 prints 7 of 75; half or more was left in 8 of them, of whom 4 had another clot: that is no headline."""
    (whole,) = (
        each
        for each in written(SIX_MONTHS.replace("180", "3"), library)
        .outcomes["first-treatment"]
        .options["catheter_lysis"]
        .speaking
        if each.figure.study.id == "aziz-2012" and not each.figure.is_part
    )
    # By R, binom::binom.confint(7, 75, methods = "wilson"): 0.046 to 0.180.
    assert brief_words(whole).startswith("9% (7 of 75; 5% to 18%), median of 35.9 months (all)")


def test_of_parts_alone_each_stands_in_the_line_with_its_name(library: Library) -> None:
    """The Swiss registry prints no figure of all: 80.5% after an acute clot is not said without 59.2% and 100%."""
    outcomes = written(SIX_MONTHS.replace("180", "3"), library).outcomes["stent"]
    (swiss,) = (
        each for each in outcomes.options["stent"].lead(outcomes.lead) if each[0].figure.study.id == "stents-swiss"
    )
    words = headline_words(swiss)
    for part in ("acute thrombosis 80.5% (", "post-thrombotic 59.2% (", "compression without thrombosis 100% ("):
        assert part in words
    assert words.endswith("; 3 years, definition not stated")


def test_of_an_older_clot_a_study_that_names_no_phase_may_speak_alone(library: Library) -> None:
    """As of a pregnancy that it does not state: at three days it speaks and says what it leaves out, at six months it may."""
    names = {each.figure.study.id for each in library.studies if each.figure.study.phase == "not stated"}
    assert {"aziz-2012", "rao-pmt"} <= names
    new, old = (list(figures(written(SIX_MONTHS.replace("180", days), library))) for days in ("3", "180"))
    assert {each.truth for each in new if each.figure.study.id == "aziz-2012"} == {Truth.YES}
    assert all("phase" in each.unsaid for each in new if each.figure.study.id == "aziz-2012")
    told = [each for each in old if each.figure.study.id in names]
    assert {each.truth for each in told} == {Truth.UNKNOWN}
    assert all("which it does not state: symptoms began 14 or more days ago" in each.condition for each in told)


def test_what_began_after_months_is_no_first_treatment(library: Library) -> None:
    """Dabigatran in children was secondary prevention (Blood 2020;135:491): no consult of a child tells of it."""
    begun = {each.figure.study.id: each.figure.study.begun for each in library.studies}
    assert "dabigatran-children" not in begun
    assert begun["attract"] == "as first treatment"
    for each in library.studies:
        if each.figure.study.begun in ("after weeks", "after months"):
            assert library.options[each.figure.option].decision != "first-treatment"
    assert "Dabigatran in children" not in " ".join(
        to_text(written(SIX_MONTHS.replace("45", "12"), library), is_full=True)
    )


def test_figures_change_nothing_that_guidelines_say(library: Library) -> None:
    """Advice, comparisons and questions are the same with every study gone."""
    with_studies, without = page(WORKED, library), page(WORKED, library._replace(studies=()))
    assert not without.outcomes
    written, bare = (unnumbered(as_json(each)) for each in (with_studies, without))
    for part in ("alerts", "advice", "compare", "ask", "practice", "state"):
        assert written[part] == bare[part]


def unnumbered(value: Any) -> Any:
    """Take the numbers of sources off, which count what a page cites."""
    if isinstance(value, dict):
        return {name: unnumbered(each) for name, each in value.items() if name != "number"}
    return [unnumbered(each) for each in value] if isinstance(value, list) else value


def test_an_option_without_figures_says_so(library: Library) -> None:
    """Systemic lysis, and what is rated with a broader option, have none here."""
    full = " ".join(to_text(page(WORKED, library), is_full=True).split())
    assert re.search(r"no published figures for such a patient: [^:]*systemic lysis", full)
    html = to_html(page(WORKED, library))
    assert "no figures" in html
    assert "after, not because of" in html


def test_a_consult_without_a_cut_counts_nothing() -> None:
    """Published figures are kept as words: neither what counts nor fractions are loaded, nor a cut's reader."""
    code = (
        "import sys; from patency.cli import main; main(['consult', sys.argv[1], '--out', sys.argv[2]]); "
        "sys.exit(sum(name in sys.modules for name in "
        "('polars', 'numpy', 'scipy', 'fractions', 'patency.cut', 'patency.outcome.alike')))"
    )
    for _ in range(2):  # the first may have to read the library anew
        done = subprocess.run([sys.executable, "-c", code, str(WORKED), "/dev/null"], check=False)
    assert done.returncode == 0


def _figure(definition: Definition, group: str, share: Share | None) -> Estimated:
    return Estimated(
        definition, group, share.of if share else 0, share.of if share else 0, share.count if share else None, None, None,
        share, share.interval if share else None, None, kept=False, curve=None, points=(), between=(), median=None,
        summary=None, change=None, method="Wilson's interval", counts={},
    )  # fmt: skip


def alike(library: Library) -> Alike:
    definition = read_definitions(library.sources)["pts-attract"]
    age = Criterion("population", "an adult", is_known=True)
    told = (
        Shown(_figure(definition, "anticoagulation_alone", Share(20, 61)), ""),
        Shown(_figure(definition, "surgical_thrombectomy", None), "too few to say: fewer than 5 of them"),
    )
    steps = (
        Step((age,), "", None, "an adult: how many is not shown"),
        Step((age,), "the phase", 126, "an adult: 126 patients"),
    )
    return Alike(LABEL, "c33a82a4b5c8ffff", "north", "an adult", steps, (), ((definition, told),), "", 5, 30)


def test_ones_own_registry_stands_beside_what_was_published(library: Library) -> None:
    """20 of 61 is 33%, 22% to 45% by Wilson (R: binom.confint); its label is loud at head and foot; what is few is in words."""
    consulted = page(WORKED, library, Given(alike(library)))
    lines = to_text(consulted)
    said = " ".join(lines.split())
    assert "20 of 61 limbs, 33% (22% to 45%)" in said
    assert said.count("SYNTHETIC: NOBODY IN IT EVER LIVED; NO FIGURE OF IT IS EVIDENCE") == 2
    assert "surgical thrombectomy: Post-thrombotic syndrome, ATTRACT [pts-attract]: too few to say" not in said
    assert "surgical thrombectomy: withheld: pts-attract" in said
    assert "Villalta of 5 or more, or an ulcer, in the leg at any visit from 6 to 24 months" in said
    assert "an adult: 126 patients" in said
    html = to_html(consulted)
    assert html.count('<strong class="loud">SYNTHETIC: NOBODY IN IT EVER LIVED') >= 3
    assert "20 of 61 limbs, 33% (22% to 45%)" in html


def test_why_something_is_withheld_is_said_once(library: Library) -> None:
    """Of two options, of a trait and of the people at a step: each place has the one word, and the text one sentence."""
    found = alike(library)
    ((definition, told),) = found.outcomes
    step, age = found.steps[0], found.steps[0].criteria
    reason = f"{WITHHELD}: fewer than 5 had it"
    more = (Shown(_figure(definition, name, None), reason) for name in ("catheter_lysis", "pharmacomechanical"))
    few = found._replace(
        outcomes=((definition, (*told[:1], *more)),),
        steps=(step._replace(words=f"an adult: how many is {WITHHELD}"),),
        matched={"pts-attract": Matching(age, ((age[0], WITHHELD),))},
    )
    text = " ".join(to_text(page(WORKED, library, Given(few))).split())
    assert text.count("subtracted from one another") == text.count("fewer than 5 had it") == 1
    why = "Where it says withheld: so that answers cannot be subtracted from one another; fewer than 5 had it."
    assert why in text
    for words in (
        "how many is withheld ",
        "Not by: an adult: withheld. ",
        "pharmacomechanical lysis: withheld: pts-attract ",
    ):
        assert words in text
    html = to_html(page(WORKED, library, Given(few)))
    assert html.count("subtracted from one another") == html.count(why)
    screen, paper = html.split('<div class="paper happened">')
    assert (screen.count(why), paper.count(why)) in {(1, 1), (1, 0), (0, 1)}, (
        "once on the screen, and once on paper where it fits"
    )


def test_what_is_withheld_leaves_by_no_form(library: Library) -> None:
    """Of a figure that is withheld JSON has the definition and the reason, and no number."""
    written = as_json(page(WORKED, library, Given(alike(library))))
    Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(written)
    assert written["registry"]["label"] == LABEL
    options = {each["option"]: each for outcomes in written["outcomes"] for each in outcomes["options"]}
    (withheld,) = options["surgical_thrombectomy"]["registry"]
    assert withheld["withheld"].startswith("too few")
    assert (withheld["label"], withheld["content"]) == (LABEL, "c33a82a4b5c8ffff")
    assert not [
        name for name in ("units", "patients", "events", "count", "of", "interval") if withheld[name] is not None
    ]
    (told,) = options["anticoagulation_alone"]["registry"]
    assert (told["count"], told["of"]) == (20, 61)
    assert Interval(told["interval"]["low"], told["interval"]["high"]) == (0.22, 0.45)  # printed as 22 to 45%


@pytest.mark.parametrize("name", ["label", "content"])
def test_no_figure_of_a_registry_goes_without_its_label_and_its_cut(library: Library, name: str) -> None:
    """The schema refuses a figure that does not say itself whether anybody lived it, or of which cut it is."""
    written = as_json(page(WORKED, library, Given(alike(library))))
    figures = [
        each for outcomes in written["outcomes"] for option in outcomes["options"] for each in option["registry"]
    ]
    del figures[0][name]
    assert not Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).is_valid(written)
