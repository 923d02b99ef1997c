"""Table 1: what patients were like at the start, in each group, with what is missing and how far the groups differ.

In: a cut's traits (traits.py) and the trait that makes the groups. Out: rows whose cells hold their counts and denominators. A
share is of those of whom the trait is known; how many it is not known of stands beside. Counts of too few are withheld, of
levels and of those of whom it is not known, and others with them, so that none follows from what is shown (two_way.py); a
count whose denominator would tell how many are not known stands without it. The difference is standardised (Austin 2009; of
several categories Yang and Dalton 2012), the largest between any two groups that are shown, and withheld where a cell of its
row is.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from patency.outcome.estimate.scores import standardised, standardised_categories
from patency.outcome.few_cells import hidden
from patency.outcome.reported import Cell, Trait
from patency.outcome.two_way import Place, TwoWay, groups_withheld, withheld
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


# Of whom the one is not known the other is not known either: what is withheld of one is withheld of both.
TOGETHER = ({"onset", "phase"},)


def table_one(traits: "polars.DataFrame", by: str, groups: Sequence[str], fewest: int) -> tuple[Trait, ...]:
    """Return the rows of Table 1; `groups` are the columns."""
    columns = _Columns(traits, by, groups, fewest)
    asked = [each for each in TRAITS if each.column != by]
    out = _withheld([_Counts(each, columns) for each in asked], columns)
    rows = [_head(columns)]
    for each in asked:
        rows += (_levels if each.levels else _numbers)(each, columns, out[each.column])
    return tuple(rows)


class _Columns:
    """Everybody and each group, which columns are withheld, and those of no group, whom no column shows."""

    def __init__(self, traits: "polars.DataFrame", by: str, groups: Sequence[str], fewest: int) -> None:
        import polars

        self.fewest = fewest
        parts = [traits.filter(polars.col(by) == group) for group in groups] if by else []
        rest = traits.filter(~polars.col(by).is_in(list(groups)).fill_null(value=False)) if by else traits
        self.all = [traits, *parts, rest]
        self.many = [each.height for each in self.all]
        self.rest = len(self.all) - 1
        self.out = groups_withheld(self.many, fewest)
        self.shown = [at for at in range(self.rest) if at not in self.out]


class _Counts:
    """A trait's counts by column: of whom it is not known, and those of each level, or of whom a number is known."""

    def __init__(self, asked: Asked, columns: _Columns) -> None:
        self.column = asked.column
        missing = [int(part[asked.column].null_count()) for part in columns.all]
        known = [many - none for many, none in zip(columns.many, missing, strict=True)]
        levels = [[int((part[asked.column] == name).sum()) for part in columns.all] for name in asked.levels]
        self.table = TwoWay([missing, *(levels or [known])], columns.many, columns.out)


def _withheld(every: Sequence[_Counts], columns: _Columns) -> dict[str, frozenset[Place]]:
    """Return what is withheld of each trait, by row, of which the first is of those of whom it is not known, and column."""
    out = {each.column: withheld(each.table, columns.fewest) for each in every}
    for both in TOGETHER:
        pair = [each for each in every if each.column in both]
        while gone := {(row, at) for each in pair for row, at in out[each.column] if not row}:
            if all(gone <= out[each.column] for each in pair):
                break
            out |= {each.column: withheld(each.table, columns.fewest, gone | out[each.column]) for each in pair}
    return out


def _head(columns: _Columns) -> Trait:
    cells = [Cell(WITHHELD if at in columns.out else str(columns.many[at])) for at in range(columns.rest)]
    none = tuple(Cell("0 of " + cell.text) if cell.text != WITHHELD else cell for cell in cells)
    return Trait("episodes", "", cells[0], tuple(cells[1:]), none, "")


def _levels(asked: Asked, columns: _Columns, out: Collection[Place]) -> Iterator[Trait]:
    missing, *counts = _Counts(asked, columns).table.counts
    for row, name in enumerate(asked.levels):
        cells = [_share(counts[row][at], missing[at], (row + 1, at), columns, out) for at in range(columns.rest)]
        difference = _far(counts, columns, is_withheld=bool(out)) if row == 0 else ""
        words = _missing(missing, columns, out)
        yield Trait(asked.words, asked.levels[name], cells[0], tuple(cells[1:]), words, difference)


def _share(count: int, missing: int, place: Place, columns: _Columns, out: Collection[Place]) -> Cell:
    at = place[1]
    if place in out or at in columns.out:
        return Cell(WITHHELD)
    if (0, at) in out:
        return Cell(f"{count}, {_among(columns.many[at])}")
    return Cell(counted(Share(count, columns.many[at] - missing)))


def _among(many: int) -> str:
    """Name a denominator of which it may not be told how many it leaves out."""
    return f"of those known among {many}"


def _missing(missing: Sequence[int], columns: _Columns, out: Collection[Place]) -> tuple[Cell, ...]:
    return tuple(
        Cell(WITHHELD if at in columns.out or (0, at) in out else f"{missing[at]} of {columns.many[at]}")
        for at in range(columns.rest)
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


def _numbers(asked: Asked, columns: _Columns, out: Collection[Place]) -> Iterator[Trait]:
    values = [part[asked.column].drop_nulls().cast(float) for part in columns.all]
    missing, many = _Counts(asked, columns).table.counts
    # What is known of too few is withheld; so is what they had, if everybody's number less the others' would give it; and any
    # number of a count that is withheld, for the quarters in its quartiles, or the others' means, would help to work it out.
    gone = {*columns.out, columns.rest, *(at for _, at in out)}
    untold = hidden(many, [list(range(len(many)))], columns.fewest, gone) | gone if columns.fewest > 1 else frozenset()
    wanted: Mapping[str, Callable[[polars.Series], str]] = {
        "mean and standard deviation": lambda each: f"{_number(each.mean())} ± {_number(each.std())}",
        "median and quartiles": lambda each: (
            f"{_number(each.median())} ({_number(each.quantile(0.25, 'linear'))} to {_number(each.quantile(0.75, 'linear'))})"
        ),
    }
    for row, (level, written) in enumerate(wanted.items()):
        texts = [f"{written(each)}, of {len(each)}" if len(each) else "of nobody" for each in values]
        cells = [Cell(WITHHELD if at in untold else texts[at]) for at in range(columns.rest)]
        difference = _apart(values, columns, bool(untold - {columns.rest} - set(columns.out))) if row == 0 else ""
        yield Trait(asked.words, level, cells[0], tuple(cells[1:]), _missing(missing, columns, out), difference)


def _number(value: object) -> str:
    return "not known" if value is None else f"{float(str(value)):.1f}"


def _apart(values: "Sequence[polars.Series]", columns: _Columns, is_withheld: bool) -> str:
    if is_withheld:
        return WITHHELD
    pairs = combinations([at for at in columns.shown if at], 2)
    return _largest([standardised(values[one].to_numpy(), values[other].to_numpy()) for one, other in pairs])
