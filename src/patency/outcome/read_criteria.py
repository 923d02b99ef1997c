"""From content/alike to Criteria: by what patients are matched, in which order, and what is shown of them by default.

In: the files of a content directory, the library whose words a condition may use, and the definitions that may be shown.
Out: Criteria, or every Fault in them at once. A criterion is a trait of a cut (traits.py) with its levels, each a condition
on a case; so nothing can be matched on that a cut does not hold, or that only shows later.
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from patency.case import Case
from patency.document import Fields, Node, read_document
from patency.fault import Fault, Faults, Refused, nearest
from patency.guideline.files import CONTENT, folder_files
from patency.guideline.model import Library
from patency.language.evaluate import evaluate
from patency.language.parse import parse
from patency.language.terms import All, Term
from patency.source import Citation, read_cited
from patency.truth import Truth

ALIKE = "alike"
# Traits of a cut that are known at the diagnosis and have few levels: numbers and days could be moved until one person is left.
TRAITS: Mapping[str, tuple[str, ...]] = {
    "population": ("adult", "child"),
    "pregnancy": ("yes", "no"),
    "extent": ("iliocaval", "iliofemoral", "femoropopliteal"),
    "limb_threat": ("yes", "no"),
    "phase": ("acute", "subacute", "chronic"),
    "compression": ("yes", "no"),
    "provoked": ("yes", "no"),
    "recurrent": ("yes", "no"),
}
FIRST = "population"


class Level(NamedTuple):
    """One answer to a criterion: what it is called, and when a case has it.

    `alone` says why whoever has it is compared with such patients alone or with nobody; the others may be widened to all.
    """

    name: str
    words: str
    when: Term
    alone: str = ""


class Untold(NamedTuple):
    """What no cut tells of its patients: who has it is compared with nobody, and why."""

    name: str
    words: str
    when: Term
    why: str


class Matched(NamedTuple):
    """A trait by which patients are matched, and why it stands where it stands in the order."""

    name: str
    words: str
    why: str
    levels: tuple[Level, ...]
    citations: tuple[Citation, ...]

    def level_of(self, case: Case) -> Level | None:
        """Return the level that a case has; None where that is not known."""
        return next((level for level in self.levels if evaluate(level.when, case) is Truth.YES), None)


class Criteria(NamedTuple):
    """The criteria, the one that is kept longest first, what no cut tells, and which definitions are shown of whom, with reasons."""

    about: str
    citations: tuple[Citation, ...]
    matched: tuple[Matched, ...]
    shown: Mapping[str, Mapping[str, str]]
    untold: tuple[Untold, ...] = ()

    def untold_of(self, case: Case) -> Untold | None:
        """Return what a case has that no cut tells of its patients, if there is any."""
        return next((each for each in self.untold if evaluate(each.when, case) is Truth.YES), None)


def read_criteria(library: Library, definitions: Collection[str]) -> Criteria:
    """Read by what patients are matched, or refuse it with every Fault found."""
    return criteria_of(folder_files(CONTENT, ALIKE), library, definitions)


def criteria_of(files: Mapping[str, bytes], library: Library, definitions: Collection[str]) -> Criteria:
    """Read files of criteria, of which the last one counts, or refuse them with every Fault found."""
    faults: list[Fault] = Faults()
    criteria = Criteria("", (), (), {})
    for name, content in files.items():
        criteria = _read(Fields(read_document(content, name), faults, "the file of criteria"), library, definitions)
    if faults:
        raise Refused(faults)
    return criteria


def _read(fields: Fields, library: Library, definitions: Collection[str]) -> Criteria:
    about = fields.need_text("about", "a reader must see by what patients are matched")
    citations = read_cited(fields, dict(library.sources), ())
    fields.need("criteria", "nobody is alike in nothing")
    matched = tuple(_matched(name, node, fields, library) for name, node in fields.group("criteria").items())
    if matched and matched[0].name != FIRST:
        fields.fault(fields.named["criteria"].place, f"the first criterion is {matched[0].name!r}",
                     "the first is never dropped, and children and adults are never joined", f"begin with {FIRST!r}")  # fmt: skip
    untold = tuple(_untold(name, node, fields, library) for name, node in fields.group("no_cut_tells").items())
    fields.need("shown", "a page cannot show every definition")
    shown = {name: _shown(name, node, fields, definitions) for name, node in fields.group("shown").items()}
    fields.close()
    return Criteria(about, citations, matched, shown, untold)


def _matched(name: str, node: Node, file: Fields, library: Library) -> Matched:
    fields = Fields(node, file.faults, f"the criterion {name!r}")
    if name not in TRAITS:
        fields.fault(fields.place, f"{name!r} is no trait that patients are matched by", "a cut has to tell it of each patient",
                     nearest(name, TRAITS, f"use one of: {', '.join(TRAITS)}"))  # fmt: skip
    fields.need("levels", "a patient has one of them")
    matched = Matched(
        name,
        fields.need_text("words", "a reader must see what it is"),
        fields.need_text("why", "which criterion is dropped first is a choice, and has a reason"),
        tuple(_level(each, said, name, fields, library) for each, said in fields.group("levels").items()),
        read_cited(fields, dict(library.sources), ()),
    )
    fields.close()
    return matched


def _level(name: str, node: Node, trait: str, criterion: Fields, library: Library) -> Level:
    fields = Fields(node, criterion.faults, f"the level {name!r}")
    if trait in TRAITS and name not in TRAITS[trait]:
        fields.fault(fields.place, f"{trait!r} is never {name!r} in a cut", "nobody would match it",
                     nearest(name, TRAITS[trait], f"use one of: {', '.join(TRAITS[trait])}"))  # fmt: skip
    words = fields.need_text("words", "a reader must see what it is")
    when = _when(fields, library)
    alone = fields.text("alone")
    fields.close()
    return Level(name, words, when, alone)


def _untold(name: str, node: Node, file: Fields, library: Library) -> Untold:
    fields = Fields(node, file.faults, f"what no cut tells, {name!r}")
    untold = Untold(
        name,
        fields.need_text("words", "a reader must see what it is"),
        _when(fields, library),
        fields.need_text("why", "a reader must see why nobody is compared"),
    )
    fields.close()
    return untold


def _when(fields: Fields, library: Library) -> Term:
    text = fields.need_text("when", "a case has it or not")
    return (parse(text, fields.place, library.lexicon, fields.faults) if text else None) or All(())


def _shown(population: str, node: Node, file: Fields, definitions: Collection[str]) -> dict[str, str]:
    fields = Fields(node, file.faults, f"what is shown of {population!r}")
    if population not in TRAITS[FIRST]:
        fields.fault(fields.place, f"there is no population {population!r}", "nobody would be shown it",
                     nearest(population, TRAITS[FIRST], f"use one of: {', '.join(TRAITS[FIRST])}"))  # fmt: skip
    for name, said in fields.named.items():
        if name not in definitions:
            fields.fault(said.place, f"there is no outcome {name!r}", "each figure stands on one definition",
                         nearest(name, definitions, "`patency outcome list` names them"))  # fmt: skip
    return {name: fields.need_text(name, "a reader must see why it was chosen") for name in fields.named}
