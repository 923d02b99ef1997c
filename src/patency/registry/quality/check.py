"""A check by the quality rules, of one patient as they are entered or of all: hits, and their queries brought up to date.

Queries are written by whoever checks, in the registry's usual way: each is a version with author, time and reason, and a
line of the trail. A whole check is one line more, with how much was looked at and found, and no patient.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from patency.registry.access import ADD, CORRECT, VIEW
from patency.registry.entry import New
from patency.registry.quality.by_patient import QUERY, standing
from patency.registry.quality.checker import Checked, Checker, Hit, Summary, summed
from patency.registry.quality.queries import Changed, Raised, follow, loud
from patency.registry.quality.read_rules import read_rules

if TYPE_CHECKING:
    from patency.registry.registry import Registry
    from patency.registry.session import Session

__all__ = ["check_all", "check_patient", "checker_of"]
_AT_ONCE = 1_000  # queries that are opened in one transaction
_checkers: "WeakKeyDictionary[Registry, Checker]" = WeakKeyDictionary()


def checker_of(registry: "Registry") -> Checker:
    """Return the checker by Patency's own rules for an open registry; they are read once."""
    if registry not in _checkers:
        _checkers[registry] = Checker(read_rules(registry.library.sources, registry.forms), registry.forms)
    return _checkers[registry]


def check_patient(session: "Session", patient: str, today: date | None = None) -> tuple[Hit, ...]:
    """Check one patient, whose records were just written; bring the queries up to date, and return the hits to be asked about.

    Nothing is shown of the patient but what the hits name, so no line of the trail is added beside those of the queries.
    """
    session.need(ADD, "open queries")
    checker, today = checker_of(session.registry), today or date.today()
    for _, entries in standing(session, patient):
        checked = checker.check(patient, entries, today)
        queries = [entry for entry in entries if entry.kind == QUERY]
        _write(session, follow(checked, queries, checker.rules, today), today)
        return loud(checked, queries)
    return ()


def check_all(
    session: "Session", checker: Checker | None = None, today: date | None = None, is_opening: bool = True
) -> Summary:
    """Check every patient of the user's site; bring the queries up to date, unless one only wants to look."""
    session.need(VIEW, "check records")
    if is_opening:
        session.need(CORRECT, "open queries")
    checker, today = checker or checker_of(session.registry), today or date.today()
    found = summed(_checked(session, checker, today, is_opening))
    details = {"what": "quality check", "patients": found.patients, "records": found.records, "rules": len(checker.rules),
               "hits": sum(found.hits.values())}  # fmt: skip
    session.note("view", details=details)
    return found


def _checked(session: "Session", checker: Checker, today: date, is_opening: bool) -> Iterator[Checked]:
    deeds: list[Raised | Changed] = []
    for patient, entries in standing(session):
        checked = checker.check(patient, [entry for entry in entries if entry.kind != QUERY], today)
        if is_opening:
            queries = [entry for entry in entries if entry.kind == QUERY]
            deeds += follow(checked, queries, checker.rules, today)
        if len(deeds) >= _AT_ONCE:
            _write(session, deeds, today)
            deeds = []
        yield checked
    _write(session, deeds, today)


def _write(session: "Session", deeds: Iterable[Raised | Changed], today: date) -> None:
    """Open, open again and resolve queries; those that are new in one transaction."""
    waiting = list(deeds)
    news = [
        New(
            QUERY,
            deed.values(today),
            deed.hit.patient,
            deed.hit.patient,
            session.id_of(QUERY, deed.hit.rule, deed.hit.record),
        )
        for deed in waiting
        if isinstance(deed, Raised)
    ]
    if news:
        session.keep(news, "a quality rule fired")
    for deed in waiting:
        if isinstance(deed, Changed):
            session.keep_version(QUERY, deed.query.id, deed.values, deed.reason, deed.query.version)
