"""Runs of the scenarios, counted: `make simulate` makes 1,000 of each, or PATENCY_RUNS, and writes docs/simulations.md."""

import os
import re
from collections.abc import Iterable, Iterator
from math import sqrt
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

import numpy

from outcome.simulation.scenarios import AT_LEAST, FAILS, HOLDS, SCENARIOS, Scenario

SEED = 20261122
FULL, BOUNDED, BOUNDED_IF_SLOW = 1000, 50, 15
PAGE = Path(__file__).parents[3] / "docs" / "simulations.md"
_TABLE = re.compile(r"(<!-- table: coverage -->\n)(.*?)(<!-- end -->)", flags=re.S)


class Covered(NamedTuple):
    """In how many of some runs the truth lay in the interval, and in how many there was none."""

    runs: int
    held: int
    none: int

    @property
    def share(self) -> float:
        return self.held / self.runs

    @property
    def error(self) -> float:
        """The standard error of the share by the number of runs alone (Monte Carlo)."""
        return sqrt(self.share * (1 - self.share) / self.runs)


def covered(scenario: Scenario, runs: int) -> Covered:
    """Run a scenario so many times: run k has the chance of the seed and k."""
    found = [scenario.run(numpy.random.default_rng([SEED, place])) for place in range(runs)]
    return Covered(runs, sum(each is True for each in found), sum(each is None for each in found))


def bounded(scenario: Scenario) -> int:
    """Return how many runs the tests make: few, unless PATENCY_RUNS says more."""
    return int(os.environ.get("PATENCY_RUNS", BOUNDED_IF_SLOW if scenario.is_slow else BOUNDED))


def _verdict(scenario: Scenario, found: Covered) -> str:
    if scenario.claims == FAILS:
        return "fails, as it should" if found.share < 0.93 else "holds"
    if scenario.claims not in (HOLDS, AT_LEAST):
        return ""
    beyond = max(0.93 - found.share, found.share - 0.97 if scenario.claims == HOLDS else 0.0)
    return "yes" if beyond <= 0 else "so few runs cannot tell" if beyond < 2 * found.error else "no"


def _rows(runs: int) -> Iterator[str]:
    for name, scenario in SCENARIOS.items():
        begun = perf_counter()
        found = covered(
            scenario, min(runs, int(os.environ.get("PATENCY_SLOW_RUNS", runs))) if scenario.is_slow else runs
        )
        print(f"{name}: {found.held} of {found.runs} in {perf_counter() - begun:.0f} s", flush=True)  # noqa: T201  # how far it is
        yield row(scenario, found)


def row(scenario: Scenario, found: Covered) -> str:
    """Return a line of the table."""
    return (
        f"| {scenario.estimator} | {scenario.of} | {scenario.patients} | {found.runs} | {found.held} = {100 * found.share:.1f}% "
        f"| ± {100 * found.error:.1f} | {found.none} | {scenario.claims} | {_verdict(scenario, found)} |"
    )


def write(rows: Iterable[str]) -> None:
    """Put the table into its place in docs/simulations.md."""
    table = "\n".join((*_HEAD, *rows))
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(_TABLE.sub(lambda found: f"{found[1]}{table}\n{found[3]}", page), encoding="utf-8")


_HEAD = (
    "| estimator | of what | patients | runs | truth in the 95% interval | Monte Carlo error | no interval | claims | kept |",
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
)


def main() -> None:
    write(list(_rows(int(os.environ.get("PATENCY_RUNS", FULL)))))


if __name__ == "__main__":
    main()
