"""The two surveys as they are shipped, read and tabulated as the program does it."""

from functools import cache
from typing import NamedTuple

from patency.document import read_document
from patency.fault import Faults
from patency.guideline.cache import open_library
from patency.guideline.files import CONTENT
from patency.guideline.model import Library
from patency.instrument.read import read_instruments
from patency.practice.arrive import Arrival, arrive
from patency.practice.layout import read_layout
from patency.practice.read_survey import read_surveys
from patency.practice.report import Report, Rows, report
from patency.practice.survey import Survey
from patency.practice.tables import Tables
from patency.practice.tally import tabulate

SURVEYS = CONTENT / "surveys"
NAMES = ("elite-kids", "all-vte-practice")


class Shipped(NamedTuple):
    """A survey with what became of its rows, and what they add up to."""

    library: Library
    survey: Survey
    arrival: Arrival
    tables: Tables

    @property
    def report(self) -> Report:
        """Its report."""
        arrival = self.arrival
        rows = Rows(arrival.rows_in, arrival.refused_by, arrival.set_aside_by, arrival.notes)
        return report(self.survey, self.tables, self.library.sources, rows)


@cache
def shipped(name: str) -> Shipped:
    """Read a survey and its answers from the content."""
    library = open_library({}, CONTENT, None)
    instruments = read_instruments(
        {path.name: path.read_bytes() for path in sorted((CONTENT / "instruments").glob("*.yaml"))},
        library.sources,
        library.lexicon.vocabulary,
    )
    written = {f"{each}.yaml": (SURVEYS / f"{each}.yaml").read_bytes() for each in NAMES}
    survey = read_surveys(written, instruments, library.sources)[name]
    assert survey.responses is not None
    faults = Faults()
    mapping = read_document((SURVEYS / survey.responses.mapping).read_bytes(), survey.responses.mapping)
    layout = read_layout(mapping, survey.instrument, {}, faults)
    assert faults == []
    content = (SURVEYS / survey.responses.file).read_bytes()
    arrival = arrive(content, survey.responses.file, survey.instrument, layout)
    return Shipped(library, survey, arrival, tabulate(arrival.sheet, survey))
