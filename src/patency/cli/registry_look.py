"""`patency registry history|trail|identity|find|erase`: look up what was done, who somebody is, and erase a patient.

Whoever does this signs in, and sees their own site alone. Names are typed at the prompt or given as options; no line of the
trail and no log holds them.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from patency.cli.case import day_typed
from patency.cli.common import MISTYPED, Failed
from patency.cli.registry_open import add_where, refusing, say_label, signed_in
from patency.fault import Fault, Place
from patency.registry.keep.erase import REASONS
from patency.registry.keep.trail import FORMATS
from patency.registry.oneline import one_line
from patency.registry.vault import STEP
from patency.table import counted

if TYPE_CHECKING:
    from patency.registry.keep.erase import Erasure
    from patency.registry.keep.identity import Identity

Actions: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def look_arguments(actions: Actions) -> None:
    """Say what may be asked of it."""
    history = actions.add_parser(
        "history",
        help="tell what was ever recorded of a patient, change by change",
        epilog="example: patency registry history our-registry N-17",
    )
    add_where(history)
    history.add_argument("pseudonym", metavar="PSEUDONYM")
    history.set_defaults(run=_history)
    trail = actions.add_parser(
        "trail",
        help="tell who did what, of all patients; or export it",
        description="Print the audit trail as sentences: an investigator that of their site, an administrator every one. With --out it is "
        "written to a file, with the signed heads in another beside it; that it was exported stands in it.",
        epilog="example: patency registry trail our-registry --out trail.csv",
    )
    add_where(trail)
    trail.add_argument("--out", type=Path, metavar="FILE", help="a new file")
    trail.add_argument("--format", choices=FORMATS, help="how it is written (as the file's name ends)")
    trail.set_defaults(run=_trail)
    _identity_arguments(actions)
    erase = actions.add_parser(
        "erase",
        help="erase a patient, for ever",
        description="Destroy the patient's key: without it, what was recorded of them can be read neither in the database nor in its "
        "backups. It cannot be undone. The pseudonym is typed once more to confirm it. Cuts and exports that were made before are "
        "not reached; those of your site are listed, to be called back.",
        epilog="example: patency registry erase our-registry N-17 --reason asked",
    )
    add_where(erase)
    erase.add_argument("pseudonym", metavar="PSEUDONYM")
    erase.add_argument(
        "--reason",
        required=True,
        choices=list(REASONS),
        help="; ".join(f"{name}: {words}" for name, words in REASONS.items()),
    )
    erase.add_argument("--confirm", metavar="PSEUDONYM", help="the pseudonym once more; otherwise it is asked for")
    erase.set_defaults(run=_erase)


def _identity_arguments(actions: Actions) -> None:
    identity = actions.add_parser(
        "identity",
        help="show who a patient is, or keep it",
        description="Show the name, the day of birth and the numbers that the site keeps of a patient for itself; or, where any is given, "
        "keep them instead. They are in no cut and no export, and no other site can read them.",
        epilog="example: patency registry identity our-registry N-17 --name 'Müller, Anne' --born 1990-03-12 --number hospital=4711",
    )
    find = actions.add_parser(
        "find",
        help="find a patient by a name, a day of birth or a number",
        description="Find your site's patients by what somebody remembers: accents, order and slips of the pen do not matter. What is "
        "searched for is noted nowhere; that somebody searched, and whom they were shown, is.",
        epilog="example: patency registry find our-registry --name 'anne mueller'",
    )
    for parser in (identity, find):
        add_where(parser)
        parser.add_argument("--name", default="")
        parser.add_argument("--born", type=day_typed, metavar="DATE")
        parser.add_argument(
            "--site-key", type=Path, metavar="FILE", help="the site's key, where the site holds it elsewhere"
        )
    identity.add_argument("pseudonym", metavar="PSEUDONYM")
    identity.add_argument(
        "--number", action="append", default=[], metavar="WHAT=NUMBER", help="such as hospital=4711; may be given again"
    )
    identity.set_defaults(run=_identity)
    find.add_argument("--number", default="", metavar="NUMBER")
    find.set_defaults(run=_find)


def _history(options: argparse.Namespace) -> None:
    from patency.registry.keep.history import history_of

    session = signed_in(options)
    with refusing("nothing to tell"):
        told = history_of(session, session.patient(options.pseudonym, may_be_void=True))
    say_label(session.registry.details.label)
    for sentence in told:
        print(sentence)


def _trail(options: argparse.Namespace) -> None:
    from patency.registry.keep.trail import export_trail, lines_of, names_of, said

    session = signed_in(options)
    with refusing("nothing to tell"):
        if options.out is None:
            say_label(session.registry.details.label)
            names = names_of(session)
            for line in lines_of(session):
                print(f"{line.site or 'registry'} {line.seq}  {said(line, names)}")
            return
        say_label(session.registry.details.label)
        form = options.format or ("jsonl" if options.out.suffix == ".jsonl" else "csv")
        done = export_trail(session, options.out, form)
    print(
        f"{done.lines} lines are in {done.file}, the signed heads in {done.heads}: keep them where nobody can change them."
    )


def _identity(options: argparse.Namespace) -> None:
    from patency.registry.keep.identity import Identity, identity_of, set_identity

    numbers = dict(_numbered(each) for each in options.number)
    session = signed_in(options)
    with refusing("nothing is shown or kept"):
        patient = session.patient(options.pseudonym)
        if options.name or options.born or numbers:
            set_identity(session, patient, Identity(options.name, options.born, numbers), options.site_key)
            print(f"It is kept who {options.pseudonym} is, for your site alone.")
            return
        found = identity_of(session, patient, options.site_key)
    say_label(session.registry.details.label)
    print(_told(found) if found else f"Nobody said who {options.pseudonym} is.")


def _numbered(text: str) -> tuple[str, str]:
    what, equals, number = text.partition("=")
    if not (equals and what.strip() and number.strip()):
        raise Failed(MISTYPED, "nothing is kept", [Fault(Place("--number"), "it does not say what it is the number of",
                                                         "a patient has several", "write WHAT=NUMBER, such as hospital=4711")])  # fmt: skip
    return what.strip(), number.strip()


def _told(identity: "Identity") -> str:
    born = f", born {identity.born.isoformat()}" if identity.born else ""
    return one_line(
        f"{identity.name}{born}{''.join(f', {what} {number}' for what, number in identity.numbers.items())}"
    )


def _find(options: argparse.Namespace) -> None:
    from patency.registry.keep.alike import Sought
    from patency.registry.keep.identity import find

    session = signed_in(options)
    with refusing("nobody is sought"):
        hits = find(session, Sought(options.name, options.born, options.number), options.site_key)
        pseudonyms = {
            entry.id: str(entry.values["pseudonym"])
            for hit in hits
            for entry in session.entries("patient", hit.patient)
        }
    say_label(session.registry.details.label)
    for hit in hits:
        print(
            f"{one_line(pseudonyms.get(hit.patient, hit.patient))}  {_told(hit.identity)}  ({hit.score:g} of 100: {', '.join(hit.why)})"
        )
    if not hits:
        print("Nobody like that is kept at your site.")


def _erase(options: argparse.Namespace) -> None:
    from patency.registry.keep.erase import erase
    from patency.registry.keep.log import operation

    session = signed_in(options)
    typed = options.confirm if options.confirm is not None else _typed(options.pseudonym)
    if typed.strip() != options.pseudonym:
        raise Failed(MISTYPED, "nobody is erased", [Fault(Place("confirmation"), "it is another pseudonym", "an erasure cannot be undone",
                                                          "type the pseudonym once more")])  # fmt: skip
    with refusing("nobody is erased"), operation(options.folder, "erase"):
        done = erase(session, session.id_of("patient", options.pseudonym), options.reason)
    for line in _erased(options.pseudonym, done):
        print(line)


def _erased(pseudonym: str, done: "Erasure") -> Iterator[str]:
    """Tell what an erasure reached, what it did not, and what is left to do."""
    from patency.registry.keep.taken_out import said

    yield f"{pseudonym} is erased: their key is destroyed, and without it nobody reads what the database, its log and its"
    yield "backups hold of them."
    yield "In the open remain, under ids that mean nothing: how many records of each kind they had, by whom and when each was"
    yield f"written, and its length, in steps of {STEP} bytes."
    if not done.is_log_empty:
        yield "Somebody was reading, so the database's log still holds sealed rows; it is emptied when they end."
    yield "Left to do:"
    yield "- Make the copy of the keys anew (patency registry backup DIR --keys SAFE): an older one could bring them back."
    yield "- Find what was printed, and the files from which they were imported."
    yield "- Ask an administrator for the cuts of all sites (patency registry trail DIR): those of before hold them too."
    if not done.taken:
        yield "- Of your site, no cut and no export was made while they were in it."
        return
    yield f"- Call back, or have destroyed, what was taken out of your site while they were in it ({counted(len(done.taken), 'time')}):"
    yield from (f"    {line}" for taken in done.taken for line in said(taken))


def _typed(pseudonym: str) -> str:
    if not sys.stdin.isatty():
        raise Failed(MISTYPED, "nobody is erased", [Fault(Place("--confirm"), "it is not confirmed", "an erasure cannot be undone",
                                                          "write --confirm and the pseudonym once more")])  # fmt: skip
    return input(f"All that was recorded of {pseudonym} will be destroyed. Type the pseudonym once more: ")
