"""The guidelines side by side as plain text: who says what of each option now, what may yet hold, what differs and why."""

from collections.abc import Iterable, Iterator, Sequence

from patency.consult.beside import STANDS, Conditions, Said, by_side, cells, grouped, open_count, sign
from patency.consult.page import Consult, References
from patency.guideline.advise import Advice
from patency.guideline.compare import OPEN, Comparison, Row
from patency.guideline.model import Option
from patency.source import Citation

MOST_SAID = 2  # opinions on one side of a later decision, each with what it is narrowed to; the rest are counted
MOST_OPEN = 3  # open conditions said on the short page, the simplest first; the rest are counted


def wrapped(text: str, width: int, indent: int, hang: int) -> list[str]:
    """Break a text between words into lines of a width; a word that is longer stands on a line of its own."""
    if not text.isprintable():
        text = " ".join(text.split())
    margin, lines = " " * indent, []
    while len(margin) + len(text) > width:
        room = width - len(margin)
        cut = text.rfind(" ", 0, room + 1)
        if cut < 0:
            cut = text.find(" ")
        if cut < 0:
            break
        lines.append(margin + text[:cut])
        text, margin = text[cut + 1 :], " " * (indent + hang)
    if text:
        lines.append(margin + text)
    return lines


class BesideText:
    """Lays out comparisons, in lines of a width; the layout of the whole page builds on it."""

    def __init__(self, consult: Consult, width: int, is_full: bool, is_explained: bool) -> None:
        self.consult = consult
        self.width = width
        self.is_full = is_full
        self.is_whole = is_full  # whether every open condition is said
        self.is_explained = is_explained
        self.references = References(consult.library.sources, consult.citations)
        self.library = consult.library
        self.page = consult.library.page
        self.vocabulary = consult.library.lexicon.vocabulary
        self.left_out = 0
        self.told_of: set[str] = set()  # surveys of which it has been said who was asked

    def _wrapped(self, text: str, indent: int = 2, hang: int = 0) -> list[str]:
        return wrapped(text, self.width, indent, hang)

    def _heading(self, words: str) -> list[str]:
        return ["", words.upper()]

    def _cited(self, text: str, citations: Iterable[Citation]) -> str:
        return f"{text} {self.references.marks(citations)}"

    def _comparison(self, comparison: Comparison) -> Iterator[str]:
        """Yield a decision row by row: what holds now; then what may yet hold, each open condition once."""
        quiet = []
        for row in self._rows(comparison):
            own, peers = self._row(row, comparison), self._peers(row.option)
            is_open = bool(row.cells) and all(each.side == OPEN for cell in row.cells.values() for each in cell)
            said = [*own, *(["nothing holds yet"] if peers and is_open else []), *peers]
            if said:
                yield from self._wrapped(
                    f"{row.option.words if self.is_full else row.option.brief}: {' · '.join(said)}", 2, 4
                )
            else:
                quiet.append(row.option)
        heard_too: set[Option] = set()
        for group in grouped(comparison, self.library):
            count = len(group.narrower)
            words = f"all {count} narrower options" if group.is_all and count > 2 else _briefs(group.narrower)
            yield from self._wrapped(f"as a group with {group.option.brief}: {words} ({names_of(group.who)})", 2, 4)
            heard_too.update(group.narrower)
        if untold := [option.brief for option in quiet if option not in heard_too]:
            yield from self._wrapped(f"nothing holds yet: {', '.join(untold)}", 2, 4)
        yield from self._in_words(comparison)
        yield from self._open(comparison)

    def _open(self, comparison: Comparison) -> Iterator[str]:
        conditions = Conditions(comparison, self.consult.known, self.library)
        shown = conditions.nearest
        if not self.is_whole:
            shown = shown[:MOST_OPEN]
        for words in shown:
            said = "; ".join(
                self._cited(
                    f"{sign(each.heard)} {advice.guideline.short}, {option.brief}: {self._grade(each)}",
                    each.heard.opinion.citations,
                )
                for advice, option, each in conditions.would_hold.get(words, ())
            )
            yield from self._wrapped(f"may yet hold, if {words}: {said}", 2, 4)
        rest = [each for words in conditions.nearest[len(shown) :] for each in conditions.would_hold.get(words, ())]
        if rest:
            self.left_out += len(rest)
            names = dict.fromkeys(advice.guideline.short for advice, *_ in rest)
            yield from self._wrapped(
                f"{len(rest)} more may yet hold, if several things do (--full): {', '.join(names)}", 2, 4
            )

    def _rows(self, comparison: Comparison) -> tuple[Row, ...]:
        """Return the options of which something is said."""
        return comparison.rows

    def _peers(self, option: Option) -> list[str]:  # noqa: ARG002  text_peers.py says more
        """Say what surveyed peers say of an option, where that is said at all."""
        return []

    def _row(self, row: Row, comparison: Comparison) -> list[str]:
        order = list(STANDS)
        found = sorted(
            (order.index(each.heard.side), number, self._opinion(cell.advice, each))
            for number, cell in enumerate(cells(row, comparison.columns, self.library))
            for each in cell.own
            if each.heard.side != OPEN
        )
        return [words for *_, words in found]

    def _opinion(self, advice: Advice, said: Said) -> str:
        rule = f" ({said.heard.rule.rule.id})" if self.is_full else ""
        words = f"{sign(said.heard)} {advice.guideline.short} {self._grade(said)}{rule}"
        return self._cited(words, said.heard.opinion.citations)

    def _grade(self, said: Said) -> str:
        comment = said.heard.opinion.comment
        return f"{said.words}; {comment}" if self.is_full and comment else said.words

    def _in_words(self, comparison: Comparison) -> Iterator[str]:
        for words in comparison.agreements:
            yield from self._wrapped(f"They agree on {words}.", 2, 2)
        for words in comparison.differences:
            yield from self._wrapped(f"They differ on {words}.", 2, 2)
        for advice, reason in comparison.reasons:
            yield from self._wrapped(self._cited(f"{advice.guideline.short}: {reason.text}", reason.citations), 4, 2)
        lines = [f"Not told yet: {names_of(comparison.untold)}."] if comparison.untold else []
        lines += [f"Silent: {names_of(comparison.silent)}."] if comparison.silent else []
        yield from self._wrapped(" ".join(lines), 2, 2)

    def _later(self) -> Iterator[str]:
        """Yield the later decisions in a few lines each: who says what now, and how much may yet hold."""
        if not self.consult.later:
            return
        yield from self._heading("Later decisions: what holds now, and how much is open")
        nothing = []
        for comparison in self.consult.later:
            decision = comparison.decision
            parts = [
                f"{STANDS[side]}, {option.brief}: {self._few(said)}"
                for side, option, said in by_side(comparison, self.library)
            ]
            opinions, _ = open_count(comparison)
            asked = len(self.consult.questions_on(decision.id))
            left = [f"{opinions} open"] if opinions else []
            left += [f"{asked} question{'s' * (asked != 1)}"] if asked else []
            if parts:
                yield from self._wrapped(f"{decision.asks} · {'; '.join([*parts, *left])}", 2, 4)
            else:
                nothing.append(f"{decision.asks} ({', '.join(left)})")
        if nothing:
            yield from self._wrapped(f"Nothing holds yet · {'; '.join(nothing)}", 2, 4)

    def _few(self, said: Sequence[tuple[Advice, Said]]) -> str:
        """Say the first few opinions of a side, and count the rest."""
        who = [
            self._cited(f"{advice.guideline.short} {each.words}", each.heard.opinion.citations)
            for advice, each in said[:MOST_SAID]
        ]
        more = [f"{len(said) - MOST_SAID} more"] if len(said) > MOST_SAID else []
        return ", ".join([*who, *more])


def names_of(advice: Iterable[Advice]) -> str:
    """Name some guidelines in a line."""
    return "; ".join(each.guideline.short for each in advice)  # some of their names hold a comma


def _briefs(options: Iterable[Option]) -> str:
    return ", ".join(option.brief for option in options)
