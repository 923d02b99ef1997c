"""What nothing that comes from outside may be, in whatever format: too large, empty, too deep, unseen, or said twice.

In: where something stands, and how large or deep it is, or what it says. Out: a Fault, or none. A file of YAML, a table and the
answers of a page are held to the same bounds, in the same words.

Not here: who reads what (document.py, table.py, web/body.py), nor the larger bounds of a registry's files (registry/files).
"""

from patency.fault import CONTROL, Fault, Place

LARGEST_FILE = 1_000_000  # bytes; the longest content file here is a tenth of it
DEEPEST = 20  # levels of nesting
MOST_VALUES = 100_000


def too_large(where: Place, size: int, largest: int = LARGEST_FILE) -> Fault:
    """Say that a file is larger than those that are read."""
    return Fault(
        where,
        f"the file is {size / 1e6:.1f} MB",
        f"only files of up to {largest / 1e6:.0f} MB are read",
        "split it, or check that it is the file you meant",
    )


def empty(where: Place) -> Fault:
    """Say that a file holds nothing."""
    return Fault(
        where,
        "the file is empty",
        "there is nothing to read in it",
        "write it, or check that it is the file you meant",
    )


def beyond(place: Place, depth: int, values: int) -> Fault | None:
    """Say where a file is nested deeper, or holds more, than any file of Patency does."""
    if depth <= DEEPEST and values <= MOST_VALUES:
        return None
    what = f"it is nested more than {DEEPEST} deep" if depth > DEEPEST else f"it holds more than {MOST_VALUES:,} values"
    return Fault(place, what, "no file of Patency needs that", "check that it is the file you meant")


def unseen(place: Place, text: str) -> Fault | None:
    """Say where a text has a letter that cannot be seen."""
    found = CONTROL.search(text)
    return found and Fault(
        place,
        f"a letter here cannot be seen (U+{ord(found[0]):04X})",
        "it could steer the screen of whoever reads the page",
        "write the text again without it",
    )


def given_twice(place: Place, name: str, first: str = "") -> Fault:
    """Say that a name is given twice."""
    return Fault(
        place,
        f"{name!r} is given twice{first}",
        "only one of the two could count, and nobody would see which",
        "remove one of them",
    )
