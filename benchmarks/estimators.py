"""How long curves and regressions take beside R's, the PyPI package survival's and hand-written SQL of DuckDB's.

One run on one machine, each in a process of its own on the same rows, the median of a few rounds, with the peak memory
of the process and by how much it grew over the rounds (VmHWM of /proc/self/status; ru_maxrss would begin at the
parent's). Limits: Kaplan-Meier with intervals
of 10,000,000 rows at least 60 times survfit, 10 times `survival`, at most 1.5 times DuckDB; cumulative incidence with
variance of 1,000,000 at least 10 times cuminc; Cox with 5 covariates of 1,000,000 at least 2.5 times coxph. What cannot
be measured is left out, and why is said. `PEERS` names another Python in which duckdb and survival are, and Patency can be
imported.

    python benchmarks/estimators.py [rows of the curve] [rows of the rest]
"""

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy

ROUNDS = {"ours": 5, "duckdb": 5, "survival": 2, "R": 1}
R = """
args <- commandArgs(TRUE); n <- as.integer(args[3]); what <- args[1]; dir <- args[2]
suppressMessages(library(survival))
read <- function(name, ...) readBin(file.path(dir, name), n = n, ...)
time <- read("time", "integer", size = 4); state <- read("state", "integer", size = 1)
took <- if (what == "curve") system.time(survfit(Surv(time, state == 1) ~ 1, conf.type = "log-log")) else
  if (what == "incidence") { library(cmprsk); system.time(cuminc(time, state)) } else {
  x <- matrix(readBin(file.path(dir, "x"), "double", n = 5 * n), ncol = 5, byrow = TRUE)
  system.time(coxph(Surv(time, state == 1) ~ x)) }
cat(took[["elapsed"]], as.numeric(gsub("[^0-9]", "", grep("VmHWM", readLines("/proc/self/status"), value = TRUE))) / 1024)
"""
SQL = """
with days as (select time, count(*) filter (where state = 1) as events, count(*) as leaving from rows group by time),
risk as (select *, sum(leaving) over (order by time desc) as at_risk from days),
curve as (select time, events, leaving - events as censored, at_risk,
  case when bool_or(events = at_risk) over past then 0 else exp(sum(ln(1 - least(events / at_risk, 1 - 1e-16))) over past) end as s,
  sqrt(sum(case when events < at_risk then events / (at_risk * (at_risk - events)) end) over past) as se
  from risk window past as (order by time))
select *, case when s > 0 and s < 1 then s ** exp(1.959963984540054 * se / ln(s)) end as high,
  case when s > 0 and s < 1 then s ** exp(-1.959963984540054 * se / ln(s)) end as low from curve order by time
"""


def draw(folder: Path, rows: int) -> None:
    """Write days, states and covariates as they lie in memory."""
    drawing = numpy.random.default_rng(7)
    days = numpy.minimum(drawing.exponential(900, rows).astype(numpy.int32) + 1, 3000)
    days.tofile(folder / "time")
    drawing.choice(3, rows, p=(0.4, 0.4, 0.2)).astype(numpy.uint8).tofile(folder / "state")
    if rows <= 1_000_000:
        drawing.normal(size=(rows, 5)).tofile(folder / "x")


def ours(what: str, days: Any, state: Any, folder: Path) -> Callable[[], object]:
    """Return what Patency does."""
    from patency.outcome.estimate.cox import cox
    from patency.outcome.estimate.incidence import incidence
    from patency.outcome.estimate.survival import survival

    happened = (state == 1).astype(numpy.uint8)
    if what == "curve":
        return lambda: survival(days, happened)
    if what == "incidence":
        return lambda: incidence(days, state)
    x = numpy.fromfile(folder / "x").reshape(-1, 5)
    return lambda: cox(days, happened, x)


def duckdb(what: str, days: Any, state: Any, _: Path) -> Callable[[], object]:
    """Return the hand-written SQL of the same curve, its rows in DuckDB's own table."""
    import duckdb  # type: ignore[import-not-found,unused-ignore]  # a peer, not needed for Patency

    from patency.outcome.estimate.survival import survival

    assert what == "curve"
    here = duckdb.connect()
    given = {"time": days, "state": state}
    here.execute("create table rows as select * from given")
    assert given
    curve, found = survival(days, (state == 1).astype(numpy.uint8)), here.execute(SQL).fetchnumpy()
    for one, other in ((curve.survival, "s"), (curve.low, "low"), (curve.high, "high")):
        numpy.testing.assert_allclose(one, numpy.ma.filled(found[other], numpy.nan), rtol=1e-9)
    return lambda: here.execute(SQL).fetchnumpy()


