"""What is tested of two groups over all that was followed, and in which words it stands beside their difference."""

import re

import numpy
import polars
import pytest

from outcome.test_comparison import DEFINITIONS, MANY, made, two_groups
from patency.cut.manifest import FEWEST
from patency.outcome.comparison_text import to_text
from patency.outcome.estimate.cox import cox
from patency.outcome.estimate.gray import gray
from patency.outcome.estimate.logrank import log_rank
from patency.outcome.estimate.proportional import proportional
from patency.outcome.follow import EVENT
from patency.outcome.tested import CHECK, ENOUGH, GRAY, LOG_RANK, Ratio, put_to_the_test, ratio_of


def with_deaths(*many: int) -> tuple[list[tuple[float, int]], list[str]]:
    """Return the two groups, in each of which so many die before day 300."""
    times, options = two_groups()
    for group, deaths in enumerate(many):
        for place in range(deaths):
            times[(group + 1) * MANY - 1 - place] = (100.0 + place, 2)
    return times, options


def test_gray_s_test_stands_beside_the_log_rank_test_where_death_competes() -> None:
    """Both are of all that was followed from the landmark on, with the statistics of estimate/, and it is said that none is weighted."""
    times, options = with_deaths(20, 6)
    found = made(times, options)
    assert found.plain is not None
    days, states, groups = (
        [day - 14 for day, _ in times],
        [state for _, state in times],
        [place < MANY for place in range(120)],
    )
    by_gray, ranked = gray(days, states, groups), log_rank(days, [state == 1 for state in states], groups)
    assert [each.name for each in found.plain.tests] == [GRAY, LOG_RANK]
    assert [each.chi_squared for each in found.plain.tests] == pytest.approx([by_gray.chi_squared, ranked.chi_squared])
    assert [each.p for each in found.plain.tests] == pytest.approx([by_gray.p, ranked.p])
    said = to_text(found)
    assert "of the groups as they came, not weighted:" in said
    assert re.search(
        r"Gray's test \(whether as many .* death competes\): chi-squared \d+\.\d\d, 1 degree of freedom, p = 0\.\d{3}\.",
        said,
    )
    assert re.search(
        r"log-rank test \(whether .* the dead censored\): chi-squared \d+\.\d\d, 1 degree of freedom, p = 0\.\d{3}\.",
        said,
    )


def test_where_nothing_competes_there_is_no_gray_s_test() -> None:
    """A patency ends with a death and is not lost by it."""
    kept = polars.DataFrame({"time": [40.0, 90.0, 120.0, 200.0], "state": [1, 1, 0, 1]})
    for name, tests in (("recurrent-thrombosis", [GRAY, LOG_RANK]), ("patency-primary", [LOG_RANK])):
        found = put_to_the_test(kept, DEFINITIONS[name], numpy.array([0, 1, 0, 1]), None, (365, 1))
        assert [each.name for each in found] == tests


@pytest.mark.parametrize(("deaths", "is_shown"), [((0, 0), True), ((6, 5), True), ((6, 4), False), ((1, 0), False)])
def test_where_patients_lived_gray_s_test_goes_with_the_count_of_deaths(
    deaths: tuple[int, int], is_shown: bool
) -> None:
    """Of fewer than five deaths neither the count nor what is made of it leaves; the log-rank test, which censors them, does."""
    found = made(*with_deaths(*deaths), fewest=FEWEST)
    assert found.plain is not None
    of_gray, ranked = found.plain.tests
    assert (of_gray.p is not None) is is_shown
    assert (of_gray.why == "") is is_shown
    assert ranked.p is not None
    assert all(arm.deaths is not None for arm in found.arms) is is_shown
    assert ("not shown: fewer than 5 died before it in one of the groups" in to_text(found)) is not is_shown
    assert all(each.p is not None for each in made(*with_deaths(*deaths)).plain.tests)  # type: ignore[union-attr]  # as above


