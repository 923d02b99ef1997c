"""A comparison as the page lays it out: signs, short cells, open conditions under letters, who stands where.

What a row inherits is said once, as a group; what may yet hold carries a letter, and under the letter
stands the condition that is still open. Text, JSON and HTML take their words from here.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from patency.case import Case
from patency.fault import listed
from patency.guideline.advise import Advice, RuleAdvice
from patency.guideline.ask import Answer, Question
from patency.guideline.compare import (
    AGAINST,
    FAVOUR,
    NEUTRAL,
    OPEN,
    PREFER_OTHER,
    Comparison,
    Heard,
    Row,
    with_broader,
)
from patency.guideline.model import Library, Option, Stance, condition_of
from patency.language.evaluate import open_part
from patency.language.terms import All, Term
from patency.language.words import to_words
from patency.truth import Truth
from patency.vocabulary import Vocabulary

SIGNS = {Stance.FOR: "●", Stance.CONDITIONAL: "◐", Stance.NEUTRAL: "○", Stance.AVOID: "✕", Stance.SILENT: "–"}
PREFERS_OTHER = "▷"
NOTHING = "settles nothing by itself"
STANDS = {FAVOUR: "in favour", NEUTRAL: "on neither side", PREFER_OTHER: "another is preferred", AGAINST: "against"}
MOST_COLUMNS = 8  # a guideline more, and a printed column is too narrow for a word
MOST_NAMED = 3  # guidelines named in one short line; the rest are counted
MOST_GAINED = 2  # of what an answer would bring, as much as a line holds; the rest is counted


class Said(NamedTuple):
    """An opinion, as short as a cell must say it."""

    heard: Heard
    words: str


class Cell(NamedTuple):
    """What one guideline says in one row: of the option itself, and as a group with broader ones."""

    advice: Advice
    own: tuple[Said, ...]
    groups: tuple[Option, ...]


def cells(row: Row, columns: Iterable[Advice], library: Library) -> list[Cell]:
    """List the cells of a row that say something; preferences for it over several others are said in one breath."""
    found = []
    for advice in columns:
        own: dict[tuple[str, str, str, str], list[Heard]] = {}
        groups: dict[str, Option] = {}
        for heard in row.cells.get(advice.guideline.id, ()):
            if heard.group is not None:
                groups[heard.group.id] = heard.group
            else:
                preferred = heard.preferred.id if heard.preferred else ""
                opinion = heard.opinion
                own.setdefault((heard.rule.rule.id, opinion.grade.id, preferred, opinion.narrowing), []).append(heard)
        if own or groups:
            said = tuple(Said(alike[0], brief_words(alike, library)) for alike in own.values())
            found.append(Cell(advice, said, tuple(groups.values())))
    return found


def brief_words(alike: Sequence[Heard], library: Library) -> str:
    """Say opinions of one rule, grade and narrowing in short: the source's own grade, for what alone, and what is preferred to what."""
    preferred, grade = alike[0].preferred, alike[0].opinion.rating
    if preferred is not None:
        return f"{preferred.brief} preferred: {grade}"
    over = [library.options[heard.opinion.over].brief for heard in alike if heard.opinion.over]
    return f"preferred to {listed(over, 'and')}: {grade}" if over else grade


class Group(NamedTuple):
    """A broad option that is rated, the narrower ones that hear it as a group, and whose rating holds now."""

    option: Option
    narrower: tuple[Option, ...]
    is_all: bool
    who: tuple[Advice, ...]


def grouped(comparison: Comparison, library: Library) -> list[Group]:
    """List what is heard as a group now, once for each broad option."""
    narrower: dict[str, dict[str, Option]] = {}
    who: dict[str, dict[str, Advice]] = {}
    for row in comparison.rows:
        for advice in comparison.columns:
            for heard in row.cells.get(advice.guideline.id, ()):
                if heard.group is not None and heard.side != OPEN:
                    narrower.setdefault(heard.group.id, {})[row.option.id] = row.option
                    who.setdefault(heard.group.id, {})[advice.guideline.id] = advice
    within = {row.option.id: with_broader(row.option, library)[1:] for row in comparison.rows}
    return [
        Group(
            library.options[group],
            tuple(options.values()),
            len(options) == sum(1 for line in within.values() if group in line),
            tuple(who[group].values()),
        )
        for group, options in narrower.items()
    ]


def sign(heard: Heard) -> str:
    """Return the sign of how an opinion is read."""
    return PREFERS_OTHER if heard.preferred is not None else SIGNS[heard.opinion.grade.stance]


def shared_columns(comparison: Comparison, at_most: int = MOST_COLUMNS) -> tuple[list[Advice], list[Advice]]:
    """Part the guidelines into those with a column of their own and those that say little and share the last one."""
    if len(comparison.columns) <= at_most + 1:
        return list(comparison.columns), []
    spoken = {each.guideline.id: 0 for each in comparison.columns}
    for row in comparison.rows:
        for name in row.cells:
            spoken[name] += 1
    most = sorted(comparison.columns, key=lambda each: -spoken[each.guideline.id])[:at_most]
    own = {each.guideline.id for each in most}
    return (
        [each for each in comparison.columns if each.guideline.id in own],
        [each for each in comparison.columns if each.guideline.id not in own],
    )


