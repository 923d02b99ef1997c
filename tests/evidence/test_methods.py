"""Intervals agree with R, and with the papers."""

import pytest

from patency.evidence.finding import Verdict
from patency.evidence.method import (
    Ends,
    agresti_coull,
    at_most,
    exact,
    katz,
    newcombe,
    none_of,
    wald,
    wald_difference,
    wilson,
    woolf,
)
from patency.evidence.model import Arm
from patency.evidence.spans import of_interval
from patency.share import z_of

from .figures import audit

Z = z_of(0.95)

# The R call, what was asked here, and what R printed with options(digits = 15).
OF_R = [
    ("binom.test(36, 37)$conf.int", exact(Arm(36, 37), Z), (0.858396904388842, 0.999315968975305)),
    ("binom.test(0, 37)$conf.int", exact(Arm(0, 37), Z), (0, 0.0948905874149899)),
    ("binom.test(3, 67)$conf.int", exact(Arm(3, 67), Z), (0.00933084341275692, 0.12532703599394157)),
    ("binom.test(2500, 5000)$conf.int", exact(Arm(2500, 5000), Z), (0.486044374000926, 0.513955625999074)),
    ("prop.test(37, 90, correct=FALSE)$conf.int", wilson(Arm(37, 90), Z), (0.315132040238447, 0.514367626528544)),
    (
        "p <- (36+z^2/2)/(37+z^2); p + c(-1,1)*z*sqrt(p*(1-p)/(37+z^2))",
        agresti_coull(Arm(36, 37), Z),
        (0.849458302929661, 1.007514023981094),
    ),
    ("15/34 + c(-1,1)*z*sqrt(15/34*19/34/34)", wald(Arm(15, 34), Z), (0.274278081271718, 0.608074859904753)),
    (
        "prop.test(c(26,10), c(53,50), correct=FALSE)$conf.int",
        wald_difference(Arm(26, 53), Arm(10, 50), Z),
        (0.116191996441628, 0.464940079030070),
    ),
    (
        "exp(log(19*32/(43*26)) + c(-1,1)*z*sqrt(1/19+1/43+1/26+1/32))",
        woolf(Arm(19, 62), Arm(26, 58), Z),
        (0.257433558220285, 1.148836941053220),
    ),
    (
        "exp(log((157/336)/(171/355)) + c(-1,1)*z*sqrt(1/157-1/336+1/171-1/355))",
        katz(Arm(157, 336), Arm(171, 355), Z),
        (0.829024573275474, 1.135057418831413),
    ),
]


@pytest.mark.parametrize(("call", "here", "there"), OF_R, ids=[row[0] for row in OF_R])
def test_an_interval_is_that_of_r(call: str, here: Ends, there: tuple[float, float]) -> None:
    """To ten digits; z is qnorm(.975)."""
    assert call
    assert here == pytest.approx(there, abs=1e-10)


def test_the_tail_of_a_binomial_is_that_of_r() -> None:
    """R: pbinom(12, 37, .3) is 0.698282848431652."""
    assert at_most(12, 37, 0.3) == pytest.approx(0.698282848431652, abs=1e-12)
    assert none_of(37) == pytest.approx(0.0948905874149899, abs=1e-12)


def test_newcombes_own_example() -> None:
    """56 of 70 against 48 of 80, method 10: 0.0524 to 0.3339 (Newcombe, Stat Med 1998;17:873-90, table II, a)."""
    assert newcombe(Arm(56, 70), Arm(48, 80), Z) == pytest.approx((0.0524, 0.3339), abs=5e-5)


INTERVALS = """
{kind: share, estimate: "41.1", low: "31.5", high: "51.4", arms: [{count: 37, of: 90}]} | FITS | Wilson
{kind: share, estimate: "41.1", low: "38.0", high: "44.0", arms: [{count: 37, of: 90}]} | OPEN | unless narrowed for a finite population or by design
{kind: share, estimate: "41.1", low: "40.4", high: "41.8", arms: [{count: 37, of: 90}]} | ODD  | and no design narrows it so far
{kind: share, estimate: "44", low: "38", high: "51", arms: [{count: 15, of: 34}]} | OPEN | It is 41% as wide as the narrowest
{kind: share, estimate: "44", low: "38", high: "51", arms: [{count: 15, of: 34, population: 40}]} | FITS | of a method in use (Wald, Wilson
{kind: share, estimate: "44", low: "43", high: "45", arms: [{count: 15, of: 34, population: 400}]} | ODD | as wide as the narrowest
{kind: share, estimate: "0.0", low: "0.0", high: "0.1", arms: [{count: 0, of: 12}]} | ODD | It is 0% as wide as the narrowest
{kind: share, estimate: "100", low: "99.9", high: "100", arms: [{count: 12, of: 12}]} | ODD | It is 0% as wide as the narrowest
{kind: share, estimate: "0.0", low: "0.0", high: "0.0", arms: [{count: 0, of: 12}]} | FITS | of a method in use (Wald)
{kind: difference, estimate: "100", low: "99", high: "100", arms: [{count: 5, of: 5}, {count: 0, of: 5}]} | ODD | as wide as the narrowest
{kind: share, estimate: "44.0", low: "31.5", high: "51.4", arms: [{count: 37, of: 90}]} | OPEN | The counts give 41.11, not 44.0
{kind: share, estimate: "60.0", low: "51.0", high: "69.0", arms: [{count: 37, of: 90}]} | ODD  | not even within the interval
{kind: other, estimate: "3.0", low: "4.0", high: "5.0"}                                 | ODD  | does not hold its own estimate
{kind: other, estimate: "3.0", low: "5.0", high: "2.0"}                                 | ODD  | lower end is above
{kind: other, low: "2.0", high: "5.0"}                                                  | FITS | nothing to compute
{kind: risk ratio, estimate: "0.57", low: "0.32", high: "1.01", p: "0.048"}             | ODD  | the interval alone gives p about 0.055
{kind: risk ratio, estimate: "0.57", low: "0.32", high: "0.95", p: "0.2"}               | ODD  | leaves out 1
{kind: difference, estimate: "29.1", low: "20.0", high: "38.0", arms: [{count: 26, of: 53}, {count: 10, of: 50}]} | ODD | about a 70% interval
"""  # noqa: E501  a row is one line


@pytest.mark.parametrize("row", INTERVALS.strip().splitlines())
def test_what_is_wrong_with_an_interval_is_said(row: str) -> None:
    """Its order, its estimate, its width and its p-value; what is narrower than any method's is open, and then impossible."""
    written, verdict, says = (part.strip() for part in row.split("|"))
    (interval,) = audit(f"intervals: [{{id: a, says: b, {written[1:]}]").intervals
    found = of_interval(interval)
    assert found.verdict is Verdict[verdict]
    assert says in found.answer
