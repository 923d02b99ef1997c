"""From instrument files to Instruments, or every Fault in them at once.

In: YAML files, the sources they may cite, and the vocabulary of patients that an answer may be a finding of. Out:
each Instrument, whose items and scores are a vocabulary of their own. Items are read first and their conditions
after them, so that a condition that hangs on a later item is told from one that is mistyped.

An instrument without a source, or without a worked response, is refused: what nobody tried cannot be trusted.

Not here: how scores, checks and examples are read (read_scores.py, read_examples.py), whether the examples score so (check.py).
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from patency.answer import ABSENCES
from patency.case import Absence
from patency.document import Fields, Node, readable
from patency.fault import Fault, Faults, Place, Refused, listed, nearest
from patency.instrument.asked import hung_on
from patency.instrument.conditions import Order, read_condition
from patency.instrument.model import MOST_CHOICES, Choice, Collapsed, Instrument, Item, ItemKind
from patency.instrument.parse_formula import NAMES
from patency.instrument.read_examples import read_checks, read_examples, read_notes
from patency.instrument.read_scores import Reading, check_feed, read_scores
from patency.language.define import refuse_reserved
from patency.language.parse import RESERVED
from patency.source import Source, read_citations
from patency.vocabulary import Concept, Kind, Vocabulary, number_of, read_range, read_unit, read_units, refuse_odd_name

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
    citations = read_citations(fields, dict(sources))
    if not citations and fields.is_readable:
        fields.fault(
            fields.place,
            "the instrument has no citation",
            "nothing is asked or scored without its source and how it was verified",
            "add 'cite:' with source, at and mark",
        )
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
        notes=read_notes(fields, reading),
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
    choices = _read_choices(fields, kind, shared)
    citations = read_citations(fields, reading.sources) or reading.citations
    item = Item(
        name=name,
        kind=kind,
        asks=asks,
        help=fields.text("help"),
        section=fields.text("section"),
        choices=choices,
        collapsed=_read_collapsed(fields, choices),
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


def _read_choices(fields: Fields, kind: ItemKind, shared: Mapping[str, Node]) -> dict[str, Choice]:
    if not kind.is_chosen:
        return {}
    if kind is ItemKind.YES_NO:
        points = fields.group("points")
        worth = {"yes": 1.0, "no": 0.0} | {name: number_of(each, fields.faults) for name, each in points.items()}
        for name, each in points.items():
            if name not in ("yes", "no"):
                fields.fault(
                    each.place,
                    f"{fields.what} has no answer {name!r}",
                    "it is answered yes or no",
                    "write points: {yes: 1, no: 0}",
                )
        return {name: Choice(name, name, worth[name], code) for name, code in (("yes", "1"), ("no", "0"))}
    node = fields.need("answers", "one answer or several must be chosen")
    if node is None:
        return {}
    if isinstance(node.value, str):
        name = node.value.strip()
        if name not in shared:
            fields.fault(
                node.place,
                f"there are no answers {name!r}",
                "an item names its answers, or a list of them under 'answers'",
                nearest(name, shared, "write answers: {mild: mild, severe: severe}"),
            )
            return {}
        return _read_list(shared[name], fields)
    return _read_list(node, fields)


def _read_list(node: Node, fields: Fields) -> dict[str, Choice]:
    listing = Fields(node, fields.faults, f"the answers to {fields.what}")
    choices: dict[str, Choice] = {}
    if len(listing.named) > MOST_CHOICES:
        fields.fault(
            listing.place,
            f"{fields.what} has {len(listing.named):,} answers",
            f"up to {MOST_CHOICES:,} are read",
            "let it be answered in words, or ask in two steps",
        )
        return {}
    for name, each in listing.named.items():
        _refuse_odd_answer(name, each.place, fields.faults)
        if name in ABSENCES:
            fields.fault(
                each.place,
                f"{name!r} cannot be an answer to {fields.what}",
                "it is read as a reason for giving none",
                "rename it, or leave it out",
            )
        choices[name] = _read_choice(name, each, fields)
    if listing.is_readable and len(choices) < 2:
        fields.fault(
            listing.place,
            f"{fields.what} has fewer than two answers",
            "there is nothing to choose",
            "write two or more",
        )
    for what, values in (
        ("words", [each.words for each in choices.values()]),
        ("code", [each.code for each in choices.values()]),
    ):
        doubles = sorted(each for each, times in Counter(values).items() if times > 1)
        if doubles:
            fields.fault(
                listing.place,
                f"two answers to {fields.what} have the {what} {doubles[0]!r}",
                "nobody could tell them apart",
                "change one of them",
            )
    return choices


def _refuse_odd_answer(name: str, place: Place, faults: list[Fault]) -> None:
    if not re.fullmatch("[A-Za-z0-9][A-Za-z0-9_-]*", name):  # as on the ward: IIa, V12, grade 3
        faults.append(
            Fault(
                place,
                f"{name!r} cannot name an answer",
                "conditions mention it by this name",
                "use letters, digits, '_' and '-'",
            )
        )


def _read_choice(name: str, node: Node, fields: Fields) -> Choice:
    if isinstance(node.value, str):
        return Choice(name, node.value.strip() or name, None, name)
    entry = Fields(node, fields.faults, f"the answer {name!r}")
    points = entry.get("points")
    choice = Choice(
        name,
        entry.need_text("words", "a person chooses by them"),
        None if points is None else number_of(points, fields.faults),
        entry.text("code", name),
        entry.get("remainder") is not None
        and entry.choice("remainder", ("yes", "no"), "it is an answer, or what is left") == "yes",
    )
    entry.close()
    return choice


def _read_collapsed(fields: Fields, choices: Mapping[str, Choice]) -> tuple[Collapsed, ...]:
    collapsed = []
    for name, node in fields.group("collapse").items():
        entry = Fields(node, fields.faults, f"the answers counted as one {name!r}")
        refuse_odd_name(name, node.place, fields.faults)
        of = entry.texts("of")
        odd = [each for each in of if each not in choices]
        if odd or len(set(of)) < 2 or name in choices:
            what = (
                f"{name!r} is an answer itself"
                if name in choices
                else f"{odd[0]!r} is no answer to {fields.what}"
                if odd
                else f"{name!r} joins fewer than two answers"
            )
            fields.fault(
                entry.place,
                what,
                "some of an item's answers are counted as one, under a name of their own",
                nearest(odd[0], choices, f"its answers are {listed(list(choices), 'and')}")
                if odd
                else "write of: [one, other]",
            )
        collapsed.append(Collapsed(name, entry.need_text("words", "a table names them so"), of))
        entry.close()
    return tuple(collapsed)


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
