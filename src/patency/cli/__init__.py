"""The command line: `patency consult`, `patency guideline`, `patency concepts`.

Wiring only; it decides nothing clinical. Exit codes: 0 done; 2 the command was mistyped; 3 the case
was refused; 4 the content was refused, or a scenario of it is not met; 5 a file cannot be read or
written, or an address not be listened on; 130 stopped at the keyboard. Anything else is a fault of Patency's own, with its traceback.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from errno import ENOSPC
from importlib import import_module
from typing import TextIO

import patency
from patency.cli.common import CASE_REFUSED, CONTENT_REFUSED, DONE, MISTYPED, STOPPED, UNREADABLE, Failed, width

__all__ = ["CASE_REFUSED", "CONTENT_REFUSED", "DONE", "MISTYPED", "STOPPED", "UNREADABLE", "Failed", "main"]

_COMMANDS = {  # each in a module of its name, in which a hyphen is an underscore
    "consult": "print the page for one patient",
    "compare": "lay the guidelines side by side for one patient",
    "guideline": "list, show, check, prove or publish the guidelines",
    "instrument": "list, show, check, import or export the questionnaires and scales",
    "survey": "map, read, report and hand on what people answered",
    "score": "score the answers to a questionnaire or scale",
    "registry": "keep what happened to every patient: enter, import, check, cut, verify",
    "outcome": "define, count and report what happened to the patients of a cut",
    "concepts": "list what can be known of a patient",
    "study": "list, show, check or pool the published studies",
    "audit-numbers": "say whether the figures of a publication can be",
    "schema": "print the JSON Schema of the consult",
    "serve": "open the page in a browser, on this machine alone",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    typed = sys.argv[1:] if arguments is None else arguments
    options = _parser(typed).parse_args(typed)
    try:
        with ExitStack() as options.ended:  # what a command opens is let go of, however it ends
            options.run(options)
        sys.stdout.flush()
    except Failed as failed:
        _show(failed, sys.stderr)
        return failed.code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has left; that is no fault
        return DONE
    except OSError as error:
        if error.errno != ENOSPC:  # a full disk is the person's; anything else is a fault of Patency's own
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        print("patency: the page was not written: there is no space left where it goes", file=sys.stderr)
        return UNREADABLE
    except KeyboardInterrupt:
        print("\nstopped", file=sys.stderr)
        return STOPPED
    return DONE


def _show(failed: Failed, stream: TextIO) -> None:
    count = len(failed.faults)
    print(f"patency: {failed.summary}{f': {count} fault' + 's' * (count != 1) if count else ''}", file=stream)
    for fault in failed.faults:
        print(fault, file=stream)
    if failed.meanwhile:
        from patency.consult.text_beside import wrapped

        print("What cannot wait until then:", file=stream)
        for said in failed.meanwhile:
            print("\n".join(wrapped(f"! {said}", width(), 2, 2)), file=stream)


def _parser(asked: Sequence[str]) -> argparse.ArgumentParser:
    """Build the parser; only the command that is asked for is loaded, for loading all takes time."""
    parser = argparse.ArgumentParser(
        prog="patency",
        description=patency.__doc__,
        epilog="patency COMMAND --help says more.",
        formatter_class=_help,
    )
    parser.add_argument("--version", action="version", version=f"patency {patency.__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, says in _COMMANDS.items():
        command = commands.add_parser(name, help=says, formatter_class=_help)
        if name in asked:
            import_module(f"patency.cli.{name.replace('-', '_')}").arguments(command)
    return parser


def _help(prog: str) -> argparse.HelpFormatter:
    return argparse.HelpFormatter(prog, width=width() - 2)  # of itself it would load what it finds the width with
