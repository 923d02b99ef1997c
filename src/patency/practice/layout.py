"""How the columns of a file hold the answers to an instrument: the mapping, as a person confirmed it.

In: a mapping file beside the responses. Out: a Layout, or every Fault found.

    mapping: elite-kids                          # the instrument
    format: plain                                # plain, qualtrics, redcap or limesurvey; found where not stated
    separator: semicolon                         # comma or tab; found where not stated, like `decimal`
    decimal: comma                               # or point
    encoding: windows-1252                       # only where the file is not UTF-8
    dates: day-month-year                        # year-month-day where not stated
    items:
      pain: {column: Q1, answers: {Not at all: none}}
      sites: {columns: {femoral: Q5_1, iliac: Q5_2}, unticked: none}
      drugs: {column: Q6, split: ","}
      calf: {column: calf_mm, unit: mm, missing: {"999": not known}}
    finished: {column: done, answers: {"1": yes, "0": no}}
    stratum: {column: region, answers: {North: region_a}}
    cluster: {column: hospital}
    id: {column: number}                         # of the response, where the program does not say it; seldom needed
    missing: {"-99": declined, NA: not known}    # also: not applicable, not asked
    scores: {total: total_by_program}            # a calculated column, compared with Patency's own
    form: villalta                               # of REDCap: which instrument, and which event
    event: baseline_arm_1
    left_out: {IPAddress: an internet address}   # each column that is not used, and why

What a draft guessed (draft.py) bears `guessed: yes` and is refused until somebody has looked and taken it out.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from patency.case import Absence
from patency.document import Fields, Node
from patency.fault import Fault, Place, listed, nearest
from patency.instrument.model import Instrument, Item, ItemKind
from patency.table import ENCODINGS, SEPARATORS

FORMATS = ("qualtrics", "redcap", "limesurvey", "plain")
DATES = ("year-month-day", "day-month-year", "month-day-year")
REASONS = {absence.value: absence for absence in Absence}
FINISHED = {"yes": True, "true": True, "1": True, "y": True, "no": False, "false": False, "0": False, "n": False}
GUESSED = dict.fromkeys(
    ("ja", "oui", "sí", "si", "sì", "sim", "complete", "completed", "finished"), "yes"
) | dict.fromkeys(
    ("nein", "nee", "non", "nej", "não", "incomplete", "unfinished", "partial"), "no"
)  # what a cell of another language may say; a person confirms it
UNSURE = "?"  # what a draft writes where a person has to say what a cell means


class Column(NamedTuple):
    """Where the answers to one item stand: in one column, or in one for each member of it.

    `answers` is what a cell means where its words do not say it; `missing` the cells that are a reason for giving no
    answer; `split` parts several answers in one cell; `is_none` whether nothing ticked means "none of these".
    """

    item: Item
    column: str
    members: Mapping[str, str]
    answers: Mapping[str, str]
    missing: Mapping[str, Absence]
    split: str
    is_none: bool
    unit: str
    dates: str
    place: Place

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of its columns in the file."""
        return (self.column,) if self.column else tuple(self.members.values())


class Told(NamedTuple):
    """A column that tells something of the whole response, and what its cells mean."""

    column: str
    answers: Mapping[str, str]
    place: Place


class Layout(NamedTuple):
    """How a file holds the answers to an instrument; what is empty is found in the file itself."""

    columns: Mapping[str, Column]
    format: str = ""
    separator: str = ""
    decimal: str = ""
    encoding: str = ""
    finished: Told | None = None
    stratum: Told | None = None
    cluster: Told | None = None
    id: Told | None = None
    missing: Mapping[str, Absence] = {}
    scores: Mapping[str, str] = {}
    form: str = ""
    event: str = ""
    left_out: Mapping[str, str] = {}
    strata: tuple[str, ...] = ()  # of the survey, none of fewer than five invited
    place: Place = Place("")


