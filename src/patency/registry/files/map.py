"""How the columns of a file hold the records of a registry: the mapping, as a person confirmed it.

In: a mapping file beside the file itself. Out: an ImportMap, or every Fault found.

    registry map: patency-registry-map/1
    source: north-spreadsheet       # the system it comes from; ids follow from it, so the same row twice is one record
    format: csv                     # or excel
    separator: semicolon            # decimal, dates, encoding, missing: as in the mapping of a survey (practice/layout.py)
    sheet: Visits                   # of Excel, where there are several
    patient: {column: record_id}    # who it is: a pseudonym, never a name
    records:                        # what a row makes: each part that has something to say makes one record
      - kind: patient               # enrols whoever is not enrolled; without it, a stranger's row is refused
        items: {sex_at_birth: {column: sex}}
      - kind: episode
        key: [case_number]          # by which the patient's records of this part are told apart; none where there is one at most
        items: {date: {column: diagnosed}, side: {column: leg, answers: {L: left}}}
      - kind: visit
        rows: {redcap_event_name: [v3_arm_1, v6_arm_1], redcap_repeat_instrument: blank}   # also: filled
        key: [redcap_event_name]
        parent: only one            # the patient's only episode; further:
                                    #   same date, latest        by the dates of both
                                    #   {row: PART}              the one that the same row makes
                                    #   {key: [column], of: PART}  the one with this key, of this file or an earlier one
                                    #   {id: column}             its id, as Patency's own export has it
        items: {date: {column: visit_date}, planned: {column: redcap_event_name, answers: {v3_arm_1: V3}}}
      - kind: response
        part: villalta-left         # a name, where two parts are of one kind
        parent: {row: visit}
        items: {instrument: {is: villalta}, side: {is: left}, answers.pain: {column: vill_pain_l}}
    left_out: {mrn: a number of a person}

What a draft guessed bears `guessed: yes` and is refused until somebody has looked and taken it out.

Not here: how a mapping is drafted (files/draft.py), how rows are read by it (files/read.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from patency.answer import Unreadable
from patency.case import Absence
from patency.document import Fields, Node
from patency.fault import Fault, Place, Refused, listed, nearest
from patency.instrument.model import Item
from patency.practice import identity
from patency.practice.cells import reader_of
from patency.practice.layout import DATES, UNSURE, Column, read_column, read_missing, read_one_of, read_separator
from patency.registry.entry import ITEMS, Value
from patency.registry.forms import Forms
from patency.registry.kinds import KINDS, NOT_BY_HAND
from patency.registry.valid import no_scale
from patency.table import ENCODINGS

VERSION = "patency-registry-map/1"
FORMATS = ("csv", "excel")
BLANK, FILLED = "blank", "filled"
ONLY, SAME_DATE, LATEST, BY_ROW, BY_KEY, BY_ID = "only one", "same date", "latest", "row", "key", "id"
_BY_WORD = (ONLY, SAME_DATE, LATEST)
OF_NONE = "screening"  # an entry of the screening log is of nobody who is known
NOT_BROUGHT = NOT_BY_HAND
GROUP = "redcap_data_access_group"  # whose records they are, in a file of REDCap's that several institutions share


class Parent(NamedTuple):
    """How the record that another hangs on is found: `how`, and the part and the columns that it needs."""

    how: str
    part: str = ""
    columns: tuple[str, ...] = ()


class Part(NamedTuple):
    """What one row may make: a record of a kind, of which `columns` say what is read and `fixed` what is always so.

    `id` is the column of the record's own id, in a file that Patency wrote.
    """

    name: str
    kind: str
    rows: Mapping[str, tuple[str, ...]]
    key: tuple[str, ...]
    id: str
    parent: Parent | None
    columns: Mapping[str, Column]
    fixed: Mapping[str, Value]
    scale: str
    place: Place

    @property
    def used(self) -> set[str]:
        """The columns of the file that it reads."""
        return {each for column in self.columns.values() for each in column.columns} | self.telling

    @property
    def telling(self) -> set[str]:
        """Those of them that say which record it is, and on what it hangs."""
        return {*self.rows, *self.key, *(self.parent.columns if self.parent else ()), self.id} - {""}


class ImportMap(NamedTuple):
    """How a file holds records; `source` is the system that it comes from."""

    source: str
    patient: str
    parts: tuple[Part, ...]
    format: str = "csv"
    separator: str = ""
    decimal: str = "point"
    dates: str = DATES[0]
    encoding: str = ""
    sheet: str = ""
    left_out: Mapping[str, str] = {}
    groups: tuple[str, ...] = ()  # data access groups of REDCap that are this site's; BLANK is that of no group
    place: Place = Place("")

    @property
    def used(self) -> set[str]:
        """The columns of the file that are read."""
        return {self.patient, GROUP if self.groups else ""}.union(*(part.used for part in self.parts)) - {""}

    def part(self, name: str) -> Part | None:
        """Return a part by its name."""
        return next((part for part in self.parts if part.name == name), None)


def read_map(document: Node, forms: Forms) -> ImportMap:
    """Read a mapping file, or refuse it with every Fault found."""
    faults: list[Fault] = []
    fields = Fields(document, faults, "the mapping")
    fields.choice("registry map", (VERSION,), "it says how the mapping is to be read")
    whole = _Whole(read_missing(fields), read_one_of(fields, "dates", DATES) or DATES[0],
                   read_one_of(fields, "decimal", ("point", "comma")) or "point", forms, faults)  # fmt: skip
    parts = [_part(node, whole) for node in fields.items("records")]
    is_of_patients = any(part is not None and part.kind != OF_NONE for part in parts)
    found = ImportMap(
        source=fields.need_text("source", "the ids of its records follow from it"),
        patient=_patient(fields, is_of_patients),
        parts=tuple(part for part in parts if part is not None),
        format=read_one_of(fields, "format", FORMATS) or FORMATS[0],
        separator=read_separator(fields),
        decimal=whole.decimal,
        dates=whole.dates,
        encoding=read_one_of(fields, "encoding", ENCODINGS),
        sheet=fields.text("sheet"),
        left_out={name: fields.as_text(node, name) for name, node in fields.group("left_out").items()},
        groups=_groups(fields),
        place=document.place,
    )
    fields.close()
    if not fields.items("records"):
        fields.fault(document.place, "the mapping has no 'records'", "no row would make any",
                     "add at least one: records: [{kind: visit, ...}]")  # fmt: skip
    _refuse_parents(found, forms, faults)
    if faults:
        raise Refused(faults)
    return found


def _groups(fields: Fields) -> tuple[str, ...]:
    """Read which data access groups are this site's; a draft leaves that to a person."""
    found = fields.texts("groups")
    if UNSURE in found:
        fields.fault(fields.named["groups"].place, "it is not said which data access groups are your site's",
                     "another site's patients would come into yours", f"name them, as the file does, in place of '{UNSURE}'")  # fmt: skip
    return found


