"""What becomes of a hit: a query, which is a record like any other, with its history.

    open      the rule fires, and nobody has said anything
    answered  data entry has answered it with a sentence
    accepted  the investigator says that it is so: it stays quiet until the record has another version
    resolved  the data no longer fire it

There is one query for each rule and record; its id follows from the two. It is opened again where the record fires the rule
again after it was resolved, or in a newer version than the one that was answered or accepted. It is resolved only where the
rule says No, the record is void, or the rule was taken out: where it cannot be told any more, the query stays as it is, for
Unknown is no pass. A query that the investigator has withdrawn stays void.

Not here: which records fire a rule (checker.py); who runs a check, and when (quality/check.py).
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from patency.fault import Fault, Place, Refused
from patency.registry.access import ACCEPT, CORRECT
from patency.registry.entry import Entry, Value
from patency.registry.oneline import refuse_lines
from patency.registry.quality.checker import Checked, Hit

if TYPE_CHECKING:
    from patency.registry.session import Session

OPEN, ANSWERED, ACCEPTED, RESOLVED = "open", "answered", "accepted", "resolved"
STATUSES = (OPEN, ANSWERED, ACCEPTED, RESOLVED)


class Raised(NamedTuple):
    """A query that is to be opened for the first time."""

    hit: Hit

    def values(self, today: date) -> dict[str, Value]:
        """Return what the query says."""
        hit = self.hit
        return {"rule": hit.rule, "kind": hit.kind, "record": hit.record, "record_version": float(hit.version),
                "status": OPEN, "date": today}  # fmt: skip


class Changed(NamedTuple):
    """A query that is to be opened again, or resolved, and why."""

    query: Entry
    values: Mapping[str, Value | None]
    reason: str


def follow(
    checked: Checked, standing: Iterable[Entry], rules: Iterable[str], today: date
) -> Iterator[Raised | Changed]:
    """Say what is to be done with the queries of a patient after a check by these rules; nothing is done here."""
    known = set(rules)
    of = {(str(query.values["rule"]), str(query.values["record"])): query for query in standing}
    fired = {(hit.rule, hit.record): hit for hit in checked.hits}
    for key, hit in fired.items():
        query = of.get(key)
        if query is None:
            yield Raised(hit)
        elif not query.is_void and (reason := _why_again(query, hit)):
            values: dict[str, Value | None] = {
                "status": OPEN,
                "record_version": float(hit.version),
                "date": today,
                "answer": None,
            }
            yield Changed(query, values, reason)
    for key, query in of.items():
        is_over = query.is_void or query.values["status"] == RESOLVED
        if not is_over and key not in fired and key not in checked.untold:
            reason = "the data no longer fire the rule" if key[0] in known else "the rule was taken out"
            yield Changed(query, {"status": RESOLVED}, reason)


def loud(checked: Checked, standing: Iterable[Entry]) -> tuple[Hit, ...]:
    """Return the hits that somebody is to be asked about: all but those accepted as they stand, and those voided."""
    of = {(query.values["rule"], query.values["record"]): query for query in standing}
    return tuple(hit for hit in checked.hits if not _is_quiet(of.get((hit.rule, hit.record)), hit))


def _is_quiet(query: Entry | None, hit: Hit) -> bool:
    if query is None:
        return False
    return query.is_void or (query.values["status"] == ACCEPTED and not _why_again(query, hit))


def _why_again(query: Entry, hit: Hit) -> str:
    status = query.values["status"]
    if status == RESOLVED:
        return "the data fire the rule again"
    is_newer = float(hit.version) != query.values.get("record_version")
    return "the record was changed and still fires the rule" if is_newer and status != OPEN else ""


def answer(session: "Session", query: str, sentence: str) -> Entry:
    """Answer a query that is open with a sentence; that it was answered before is in its history."""
    session.need(CORRECT, "answer queries")
    _need_sentence(query, sentence)
    _need_unsettled(session.entry("query", query), "answered")
    return session.keep_version("query", query, {"status": ANSWERED, "answer": sentence.strip()}, "answered")


def accept(session: "Session", query: str, sentence: str = "") -> Entry:
    """Accept that what fired the rule is so; the query stays quiet until the record has another version."""
    session.need(ACCEPT, "accept what a rule has found")
    found = session.entry("query", query)
    _need_unsettled(found, "accepted")
    if found.values["status"] == OPEN or sentence.strip():
        _need_sentence(query, sentence)
    record = session.entry(str(found.values["kind"]), str(found.values["record"]))
    said: dict[str, Value | None] = {"status": ACCEPTED, "record_version": float(record.version)}
    if sentence.strip():
        said["answer"] = sentence.strip()
    return session.keep_version("query", query, said, "it is so")


def withdraw(session: "Session", query: str, reason: str) -> Entry:
    """Say that a query should never have been there: it is void from then on, whatever the record says."""
    return session.keep_void("query", query, reason)


def _need_sentence(query: str, sentence: str) -> None:
    refuse_lines({"sentence": sentence.strip()})
    if not sentence.strip():
        raise Refused([Fault(Place(f"query {query}"), "there is no sentence", "who reads the query later must see why it is so",
                             "say in a sentence what is the case, such as 'confirmed with the ward'")])  # fmt: skip


def _need_unsettled(query: Entry, what: str) -> None:
    status = query.values["status"]
    if status not in (OPEN, ANSWERED):
        raise Refused([Fault(Place(f"query {query.id}"), f"it is {status}, and cannot be {what}",
                             f"only one that is {OPEN} or {ANSWERED} can be", "list the queries that are open")])  # fmt: skip


def query_named(session: "Session", beginning: str) -> str:
    """Return the id of the query that begins so, or refuse where there is none, or more than one."""
    found = [entry.id for entry in session.entries("query") if beginning and entry.id.startswith(beginning)]
    if len(found) != 1:
        what = (
            f"{len(found)} queries begin with {beginning!r}"
            if found
            else f"there is no query {beginning!r} at your site"
        )
        raise Refused([Fault(Place("query"), what, "one query is answered at a time",
                             "write more of its id, as `patency registry query list` shows it")])  # fmt: skip
    return found[0]
