"""What the answers of a survey add up to.

In: a Sheet, its Survey where there is one, and Options. Out: Tables (tables.py holds their types).
"""

from patency.practice.sheet import Sheet
from patency.practice.survey import Survey
from patency.practice.tables import Options, Tables

__all__ = ["Options", "Tables", "tabulate"]


def tabulate(sheet: Sheet, survey: Survey | None = None, options: Options = Options()) -> Tables:
    """Count the answers of a sheet, question by question."""
    raise NotImplementedError
