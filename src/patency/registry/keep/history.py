"""What was recorded of a patient, change by change, as sentences.

    On 3 Mar 2026 at 10:12 UTC anna corrected the visit of 1 Feb 2026: body weight 61 kg instead of 60 kg, because: mistyped.

In: every version of every record, as Session.history gives them. Out: a sentence each, oldest first, in the words of the
forms (told.py).
"""

from collections.abc import Iterable, Iterator

from patency.instrument.model import Item, ItemKind
from patency.registry.entry import Entry
from patency.registry.forms import Forms
from patency.registry.keep.words import moment
from patency.registry.oneline import one_line
from patency.registry.session import Session
from patency.registry.told import called, changed, in_order, in_words, item_of, named, one, said


def history_of(session: Session, patient: str) -> list[str]:
    """Return what was done to a patient's records, as sentences; it is a view, and noted."""
    return list(told(session.history(patient), session.forms))


def told(entries: Iterable[Entry], forms: Forms) -> Iterator[str]:
    """Yield a sentence for each version; of each record the versions stand in order."""
    before: dict[tuple[str, str], Entry] = {}
    for entry in entries:
        key = (entry.kind, entry.id)
        day, _, time = moment(entry.at).rpartition(" UTC")[0].rpartition(" ")
        done = _done(entry, before.get(key), forms)
        yield one_line(
            f"On {day} at {time} UTC{_clock(entry, before.get(key))} {entry.author} {done}{_because(entry.reason)}"
        )
        before[key] = entry


def _clock(entry: Entry, before: Entry | None) -> str:
    """Say where a version was written by a clock that stood behind the one of the version before."""
    if before is None or entry.at >= before.at:
        return ""
    return f" (by a clock set back, for this came after the version of {moment(before.at)})"


def _because(reason: str) -> str:
    end = "" if reason.rstrip().endswith((".", "!", "?")) else "."
    return f", because: {reason.strip()}{end}" if reason.strip() else "."


def _done(entry: Entry, before: Entry | None, forms: Forms) -> str:
    if before is None:
        answers = "; ".join(said(entry, forms))
        return f"added {named(entry, forms)}{f': {answers}' if answers else ''}"
    if entry.is_void:
        return f"voided {named(before, forms)}"
    if before.is_void:
        return f"brought back {named(before, forms)}"
    names = in_order(entry, changed(before.values, entry.values), forms)
    changes = [_change(name, before, entry, item_of(entry, name, forms)) for name in names]
    return f"corrected {named(before, forms)}: {'; '.join(changes) or 'nothing was changed'}"


def _change(name: str, before: Entry, entry: Entry, item: Item | None) -> str:
    old, new = before.values.get(name), entry.values.get(name)
    if new is None:
        assert old is not None, "it was changed"
        return f"nothing for {called(name, item)} instead of {in_words(old, item)}"
    if old is None:
        return f"{one(name, new, item)}, which was blank"
    if item is not None and item.kind is ItemKind.YES_NO:
        return f"{one(name, new, item)}, instead of {in_words(old, item)}"
    return f"{called(name, item)} {in_words(new, item)} instead of {in_words(old, item)}"
