"""`patency registry map`, `import` and `export`: records in from files of other programs, and out.

`map` drafts how the columns of a file hold records; a person corrects it; `import` tries the file by it, and writes it with
--write; `export` writes the site's records. Wiring only: what is done stands in registry/files/.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from patency.cli.common import CASE_REFUSED, UNREADABLE, Failed
from patency.cli.dictionary import write_out
from patency.cli.registry_open import add_where, forms_of, refusing, say_approval, signed_in
from patency.document import read_bytes, read_document
from patency.fault import Fault, Place, Refused
from patency.registry.files.account import MOST_SHOWN, Account, refused_beside
from patency.registry.files.ahead import Rows
from patency.registry.files.draft import draft_map
from patency.registry.files.excel import Sheet
from patency.registry.files.foreseen import MOST_PATIENTS
from patency.registry.files.map import ImportMap, read_map
from patency.registry.files.run import Import, look_over
from patency.table import SEPARATORS, Stream, counted

STOPPED = (
    "the import stopped; what was written before that stands, and is not added twice when the file is imported again"
)
_EXCEL = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")


def arguments(actions: Any) -> None:
    """Add what brings records in and out."""
    drafting = actions.add_parser(
        "map",
        help="draft how the columns of a file hold records",
        description="Draft a mapping from the columns of a CSV or Excel file, or of a REDCap export. What is guessed says so and is "
        "refused until a person has looked at it; columns that look like an identity are left out.",
        epilog="example: patency registry map our-registry visits.csv --kind visit --out visits.map.yaml",
    )
    add_where(drafting, is_signed_in=False)
    drafting.add_argument("file", type=Path, metavar="FILE", help="a CSV or Excel file")
    drafting.add_argument(
        "--kind", action="append", default=[], metavar="KIND", help="what its rows hold, such as visit"
    )
    drafting.add_argument(
        "--source", default="", metavar="NAME", help="the system it comes from; its ids follow from it"
    )
    drafting.add_argument("--sheet", default="", metavar="NAME", help="the sheet of an Excel file")
    drafting.add_argument(
        "--encoding", default="", metavar="NAME", help="latin-1 or windows-1252, where it is not UTF-8"
    )
    drafting.add_argument("--separator", default="", choices=list(SEPARATORS.values()), help="where it cannot be found")
    drafting.add_argument(
        "--out", type=Path, metavar="FILE", help="where to write it, a new file; otherwise it is printed"
    )
    drafting.set_defaults(run=_map)
    _add_import(actions)
    _add_export(actions)


def _add_import(actions: Any) -> None:
    bringing = actions.add_parser(
        "import",
        help="try a file by its mapping, and with --write bring it in",
        description="Account for every row: rows in, kept, refused with reasons. Nothing is written without --write. An import "
        "that was interrupted goes on when it is run again; what stands already is not added twice.",
        epilog="example: patency registry import our-registry visits.csv visits.map.yaml --user anna --write",
    )
    add_where(bringing)
    bringing.add_argument("file", type=Path, metavar="FILE", help="a CSV or Excel file")
    bringing.add_argument("map", type=Path, metavar="MAP", help="its mapping, as a person confirmed it")
    bringing.add_argument("--write", action="store_true", help="write it; otherwise it is a dry run")
    bringing.add_argument("--correct", default="", metavar="REASON",
                          help="where a row differs from what is there, make a correction, with this reason")  # fmt: skip
    bringing.add_argument(
        "--refused",
        type=Path,
        metavar="NEW",
        help="where the refused rows go, a new file; FILE.refused.csv unless named",
    )
    bringing.set_defaults(run=_import)


def _add_export(actions: Any) -> None:
    leaving = actions.add_parser(
        "export",
        help="write the records of your site as CSV files",
        description="Write a CSV file for each kind of record, with pseudonyms and without names. Free text leaves only where it is "
        "asked for by name. The export is a line of the audit trail.",
        epilog="example: patency registry export our-registry june --user ivo --text visit.note",
    )
    add_where(leaving)
    leaving.add_argument("out", type=Path, metavar="OUT", help="a new folder")
    leaving.add_argument(
        "--text", action="append", default=[], metavar="KIND.ITEM", help="a free text that is to go along"
    )
    leaving.add_argument(
        "--redcap", action="store_true", help="as one REDCap file of repeating instruments, with its dictionary"
    )
    leaving.set_defaults(run=_export)


def _map(options: argparse.Namespace) -> None:
    forms = forms_of(options)
    separator = next((sign for sign, name in SEPARATORS.items() if name == options.separator), "")
    if options.out is not None and os.path.lexists(options.out):
        raise Failed(UNREADABLE, "no mapping was drafted", [
            Fault(Place(str(options.out)), "it is there already, and the draft would overwrite it",
                  "it may be a mapping that somebody corrected", "name a new file, or move that one away")])  # fmt: skip
    with refusing("no mapping was drafted"):
        found = ImportMap("", "", (), separator=separator, encoding=options.encoding, sheet=options.sheet)
        _refuse_kinds(options.kind, forms.of)
        rows = opened(options.file, found)
        sheet = rows.sheet if isinstance(rows, Sheet) else ""
        text = draft_map(rows, forms, options.source or options.file.stem, options.kind, options.encoding, sheet)
    write_out(text, options.out)


def _refuse_kinds(kinds: list[str], known: Any) -> None:
    faults = [Fault(Place("--kind"), f"there is no kind of record {kind!r}", "each kind has a form", f"use one of {', '.join(known)}")
              for kind in kinds if kind not in known]  # fmt: skip
    if faults:
        raise Refused(faults)


def _import(options: argparse.Namespace) -> None:
    session = signed_in(options)
    with refusing("nothing was brought in"):
        found = read_map(read_document(read_bytes(options.map), str(options.map)), session.forms)
        rows = opened(options.file, found)
        account = account_for(rows, found, options.refused or refused_beside(options.file))
        bringing = Import(session, rows, found, account, is_written=options.write, correct=options.correct)
    with _telling_what_stands(options.write):
        with (
            refusing(STOPPED if options.write else "nothing was brought in"),
            _bar(rows.count * bringing.passes) as ticked,
        ):
            bringing.run(ticked)
        with refusing("the rows are kept; the quality rules could not be run"):
            asked = look_over(session, bringing.touched) if options.write else bringing.foreseen.queries(session)
    print("\n".join(account.lines()))
    print(_asked(asked, options), end="")
    if account.new["patient"]:
        say_approval(session)
    if account.refused:
        shown = f"{counted(account.refused, 'row')} refused; the rest is {'written' if options.write else 'as it would be written'}"
        raise Failed(CASE_REFUSED, shown, account.faults[:MOST_SHOWN])


@contextmanager
def _telling_what_stands(is_written: bool) -> Iterator[None]:
    """Say what stands where somebody stops it at the keyboard."""
    try:
        yield
    except KeyboardInterrupt:
        print(f"\n{STOPPED}; until then the quality rules have not been run over it" if is_written else "\nnothing was brought in",
              file=sys.stderr, end="")  # fmt: skip
        raise


def _asked(asked: int | None, options: argparse.Namespace) -> str:
    """Say what the quality rules ask about what came in, or would ask."""
    if options.write:
        return (
            f"the quality rules ask about {counted(asked, 'record')}: `patency registry query list {options.folder}`\n"
            if asked
            else ""
        )
    if asked is None:
        return (f"how many queries the rows would raise is told of up to {MOST_PATIENTS} patients, for all that stands of each must be "
                "read; with --write the quality rules run over all of them\n")  # fmt: skip
    return (
        f"the quality rules would raise {'1 query' if asked == 1 else f'{asked:,} queries' if asked else 'no query'}\n"
    )


def _export(options: argparse.Namespace) -> None:
    from patency.registry.files.export import export
    from patency.registry.files.export_redcap import export_redcap

    session = signed_in(options)
    with refusing("nothing was exported"):
        written = (export_redcap if options.redcap else export)(session, options.out, options.text)
    label = session.registry.details.label
    for each in written:
        print(f"{options.out / each.file}: {each.records:,} records{f', {label}' if label else ''}")
        for field, number in each.left_out.items():
            print(f"  left blank in {field}, {number:,} times: what is known as a span, or not for a reason, which no such field of REDCap "
                  "holds; export without --redcap to keep it")  # fmt: skip


def account_for(rows: Rows, found: ImportMap, refused: Path) -> Account:
    """Begin the account of an import, whose refused rows the same mapping reads again."""
    return Account(refused, rows.header, rows.separator or ",", is_marked=bool(found.encoding))


def opened(path: Path, found: ImportMap) -> Rows:
    """Open a file as its mapping, or its name, says it is to be read."""
    try:
        # Rows of a sheet that were refused stand in a CSV file, which its mapping reads again.
        if path.suffix.lower() in _EXCEL or (found.format == "excel" and path.suffix.lower() != ".csv"):
            orders = {
                column: each.dates for part in found.parts for each in part.columns.values() for column in each.columns
            }
            return Sheet(path, found.sheet, found.decimal, found.dates, orders)
        return Stream(path, found.separator, found.encoding)
    except OSError as error:
        raise Failed(UNREADABLE, "the file cannot be read", [
            Fault(Place(str(path)), f"the file cannot be read: {(error.strerror or '').lower()}", "nothing can be taken from it",
                  "check the name and the folder")]) from None  # fmt: skip


def _bar(count: int) -> AbstractContextManager[Callable[[int], object]]:
    """Show how far it is, at a terminal alone."""
    if not sys.stderr.isatty():
        return nullcontext(lambda _: None)
    from tqdm import tqdm

    return _Ticking(tqdm(total=count, unit=" rows", unit_scale=True, file=sys.stderr, leave=False))


class _Ticking(AbstractContextManager[Callable[[int], object]]):
    def __init__(self, bar: Any) -> None:
        self.bar = bar

    def __enter__(self) -> Callable[[int], object]:
        update: Callable[[int], object] = self.bar.update
        return update

    def __exit__(self, *_: object) -> None:
        self.bar.close()
