"""What is refused of a cut that an older Patency made: it does not say until when it is known who lived."""

from collections.abc import Callable
from pathlib import Path

import polars

from patency.cut.manifest import Manifest, Table
from patency.cut.opened import Cut
from patency.outcome.definition import Origin, Unit
from patency.outcome.units import units_of


def _older(folder: Path) -> object:
    """Ask a cut whose table `observed` has no day of vital status for its units."""
    day = polars.Series([0], dtype=polars.Int32)
    polars.DataFrame({"episode": ["e"], "patient": ["p"], "site": ["s"]}).write_parquet(folder / "episode.parquet")
    polars.DataFrame({"episode": ["e"], "last_day": day, "end_day": day, "end_why": ["data_cut"]}).write_parquet(
        folder / "observed.parquet"
    )
    tables = {name: Table(name, f"{name}.parquet", 1, "", ()) for name in ("episode", "observed")}
    cut = Cut(folder, Manifest("0" * 64, "a", "synthetic", "minimal", {}, tables, {}, {}, ()), {})
    return units_of(cut, Unit.EPISODE, Origin.DIAGNOSIS)


PIECES: dict[str, Callable[[Path], object]] = {"outcome-of-a-cut-that-does-not-say-who-lived": _older}
