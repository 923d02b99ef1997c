"""Pooling agrees with R metafor 3.8-1, and says what two studies, no events or one study cannot tell.

The values are in pooled.json, so that R is not needed. For each set of tables (a of n1 against c of n2):

    e  <- escalc("RR", ai=a, n1i=n1, ci=c, n2i=n2)           # and "OR"; "RD" with add=0; PLO: xi=x, ni=n
    rma(yi, vi, method="EE")                                  # fixed
    rma.mh(ai=a, n1i=n1, ci=c, n2i=n2, measure="RR", add=c(.5, 0), to=c("only0", "none"))
    r  <- rma(yi, vi, method="REML", test="knha", control=list(threshold=1e-14, maxiter=10000))
    confint(r, control=list(tol=1e-13, tau2.max=1e5)); predict(r)

Tables without any event are left out of ratios before; of a difference whose variance is zero, halves are added to
that table (`add=.5, to="all"`). The set `bcg` is metafor's own dat.bcg (Colditz and others 1994), `trials` the counts
of CaVenT at 24 months, ATTRACT, CAVA at 12 months and TORPEDO at 30.
"""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from patency.evidence.effect import Effect, Measure, effect_of, share_effect
from patency.evidence.forest import spread
from patency.evidence.pool import Arms, Pooled, fixed, mantel_haenszel, random
from patency.share import Share

SETS: list[dict[str, Any]] = json.loads((Path(__file__).parent / "pooled.json").read_text())
MEASURES = {
    "RR": Measure.RISK_RATIO, "OR": Measure.ODDS_RATIO, "RD": Measure.DIFFERENCE, "PLO": Measure.SHARE,
}  # fmt: skip
CLOSED, ITERATED = 1e-10, 1e-6
each_set = pytest.mark.parametrize("known", SETS, ids=lambda known: f"{known['set']}-{known['measure']}")


def close(ours: float, theirs: float, tolerance: float) -> bool:
    return math.isclose(ours, theirs, rel_tol=tolerance, abs_tol=tolerance)


def tables_of(known: dict[str, Any]) -> list[Arms]:
    return [(Share(a, n), Share(c, m)) for a, n, c, m in known["tables"]]


def effects_of(known: dict[str, Any]) -> list[Effect]:
    measure = MEASURES[known["measure"]]
    if measure is Measure.SHARE:
        found = [share_effect(Share(x, n)) for x, n in known["tables"]]
    else:
        found = [effect_of(measure, *arms) for arms in tables_of(known)]
    return [effect for effect in found if effect is not None]


def agrees(ours: Pooled, theirs: dict[str, float], tolerance: float) -> None:
    for name, value in theirs.items():
        if hasattr(ours, name):
            assert close(getattr(ours, name), value, tolerance), name


@each_set
def test_each_study_agrees_with_r(known: dict[str, Any]) -> None:
    """Effects and variances of single studies agree with escalc, zero cells among them."""
    effects = effects_of(known)
    assert len(effects) == len(known["yi"])
    for effect, estimate, variance in zip(effects, known["yi"], known["vi"], strict=True):
        assert close(effect.estimate, estimate, CLOSED)
        assert close(effect.variance, variance, CLOSED)


@each_set
def test_a_fixed_effect_agrees_with_r(known: dict[str, Any]) -> None:
    """Inverse variance agrees with rma(method="EE")."""
    agrees(fixed(effects_of(known)), known["fixed"], CLOSED)


@pytest.mark.parametrize(
    "known", [each for each in SETS if each["mh"]], ids=lambda known: f"{known['set']}-{known['measure']}"
)
def test_mantel_and_haenszel_agree_with_r(known: dict[str, Any]) -> None:
    """Estimate, standard error and interval of rma.mh, for odds, risks and differences."""
    measure = MEASURES[known["measure"]]
    tables = [arms for arms in tables_of(known) if effect_of(measure, *arms) is not None]
    agrees(mantel_haenszel(measure, tables, effects_of(known)), known["mh"], CLOSED)


