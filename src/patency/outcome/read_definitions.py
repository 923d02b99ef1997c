"""From the files of content/outcomes to Definitions, or every Fault in them at once.

In: YAML files and the sources they may cite. Out: each definition by its name. A definition without a citation is refused,
and so is one whose rule has a field that its kind does not have, or lacks one that it needs.

Not here: whether a cut has the table or scale that a definition names; that is said where it is applied.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from patency.bounds import given_twice
from patency.document import Fields, Node, read_bytes, readable
from patency.fault import Fault, Faults, Place, Refused, nearest
from patency.guideline.files import CONTENT, folder_files
from patency.instrument.read import hash_of
from patency.outcome.definition import (
    Closed,
    Definition,
    Happened,
    Level,
    Measured,
    OnScale,
    Open,
    Origin,
    Patency,
    Recorded,
    Rule,
    Succeeded,
    Unit,
    Window,
)
from patency.source import Source, read_cited
from patency.vocabulary import DAYS, refuse_odd_name

OUTCOMES = "outcomes"
RULES = ("patency", "open", "scale", "event", "record", "success", "number")
_AMONG = {"everybody": "", "adults": "adult", "children": "child"}
_LENGTH = re.compile(r"(-?\d{1,4}) (day|week|month|year)s?")
_NUMBER = re.compile(r"-?\d{1,6}(\.\d{1,3})?")


def read_definitions(sources: Mapping[str, Source]) -> dict[str, Definition]:
    """Read the outcome definitions of Patency's own content, or refuse them with every Fault found."""
    return definitions_of(folder_files(CONTENT, OUTCOMES), sources)


def definitions_of(files: Mapping[str, bytes], sources: Mapping[str, Source]) -> dict[str, Definition]:
    """Read files of outcome definitions, or refuse them with every Fault found."""
    faults: list[Fault] = Faults()
    found: dict[str, Definition] = {}
    for name, content in files.items():
        node = readable(content, name, faults)
        if node is None:
            continue
        fields = Fields(node, faults, "the file of outcomes")
        family = fields.need_text("family", "definitions of one family can be swapped for each other")
        fields.text("about")
        fields.need("definitions", "a file of outcomes has some")
        for each, said in fields.group("definitions").items():
            if each in found:
                faults.append(given_twice(said.place, each))
            found[each] = _Reader(each, family, said, dict(sources), faults).definition(hash_of(content))
        fields.close()
    if faults:
        raise Refused(faults)
    return found


def definition_named(name: str, sources: Mapping[str, Source]) -> Definition:
    """Return a definition by its name, or those of a site's own file where the name ends in .yaml and it holds one."""
    known = read_definitions(sources)
    if name.endswith((".yaml", ".yml")):
        known = definitions_of({name: read_bytes(Path(name))}, sources)
        name = next(iter(known)) if len(known) == 1 else name
    if name not in known:
        raise Refused([Fault(Place("outcome"), f"there is no outcome {name!r}", "each figure stands on one definition",
                             nearest(name, known, "`patency outcome list` names them"))])  # fmt: skip
    return known[name]