def read_layout(document: Node, instrument: Instrument, strata: Collection[str], faults: list[Fault]) -> Layout:
    """Read a mapping file; `strata` are those of the survey's frame."""
    fields = Fields(document, faults, "a mapping")
    if fields.need_text("mapping", "it names the instrument whose items it maps") not in ("", instrument.id):
        fields.fault(fields.named["mapping"].place, f"this maps the items of {fields.text('mapping')!r}",
                     f"the survey asks {instrument.id!r}", "name the mapping of this survey")  # fmt: skip
    missing = read_missing(fields)
    dates = read_one_of(fields, "dates", DATES) or DATES[0]
    columns = {}
    for name, node in fields.group("items").items():
        if name in instrument.items:
            columns[name] = read_column(instrument.items[name], node, missing, dates, faults)
        else:
            fields.fault(node.place, f"{instrument.id!r} has no item {name!r}", "an answer would be lost in silence",
                         nearest(name, instrument.items, "take it out"))  # fmt: skip
    layout = Layout(
        columns=columns,
        format=read_one_of(fields, "format", FORMATS),
        separator=read_separator(fields),
        decimal=read_one_of(fields, "decimal", ("point", "comma")),
        encoding=read_one_of(fields, "encoding", ENCODINGS),
        finished=_told(fields, "finished", {"yes": 0, "no": 0}),
        stratum=_told(fields, "stratum", dict.fromkeys(strata)),
        cluster=_told(fields, "cluster", None),
        id=_told(fields, "id", None),
        missing=missing,
        scores={name: fields.as_text(node, name) for name, node in fields.group("scores").items()},
        form=fields.text("form"),
        event=fields.text("event"),
        left_out={name: fields.as_text(node, name) for name, node in fields.group("left_out").items()},
        strata=tuple(strata),
        place=document.place,
    )
    for name in layout.scores:
        if name not in instrument.scores or instrument.scores[name].number is None:
            numbers = [each for each, score in instrument.scores.items() if score.number is not None]
            fields.fault(fields.named["scores"].place, f"{instrument.id!r} has no score {name!r} that is a number",
                         "only a number can be compared", nearest(name, numbers, "take it out"))  # fmt: skip
    fields.close()
    _refuse_twice(layout, faults)
    return layout


def read_separator(fields: Fields) -> str:
    """Return what parts the columns, by its name or as it is; a tab cannot be seen, and has a name alone."""
    if fields.text("separator") in SEPARATORS:
        return fields.text("separator")
    name = read_one_of(fields, "separator", tuple(SEPARATORS.values()))
    return next((sign for sign, each in SEPARATORS.items() if each == name), "")


def read_one_of(fields: Fields, name: str, allowed: tuple[str, ...]) -> str:
    """Return the word under a name, one of those that it may be; nothing where it is not there."""
    if fields.get(name) is None:
        return ""
    return fields.choice(name, allowed, "the file is read by it")


def read_missing(fields: Fields) -> dict[str, Absence]:
    """Return which cells are a reason for giving no answer, and which."""
    found = {}
    for written, node in fields.group("missing").items():
        word = fields.as_text(node, written)
        if word in REASONS:
            found[written] = REASONS[word]
        else:
            fields.fault(node.place, f"{written!r} cannot mean {word!r}", "it is a reason why there is no answer",
                         nearest(word, REASONS, f"use one of: {', '.join(REASONS)}"))  # fmt: skip
    return found


def read_column(item: Item, node: Node, missing: Mapping[str, Absence], dates: str, faults: list[Fault]) -> Column:
    """Read where the answers to one item stand; `missing` and `dates` are those of the whole file."""
    fields = Fields(node, faults, f"the mapping of {item.name!r}")
    if fields.text("guessed") not in ("", "no"):
        fields.fault(node.place, f"the mapping of {item.name!r} is a guess", "nobody has confirmed it",
                     "look at the column, correct it if need be, and take 'guessed: yes' out")  # fmt: skip
    members = {name: fields.as_text(each, name) for name, each in fields.group("columns").items()}
    column = Column(
        item=item,
        column=fields.text("column"),
        members=members,
        answers=_answers(fields, item.choices),
        missing=read_missing(fields) if "missing" in fields.named else missing,
        split=fields.text("split"),
        is_none=read_one_of(fields, "unticked", ("none", "blank")) == "none",
        unit=fields.text("unit"),
        dates=read_one_of(fields, "dates", DATES) or dates,
        place=node.place,
    )
    fields.close()
    if fields.is_readable:
        _check(column, missing, fields)
    return column


def _answers(fields: Fields, allowed: Mapping[str, object]) -> dict[str, str]:
    found = {}
    for written, node in fields.group("answers").items():
        name = fields.as_text(node, written)
        if name == UNSURE:
            fields.fault(node.place, f"nobody has said what {written!r} means", "a guess could turn an answer round",
                         f"write one of {listed(list(allowed))}")  # fmt: skip
        elif name not in allowed:
            fields.fault(node.place, f"{written!r} cannot mean {name!r}", "it is none of the answers",
                         nearest(name, allowed, f"write one of {listed(list(allowed))}"))  # fmt: skip
        found[written] = name
    return found


