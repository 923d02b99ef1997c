"""Which queries the rows of a file would raise, told before anything is written.

In: what a dry run would write. Out: how many things the quality rules would ask about that they do not ask about now; None
of too many patients, for all that stands of each must be read, which for a large file takes longer than the dry run itself.

Nothing is shown of any patient, and no query is opened. Not here: the queries of what was written (files/run.py, `look_over`).
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import NamedTuple

from patency.registry.entry import Entry, Packed, unpacked
from patency.registry.files.made import Change, changed
from patency.registry.files.map import OF_NONE
from patency.registry.session import Session

MOST_PATIENTS = 500  # some 10 ms each


class _Meant(NamedTuple):
    """A record as it would stand: packed; of a correction, what the mapping says otherwise, and the version before it."""

    record: Packed
    change: Change | None = None


class Foreseen:
    """What a dry run would write, patient by patient, until there are too many."""

    def __init__(self) -> None:
        self._of: dict[str, list[_Meant]] | None = {}

    def note(self, new: Iterable[Packed], corrected: Iterable[Change]) -> None:
        """Note what would be written."""
        if self._of is None:
            return
        for meant in (*map(_Meant, new), *(_Meant(change.record, change) for change in corrected)):
            if meant.record.kind != OF_NONE:
                self._of.setdefault(meant.record.patient, []).append(meant)
        if len(self._of) > MOST_PATIENTS:
            self._of = None

    def queries(self, session: Session) -> int | None:
        """Count what the rules would ask about once it stood, and do not now; None where there are too many patients."""
        if self._of is None:
            return None
        return sum(_raised(session, patient, meant) for patient, meant in self._of.items())


def _raised(session: Session, patient: str, meant: Iterable[_Meant]) -> int:
    from patency.registry.quality.by_patient import QUERY, standing
    from patency.registry.quality.check import checker_of
    from patency.registry.quality.queries import loud

    checker, today = checker_of(session.registry), date.today()
    every = [entry for _, entries in standing(session, patient) for entry in entries]
    queries = [entry for entry in every if entry.kind == QUERY]
    before = {entry.id: entry for entry in every if entry.kind != QUERY}
    after = {**before, **{entry.id: entry for entry in (_entry(session, each, before) for each in meant)}}
    now, then = (
        {(hit.rule, hit.record) for hit in loud(checker.check(patient, stands.values(), today), queries)}
        for stands in (before, after)
    )
    return len(then - now)


def _entry(session: Session, meant: _Meant, before: dict[str, Entry]) -> Entry:
    """Return a record as it would stand."""
    (kind, content, patient, parent, name), change = meant
    stood = before.get(name)
    if stood is not None and change is not None and change.stood is not None:
        values = {**stood.values, **changed(change.part, change.stood.content, content)}
        said = {each: value for each, value in values.items() if value is not None}
        return stood._replace(version=stood.version + 1, values=said)
    return Entry(
        kind, name, 1, session.user.site, patient, parent, unpacked(content)[0], session.user.name, datetime.now(UTC)
    )