def test_where_patients_lived_no_digits_leave_that_are_not_printed() -> None:
    """Two digits of a statistic and of a ratio, three of a p: in the JSON as in the words."""
    times, options = with_deaths(20, 6)
    exact, rounded = (made(times, options, fewest=each).plain for each in (1, FEWEST))
    assert exact is not None
    assert rounded is not None
    for one, other in zip(exact.tests, rounded.tests, strict=True):
        assert one.chi_squared is not None
        assert one.p is not None
        assert (other.chi_squared, other.p) == (round(one.chi_squared, 2), round(one.p, 3))
        assert one.p != other.p
    assert exact.ratio is not None
    assert rounded.ratio is not None
    assert exact.ratio.value is not None
    assert rounded.ratio.value == round(exact.ratio.value, 2) != exact.ratio.value


def test_the_hazard_ratio_is_of_the_option_to_the_other_and_bears_its_check() -> None:
    """Its figures are those of estimate/; what the check says stands after them."""
    times, options = with_deaths(20, 6)
    found = made(times, options)
    assert found.plain is not None
    ratio = found.plain.ratio
    assert ratio is not None
    days, had, taken = (
        [day - 14 for day, _ in times],
        [state == 1 for _, state in times],
        [place < MANY for place in range(120)],
    )
    fitted, check = cox(days, had, numpy.array(taken, float)), proportional(days, had, numpy.array(taken, float))
    assert fitted.hazard_ratios is not None
    assert ratio.value == pytest.approx(fitted.hazard_ratios[0])
    assert (ratio.check.chi_squared, ratio.check.p) == pytest.approx((check.overall, check.overall_p))
    assert (
        f"hazard ratio of thrombectomy without lytic to anticoagulation alone, over all that was followed, not weighted: {ratio.value:.2f}"
        in to_text(found)
    )
    assert (
        f"({CHECK}): chi-squared {ratio.check.chi_squared:.2f}, 1 degree of freedom, p = {ratio.check.p:.3f}: {ratio.reading}."
        in to_text(found)
    )


def ratio_over(days: numpy.ndarray, group: numpy.ndarray) -> Ratio:
    return ratio_of(polars.DataFrame({"time": days, "state": numpy.full(len(days), EVENT)}), group, None, 1)


def test_what_the_check_tells_and_what_it_does_not() -> None:
    """A ratio that turns round is a sign; of few events it cannot tell; of many it finds none, and names what it cannot see."""
    chance = numpy.random.default_rng(3)
    group = numpy.repeat([0, 1], 200)
    early, late = (chance.exponential(60 / rate) for rate in (numpy.where(group, 3, 1), numpy.where(group, 1 / 3, 1)))
    turned = ratio_over(numpy.ceil(numpy.where(early < 40, early, 40 + late)), group)
    assert turned.reading.startswith("a sign that the ratio changes with time: no one ratio describes it")
    held = numpy.ceil(chance.exponential(numpy.where(group, 60, 20)))
    assert ratio_over(held, group).reading.endswith("one that rises and falls again would not show")
    few = ratio_over(held[160:240], group[160:240])
    assert ENOUGH > 80
    assert few.reading.startswith("no sign that the ratio changes with time; but with so few events it cannot tell")


def test_a_ratio_that_cannot_be_given_is_said_to_be_none() -> None:
    """All of one group have the event before anybody of the other: no ratio fits best."""
    found = ratio_over(numpy.array([1.0, 2, 3, 11, 12, 13]), numpy.array([1, 1, 1, 0, 0, 0]))
    assert (found.value, found.interval, found.reading) == (None, None, "")
    compared = made(*two_groups())
    assert compared.plain is not None
    said = to_text(compared._replace(plain=compared.plain._replace(ratio=found)))
    assert "not weighted: none can be given: no hazard ratio fits best" in said


def test_a_p_that_is_very_small_is_not_nought() -> None:
    """Written as a bound."""
    found = made(*two_groups())
    assert found.plain is not None
    small = tuple(each._replace(p=1e-9) for each in found.plain.tests)
    said = to_text(found._replace(plain=found.plain._replace(tests=small)))
    assert said.count("p < 0.001") == 2
