"""How fast 1,000,000 visits come into a registry, in units of a bare `executemany` of the same rows.

The rows are a CSV file of 20 columns, mapped to the form of a visit: 100,000 patients with an episode each, ten visits. The import
is all of it: reading the file, checking each cell against the form, finding patient and episode, sealing, the audit trail's
chain, writing, on SQLite synced to the disk. The bare `executemany` puts the same 1,000,000 x 20 cells, which are in memory
already, as text into one plain table of a SQLite file with the same settings, without a key or an index, in transactions of as
many rows. Limit: at least a tenth of its rate.

Peak memory is that of a process that does nothing but the import (`ru_maxrss` of resource.getrusage). Limit: 1 GB.

    python benchmarks/registry_import.py [ROWS]
"""

import os
import random
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from patency.document import read_document
from patency.guideline.cache import open_library
from patency.registry.entry import New
from patency.registry.files.account import Account
from patency.registry.files.ahead import AT_ONCE
from patency.registry.files.map import read_map
from patency.registry.files.run import Import
from patency.registry.forms import read_forms
from patency.registry.registry import Admin, Registry, create
from patency.registry.session import Session
from patency.table import Stream, csv_text

ROWS, VISITS = 1_000_000, 10
ROUNDS = 3  # of the bare executemany, before and after: the machine may be doing other things
SLOWEST, MOST_MEMORY = 10, 1000  # times the bare one; MB
COLUMNS = (
    "patient", "visit", "visit_date", "how_seen", "weight_kg", "height_cm", "pain", "ulcer", "ulcer_cm", "calf_l", "calf_r",
    "thigh_l", "thigh_r", "stockings", "class", "qol", "qol_by", "last_seen", "planned", "note",
)  # fmt: skip
PLANNED = ("baseline", "discharge", "V10", "V30", "V3", "V6", "V12", "V18", "V24", "yearly")
ITEMS = {
    "date": "visit_date", "planned": "planned", "how": "how_seen", "last_contact": "last_seen", "weight": "weight_kg",
    "height": "height_cm", "pain": "pain", "ulcer": "ulcer", "ulcer_size_cm": "ulcer_cm", "calf_left_cm": "calf_l",
    "calf_right_cm": "calf_r", "thigh_left_cm": "thigh_l", "thigh_right_cm": "thigh_r", "compression": "stockings",
    "compression_class": "class", "quality_of_life": "qol", "quality_instrument": "qol_by", "note": "note",
}  # fmt: skip
MAPPING = f"""registry map: patency-registry-map/1
source: benchmark
missing: {{NA: not known}}
patient: {{column: patient}}
records:
  - kind: visit
    key: [visit]
    parent: only one
    items: {{{", ".join(f"{item}: {{column: {column}}}" for item, column in ITEMS.items())}}}
"""
PASSWORD = "correct horse battery"  # noqa: S105  of a registry that lives for a minute


def visits(count: int) -> Iterator[tuple[str, ...]]:
    """Draw the visits, ten of each patient; none of these patients ever lived."""
    drawn = random.Random(6)  # noqa: S311  it hides nothing
    first, several = date(2015, 1, 1), drawn.randrange
    for number in range(count):
        nth = number % VISITS
        on = (first + timedelta(several(2000) + 90 * nth)).isoformat()
        ulcer = drawn.choice(("none", "none", "none", "none", "active", "healed", "NA"))
        worn = drawn.choice(("none", "intermittent", "most_days", "daily"))
        yield (
            f"P{number // VISITS:06d}", str(nth), on, drawn.choice(("in_person", "telephone", "video")), f"{400 + several(800)}e-1",
            str(140 + several(60)), str(several(11)), ulcer, str(1 + several(8)) if ulcer == "active" else "", *(
                f"{30 + several(200) / 10:.1f}" for _ in range(4)), worn, "" if worn == "none" else drawn.choice("123"),
            f"{several(1000) / 10:.1f}", drawn.choice(("eq5d", "veines")), on, PLANNED[nth],
            f"seen as planned, {several(100_000)}" if several(20) == 0 else "",
        )  # fmt: skip


