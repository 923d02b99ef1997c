"""The report of some outcomes of the demo cut, whole and as it would be if patients had lived; and a page as a tree."""

from collections.abc import Sequence
from html.parser import HTMLParser

from patency.cut import Cut
from patency.outcome.read_definitions import read_definitions
from patency.outcome.report import Reported, report
from registry.made import library

NAMES = (
    "patency-primary", "recurrent-thrombosis", "death", "pts-cava-isth", "severe-complication",
    "villalta-last", "villalta-change-12-months",
)  # fmt: skip
VOID = ("meta", "br", "hr", "img", "input", "link", "col")


def reported_of(cut: Cut, names: Sequence[str] = NAMES, fewest: int = 1) -> Reported:
    """Report some outcomes of a cut by the option that came first."""
    definitions = read_definitions(library().sources)
    return report(cut, [definitions[name] for name in names], library(), fewest=fewest)


class Element:
    """An element of a page: its name, what it carries, its words and what is in it."""

    def __init__(self, name: str, given: dict[str, str]) -> None:
        self.name, self.given, self.said = name, given, ""
        self.inside: list[Element] = []

    def all(self, name: str, kind: str = "") -> "list[Element]":
        """Return the elements of a name, and of a class where one is asked, in the order of the page."""
        found = [self] if self.name == name and (not kind or kind in self.given.get("class", "").split()) else []
        return found + [each for child in self.inside for each in child.all(name, kind)]

    @property
    def words(self) -> str:
        """All words within."""
        return self.said + " ".join(child.words for child in self.inside)

    def by_id(self, name: str) -> "Element | None":
        """Return the element of an id."""
        if self.given.get("id") == name:
            return self
        return next((found for child in self.inside if (found := child.by_id(name))), None)


class _Tree(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].inside.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().name == tag, "every element is closed where it was opened"

    def handle_data(self, data: str) -> None:
        self.open[-1].said += data


def tree_of(page: str) -> Element:
    """Read a page or a drawing."""
    reading = _Tree()
    reading.feed(page)
    return reading.open[0]
