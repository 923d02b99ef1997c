"""`patency registry due`, `complete`, `count`, `flow` and `protocol`: what is due, what is missing, and how many there are."""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date

from patency.cli.case import day_typed
from patency.cli.common import CONTENT_REFUSED, DONE, MISTYPED, add_site, open_for
from patency.cli.registry_open import add_where, as_operator, forms_of, refuse_no_letters, refusing, signed_in
from patency.registry.follow.counts import count
from patency.registry.follow.due import STATUSES
from patency.registry.follow.due_json import complete_json, count_json, due_json, flow_json
from patency.registry.follow.due_text import (
    complete_rows,
    complete_text,
    count_rows,
    count_text,
    due_rows,
    due_text,
    flow_text,
    labelled,
    missing_rows,
    protocol_text,
    shown_statuses,
)
from patency.registry.follow.follow_up import complete, due, flowed
from patency.registry.follow.protocol import Protocol
from patency.registry.follow.read_protocol import lasting_name, protocol_named, read_protocols, said_of
from patency.registry.session import Session
from patency.table import csv_text

SUMMARY = "nothing is shown"
_PROTOCOL = "its name, or your own file (the registry's own, or minimal)"


def arguments(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Say what may be asked of it."""
    _due_arguments(actions)
    _complete_arguments(actions)
    _count_arguments(actions)
    flow = actions.add_parser("flow", help="count the patients seen, enrolled and followed",
                              description="Count the flow of patients, by the screening log and by their records.",
                              epilog="example: patency registry flow registry --user ivo")  # fmt: skip
    _shared(flow, _flow, is_by_protocol=True, is_csv=False)
    _protocol_arguments(actions)


def _due_arguments(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = actions.add_parser(
        "due",
        help="list the visits that are due, overdue or missed",
        description="List how each planned visit of each episode at your site stands on a day: done, out of window, due, overdue, "
        "missed, upcoming or not expected. A statistician sees only how many are in each status, over all sites.",
        epilog="example: patency registry due registry --user ivo --status overdue",
    )
    parser.add_argument("--status", choices=[*STATUSES, "all"], default="", metavar="STATUS",
                        help=f"list those of one status: {', '.join(STATUSES)}; or all of them "
                        "(overdue, due, missed and cannot be told, each apart)")  # fmt: skip
    _shared(parser, _due, is_by_protocol=True)


def _complete_arguments(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = actions.add_parser(
        "complete",
        help="say how complete the records are",
        description="Set what is recorded against the targets of the protocol.",
        epilog="example: patency registry complete registry --user ivo --missing",
    )
    parser.add_argument("--missing", action="store_true", help="list what is missing, episode by episode")
    _shared(parser, _complete, is_by_protocol=True)


def _count_arguments(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = actions.add_parser(
        "count",
        help="count the answers to a field",
        description="Count the answers to a field of your own records. A statistician counts the pool of all sites, and is shown "
        "a table only where no group in it, or between it and another table, has fewer than five people.",
        epilog="example: patency registry count registry episode.side --by population --where 'caval' --user ivo",
    )
    parser.add_argument("--by", default="", metavar="FIELD", help="count by a field of the record, of what it hangs on "
                        "(patient.sex_at_birth), or by site")  # fmt: skip
    parser.add_argument("--where", default="", metavar="CONDITION", help="count only records of which it holds")
    _shared(parser, _count, is_by_protocol=False)
    parser.add_argument("field", metavar="KIND.FIELD", help="the kind of record and its field, such as episode.side")


def _protocol_arguments(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = actions.add_parser(
        "protocol", help="list or show the protocols of follow-up, or change that of a registry"
    )
    more = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    listing = more.add_parser("list", help="list them", epilog="example: patency registry protocol list")
    listing.set_defaults(run=_list)
    show = more.add_parser("show", help="show one: its visits, windows and targets",
                           epilog="example: patency registry protocol show minimal")  # fmt: skip
    show.add_argument("protocol", metavar="NAME", help="its name, or your own file")
    show.set_defaults(run=_show)
    for command in (listing, show):
        add_site(command)
    change = more.add_parser(
        "set",
        help="let a registry follow another protocol",
        description="Let a registry follow another protocol from now on: what is due, missed and complete is told by it, of visits long "
        "made too. The one before stays in the registry's trail, with the time and the reason. Who holds the folder does it.",
        epilog="example: patency registry protocol set our-registry minimal --reason 'agreed on 3 March'",
    )
    add_where(change, is_signed_in=False)
    change.add_argument(
        "protocol",
        metavar="NAME",
        help="its name, or your own file (.yaml), which stays where it is: it is read each time, and refused once it was changed",
    )
    change.add_argument("--reason", required=True, help="why; it stands in the trail")
    change.set_defaults(run=_set)


def _shared(
    parser: argparse.ArgumentParser, run: Callable[[argparse.Namespace], int], is_by_protocol: bool, is_csv: bool = True
) -> None:
    add_where(parser)
    if is_by_protocol:
        parser.add_argument("--on", type=day_typed, metavar="DATE", help="as of a day, 2026-05-29 (today): what is dated after it "
                            "does not count, what was written after it does; over the pool none is chosen")  # fmt: skip
        parser.add_argument("--protocol", default="", metavar="NAME", help=_PROTOCOL)
    form = parser.add_mutually_exclusive_group()
    if is_csv:
        form.add_argument("--csv", action="store_true", help="as CSV")
    form.add_argument("--json", action="store_true", help="as JSON")
    parser.set_defaults(run=run, csv=False)


def _due(options: argparse.Namespace) -> int:
    session, protocol = _session_and_protocol(options)
    with refusing(SUMMARY, MISTYPED):
        found = due(session, protocol, options.on)
    chosen = shown_statuses(options.status)
    return _print(
        options, due_text(found, chosen), labelled(due_rows(found, chosen), found.label), due_json(found, chosen)
    )


def _complete(options: argparse.Namespace) -> int:
    session, protocol = _session_and_protocol(options)
    with refusing(SUMMARY, MISTYPED):
        found = complete(session, protocol, options.on)
    return _print(
        options,
        complete_text(found, options.missing),
        labelled((missing_rows if options.missing else complete_rows)(found), found.label),
        complete_json(found),
    )


def _flow(options: argparse.Namespace) -> int:
    session, protocol = _session_and_protocol(options)
    with refusing(SUMMARY, MISTYPED):
        found = flowed(session, protocol, options.on)
    return _print(options, flow_text(found), [], flow_json(found))


def _count(options: argparse.Namespace) -> int:
    session = signed_in(options)
    with refusing(SUMMARY, MISTYPED):
        found = count(session, options.field, options.by, options.where)
    return _print(
        options, count_text(found, str(date.today())), labelled(count_rows(found), found.label), count_json(found)
    )


def _list(options: argparse.Namespace) -> int:
    sources, forms = open_for(options).sources, forms_of(options)
    with refusing(SUMMARY, CONTENT_REFUSED):
        found = read_protocols(sources, forms)
    for protocol in found.values():
        print(f"{protocol.name:12} {protocol.title}: {', '.join(visit.words for visit in protocol.visits)}")
    return DONE


def _show(options: argparse.Namespace) -> int:
    sources, forms = open_for(options).sources, forms_of(options)
    with refusing(SUMMARY, CONTENT_REFUSED):
        found = protocol_named(options.protocol, sources, forms)
    for line in protocol_text(found):
        print(line)
    return DONE


def _set(options: argparse.Namespace) -> int:
    refuse_no_letters(options)
    with refusing("the protocol is not changed"):
        found = protocol_named(options.protocol, open_for(options).sources, forms_of(options))
    with as_operator(options, "the protocol is not changed") as admin:
        name = lasting_name(options.protocol, found)
        before = admin.set_protocol(name, options.reason)
    print(
        f"The registry follows {said_of(name)}, {found.title}, from now on; {said_of(before)} before, as the trail tells."
    )
    return DONE


def _session_and_protocol(options: argparse.Namespace) -> tuple[Session, Protocol]:
    session = signed_in(options)
    name = options.protocol or session.registry.details.protocol
    sources, forms = session.registry.library.sources, session.forms
    with refusing(SUMMARY, CONTENT_REFUSED):
        return session, protocol_named(name, sources, forms)


def _print(options: argparse.Namespace, lines: Iterable[str], rows: Sequence[Sequence[str]], written: object) -> int:
    if options.json:
        print(json.dumps(written, ensure_ascii=False, indent=2))
    elif options.csv:
        sys.stdout.write(csv_text(rows))
    else:
        for line in lines:
            print(line)
    return DONE
