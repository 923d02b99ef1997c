"""Small instruments and sheets for the tests of numbers, written as one would say them."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars

from patency.case import Absence
from patency.fault import Faults, Place
from patency.instrument.asked import hung_on
from patency.instrument.model import Choice, Collapsed, Instrument, Item, ItemKind
from patency.language.lexicon import Lexicon
from patency.language.parse import parse
from patency.practice.sheet import Sheet
from patency.vocabulary import Concept, Kind, Vocabulary

HERE = Place("made.yaml", 1)
ABSENCES = (Absence.DECLINED, Absence.NOT_KNOWN, Absence.NOT_APPLICABLE)
KINDS = {
    ItemKind.YES_NO: Kind.YES_NO, ItemKind.SINGLE: Kind.CHOICE, ItemKind.ORDERED: Kind.ORDERED,
    ItemKind.MULTIPLE: Kind.SET, ItemKind.NUMBER: Kind.NUMBER, ItemKind.DATE: Kind.DATE,
}  # fmt: skip
TYPES = {ItemKind.NUMBER: polars.Float64, ItemKind.DATE: polars.Date, ItemKind.MULTIPLE: polars.Boolean}


def instrument(**questions: str) -> Instrument:
    """Make an instrument: `first="single a b c"`, `then="number when first = a"`, `how="ordered no some all | any: some all"`."""
    items: dict[str, Item] = {}
    concepts: dict[str, Concept] = {}
    for name, said in questions.items():
        said, _, when = said.partition(" when ")
        said, _, merged = said.partition(" | ")
        kind, *answers = said.split(" ")
        item = _item(name, ItemKind(kind), answers, merged, when, concepts)
        items[name] = item._replace(hangs_on=tuple(hung_on(item.when, items)) if item.when else ())
        if items[name].concept is not None:
            concepts[name] = items[name].concept  # type: ignore[assignment]  # of a text there is none
    return Instrument(
        "made", "Made", "1", "", "one person", "oneself", "", items, {}, (), Vocabulary(concepts), (), (), (), "", HERE
    )


def _item(
    name: str, kind: ItemKind, answers: Sequence[str], merged: str, when: str, concepts: Mapping[str, Concept]
) -> Item:
    faults = Faults()
    answers = ["yes", "no"] if kind is ItemKind.YES_NO else answers
    term = parse(when, HERE, Lexicon(Vocabulary(concepts)), faults) if when else None
    assert not faults, faults
    into, _, parts = merged.partition(": ")
    collapsed = (Collapsed(into, into, tuple(parts.split(" "))),) if into else ()
    concept = None
    if kind in KINDS:
        values = {} if kind is ItemKind.YES_NO else {each: each for each in answers}
        concept = Concept(name, KINDS[kind], name, name, name, f"not {name}", "", (), values, "1", {}, 0.0, 1e6, "history", (),
                          len(concepts), HERE)  # fmt: skip
    choices = {each: Choice(each, each, None, each) for each in answers}
    return Item(name, kind, f"{name}?", "", "", choices, collapsed, ABSENCES, term, when, concept, "", (), HERE)


def sheet(made: Instrument, columns: Mapping[str, Sequence[Any]]) -> Sheet:
    """Make a sheet: what is not given is blank; the answers to `multiple` are written "a b", and "" where none was ticked."""
    rows = max(len(column) for column in columns.values())
    every: dict[str, polars.Series] = {
        "row": polars.Series(range(1, rows + 1), dtype=polars.Int64),
        "stratum": _column(columns, "stratum", rows, polars.String),
        "cluster": _column(columns, "cluster", rows, polars.String),
        "finished": _column(columns, "finished", rows, polars.Boolean),
    }
    for name, item in made.items.items():
        if item.kind is ItemKind.MULTIPLE:
            given = columns.get(name, [None] * rows)
            every[name] = polars.Series([each is not None for each in given])
            for choice in item.choices:
                every[f"{name}/{choice}"] = polars.Series(
                    [None if each is None else choice in each.split(" ") for each in given], dtype=polars.Boolean
                )
        else:
            every[name] = _column(columns, name, rows, TYPES.get(item.kind, polars.String))
        every[f"{name}?"] = _column(columns, f"{name}?", rows, polars.String)
    return Sheet(made, polars.DataFrame(every))


def _column(columns: Mapping[str, Sequence[Any]], name: str, rows: int, kind: Any) -> polars.Series:
    return polars.Series(columns.get(name, [None] * rows), dtype=kind)
