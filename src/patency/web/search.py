"""Search over the library: words in, places of the library out, the best of each group first.

Every word must be found in a place, whole or as the beginning of a word; case, accents, plurals and the
spellings of British and American English make no difference. Numbers are found whole, and so is a word of
one or two letters. A word that is not itself found may be the first letters of the words that it stands for,
so that a clinician's abbreviation finds what is written out. What is found in a heading comes before what is
found in the text, and a whole word before a beginning; otherwise the order is the library's.

What was typed may name a patient: it is kept nowhere. The page of results is pages.py's.
"""

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from heapq import nsmallest
from itertools import takewhile
from typing import NamedTuple

from patency.evidence.model import Audit
from patency.evidence.study import Evidence
from patency.fault import MOST_NAMES, closest
from patency.guideline.model import Library
from patency.publish.studied import NONE
from patency.web.places import GROUPS, Entry, entries

MOST_LETTERS = 100  # of what is typed
MOST_WORDS = 8
MOST_SHOWN = 8  # places of one group
LONGEST_LINE = 220  # letters of the line that is shown of a place

_WORD = re.compile(r"[^\W_]+")
_FILLERS = frozenset("a an and as at by for from in is it of on or the to with".split())
# The two spellings of English, as the first is written where the second is: paediatric, haemorrhage and oedema,
# organised, tumour, centre, analyse. What else they change is changed alike in what is typed and what is searched.
_SPELLINGS = (
    (re.compile(r"ae(?=\w)"), "e"),
    (re.compile(r"^oe|oe(?=a|\w\w)"), "e"),
    (re.compile(r"(?<=\w\w)([iy])s(?=(?:e|ed|es|er|ing|ation|ations)$)"), r"\1z"),
    (re.compile(r"(?<=\w\w\w)our"), "or"),
    (re.compile(r"(?<=\w\w[tb])re$"), "er"),
)


class Piece(NamedTuple):
    """A stretch of text, and whether it is what was searched for."""

    text: str
    is_marked: bool


class Hit(NamedTuple):
    """A place that was found, with its heading and one line of it, the words marked."""

    entry: Entry
    title: tuple[Piece, ...]
    where: tuple[Piece, ...]
    line: tuple[Piece, ...]


class Group(NamedTuple):
    """What was found of one kind: the first few, and how many more there are."""

    name: str
    hits: tuple[Hit, ...]
    more: int


class Results(NamedTuple):
    """What was found for the words looked for; where nothing was, what else might be tried.

    `is_cut` where more was typed than was looked for; `is_apart` where each word stands somewhere, but nowhere all.
    """

    words: tuple[str, ...]
    is_cut: bool
    groups: tuple[Group, ...]
    is_apart: bool
    instead: tuple[str, ...]

    @property
    def total(self) -> int:
        """How many places were found."""
        return sum(len(group.hits) + group.more for group in self.groups)


def folded(word: str) -> str:
    """Return a word as it is compared: without case, accents, plural, or the difference of two spellings."""
    letters = unicodedata.normalize("NFKD", word.casefold())
    letters = "".join(each for each in letters if not unicodedata.combining(each))
    if len(letters) > 3 and letters.endswith("ies"):
        letters = f"{letters[:-3]}y"
    elif len(letters) > 3 and letters.endswith("s") and letters[-2] not in "sui":
        letters = letters[:-1]
    for spelling, other in _SPELLINGS:
        letters = spelling.sub(other, letters)
    return letters


def tokens(text: str) -> list[str]:
    """Cut a text into its words, each as it is compared."""
    return [folded(word) for word in _WORD.findall(text)]


