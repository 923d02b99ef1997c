"""`patency registry check|query|rule`: what the quality rules find, what becomes of it, and what the rules are."""

import argparse
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from patency.cli.common import CONTENT_REFUSED, MISTYPED, Failed, open_for
from patency.cli.instrument import write_json, write_lines
from patency.cli.registry_open import add_where, forms_of, refusing, say_label, signed_in
from patency.fault import Fault, Place, nearest
from patency.guideline.files import CONTENT
from patency.registry.access import VIEW
from patency.registry.kinds import KINDS
from patency.registry.oneline import one_line
from patency.table import cell, counted, csv_text

if TYPE_CHECKING:
    from patency.registry.entry import Entry
    from patency.registry.forms import Forms
    from patency.registry.quality.checker import Summary
    from patency.registry.quality.rule import Rule

Actions: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
STATUSES = ("open", "answered", "accepted", "resolved")


def arguments(actions: Actions) -> None:
    """Say what may be asked of it."""
    check = actions.add_parser(
        "check",
        help="check all patients of your site by the quality rules",
        description="Check every record by the quality rules, and open a query for each that fires one. Queries that the data "
        "no longer fire are resolved. What could not be told, because something is missing, is counted by itself.",
        epilog="example: patency registry check our-registry --user ivo",
    )
    add_where(check)
    check.add_argument("--look", action="store_true", help="open and resolve nothing")
    _add_forms_of_output(check)
    check.set_defaults(run=_check)
    _query_arguments(actions.add_parser("query", help="list, answer, accept or withdraw the queries of your site"))
    _rule_arguments(
        actions.add_parser("rule", help="list the quality rules, read one aloud, or try them on their examples")
    )


def _query_arguments(query: argparse.ArgumentParser) -> None:
    actions = query.add_subparsers(title="actions", metavar="ACTION", required=True)
    listing = actions.add_parser(
        "list", help="list them", epilog="example: patency registry query list our-registry --status open"
    )
    add_where(listing)
    listing.add_argument(
        "--status", action="append", choices=STATUSES, default=[], help="open and answered ones, otherwise"
    )
    listing.add_argument(
        "--answers", action="store_true", help="with the answers, which are free text, in CSV or JSON too"
    )
    _add_forms_of_output(listing)
    listing.set_defaults(run=_list)
    answer = actions.add_parser(
        "answer",
        help="answer one",
        epilog="example: patency registry query answer our-registry 3f2a 'Confirmed with the ward.'",
    )
    accept = actions.add_parser(
        "accept",
        help="accept that it is so; an investigator's",
        description="Accept that what fired the rule is so. The query stays quiet until its record is changed. One that nobody "
        "has answered needs a sentence.",
        epilog="example: patency registry query accept our-registry 3f2a",
    )
    withdraw = actions.add_parser(
        "withdraw",
        help="say that it should never have been asked; an investigator's",
        description="Say that the query should never have been asked, for the rule does not fit this record. It stays void, "
        "whatever the record says later; its history stays too. What is so, and may be so no more, is to be accepted.",
        epilog="example: patency registry query withdraw our-registry 3f2a 'A graft, and no stent.'",
    )
    for parser, run in ((answer, _answer), (accept, _accept), (withdraw, _withdraw)):
        add_where(parser)
        parser.add_argument("query", metavar="ID", help="as many letters of it as tell it from others")
        parser.add_argument("sentence", metavar="SENTENCE", nargs="?" if parser is accept else None, default="")
        parser.set_defaults(run=run)


def _rule_arguments(rule: argparse.ArgumentParser) -> None:
    actions = rule.add_subparsers(title="actions", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="list them", epilog="example: patency registry rule list")
    listing.set_defaults(run=_rules)
    show = actions.add_parser(
        "show", help="read one aloud", epilog="example: patency registry rule show procedure-before-onset"
    )
    show.add_argument("name", metavar="NAME")
    show.set_defaults(run=_rule)
    check = actions.add_parser("check", help="try each on its examples", epilog="example: patency registry rule check")
    check.set_defaults(run=_try)
    for parser in (listing, show, check):
        parser.add_argument(
            "--content", type=Path, dest="rules_in", metavar="DIR", help="a content directory (Patency's own)"
        )
        parser.set_defaults(policy=[], library=None)


def _add_forms_of_output(parser: argparse.ArgumentParser) -> None:
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--csv", action="store_true", help="for a spreadsheet")
    either.add_argument("--json", action="store_true", help="for a program")


# --- check --------------------------------------------------------------------------------------------------------------


def _check(options: argparse.Namespace) -> None:
    from patency.registry.quality.check import check_all, checker_of

    session = signed_in(options)
    with refusing("nothing was checked"):
        checker = checker_of(session.registry)
        found = check_all(session, checker, is_opening=not options.look)
    rows = list(_found(found, checker.rules))
    label = session.registry.details.label
    if options.json:
        write_json(
            {
                "label": label,
                "patients": found.patients,
                "records": found.records,
                "rules": len(checker.rules),
                "found": rows,
            }
        )
    elif options.csv:
        _write_csv(rows, ("rule", "of", "kind", "hits", "could_not_be_told", "says"), label)
    else:
        say_label(label)
        print(f"{counted(found.patients, 'patient')}, {counted(found.records, 'record')}, {len(checker.rules)} rules.")
        for row in rows:
            hits, untold = counted(found.hits.get(row["rule"], 0), "hit"), found.untold.get(row["rule"], 0)
            write_lines(f"{hits}, {untold:,} not told: {row['rule']} ({row['kind']}). {row['says']}")


