"""A report laid out by hand from the demo cut, as it is shown whole and as it would be if patients had lived."""

from collections.abc import Sequence
from html.parser import HTMLParser

from patency.cut import Cut
from patency.outcome.estimated import estimated
from patency.outcome.few import shown
from patency.outcome.follow import follow
from patency.outcome.read_definitions import read_definitions
from patency.outcome.reported import Cell, Outcome, Reported, Stage, Trait
from patency.outcome.traits import traits_of
from registry.made import library

NAMES = (
    "patency-primary", "recurrent-thrombosis", "death", "pts-cava", "severe-complication", "villalta-last", "villalta-change-12-months",
)  # fmt: skip
VOID = ("meta", "br", "hr", "img", "input", "link", "col")


def reported_of(cut: Cut, names: Sequence[str] = NAMES, fewest: int = 1) -> Reported:
    """Lay out some outcomes of a cut by the option that came first."""
    definitions = read_definitions(library().sources)
    groups = traits_of(cut).select("episode", group="option")
    found = {name: estimated(follow(cut, definitions[name]), groups) for name in names}
    options = tuple(sorted({each.group for figures in found.values() for each in figures if each.group}))
    stages = (
        Stage("enrolled", 300, False),
        Stage("without a group", None if fewest > 1 else 1, True),
        Stage("analysed", 299, False),
    )
    cells = tuple(Cell("30 of 60, 50% (38% to 62%)") for _ in options)
    missing = tuple(Cell(str(number)) for number in range(len(options) + 1))
    return Reported(
        title="Outcomes of a registry that nobody keeps",
        label=cut.manifest.warning if fewest == 1 else "",
        cut={"content": cut.manifest.content, "registry": cut.manifest.registry, "protocol": cut.manifest.protocol},
        by="first treatment as it was started",
        groups=options,
        group_words={name: library().options[name].brief for name in options},
        fewest=fewest,
        flow=stages,
        traits=(Trait("sex at birth", "female", Cell("150 of 300, 50.0% (44.4% to 55.6%)"), cells, missing, "0.10"),),
        outcomes=tuple(
            Outcome(figures[0].definition, shown(figures, fewest), figures[0].counts, ()) for figures in found.values()
        ),
        methods=("Nothing here is adjusted.",),
        strobe=(
            ("1a", "the design in the title", "the authors' to write"),
            ("13a", "numbers at each stage", "as in the flow"),
        ),
        sources=(),
    )


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
