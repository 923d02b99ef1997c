"""The cohort behind source 002, put together again from what its abstract prints: examples/registry/source-002.csv.

In: the printed figures, and nothing else. Out: a row for each of 37 attempts, of which 36 succeeded. `python -m
registry.reconstruct_002`, from tests/, writes the file anew; test_source_002.py compares it letter by letter, and holds each printed
figure against it.

No row is a patient. How one figure goes with another is not known, so each is dealt out on its own, in the order of a hash of its
name and the row's number: no cross-tabulation of this file means anything. What had to be made up for the figures to have
a place is told in examples/registry/README.md; what the abstract does not tell and no figure needs is left out.
"""

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

FILE = Path(__file__).parents[2] / "examples" / "registry" / "source-002.csv"
LABEL = "RECONSTRUCTED from published figures, not a patient"
UNKNOWN = "not in the source"

ATTEMPTS, SUCCESSES = 37, 36  # 36 is 97.3%
RETROHEPATIC = 3  # 8.3%; the other 33, 91.7%, lie below the renal veins

# "5.9 ± 2.6": the 36 quantiles of a normal distribution of that mean and deviation, rounded.
VCSS = {0: 1, 1: 1, 2: 1, 3: 3, 4: 5, 5: 5, 6: 5, 7: 5, 8: 4, 9: 3, 10: 2, 12: 1}
# "3.9 ± 2.2", and above 4 in 22%, which is 8 of 36. Of the distributions that rise to 4, fall from there to 10, and print so, one
# that comes closest.
VILLALTA = {0: 2, 1: 3, 2: 3, 3: 5, 4: 15, 5: 2, 6: 2, 7: 1, 8: 1, 9: 1, 10: 1}

# "71 minutes (range: 35-152 min)": from the shortest to the longest along a curve whose mean is 71.
SHORTEST, LONGEST, BEND = 35, 152, 2.3

INDEX, SIX_MONTHS, TWELVE_MONTHS = (
    "2015-01-01",
    "2015-07-01",
    "2016-01-01",
)  # no day is told; only their order and distance count
SEEN_AT_TWELVE = 20
# Rows in the order in which loss of patency is dealt out. At 6 months all 36 are seen: the iliac vein of the first is narrowed,
# and opened again. At 12 months 20 are, the first among them: four more have lost it; one is opened again, in whom the vena cava
# was narrowed too, and three stay shut.
NARROWED_AT_SIX, OPENED_AT_TWELVE, SHUT_AT_TWELVE = 1, 1, 3

HEADER = (
    "attempt", "label", "index_date", "age", "sex_at_birth", "procedure_date", "technical_success", "minutes", "aspiration",
    "lysis", "filter_date", "filter", "visit_6", "vcss", "villalta", "cava_6", "iliac_6", "reopened_6", "visit_12", "cava_12",
    "iliac_12", "reopened_12",
)  # fmt: skip


def order(what: str, rows: Sequence[int]) -> list[int]:
    """Put rows in the order in which a figure is dealt out to them."""
    return sorted(rows, key=lambda row: hashlib.sha256(f"{what} {row}".encode()).digest())


def dealt(what: str, values: Sequence[str], rows: Sequence[int]) -> dict[int, str]:
    """Deal values out to rows, one each."""
    return dict(zip(order(what, rows), values, strict=True))


def spread(counts: Mapping[int, int]) -> list[str]:
    """Return each value as often as it is counted."""
    return [str(value) for value, count in counts.items() for _ in range(count)]


def minutes() -> list[str]:
    """Return how long each procedure took."""
    steps = SUCCESSES - 1
    return [str(round(SHORTEST + (LONGEST - SHORTEST) * (step / steps) ** BEND)) for step in range(SUCCESSES)]


def rows() -> Iterator[dict[str, str]]:
    """Yield each attempt; the last row is the one that failed, of which no more is told."""
    succeeded = list(range(1, SUCCESSES + 1))
    filters = ["retrohepatic"] * RETROHEPATIC + ["infrarenal"] * (SUCCESSES - RETROHEPATIC)
    given = {
        "minutes": dealt("minutes", minutes(), succeeded),
        "filter": dealt("filter", filters, succeeded),
        "vcss": dealt("vcss", spread(VCSS), succeeded),
        "villalta": dealt("villalta", spread(VILLALTA), succeeded),
    }
    lost = order("patency", succeeded)
    for row in range(1, ATTEMPTS + 1):
        found = dict.fromkeys(HEADER, "") | {
            "attempt": f"S002-{row:02}", "label": LABEL, "index_date": INDEX, "age": UNKNOWN, "sex_at_birth": UNKNOWN,
            "procedure_date": INDEX, "technical_success": "yes" if row in succeeded else "no", "aspiration": "yes", "lysis": "yes",
        }  # fmt: skip
        if row in succeeded:
            found |= {name: values[row] for name, values in given.items()} | {"filter_date": INDEX}
            found |= _patency(lost.index(row))
        yield found


def _patency(place: int) -> dict[str, str]:
    """Return what is seen at 6 and at 12 months of the row that stands in this place."""
    is_first = place < NARROWED_AT_SIX
    seen = {"visit_6": SIX_MONTHS, "cava_6": "open", "iliac_6": "stenosed" if is_first else "open",
            "reopened_6": "yes" if is_first else ""}  # fmt: skip
    if place >= SEEN_AT_TWELVE:
        return seen
    opened = NARROWED_AT_SIX <= place < NARROWED_AT_SIX + OPENED_AT_TWELVE
    shut = NARROWED_AT_SIX + OPENED_AT_TWELVE <= place < NARROWED_AT_SIX + OPENED_AT_TWELVE + SHUT_AT_TWELVE
    return seen | {
        "visit_12": TWELVE_MONTHS,
        "cava_12": "stenosed" if opened else "open",
        "iliac_12": "stenosed" if opened else "occluded" if shut else "open",
        "reopened_12": "yes" if opened else "",
    }


def written() -> bytes:
    """Write the file."""
    stream = io.StringIO()
    lines = csv.DictWriter(stream, HEADER, lineterminator="\n")
    lines.writeheader()
    lines.writerows(rows())
    return stream.getvalue().encode()


if __name__ == "__main__":
    FILE.write_bytes(written())