def _found(found: "Summary", rules: "Mapping[str, Rule]") -> Iterator[dict[str, Any]]:
    """Say of each rule that fired, or could not be told of somebody, how often."""
    for name, rule in rules.items():
        hits, untold = found.hits.get(name, 0), found.untold.get(name, 0)
        if hits or untold:
            yield {
                "rule": name,
                "of": rule.kind,
                "kind": rule.sort.value,
                "hits": hits,
                "could_not_be_told": untold,
                "says": rule.says,
            }


def _write_csv(rows: Sequence[Mapping[str, object]], names: Sequence[str], label: str) -> None:
    """Write rows as CSV; where the registry has a label, such as synthetic, each row bears it."""
    heads = [*names, *(["label"] if label else [])]
    written = [[cell(str(row[name])) for name in names] + ([label] if label else []) for row in rows]
    print(csv_text([heads, *written]), end="")


# --- query --------------------------------------------------------------------------------------------------------------


def _list(options: argparse.Namespace) -> None:
    from patency.registry.quality.check import checker_of

    session = signed_in(options)
    wanted = options.status or ["open", "answered"]
    with refusing("nothing to list"):
        session.need(VIEW, "see queries")
        rules = checker_of(session.registry).rules
        names = {entry.patient: str(entry.values.get("pseudonym", "")) for entry in session.entries("patient")}
        found = [entry for entry in session.entries("query") if entry.values["status"] in wanted]
        session.note("view", "query", details={"what": "list of queries", "queries": len(found)})
    rows = sorted((_query_row(entry, names, rules) for entry in found), key=lambda row: (row["patient"], row["id"]))
    label = session.registry.details.label
    if not options.answers and (options.csv or options.json):  # free text leaves only if it is asked for
        rows = [{name: value for name, value in row.items() if name != "answer"} for row in rows]
    if options.json:
        write_json({"label": label, "queries": rows})
    elif options.csv:
        names_of_columns = ["id", "status", "patient", "kind", "record", "date", "rule", "says", "fix"]
        _write_csv(rows, names_of_columns + (["answer"] if options.answers else []), label)
    else:
        say_label(label)
        print(f"{len(rows):,} {'query' if len(rows) == 1 else 'queries'} ({' or '.join(wanted)})")
        for row in rows:
            _say_query(row)


def _query_row(entry: "Entry", names: Mapping[str, str], rules: "Mapping[str, Rule]") -> dict[str, str]:
    said, rule = entry.values, rules.get(str(entry.values["rule"]))
    return {
        "id": entry.id,
        "status": str(said["status"]),
        "patient": names.get(entry.patient, ""),
        "kind": str(said.get("kind", "")),
        "record": str(said.get("record", "")),
        "date": str(said.get("date", "")),
        "rule": str(said["rule"]),
        "says": rule.says if rule else "The rule was taken out.",
        "fix": rule.fix if rule else "",
        "answer": str(said.get("answer", "")),
    }


def _say_query(row: Mapping[str, str]) -> None:
    words = KINDS[row["kind"]].words if row["kind"] in KINDS else row["kind"]
    write_lines(
        f"{row['id'][:8]}  {row['status']}  {one_line(row['patient'])}, {words} {row['record'][:8]}: {row['says']}"
    )
    write_lines(f"    {row['fix']}")
    if row["answer"]:
        write_lines(f"    answer: {one_line(row['answer'])}")


def _answer(options: argparse.Namespace) -> None:
    from patency.registry.quality.queries import answer, query_named

    session = signed_in(options)
    with refusing("nothing is answered"):
        answer(session, query_named(session, options.query), options.sentence)
    print("The answer stands; an investigator may accept it.")


def _accept(options: argparse.Namespace) -> None:
    from patency.registry.quality.queries import accept, query_named

    session = signed_in(options)
    with refusing("nothing is accepted"):
        accept(session, query_named(session, options.query), options.sentence or "")
    print("It is accepted, and stays quiet until the record is changed.")


def _withdraw(options: argparse.Namespace) -> None:
    from patency.registry.quality.queries import query_named, withdraw

    session = signed_in(options)
    with refusing("nothing is withdrawn"):
        withdraw(session, query_named(session, options.query), options.sentence)
    print("It is withdrawn, and is not asked again; its history stays.")


# --- rule ---------------------------------------------------------------------------------------------------------------


def rules_for(options: argparse.Namespace) -> "tuple[dict[str, Rule], Forms]":
    """Read the quality rules of a content directory and the forms, or end the command with what is wrong."""
    from patency.registry.quality.read_rules import read_rules

    library, forms = open_for(options), forms_of(options)
    with refusing("the quality rules are refused", CONTENT_REFUSED):
        return read_rules(library.sources, forms, options.rules_in or CONTENT), forms


def _rules(options: argparse.Namespace) -> None:
    rules, _ = rules_for(options)
    for rule in rules.values():
        write_lines(f"{rule.name}: {KINDS[rule.kind].words}, {rule.sort.value}. {rule.says}")


def _rule(options: argparse.Namespace) -> None:
    from patency.registry.quality.said_rule import rule_words

    rules, _ = rules_for(options)
    if options.name not in rules:
        fault = Fault(Place("rule"), f"there is no rule {options.name!r}", "only those that are defined can be shown",
                      nearest(options.name, rules, "`patency registry rule list` lists them"))  # fmt: skip
        raise Failed(MISTYPED, "nothing to show", [fault])
    write_lines(rule_words(rules[options.name], open_for(options).sources))


def _try(options: argparse.Namespace) -> None:
    from patency.registry.quality.try_rules import unmet

    rules, forms = rules_for(options)
    if faults := unmet(rules, forms):
        raise Failed(CONTENT_REFUSED, "a rule does not do on its examples what they say", faults)
    examples = sum(len(rule.examples) for rule in rules.values())
    print(f"{counted(len(rules), 'rule')}, {counted(examples, 'example')} met: no fault")
