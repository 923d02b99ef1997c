"""How long the quality rules take over a whole registry, in units of unpacking the same records, measured in the same run.

The entries are made up: 10,000 patients with 10 visits each, a consent, an episode with a leg, a segment, a procedure with a
step and a stent, and a drug. The rules are Patency's own; what is timed is the check alone, from a checker that has seen
nothing. U is what unpacking the same records from their sealed lines takes without the unsealing, so that a check is set
beside the least that any reading of a registry takes. Both take turns in one process; the medians of ROUNDS are compared.

Limit: at most 10 U.

    make bench            prints the ratio; exits 1 if the limit is passed
"""

import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from patency.guideline.cache import open_library
from patency.registry.entry import Entry, Value, now, packed, unpacked
from patency.registry.forms import read_forms
from patency.registry.quality.checker import Checker, Summary, summed
from patency.registry.quality.read_rules import read_rules

PATIENTS, VISITS, SEED, ROUNDS, LIMIT = 10_000, 10, 1, 3, 10.0
AT = now()


def patients() -> Iterator[tuple[str, list[Entry]]]:
    """Make up patients, each with what stands of them."""
    chance = random.Random(SEED)  # noqa: S311  nothing is kept secret by it
    for number in range(PATIENTS):
        name = f"p{number}"
        yield name, list(_records(name, date(2020, 1, 1) + timedelta(chance.randrange(1000)), chance))


def _records(name: str, day: date, chance: random.Random) -> Iterator[Entry]:
    def entry(kind: str, record: str, parent: str, values: Mapping[str, Value]) -> Entry:
        return Entry(kind, record, 1, "north", name, parent, values, "anna", AT)

    index, leg, procedure = f"{name}-e", f"{name}-l", f"{name}-p"
    yield entry("patient", name, "", {"pseudonym": name, "sex_at_birth": "female"})
    yield entry("consent", f"{name}-c", name, {"what": "consent", "date": day})
    yield entry("episode", index, name, {"date": day, "age": float(chance.randrange(1, 80)), "symptom_onset": day})
    yield entry("limb", leg, index, {"side": "left", "iliofemoral": "yes"})
    yield entry("segment", f"{name}-s", leg, {"vein": "common_iliac", "involved": "yes"})
    yield entry("procedure", procedure, index, {"date": day, "side": "left", "modality": "pcdt", "is_index": "yes"})
    yield entry("step", f"{name}-1", procedure, {"number": 1.0, "what": "lysis_pulse", "agent": "alteplase"})
    yield entry("stent", f"{name}-2", procedure, {"segment": "common_iliac", "side": "left", "diameter_mm": 16.0})
    yield entry("medication", f"{name}-m", index, {"drug": "apixaban", "start": day})
    for visit in range(VISITS):
        seen = day + timedelta(30 + 90 * visit + chance.randrange(20))
        yield entry("visit", f"{name}-v{visit}", index, {
            "date": seen, "planned": "unplanned", "weight": 60.0 + chance.randrange(10), "ulcer": "none", "pain": 2.0,
            "compression": "daily", "how": "in_person", "calf_left_cm": 38.0, "calf_right_cm": 37.5,
        })  # fmt: skip


def timed(act: Callable[[], object]) -> float:
    """Return the seconds of the processor that something takes."""
    start = time.process_time()
    act()
    return time.process_time() - start


def unpack(lines: Sequence[bytes]) -> None:
    """Unpack records one by one, as every reading does."""
    for line in lines:
        unpacked(line)


def main() -> int:
    """Print the ratio; 1 if the limit is passed."""
    library = open_library({})
    forms = read_forms(library)
    rules = read_rules(library.sources, forms)
    made = list(patients())
    lines = [packed(entry.values) for _, entries in made for entry in entries]

    def check() -> Summary:
        checker = Checker(rules, forms)
        return summed(checker.check(patient, entries, date(2026, 1, 1)) for patient, entries in made)

    found = check()
    rounds = [(timed(check), timed(lambda: unpack(lines))) for _ in range(ROUNDS)]
    checked, unpacking = (statistics.median(times) for times in zip(*rounds, strict=True))
    visits = PATIENTS * VISITS
    print(f"{len(rules)} rules, {found.records:,} records of {found.patients:,} patients, {visits:,} of them visits")
    print(f"checked: {checked / found.records * 1e6:.1f} µs a record, {checked / visits * 1e6:.1f} µs a visit")
    print(f"checked: {checked / unpacking:.2f} U (at most {LIMIT:g})")
    return int(checked / unpacking > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
