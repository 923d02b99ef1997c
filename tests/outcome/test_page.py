"""The page of outcomes and its figures: nothing on it stands without what it means, of how many, and from what."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from outcome.reporting import Element, reported_of, tree_of
from patency.cut import Cut
from patency.outcome.estimated import ALL, Point, estimated
from patency.outcome.few import Shown, shown
from patency.outcome.follow import follow
from patency.outcome.read_definitions import read_definitions
from patency.outcome.reported import Reported
from patency.outcome.tail import fewest_at_risk
from patency.outcome.traits import traits_of
from patency.publish.course import course_of
from patency.publish.curve import curves
from patency.publish.outcome_tables import table_of
from patency.publish.outcomes import figures, page
from patency.publish.press import Press
from registry.made import library

NEEDED = ("definition", "denominators", "source")
LABEL = "SYNTHETIC: nobody in it ever lived; no figure of it is evidence"


@pytest.fixture(scope="module")
def whole(demo: Cut) -> Reported:
    """A report in which nothing is withheld, for nobody lived."""
    return reported_of(demo)


@pytest.fixture(scope="module")
def withheld(demo: Cut) -> Reported:
    """The same as it would leave if the patients had lived."""
    return reported_of(demo, fewest=5)


def printed(reported: Reported) -> str:
    return page(reported, Press(library())).decode()


def lacking(seen: Element) -> list[str]:
    """Name the figures, drawings and tables that do not say what they mean, of how many, or from what."""
    faults = []
    for drawing in seen.all("svg", "figure"):
        says = " ".join(each.words for each in drawing.all("desc"))
        faults += [f"drawing without {each}" for each in NEEDED if f"{each.capitalize()}. " not in says]
    for figure in seen.all("figure"):
        faults += [
            f"figure without {each}" for each in NEEDED if not any(p.words.strip() for p in figure.all("p", each))
        ]
    for table in seen.all("table"):
        if "words" in table.given.get("class", "").split():
            continue  # it holds no number of the cut
        under = seen.by_id(table.given.get("aria-describedby", ""))
        faults += [
            f"table without {each}"
            for each in NEEDED
            if under is None or not any(p.words.strip() for p in under.all("p", each))
        ]
    return faults


@pytest.mark.parametrize("which", ["whole", "withheld"])
def test_no_figure_and_no_table_stands_without_definition_denominators_and_source(
    which: str, request: pytest.FixtureRequest
) -> None:
    """On the page each has all three under it, by name."""
    seen = tree_of(printed(request.getfixturevalue(which)))
    assert len(seen.all("svg", "figure")) > 4
    assert len(seen.all("table")) > 8
    assert lacking(seen) == []


def test_a_figure_without_its_denominators_is_found(whole: Reported) -> None:
    """The walk can fail: of a page whose denominators are taken out, every figure and table is named."""
    seen = lacking(tree_of(printed(whole).replace('class="denominators"', "")))
    assert "figure without denominators" in seen
    assert "table without denominators" in seen


def test_a_figure_that_leaves_its_page_takes_all_of_it_along(whole: Reported, tmp_path: Path) -> None:
    """Each file is an image by itself: label, definition with its hash, denominators, cut and source are in it in letters."""
    found = figures(whole)
    assert {"patency-primary", "pts-cava-isth", "villalta-last", "flow"} <= found.keys()
    for name, content in found.items():
        drawing = ElementTree.fromstring(content)
        said = " ".join("".join(each.itertext()) for each in drawing.iter("{http://www.w3.org/2000/svg}text"))
        for words in ("Definition.", "Denominators.", "Source.", whole.cut["content"][:16], "SYNTHETIC"):
            assert words in said, (name, words, tmp_path)
        assert b"var(--" not in content, f"{name}: not every program knows names of colours"


def test_the_label_stands_at_head_and_foot_and_in_each_drawing(whole: Reported) -> None:
    """Whoever takes a part of the page takes the label along."""
    seen = tree_of(printed(whole))
    assert [each.words.strip() for each in seen.all("aside", "loud")] == [LABEL]
    assert LABEL in seen.all("footer")[0].words
    for drawing in seen.all("svg", "figure"):
        if drawing.given["aria-labelledby"].startswith("figure-flow"):
            continue  # drawn as the survey draws it; its caption bears the label
        assert LABEL in " ".join(each.words for each in drawing.all("text", "loud"))


def test_outcomes_are_after_an_option_and_not_because_of_it(whole: Reported) -> None:
    """The page says so before any number."""
    said = printed(whole)
    assert said.index("not <em>because of</em> it") < said.index("<table")


def test_what_is_unverified_looks_unverified(whole: Reported) -> None:
    """A definition that rests partly on memory has the word beside its title, and its passage bears it in the list of sources."""
    seen = tree_of(printed(whole))
    article = seen.by_id("outcome-severe-complication")
    assert article is not None
    assert any("unverified" in each.words for each in article.all("h3")[0].all("a", "ref"))
    assert any("not confirmed in any source" in each.words for each in seen.all("span", "unverified"))


def test_no_percentage_of_a_table_stands_without_its_interval(whole: Reported) -> None:
    """Each names its interval or why there is none; Turnbull's curve stands beside one that has it."""
    for outcome in whole.outcomes:
        table = table_of(outcome, whole)
        columns = [at for at, head in enumerate(table.head) if "95%" in head and "exact" not in head]
        cells = [row[at] for _, rows in table.groups for row in rows for at in columns]
        assert [cell for cell in cells if "%" in cell and " to " not in cell and "no interval:" not in cell] == []


