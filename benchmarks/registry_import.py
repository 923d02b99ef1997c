"""How fast 1,000,000 visits come into a registry, in units of a bare `executemany` of the same rows.

The rows are a CSV file of 20 columns, mapped to the form of a visit: 100,000 patients with an episode each, ten visits. The import
is all of it: reading the file, checking each cell against the form, finding patient and episode, sealing, the audit trail's
chain, writing, on SQLite synced to the disk. The bare `executemany` puts the same 1,000,000 x 20 cells, which are in memory
already, as text into one plain table of a SQLite file with the same settings, without a key or an index, in transactions of as
many rows. Limit: at least a tenth of its rate.

Peak memory is that of a process that does nothing but the import, and of the one that reads ahead for it, together (`ru_maxrss` of
resource.getrusage; what the two share counts twice). Limit: 1 GB.

    python benchmarks/registry_import.py [ROWS]
"""

import csv
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
from patency.registry.admin import Admin
from patency.registry.create import create
from patency.registry.entry import New
from patency.registry.files.account import Account
from patency.registry.files.ahead import AT_ONCE
from patency.registry.files.map import read_map
from patency.registry.files.run import Import
from patency.registry.forms import read_forms
from patency.registry.registry import Registry
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


def drawn(folder: Path, count: int) -> None:
    """Write the file, and make the registry it comes into."""
    (folder / "visits.csv").write_text(csv_text([COLUMNS, *visits(count)]))
    registry(folder / "registry", -(-count // VISITS))


def bare(folder: Path) -> None:
    """Print the microseconds a row of the bare executemany."""
    with (folder / "visits.csv").open(newline="") as read:
        rows = [tuple(row) for row in csv.reader(read)][1:]
    path = folder / "bare.db"
    file = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON", "wal_autocheckpoint = 16000"):
        file.execute(f"PRAGMA {pragma}")
    file.execute(f"CREATE TABLE visit ({', '.join(f'{name} TEXT' for name in COLUMNS)})")
    statement = f"INSERT INTO visit VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608  the names stand above
    start = time.perf_counter()
    for begin in range(0, len(rows), AT_ONCE):
        file.execute("BEGIN IMMEDIATE")
        file.executemany(statement, rows[begin : begin + AT_ONCE])
        file.execute("COMMIT")
    print((time.perf_counter() - start) / len(rows) * 1e6)
    file.close()
    for each in folder.glob("bare.db*"):
        each.unlink()


def imported(folder: Path) -> None:
    """Import the file; print the microseconds a row and the peak memory in MB, of this process and of the one that reads ahead."""
    library = open_library({})
    made = Registry(folder / "registry", library, read_forms(library))
    session = made.sign_in("ivo", PASSWORD)
    start = time.perf_counter()
    rows = Stream(folder / "visits.csv")
    found = read_map(read_document(MAPPING.encode(), "map.yaml"), made.forms)
    account = Import(session, rows, found, Account(), is_written=True).run()
    taken = time.perf_counter() - start
    assert account.new["visit"] == rows.count, f"every row is new: {list(account.lines())}"
    own, ahead = (resource.getrusage(who).ru_maxrss / 1000 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(taken / rows.count * 1e6, own, ahead)


def apart(folder: Path, what: str, count: int = 0) -> list[float]:
    """Let a process of its own do one thing; its peak memory is its own, for this one keeps nothing."""
    command = [sys.executable, __file__, what, str(folder), str(count)]
    said = subprocess.run(command, check=True, capture_output=True, text=True)
    return [float(each) for each in said.stdout.split()]


def main() -> int:
    """Print the ratio and the peak memory, and say whether the limits hold."""
    if len(sys.argv) > 2:
        what, folder, count = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
        {"draw": lambda: drawn(folder, count), "bare": lambda: bare(folder), "import": lambda: imported(folder)}[what]()
        return 0
    count = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    folder = Path(tempfile.mkdtemp())
    try:
        apart(folder, "draw", count)
        times = [apart(folder, "bare")[0] for _ in range(ROUNDS)]
        taken, own, ahead = apart(folder, "import")
        times += [apart(folder, "bare")[0] for _ in range(ROUNDS)]
    finally:
        shutil.rmtree(folder)
    once = statistics.median(times)
    print(
        f"B, a bare executemany of {count:,} rows of {len(COLUMNS)} columns: {once:.1f} µs a row (median of {len(times)})"
    )
    print(f"importing them: {taken / once:.1f} B (at most {SLOWEST}), {1e6 / taken:,.0f} rows a second")
    print(
        f"peak memory of the two processes that import: {own:.0f} + {ahead:.0f} = {own + ahead:.0f} MB (at most {MOST_MEMORY})"
    )
    return int(taken > SLOWEST * once or own + ahead > MOST_MEMORY)


if __name__ == "__main__":
    sys.exit(main())