def _check(column: Column, everywhere: Mapping[str, Absence], fields: Fields) -> None:
    """Refuse what cannot be: no column, or two ways at once; a missing code that is an answer as well."""
    item, place = column.item, column.place
    if bool(column.column) == bool(column.members):
        fields.fault(place, f"{item.name!r} needs either 'column' or 'columns'", "its answers stand somewhere",
                     "write column: NAME, or columns: {MEMBER: NAME} for one column each")  # fmt: skip
    if item.kind is not ItemKind.MULTIPLE and (column.members or column.split or column.is_none):
        fields.fault(place, f"{item.name!r} takes one answer", "several columns, or several answers in a cell, do not fit it",
                     "write column: NAME alone")  # fmt: skip
    for member in column.members:
        if item.kind is ItemKind.MULTIPLE and member not in item.choices:
            fields.fault(place, f"{item.name!r} has no answer {member!r}", "what was ticked would be lost in silence",
                         nearest(member, item.choices, f"write some of {listed(list(item.choices), 'and')}"))  # fmt: skip
    if column.unit and (item.concept is None or column.unit not in (item.concept.unit, *item.concept.units)):
        known = [item.concept.unit, *item.concept.units] if item.concept and item.kind is ItemKind.NUMBER else []
        fields.fault(place, f"{item.name!r} is not measured in {column.unit!r}", "every number would mean something else",
                     nearest(column.unit, known, f"use {listed(known)}" if known else "take 'unit' out"))  # fmt: skip
    for code in {} if "missing" in fields.named else everywhere:
        if what := _is_answer(code, item):
            fields.fault(place, f"{code!r} is missing by 'missing', and {what} of {item.name!r}",
                         "an answer would be taken for none, or none for an answer",
                         f"write under {item.name!r} which of its cells are missing, or missing: {{}} for none")  # fmt: skip


def _is_answer(code: str, item: Item) -> str:
    """Say what a missing code is besides."""
    if item.kind.is_chosen:
        words = {each for choice in item.choices.values() for each in (choice.code, choice.name, choice.words)}
        return "an answer" if code in words else ""
    if item.kind is ItemKind.NUMBER and item.concept is not None:
        try:
            number = float(code)
        except ValueError:
            return ""
        return "a possible number" if item.concept.lowest <= number <= item.concept.highest else ""
    return ""


def _told(fields: Fields, name: str, allowed: Mapping[str, object] | None) -> Told | None:
    node = fields.get(name)
    if node is None:
        return None
    entry = Fields(node, fields.faults, f"{name!r}")
    column = entry.need_text("column", "it stands in one")
    told = Told(column, _answers(entry, allowed) if allowed is not None else {}, node.place)
    entry.close()
    return told


def used_by(layout: Layout) -> dict[str, list[str]]:
    """Return what each column of the file is used for."""
    uses: dict[str, list[str]] = {}
    for name, column in layout.columns.items():
        for each in column.columns:
            uses.setdefault(each, []).append(name)
    for word, told in (
        ("finished", layout.finished),
        ("stratum", layout.stratum),
        ("cluster", layout.cluster),
        ("id", layout.id),
    ):
        if told is not None:
            uses.setdefault(told.column, []).append(word)
    for name, column_name in layout.scores.items():
        uses.setdefault(column_name, []).append(name)
    return uses


def is_written(column: str) -> bool:
    """Whether a column holds what people wrote beside "other" in LimeSurvey: words there are a tick, whatever they say."""
    return column.endswith("[other]")


def _refuse_twice(layout: Layout, faults: list[Fault]) -> None:
    for column, uses in used_by(layout).items():
        kinds = [layout.columns[name].item.kind for name in uses if name in layout.columns]
        if len(uses) == 2 and is_written(column) and set(kinds) == {ItemKind.MULTIPLE, ItemKind.TEXT}:
            continue  # that it was ticked, and what was written
        if len(uses) > 1:
            faults.append(Fault(layout.place, f"the column {column!r} is used for {listed(uses, 'and')}",
                                "one answer would count twice", "leave it with one of them"))  # fmt: skip
        elif column in layout.left_out:
            faults.append(Fault(layout.place, f"the column {column!r} is both used and left out",
                                "it can only be one of the two", "take it out of one place"))  # fmt: skip
