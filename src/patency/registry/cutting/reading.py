"""The first pass of a cut: each kind's rows are read, and set down with numbers in place of ids, dates as days.

An id is made of the digest of all that is in the cut, which is not known before everything was read. So what is set down in the
folder in the making has no true id, no date and no text. What hangs on a void record, or on one that is not in the cut,
is not in it either; nor, of who withdrew and let the rest stay, what came after that day or has none.

Not here: ids and files (cutting/writing.py).
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from patency.cut.manifest import Column
from patency.registry.cutting.bleeding import Bleeds
from patency.registry.cutting.columns import EPOCH, Shape
from patency.registry.cutting.consults import CONSULT, QUERY, consults, queries
from patency.registry.cutting.findings import FINDING, Findings
from patency.registry.cutting.ids import Digest
from patency.registry.cutting.observed import OBSERVED, Observed
from patency.registry.cutting.people import WITHDRAWN, Standing
from patency.registry.cutting.rows import Reader, Rows
from patency.registry.cutting.scales import ANSWER, RESPONSE, SCORE, Scales
from patency.registry.entry import unpacked
from patency.registry.kinds import KINDS

if TYPE_CHECKING:
    import polars

    from patency.registry.session import Session

RENAMED = {"response": {"total": "total_as_written"}}
ADDED = {"response": RESPONSE, "finding": FINDING, "consult": CONSULT}
OF_PATIENTS = tuple(kind for kind in KINDS if kind not in ("query", "screening"))
BESIDE = {"answer": ANSWER, "score": SCORE}  # the tables that filled-in scales have beside their own
FIRST = Column("day", "day", "the index date", "days since the index date of the patient's first episode")
IN_FLIGHT = 3  # lots of rows that wait to be read
PLACES = ("row", "episode", "patient")  # of a row: its own number, and those of its episode and patient


class Reading:
    """Reads every kind, those that others hang on first; `columns` are those of each table, `ids` the true id of each row."""

    def __init__(
        self, reader: Reader, session: "Session", people: Mapping[str, Standing], silent: frozenset[str], rules: frozenset[str],
        folder: Path, digest: Digest,
    ) -> None:  # fmt: skip
        self._reader, self._forms, self._library, self._rules = reader, session.forms, session.registry.library, rules
        self._folder, self._digest, self._silent = folder, digest, silent
        self._people = {patient: standing for patient, standing in people.items() if standing.is_in}
        self._ciphers = {patient: reader.ciphers[patient] for patient in self._people}
        self._scales, self._findings = Scales(session.forms.scales), Findings(self._library.lexicon.vocabulary)
        self._known: dict[str, polars.DataFrame] = {}  # of each kind the id and the PLACES of each row
        self._until: dict[int, int] = {}
        self._observed, self._bleeds = Observed(), Bleeds(session.forms.scales)
        self._added = {**ADDED, "event": self._bleeds.columns}
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
        self._set_down_observed()
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
        parts = self._parts(kind, shape)
        starts = list(accumulate((part.frame.height for part in parts), initial=0))
        row = polars.int_range(polars.len(), dtype=polars.UInt32)
        frame = self._related(kind, polars.concat([part.frame for part in parts]).with_columns(row=row))
        self._keep(kind, frame)
        said = (FIRST if kind == "episode" and each.name == "day" else each for each in shape.said)
        self.columns[kind] = (*said, *self._added.get(kind, ()))
        for table in parts[0].beside:
            found = [
                part.beside[table].with_columns(row=(polars.col("at") + start).cast(polars.UInt32)).drop("at")
                for part, start in zip(parts, starts[:-1], strict=True)
            ]
            polars.concat(found).write_ipc(self.path(table))
            self.columns[table] = BESIDE[table]

    def _parts(self, kind: str, shape: Shape) -> "list[_Part]":
        """Read the rows of a kind, many at a time; while Polars reads some, the next are unsealed."""
        tags: list[bytes] = []
        waiting: list[Future[_Part]] = []
        with ThreadPoolExecutor(max_workers=1) as worker:
            for rows in self._reader.rows(kind, self._ciphers):
                tags += rows.tags
                if kind == "patient":
                    self._note_patients(rows)
                if len(waiting) >= IN_FLIGHT:
                    waiting[-IN_FLIGHT].result()  # so many lots are held at once, and no more
                waiting.append(worker.submit(self._part, kind, shape, rows))
            none = Rows([], [], [], [], [], [])  # of which there are columns too
            waiting.append(worker.submit(self._part, kind, shape, none))
        self._digest.add(kind, tags)
        return [each.result() for each in waiting]

    def _note_patients(self, rows: Rows) -> None:
        for patient, site in zip(rows.ids, rows.sites, strict=True):
            if until := self._people[patient].until:
                self._until[len(self.sites)] = until.toordinal() - EPOCH
            self.sites.append(site)

    def _part(self, kind: str, shape: Shape, rows: Rows) -> "_Part":
        """Read some rows."""
        import polars

        placed = self._placed(kind, rows)
        if kind == "consent" and self._silent:
            placed = placed.filter(~polars.col("at").is_in(self._unsaid(rows.lines)))
        lines = [rows.lines[at] for at in placed["at"].to_list()]
        frame = polars.concat([shape.read(lines), placed], how="horizontal")
        if kind == "episode":
            frame = frame.with_columns(index=shape.day(frame, "date"))
        if self._until and shape.main_date:
            frame = self._up_to_withdrawal(frame, shape)
        lines = [rows.lines[at] for at in frame["at"].to_list()] if kind in self._added else []
        return self._with_added(kind, shape.converted(frame.drop("at")), lines)

    def _unsaid(self, lines: Sequence[bytes]) -> list[int]:
        """Return the places of consents that say a word of which no row is told."""
        words = {word: f'"{word}"'.encode() for word in self._silent}
        return [
            at
            for at, line in enumerate(lines)
            if any(said in line for said in words.values()) and unpacked(line)[0].get("what") in words
        ]

    def _placed(self, kind: str, rows: Rows) -> "polars.DataFrame":
        """Return where each row hangs: `at` is its place among the rows read; what hangs on nothing that is there is left out."""
        import polars

        number, day = polars.UInt32(), polars.Int32()
        text = {"id": polars.String(), "of_id": polars.String()}
        frame = polars.DataFrame({"id": rows.ids, "of_id": rows.parents}, text).with_row_index("at")
        if kind == "patient":
            none = {name: polars.lit(None, number) for name in ("of", "episode", "patient")}
            return frame.drop("of_id").with_columns(**none, index=polars.lit(None, day))
        above = self._known[KINDS[kind].of].select("episode", "patient", of_id="id", of="row")
        frame = frame.join(above, on="of_id", maintain_order="left").drop("of_id")
        if kind == "episode":
            return frame.with_columns(index=polars.lit(None, day))
        by = "patient" if kind == "consent" else "episode"
        return frame.join(self._index[by], on=by, how="left", maintain_order="left")

    def _up_to_withdrawal(self, frame: "polars.DataFrame", shape: Shape) -> "polars.DataFrame":
        import polars

        until = polars.col("patient").replace_strict(self._until, default=None, return_dtype=polars.Int32)
        return frame.filter(until.is_null() | (shape.day(frame, shape.main_date) <= until).fill_null(False))

    def _with_added(self, kind: str, frame: "polars.DataFrame", lines: Sequence[bytes]) -> "_Part":
        """Return what is read of lines one by one, beside what was read of all at once."""
        import polars

        if kind not in self._added:
            return _Part(frame, {})
        index = frame["index"].to_list()
        if kind == "finding":
            rows = self._findings.read(lines, index)
            return _Part(frame.with_row_index("at").join(rows, on="at", maintain_order="left_right").drop("at"), {})
        if kind == "event":
            return _Part(polars.concat([frame, self._bleeds.read(lines)], how="horizontal"), {})
        if kind == "consult":
            return _Part(polars.concat([frame, consults(lines, self._library)], how="horizontal"), {})
        filled = self._scales.read(lines, index)
        beside = {"answer": filled.answers, "score": filled.scores}
        return _Part(polars.concat([frame, filled.added], how="horizontal"), beside)

    def _related(self, kind: str, frame: "polars.DataFrame") -> "polars.DataFrame":
        """Return a kind's rows with the numbers of their patient and episode; days of episodes are counted from the first."""
        import polars

        if kind == "patient":
            return frame.with_columns(patient="row")
        if kind != "episode":
            return frame
        frame = frame.with_columns(episode="row")
        first = frame.group_by("patient", maintain_order=True).agg(first=polars.col("index").min())
        self._index = {"episode": frame.select("episode", "index"), "patient": first.rename({"first": "index"})}
        known = frame.join(first, on="patient", how="left", maintain_order="left")
        return known.with_columns(day=polars.col("index") - polars.col("first")).drop("first")

    def _keep(self, kind: str, frame: "polars.DataFrame") -> None:
        """Set a kind down, and keep in memory who hangs on whom."""
        self._known[kind] = frame.select("id", *PLACES)
        self._observed.add(kind, frame, self._until)
        frame.drop("id", "index").write_ipc(self.path(kind))

    def _set_down_observed(self) -> None:
        """Set down until when each episode was observed."""
        episodes = self._known["episode"].join(self._index["episode"], on="episode", maintain_order="left")
        rows = self._observed.rows(episodes, self._until, WITHDRAWN not in self._silent)
        rows.select("episode", "patient", *(column.name for column in OBSERVED)).write_ipc(self.path("observed"))
        self.columns["observed"] = OBSERVED

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


class _Part(NamedTuple):
    """What is read of some rows, and what stands beside them in tables of its own, `at` their place among them."""

    frame: "polars.DataFrame"
    beside: "Mapping[str, polars.DataFrame]"