class _Reader:
    """Reads one definition and notes every Fault on the way."""

    def __init__(self, name: str, family: str, node: Node, sources: dict[str, Source], faults: list[Fault]) -> None:
        self.name, self.family, self.faults, self.sources = name, family, faults, sources
        self.fields = Fields(node, faults, f"the outcome {name!r}")
        refuse_odd_name(name, node.place, faults, "a figure is named by it")

    def definition(self, content_hash: str) -> Definition:
        fields = self.fields
        made = Definition(
            name=self.name,
            family=self.family,
            title=fields.need_text("title", "it stands over the figure"),
            says=fields.need_text("says", "it stands under the figure"),
            rule=self._rule(),
            unit=Unit(fields.choice("unit", [unit.value for unit in Unit], "a share is of some unit")),
            origin=Origin(fields.choice("from", [origin.value for origin in Origin], "time runs from one day")),
            among=_AMONG[
                fields.choice("among", _AMONG, "a scale or a rule may be of adults, or of children", "everybody")
            ],
            competing=fields.choice("competing", ("death", "none"), "who dies cannot have the event", "none")
            == "death",
            citations=read_cited(fields, self.sources, ()),
            content_hash=content_hash,
            place=fields.place,
        )
        if made.competing and made.is_seen_at_visits:
            fields.fault(fields.place, f"{fields.what} is a patency with which death competes",
                         "a patency is Kaplan and Meier's curve, as venous stent trials report it, which a death ends and does not lower",
                         "leave 'competing' out")  # fmt: skip
        fields.close()
        return made

    def _rule(self) -> Rule:
        named = [name for name in RULES if name in self.fields.named]
        if len(named) != 1 and self.fields.is_readable:
            what = "has no rule" if not named else f"has {len(named)} rules: {', '.join(named)}"
            self.fields.fault(self.fields.place, f"{self.fields.what} {what}", "it is one thing that is counted",
                              f"give it one of {', '.join(RULES)}")  # fmt: skip
        name = named[0] if named else "success"
        self.fields.known.update(named)
        node = self.fields.named.get(name) or Node(self.fields.place, {"field": Node(self.fields.place, "none")})
        inner = Fields(node, self.faults, f"the rule of {self.name!r}")
        read: Mapping[str, Callable[[Fields], Rule]] = {
            "patency": self._patency, "open": self._open, "scale": self._scale, "event": self._event,
            "record": self._record, "success": self._success, "number": self._number,
        }  # fmt: skip
        rule = read[name](inner)
        inner.close()
        return rule

    def _patency(self, fields: Fields) -> Patency:
        level = fields.choice(
            "level", [level.value for level in Level], "primary counts every further procedure as a loss"
        )
        narrower = self._bound(fields, "narrower_than") if "narrower_than" in fields.named else None
        only = fields.choice("only", ("involved", "stented"), "which veins count", "involved")
        return Patency(Level(level), self._closed(fields), narrower, self._veins(fields), only == "stented")

    def _open(self, fields: Fields) -> Open:
        return Open(self._closed(fields), self._veins(fields), self._window(fields), self._length(fields, "nearest"))

    def _scale(self, fields: Fields) -> OnScale:
        least = self._bound(fields, "least") if "least" in fields.named else None
        score, values = "total", fields.texts("is")
        if least is None:
            score = fields.need_text("score", "a scale has several")
            fields.need("is", "it has one of some values")
        return OnScale(
            instrument=fields.need_text("scale", "instruments are never mixed in one rate"),
            score=score,
            values=values,
            least=least,
            window=self._window(fields),
            nearest=self._length(fields, "nearest") if "nearest" in fields.named else None,
            apart=self._length(fields, "twice_apart") if "twice_apart" in fields.named else 0,
            alone=fields.text("or_once"),
        )

    def _event(self, fields: Fields) -> Happened:
        where = {name: self._answers(node, name) for name, node in fields.group("where").items()}
        fields.need("where", "an event is of one kind")
        within = self._length(fields, "within") if "within" in fields.named else None
        is_ever = fields.choice("ever", ("yes", "no"), "it is asked whether, or when", "no") == "yes"
        return Happened(fields.text("in", "event"), where, within, is_ever)

    def _record(self, fields: Fields) -> Recorded:
        table, field = (
            fields.need_text("in", "of what it is a record"),
            fields.need_text("field", "what is asked of it"),
        )
        fields.need("is", "it has one of some answers")
        return Recorded(table, field, fields.texts("is"))

    def _success(self, fields: Fields) -> Succeeded:
        least = self._bound(fields, "least") if "least" in fields.named else None
        most = self._bound(fields, "most") if "most" in fields.named else None
        return Succeeded(fields.need_text("field", "what is asked of the procedure"), least, most)

    def _number(self, fields: Fields) -> Measured:
        if "field" in fields.named:
            return Measured(fields.text("field"), "", Window(0, 0), 0, is_change=False)
        is_change = fields.choice("change", ("yes", "no"), "it is a change, or a number", "no") == "yes"
        scale = fields.need_text("scale", "a number is a field of a procedure, or the total of a scale")
        return Measured("", scale, self._window(fields), self._length(fields, "nearest"), is_change)

    def _closed(self, fields: Fields) -> Closed:
        return Closed(
            fields.choice("closed_by", [closed.value for closed in Closed], "a scan shows a vein closed by some rule")
        )

    def _veins(self, fields: Fields) -> tuple[str, ...]:
        fields.need("veins", "a patency is of some veins")
        return fields.texts("veins")

    def _answers(self, node: Node, name: str) -> tuple[str, ...]:
        if isinstance(node.value, tuple):
            return tuple(self.fields.as_text(each, name) for each in node.value)
        return (self.fields.as_text(node, name),)

    def _window(self, fields: Fields) -> Window:
        window = Window(self._length(fields, "after"), self._length(fields, "until"))
        if window.first > window.last:
            fields.fault(fields.place, f"{fields.what} ends before it begins", "no visit could ever count",
                         "let 'after' be earlier than 'until'")  # fmt: skip
        return window

    def _length(self, fields: Fields, name: str) -> int:
        """Return a length of time in whole days; a month is a twelfth of 365.25 days."""
        text = fields.need_text(name, "visits count within some time")
        if found := _LENGTH.fullmatch(text):
            return round(int(found[1]) * DAYS[found[2]])
        if text:
            fields.fault(fields.named[name].place, f"{text!r} is no length of time", "days are counted from the origin",
                         "write a whole number of days, weeks, months or years, such as 6 months")  # fmt: skip
        return 0

    def _bound(self, fields: Fields, name: str) -> float:
        text = fields.text(name).removesuffix("%").strip()
        if _NUMBER.fullmatch(text):
            return float(text)
        fields.fault(fields.named[name].place, f"{text!r} is no number", "something is compared with it",
                     "write a number, such as 50")  # fmt: skip
        return 0.0
