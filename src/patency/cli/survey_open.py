"""Which survey is meant, and its answers: by the name of one that is shipped or stands in a site's library, or by its file.

In: what was typed. Out: the survey, what became of each row of its answers, and what they add up to; or the command
ends with what is wrong. Answers lie beside the file of their survey.

Not here: what is made of them (survey.py, survey_report.py).
"""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from patency.cli.common import CONTENT_REFUSED, MISTYPED, UNREADABLE, Failed, open_for
from patency.cli.instrument import instruments_for
from patency.cli.survey_report import Opened
from patency.document import read_bytes, read_document
from patency.fault import Fault, Faults, Place, Refused, nearest
from patency.guideline.files import CONTENT, content_files
from patency.guideline.model import Library

if TYPE_CHECKING:
    from patency.instrument.model import Instrument
    from patency.practice.arrive import Arrival
    from patency.practice.layout import Layout
    from patency.practice.survey import Responses, Survey

MAPPING = ".map.yaml"  # how the name of a mapping ends; it lies beside its survey and is none


class Found(NamedTuple):
    """A survey, and the folder in which its file lies."""

    library: Library
    survey: "Survey"
    folder: Path


def surveys_for(options: argparse.Namespace, library: Library) -> dict[str, Found]:
    """Return the surveys that are shipped and those of the site, by name, each with its folder."""
    instruments = instruments_for(options, library)
    found: dict[str, Found] = {}
    for directory in (CONTENT, options.library):
        folder = directory / "surveys" if directory else None
        if folder is None or not folder.is_dir():
            continue
        local = f"{directory}/surveys" if directory is not CONTENT else "surveys"
        known = {name: each.survey for name, each in found.items()}
        for name, survey in _read(folder, local, instruments, library, known).items():
            found.setdefault(name, Found(library, survey, folder))
    return found


def _read(
    folder: Path,
    place: str,
    instruments: "Mapping[str, Instrument]",
    library: Library,
    known: "Mapping[str, Survey]",
) -> "dict[str, Survey]":
    from patency.practice.read_survey import read_surveys

    try:
        written = {name: each for name, each in content_files(folder).items() if not name.endswith(MAPPING)}
        return read_surveys(written, instruments, library.sources, place, known)
    except Refused as refused:
        raise Failed(CONTENT_REFUSED, "the surveys are refused", refused.faults) from None


def found(options: argparse.Namespace) -> Found:
    """Return the survey that was typed, by its name or its file."""
    library = open_for(options)
    if options.survey.endswith((".yaml", ".yml")):
        return _by_file(Path(options.survey), options, library)
    known = surveys_for(options, library)
    if options.survey in known:
        return known[options.survey]
    fix = nearest(options.survey, known, "`patency survey list` lists them; a file's name ends in .yaml")
    fault = Fault(
        Place("survey"), f"there is no survey {options.survey!r}", "only those that are defined have answers", fix
    )
    raise Failed(MISTYPED, "nothing to count", [fault])


def _by_file(path: Path, options: argparse.Namespace, library: Library) -> Found:
    from patency.practice.read_survey import read_surveys

    try:
        content = read_bytes(path)
    except Refused as refused:
        raise Failed(UNREADABLE, "the survey cannot be read", refused.faults) from None
    try:
        read = read_surveys({str(path): content}, instruments_for(options, library), library.sources)
    except Refused as refused:
        raise Failed(CONTENT_REFUSED, "the survey is refused", refused.faults) from None
    (survey,) = read.values()
    return Found(library, survey, path.parent)


def arrived(each: Found) -> "Arrival":
    """Read the answers of a survey, or end the command with why they cannot be read."""
    from patency.practice.arrive import arrive

    responses = _responses(each.survey)
    path = each.folder / responses.file
    content = answers_of(path)
    try:
        layout = _layout(each, responses.mapping) if responses.mapping else None
        return arrive(content, str(path), each.survey.instrument, layout)
    except Refused as refused:
        raise Failed(CONTENT_REFUSED, "the answers are refused", refused.faults) from None


def _responses(survey: "Survey") -> "Responses":
    if survey.responses is not None:
        return survey.responses
    fault = Fault(survey.place, f"the survey {survey.id!r} has no answers", "there is nothing to count",
                  "add 'responses: {file: ..., mapping: ...}', with files that lie beside it")  # fmt: skip
    raise Failed(CONTENT_REFUSED, "nothing to count", [fault])


def _layout(each: Found, mapping: str) -> "Layout":
    from patency.practice.layout import read_layout

    faults: list[Fault] = Faults()
    path = each.folder / mapping
    try:
        node = read_document(read_bytes(path), str(path))
    except Refused as refused:
        raise Failed(UNREADABLE, "the mapping cannot be read", refused.faults) from None
    strata = {name: stratum.invited for name, stratum in each.survey.frame.strata.items()}
    layout = read_layout(node, each.survey.instrument, strata, faults)
    if faults:
        raise Refused(faults)
    return layout


def answers_of(path: Path) -> bytes:
    """Return the bytes of a file of answers, or end the command where there is none."""
    try:
        return path.read_bytes()
    except OSError as error:
        fault = Fault(Place(str(path)), f"the file cannot be read: {(error.strerror or 'unreadable').lower()}",
                      "the answers are read from it", "check the name, and who may read it")  # fmt: skip
        raise Failed(UNREADABLE, "the answers cannot be read", [fault]) from None


def counted(options: argparse.Namespace) -> Opened:
    """Return the survey that was typed with its answers counted, crossed with what was asked for."""
    from patency.practice.report import rows_of
    from patency.practice.tables import Options
    from patency.practice.tally import tabulate

    each = found(options)
    arrival = arrived(each)
    asked = Options(by=tuple(getattr(options, "by", ())), is_finite=getattr(options, "finite", False))
    try:
        tables = tabulate(arrival.sheet, each.survey, asked)
    except Refused as refused:
        raise Failed(MISTYPED, "nothing was counted", refused.faults) from None
    rows = rows_of(arrival.rows_in, [row.faults for row in arrival.refused], arrival.set_aside)
    return Opened(each.library, each.survey, tables, rows)
