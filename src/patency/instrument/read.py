"""From instrument files to Instruments, or every Fault in them at once.

In: YAML files, the sources they may cite, and the vocabulary of patients that an answer may be a finding of. Out:
each Instrument, whose items and scores are a vocabulary of their own. Items are read first and their conditions
after them, so that a condition that hangs on a later item is told from one that is mistyped.

An instrument without a source, or without a worked response, is refused: what nobody tried cannot be trusted.

Not here: how answers, scores, checks and examples are read (read_choices.py, read_scores.py, read_examples.py), whether the
examples score so (check.py).
"""

from collections.abc import Mapping, Sequence

from patency.case import Absence
from patency.document import Fields, Node, readable
from patency.fault import Fault, Faults, Place, Refused, listed, nearest
from patency.instrument.asked import hung_on
from patency.instrument.conditions import Order, read_condition
from patency.instrument.model import Choice, Instrument, Item, ItemKind
from patency.instrument.parse_formula import NAMES
from patency.instrument.read_choices import read_choices, read_collapsed
from patency.instrument.read_examples import read_checks, read_examples
from patency.instrument.read_scores import Reading, check_feed, read_scores
from patency.language.define import refuse_reserved
from patency.language.tokens import RESERVED
from patency.source import Source, read_citations, read_cited, read_remarks
from patency.vocabulary import Concept, Kind, Vocabulary, read_range, read_unit, read_units, refuse_odd_name

MOST_ITEMS = 500  # the longest questionnaire here has some twenty
KINDS = {
    ItemKind.YES_NO: Kind.YES_NO,
    ItemKind.SINGLE: Kind.CHOICE,
    ItemKind.ORDERED: Kind.ORDERED,
    ItemKind.MULTIPLE: Kind.SET,
    ItemKind.NUMBER: Kind.NUMBER,
    ItemKind.DATE: Kind.DATE,
}
REASONS = (Absence.DECLINED, Absence.NOT_KNOWN, Absence.NOT_APPLICABLE)  # what is not asked is left out


def read_instruments(
    files: Mapping[str, bytes],
    sources: Mapping[str, Source],
    vocabulary: Vocabulary,
    directory: str = "",
    known: Mapping[str, Instrument] = {},
) -> dict[str, Instrument]:
    """Read instrument files, and return them beside those known already; refuse them with every Fault found.

    Files of a site's own `directory` are shown by their whole names, and their instruments are labelled local.
    """
    faults: list[Fault] = Faults()
    found = dict(known)
    for name, content in files.items():
        node = readable(content, f"{directory}/{name}" if directory else name, faults)
        if node is None:
            continue
        instrument = read_instrument(node, content, sources, vocabulary, faults, " (local)" if directory else "")
        if instrument.id in found:
            what = f"the instrument {instrument.id!r} is given twice (first at {found[instrument.id].place})"
            faults.append(Fault(node.place, what, "one name must mean one instrument", "rename one of them"))
        found.setdefault(instrument.id, instrument)
    if faults:
        raise Refused(faults)
    return found


def read_instrument(
    node: Node,
    content: bytes,
    sources: Mapping[str, Source],
    vocabulary: Vocabulary,
    faults: list[Fault],
    label: str = "",
) -> Instrument:
    """Read one instrument from its document; what is wrong with it is added to the faults, and then it is not to be used."""
    fields = Fields(node, faults, "the instrument")
    name = fields.need_text("instrument", "a response names it")
    if name:
        refuse_odd_name(name, fields.named["instrument"].place, faults, "files and commands name it so")
    citations = read_cited(fields, dict(sources), (), "asked or scored")
    reading = Reading(dict(sources), vocabulary, faults, citations)
    _read_items(fields, reading)
    read_scores(fields, reading)
    concepts = {item.name: item.concept for item in reading.items.values() if item.concept is not None}
    instrument = Instrument(
        id=name,
        title=f"{fields.need_text('title', 'a page names it')}{label}",
        version=fields.need_text("version", "a total means little without the version it was scored by"),
        about=fields.text("about"),
        unit=fields.need_text("unit", "a reader must see what one response is about, such as one leg"),
        rater=fields.text("rater"),
        licence=fields.need_text("licence", "a reader must see what may be done with it"),
        items=reading.items,
        scores=reading.scores,
        checks=read_checks(fields, reading),
        vocabulary=Vocabulary(concepts | {score.name: score.concept for score in reading.scores.values()}),
        examples=read_examples(fields, reading),
        citations=citations,
        notes=read_remarks(fields, "notes", reading.sources, citations, "a note"),
        content_hash=hash_of(content),
        place=node.place,
        is_per_leg="per" in fields.named and fields.choice("per", ["leg"], "a response may say which leg") == "leg",
    )
    fields.close()
    return instrument


def hash_of(content: bytes) -> str:
    """Return the hash by which the file of an instrument is known."""
    import hashlib

    return hashlib.sha256(content).hexdigest()


