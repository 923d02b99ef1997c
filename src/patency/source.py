"""On whose authority something is said: sources, citations and how each was verified."""

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import NamedTuple

from patency.document import Fields, Node
from patency.fault import Fault, Place, nearest


class Mark(Enum):
    """How a statement was verified against its source, best first."""

    ORIGINAL = "original"
    SECOND_HAND = "second-hand"
    WEAK = "weak"
    INFERENCE = "inference"
    UNVERIFIED = "unverified"

    @property
    def words(self) -> str:
        """The mark as the page prints it."""
        return _MARK_WORDS[self]

    @property
    def may_support(self) -> bool:
        """Whether a statement so marked may support an option; one from memory never may."""
        return self is not Mark.UNVERIFIED


_MARK_WORDS = {
    Mark.ORIGINAL: "read in the original",
    Mark.SECOND_HAND: "read second-hand",
    Mark.WEAK: "read second-hand, in a weak place",
    Mark.INFERENCE: "Patency's own reading",
    Mark.UNVERIFIED: "unverified: not confirmed in any source",
}

KINDS = (
    "guideline", "article", "note", "cohort", "survey", "trial", "trial-record", "label", "handbook", "review", "study",
    "policy", "protocol",
)  # fmt: skip


class Source(NamedTuple):
    """A document that Patency quotes: `where` says how to find it, `read` what was read of it."""

    id: str
    kind: str
    title: str
    authors: str
    year: int
    where: str
    read: str
    place: Place

    @property
    def words(self) -> str:
        """The source as a reference list prints it."""
        parts = (self.authors, self.title, str(self.year), self.where)
        return ". ".join(part.rstrip(".") for part in parts if part) + "."


class Citation(NamedTuple):
    """A passage of a Source, and how it was verified."""

    source: str
    at: str
    mark: Mark


class Remark(NamedTuple):
    """A cited sentence: how something is read, what it leaves open, what a person adds to it and on whose authority."""

    text: str
    citations: tuple[Citation, ...]


def best_mark(citations: Iterable[Citation]) -> Mark:
    """Return how the best verified of some citations was verified."""
    marks = {citation.mark for citation in citations}
    return next((mark for mark in Mark if mark in marks), Mark.UNVERIFIED)


def is_unverified(citations: Sequence[Citation]) -> bool:
    """Whether what is said so rests on memory alone; what cites nothing is not said on any authority."""
    return bool(citations) and best_mark(citations) is Mark.UNVERIFIED


def read_source(name: str, node: Node, faults: list[Fault]) -> Source:
    """Read one entry of a source file."""
    fields = Fields(node, faults, f"the source {name!r}")
    why = "a reader must be able to find it"
    year = fields.need_text("year", why)
    if year and not (year.isdecimal() and len(year) == 4):
        fields.fault(fields.named["year"].place, f"the year {year!r} is not a year", why, "write four digits")
        year = ""
    source = Source(
        id=name,
        kind=fields.choice("kind", KINDS, "how much weight it bears depends on its kind"),
        title=fields.need_text("title", why),
        authors=fields.text("authors"),
        year=int(year or 0),
        where=fields.text("where"),
        read=fields.text("read"),
        place=node.place,
    )
    fields.close()
    return source


def read_citations(fields: Fields, sources: dict[str, Source]) -> tuple[Citation, ...]:
    """Read the list of citations under `cite`; a citation of an unknown source is a Fault."""
    citations = []
    for node in fields.items("cite"):
        entry = Fields(node, fields.faults, "a citation")
        source = entry.need_text("source", "a citation names its source")
        if source and source not in sources:
            entry.fault(
                node.place,
                f"the source {source!r} is not known",
                "a reader could not find it",
                nearest(source, sources, "add it to content/sources first"),
            )
        mark = entry.choice("mark", [mark.value for mark in Mark], "a reader must see how it was verified")
        citations.append(Citation(source, entry.text("at"), Mark(mark)))
        entry.close()
    return tuple(citations)


def read_cited(
    fields: Fields, sources: dict[str, Source], inherited: tuple[Citation, ...], done: str = "said here"
) -> tuple[Citation, ...]:
    """Read citations, or inherit them; nothing stands without one."""
    citations = read_citations(fields, sources) or inherited
    if not citations and fields.is_readable:
        fields.fault(
            fields.place,
            f"{fields.what} has no citation",
            f"nothing is {done} without its source and how it was verified",
            "add 'cite:' with source, at and mark",
        )
    return citations


def read_remarks(
    fields: Fields, name: str, sources: dict[str, Source], inherited: tuple[Citation, ...], what: str = "a remark"
) -> tuple[Remark, ...]:
    """Read a list of cited sentences."""
    remarks = []
    for node in fields.items(name):
        entry = Fields(node, fields.faults, what)
        remarks.append(Remark(entry.need_text("text", f"{what} says something"), read_cited(entry, sources, inherited)))
        entry.close()
    return tuple(remarks)
