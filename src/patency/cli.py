"""The command line: `patency consult`, `patency guideline`, `patency concepts`.

Wiring only; it decides nothing clinical. Exit codes: 0 done; 2 the command was mistyped; 3 the case
was refused; 4 the content was refused, or a scenario of it is not met; 5 a file cannot be read or
written; 130 stopped at the keyboard. Anything else is a fault of Patency's own, with its traceback.
"""

import argparse
import datetime
import math
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import patency
from patency.case import Case
from patency.casefile import EARLIEST, LATEST, case_file, read_case, set_findings
from patency.document import LARGEST_FILE, Node, read_bytes, read_document
from patency.fault import Fault, Place, Refused, listed, nearest
from patency.guideline.cache import open_library
from patency.guideline.files import CONTENT
from patency.guideline.model import Guideline, Library

if TYPE_CHECKING:
    from patency.consult.page import Consult
    from patency.guideline.prove import Verdict

DONE, MISTYPED, CASE_REFUSED, CONTENT_REFUSED, UNREADABLE, STOPPED = 0, 2, 3, 4, 5, 130


class Failed(Exception):  # noqa: N818  carries faults to the person, and the exit code to the shell
    """A command that ends with faults to show and an exit code."""

    def __init__(self, code: int, summary: str, faults: Sequence[Fault] = ()) -> None:
        super().__init__(summary)
        self.code, self.summary, self.faults = code, summary, faults


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    typed = sys.argv[1:] if arguments is None else arguments
    options = _parser(typed).parse_args(typed)
    try:
        options.run(options)
        sys.stdout.flush()
    except Failed as failed:
        _show(failed, sys.stderr)
        return failed.code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has left; that is no fault
        return DONE
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
        return STOPPED
    return DONE


def _show(failed: Failed, stream: TextIO) -> None:
    count = len(failed.faults)
    print(f"patency: {failed.summary}{f': {count} fault' + 's' * (count != 1) if count else ''}", file=stream)
    for fault in failed.faults:
        print(fault, file=stream)


def _parser(asked: Sequence[str]) -> argparse.ArgumentParser:
    """Build the parser; only the command that is asked for gets its arguments, for building all takes time."""
    parser = argparse.ArgumentParser(
        prog="patency", description=patency.__doc__, epilog="patency COMMAND --help says more."
    )
    parser.add_argument("--version", action="version", version=f"patency {patency.__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, (say, fill) in _COMMANDS.items():
        command = commands.add_parser(name, help=say)
        if name in asked:
            fill(command)
    return parser


def _consult_arguments(consult: argparse.ArgumentParser) -> None:
    consult.description = (
        "Print the page for one patient. With no case file, on a terminal, it asks question by question."
    )
    consult.epilog = "example: patency consult examples/acute-severe-adult.yaml --set compression_lesion=may_thurner"
    consult.add_argument("case", nargs="?", metavar="CASE", help="a case file; - reads it from standard input")
    consult.add_argument("--format", choices=("text", "json", "html"), default="text", help="how to lay it out (text)")
    consult.add_argument("--full", action="store_true", help="print every statement, not only the key ones")
    consult.add_argument("--explain", action="store_true", help="add why each rule holds or does not")
    consult.add_argument("--out", type=Path, metavar="FILE", help="write it to a file instead")
    _add_case(consult)
    consult.set_defaults(run=_consult)


def _compare_arguments(compare: argparse.ArgumentParser) -> None:
    compare.description = (
        "For each decision, options by guidelines, with each source's own grade; what agrees, and what differs. "
        "Or, for two editions, the kinds of patient whose rating changes."
    )
    compare.epilog = "examples: patency compare examples/may-thurner.yaml; patency compare --editions acr-2013 acr-2020"
    compare.add_argument("case", nargs="?", metavar="CASE", help="a case file; - reads it from standard input")
    compare.add_argument("--editions", nargs=2, metavar=("OLDER", "NEWER"), help="two editions, instead of a case")
    compare.add_argument(
        "--format", choices=("text", "json"), default="text", help="how to lay the editions out (text)"
    )
    compare.add_argument(
        "--examples", type=Path, metavar="DIR", help="write an example of each kind there, as a case file"
    )
    compare.add_argument("--content", type=Path, metavar="DIR", help="a content directory (Patency's own)")
    _add_case(compare)
    compare.set_defaults(run=_compare)


def _add_case(command: argparse.ArgumentParser) -> None:
    command.add_argument("--on", type=_day, metavar="DATE", help="the day the page is as of, such as 2026-05-29")
    command.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="put in or replace one finding"
    )
    _add_site(command)