def _read_items(fields: Fields, reading: Reading) -> None:
    shared = fields.group("answers")
    group = fields.group("items")
    fields.need("items", "an instrument asks something")
    if "items" in fields.named and not group:
        fields.fault(
            fields.named["items"].place, "the instrument asks nothing", "there is nothing to answer", "add items"
        )
    if len(group) > MOST_ITEMS:
        fields.fault(
            fields.named["items"].place,
            f"the instrument asks {len(group):,} things",
            f"up to {MOST_ITEMS} are read",
            "split it",
        )
        group = {}
    for name, node in group.items():
        reading.items[name] = _read_item(name, node, shared, reading)
    _refuse_unused(shared, group, reading)
    order = Order({name: item.concept for name, item in reading.items.items()}, {})
    for name, item in list(reading.items.items()):
        if item.when_written:
            place = _place_of(group[name], "when")
            term = read_condition(item.when_written, place, order, name, reading.faults)
            if term is not None:
                reading.items[name] = item._replace(when=term, hangs_on=tuple(hung_on(term, reading.items)))


def _place_of(node: Node, name: str) -> Place:
    return node.value[name].place if isinstance(node.value, dict) and name in node.value else node.place


def _refuse_unused(shared: Mapping[str, Node], group: Mapping[str, Node], reading: Reading) -> None:
    used = {
        node.value["answers"].value
        for node in group.values()
        if isinstance(node.value, dict) and "answers" in node.value and isinstance(node.value["answers"].value, str)
    }
    for name, node in shared.items():
        if name not in used:
            reading.faults.append(
                Fault(
                    node.place,
                    f"no item uses the answers {name!r}",
                    "a list that is not used may be a slip",
                    "name it under an item, or remove it",
                )
            )


def _read_item(name: str, node: Node, shared: Mapping[str, Node], reading: Reading) -> Item:
    faults = reading.faults
    fields = Fields(node, faults, f"the item {name!r}")
    kind = ItemKind(
        fields.choice("type", [kind.value for kind in ItemKind], "an answer is checked against the item's type")
    )
    _refuse_name(name, kind, node, faults)
    asks = fields.need_text("asks", "somebody has to be asked")
    choices = read_choices(fields, kind, shared)
    citations = read_citations(fields, reading.sources) or reading.citations
    item = Item(
        name=name,
        kind=kind,
        asks=asks,
        help=fields.text("help"),
        section=fields.text("section"),
        choices=choices,
        collapsed=read_collapsed(fields, choices),
        absences=_read_absences(fields),
        when=None,
        when_written=fields.text("when"),
        concept=_concept(name, kind, fields, choices, len(reading.items)),
        feeds=fields.text("feeds"),
        citations=citations,
        place=node.place,
        is_required=fields.choice("required", ("yes", "no"), "it is asked of everybody, or not", "no") == "yes",
    )
    if item.concept is not None:
        refuse_reserved(item.concept, faults)
    check_feed(fields, item.concept, reading)
    fields.close()
    return item


def _refuse_name(name: str, kind: ItemKind, node: Node, faults: list[Fault]) -> None:
    refuse_odd_name(name, node.place, faults)
    if name in NAMES or (kind is ItemKind.TEXT and name in RESERVED):
        faults.append(
            Fault(
                node.place,
                f"{name!r} cannot name an item",
                "it means something else in a formula or a condition",
                "rename it",
            )
        )


def _concept(name: str, kind: ItemKind, fields: Fields, choices: Mapping[str, Choice], order: int) -> Concept | None:
    """Make of an item what the language knows of it; of free text it knows nothing."""
    words = fields.text("words") or fields.text("asks").rstrip("?")
    says = fields.texts("says")
    if "says" in fields.named and (len(says) != 2 or kind is not ItemKind.YES_NO):
        fields.fault(
            fields.named["says"].place,
            f"{fields.what} has no use for such 'says'",
            "a yes/no item is said by a clause and its denial, others by 'words'",
            "write says: [there is an ulcer, there is no ulcer], or leave it out",
        )
    if kind is ItemKind.TEXT:
        return None
    known = KINDS[kind]
    is_told = len(says) == 2
    is_set = kind is ItemKind.MULTIPLE
    lowest, highest = read_range(fields, known)
    return Concept(
        name=name,
        kind=known,
        asks=fields.text("asks"),
        words=f"{words} includes" if is_set else words,
        says=says[0] if is_told else f"{words} includes" if is_set else f"“{words}” is yes",
        denies=says[1] if is_told else f"{words} does not include" if is_set else f"“{words}” is no",
        help=fields.text("help"),
        citations=(),
        values={} if kind is ItemKind.YES_NO else {each.name: each.words for each in choices.values()},
        unit=read_unit(fields, known),
        units=read_units(fields, known),
        lowest=lowest,
        highest=highest,
        cost="history",
        codes=(),
        order=order,
        place=fields.place,
    )


def _read_absences(fields: Fields) -> tuple[Absence, ...]:
    if fields.get("absences") is None:
        return REASONS
    words = [reason.value for reason in REASONS]
    given: Sequence[str] = fields.texts("absences")
    for each in given:
        if each not in words:
            fields.fault(
                fields.named["absences"].place,
                f"{each!r} is no reason for giving no answer",
                f"the reasons are {listed(words, 'and')}",
                nearest(each, words, "use those"),
            )
    return tuple(reason for reason in REASONS if reason.value in given)
