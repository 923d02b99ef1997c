"""The columns that a form's items become in a cut, and how the sealed lines of many records are read into them.

    yes/no            a boolean                  number   as it was entered, in the form's unit
    single, ordered   one of the form's names    date     NAME_day: days since the episode's index date (`date` becomes `day`)
    multiple          a sorted list of names     text     nothing: free text is in no cut

Where a number or a day is known to lie between two ends, its column is null and `between` holds the ends; where there is a
reason for no answer, `absent` holds it. A null without either was not answered.

Ages are capped and rounded (cut_ages.py).

In: lines as entry.packed writes them. Not here: whose they are (cut_rows.py), scales and findings (cut_scales.py,
cut_findings.py).
"""

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from patency.cut.manifest import Column
from patency.fault import Fault, Place, Refused
from patency.instrument.model import Instrument, Item, ItemKind
from patency.registry.cut_ages import AGE, shown_ages

if TYPE_CHECKING:
    import polars

EPOCH = date(1970, 1, 1).toordinal()  # Polars counts days from there, a Span from year 1
CHOSEN = (ItemKind.YES_NO, ItemKind.SINGLE, ItemKind.ORDERED)
TYPES = {
    ItemKind.YES_NO: "yes/no", ItemKind.SINGLE: "one of", ItemKind.ORDERED: "one of, least first",
    ItemKind.MULTIPLE: "list of", ItemKind.NUMBER: "number", ItemKind.DATE: "day",
}  # fmt: skip
NOTES = (
    Column("absent", "list", "the reasons that were given for no answer: field, reason"),
    Column("between", "list", "what is known to lie between two ends: field, low, high"),
)


def column_of(item: Item, name: str = "") -> Column:
    """Return the column of an item; `name` where the cut calls it otherwise."""
    words = (
        item.concept.says
        if item.kind is ItemKind.YES_NO and item.concept
        else item.concept.words
        if item.concept
        else ""
    )
    choices = {} if item.kind is ItemKind.YES_NO else {choice.name: choice.words for choice in item.choices.values()}
    if item.kind is ItemKind.DATE:
        return Column(name or day_name(item.name), TYPES[item.kind], words, "days since the index date")
    unit = item.concept.unit if item.concept else ""
    return Column(name or item.name, TYPES[item.kind], words, unit, choices)


def day_name(name: str) -> str:
    """Return what the column of a date is called: `date` is `day`, `removed_date` `removed_day`, `start` `start_day`."""
    stem = name.removesuffix("date").rstrip("_")
    return f"{stem}_day" if stem else "day"


