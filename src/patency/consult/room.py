"""Room on paper, in lines as wide as the sheet: what a heading, a citation and a listed source take.

Not here: what is printed in it (paper.py, paper_outcomes.py).
"""

from collections.abc import Iterable
from math import ceil

from patency.consult.said import MARKS, source_words
from patency.guideline.model import Library
from patency.source import Citation

WHOLE, HALF, THIRD = 174, 90, 57  # letters in a line as wide as the sheet, and in one of two and of three columns
HEADING = 1.7  # lines that a heading takes with the space about it
SOURCE_LETTERS, SOURCE_LINE = 50, 0.21  # of the list of sources: four columns, in smaller type


def letters_of(citations: Iterable[Citation]) -> int:
    """Count the letters that citations take behind what they are cited for."""
    return sum(5 + len(MARKS[each.mark]) for each in dict.fromkeys(citations))


def lines_of_sources(library: Library, sources: Iterable[str]) -> float:
    """Reckon what sources take in the list of them."""
    words = (source_words(library.sources[each]) for each in sources)
    return sum(ceil(len(each) / SOURCE_LETTERS) for each in words) * SOURCE_LINE