def several_groups(
    found: ImportMap, file: str, header: Sequence[str], rows: Iterable[tuple[int, list[str]]]
) -> Fault | None:
    """Return that a file holds records of several data access groups of which the mapping names none, or None."""
    if found.groups or GROUP not in header:
        return None
    place, seen = header.index(GROUP), dict[str, None]()
    for _, cells in rows:
        if place < len(cells) and (name := cells[place].strip()) and name != GROUP:
            seen[name] = None
        if len(seen) > 1:
            return Fault(found.place, f"{file} holds records of several data access groups, such as {listed(list(seen), 'and')}",
                         "another site's patients would come into yours",
                         f"name those that are your site's: groups: [{next(iter(seen))}]")  # fmt: skip
    return None


class _Whole(NamedTuple):
    """What holds for the whole file."""

    missing: Mapping[str, Absence]
    dates: str
    decimal: str
    forms: Forms
    faults: list[Fault]


def _patient(fields: Fields, is_needed: bool) -> str:
    node = fields.need("patient", "every record is somebody's") if is_needed else fields.get("patient")
    if node is None:
        return ""
    entry = Fields(node, fields.faults, "'patient'")
    _refuse_guess(entry, "the column of the patient")
    column = entry.need_text("column", "the pseudonym stands in one")
    entry.close()
    return column


def _refuse_guess(entry: Fields, what: str) -> None:
    if entry.text("guessed") not in ("", "no"):
        entry.fault(entry.place, f"{what} is a guess", "nobody has confirmed it",
                    "look at it, correct it if need be, and take 'guessed: yes' out")  # fmt: skip


