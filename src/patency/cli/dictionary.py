"""`patency instrument import` and `patency instrument export`: a REDCap data dictionary in, and out.

Wiring only: cli/instrument.py names these two among its actions.
"""

import argparse
import datetime
import sys
from pathlib import Path
from typing import TypeAlias

from patency.cli.case import day_typed
from patency.cli.common import CONTENT_REFUSED, UNREADABLE, Failed, failing, open_for
from patency.document import read_bytes
from patency.fault import Fault, Place
from patency.table import LARGEST

Actions: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def add_import(actions: Actions) -> argparse.ArgumentParser:
    """Let an instrument be made of a data dictionary."""
    command = actions.add_parser(
        "import",
        help="make an instrument of a REDCap data dictionary",
        description="Write an instrument file. What cannot be carried over is listed, and nothing is written; with --partly the rest "
        "is. An import has no source: it cites that nobody has stated one, its scores are drafts, and its wording is unverified.",
        epilog="example: patency instrument import dictionary.csv --out instruments/clinic.yaml",
    )
    command.add_argument("file", type=Path, metavar="FILE", help="the Data Dictionary, as REDCap downloads it")
    command.add_argument("--form", default="", metavar="NAME", help="which of its forms, where it has several")
    command.add_argument("--partly", action="store_true", help="write what can be carried over, and list what cannot")
    command.add_argument("--on", type=day_typed, metavar="DATE", help="the day of the import, where it is not today")
    _add_out(command)
    command.set_defaults(run=_import)
    return command


def add_export(actions: Actions) -> argparse.ArgumentParser:
    """Let a data dictionary be made of an instrument."""
    command = actions.add_parser(
        "export",
        help="write an instrument as a REDCap data dictionary",
        description="Write the CSV file that REDCap takes as a Data Dictionary, and list what it has no place for.",
        epilog="example: patency instrument export villalta --out villalta.csv",
    )
    command.add_argument("id", metavar="NAME")
    command.add_argument("--content", type=Path, metavar="DIR", help="a content directory (Patency's own)")
    _add_out(command)
    command.set_defaults(run=_export)
    return command


def _add_out(command: argparse.ArgumentParser) -> None:
    command.add_argument("--out", type=Path, metavar="FILE", help="where to write it; otherwise it is printed")


def read_table_bytes(path: Path) -> bytes:
    """Return the bytes of a table, or end the command with why it cannot be read."""
    with failing("the file cannot be read", UNREADABLE):
        return read_bytes(path, LARGEST)


def write_out(text: str, out: Path | None) -> None:
    """Write a text to the file that was named, or print it."""
    if out is None:
        sys.stdout.write(text)
        return
    try:
        out.write_bytes(text.encode("utf-8"))
    except OSError as error:
        fault = Fault(Place(str(out)), f"it cannot be written: {(error.strerror or '').lower()}", "nothing would be kept",
                      "name a file in a folder that you may write into")  # fmt: skip
        raise Failed(UNREADABLE, "nothing was written", [fault]) from None


def say(faults: tuple[Fault, ...]) -> None:
    """Say what a person should know of a thing that was done all the same."""
    for fault in faults:
        print(fault, file=sys.stderr)


def _import(options: argparse.Namespace) -> None:
    from patency.instrument.redcap import import_dictionary

    content = read_table_bytes(options.file)
    with failing("the dictionary is refused", CONTENT_REFUSED):
        found = import_dictionary(content, str(options.file), options.on or datetime.date.today(), options.form)
    if found.faults and not options.partly:
        raise Failed(
            CONTENT_REFUSED, "not all of the dictionary can be carried over (--partly writes the rest)", found.faults
        )
    say((*found.faults, *found.notes))
    write_out(found.text, options.out)


def _export(options: argparse.Namespace) -> None:
    from patency.cli.instrument import instrument_named, instruments_for
    from patency.instrument.redcap_export import export_dictionary

    with failing("the instrument cannot be exported", CONTENT_REFUSED):
        found = export_dictionary(instrument_named(options.id, instruments_for(options, open_for(options))))
    say(found.notes)
    write_out(found.text, options.out)
