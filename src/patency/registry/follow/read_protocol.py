"""From files of protocols to Protocols, or every Fault in them at once.

In: YAML files, the sources they may cite, and the forms whose kinds, fields and answers they name. A protocol without
a source is refused, and so are windows of two visits that overlap, unless the later says that it may: one visit would
count as either. A site may bring a file of its own.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import combinations
from pathlib import Path

from patency.bounds import given_twice
from patency.document import Fields, Node, read_bytes, readable
from patency.fault import Fault, Faults, Place, Refused, listed, nearest
from patency.guideline.files import CONTENT, folder_files
from patency.instrument.read import hash_of
from patency.registry.follow.protocol import ENDS, STARTS, UNITS, Length, Planned, Protocol, Target, Wanted
from patency.registry.forms import Forms
from patency.registry.kinds import KINDS, lineage
from patency.source import Source, read_cited
from patency.vocabulary import refuse_odd_name

PROTOCOLS = "registry/protocols"
_PINNED = "#sha256="  # stands between a file and its hash in what a registry keeps
MINIMAL = "minimal"  # the protocol of a registry that names none
OF = ("episodes", "visits made", "visits expected")
_LENGTH = re.compile(r"(\d{1,4}) (day|week|month|year)s?")
_LEAP_CYCLE = [date(2023, 1, 1) + timedelta(days=days) for days in range(1461)]


def read_protocols(sources: Mapping[str, Source], forms: Forms, directory: Path = CONTENT) -> dict[str, Protocol]:
    """Read the protocols of a content directory, or refuse them with every Fault found."""
    faults: list[Fault] = Faults()
    found: dict[str, Protocol] = {}
    for name, content in folder_files(directory, PROTOCOLS).items():
        protocol = _read_file(content, name, sources, forms, faults)
        if protocol is not None and protocol.name in found:
            faults.append(given_twice(protocol.place, protocol.name))
        elif protocol is not None:
            found[protocol.name] = protocol
    if faults:
        raise Refused(faults)
    return found


def read_protocol(content: bytes, name: str, sources: Mapping[str, Source], forms: Forms) -> Protocol:
    """Read one protocol, or refuse it with every Fault found."""
    faults: list[Fault] = Faults()
    protocol = _read_file(content, name, sources, forms, faults)
    if faults:
        raise Refused(faults)
    assert protocol is not None, "what was not read has its Faults"
    return protocol


def protocol_named(name: str, sources: Mapping[str, Source], forms: Forms) -> Protocol:
    """Return a protocol by its name, or from a site's own file where the name ends in .yaml; refuse one that is not as it was pinned."""
    name, _, pin = name.partition(_PINNED)
    name = name or MINIMAL
    if _is_file(name):
        content = read_bytes(Path(name))
        if pin and hash_of(content) != pin:
            raise Refused([_changed_since(name, pin, hash_of(content))])
        return read_protocol(content, name, sources, forms)
    known = read_protocols(sources, forms)
    if name not in known:
        raise Refused([Fault(Place("protocol"), f"there is no protocol {name!r}", "a protocol says which visits are planned",
                             nearest(name, known, f"use one of {', '.join(known)}, or name a file of your own"))])  # fmt: skip
    return known[name]


def lasting_name(name: str, protocol: Protocol) -> str:
    """Return the name by which a registry keeps a protocol: of a file its whole path, for it is named from anywhere, and its hash.

    One of Patency's own is as the version of Patency is, and a cut names its hash.
    """
    return f"{Path(name).resolve()}{_PINNED}{protocol.content_hash}" if _is_file(name) else name


def told_of(name: str, sources: Mapping[str, Source], forms: Forms) -> dict[str, str]:
    """Return what a cut says of the protocol that a registry keeps: its name, of a file without its folders, and its hash.

    A file is not read, for it need not be where the cut is made: its hash is the one it was pinned by.
    """
    name, _, pin = name.partition(_PINNED)
    if _is_file(name):
        return {"name": Path(name).name, "hash": pin or "not kept: set before files were pinned by their hash"}
    protocol = read_protocols(sources, forms).get(name or MINIMAL)
    if protocol is None:
        return {"name": name, "hash": "not known to this version of Patency"}
    return {"name": protocol.name, "version": protocol.version, "hash": protocol.content_hash}


def said_of(name: str) -> str:
    """Return how a person reads the name that a registry keeps: of a file its path, and the beginning of its hash."""
    name, _, pin = (name or MINIMAL).partition(_PINNED)
    return f"{name} (SHA-256 {pin[:12]})" if pin else name