@each_set
def test_random_effects_agree_with_r(known: dict[str, Any]) -> None:
    """REML, Hartung-Knapp, the interval of tau-squared and the prediction interval agree with rma."""
    ours, theirs = random(effects_of(known)), known["random"]
    agrees(ours, theirs, ITERATED)
    assert ours.tau2_interval is not None
    assert close(ours.tau2_interval.low, theirs["tau2_low"], ITERATED)
    assert close(ours.tau2_interval.high, theirs["tau2_high"], ITERATED)
    if len(known["yi"]) > 2:
        assert ours.expected is not None
        assert close(ours.expected.low, theirs["pi_low"], ITERATED)
        assert close(ours.expected.high, theirs["pi_high"], ITERATED)


def test_two_studies_do_not_say_where_a_third_would_lie() -> None:
    """No prediction interval from two studies, and nothing pooled from one."""
    two = [share_effect(Share(22, 77)), share_effect(Share(37, 90))]
    known = [effect for effect in two if effect is not None]
    assert random(known).prediction is None
    assert random(known[:1]).tau2 is None


def test_a_ratio_of_nothing_is_not_made() -> None:
    """No events in either arm, or nobody in one, give no ratio."""
    assert effect_of(Measure.RISK_RATIO, Share(0, 30), Share(0, 31)) is None
    assert effect_of(Measure.ODDS_RATIO, Share(30, 30), Share(31, 31)) is None
    assert effect_of(Measure.RISK_RATIO, Share(1, 30), Share(0, 0)) is None
    assert share_effect(Share(0, 0)) is None


# Knowledge file, section 9: recomputed from the counts that the papers print.
FIXTURE = """
CaVenT 24 months    risk ratio  37/90   55/99    0.740
CaVenT 5 years      risk ratio  37/87   63/89    0.601
ATTRACT any         risk ratio  157/336 171/355  0.970
ATTRACT moderate    risk ratio  60/336  84/355   0.755
CAVA 12 months      odds ratio  22/77   26/75    0.754
CAVA long term      odds ratio  19/62   26/58    0.544
TORPEDO 30 months   risk ratio  6/88    24/81    0.230
"""


@pytest.mark.parametrize("row", FIXTURE.strip().splitlines())
def test_the_trials_are_recomputed_from_counts(row: str) -> None:
    """Each ratio comes out of its counts to three decimals."""
    *_, ratio, _, treated, control, known = row.split()
    arms = [Share(*map(int, arm.split("/"))) for arm in (treated, control)]
    effect = effect_of(Measure(f"{ratio} ratio"), arms[0], arms[1])
    assert effect is not None
    assert f"{effect.value:.3f}" == known


def test_the_differences_of_cavent_are_recomputed() -> None:
    """28.3% at five years (derived there), and 14.4% at two with an interval close to the printed 0.2 to 27.9."""
    late = effect_of(Measure.DIFFERENCE, Share(63, 89), Share(37, 87))
    early = effect_of(Measure.DIFFERENCE, Share(55, 99), Share(37, 90))
    assert late is not None
    assert early is not None
    assert f"{100 * late.value:.1f}" == "28.3"
    assert f"{100 * early.value:.1f}" == "14.4"
    assert [f"{100 * end:.1f}" for end in early.interval] == ["0.3", "28.6"]


@each_set
def test_how_far_studies_differ_is_said_with_its_formulas(known: dict[str, Any]) -> None:
    """Which I-squared it is, what Q would make of it, and by how many degrees of freedom a further study is expected."""
    found = random(effects_of(known))
    said = spread(found)
    if found.tau2 is None:
        assert said == ""
        return
    q, freedom = found.q, found.studies - 1
    by_q = max(0.0, 100 * (q - freedom) / q) if q else 0.0
    assert f"I² {100 * found.share_between:.0f}%" in said
    assert "τ² / (τ² + the typical sampling variance), with REML's τ²" in said
    assert f"as (Q − df) / Q it would be {by_q:.0f}%" in said
    assert fixed(effects_of(known)).share_between == pytest.approx(by_q / 100)
    assert (f"t with k − 1 = {freedom} degrees of freedom" in said) == (found.expected is not None)
