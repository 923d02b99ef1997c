"""How fast a registry is cut, in units of a bare copy of the same tables to Parquet, measured in the same run.

The bare copy reads every row of every table from SQLite as it is kept, sealed, by `polars.read_database` over Python's own
sqlite3, and writes it with `write_parquet`: nothing is opened, chosen, counted, sorted, renamed or hashed. The cut does all of it, and
is opened again and checked. Both take turns in one process; the medians of ROUNDS are compared.

The registry holds 220,000 visits of 20,000 patients at two sites, with imaging, medications and events beside them, written
in a process of its own, so that peak memory (`ru_maxrss`) is that of cutting. A tenth of the numbers are absent with a reason,
some are known between two ends, each visit has a note. Filled-in scales are timed apart and reported without a limit: what
takes the time there is the scoring, of which a bare copy does nothing.

Limit: the cut's rate is at least a third of the copy's.

    make bench            prints the ratios; exits 1 if the limit is passed
"""

import os
import random
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import polars

from patency.case import Absence, Span
from patency.guideline.cache import open_library
from patency.registry.admin import Admin
from patency.registry.create import create
from patency.registry.cutting.cut import cut
from patency.registry.entry import ITEMS, New, Value
from patency.registry.forms import read_forms
from patency.registry.kinds import KINDS
from patency.registry.registry import Registry
from patency.registry.session import Session

PATIENTS, VISITS, ROUNDS, LIMIT = 20_000, 11, 5, 3.0  # visits of each patient
PASSWORD = "a password for measuring"  # noqa: S105


def opened(folder: Path) -> Registry:
    """Open the registry that is measured."""
    library = open_library({})
    return Registry(folder, library, read_forms(library))


def fill(folder: Path, patients: int, scales: bool) -> None:
    """Make a registry and enter its patients, some hundred at a time."""
    create(folder, "Measured", label="synthetic")
    registry = opened(folder)
    admin = Admin(registry, "operator")
    for site in ("north", "south"):
        admin.add_site(site, site.title())
        admin.add_user(f"entry-{site}", "entry", site, PASSWORD)
    admin.add_user("stat", "statistician", "", PASSWORD)
    drawn = random.Random(1)  # noqa: S311  not for keys
    for place, site in enumerate(("north", "south")):
        session = registry.sign_in(f"entry-{site}", PASSWORD)
        for start in range(place, patients, 400):
            news = [
                new
                for at in range(start, min(start + 400, patients), 2)
                for new in _patient(session, at, drawn, scales)
            ]
            session.add_all(news, is_checked=True)
    registry.close()


def _patient(session: Session, at: int, drawn: random.Random, scales: bool) -> Iterator[New]:
    patient = session.new_patient(f"P{at:06}", {"sex_at_birth": drawn.choice(["female", "male"])})
    yield patient
    index = date(2015, 1, 1) + timedelta(drawn.randrange(3000))
    yield New("consent", {"date": index, "what": "consent"}, patient.id, patient.id, _id(drawn))
    episode = New("episode", {"date": index, "age": drawn.randrange(900) / 10, "side": drawn.choice(["left", "right"]),
                              "symptom_onset": index - timedelta(drawn.randrange(20)), "provoking": frozenset({"cancer"}),
                              "caval": drawn.choice(["yes", "no"]), "haemoglobin": drawn.randrange(70, 160) / 10},
                  patient.id, patient.id, _id(drawn))  # fmt: skip
    yield episode
    yield New(
        "medication",
        {"drug": "apixaban", "start": index, "intensity": "therapeutic"},
        patient.id,
        episode.id,
        _id(drawn),
    )
    for number in range(VISITS if not scales else 1):
        day = index + timedelta(30 + 90 * number + drawn.randrange(20))
        visit = New("visit", _visit(day, drawn), patient.id, episode.id, _id(drawn))
        yield visit
        if number % 4 == 0:
            seen: dict[str, Value] = {"date": day, "method": "duplex", "segment": "common_iliac", "status": "open",
                                      "stenosis": float(drawn.randrange(60)), "compressible": "yes"}  # fmt: skip
            yield New("imaging", seen, patient.id, visit.id, _id(drawn))
        if scales:
            yield New("response", _villalta(day, drawn), patient.id, visit.id, _id(drawn))


def _id(drawn: random.Random) -> str:
    return f"{drawn.getrandbits(128):032x}"


