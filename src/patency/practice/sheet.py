"""The answers of a survey as one table: a row for each response that was kept.

The columns are `row` (its row in the file, 1 the first of answers), `stratum` and `cluster` (null where none
is known), `finished` (null where the file does not say), and for every item NAME:

- a chosen item: the name of the answer (of yes/no: "yes" or "no"); a number in the item's own unit; a date; a text;
- of `multiple`: `NAME`, true where it was answered, and `NAME/MEMBER`, true where that was ticked;
- `NAME?`: the reason that was stated for giving no answer, in the words of case.Absence; null where there is an
  answer, and null where there is neither: that is a blank, and nobody knows why.

Not here: how a file becomes a sheet (arrive.py), what is counted in it (tally.py).
"""

from typing import TYPE_CHECKING, NamedTuple

from patency.instrument.model import Instrument

if TYPE_CHECKING:
    import polars


class Sheet(NamedTuple):
    """One row for each kept response to an instrument; of questions that are `unmapped` no column was read, so none of them is blank."""

    instrument: Instrument
    frame: "polars.DataFrame"
    unmapped: frozenset[str] = frozenset()