def _changed_since(name: str, pin: str, content_hash: str) -> Fault:
    said = f"its SHA-256 was {pin[:12]}, and is {content_hash[:12]}"
    return Fault(Place(name), f"it was changed since the registry was set to follow it: {said}",
                 "what is due, missed and complete would be told by another plan, and no line of the trail would say so",
                 "put it back as it was; or, where the change is agreed, `patency registry protocol set DIR FILE --reason WHY`; "
                 "or name it by --protocol, to look by it this once")  # fmt: skip


def _is_file(name: str) -> bool:
    return name.endswith((".yaml", ".yml"))


def _read_file(
    content: bytes, name: str, sources: Mapping[str, Source], forms: Forms, faults: list[Fault]
) -> Protocol | None:
    node = readable(content, name, faults)
    return _Reader(node, sources, forms, faults).protocol(hash_of(content)) if node else None


class _Reader:
    """Reads one protocol and notes every Fault on the way."""

    def __init__(self, node: Node, sources: Mapping[str, Source], forms: Forms, faults: list[Fault]) -> None:
        self.fields = Fields(node, faults, "the protocol")
        self.sources, self.forms, self.faults = dict(sources), forms, faults

    def protocol(self, content_hash: str) -> Protocol:
        fields = self.fields
        name = fields.need_text("protocol", "a registry names its protocol")
        if name:
            refuse_odd_name(name, fields.named["protocol"].place, self.faults, "commands name it so")
        citations = read_cited(fields, self.sources, (), "planned")
        expected = {each.name: each for each in self._expected()}
        visits = tuple(
            visit for each, node in fields.group("visits").items() for visit in self._visits(each, node, expected)
        )
        fields.need("visits", "a protocol plans visits")
        made = Protocol(
            name=name,
            title=fields.need_text("title", "a list of what is due names it"),
            version=fields.need_text("version", "what was due under one version may not be under another"),
            about=fields.text("about"),
            starts=fields.choice("starts", STARTS, "time runs from one day"),
            ends=self._ends(),
            overdue=self._number(fields, "overdue", 3650),
            expected=expected,
            visits=self._in_order(visits),
            targets=tuple(self._target(each, node, visits) for each, node in fields.group("targets").items()),
            citations=citations,
            content_hash=content_hash,
            place=fields.place,
        )
        fields.close()
        return made

    def _ends(self) -> tuple[str, ...]:
        ends = self.fields.texts("ends")
        self.fields.need("ends", "after a death nothing more is due")
        for each in ends:
            self._known(each, ENDS, self.fields.named["ends"].place, "what ends a follow-up")
        return ends

    def _expected(self) -> Iterator[Wanted]:
        for name, node in self.fields.group("expected").items():
            fields = Fields(node, self.faults, f"what is expected, {name!r},")
            refuse_odd_name(name, node.place, self.faults, "visits name it so")
            yield self._wanted(name, fields)
            fields.close()

    def _wanted(self, name: str, fields: Fields) -> Wanted:
        words = fields.need_text("words", "a list of what is missing names it")
        kind, names = fields.need_text("kind", "a record of one kind is wanted"), fields.texts("fields")
        fields.need("fields", "a record is complete when certain fields have a value")
        any_of = fields.texts("any_of")
        if kind and self._known(kind, KINDS, fields.named["kind"].place, "a kind of record") and kind in self.forms.of:
            items = self.forms.of[kind].items
            for each in names:
                self._known(each, items, fields.named["fields"].place, f"a field of {KINDS[kind].plural}")
            answers = self._answers(kind, names)
            for each in any_of if answers else ():
                self._known(each, answers, fields.named["any_of"].place, f"an answer to {names[0]!r}")
        return Wanted(name, words, kind, names, frozenset(any_of))

    def _answers(self, kind: str, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return the answers that the first field takes; of a scale's name, the scales."""
        if (kind, names[:1]) == ("response", ("instrument",)):
            return tuple(self.forms.scales)
        item = self.forms.of[kind].items.get(names[0]) if names else None
        return tuple(item.choices) if item else ()

    def _known(self, name: str, names: "Mapping[str, object] | tuple[str, ...]", place: Place, what: str) -> bool:
        if name in names:
            return True
        self.faults.append(Fault(place, f"{name!r} is not {what}", "nothing could ever be found under it",
                                 nearest(name, names, f"use one of {', '.join(names) or 'none: there is none'}")))  # fmt: skip
        return False

    def _visits(self, name: str, node: Node, expected: Mapping[str, Wanted]) -> Iterator[Planned]:
        fields = Fields(node, self.faults, f"the visit {name!r}")
        at = self._length(fields, "at")
        visit = Planned(
            name=name,
            words=at.words if at else "",
            at=at or Length(0, "day"),
            before=self._number(fields, "before", 3650),
            after=self._number(fields, "after", 3650),
            planned=fields.text("planned"),
            expects=fields.texts("expects"),
            only_after=fields.text("only_after"),
            may_overlap=fields.choice("may_overlap", ("yes", "no"), "it may or it may not", "no") == "yes",
            citations=read_cited(fields, self.sources, (), "planned"),
            place=node.place,
        )
        self._refuse_unknown(visit, fields, expected)
        again, until = self._length(fields, "every"), self._length(fields, "until")
        fields.close()
        if not (at and again and until and again.number and again.unit == until.unit == at.unit):
            if again or until:
                fields.fault(fields.place, f"{fields.what} does not say how often it comes again", "each time is a visit of its own",
                             "write 'every' and 'until', both in the unit of 'at', such as 1 year and 10 years")  # fmt: skip
            yield visit
            return
        for number in range(at.number, until.number + 1, again.number):
            later = Length(number, at.unit)
            yield visit._replace(name=f"{name}_{number}", words=later.words, at=later)

    def _refuse_unknown(self, visit: Planned, fields: Fields, expected: Mapping[str, Wanted]) -> None:
        for each in visit.expects:
            self._known(each, expected, fields.named["expects"].place, "among what is expected")
        if visit.only_after and self._known(
            visit.only_after, KINDS, fields.named["only_after"].place, "a kind of record"
        ):
            of_episodes = tuple(kind for kind in KINDS if "episode" in lineage(kind)[1:])
            self._known(
                visit.only_after, of_episodes, fields.named["only_after"].place, "a kind that hangs on an episode"
            )
        if visit.planned and "visit" in self.forms.of:
            answers = self._answers("visit", ("planned",))
            self._known(visit.planned, answers, fields.named["planned"].place, "a name that a visit can give itself")

    def _length(self, fields: Fields, name: str) -> Length | None:
        text = fields.need_text(name, "a visit is planned for some time") if name == "at" else fields.text(name)
        if not text:
            return None
        if found := _LENGTH.fullmatch(text):
            return Length(int(found[1]), found[2])
        fields.fault(fields.named[name].place, f"{text!r} is no length of time", "a visit is planned so long after time begins",
                     f"write a whole number of {listed([f'{unit}s' for unit in UNITS])}, such as 3 months")  # fmt: skip
        return None

    def _number(self, fields: Fields, name: str, most: int) -> int:
        text = fields.need_text(name, "it must be said, be it 0")
        if text.isdecimal() and len(text) <= 4 and int(text) <= most:
            return int(text)
        if text:
            fields.fault(fields.named[name].place, f"{name!r} cannot be {text!r}", f"it is a whole number from 0 to {most}",
                         "write one, without a unit")  # fmt: skip
        return 0

    def _in_order(self, visits: tuple[Planned, ...]) -> tuple[Planned, ...]:
        ordered = tuple(sorted(visits, key=lambda visit: visit.window(_LEAP_CYCLE[0])))
        windows = [[visit.window(day) for day in _LEAP_CYCLE] for visit in ordered]
        for (earlier, before), (visit, after) in combinations(zip(ordered, windows, strict=True), 2):
            is_apart = all(first.closes < second.opens for first, second in zip(before, after, strict=True))
            if not is_apart and not visit.may_overlap:
                self.faults.append(Fault(visit.place, f"the windows of {earlier.name!r} and {visit.name!r} overlap",
                                         "a visit made there would count as either",
                                         "make one of them narrower, or write may_overlap: yes"))  # fmt: skip
        return ordered

    def _target(self, name: str, node: Node, visits: tuple[Planned, ...]) -> Target:
        fields = Fields(node, self.faults, f"the target {name!r}")
        wanted = self._wanted(name, fields)
        at = fields.texts("at")
        for each in at:
            self._known(
                each, {visit.name: visit for visit in visits}, fields.named["at"].place, "a visit of this protocol"
            )
        target = Target(name, wanted, fields.choice("of", OF, "a percentage is of some"), at,
                        self._number(fields, "least", 100), read_cited(fields, self.sources, (), "planned"))  # fmt: skip
        fields.close()
        return target