def survival_package(what: str, days: Any, state: Any, folder: Path) -> Callable[[], object]:
    """Return what the PyPI package survival does."""
    import survival  # type: ignore[import-not-found,unused-ignore]  # a peer, not needed for Patency

    happened = (state == 1).astype(numpy.int32)
    if what == "curve":
        times = days.astype(float)
        return lambda: survival.survfit(survival.Surv(times, happened), conf_type="log-log")
    raise SystemExit(f"not measured: {what} {folder.name}")


PEERS: dict[str, Callable[[str, Any, Any, Path], Callable[[], object]]] = {
    "ours": ours,
    "duckdb": duckdb,
    "survival": survival_package,
}


def measure(who: str, what: str, folder: Path) -> None:
    """Print the seconds and the megabytes of one peer, in this process."""
    days, state = numpy.fromfile(folder / "time", numpy.int32), numpy.fromfile(folder / "state", numpy.uint8)
    run = PEERS[who](what, days, state, folder)
    before, took = peak(), []
    for _ in range(ROUNDS[who]):
        start = time.perf_counter()
        run()
        took.append(time.perf_counter() - start)
    print(statistics.median(took), peak(), peak() - before)


def peak() -> float:
    """Return the most memory that this process ever had, in megabytes."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def asked(who: str, what: str, folder: Path, rows: int) -> tuple[float, ...] | str:
    """Run one peer in a process of its own; where it cannot be measured say why."""
    if who == "R":
        script = folder / "peer.R"
        script.write_text(R)
        command = [shutil.which("Rscript") or "", str(script), what, str(folder), str(rows)]
    else:
        python = sys.executable if who == "ours" else os.environ.get("PEERS", sys.executable)
        command = [python, __file__, "--measure", who, what, str(folder)]
    if not command[0]:
        return "R is not installed"
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return why_not(done.stderr, command[0])
    return tuple(float(number) for number in done.stdout.split())


def why_not(said: str, program: str) -> str:
    """Say why a peer was not measured: it is not installed, its Python lacks what the benchmark itself needs, or it failed."""
    missing = re.search(r"No module named '(\w+)|there is no package called .(\w+)", said)
    if missing is None:
        return f"it failed: {said.strip().rpartition(chr(10))[2] or 'it said nothing'}"
    name = missing[1] or missing[2]
    if name in ("duckdb", "survival", "cmprsk"):
        return f"{name} is not installed for {program}"
    return f"{program} cannot import {name}, which the benchmark itself needs: put it on its path, or name another with PEERS"


def main() -> None:
    """Measure all, and exit with 1 where a limit is passed."""
    many, fewer = (
        int(sys.argv[place]) if len(sys.argv) > place else default for place, default in ((1, 10**7), (2, 10**6))
    )
    limits = {
        ("curve", "R"): 60,
        ("curve", "survival"): 10,
        ("curve", "duckdb"): 1 / 1.5,
        ("incidence", "R"): 10,
        ("cox", "R"): 2.5,
    }
    passed = True
    for what, rows in (("curve", many), ("incidence", fewer), ("cox", fewer)):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            draw(folder, rows)
            first = asked("ours", what, folder, rows)
            if isinstance(first, str):
                sys.exit(f"Patency itself was not measured: {first}")
            print(f"{what} of {rows} rows: {first[0]:.3f} s, peak {first[1]:.0f} MB, grown by {first[2]:.0f} MB")
            for (measured, who), limit in limits.items():
                if measured != what:
                    continue
                found = asked(who, what, folder, rows)
                if isinstance(found, str):
                    print(f"  {who}: not measured: {found}")
                    continue
                ratio = found[0] / first[0]
                passed &= ratio >= limit
                print(
                    f"  {who}: {found[0]:.3f} s, peak {found[1]:.0f} MB; {ratio:.1f} times as long (at least {limit:.2f})"
                )
    sys.exit(not passed)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(sys.argv[2], sys.argv[3], Path(sys.argv[4]))
    else:
        main()
