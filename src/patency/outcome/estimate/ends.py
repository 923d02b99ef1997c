"""The interval of a curve at each time, by the way that is named, and what a curve says of one time.

`log-log` keeps within 0 and 1 without being cut and covers best in small samples: Kalbfleisch JD, Prentice RL. The
Statistical Analysis of Failure Time Data, 2nd ed. Wiley 2002, section 1.4 (recalled); Borgan O, Liestol K. Scand J Stat
1990;17:35-41 (recalled). `log` is the default of R, `plain` is Wald's. The same as R's survfit(conf.type = ).
"""

from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

import numpy

from patency.outcome.estimate.counted import Floats
from patency.share import CONFIDENCE, z_of

Way = Literal["log-log", "log", "plain"]
# Ten tenths add up to 1 but for the last digit of a float: a share so near to none or all is none or all.
_NONE = 1e-12


class Ends(NamedTuple):
    """The lower and the upper end at each time; not a number where the way has none, which `unsaid` tells."""

    low: Floats
    high: Floats


class At(NamedTuple):
    """A curve read at one time; `why` says what is not known there."""

    time: float
    at_risk: float
    value: float | None
    low: float | None
    high: float | None
    why: str = ""


def standing(times: Floats, at_risk: Floats, time: float) -> tuple[int, float]:
    """Return the last place of a curve that a time has reached, -1 before the first, and how many are then at risk."""
    place = int(numpy.searchsorted(times, time, side="right")) - 1
    later = int(numpy.searchsorted(times, time, side="left"))
    return place, float(at_risk[later]) if later < len(times) else 0.0


def ends(values: Floats, errors: Floats, way: Way, confidence: float = CONFIDENCE) -> Ends:
    """Return the interval of values that lie between 0 and 1, by their standard errors."""
    with numpy.errstate(divide="ignore", invalid="ignore"):
        return _WAYS[way](values, errors, z_of(confidence))


def _plain(values: Floats, errors: Floats, z: float) -> Ends:
    return Ends(numpy.maximum(values - z * errors, 0.0), numpy.minimum(values + z * errors, 1.0))


def _log(values: Floats, errors: Floats, z: float) -> Ends:
    half = z * numpy.where(errors == 0, 0.0, errors / values)
    known = numpy.where(values == 0, numpy.nan, values)
    return Ends(known * numpy.exp(-half), numpy.minimum(known * numpy.exp(half), 1.0))


def _log_log(values: Floats, errors: Floats, z: float) -> Ends:
    known = numpy.where((values <= _NONE) | (values >= 1 - _NONE), numpy.nan, values)
    half = z * errors / known / numpy.log(known)
    middle = numpy.log(-numpy.log(known))
    return Ends(numpy.exp(-numpy.exp(middle - half)), numpy.exp(-numpy.exp(middle + half)))


_WAYS: Mapping[Way, Callable[[Floats, Floats, float], Ends]] = {"log-log": _log_log, "log": _log, "plain": _plain}
