"""`patency outcome`: what happened to patients like these, by definitions that can be swapped."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from patency.cli import outcome_compare
from patency.cli.common import MISTYPED, UNREADABLE, Failed, add_fewest, failing, open_for, width
from patency.cli.outcome_like import against_arguments, like_arguments
from patency.fault import Fault, Place, nearest

if TYPE_CHECKING:
    from patency.cut.opened import Cut
    from patency.guideline.model import Library
    from patency.outcome.definition import Definition
    from patency.outcome.reported import Reported

_LONGEST = 1200.0  # months


def arguments(outcome: argparse.ArgumentParser) -> None:
    """Say what may be asked of it."""
    actions = outcome.add_subparsers(title="actions", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="list the definitions", epilog="example: patency outcome list")
    listing.set_defaults(run=_list)
    showing = actions.add_parser(
        "show", help="show one definition with its sources", epilog="example: patency outcome show pts-attract"
    )
    showing.add_argument("name", metavar="NAME", help="a definition's name")
    showing.set_defaults(run=_show)
    _estimate_arguments(actions.add_parser(
        "estimate", help="count one outcome in a cut",
        description="Count one outcome in a cut of a registry: units, patients, events, deaths, follow-up, share or curve, each with its "
        "interval. Figures are of what happened after a treatment, not because of it.",
        epilog="example: patency outcome estimate cuts/spring patency-primary --by option --months 6,12,24"))  # fmt: skip
    _report_arguments(actions.add_parser(
        "report", help="write a report of outcomes: flow, Table 1, figures, methods, STROBE",
        description="Write a report into a folder: a page, Markdown, CSV, JSON and the figures.",
        epilog="example: patency outcome report cuts/spring --out report --by option --outcome patency-primary"))  # fmt: skip
    outcome_compare.arguments(actions)
    for command in actions.choices.values():
        command.set_defaults(policy=[], library=None)
    like_arguments(actions.add_parser("like", help="what came of the patients who are like one"))
    against_arguments(actions.add_parser("against", help="whether a cut supports or contrasts a claim"))


def _estimate_arguments(estimate: argparse.ArgumentParser) -> None:
    _of_cut(estimate, "")
    estimate.add_argument("name", metavar="NAME", help="a definition's name, or a file that holds one")
    estimate.add_argument(
        "--mean",
        type=_month,
        metavar="MONTHS",
        help="of a patency, the mean time open within so long; where patients lived 1, 3, 6, 12, 24, 36 or 60",
    )
    estimate.add_argument("--format", choices=("text", "json", "csv"), default="text", help="how to lay it out (text)")
    estimate.set_defaults(run=_estimate)


def _report_arguments(report: argparse.ArgumentParser) -> None:
    _of_cut(report, "option")
    report.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="a new or empty folder, or an earlier report"
    )
    report.add_argument(
        "--outcome", action="append", default=[], metavar="NAME", help="only this definition; may be given again"
    )
    report.add_argument("--notes", type=Path, metavar="FILE", help="paragraphs of yours on how the data came about")
    report.add_argument("--audit", default="", metavar="NAME", help="add what the number auditor says of a publication")
    report.set_defaults(run=_report)


def _of_cut(command: argparse.ArgumentParser, by: str) -> None:
    command.add_argument("cut", type=Path, metavar="CUT", help="the folder of a cut")
    command.add_argument(
        "--by", default=by, metavar="TRAIT", help=f"groups by a trait, such as option or extent ({by or 'none'})"
    )
    command.add_argument("--months", type=_months, metavar="6,12,24", help="when curves are read (1,3,6,12,24,36,60)")
    add_fewest(command)


def _months(text: str) -> tuple[float, ...]:
    return tuple(sorted({_month(each) for each in text.split(",")}))


def _month(text: str) -> float:
    try:
        month = float(text)
    except ValueError:
        month = 0.0
    if 0 < month <= _LONGEST:
        return month
    raise argparse.ArgumentTypeError(f"{text!r} is no number of months, such as 12")


def _list(options: argparse.Namespace) -> None:
    from patency.outcome.read_definitions import read_definitions
    from patency.outcome.text import listed

    print("\n".join(listed(read_definitions(open_for(options).sources))))


def _show(options: argparse.Namespace) -> None:
    from patency.outcome.text import defined

    library = open_for(options)
    print("\n".join(defined(_named(options.name, library), library.sources, width())))


def _named(name: str, library: "Library") -> "Definition":
    from patency.outcome.read_definitions import definition_named

    with failing("nothing to show", MISTYPED):
        return definition_named(name, library.sources)


def _opened(options: argparse.Namespace) -> "Cut":
    from patency.cut.opened import open_cut

    with failing("the cut is refused", UNREADABLE):
        return open_cut(options.cut)


def _estimate(options: argparse.Namespace) -> None:
    from patency.outcome.as_json import estimate_json
    from patency.outcome.estimated import MONTHS
    from patency.outcome.report import estimate
    from patency.outcome.text import to_text
    from patency.outcome.tidy import to_csv

    library = open_for(options)
    definition, cut = _named(options.name, library), _opened(options)
    with failing("nothing was counted", MISTYPED):
        found = estimate(cut, definition, library, options.by, options.fewest, options.months or MONTHS, options.mean)
    written = {
        "text": lambda: to_text(found, width()),
        "json": lambda: estimate_json(found),
        "csv": lambda: to_csv(found),
    }
    sys.stdout.write(written[options.format]())


def _report(options: argparse.Namespace) -> None:
    from patency.outcome.estimated import MONTHS
    from patency.outcome.read_definitions import read_definitions
    from patency.outcome.report import report
    from patency.publish.folder import REPORT, refuse_folder, write_site

    kind = REPORT._replace(head=REPORT.head.replace("survey report", "outcome report"))
    with failing("the report was not written", UNREADABLE):
        refuse_folder(options.out, kind)
    library = open_for(options)
    chosen = [_named(name, library) for name in options.outcome] or list(read_definitions(library.sources).values())
    notes = (*_notes(options.notes), *_audited(options.audit, library))
    cut = _opened(options)
    with failing("nothing was counted", MISTYPED):
        found = report(cut, chosen, library, options.by, options.fewest, options.months or MONTHS, notes)
    with failing("the report was not written", UNREADABLE):
        write_site(_files(found, library), options.out, kind)
    if found.label:
        print(found.label)
    print(f"{len(found.outcomes)} outcomes of registry {found.cut['registry']}; open {options.out / 'report.md'}")


def _files(reported: "Reported", library: "Library") -> Mapping[str, bytes]:
    from patency.outcome.report import to_csv, to_json, to_markdown

    written = {
        "report.md": to_markdown(reported).encode(),
        "report.csv": to_csv(reported).encode(),
        "report.json": to_json(reported).encode(),
    }
    from patency.publish.outcomes import figures, page
    from patency.publish.press import Press

    drawn = {f"figures/{name}.svg": content for name, content in figures(reported).items()}
    return {"report.html": page(reported, Press(library)), **written, **drawn}


def _notes(path: Path | None) -> tuple[str, ...]:
    """Read paragraphs of a text file."""
    from patency.document import read_bytes, text_of

    if path is None:
        return ()
    with failing("the notes were not read", UNREADABLE):
        text = text_of(read_bytes(path), str(path))
    return tuple(" ".join(each.split()) for each in text.split("\n\n") if each.strip())


def _audited(name: str, library: "Library") -> tuple[str, ...]:
    """Return what the number auditor finds in a publication, as paragraphs."""
    from patency.cli.common import audits_beside
    from patency.evidence.examine import examine
    from patency.evidence.text import notes_of
    from patency.guideline.files import CONTENT

    if not name:
        return ()
    audits = {audit.id: audit for audit in audits_beside(CONTENT, library)}
    if name not in audits:
        fault = Fault(Place("--audit"), f"no publication {name!r} was audited", "only figures that stand in content can be examined",
                      nearest(name, audits, f"use one of {', '.join(audits)}"))  # fmt: skip
        raise Failed(MISTYPED, "nothing was counted", [fault])
    return tuple(notes_of(examine(audits[name])))
