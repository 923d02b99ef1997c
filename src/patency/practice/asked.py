"""Which question was asked of whom: its condition, for each combination of the answers that it hangs on.

The instrument's `Asked` is the meaning, here as elsewhere: it is called once for each combination that occurs, and the
result is laid beside the rows. A condition that hangs on a blank is neither Yes nor No.
"""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from patency.case import Absence, Case, Finding, Value
from patency.instrument.asked import Asked, hung_on
from patency.instrument.model import Instrument, Item, ItemKind
from patency.language.terms import Term
from patency.practice.columns import columns_of
from patency.practice.conditions import value_of

if TYPE_CHECKING:
    import polars

_NO_DAY = date(1, 1, 1)


def truths(term: Term, instrument: Instrument, frame: "polars.DataFrame") -> "polars.Series":
    """Return what a condition says of each row: 2 for Yes, 1 for Unknown, 0 for No."""
    import polars

    items = [instrument.items[name] for name in hung_on(term, instrument.items) if name in instrument.items]
    columns = [column for item in items for column in _hung_on(item)]
    if not columns:
        truth = Asked({}, Case(_NO_DAY)).holds(term, Case(_NO_DAY))
        return polars.Series([truth.value], dtype=polars.Int8).new_from_index(0, len(frame))
    hung = frame.select(columns)
    met = hung.unique()
    cases = (case_of(row, items) for row in met.iter_rows(named=True))
    meant = [Asked(instrument.items, case).holds(term, case).value for case in cases]
    met = met.with_columns(polars.Series("truth", meant, dtype=polars.Int8))
    names = hung.columns
    return hung.join(met, on=names, how="left", nulls_equal=True, maintain_order="left")["truth"]


def _hung_on(item: Item) -> "list[polars.Expr]":
    """Return the columns that a condition on an item can tell apart; of a text or a date, whether there is one."""
    import polars

    if item.kind in (ItemKind.TEXT, ItemKind.DATE):
        return [polars.col(item.name).is_not_null(), polars.col(f"{item.name}?")]
    return [polars.col(name) for name in columns_of(item)]


def case_of(row: Mapping[str, Any], items: list[Item]) -> Case:
    """Return the answers of one row as a case of the instrument.

    The sheet does not say on which day a person answered, so that days since a date cannot be told from it: a date is
    known to have been given, and a condition on how long ago it was stays Unknown.
    """
    findings = {}
    for item in items:
        answer, reason = row[item.name], row[f"{item.name}?"]
        if answer is not None and answer is not False:
            findings[item.name] = Finding(item.name, _value(item, row), _NO_DAY, "")
        elif reason is not None:
            findings[item.name] = Finding(item.name, None, _NO_DAY, reason, absence=Absence(reason))
    return Case(_NO_DAY, findings)


def _value(item: Item, row: Mapping[str, Any]) -> Value | None:
    if item.kind is ItemKind.MULTIPLE:
        return value_of(item, frozenset(name for name in item.choices if row[f"{item.name}/{name}"]))
    # Of a date and a text the column says only that there is one.
    return None if item.kind in (ItemKind.DATE, ItemKind.TEXT) else value_of(item, row[item.name])
