"""How long it takes to enter one visit, in units of one bare interpreter start measured in the same run.

Entered is what a coordinator enters: the visit, checked against its form, sealed, with its line in the audit trail and its
signed head, synced to the disk; then its correction, a new version; then the patient's history. Each is timed by itself,
in a registry that already holds some hundred patients, on SQLite. Limit: 2 S for entering the visit, and for visit,
correction and quality rules together none is passed either.

    make bench            prints the ratios; exits 1 if the limit is passed
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median

from patency.guideline.cache import open_library
from patency.registry.admin import Admin
from patency.registry.create import create
from patency.registry.entry import New, Value
from patency.registry.forms import read_forms
from patency.registry.quality.check import check_patient
from patency.registry.registry import Registry
from patency.registry.session import Session

ROUNDS, PATIENTS, VISITS, LIMIT = 41, 100, 8, 2.0
PASSWORD = "correct horse battery"  # noqa: S105  of a registry that is measured and thrown away


def opened(folder: Path) -> Session:
    """Make a registry of some patients, and sign in."""
    library = open_library({})
    create(folder, "Measured")
    registry = Registry(folder, library, read_forms(library))
    admin = Admin(registry, "operator")
    admin.add_site("north", "North")
    admin.add_user("anna", "entry", "north", PASSWORD)
    session = registry.sign_in("anna", PASSWORD)
    for number in range(PATIENTS):
        patient = session.enrol(f"N-{number}", {"sex_at_birth": "female"})
        episode = session.add(New("episode", {"date": date(2025, 1, 1), "age": 15.0}, patient.id, patient.id))
        news = [New("visit", said(number), patient.id, episode.id) for number in range(VISITS)]
        session.add_all(news)
    return session


def said(number: int) -> dict[str, Value]:
    """Return what is said at a visit."""
    return {
        "date": date(2025, 1 + number % 12, 3),
        "weight": 60.0 + number,
        "compression": "daily",
        "pain": 2.0,
        "ulcer": "none",
    }


def timed(work: Callable[[int], object]) -> float:
    """Return the median seconds of some rounds."""
    times = []
    for number in range(ROUNDS):
        start = time.perf_counter()
        work(number)
        times.append(time.perf_counter() - start)
    return median(times)


def main() -> int:
    """Print the ratios; 1 if the limit is passed."""
    bare = timed(lambda _: subprocess.run([sys.executable, "-c", "pass"], check=True))
    with tempfile.TemporaryDirectory() as folder:
        session = opened(Path(folder) / "registry")
        episodes = list(session.entries("episode"))
        visits = []

        def enter(number: int) -> None:
            episode = episodes[number % PATIENTS]
            visits.append(session.add(New("visit", said(number), episode.patient, episode.id)))

        def checked(number: int) -> None:
            enter(number)
            check_patient(session, visits[-1].patient)

        times = {
            "a visit entered, with its line in the trail": timed(enter),
            "a visit entered, and the patient's quality rules run": timed(checked),
            "a visit corrected": timed(
                lambda at: session.correct("visit", visits[at].id, {"weight": 61.5}, "mistyped")
            ),
            "a patient's history read": timed(lambda at: session.history(visits[at].patient)),
        }
    print(f"S, one bare interpreter start: {bare * 1000:.1f} ms (median of {ROUNDS})")
    for what, taken in times.items():
        print(f"{what}: {taken / bare:.2f} S")
    entered = times["a visit entered, and the patient's quality rules run"] + times["a visit corrected"]
    print(f"a visit entered with its rules, and corrected: {entered / bare:.2f} S (at most {LIMIT:g})")
    return int(entered / bare > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
