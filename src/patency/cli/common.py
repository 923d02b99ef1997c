"""What every command shares: how it ends, the library it opens, and where it writes."""

import argparse
import math
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patency.fault import Fault, Place, Refused, nearest
from patency.guideline.cache import open_library
from patency.guideline.files import CONTENT
from patency.guideline.model import Guideline, Library

if TYPE_CHECKING:
    from patency.evidence.model import Audit
    from patency.evidence.study import Evidence

DONE, MISTYPED, CASE_REFUSED, CONTENT_REFUSED, UNREADABLE, STOPPED = 0, 2, 3, 4, 5, 130


class Failed(Exception):  # noqa: N818  carries faults to the person, and the exit code to the shell
    """A command that ends with faults to show and an exit code; `meanwhile` is what cannot wait until they are mended."""

    def __init__(self, code: int, summary: str, faults: Sequence[Fault] = (), meanwhile: Sequence[str] = ()) -> None:
        super().__init__(summary)
        self.code, self.summary, self.faults, self.meanwhile = code, summary, faults, meanwhile


@contextmanager
def failing(summary: str, code: int) -> Iterator[None]:
    """End the command with what is refused meanwhile; where a registry may refuse who asks, see registry_open.py."""
    try:
        yield
    except Refused as refused:
        raise Failed(code, summary, refused.faults, refused.meanwhile) from None


class ValuesAnywhere(argparse.ArgumentParser):
    """Reads NAME=VALUE wherever it is typed: argparse takes a list of values only where it begins before every option."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Read what is typed, and put values that stand behind an option beside the others."""
        found, left = super().parse_known_args(args, namespace)
        if isinstance(values := getattr(found, "values", None), list):
            behind = [each for each in left if "=" in each and not each.startswith("-")]
            values += behind
            left = [each for each in left if each not in behind]
        return found, left


def add_site(parser: argparse.ArgumentParser) -> None:
    """Let a command take what a site sets and adds."""
    parser.add_argument("--policy", action="append", default=[], type=_setting, metavar="NAME=NUMBER",
                        help="set one of Patency's own policies, such as adult_age=16")  # fmt: skip
    parser.add_argument("--library", type=Path, metavar="DIR", help="your own protocols, beside Patency's guidelines")


def add_fewest(parser: argparse.ArgumentParser) -> None:
    """Let small counts be withheld more widely: what tells of fewer people than are named."""
    words = "withhold what tells of fewer people; where patients lived 5 at the least"
    parser.add_argument("--fewest", type=int, metavar="N", help=words)


def _setting(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    with suppress(ValueError):
        if math.isfinite(number := float(value)):
            return name, number
    raise argparse.ArgumentTypeError(f"{text!r} is not NAME=NUMBER, such as adult_age=16")


def open_for(options: argparse.Namespace, directory: Path | None = None) -> Library:
    """Open the library that a command is to use, or end the command with what is wrong with it."""
    try:
        return open_library(
            dict(options.policy), directory or getattr(options, "content", None) or CONTENT, options.library
        )
    except Refused as refused:
        raise content_refused(refused) from None


def audits_beside(directory: Path, library: Library) -> "tuple[Audit, ...]":
    """Return the audits of published figures that stand in a content directory, or end the command with what is wrong."""
    from patency.evidence.read import read_audits

    try:
        return read_audits(directory, library.sources)
    except Refused as refused:
        raise content_refused(refused) from None


def evidence_beside(directory: Path, library: Library) -> "Evidence":
    """Return the published studies of a content directory, or end the command with what is wrong."""
    from patency.evidence.read import read_texts
    from patency.evidence.read_study import read_evidence

    try:
        return read_evidence(directory, library.sources, read_texts(directory, library.sources), library.options)
    except Refused as refused:
        raise content_refused(refused) from None


def content_refused(refused: Refused) -> Failed:
    """Say how a command ends whose content, or policy, is refused."""
    if all(fault.where.file.startswith("--policy") for fault in refused.faults):
        return Failed(MISTYPED, "the policy is refused", refused.faults)
    return Failed(CONTENT_REFUSED, "the content is refused", refused.faults)


def width() -> int:
    """Return how many letters fit on a line."""
    return min(max(os.get_terminal_size().columns or 100, 40), 120) if sys.stdout.isatty() else 100


def write_into(directory: Path, name: str, written: bytes) -> None:
    """Write a file into a directory, which is made if need be."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        (directory / name).write_bytes(written)
    except OSError as error:
        fault = Fault(Place(str(directory / name)), f"it cannot be written: {(error.strerror or '').lower()}",
                      "the case would be lost", "name a directory that you may write into")  # fmt: skip
        raise Failed(UNREADABLE, "a case was not written", [fault]) from None


def guideline_named(name: str, library: Library) -> Guideline:
    """Return a guideline by its name, or end the command with the nearest right one."""
    if name in library.guidelines:
        return library.guidelines[name]
    fault = Fault(Place("guideline"), f"there is no guideline {name!r}", "only those in the library can be shown",
                  nearest(name, library.guidelines, "`patency guideline list` lists them"))  # fmt: skip
    raise Failed(MISTYPED, "nothing to show", [fault])
