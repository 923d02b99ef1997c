"""Which columns of a Sheet an item has, and a Sheet made of columns.

Polars is loaded here only when a sheet is made.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from patency.instrument.model import Instrument, Item, ItemKind
from patency.practice.sheet import Sheet

FIXED = ("row", "stratum", "cluster", "finished")


def members_of(item: Item) -> dict[str, str]:
    """Return the column of each member of an item of several answers, by the member's name."""
    return {name: f"{item.name}/{name}" for name in item.choices} if item.kind is ItemKind.MULTIPLE else {}


def columns_of(item: Item) -> tuple[str, ...]:
    """Name the columns of one item, the reason for its absence last."""
    return (item.name, *members_of(item).values(), f"{item.name}?")


def sheet_of(instrument: Instrument, columns: Mapping[str, Sequence[Any]]) -> Sheet:
    """Make a sheet of columns; those that are not given are blank."""
    import polars

    fixed = (polars.Int64, polars.String, polars.String, polars.Boolean)
    types: dict[str, Any] = dict(zip(FIXED, fixed, strict=True))
    of_kind = {ItemKind.NUMBER: polars.Float64, ItemKind.DATE: polars.Date, ItemKind.MULTIPLE: polars.Boolean}
    for item in instrument.items.values():
        own = of_kind.get(item.kind, polars.String)
        types |= {item.name: own} | dict.fromkeys(members_of(item).values(), polars.Boolean)
        types[f"{item.name}?"] = polars.String
    blank = [None] * len(columns["row"])
    series = [polars.Series(name, columns.get(name, blank), kind, strict=True) for name, kind in types.items()]
    return Sheet(instrument, polars.DataFrame(series))