class Index:
    """Every place of the library by the words that stand in it, gathered once."""

    def __init__(self, library: Library, audits: Iterable[Audit] = (), evidence: Evidence = NONE) -> None:
        self.entries = entries(library, audits, evidence)
        self._headings: dict[str, set[int]] = {}
        self._texts: dict[str, set[int]] = {}
        self._initials_of_headings: dict[str, set[int]] = {}
        self._initials_of_texts: dict[str, set[int]] = {}
        self._spelt: dict[str, str] = {}
        for number, entry in enumerate(self.entries):
            self._gather(number, (entry.title, entry.where), self._headings, self._initials_of_headings)
            self._gather(number, entry.passages, self._texts, self._initials_of_texts)
        self._known = sorted(self._headings.keys() | self._texts.keys())

    def _gather(
        self, number: int, texts: Iterable[str], words: dict[str, set[int]], initials: dict[str, set[int]]
    ) -> None:
        for text in texts:
            for word in _WORD.findall(text):
                token = folded(word)
                self._spelt.setdefault(token, word.casefold())
                words.setdefault(token, set()).add(number)
            for short, _ in _shortened(text):
                initials.setdefault(short, set()).add(number)

    def look_for(self, typed: str) -> Results:
        """Find the places in which all of some words stand."""
        words = tuple(_WORD.findall(typed[:MOST_LETTERS]))
        asked = tuple(word for word in words if word.casefold() not in _FILLERS) or words
        words, is_cut = asked[:MOST_WORDS], len(asked) > MOST_WORDS or len(typed) > MOST_LETTERS
        sought = [folded(word) for word in words]
        points = [self._points(word) for word in sought]
        found = set.intersection(*(set(each) for each in points)) if points else set()
        best = sorted(found, key=lambda number: (-sum(each[number] for each in points), number))
        is_apart = not found and len(words) > 1 and all(points)
        instead = () if found else tuple(dict.fromkeys(words)) if is_apart else tuple(self._like(words, points))
        return Results(words, is_cut, tuple(self._groups(best, sought)), is_apart, instead)

    def _points(self, word: str) -> dict[int, int]:
        """Score each place in which a word stands: in a heading before in the text, whole before begun."""
        begun = self._begun(word)
        points: dict[int, int] = {}
        for score, standing, names in (
            (0, self._texts, begun),
            (0, self._initials_of_texts, [word]),
            (1, self._texts, [word]),
            (2, self._headings, begun),
            (2, self._initials_of_headings, [word]),
            (3, self._headings, [word]),
        ):
            for name in names:
                points.update(dict.fromkeys(standing.get(name, ()), score))
        return points

    def _begun(self, word: str) -> list[str]:
        """List the words of the library that begin with one."""
        if not _is_begun(word):
            return [word]
        start = bisect_left(self._known, word)
        return list(takewhile(lambda each: each.startswith(word), self._known[start:]))

    def _groups(self, best: Sequence[int], sought: Sequence[str]) -> Iterator[Group]:
        for name in GROUPS:
            found = [self.entries[number] for number in best if self.entries[number].group == name]
            if found:
                hits = tuple(_hit(entry, sought) for entry in found[:MOST_SHOWN])
                yield Group(name, hits, len(found) - len(hits))

    def _like(self, words: Sequence[str], points: Sequence[dict[int, int]]) -> Iterator[str]:
        """Propose the same words, with one of the library's in the place of one that stands nowhere."""
        for number, word in enumerate(words):
            if not points[number]:
                for other in closest(folded(word), self._near(folded(word)), most=3):
                    yield " ".join([*words[:number], self._spelt[other], *words[number + 1 :]])

    def _near(self, word: str) -> list[str]:
        """Name the words of the library that share most letters with one: comparing it with each takes too long."""
        letters = Counter(word)
        apart = ((len(each) + len(word) - 2 * (Counter(each) & letters).total(), each) for each in self._known)
        return [each for _, each in nsmallest(MOST_NAMES, apart) if _is_begun(each)]


def _is_begun(word: str) -> bool:
    """Whether a word may be the beginning of another: a number is no part of another number."""
    return len(word) > 2 and not word.isdecimal()


def _shortened(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield the first letters of words that stand together, with where those begin and end in the text.

    First letters say little, so little words are left out: there must be three words, or two of eight letters each.
    """
    found = list(_WORD.finditer(text))
    for first in range(len(found)):
        run = list(takewhile(lambda each: len(each[0]) > 2 and each[0].isalpha(), found[first : first + 5]))
        for size in range(2, len(run) + 1):
            if size > 2 or min(len(each[0]) for each in run[:2]) > 7:
                short = "".join(each[0][0] for each in run[:size]).casefold()
                yield short, (run[0].start(), run[size - 1].end())


def _hit(entry: Entry, sought: Sequence[str]) -> Hit:
    return Hit(entry, _marked(entry.title, sought), _marked(entry.where, sought), _marked(_line(entry, sought), sought))


def _spans(text: str, sought: Sequence[str]) -> list[tuple[int, int]]:
    """List where words that were looked for stand in a text."""
    spans = [short[1] for short in _shortened(text) if short[0] in sought]
    for found in _WORD.finditer(text):
        token = folded(found[0])
        if any(token == word or (_is_begun(word) and token.startswith(word)) for word in sought):
            spans.append(found.span())
    return sorted(spans)


def _marked(text: str, sought: Sequence[str]) -> tuple[Piece, ...]:
    pieces, at = [], 0
    for start, end in _spans(text, sought):
        if start >= at:
            pieces += [Piece(text[at:start], False), Piece(text[start:end], True)]
            at = end
    return tuple(piece for piece in (*pieces, Piece(text[at:], False)) if piece.text)


def _line(entry: Entry, sought: Sequence[str]) -> str:
    """Choose the passage in which most of the words stand, cut round the first of them."""
    if not entry.passages:
        return ""
    passage = max(entry.passages, key=lambda text: sum(bool(_spans(text, [word])) for word in sought))
    if len(passage) <= LONGEST_LINE:
        return passage
    spans = _spans(passage, sought)
    start = max(0, spans[0][0] - LONGEST_LINE // 3) if spans else 0
    start = passage.find(" ", start) + 1 if start else 0
    cut = passage[start : start + LONGEST_LINE]
    end = start + LONGEST_LINE < len(passage)
    return ("… " if start else "") + (f"{cut.rpartition(' ')[0]} …" if end else cut)
