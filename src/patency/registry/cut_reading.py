"""The first pass of a cut: each kind's rows are read, and set down with numbers in place of ids, dates as days.

An id is made of the digest of all that is in the cut, which is not known before everything was read. So what is set down in the
folder in the making has no true id, no date and no text. What hangs on a void record, or on one that is not in the cut,
is not in it either; nor, of who withdrew and let the rest stay, what came after that day or has none.

Not here: ids and files (cut_writing.py).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patency.cut.manifest import Column
from patency.registry.cut_columns import EPOCH, Shape
from patency.registry.cut_consults import CONSULT, QUERY, consults, queries
from patency.registry.cut_findings import FINDING, Findings
from patency.registry.cut_ids import Digest
from patency.registry.cut_people import Standing
from patency.registry.cut_rows import Reader, Rows
from patency.registry.cut_scales import ANSWER, RESPONSE, SCORE, Scales
from patency.registry.kinds import KINDS

if TYPE_CHECKING:
    import polars

    from patency.registry.session import Session

RENAMED = {"response": {"total": "total_as_written"}}
ADDED = {"response": RESPONSE, "finding": FINDING, "consult": CONSULT}
OF_PATIENTS = tuple(kind for kind in KINDS if kind not in ("query", "screening"))
BESIDE = {"answer": ANSWER, "score": SCORE}  # the tables that filled-in scales have beside their own
FIRST = Column("day", "day", "the index date", "days since the index date of the patient's first episode")
PLACES = ("row", "episode", "patient")  # of a row: its own number, and those of its episode and patient


class Reading:
    """Reads every kind, those that others hang on first; `columns` are those of each table, `ids` the true id of each row."""

    def __init__(
        self, reader: Reader, session: "Session", people: Mapping[str, Standing], rules: frozenset[str], folder: Path, digest: Digest
    ) -> None:  # fmt: skip
        self._reader, self._forms, self._library, self._rules = reader, session.forms, session.registry.library, rules
        self._folder, self._digest = folder, digest
        self._people = {patient: standing for patient, standing in people.items() if standing.is_in}
        self._ciphers = {patient: reader.ciphers[patient] for patient in self._people}
        self._scales, self._findings = Scales(session.forms.scales), Findings(self._library.lexicon.vocabulary)
        self._known: dict[str, polars.DataFrame] = {}  # of each kind the id and the PLACES of each row
        self._until: dict[int, int] = {}
        self._index: dict[str, polars.DataFrame] = {}  # of episodes, and of patients by their first
        self.sites: list[str] = []  # of each patient
        self.columns: dict[str, tuple[Column, ...]] = {}

    def read(self) -> None:
        """Read all kinds: episodes first, for days are counted from them."""
        self._read("patient")
        self._read("episode")
        for kind in OF_PATIENTS:
            if kind not in self._known:
                self._read(kind)
        self._read_queries()
        self._read_screening()

    def ids(self, kind: str) -> "polars.Series":
        """Return the true ids of a kind, in the order of its rows."""
        return self._known[kind]["id"]

    def path(self, table: str) -> Path:
        """Return where a table is set down."""
        return self._folder / f"{table}.arrow"

    def _read(self, kind: str) -> None:
        import polars

        shape = Shape(self._forms.of[kind], RENAMED.get(kind, {}))
        parts, tags, beside, height = [], list[bytes](), dict[str, list[polars.DataFrame]](), 0
        for rows in self._reader.rows(kind, self._ciphers):
            tags += rows.tags
            if kind == "patient":
                self._note_patients(rows, height)
            found = self._part(kind, shape, rows, height, beside)
            height += found.height
            parts.append(found)
        self._digest.add(kind, tags)
        parts.append(
            self._part(kind, shape, Rows([], [], [], [], [], []), 0, beside)
        )  # so that a kind without rows has columns
        frame = polars.concat(parts)
        if kind == "episode":
            frame = self._with_first(frame)
        self._keep(kind, frame)
        self.columns[kind] = (
            *(FIRST if kind == "episode" and each.name == "day" else each for each in shape.said),
            *ADDED.get(kind, ()),
        )
        for table, frames in beside.items():
            polars.concat(frames).write_ipc(self.path(table))
            self.columns[table] = BESIDE[table]

    def _note_patients(self, rows: Rows, height: int) -> None:
        for at, (patient, site) in enumerate(zip(rows.ids, rows.sites, strict=True), height):
            until = self._people[patient].until
            if until:
                self._until[at] = until.toordinal() - EPOCH
            self.sites.append(site)

    def _part(  # what is read of some rows
        self, kind: str, shape: Shape, rows: Rows, height: int, beside: "dict[str, list[polars.DataFrame]]"
    ) -> "polars.DataFrame":
        import polars

        placed = self._placed(kind, rows, height)
        lines = [rows.lines[at] for at in placed["at"].to_list()]
        frame = polars.concat([shape.read(lines), placed], how="horizontal")
        if kind == "episode":
            frame = frame.with_columns(index=shape.day(frame, "date"))
        if self._until and shape.main_date:
            frame = self._up_to_withdrawal(frame, shape)
        lines = [rows.lines[at] for at in frame["at"].to_list()] if kind in ADDED else []
        frame = shape.converted(
            frame.drop("at").with_columns(
                polars.int_range(height, height + frame.height, dtype=polars.UInt32).alias("row")
            )
        )
        return self._with_added(kind, frame, lines, beside)

    def _placed(self, kind: str, rows: Rows, height: int) -> "polars.DataFrame":
        """Return where each row hangs: `at` is its place among the rows read; what hangs on nothing that is there is left out."""
        import polars

        number = polars.UInt32()
        frame = polars.DataFrame(
            {"id": rows.ids, "of_id": rows.parents}, {"id": polars.String(), "of_id": polars.String()}
        ).with_row_index("at")
        none = polars.lit(None, number)
        if kind == "patient":
            own = polars.int_range(height, height + frame.height, dtype=number)
            return frame.drop("of_id").with_columns(
                none.alias("of"),
                none.alias("episode"),
                own.alias("patient"),
                polars.lit(None, polars.Int32()).alias("index"),
            )
        above = self._known[KINDS[kind].of].rename({"id": "of_id", "row": "of"})
        frame = frame.join(above.select("of_id", "of", "episode", "patient"), on="of_id", maintain_order="left").drop(
            "of_id"
        )
        if kind == "episode":
            return frame.with_columns(polars.lit(None, polars.Int32()).alias("index"))
        by = "patient" if kind == "consent" else "episode"
        return frame.join(self._index[by], on=by, how="left", maintain_order="left")

    def _up_to_withdrawal(self, frame: "polars.DataFrame", shape: Shape) -> "polars.DataFrame":
        import polars

        until = polars.col("patient").replace_strict(self._until, default=None, return_dtype=polars.Int32)
        return frame.filter(until.is_null() | (shape.day(frame, shape.main_date) <= until).fill_null(False))

    def _with_added(  # what is read of lines one by one
        self, kind: str, frame: "polars.DataFrame", lines: list[bytes], beside: "dict[str, list[polars.DataFrame]]"
    ) -> "polars.DataFrame":
        import polars

        index = frame["index"].to_list() if kind in ADDED else []
        if kind == "consult":
            return polars.concat([frame, consults(lines, self._library)], how="horizontal")
        if kind == "finding":
            return (
                frame.with_row_index("at")
                .join(self._findings.read(lines, index), on="at", maintain_order="left_right")
                .drop("at")
            )
        if kind == "response":
            filled = self._scales.read(lines, index)
            rows = frame.select(polars.col("row")).with_row_index("at")
            for table, found in (("answer", filled.answers), ("score", filled.scores)):
                beside.setdefault(table, []).append(found.join(rows, on="at").drop("at"))
            return polars.concat([frame, filled.added], how="horizontal")
        return frame

    def _with_first(self, frame: "polars.DataFrame") -> "polars.DataFrame":
        """Return episodes with the day of each counted from the patient's first."""
        first = frame.group_by("patient", maintain_order=True).agg(first=_column("index").min())
        self._index = {
            "episode": frame.select(episode="row", index="index"),
            "patient": first.rename({"first": "index"}),
        }
        return (
            frame.join(first, on="patient", how="left", maintain_order="left")
            .with_columns(day=_column("index") - _column("first"))
            .drop("first")
        )

    def _keep(self, kind: str, frame: "polars.DataFrame") -> None:
        """Set a kind down, and keep in memory who hangs on whom."""
        if kind == "episode":
            frame = frame.with_columns(episode="row")
        # A panel's finding is several rows of one record, and nothing hangs on them.
        self._known[kind] = frame.select("id", *PLACES).unique("row", keep="first", maintain_order=True)
        frame.drop("id", "index").write_ipc(self.path(kind))

    def _read_queries(self) -> None:
        lines, tags = [], list[bytes]()
        for rows in self._reader.rows("query", self._ciphers):
            lines += rows.lines
            tags += rows.tags
        self._digest.add("query", tags)
        queries(lines, self._rules).write_ipc(self.path("query"))
        self.columns["query"] = QUERY

    def _read_screening(self) -> None:
        """Read the screening logs: without any day, for those in it gave no consent and nothing there is counted from a day."""
        import polars

        shape = Shape(self._forms.of["screening"], is_dated=False)
        parts, tags, ids, sites = [], list[bytes](), list[str](), list[str]()
        for rows in self._reader.rows("screening", self._reader.ciphers):
            tags += rows.tags
            ids += rows.ids
            sites += rows.sites
            parts.append(shape.converted(shape.read(rows.lines).with_columns(index=polars.lit(None, polars.Int32()))))
        parts.append(shape.converted(shape.read([]).with_columns(index=polars.lit(None, polars.Int32()))))
        self._digest.add("screening", tags)
        polars.concat(parts).drop("index").with_row_index("row").write_ipc(self.path("screening"))
        self._known["screening"] = polars.DataFrame(
            {"id": ids, "site": sites}, {"id": polars.String(), "site": polars.String()}
        )
        self.columns["screening"] = shape.said

    def screening_sites(self) -> list[str]:
        """Return the site of each row of the screening logs."""
        return self._known["screening"]["site"].to_list()


def _column(name: str) -> Any:
    import polars

    return polars.col(name)