class Shape:
    """How the lines of one kind of record are read: its items but free text, and what the cut calls them."""

    def __init__(self, form: Instrument, renamed: Mapping[str, str] = {}, is_dated: bool = True) -> None:
        self.form = form
        left_out = (ItemKind.TEXT,) if is_dated else (ItemKind.TEXT, ItemKind.DATE)
        self.items = [item for item in form.items.values() if item.kind not in left_out]
        self.columns = {item.name: column_of(item, renamed.get(item.name, "")) for item in self.items}
        names = [column.name for column in self.columns.values()]
        assert len(names) == len(set(names)), f"two fields of {form.id} are one column of a cut"

    @property
    def said(self) -> tuple[Column, ...]:
        """The columns, as the manifest lists them."""
        return (*self.columns.values(), *NOTES)

    @property
    def main_date(self) -> str:
        """The date that every record has, by which it is told whether it came after a withdrawal; "" where it has none."""
        return next((item.name for item in self.items if item.kind is ItemKind.DATE and item.is_required), "")

    def read(self, lines: Sequence[bytes]) -> "polars.DataFrame":
        """Read lines, each a record: its values in `v`, dates in `d`, ends in `s` and reasons in `a`."""
        import polars

        joined = b"\n".join(lines)
        # What stands in none of the lines need not be looked for in each: that takes half of the time.
        here = [item for item in self.items if f'"{item.name}":'.encode() in joined]
        text = polars.String()
        plain = {item.name: _type(item) for item in here if item.kind is not ItemKind.DATE}
        dates = {item.name: text for item in here if item.kind is ItemKind.DATE}
        schema = {"v": _struct(plain), "d": _struct(dates)}
        try:
            frame = polars.read_ndjson(io.BytesIO(joined), schema=schema)
        except polars.exceptions.PolarsError:  # whose words hold what the record says
            raise Refused([Fault(Place(self.form.id), "a record gives a value that is not of its field's kind",
                                 "a number, a date or an answer was expected there", "correct the record")]) from None  # fmt: skip
        ends = {
            item.name: polars.List(polars.Float64()) for item in here if item.kind in (ItemKind.NUMBER, ItemKind.DATE)
        }
        return frame.with_columns(
            s=_seldom("s", lines, joined, ends), a=_seldom("a", lines, joined, {item.name: text for item in here})
        )

    def day(self, frame: "polars.DataFrame", date: str) -> "polars.Expr":
        """Return a date of read lines, as days from 1970."""
        import polars

        return _said_in(frame, self.form.items[date]).str.to_date("%Y-%m-%d").to_physical().cast(polars.Int32)

    def converted(self, frame: "polars.DataFrame") -> "polars.DataFrame":
        """Return read lines as the columns of the cut; `index` is the day from which days count."""
        self._refuse_strangers(frame)
        notes = {"absent": _absent(frame, self.columns), "between": self._between(frame)}
        said = [self._said(item, _said_in(frame, item)).alias(self.columns[item.name].name) for item in self.items]
        return frame.with_columns(*said, **notes).drop("v", "d", "s", "a")

    def _said(self, item: Item, value: "polars.Expr") -> "polars.Expr":
        import polars

        if item.kind is ItemKind.DATE:
            return value.str.to_date("%Y-%m-%d").to_physical().cast(polars.Int32) - polars.col("index")
        if item.kind is ItemKind.YES_NO:
            return polars.when(value == "yes").then(True).when(value == "no").then(False)
        if item.kind is ItemKind.MULTIPLE:
            return value.list.sort()
        if item.kind in CHOSEN:
            return value.cast(polars.Enum(list(item.choices)))
        return shown_ages(value) if item.feeds == AGE else value

    def _refuse_strangers(self, frame: "polars.DataFrame") -> None:
        """Refuse an answer that the form does not have; which one it is is a patient's, and is not said."""
        faults = []
        for item in (each for each in self.items if each.choices and each.kind is not ItemKind.YES_NO):
            said = frame.select(_said_in(frame, item)).to_series()
            said = said.explode() if item.kind is ItemKind.MULTIPLE else said
            if not said.drop_nulls().is_in(list(item.choices)).all():
                faults.append(Fault(Place(f"{self.form.id}.{item.name}"), "a record gives an answer that the form does not have",
                                    "what it means cannot be told, and left out it would be lost in silence",
                                    "correct the record, or give the form its answer back"))  # fmt: skip
        if faults:
            raise Refused(faults)

    def _between(self, frame: "polars.DataFrame") -> "polars.Series":
        import polars

        names = {
            item.name: self.columns[item.name].name
            for item in self.items
            if item.kind in (ItemKind.NUMBER, ItemKind.DATE)
        }
        days = {item.name for item in self.items if item.kind is ItemKind.DATE}
        ages = {item.name for item in self.items if item.feeds == AGE}
        long = _long(frame, "s", names, "ends", polars.List(polars.Float64())).with_columns(
            low=polars.col("ends").list.get(0), high=polars.col("ends").list.get(1)
        )
        is_day, is_age = polars.col("field").is_in(days), polars.col("field").is_in(ages)
        for end in ("low", "high"):
            said = polars.col(end)
            since = said - EPOCH - polars.col("index")
            long = long.with_columns(
                polars.when(is_day).then(since).when(is_age).then(shown_ages(said)).otherwise(said).alias(end)
            )
        long = long.filter(polars.col("low").is_not_null())  # a day without an index date tells nothing
        return _gathered(
            long.with_columns(polars.col("field").replace_strict(names, return_dtype=polars.String())),
            frame.height,
            ("field", "low", "high"),
        )