# Curves.


def shown_of(cut: Cut, name: str, fewest: int = 1) -> tuple[Shown, ...]:
    definition = read_definitions(library().sources)[name]
    groups = traits_of(cut).select("episode", group="option")
    return shown(estimated(follow(cut, definition), groups), fewest)


@pytest.mark.parametrize("name", ["patency-primary", "recurrent-thrombosis", "death"])
def test_the_counts_under_a_curve_add_up_to_all(demo: Cut, name: str) -> None:
    """At each month those at risk, with the event, dead before it and censored are all that were followed."""
    for each in shown_of(demo, name):
        course = course_of(each)
        assert course is not None
        assert len(course.tallies) > 2
        for tally in course.tallies:
            assert tally.at_risk + tally.events + tally.deaths + tally.censored == each.figure.units
        by_month = {point.month: point.at_risk for point in each.figure.points}
        assert all(by_month[tally.month] == tally.at_risk for tally in course.tallies[1:])


@pytest.mark.parametrize("name", ["patency-primary", "recurrent-thrombosis"])
def test_a_curve_is_what_the_table_says_and_is_cut_where_few_remain(demo: Cut, name: str) -> None:
    """At each month the step drawn last is the share of the table; none is drawn where fewer than a tenth are at risk."""
    for each in shown_of(demo, name):
        course = course_of(each)
        assert course is not None
        for point in each.figure.points:
            if point.month > course.until:
                continue
            step = [step for step in course.steps if step.month <= point.month][-1]
            assert step.share == pytest.approx(point.value)
            if point.interval is not None:
                assert (step.low, step.high) == pytest.approx(tuple(point.interval))
            assert point.at_risk is not None
        curve = each.figure.curve
        assert curve is not None
        drawn = curve.at_risk[curve.times / (365.25 / 12) <= course.until]
        assert drawn.min() >= fewest_at_risk(each.figure.units)


def test_where_patients_lived_no_step_is_drawn(demo: Cut) -> None:
    """A step is one person's day: months alone are marked, and a group that is withheld is named with why."""
    kept = shown_of(demo, "recurrent-thrombosis", fewest=5)
    courses = [course for each in kept if (course := course_of(each))]
    assert courses
    assert all(not course.steps and not course.tallies and course.marks for course in courses)
    drawn = str(curves(kept, {}, "name", "title", "says")) if all(each.figure.group == ALL for each in kept) else str(
        curves(kept, {each.figure.group: f"[{each.figure.group}]" for each in kept}, "name", "title", "says"))  # fmt: skip
    gone = [each.figure.group for each in kept if each.withheld]
    assert gone
    for group in gone:
        assert drawn.count(f"[{group}]") == 1, "named once, where it is said that it is not shown"
    assert "fewer than 5 people" in re.sub(r"</text><text[^>]*>", " ", drawn)


def test_three_groups_share_a_frame_and_more_do_not(demo: Cut) -> None:
    """Bands that lie upon one another cannot be read; three are told apart by dashes and letters, in grey too."""
    three = shown_of(demo, "patency-primary")
    words = {each.figure.group: each.figure.group for each in three}
    drawn = str(curves(three, words, "name", "title", "says"))
    assert drawn.count('class="plot"') == 2, "everybody, and the three options"
    assert sorted(re.findall(r'class="letter"[^>]*>(\w)<', drawn)) == ["A", "B", "C"]
    four = shown_of(demo, "death")
    drawn = str(curves(four, {each.figure.group: each.figure.group for each in four}, "name", "title", "says"))
    assert drawn.count('class="plot"') == 5, "everybody, and each of four options"


def test_nothing_is_drawn_of_nobody(demo: Cut) -> None:
    """Where no number is known there is no drawing, and no point makes a curve."""
    assert str(curves(shown_of(demo, "villalta-change-12-months"), {}, "name", "title", "says")) == ""
    figure = shown_of(demo, "death")[0].figure
    few = figure._replace(curve=None, points=(Point(1, 4, 0.1, None),), between=())
    assert course_of(Shown(few, "")) is None
