"""What every reader of content shares: what may be mentioned, and how citations, conditions and remarks are read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from patency.document import Fields
from patency.fault import Fault, Place, nearest
from patency.guideline.model import (
    Decision,
    Option,
    Scale,
)  # fmt: skip
from patency.language.lexicon import Lexicon
from patency.language.parse import parse
from patency.language.terms import All, Term
from patency.source import Citation, Source, read_cited


@dataclass(frozen=True)
class Words:
    """What content may mention, gathered as it is read."""

    sources: dict[str, Source]
    lexicon: Lexicon
    decisions: dict[str, Decision]
    options: dict[str, Option]
    scales: dict[str, Scale]
    faults: list[Fault]
    site: str = ""

    def is_local(self, place: Place) -> bool:
        """Whether a place is in the files of the site that uses Patency."""
        return bool(self.site) and place.file.startswith(self.site)

    def label(self, place: Place) -> str:
        """What is added to whatever a site itself says, wherever it is said."""
        return " (local)" if self.is_local(place) else ""


def refuse_doubles(named: Iterable[tuple[str, Place]], faults: list[Fault]) -> None:
    """Note every name that two things have."""
    known: dict[str, Place] = {}
    for name, place in named:
        if name in known:
            faults.append(
                Fault(
                    place,
                    f"{name!r} is the name of two things (first at {known[name]})",
                    "a citation or a command could mean either",
                    "rename one of them",
                )
            )
        known.setdefault(name, place)


def cited(fields: Fields, words: Words, inherited: tuple[Citation, ...]) -> tuple[Citation, ...]:
    """Read citations, or inherit them; nothing stands without one."""
    return read_cited(fields, words.sources, inherited)


def condition(fields: Fields, name: str, words: Words) -> Term | None:
    """Read a condition as a term, or note why it is none."""
    node = fields.get(name)
    if node is None:
        return None
    return parse(fields.as_text(node, name), node.place, words.lexicon, words.faults)


def needed_condition(fields: Fields, name: str, words: Words) -> Term:
    """Read a condition that must be there."""
    fields.need(name, "it says when this applies")
    return condition(fields, name, words) or All(())


def known_name(fields: Fields, name: str, known: Mapping[str, object], what: str) -> str:
    """Read a name that must be one of those known."""
    text = fields.need_text(name, f"it must name {what}")
    if text and text not in known:
        otherwise = f"use one of: {', '.join(known)}" if known else "none is known yet: add it first"
        fields.fault(
            fields.named[name].place,
            f"{text!r} is not {what}",
            "it must be one that is known",
            nearest(text, known, otherwise),
        )
    return text
