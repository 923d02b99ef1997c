"""`patency instrument`: list, show, check, import and export the questionnaires and scales.

Each action is one function that adds its own arguments; ACTIONS names them in the order of the help.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from patency.cli.common import CONTENT_REFUSED, MISTYPED, Failed, add_site, failing, open_for, width
from patency.cli.dictionary import add_export, add_import
from patency.fault import Fault, Place, nearest
from patency.guideline.files import CONTENT, folder_files
from patency.guideline.model import Library
from patency.instrument.model import Instrument

FOLDER = "instruments"
Actions: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def arguments(instrument: argparse.ArgumentParser) -> None:
    """Say what may be asked of it."""
    actions = instrument.add_subparsers(title="actions", metavar="ACTION", required=True)
    for add in ACTIONS:
        add_site(add(actions))


def _add_list(actions: Actions) -> argparse.ArgumentParser:
    listing = actions.add_parser("list", help="list the instruments", epilog="example: patency instrument list")
    listing.set_defaults(run=_list)
    return listing


def _add_show(actions: Actions) -> argparse.ArgumentParser:
    show = actions.add_parser(
        "show", help="read an instrument aloud", epilog="example: patency instrument show villalta"
    )
    show.add_argument("id", metavar="NAME")
    show.add_argument("--json", action="store_true", help="for a program")
    show.set_defaults(run=_show)
    return show


def _add_check(actions: Actions) -> argparse.ArgumentParser:
    check = actions.add_parser(
        "check",
        help="check that each instrument scores what its examples say",
        epilog="example: patency instrument check",
    )
    check.add_argument("directory", nargs="?", type=Path, metavar="DIR", help="a content directory (Patency's own)")
    check.set_defaults(run=_check)
    return check


ACTIONS: tuple[Callable[[Actions], argparse.ArgumentParser], ...] = (
    _add_list, _add_show, _add_check, add_import, add_export,
)  # fmt: skip


def instruments_for(
    options: argparse.Namespace, library: Library, directory: Path | None = None
) -> dict[str, Instrument]:
    """Read the instruments of a content directory, and those of the site beside them; or end the command with what is wrong."""
    from patency.instrument.read import read_instruments

    sources, vocabulary = library.sources, library.lexicon.vocabulary
    with failing("the instruments are refused", CONTENT_REFUSED):
        found = read_instruments(
            folder_files(directory or getattr(options, "content", None) or CONTENT, FOLDER), sources, vocabulary
        )
        if options.library:
            found = read_instruments(
                folder_files(options.library, FOLDER), sources, vocabulary, str(options.library), found
            )
    return found


def instrument_named(name: str, instruments: dict[str, Instrument]) -> Instrument:
    """Return an instrument by its name, or end the command with the nearest right one."""
    if name in instruments:
        return instruments[name]
    fault = Fault(Place("instrument"), f"there is no instrument {name!r}", "only those that are defined can be answered",
                  nearest(name, instruments, "`patency instrument list` lists them"))  # fmt: skip
    raise Failed(MISTYPED, "nothing to show", [fault])


def _list(options: argparse.Namespace) -> None:
    from patency.instrument.show import line_of

    for each in instruments_for(options, open_for(options)).values():
        write_lines(line_of(each))


def _show(options: argparse.Namespace) -> None:
    found = instrument_named(options.id, instruments_for(options, open_for(options)))
    if options.json:
        from patency.instrument.json import instrument_json

        write_json(instrument_json(found))
    else:
        from patency.instrument.show import instrument_words

        write_lines(instrument_words(found))


def write_lines(text: str) -> None:
    """Write lines, each of them folded where it is longer than the screen is wide."""
    import textwrap

    for line in text.split("\n"):
        indent = " " * (len(line) - len(line.lstrip()) + 2)
        print(textwrap.fill(line, width(), subsequent_indent=indent, break_long_words=False, break_on_hyphens=False))


def write_json(value: object) -> None:
    """Write a value as JSON that a person can read as well."""
    import json

    json.dump(value, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def _forms(directory: Path, library: Library) -> tuple[Instrument, ...]:
    """Return the forms of the registry, where a content directory has them."""
    from patency.registry.forms import FORMS, read_forms

    if not (directory / FORMS).is_dir():
        return ()
    with failing("the forms are refused", CONTENT_REFUSED):
        return tuple(read_forms(library, directory).of.values())


def _check(options: argparse.Namespace) -> None:
    from patency.instrument.check import unmet, untried

    library = open_for(options, options.directory)
    instruments = instruments_for(options, library, options.directory)
    forms = _forms(options.directory or CONTENT, library)
    faults = [fault for each in (*instruments.values(), *forms) for fault in unmet(each)]
    if faults:
        raise Failed(CONTENT_REFUSED, "an instrument does not score what its examples say", faults)
    items = sum(len(each.items) for each in instruments.values())
    scores = sum(len(each.scores) for each in instruments.values())
    examples = sum(len(each.examples) for each in instruments.values())
    drafts = sum(score.is_draft for each in instruments.values() for score in each.scores.values())
    print(
        f"{len(instruments)} instruments, {items} items, {scores} scores ({drafts} of them drafts), {examples} examples met: no fault"
    )
    if forms:
        items, examples = sum(len(each.items) for each in forms), sum(len(each.examples) for each in forms)
        print(f"{len(forms)} forms of the registry, {items} items, {examples} examples met: no fault")
    for each in instruments.values():
        names = list(untried(each))
        if names:
            write_lines(f"{each.id}: no example shows {', '.join(names)}")