def _part(node: Node, whole: _Whole) -> Part | None:
    fields = Fields(node, whole.faults, "a part of 'records'")
    kind = fields.need_text("kind", "it says what a row makes")
    allowed = [each for each in whole.forms.of if each not in NOT_BROUGHT]
    if kind not in allowed:
        if kind:
            fields.fault(fields.named["kind"].place, f"{kind!r} is no kind of record that can be brought in",
                         "a row must become something", nearest(kind, allowed, f"use one of {listed(allowed)}"))  # fmt: skip
        return None
    name = fields.text("part", kind)
    _refuse_guess(fields, f"the part {name!r}")
    fixed, columns, scale = _items(fields, kind, whole)
    part = Part(name, kind, _rows(fields), fields.texts("key"), fields.text("id"), _parent(fields, kind), columns, fixed,
                scale, node.place)  # fmt: skip
    fields.close()
    return part


def _rows(fields: Fields) -> dict[str, tuple[str, ...]]:
    found = {}
    for column, node in fields.group("rows").items():
        nodes = node.value if isinstance(node.value, tuple) else (node,)
        found[column] = tuple(fields.as_text(each, column) for each in nodes)
    return found


def _parent(fields: Fields, kind: str) -> Parent | None:
    node = fields.get("parent")
    if node is None:
        return None
    if isinstance(node.value, str):
        word = fields.choice("parent", _BY_WORD, f"it says which {KINDS[kind].of} the record hangs on")
        return Parent(word)
    entry = Fields(node, fields.faults, "'parent'")
    row, key, of, own = entry.text("row"), entry.texts("key"), entry.text("of", KINDS[kind].of), entry.text("id")
    entry.close()
    if sum(map(bool, (row, key, own))) != 1:
        entry.fault(node.place, "'parent' needs exactly one of 'row', 'key' and 'id'", "a record hangs on one other",
                    f"write {listed(_BY_WORD)}, or one of {{row: PART}}, {{key: [COLUMN]}} and {{id: COLUMN}}")  # fmt: skip
    return Parent(BY_ROW, row) if row else Parent(BY_KEY, of, key) if key else Parent(BY_ID, of, (own,))


def _items(fields: Fields, kind: str, whole: _Whole) -> tuple[dict[str, Value], dict[str, Column], str]:
    nodes = fields.group("items")
    named = nodes.get("instrument")
    scale = _constant(named) if kind == "response" and named is not None else ""
    fixed: dict[str, Value] = {}
    columns: dict[str, Column] = {}
    for name, node in nodes.items():
        item = whole.forms.item(kind, name, scale)
        if kind == "patient" and name == "pseudonym":
            fields.fault(node.place, "'pseudonym' is mapped among the items", "a patient's pseudonym is what 'patient' names, alone",
                         "take it out, and name its column above: patient: {column: COLUMN}")  # fmt: skip
        elif item is None:
            known = [*whole.forms.of[kind].items, *(f"{ITEMS}{each}" for each in _items_of(scale, whole.forms))]
            fields.fault(node.place, f"the form of {KINDS[kind].plural} has no item {name!r}",
                         "what stands there would be lost in silence", nearest(name, known, "take it out"))  # fmt: skip
        elif isinstance(node.value, dict) and "is" in node.value:
            fixed |= _fixed(item, name, node, whole)
        else:
            columns[name] = read_column(item, node, whole.missing, whole.dates, whole.faults)
    return fixed, columns, scale


def _items_of(scale: str, forms: Forms) -> Iterable[str]:
    return forms.scales[scale].items if scale in forms.scales else ()


def _constant(node: Node) -> str:
    said = node.value.get("is") if isinstance(node.value, dict) else None
    return said.value.strip() if said is not None and isinstance(said.value, str) else ""


def _fixed(item: Item, name: str, node: Node, whole: _Whole) -> dict[str, Value]:
    """Read what is the same in every row: as a cell would be read."""
    entry = Fields(node, whole.faults, f"the mapping of {item.name!r}")
    text = entry.text("is")
    entry.close()
    column = Column(item, "is", {}, {}, whole.missing, "", False, "", whole.dates, node.place)
    try:
        value = reader_of(column, whole.decimal, frozenset())(text)
    except Unreadable as unreadable:
        entry.fault(node.place, unreadable.what, unreadable.why, unreadable.fix)
        return {}
    return {} if value is None else {name: value}