def registry(folder: Path, patients: int) -> Session:
    """Make a registry whose patients are enrolled and have an episode each."""
    library = open_library({})
    create(folder, "Benchmark", label="synthetic")
    made = Registry(folder, library, read_forms(library))
    admin = Admin(made, "operator")
    admin.add_site("north", "North Hospital")
    admin.add_user("ivo", "investigator", "north", PASSWORD)
    session = made.sign_in("ivo", PASSWORD)
    for start in range(0, patients, 5_000):
        some = [session.new_patient(f"P{number:06d}") for number in range(start, min(start + 5_000, patients))]
        episodes = [New("episode", {"date": date(2015, 1, 1)}, new.patient, new.patient) for new in some]
        session.add_all([*some, *episodes], is_checked=True)
    return session


def bare(rows: list[tuple[str, ...]], folder: Path) -> float:
    """Time the bare executemany; return microseconds a row."""
    path = folder / "bare.db"
    file = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON"):
        file.execute(f"PRAGMA {pragma}")
    file.execute(f"CREATE TABLE visit ({', '.join(f'{name} TEXT' for name in COLUMNS)})")
    statement = f"INSERT INTO visit VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608  the names stand above
    start = time.perf_counter()
    for begin in range(0, len(rows), AT_ONCE):
        file.execute("BEGIN IMMEDIATE")
        file.executemany(statement, rows[begin : begin + AT_ONCE])
        file.execute("COMMIT")
    taken = time.perf_counter() - start
    file.close()
    for each in folder.glob("bare.db*"):
        each.unlink()
    return taken / len(rows) * 1e6


def imported(folder: Path) -> None:
    """Import the file, and print the microseconds a row and the peak memory in MB: what a process of its own does."""
    library = open_library({})
    made = Registry(folder / "registry", library, read_forms(library))
    session = made.sign_in("ivo", PASSWORD)
    start = time.perf_counter()
    rows = Stream(folder / "visits.csv")
    run = Import(
        session, rows, read_map(read_document(MAPPING.encode(), "map.yaml"), made.forms), Account(), is_written=True
    )
    account = run.run()
    taken = time.perf_counter() - start
    assert account.kept == rows.count and not account.already, f"every row is new: {list(account.lines())}"
    print(taken / rows.count * 1e6, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000)


def main() -> int:
    """Print the ratio and the peak memory, and say whether the limits hold."""
    if len(sys.argv) > 2:
        imported(Path(sys.argv[2]))
        return 0
    count = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    folder = Path(tempfile.mkdtemp())
    try:
        rows = list(visits(count))
        (folder / "visits.csv").write_text(csv_text([COLUMNS, *rows]))
        registry(folder / "registry", -(-count // VISITS))
        times = [bare(rows, folder) for _ in range(ROUNDS)]
        said = subprocess.run([sys.executable, __file__, "0", str(folder)], check=True, capture_output=True, text=True,
                              env=os.environ)  # fmt: skip
        times += [bare(rows, folder) for _ in range(ROUNDS)]
    finally:
        shutil.rmtree(folder)
    taken, memory = map(float, said.stdout.split())
    once = statistics.median(times)
    print(
        f"B, a bare executemany of {count:,} rows of {len(COLUMNS)} columns: {once:.1f} µs a row (median of {len(times)})"
    )
    print(f"importing them: {taken / once:.1f} B (at most {SLOWEST}), {1e6 / taken:,.0f} rows a second")
    print(f"peak memory of the process that imports: {memory:.0f} MB (at most {MOST_MEMORY})")
    return int(taken > SLOWEST * once or memory > MOST_MEMORY)


if __name__ == "__main__":
    sys.exit(main())