def _guideline_arguments(guideline: argparse.ArgumentParser) -> None:
    actions = guideline.add_subparsers(title="actions", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="list the guidelines", epilog="example: patency guideline list")
    listing.set_defaults(run=_guideline_list)
    show = actions.add_parser("show", help="read a guideline aloud", epilog="example: patency guideline show acr-2020")
    show.add_argument("id", metavar="ID")
    show.set_defaults(run=_guideline_show)
    check = actions.add_parser(
        "check", help="check content and scenarios", epilog="example: patency guideline check --unsigned"
    )
    check.add_argument("directory", nargs="?", type=Path, metavar="DIR", help="a content directory (Patency's own)")
    check.add_argument("--unsigned", action="store_true", help="also list the rules that no clinician has reviewed")
    check.set_defaults(run=_guideline_check)
    prove = actions.add_parser(
        "prove",
        help="prove what can be proved of the rules",
        description="Prove that every rule is reachable, that no two clash undeclared, that stated coverage holds, and the claims. "
        "Where a claim fails, a counterexample is printed as a case file. Needs the solver: pip install patency[proof].",
        epilog="example: patency guideline prove acr-2020",
    )
    prove.add_argument("ids", nargs="*", metavar="ID", help="only these guidelines, without the library's own claims")
    prove.add_argument("--content", type=Path, metavar="DIR", help="a content directory (Patency's own)")
    prove.add_argument(
        "--keep", action="store_true", help="add each counterexample to its guideline's file, as a scenario"
    )
    prove.set_defaults(run=_guideline_prove)
    publish = actions.add_parser(
        "publish",
        help="write the library as a static site",
        description="Write pages that need no server, no script and nothing from elsewhere: each guideline with its rules, chart, "
        "scenarios and proofs, and all of them side by side. A site written before is replaced; other files are never mixed with it.",
        epilog="example: patency guideline publish site",
    )
    publish.add_argument(
        "directory", type=Path, metavar="DIR", help="where to write it: a new or empty folder, or an earlier site"
    )
    publish.add_argument("--content", type=Path, metavar="DIR", help="a content directory (Patency's own)")
    publish.set_defaults(run=_guideline_publish)
    for action in (listing, show, check, prove, publish):
        _add_site(action)


def _concepts_arguments(concepts: argparse.ArgumentParser) -> None:
    concepts.epilog = "example: patency concepts platelet"
    concepts.add_argument("word", nargs="?", metavar="WORD", help="only those whose name or question has this word")
    _add_site(concepts)
    concepts.set_defaults(run=_concepts)


def _schema_arguments(schema: argparse.ArgumentParser) -> None:
    schema.set_defaults(run=_schema)


_COMMANDS = {
    "consult": ("print the page for one patient", _consult_arguments),
    "compare": ("lay the guidelines side by side for one patient", _compare_arguments),
    "guideline": ("list, show, check, prove or publish the guidelines", _guideline_arguments),
    "concepts": ("list what can be known of a patient", _concepts_arguments),
    "schema": ("print the JSON Schema of the consult", _schema_arguments),
}


def _add_site(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--policy", action="append", default=[], type=_setting, metavar="NAME=NUMBER",
                        help="set one of Patency's own policies, such as adult_age=16")  # fmt: skip
    parser.add_argument("--library", type=Path, metavar="DIR", help="your own protocols, beside Patency's guidelines")


def _day(text: str) -> datetime.date:
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day; write 2026-05-29") from None
    if EARLIEST <= day <= LATEST:
        return day
    raise argparse.ArgumentTypeError(f"{text!r} is not a day between {EARLIEST} and {LATEST}")