def _refuse_parents(found: ImportMap, forms: Forms, faults: list[Fault]) -> None:
    """Refuse parts of one name, and records of which nobody could say what they hang on."""
    seen: dict[str, Part] = {}
    for part in found.parts:
        if part.name in seen:
            faults.append(Fault(part.place, f"two parts are named {part.name!r}", "their records could not be told apart",
                                "give one of them another name: part: NAME"))  # fmt: skip
        fault = _parent_fault(part, seen, forms)
        if fault is not None:
            faults.append(fault)
        seen.setdefault(part.name, part)


def _one(words: str) -> str:
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def _parent_fault(part: Part, before: Mapping[str, Part], forms: Forms) -> Fault | None:
    above, parent = KINDS[part.kind].of, part.parent
    words = _one(KINDS[part.kind].words)
    if above in ("", "patient"):
        return None if parent is None else Fault(
            part.place, f"{words} hangs on {'the patient' if above else 'none'}, and 'parent' says otherwise",
            "a record hangs on what its kind says", "take 'parent' out")  # fmt: skip
    if parent is None:
        return Fault(part.place, f"nothing says which {above} {words} hangs on", f"{words} hangs on one",
                     f"add a line 'parent: {ONLY}', or another that fits")  # fmt: skip
    if (
        part.scale
        and part.scale in forms.scales
        and not forms.scales[part.scale].is_per_leg
        and "side" in {*part.columns, *part.fixed}
    ):
        return Fault(part.place, f"the {forms.scales[part.scale].title} is not of one leg", "its answers would mean the same of either",
                     "take 'side' out of its items")  # fmt: skip
    if part.scale and part.scale not in forms.scales:
        return no_scale(part.scale, part.place, forms.scales)
    if parent.how == BY_ROW and (parent.part not in before or before[parent.part].kind != above):
        rows = [each.name for each in before.values() if each.kind == above]
        return Fault(part.place, f"no part {parent.part!r} before this one makes a record of kind {above!r}",
                     f"{words} hangs on one", nearest(parent.part, rows, f"add a part of kind {above!r} before it"))  # fmt: skip
    dated = all("date" in forms.of[kind].items for kind in (part.kind, above))
    if parent.how in (SAME_DATE, LATEST) and not dated:
        return Fault(part.place, f"{words} and the {KINDS[above].words} it hangs on do not both have a date",
                     "by dates it cannot be found", f"write 'parent: {ONLY}', or another that fits")  # fmt: skip
    return None


def refuse_map(found: ImportMap, file: str, header: Iterable[str]) -> None:
    """Refuse a mapping that does not fit the columns of a file, or that would read an identity."""
    names, faults = list(header), []
    for column in sorted(found.used):
        if column not in names:
            faults.append(Fault(found.place, f"{file} has no column {column!r}", "the mapping names it",
                                nearest(column, names, "name one that is there, or take it out")))  # fmt: skip
    for part in found.parts:
        for name, each in part.columns.items():
            for column in each.columns:
                if what := identity.named(column):
                    faults.append(Fault(each.place, f"the column {column!r} of {name!r} holds {what}",
                                        "a record never carries an identity",
                                        "take it out of 'items'; if it is none, rename the column"))  # fmt: skip
                if column in found.left_out:
                    faults.append(Fault(found.place, f"the column {column!r} is both used and left out",
                                        "it can only be one of the two", "take it out of one place"))  # fmt: skip
    what = identity.named(found.patient)
    if what and "number of a" not in what:
        faults.append(Fault(found.place, f"the column of the patient, {found.patient!r}, holds {what}",
                            "a patient stands in the registry under a pseudonym alone",
                            "name the column of a pseudonym; names belong in the site's own link"))  # fmt: skip
    if faults:
        raise Refused(faults)


def left_out(found: ImportMap, header: Iterable[str]) -> dict[str, str]:
    """Say of every column that is not read why not."""
    return {name: found.left_out.get(name) or identity.named(name) or "no item is mapped to it"
            for name in header if name not in found.used}  # fmt: skip