def _visit(day: date, drawn: random.Random) -> dict[str, Value]:
    values: dict[str, Value] = {
        "date": day, "planned": drawn.choice(["V3", "V6", "V12"]), "how": "in_person", "last_contact": day,
        "weight": drawn.randrange(300, 1200) / 10, "pain": float(drawn.randrange(10)), "ulcer": "none",
        "compression": drawn.choice(["none", "daily"]), "calf_left_cm": drawn.randrange(250, 450) / 10,
        "calf_right_cm": drawn.randrange(250, 450) / 10, "note": f"seen, and told to come again {drawn.randrange(10**6)}",
    }  # fmt: skip
    if drawn.random() < 0.1:
        values["weight"] = Absence.NOT_KNOWN
    if drawn.random() < 0.02:
        values["pain"] = Span(2.0, 4.0)
    return values


def _villalta(day: date, drawn: random.Random) -> dict[str, Value]:
    items = ("pain", "cramps", "heaviness", "paraesthesia", "pruritus", "oedema", "induration", "pigmentation", "redness",
             "ectasia", "compression_pain")  # fmt: skip
    answers = {ITEMS + item: drawn.choice(["none", "mild", "moderate", "severe"]) for item in items}
    if drawn.random() < 0.05:
        del answers[ITEMS + drawn.choice(items)]
    return {"date": day, "instrument": "villalta", "side": "left", ITEMS + "ulcer": "no", **answers}


def bare(folder: Path, out: Path) -> None:
    """Copy every table as it is kept."""
    out.mkdir()
    connection = sqlite3.connect(folder / "registry.db")
    for kind in KINDS:
        polars.read_database(f"SELECT * FROM {kind}", connection).write_parquet(out / f"{kind}.parquet")  # noqa: S608
    connection.close()


def seconds(what: Callable[[], object]) -> float:
    """Time one call."""
    start = time.perf_counter()
    what()
    return time.perf_counter() - start


def peak() -> float:
    """Return the most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def measured(folder: Path, rounds: int) -> tuple[float, float, int, float]:
    """Return the median of bare copies and of cuts, the rows of the registry, and the peak of memory."""
    registry = opened(folder)
    session = registry.sign_in("stat", PASSWORD)
    with sqlite3.connect(folder / "registry.db") as connection:
        rows = sum(connection.execute(f"SELECT count(*) FROM {kind}").fetchone()[0] for kind in KINDS)  # noqa: S608
    times: dict[str, list[float]] = {"bare": [], "cut": []}
    highest = 0.0
    for turn in range(rounds):
        times["cut"].append(seconds(lambda: cut(session, folder.parent / f"{folder.name}-cut-{turn}")))  # noqa: B023
        highest = highest or peak()
        times["bare"].append(seconds(lambda: bare(folder, folder.parent / f"{folder.name}-bare-{turn}")))  # noqa: B023
    copied, cut_in = (statistics.median(each) for each in times.values())
    return copied, cut_in, rows, highest


def main() -> int:
    """Print the ratios and the peak memory, and say whether the limit holds."""
    if len(sys.argv) > 1:
        fill(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3] == "scales")
        return 0
    with tempfile.TemporaryDirectory() as temporary:
        found = {}
        for what, patients, rounds in (("visits", PATIENTS, ROUNDS), ("scales", PATIENTS // 4, 1)):
            folder = Path(temporary) / what
            subprocess.run([sys.executable, __file__, str(folder), str(patients), what], check=True, env=os.environ)
            found[what] = measured(folder, rounds)
    copied, cut_in, rows, highest = found["visits"]
    print(
        f"C, a bare copy of {rows:,} rows ({PATIENTS * VISITS:,} visits) to Parquet: {copied * 1000:.0f} ms (median of {ROUNDS})"
    )
    print(f"cut: {cut_in / copied:.2f} C, so {copied / cut_in:.2f} of its rate (at least {1 / LIMIT:.2f})")
    print(f"peak memory of the process after the first cut: {highest:.0f} MB")
    copied, alone, rows, _ = found["scales"]
    print(
        f"with {PATIENTS // 4:,} filled-in scales scored, of {rows:,} rows: {alone / copied:.1f} C, once, without a limit"
    )
    copied, cut_in, _, _ = found["visits"]
    return int(cut_in / copied > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
