"""From what a person has entered to the page beside it.

In: a Draft. Out: Entered: the case, every Fault, and the consult for what could be read. An answer with a
Fault counts as not known until it is mended: what is unknown can settle no opinion and reverse none
(house rule 1), so the rest of the page stays true, and it says which answers it is without
(docs/decisions/0013). The command line and the API refuse such a case whole; there the person is not
at the form.

Not here: how a page looks (pages.py).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from patency.case import Case
from patency.casefile import EARLIEST, LATEST, read_case
from patency.consult.meanwhile import if_so, meanwhile
from patency.consult.own import Own
from patency.consult.page import Consult, consult
from patency.fault import Fault, Refused
from patency.guideline.contradict import contradictions
from patency.guideline.model import Library
from patency.vocabulary import Vocabulary
from patency.web.draft import Draft


@dataclass(frozen=True)
class Entered:
    """What was entered, what is wrong with it, and the consult without the answers that are wrong; None where there can be none."""

    draft: Draft
    case: Case
    faults: tuple[Fault, ...]
    consult: Consult | None
    left_out: tuple[str, ...] = ()
    meanwhile: tuple[str, ...] = ()  # what cannot wait until it is mended, beside what the page shows


def entered(
    draft: Draft, library: Library, today: date, found: Iterable[Fault] = (), own: Own | None = None
) -> Entered:
    """Read a draft and lay out its page; `found` are Faults of the file that it came from, `own` a cut to tell of."""
    draft = draft.seen_on(today.isoformat())
    vocabulary = library.lexicon.vocabulary
    faults = {*found, *draft.faults}
    without = _answers_with(faults, draft, vocabulary)
    while True:
        case, unread = read_case(draft.document(without), vocabulary, today)
        # What the readable findings contradict stays contradicted, whatever the others turn out to be.
        wrong = {*unread, *contradictions(case, library)}
        faults |= wrong
        more = _answers_with(wrong, draft, vocabulary) - without
        if not more:
            break
        without |= more
    try:
        page = None if _is_dayless(draft) else consult(library, case, own)
    except Refused as refused:
        page, faults = None, {*faults, *refused.faults}
    whole, _ = read_case(draft.document(), vocabulary, today)
    doubtful = [name for name in whole.findings if name not in case.findings]
    waiting = (if_so if page else meanwhile)(whole, doubtful, library)
    left_out = tuple(name for name in draft.answers if name in without)
    return Entered(draft, case, _without_doubles(faults), page, left_out, waiting)


def _answers_with(faults: Iterable[Fault], draft: Draft, vocabulary: Vocabulary) -> set[str]:
    """Return the answers that faults are about; a member of a panel was answered at the panel, or from another answer."""
    found: set[str] = set()
    for name in {name for fault in faults for name in fault.about}:
        panel = vocabulary.panel_of(name)
        dated = {each.name for each in vocabulary.concepts.values() if each.only_if == name}
        found |= {name, *([panel.name] if panel else []), *dated} & set(draft.answers)
    return found


def _is_dayless(draft: Draft) -> bool:
    """Whether the day of the page itself cannot be read: every number of days hangs on it."""
    try:
        return not EARLIEST <= date.fromisoformat(draft.on) <= LATEST
    except ValueError:
        return True


def _without_doubles(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Keep one of two Faults that say the same of a file and of the form that was filled from it."""
    kept: dict[tuple[str, str], Fault] = {}
    for fault in sorted(faults):
        known = kept.get((fault.what, fault.why))
        if known is None or (fault.where.line and not known.where.line):
            kept[fault.what, fault.why] = fault
    return tuple(kept.values())