def _seldom(part: str, lines: Sequence[bytes], joined: bytes, fields: Mapping[str, Any]) -> "polars.Series":
    """Return what few lines say in a part, as a column of all lines; it is looked for where it is said."""
    import polars

    sign, kind = f'"{part}":{{'.encode(), _struct(fields)
    if sign not in joined:
        return polars.Series(part, [None], dtype=kind).new_from_index(0, len(lines))
    rows = polars.Series(lines, dtype=polars.Binary()).bin.contains(sign).arg_true()
    said = polars.read_ndjson(io.BytesIO(b"\n".join(lines[at] for at in rows.to_list())), schema={part: kind})
    number = polars.UInt32()
    places = polars.Series([None], dtype=number).new_from_index(0, len(lines))
    return said[part].gather(places.scatter(rows, polars.Series(range(len(rows)), dtype=number)))


def _struct(fields: Mapping[str, Any]) -> "polars.Struct":
    """Return a struct of some fields; a struct has one at the least."""
    import polars

    return polars.Struct(fields or {"_": polars.String()})


def _said_in(frame: "polars.DataFrame", item: Item) -> "polars.Expr":
    """Return what lines say in answer to an item; null throughout where none of them says anything."""
    import polars

    part = "d" if item.kind is ItemKind.DATE else "v"
    if item.name in _fields(frame, part):
        return polars.col(part).struct.field(item.name)
    return polars.lit(None, _type(item))


def _fields(frame: "polars.DataFrame", part: str) -> set[str]:
    import polars

    kind = frame.schema[part]
    assert isinstance(kind, polars.Struct), "so it was read"
    return {field.name for field in kind.fields}


def _type(item: Item) -> Any:
    import polars

    if item.kind is ItemKind.MULTIPLE:
        return polars.List(polars.String())
    return polars.Float64() if item.kind is ItemKind.NUMBER else polars.String()


def _absent(frame: "polars.DataFrame", columns: Mapping[str, Column]) -> "polars.Series":
    import polars

    names = {name: column.name for name, column in columns.items()}
    long = _long(frame, "a", names, "reason", polars.String()).with_columns(
        polars.col("field").replace_strict(names, return_dtype=polars.String())
    )
    return _gathered(long, frame.height, ("field", "reason"))


def _long(frame: "polars.DataFrame", part: str, names: Iterable[str], value: str, kind: Any) -> "polars.DataFrame":
    """Return what is said of few fields in few rows, a row for each: row, index, field, value."""
    import polars

    some = frame.select("index", part).with_row_index("row").filter(polars.col(part).is_not_null())
    # A form may have a field of any of these names: with a sign before them they cannot be taken for one.
    wide = some.select(
        polars.col("row").alias("@row"), polars.col("index").alias("@index"), polars.col(part).struct.unnest()
    )
    found = [name for name in names if name in wide.columns]
    long = wide.unpivot(found, index=["@row", "@index"], variable_name="@field", value_name="@value")
    said = long.select(row="@row", index="@index", field="@field", value=polars.col("@value").cast(kind))
    return said.drop_nulls("value").rename({"value": value})


def _gathered(long: "polars.DataFrame", height: int, fields: Sequence[str]) -> "polars.Series":
    """Return, for each of `height` rows, the list of what is said of it, by field; of most an empty one."""
    import polars

    lists = long.sort("row", "field").group_by("row", maintain_order=True).agg(polars.struct(fields).alias("said"))
    rows = polars.DataFrame({"row": range(height)}, schema={"row": polars.get_index_type()})
    said = rows.join(lists, on="row", how="left", maintain_order="left")["said"]
    return said.fill_null(polars.Series([[]], dtype=said.dtype))
