"""The second pass of a cut: rows get their opaque ids, are put in order by them, and are written as Parquet.

The order tells nothing of who came first, for the ids are made by chance for whoever has not the secret. Only the columns that
the manifest lists are written.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from patency.cut.manifest import Column, Table
from patency.cut.opened import sha256_of
from patency.registry.cutting.ids import Codes
from patency.registry.cutting.reading import BESIDE, OF_PATIENTS, Reading
from patency.registry.kinds import KINDS, lineage

if TYPE_CHECKING:
    import polars

_ROW_GROUP = 131_072  # rows; as fixed as the compression is, so that the same rows are the same bytes
_SITE = Column("site", "id", "the site")


class Writing:
    """Writes the tables of a cut into its folder."""

    def __init__(self, reading: Reading, codes: Codes, folder: Path) -> None:
        self._reading, self._codes, self._folder = reading, codes, folder
        self._ids: dict[str, polars.Series] = {}
        sites = {site: codes.site(site) for site in {*reading.sites, *reading.screening_sites()}}
        self._sites = [sites[site] for site in reading.sites]
        self._screened = [sites[site] for site in reading.screening_sites()]

    def write(self) -> dict[str, Table]:
        """Write every table; while one is written, the ids of the next are made."""
        with ThreadPoolExecutor(max_workers=1) as worker:
            waiting = []
            for kind in OF_PATIENTS:
                ids = self._codes.of(kind, self._reading.ids(kind).to_list())
                waiting.append(worker.submit(self._write_kind, kind, ids))
            waiting += [worker.submit(self._write_beside, name) for name in BESIDE]
            tables = [each.result() for each in waiting]
        tables += [
            self._written("query", self._taken("query"), (), ()),
            self._write_screening(),
            self._write_observed(),
        ]
        for table in tables:
            self._reading.path(table.name).unlink()
        return {table.name: table for table in sorted(tables)}

    def _taken(self, table: str) -> "polars.DataFrame":
        """Read a table that was set down."""
        import polars

        return polars.read_ipc(self._reading.path(table))

    def _write_kind(self, kind: str, codes: Sequence[str]) -> Table:
        """Write a kind whose rows have these ids; what it hangs on was written before."""
        import polars

        self._ids[kind] = polars.Series(kind, codes, polars.String())
        above = lineage(kind)
        rows = {kind: "row", above[min(1, len(above) - 1)]: "of", "episode": "episode", "patient": "patient"}
        frame = self._taken(kind)
        ids = {each: self._ids[each].gather(frame[rows[each] if each != kind else "row"]) for each in above}
        site = polars.Series(self._sites, dtype=polars.String()).gather(frame["patient"])
        frame = frame.with_columns(site=site, **ids)
        columns = (*(Column(each, "id", f"the {KINDS[each].words}") for each in above), _SITE)
        return self._written(kind, frame, columns, (kind, "concept") if kind == "finding" else (kind,))

    def _write_beside(self, name: str) -> Table:
        frame = self._taken(name)
        frame = frame.with_columns(response=self._ids["response"].gather(frame["row"]))
        return self._written(name, frame, (), tuple(column.name for column in BESIDE[name][:2]))

    def _write_observed(self) -> Table:
        import polars

        frame = self._taken("observed")
        ids = {each: self._ids[each].gather(frame[each]) for each in ("episode", "patient")}
        site = polars.Series(self._sites, dtype=polars.String()).gather(frame["patient"])
        columns = (*(Column(each, "id", f"the {each}") for each in ids), _SITE)
        return self._written("observed", frame.with_columns(site=site, **ids), columns, ("episode",))

    def _write_screening(self) -> Table:
        import polars

        ids = self._codes.of("screening", self._reading.ids("screening").to_list())
        frame = self._taken("screening").with_columns(
            screening=polars.Series(ids, dtype=polars.String()),
            site=polars.Series(self._screened, dtype=polars.String()),
        )
        return self._written(
            "screening", frame, (Column("screening", "id", "the screening entry"), _SITE), ("screening",)
        )

    def _written(self, name: str, frame: "polars.DataFrame", before: tuple[Column, ...], by: tuple[str, ...]) -> Table:
        columns = (*before, *self._reading.columns[name])
        frame = frame.select(column.name for column in columns)
        if by:
            frame = frame.sort(by, nulls_last=True)
        path = self._folder / f"{name}.parquet"
        path.touch(
            mode=0o600
        )  # a folder that is passed on may be opened to others; whoever does that sees what they open
        frame.write_parquet(path, compression="zstd", compression_level=3, statistics=True, row_group_size=_ROW_GROUP)
        return Table(name, path.name, frame.height, sha256_of(path), columns)
