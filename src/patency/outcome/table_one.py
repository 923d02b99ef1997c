"""Table 1: what patients were like at the start, in each group, with what is missing and how far the groups differ.

In: a cut's traits (traits.py) and the trait that makes the groups. Out: rows whose cells hold their counts and denominators. A
share is of those of whom the trait is known; how many it is not known of stands beside. Levels of too few are withheld, and
others with them, so that nothing follows by subtraction (few.py). The difference is standardised (Austin 2009; of several
categories Yang and Dalton 2012), the largest between any two groups that are shown, and withheld where a cell of its row is.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from patency.outcome.estimate.scores import standardised, standardised_categories
from patency.outcome.few import hidden
from patency.outcome.reported import Cell, Trait
from patency.percent import counted
from patency.share import Share

if TYPE_CHECKING:
    import polars

WITHHELD = "withheld"
YES_NO = {"yes": "yes", "no": "no"}


class Asked(NamedTuple):
    """A trait as Table 1 asks it: its column, its words, and its levels; none where it is a number."""

    column: str
    words: str
    levels: Mapping[str, str] = {}


TRAITS = (
    Asked("age", "age at the diagnosis, years"),
    Asked("sex", "sex at birth", {"female": "female", "male": "male", "other": "other"}),
    Asked("population", "children (below 18 years) or adults", {"child": "child", "adult": "adult"}),
    Asked("extent", "extent of the thrombosis",
          {"iliocaval": "iliocaval", "iliofemoral": "iliofemoral", "femoropopliteal": "femoropopliteal"}),
    Asked("onset", "days from the first symptoms to the diagnosis"),
    Asked("phase", "phase by symptoms (acute up to 14 days, subacute up to 28)",
          {"acute": "acute", "subacute": "subacute", "chronic": "chronic"}),
    Asked("limb_threat", "leg threatened (phlegmasia cerulea or gangrene)", YES_NO),
    Asked("compression", "iliac vein compressed, by imaging", YES_NO),
    Asked("provoked", "provoked", YES_NO),
    Asked("recurrent", "not the first thrombosis", YES_NO),
    Asked("weight", "body weight, kg"),
    Asked("platelets", "platelets, 10^9/L"),
)  # fmt: skip
BY = {"option": "first treatment as it was started"} | {each.column: each.words for each in TRAITS if each.levels}
LEVELS = {each.column: each.levels for each in TRAITS if each.levels}


def table_one(traits: "polars.DataFrame", by: str, groups: Sequence[str], fewest: int) -> tuple[Trait, ...]:
    """Return the rows of Table 1; `groups` are the columns."""
    columns = _Columns(traits, by, groups, fewest)
    rows = [_head(columns)]
    for asked in TRAITS:
        if asked.column != by:
            rows += _levels(asked, columns) if asked.levels else _numbers(asked, columns)
    return tuple(rows)


class _Columns:
    """Everybody and each group, which columns are withheld, and those of no group, whom no column shows."""

    def __init__(self, traits: "polars.DataFrame", by: str, groups: Sequence[str], fewest: int) -> None:
        import polars

        self.fewest = fewest
        self.parts = [traits.filter(polars.col(by) == group) for group in groups] if by else []
        rest = traits.filter(polars.col(by).is_null()) if by else traits.clear()
        self.all = [traits, *self.parts, rest]
        self.many = [each.height for each in self.all]
        self.rest = len(self.all) - 1
        line = list(range(len(self.all))) if by else [0]
        self.out = hidden(self.many, [line], fewest, gone=[self.rest], kept=[0])
        self.shown = [at for at in range(self.rest) if at not in self.out]


def _head(columns: _Columns) -> Trait:
    cells = [Cell(WITHHELD if at in columns.out else str(columns.many[at])) for at in range(columns.rest)]
    none = tuple(Cell("0 of " + cell.text) if cell.text != WITHHELD else cell for cell in cells)
    return Trait("episodes", "", cells[0], tuple(cells[1:]), none, "")


def _levels(asked: Asked, columns: _Columns) -> Iterator[Trait]:
    names = list(asked.levels)
    counts = [[int((part[asked.column] == name).sum()) for part in columns.all] for name in names]
    missing = [int(part[asked.column].null_count()) for part in columns.all]
    out = _hidden(counts, missing, columns)
    known = [many - none for many, none in zip(columns.many, missing, strict=True)]
    for row, name in enumerate(names):
        cells = [_share(counts[row][at], known[at], (row, at) in out, at in columns.out) for at in range(columns.rest)]
        difference = _far(counts, columns, any(at in columns.shown for _, at in out)) if row == 0 else ""
        yield Trait(asked.words, asked.levels[name], cells[0], tuple(cells[1:]), _missing(missing, columns), difference)


def _hidden(counts: Sequence[Sequence[int]], missing: Sequence[int], columns: _Columns) -> set[tuple[int, int]]:
    """Return the cells, by level and column, that are withheld: how many are not known is told, and so are the totals."""
    wide, rows = len(columns.all), [columns.many, missing, *counts]
    cells = [each for row in rows for each in row]
    places = [[row * wide + at for at in range(wide)] for row in range(len(rows))]
    lines = [line if len(columns.parts) else line[:1] for line in places]
    lines += [[row[at] for row in places] for at in range(wide)]
    gone = [row[at] for row in places for at in range(wide) if at == columns.rest or at in columns.out]
    told = [row[at] for row in places[:2] for at in range(wide) if at not in columns.out and at != columns.rest]
    found = hidden(cells, lines, columns.fewest, gone, told)
    return {(place // wide - 2, place % wide) for place in found if place // wide >= 2}  # heads and missing


def _share(count: int, known: int, is_out: bool, is_column_out: bool) -> Cell:
    return Cell(WITHHELD if is_out or is_column_out else counted(Share(count, known)))


def _missing(missing: Sequence[int], columns: _Columns) -> tuple[Cell, ...]:
    return tuple(
        Cell(WITHHELD if at in columns.out else f"{missing[at]} of {columns.many[at]}") for at in range(columns.rest)
    )


def _far(counts: Sequence[Sequence[int]], columns: _Columns, is_withheld: bool) -> str:
    """Return the largest standardised difference between two groups that are shown."""
    if is_withheld:
        return WITHHELD
    pairs = combinations([at for at in columns.shown if at], 2)
    found = [
        standardised_categories([row[one] for row in counts], [row[other] for row in counts]) for one, other in pairs
    ]
    return _largest(found)


def _largest(found: Sequence[float | None]) -> str:
    known = [abs(each) for each in found if each is not None]
    return f"{max(known):.2f}" if known else ""


def _numbers(asked: Asked, columns: _Columns) -> Iterator[Trait]:
    values = [part[asked.column].drop_nulls().cast(float) for part in columns.all]
    missing = [int(part[asked.column].null_count()) for part in columns.all]
    many = [len(each) for each in values]
    # What is known of too few is withheld; so is what they had, if everybody's number less the others' would give it.
    known = hidden(
        many, [list(range(len(many))) if columns.parts else [0]], columns.fewest, [*columns.out, columns.rest]
    )
    wanted: Mapping[str, Callable[[polars.Series], str]] = {
        "mean and standard deviation": lambda each: f"{_number(each.mean())} ± {_number(each.std())}",
        "median and quartiles": lambda each: (
            f"{_number(each.median())} ({_number(each.quantile(0.25, 'linear'))} to {_number(each.quantile(0.75, 'linear'))})"
        ),
    }
    for row, (level, written) in enumerate(wanted.items()):
        texts = [f"{written(each)}, of {len(each)}" if len(each) else "of nobody" for each in values]
        cells = [Cell(WITHHELD if at in known or at in columns.out else texts[at]) for at in range(columns.rest)]
        difference = _apart(values, columns, bool(known - {columns.rest} - set(columns.out))) if row == 0 else ""
        yield Trait(asked.words, level, cells[0], tuple(cells[1:]), _missing(missing, columns), difference)


def _number(value: object) -> str:
    return "not known" if value is None else f"{float(str(value)):.1f}"


def _apart(values: "Sequence[polars.Series]", columns: _Columns, is_withheld: bool) -> str:
    if is_withheld:
        return WITHHELD
    pairs = combinations([at for at in columns.shown if at], 2)
    return _largest([standardised(values[one].to_numpy(), values[other].to_numpy()) for one, other in pairs])