class Conditions:
    """The conditions that are still open in a comparison, each once, under a letter, with what they would bring."""

    def __init__(self, comparison: Comparison, case: Case, library: Library) -> None:
        self.letters: dict[str, str] = {}
        self.would_hold: dict[str, list[tuple[Advice, Option, Said]]] = {}
        self._words: dict[tuple[str, str], str] = {}
        for row in comparison.rows:
            for cell in cells(row, comparison.columns, library):
                for said in cell.own:
                    if said.heard.side == OPEN:
                        words = self._words_of(cell.advice, said.heard.rule, case, library.lexicon.vocabulary)
                        self.letters.setdefault(words, _letter(len(self.letters)))
                        if said.heard.preferred is None:
                            self.would_hold.setdefault(words, []).append((cell.advice, row.option, said))

    def _words_of(self, advice: Advice, rule: RuleAdvice, case: Case, vocabulary: Vocabulary) -> str:
        key = advice.guideline.id, rule.rule.id
        if key not in self._words:
            self._words[key] = open_words(advice, rule, case, vocabulary)
        return self._words[key]

    @property
    def nearest(self) -> list[str]:
        """The conditions in words, those first that hang on least."""
        return sorted(self.letters, key=len)

    def letter(self, advice: Advice, heard: Heard) -> str:
        """Return the letter under which the condition of an opinion stands; none if it is not open."""
        return self.letters.get(self.words(advice, heard), "")

    def words(self, advice: Advice, heard: Heard) -> str:
        """Return the condition of an opinion in words; none if it is not open."""
        return self._words.get((advice.guideline.id, heard.rule.rule.id), "")


def _letter(number: int) -> str:
    """Count in letters: a to z, then aa."""
    return (chr(ord("a") + number // 26 - 1) if number >= 26 else "") + chr(ord("a") + number % 26)


def open_words(advice: Advice, rule: RuleAdvice, case: Case, vocabulary: Vocabulary) -> str:
    """Say what is still open of a rule, and of its guideline's population where that is open too."""
    term = condition_of(rule.rule)
    if advice.scope is not Truth.YES:
        term = All((advice.guideline.population, term))
    return to_words(_flat(open_part(term, case)), vocabulary)


def _flat(term: Term) -> Term:
    """Take "a and b, and c" as "a, and b, and c": a sentence needs no brackets there."""
    if not isinstance(term, All):
        return term
    parts: list[Term] = []
    for each in term.terms:
        flat = _flat(each)
        parts += flat.terms if isinstance(flat, All) else [flat]
    unique = list(dict.fromkeys(parts))
    return All(tuple(unique), term.place) if len(unique) > 1 else unique[0]


def by_side(comparison: Comparison, library: Library) -> list[tuple[str, Option, list[tuple[Advice, Said]]]]:
    """List who says what holds now, side by side and option by option; nothing that is heard as a group or from the other side."""
    found: dict[tuple[str, str], list[tuple[Advice, Said]]] = {}
    options = {row.option.id: row.option for row in comparison.rows}
    for row in comparison.rows:
        for cell in cells(row, comparison.columns, library):
            for said in cell.own:
                if said.heard.side not in (OPEN, PREFER_OTHER):
                    found.setdefault((said.heard.side, row.option.id), []).append((cell.advice, said))
    order = list(STANDS)
    return [
        (side, options[option], said)
        for (side, option), said in sorted(found.items(), key=lambda each: order.index(each[0][0]))
    ]


def open_count(comparison: Comparison) -> tuple[int, int]:
    """Count the opinions that may yet hold, and the guidelines whose they are."""
    found = [
        (name, heard.rule.rule.id, heard.opinion.option)
        for row in comparison.rows
        for name, cell in row.cells.items()
        for heard in cell
        if heard.holds is Truth.UNKNOWN and heard.group is None and heard.preferred is None
    ]
    return len(set(found)), len({name for name, *_ in found})


def few(names: Sequence[str], most: int = MOST_NAMED) -> str:
    """Name a few, and count the rest."""
    rest = len(names) - most
    return f"{', '.join(names[:most])} and {rest} more" if rest > 0 else ", ".join(names)


def led_to(question: Question, answer: Answer, advice: Iterable[Advice], library: Library) -> str:
    """Say what an answer would settle of the question's decision: who would then say what, and who would fall silent."""
    gained: dict[str, list[str]] = {}
    lost: list[str] = []
    leads_to = answer.leads_to
    for each in advice:
        settled = leads_to.get(each.guideline.id, {})
        said = list(_gains(each, settled, question.decision, library))
        for words in said:
            gained.setdefault(words, []).append(each.guideline.short)
        if not said and _loses(each, settled, question.decision, library):
            lost.append(each.guideline.short)
    most_told = sorted(gained.items(), key=lambda each: -len(set(each[1])))
    parts = [f"{words}: {few(list(dict.fromkeys(names)), 2)}" for words, names in most_told[:MOST_GAINED]]
    if len(gained) > MOST_GAINED:
        parts.append(f"{len(gained) - MOST_GAINED} more")
    if lost:
        parts.append(f"ends what may yet hold of {few(lost, 1)}")
    return "; ".join(parts) or NOTHING


def _gains(advice: Advice, settled: Mapping[str, Truth], decision: str, library: Library) -> Iterator[str]:
    """Yield what a guideline would say, if some of its rules turned out to hold."""
    for rule in advice.rules:
        if settled.get(rule.rule.id) is Truth.YES:
            for opinion in rule.opinions:
                option, stance = library.options[opinion.option], opinion.grade.stance
                if option.decision == decision:
                    told = "for" if stance.supports else "against" if stance is Stance.AVOID else "on"
                    yield f"{option.brief} preferred" if opinion.over else f"{told} {option.brief}"


def _loses(advice: Advice, settled: Mapping[str, Truth], decision: str, library: Library) -> bool:
    """Say whether a guideline would lose something that it might have said."""
    return any(
        settled.get(rule.rule.id) is Truth.NO
        and any(library.options[opinion.option].decision == decision for opinion in rule.opinions)
        for rule in advice.rules
    )
