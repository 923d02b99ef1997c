"""`patency registry consult|decide`: the page for a registry's own patient, and what was decided after it.

In: the patient's pseudonym, and a cut where the registry's own figures are to stand on the page. Out: the page, kept by its
hashes; or the case file, of which nothing is kept. How the page is laid out is in registry_page.py.
"""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TextIO, TypeAlias

from patency.case import Case
from patency.cli.case import add_cut, day_typed, own_of
from patency.cli.common import UNREADABLE, Failed, width
from patency.cli.registry_enter import parent_of
from patency.cli.registry_open import add_where, refusing, signed_in
from patency.cut.label import banner
from patency.fault import Fault, Place, Refused
from patency.registry.session import Session
from patency.registry.where import new_file

Actions: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def arguments(actions: Actions) -> None:
    """Say what may be asked of it."""
    page = actions.add_parser(
        "consult",
        help="print the consult of a patient's episode, and keep its hashes",
        description="Print the page for a patient's episode as of a day, from what the registry holds by then, and keep its hashes. With "
        "--case the case file is given instead, which `patency consult` opens, and nothing is kept.",
        epilog="example: patency registry consult our-registry N-17 --on 2026-11-22 --cut our-cut",
    )
    add_where(page)
    page.add_argument("pseudonym", metavar="PSEUDONYM")
    page.add_argument("--on", type=day_typed, default=None, metavar="DATE", help="as of which day (today)")
    page.add_argument("--of", default="", metavar="ID", help="which episode, where there are several")
    page.add_argument("--format", choices=("text", "json"), default="text", help="how to lay it out (text)")
    page.add_argument("--case", action="store_true", help="give the case file instead of the page, and keep nothing")
    page.add_argument("--out", type=Path, metavar="FILE", help="a new file for it, which you alone can read")
    add_cut(page)
    page.set_defaults(run=_consult)
    decided = actions.add_parser("decide", help="note what was decided after a consult, by whom and why")
    add_where(decided)
    decided.add_argument("consult", metavar="ID")
    decided.add_argument("decided", metavar="OPTION", help="as the form of an episode names treatments")
    decided.add_argument("--by", required=True, metavar="WHO")
    decided.add_argument("--why", required=True)
    decided.add_argument("--on", type=day_typed, default=None, metavar="DATE")
    decided.set_defaults(run=_decide)


def _consult(options: argparse.Namespace) -> None:
    from patency.cli.registry_page import as_json, as_text, kept_as
    from patency.consult.page import consult
    from patency.registry.case import seen_of
    from patency.registry.kept import keep_consult

    session = signed_in(options)
    own = None if options.case else own_of(options, session.registry.library)
    with refusing("there is no consult"), _opened(options.out) as out:
        _refuse_beside_case(options)
        episode = parent_of(session, "visit", session.patient(options.pseudonym), options.of, asks="a consult")
        seen = seen_of(session, episode, options.on or date.today())
        case = seen.case._replace(about=banner(session.registry.details.label))
        if options.case:
            out.write(_case_file(case, session))
            return
        page = consult(session.registry.library, case, own)
        written = as_json(page, seen) if options.format == "json" else as_text(page, seen, width())
        kept = keep_consult(session, episode, case, written)
        out.write(kept_as(written, kept.id) if options.format == "json" else written)
    if options.format == "text" or options.out:
        print(f"\nKept as consult {kept.id}; after it: patency registry decide {options.folder} {kept.id} OPTION --by WHO "
              "--why WHY")  # fmt: skip


def _case_file(case: Case, session: Session) -> str:
    """Write a case, or refuse one that `patency consult` would refuse with its faults."""
    from patency.casefile import case_file, read_case
    from patency.consult.page import refuse
    from patency.document import read_document

    library = session.registry.library
    written = case_file(case)
    again, faults = read_case(read_document(written.encode(), "the case"), library.lexicon.vocabulary, case.on)
    refuse(again, faults, library)
    return written


def _refuse_beside_case(options: argparse.Namespace) -> None:
    """Refuse what has no place in a case file, rather than leave it out in silence."""
    beside = [*(["--cut"] if options.cut else []), *(["--format json"] if options.format == "json" else [])]
    if options.case and beside:
        raise Refused([Fault(Place(each), "it is of the page, and --case gives the case file instead",
                             "a case file holds what is known of the patient, and nothing that is said of it",
                             f"leave out {each}, or --case") for each in beside])  # fmt: skip


@contextmanager
def _opened(file: Path | None) -> Iterator[TextIO]:
    """Open a new file that nobody else reads, or give what is printed; before a consult is kept that nobody would see."""
    if file is None:
        yield sys.stdout
        return
    try:
        new_file(file)
    except FileExistsError:
        raise Refused([Fault(Place(str(file)), "there is something of this name already", "what tells of a patient is written over nothing",
                             "name a file that is not there yet")]) from None  # fmt: skip
    except OSError as error:
        fault = Fault(Place(str(file)), f"it cannot be written: {(error.strerror or '').lower()}", "nothing was asked of the registry",
                      "name a file in a folder that is there")  # fmt: skip
        raise Failed(UNREADABLE, "the file was not written", [fault]) from None
    try:
        with file.open("w", encoding="utf-8") as out:
            yield out
    except BaseException:
        file.unlink(missing_ok=True)  # half a page would look like one
        raise


def _decide(options: argparse.Namespace) -> None:
    from patency.registry.kept import decide

    session = signed_in(options)
    with refusing("nothing is noted"):
        decide(
            session,
            session.id_beginning("consult", options.consult),
            options.decided,
            options.on or date.today(),
            options.by,
            options.why,
        )
    print("The decision stands beside its consult.")
