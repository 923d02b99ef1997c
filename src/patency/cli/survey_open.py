"""Which survey is meant, and its answers: one of Patency's or of the site by its name, or any by its file.

In: what was typed. Out: the survey, what became of each row of its answers, and what they add up to; or the command
ends with what is wrong. Answers lie beside the file of their survey.

Not here: what is made of them (survey.py, survey_report.py).
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from patency.cli.common import CONTENT_REFUSED, MISTYPED, UNREADABLE, Failed, failing, open_for
from patency.cli.dictionary import read_table_bytes
from patency.cli.instrument import instruments_for
from patency.cli.survey_report import Opened
from patency.cli.survey_tabulate import counting
from patency.document import read_bytes, read_document
from patency.fault import Fault, Place, Refused, nearest
from patency.guideline.files import CONTENT, folder_files
from patency.guideline.model import Library

if TYPE_CHECKING:
    from patency.practice.arrive import Arrival
    from patency.practice.survey import Survey

MAPPING = ".map.yaml"  # ends the name of a mapping, which is no survey


class Found(NamedTuple):
    """A survey, the library it stands in, and the folder in which its files lie."""

    library: Library
    survey: "Survey"
    folder: Path


def surveys_for(options: argparse.Namespace, library: Library) -> dict[str, Found]:
    """Read the surveys of Patency and of the site; or end the command with what is wrong with them."""
    from patency.practice.read_survey import read_surveys

    instruments = instruments_for(options, library)
    home = options.content or CONTENT
    with failing("the surveys are refused", CONTENT_REFUSED):
        own = read_surveys(_files(home), instruments, library.sources)
        local = own
        if options.library:
            local = read_surveys(_files(options.library), instruments, library.sources, str(options.library), own)
    return {
        name: Found(library, each, (home if name in own else options.library) / "surveys")
        for name, each in local.items()
    }


def _files(directory: Path) -> dict[str, bytes]:
    files = folder_files(directory, "surveys")
    return {name: content for name, content in files.items() if not _is_mapping(name, content)}


def _is_mapping(name: str, content: bytes) -> bool:
    """Whether a file says where the answers of a survey stand: by its name, or by the word that it begins with."""
    lines = (line for line in content.splitlines() if line.strip() and not line.startswith((b"#", b"---")))
    return name.endswith(MAPPING) or next(lines, b"").startswith(b"mapping:")


def survey_found(options: argparse.Namespace) -> Found:
    """Return the survey that was named, or whose file was; or end the command with the nearest right name."""
    library = open_for(options)
    if options.survey.endswith((".yaml", ".yml")):
        return _of_file(options, library)
    surveys = surveys_for(options, library)
    if options.survey in surveys:
        return surveys[options.survey]
    fault = Fault(Place("survey"), f"there is no survey {options.survey!r}", "only those that are written down can be read",
                  nearest(options.survey, surveys, "`patency survey list` lists them; or name a survey's file"))  # fmt: skip
    raise Failed(MISTYPED, "nothing to read", [fault])


def _of_file(options: argparse.Namespace, library: Library) -> Found:
    from patency.practice.read_survey import read_surveys

    path = Path(options.survey)
    with failing("the survey cannot be read", UNREADABLE):
        content = read_bytes(path)
    with failing("the survey is refused", CONTENT_REFUSED):
        surveys = read_surveys({str(path): content}, instruments_for(options, library), library.sources)
    return Found(library, next(iter(surveys.values())), path.parent)


def arrival_of(found: Found) -> "Arrival":
    """Read the answers of a survey; or end the command with why they cannot be read."""
    from patency.practice.arrive import arrive
    from patency.practice.layout import read_layout

    survey = found.survey
    if survey.responses is None:
        fault = Fault(survey.place, f"the survey {survey.id!r} names no file of answers", "there is nothing to read",
                      "add a line such as 'responses: {file: answers.csv, mapping: answers.map.yaml}'")  # fmt: skip
        raise Failed(CONTENT_REFUSED, "the survey has no answers", [fault])
    path = _within(found, survey.responses.file)
    content = read_table_bytes(path)
    faults: list[Fault] = []
    layout = None
    with failing("the answers are refused", CONTENT_REFUSED):
        if survey.responses.mapping:
            mapping = _within(found, survey.responses.mapping)
            document = read_document(read_bytes(mapping), str(mapping))
            layout = read_layout(document, survey.instrument, survey.frame.strata, faults)
        if faults:
            raise Refused(faults)
        return arrive(content, str(path), survey.instrument, layout)


def _within(found: Found, name: str) -> Path:
    """Return where a file of a survey lies; end the command where a link leads out of the survey's folder."""
    path = found.folder / name
    if path.resolve().is_relative_to(found.folder.resolve()):
        return path
    place = found.survey.responses.place if found.survey.responses else found.survey.place
    fault = Fault(place, f"the file {name!r} is a link to another folder",
                  "answers lie beside the file of their survey, and nowhere else", "put the file itself there")  # fmt: skip
    raise Failed(CONTENT_REFUSED, "the answers are refused", [fault])


def opened(options: argparse.Namespace) -> Opened:
    """Open a survey with its answers counted, and crossed with what was asked for."""
    from patency.practice.report import Rows
    from patency.practice.tally import tabulate

    found = survey_found(options)
    arrival = arrival_of(found)
    with failing("nothing was counted", MISTYPED):
        tables = tabulate(arrival.sheet, found.survey, counting(options))
    rows = Rows(arrival.rows_in, arrival.refused_by, arrival.set_aside_by, arrival.notes)
    return Opened(found.library, found.survey, tables, rows)