def _setting(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    with suppress(ValueError):
        if math.isfinite(number := float(value)):
            return name, number
    raise argparse.ArgumentTypeError(f"{text!r} is not NAME=NUMBER, such as adult_age=16")


def _library(options: argparse.Namespace, directory: Path | None = None) -> Library:
    try:
        return open_library(
            dict(options.policy), directory or getattr(options, "content", None) or CONTENT, options.library
        )
    except Refused as refused:
        raise _content_refused(refused) from None


def _content_refused(refused: Refused) -> Failed:
    if all(fault.where.file.startswith("--policy") for fault in refused.faults):
        return Failed(MISTYPED, "the policy is refused", refused.faults)
    return Failed(CONTENT_REFUSED, "the content is refused", refused.faults)


def _consult(options: argparse.Namespace) -> None:
    page = _page(options, _library(options), options.case is None and not options.set)
    if options.format == "json":
        from patency.consult.json import to_json

        written = to_json(page, options.explain)
    elif options.format == "html":
        from patency.consult.html import to_html

        written = to_html(page, options.explain)
    else:
        from patency.consult.text import to_text

        written = to_text(page, _width(), options.full, options.explain)
    if options.out is None:
        sys.stdout.write(written)
    else:
        _write(written, options)


def _page(options: argparse.Namespace, library: Library, is_asking: bool = False) -> "Consult":
    from patency.consult.page import consult
    from patency.guideline.advise import contradictions

    case, faults = _case(options, library)
    if faults:
        # What the readable findings contradict stays contradicted, whatever the others turn out to be.
        faults = sorted({*faults, *contradictions(case, library)})
        raise Failed(CASE_REFUSED, "the case is refused", faults)
    try:
        if is_asking:
            from patency.consult.dialogue import converse

            case = converse(library, case, _hear, _say)
        return consult(library, case)
    except Refused as refused:
        raise Failed(CASE_REFUSED, "the case is refused", refused.faults) from None


def _width() -> int:
    return min(max(os.get_terminal_size().columns or 100, 40), 120) if sys.stdout.isatty() else 100


def _write(written: str, options: argparse.Namespace) -> None:
    if options.case not in (None, "-") and options.out.exists() and options.out.samefile(options.case):
        fault = Fault(Place(str(options.out)), "the page would be written over its own case", "the case would be lost",
                      "name another file")  # fmt: skip
        raise Failed(MISTYPED, "the page was not written", [fault])
    try:
        options.out.write_text(written, encoding="utf-8")
    except OSError as error:
        fault = Fault(Place(str(options.out)), f"the page cannot be written: {(error.strerror or '').lower()}",
                      "nothing was kept", "name another file")  # fmt: skip
        raise Failed(UNREADABLE, "the page was not written", [fault]) from None


def _say(line: str) -> None:
    # Where the page goes to a file or a pipe, the questions must not go with it.
    print(line, file=sys.stdout if sys.stdout.isatty() else sys.stderr)


def _hear(prompt: str) -> str:
    if sys.stdout.isatty():
        return input(prompt)
    print(prompt, end="", file=sys.stderr, flush=True)
    return input()


def _case(options: argparse.Namespace, library: Library) -> tuple[Case, list[Fault]]:
    vocabulary = library.lexicon.vocabulary
    today = options.on or datetime.date.today()
    faults: list[Fault] = []
    if options.case is not None:
        document = _document(options.case)
        case, faults = read_case(document, vocabulary, today, also=("expect",))
        if options.on and options.on != case.on:
            faults += _from_the_future(case, options.on)
            case = case.seen_on(options.on)
    elif options.set or sys.stdin.isatty():
        case = Case(today)
    else:
        raise Failed(MISTYPED, "name a case file, or - to read it from standard input")
    case, more = set_findings(case, options.set, vocabulary)
    return case, [*faults, *more]


def _from_the_future(case: Case, on: datetime.date) -> list[Fault]:
    later = {name: finding.on for name, finding in case.findings.items() if finding.on > on}
    if not later:
        return []
    what = (
        f"{listed([repr(name) for name in later], 'and')} {'was' if len(later) == 1 else 'were'} found after this day"
    )
    return [Fault(Place(f"--on {on}"), what, "nothing from the future can be known",
                  f"leave --on out, or give {max(later.values())} or a later day")]  # fmt: skip


def _document(name: str) -> Node:
    try:
        content, file = (
            (sys.stdin.buffer.read(LARGEST_FILE + 1), "standard input")
            if name == "-"
            else (read_bytes(Path(name)), name)
        )
    except Refused as refused:
        raise Failed(UNREADABLE, "the case cannot be read", refused.faults) from None
    try:
        return read_document(content, file)
    except Refused as refused:
        raise Failed(CASE_REFUSED, "the case is refused", refused.faults) from None


def _compare(options: argparse.Namespace) -> None:
    from patency.consult.text import compared

    if (options.case is None) is (options.editions is None):
        raise Failed(MISTYPED, "name a case file to compare the guidelines for, or two editions after --editions")
    if options.editions:
        _compare_editions(options)
    else:
        sys.stdout.write(compared(_page(options, _library(options)), _width()))


def _compare_editions(options: argparse.Namespace) -> None:
    from patency.consult.editions import to_json, to_text
    from patency.guideline.editions import differences_between, supersedes

    library = _library(options)
    older, newer = (_guideline(name, library) for name in options.editions)
    if older.id == newer.id:
        fault = Fault(Place("--editions"), f"{older.id!r} is named twice", "an edition does not differ from itself",
                      "name the other edition")  # fmt: skip
        raise Failed(MISTYPED, "nothing to compare", [fault])
    if supersedes(older, newer, library):
        older, newer = newer, older
    try:
        changes = differences_between(library, older, newer)
    except Refused as refused:
        raise Failed(CONTENT_REFUSED, "the two are not compared", refused.faults) from None
    if options.examples:
        for number, change in enumerate(changes, 1):
            _write_into(options.examples, f"{older.id}-to-{newer.id}-{number}.yaml", case_file(change.example).encode())
    laid_out = (
        to_json(library, (older, newer), changes)
        if options.format == "json"
        else to_text(library, (older, newer), changes, _width())
    )
    sys.stdout.write(laid_out)


def _write_into(directory: Path, name: str, written: bytes) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        (directory / name).write_bytes(written)
    except OSError as error:
        fault = Fault(Place(str(directory / name)), f"it cannot be written: {(error.strerror or '').lower()}",
                      "the case would be lost", "name a directory that you may write into")  # fmt: skip
        raise Failed(UNREADABLE, "a case was not written", [fault]) from None


def _guideline_list(options: argparse.Namespace) -> None:
    for guideline in _library(options).guidelines.values():
        by = f", superseded by {guideline.superseded_by}" if guideline.superseded_by else ""
        print(
            f"{guideline.id:12} {guideline.publisher} {guideline.edition}, {len(guideline.rules)} rules{by}: {guideline.title}"
        )


def _guideline_show(options: argparse.Namespace) -> None:
    from patency.guideline.show import guideline_words

    library = _library(options)
    print(guideline_words(_guideline(options.id, library), library))


def _guideline(name: str, library: Library) -> Guideline:
    if name in library.guidelines:
        return library.guidelines[name]
    fault = Fault(Place("guideline"), f"there is no guideline {name!r}", "only those in the library can be shown",
                  nearest(name, library.guidelines, "`patency guideline list` lists them"))  # fmt: skip
    raise Failed(MISTYPED, "nothing to show", [fault])


def _guideline_check(options: argparse.Namespace) -> None:
    from patency.guideline.check import unsigned

    library = _library(options, options.directory)
    _refuse_unmet(library)
    scenarios = sum(len(guideline.scenarios) for guideline in library.guidelines.values())
    statements = sum(len(section.statements) for sheet in library.sheets for section in sheet.sections)
    rules = [rule for guideline in library.guidelines.values() for rule in guideline.rules]
    print(f"{len(library.guidelines)} guidelines, {len(rules)} rules, {scenarios} scenarios met; {len(library.sheets)} sheets, "
          f"{statements} statements; {len(library.lexicon.vocabulary.concepts)} concepts; "
          f"{len(library.sources)} sources: no fault")  # fmt: skip
    names = unsigned(library)
    print(f"{len(names)} of {len(rules)} rules are not yet reviewed by a clinician")
    if options.unsigned:
        for name in names:
            print(f"  {name}")


def _refuse_unmet(library: Library) -> None:
    from patency.guideline.check import unmet

    faults = unmet(library)
    if faults:
        raise Failed(CONTENT_REFUSED, "the content does not do what its scenarios expect", faults)


def _guideline_prove(options: argparse.Namespace) -> None:
    try:
        from patency.guideline.prove import fault_of, prove
    except ModuleNotFoundError:
        raise SystemExit("patency: the solver is not installed: pip install patency[proof]") from None
    library = _library(options)
    for name in options.ids:
        _guideline(name, library)
    verdicts = []
    for verdict in prove(library, options.ids):
        verdicts.append(verdict)
        print(f"{'proved' if verdict.is_proved else 'NOT PROVED'}  {verdict.subject}: {verdict.says}")
        if verdict.counterexample:
            print(case_file(verdict.counterexample))
    failed = [verdict for verdict in verdicts if not verdict.is_proved]
    if options.keep:
        _keep(failed, library, options)
    if failed:
        raise Failed(CONTENT_REFUSED, "not everything is proved", [fault_of(verdict) for verdict in failed])
    print(f"{len(verdicts)} claims proved")


def _keep(failed: Sequence["Verdict"], library: Library, options: argparse.Namespace) -> None:
    from patency.guideline.keep import scenario_name, with_scenario

    directory = options.content or CONTENT
    for verdict in failed:
        case = verdict.counterexample
        if case is None:
            continue
        if not verdict.guideline:
            print(f"not kept: {case.name} is of no single guideline; the claim itself will find it again")
            continue
        guideline = library.guidelines[verdict.guideline]
        path = Path(guideline.place.file) if guideline.is_local else directory / guideline.place.file
        content = read_bytes(path)
        if scenario_name(case) in content.decode("utf-8-sig"):
            print(f"kept already, in {guideline.place.file}: {scenario_name(case)}")
            continue
        try:
            kept = with_scenario(content, guideline, case, library)
        except Refused as refused:
            raise Failed(CONTENT_REFUSED, "a counterexample was not kept", refused.faults) from None
        _write_into(path.parent, path.name, kept)
        print(f"kept in {guideline.place.file}: {scenario_name(case)}")


def _guideline_publish(options: argparse.Namespace) -> None:
    from patency.publish.folder import refuse_folder, write_site
    from patency.publish.site import site

    try:
        refuse_folder(options.directory)  # before the work, which takes a while
        library = _library(options)
        _refuse_unmet(library)
        verdicts = _verdicts(library)
        pages = site(library, verdicts)
        write_site(pages, options.directory)
    except Refused as refused:
        raise Failed(UNREADABLE, "the site was not written", refused.faults) from None
    print(f"{len(pages)} files for {len(library.guidelines)} guidelines; open {options.directory / 'index.html'}")
    if verdicts is None:
        print("proofs were not run, and the site says so: pip install patency[proof]")
    else:
        print(f"{sum(1 for verdict in verdicts if verdict.is_proved)} of {len(verdicts)} claims proved")


def _verdicts(library: Library) -> "list[Verdict] | None":
    try:
        from patency.guideline.prove import prove
    except ModuleNotFoundError:
        return None
    return list(prove(library))


def _concepts(options: argparse.Namespace) -> None:
    from patency.guideline.show import concept_words

    library = _library(options)
    vocabulary = library.lexicon.vocabulary
    word = (options.word or "").lower()
    found = [each for each in vocabulary.concepts.values() if word in each.name or word in each.asks.lower()]
    if not found:
        fault = Fault(Place("concepts"), f"no concept has {options.word!r} in its name or question", "nothing to list",
                      nearest(options.word, vocabulary.concepts, "`patency concepts` lists them all"))  # fmt: skip
        raise Failed(MISTYPED, "nothing to show", [fault])
    for concept in found:
        print(concept_words(concept, library, is_long=bool(word)))
    for panel in vocabulary.panels.values():
        if not word or word in panel.name:
            print(f"{panel.name}: panel, {panel.asks} {', '.join(panel.members)}")


def _schema(_: argparse.Namespace) -> None:
    from patency.consult.json import SCHEMA

    print(SCHEMA.read_text(encoding="utf-8"), end="")
