"""When patency was lost: the registry's test vectors, what nobody said, and that the three levels keep their order."""

import polars
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patency.outcome.definition import Level
from patency.outcome.patency import SEEN, lost

Row = tuple[int, str]
STATES: dict[str, tuple[bool, bool | None, bool | None, bool | None, bool | None]] = {
    "open": (True, False, False, None, None),
    "narrow": (True, False, True, None, None),
    "closed": (True, True, False, None, None),
    "not visible": (True, None, None, None, None),
    "before": (False, None, None, False, None),
    "before, open": (False, None, None, False, True),
    "after": (False, None, None, True, None),
    "after, open": (False, None, None, True, True),
    "after, failed": (False, None, None, True, False),
    "untold": (False, None, None, None, None),
}
SCHEMA = dict.fromkeys(SEEN, polars.Boolean()) | {"unit": polars.String(), "day": polars.Int32()}


def told(*rows: Row, unit: str = "leg") -> list[dict[str, object]]:
    """Return what was seen of one unit, in days and words."""
    return [dict(zip(SEEN, (unit, day, *STATES[state]), strict=True)) for day, state in rows]


def seen(*rows: Row) -> polars.DataFrame:
    return polars.DataFrame(told(*rows), schema=SCHEMA)


def when(rows: polars.DataFrame, level: Level) -> tuple[int, bool]:
    found = lost(rows, level).row(0, named=True)
    return found["day"], found["is_lost"]


# Vectors PAT-01 to PAT-06, in days of 30 a month. A scan after a procedure says how it was left, where nobody did.
@pytest.mark.parametrize(
    ("rows", "primary", "assisted", "secondary"),
    [
        ([(30, "open"), (180, "open"), (360, "open"), (720, "open")], (720, False), (720, False), (720, False)),
        ([(270, "narrow"), (270, "before"), (720, "open")], (270, True), (720, False), (720, False)),
        ([(120, "closed"), (120, "after"), (720, "open")], (120, True), (120, True), (720, False)),
        ([(120, "closed"), (120, "after, failed")], (120, True), (120, True), (120, True)),
        ([(120, "closed"), (120, "after"), (150, "closed")], (120, True), (120, True), (120, True)),
        ([(360, "open")], (360, False), (360, False), (360, False)),
        ([(30, "open"), (360, "narrow")], (360, True), (360, True), (360, True)),
    ],
    ids=["PAT-01", "PAT-02", "PAT-03", "PAT-04", "PAT-04 by its scan", "PAT-05", "PAT-06"],
)
def test_the_vectors_of_the_registry(
    rows: list[Row], primary: tuple[int, bool], assisted: tuple[int, bool], secondary: tuple[int, bool]
) -> None:
    """Each vector comes out as the registry's scales say, at each level."""
    assert [when(seen(*rows), level) for level in Level] == [primary, assisted, secondary]


def test_a_loss_lies_between_two_scans_and_a_procedure_on_its_day() -> None:
    """What a scan shows happened since the last on which the vein was kept; a procedure before occlusion has its own day."""
    by_scan = lost(seen((30, "open"), (90, "open"), (200, "closed")), Level.PRIMARY).row(0, named=True)
    assert (by_scan["after"], by_scan["day"]) == (90, 200)
    by_procedure = lost(seen((30, "open"), (90, "before")), Level.PRIMARY).row(0, named=True)
    assert (by_procedure["after"], by_procedure["day"]) == (90, 90)
    after_occlusion = lost(seen((30, "open"), (90, "after, open")), Level.PRIMARY).row(0, named=True)
    assert (after_occlusion["after"], after_occlusion["day"]) == (30, 90)


def test_what_nobody_said_is_not_open() -> None:
    """A closed vein that was treated and never scanned again is followed until it was last seen open, and counted so."""
    found = lost(seen((30, "open"), (120, "closed"), (121, "after")), Level.SECONDARY).row(0, named=True)
    assert (found["day"], found["is_lost"], found["is_unsettled"]) == (30, False, True)


def test_a_procedure_of_which_nobody_said_when_counts_as_after_an_occlusion_aloud() -> None:
    """The less favourable is taken for primary-assisted patency, and that it was assumed is told."""
    found = lost(seen((30, "open"), (120, "untold"), (200, "open")), Level.ASSISTED).row(0, named=True)
    assert (found["day"], found["is_lost"], found["is_assumed"]) == (120, True, True)
    known = lost(seen((30, "closed"), (30, "untold"), (200, "open")), Level.ASSISTED).row(0, named=True)
    assert not known["is_assumed"]


def test_a_vein_that_no_scan_showed_is_not_counted() -> None:
    """Neither a scan that did not show the vein nor a procedure alone makes it followed."""
    assert lost(seen((30, "not visible"), (60, "before")), Level.PRIMARY).height == 0


rows_of_one = st.lists(st.tuples(st.integers(1, 60), st.sampled_from(sorted(STATES))), min_size=1, max_size=9)


@settings(max_examples=300, deadline=None)
@given(st.lists(rows_of_one, min_size=1, max_size=4))
def test_primary_is_lost_first_and_secondary_last(units: list[list[Row]]) -> None:
    """Whatever was seen, each unit loses primary no later than primary-assisted, and that no later than secondary."""
    frame = polars.DataFrame(
        [row for name, rows in enumerate(units) for row in told(*rows, unit=str(name))], schema=SCHEMA
    )
    levels = [
        {row["unit"]: row["day"] if row["is_lost"] else 10**6 for row in lost(frame, level).iter_rows(named=True)}
        for level in Level
    ]
    assert levels[0].keys() == levels[1].keys() == levels[2].keys()
    for unit, primary in levels[0].items():
        assert primary <= levels[1][unit] <= levels[2][unit]


@settings(max_examples=200, deadline=None)
@given(st.lists(rows_of_one, min_size=2, max_size=5))
def test_units_do_not_touch_each_other(units: list[list[Row]]) -> None:
    """What is said of one unit is the same alone and among others."""
    rows = [told(*rows, unit=str(name)) for name, rows in enumerate(units)]
    whole = polars.DataFrame([row for some in rows for row in some], schema=SCHEMA)
    for level in Level:
        alone = polars.concat([lost(polars.DataFrame(some, schema=SCHEMA), level) for some in rows])
        assert lost(whole, level).sort("unit").equals(alone.sort("unit"))
