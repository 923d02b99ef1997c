"""What fits on two sheets of paper.

What one acts on comes first and is never cut: the alerts, what holds now, what to ask, the cautions. Of what may yet
hold of the first decision as much stands on the first sheet as there is room for: that first which hangs on least.
What surrounds it follows: of the key statements that apply now, as many under each heading as there is room for, in
the same proportion; whatever is left out is counted and stays on screen. What happened to patients like this one gives
way first (paper_outcomes.py): its columns stand in a narrow table that has room, its figures overleaf. Room is reckoned
in lines as wide as the sheet, on the shorter of A4 and Letter; a test prints every example and patient in a browser.
"""

from collections.abc import Iterable, Iterator
from math import ceil
from typing import NamedTuple

from patency.consult.beside import Conditions, Said, by_side, cells, few, grouped
from patency.consult.outcomes import Spoke, rows_with_outcomes
from patency.consult.page import Consult
from patency.consult.paper_outcomes import LEAST, in_cells, letters_of_cells, overleaf
from patency.consult.peers import Practice, Told, rows_with_peers
from patency.consult.room import HALF, HEADING, THIRD, WHOLE, letters_of, lines_of_sources
from patency.consult.said import SHORT_LEGEND, summary
from patency.consult.said_by_peers import (
    answer_words,
    asked_words,
    brief_share,
    dated,
    remarks,
    survey_words,
    surveys_of,
)
from patency.consult.sheets import Shown, ShownSection, ShownSheet, is_named
from patency.fault import Place
from patency.guideline.advise import Advice
from patency.guideline.compare import OPEN, Heard, Row
from patency.guideline.model import SheetKind
from patency.practice.published import PublishedAnswer
from patency.truth import Truth

MOST_PRINTED = 5  # guidelines that get a column each on paper; more are run into lines
MOST_PRINTED_QUESTIONS = 2  # with their answers; the rest are named
SHEET = 98.0  # lines on a sheet, less what a break between sheets may leave empty
NAMES, CELLS = 22, 152  # letters in the first column of a table, and in all others together
_KINDS = tuple(kind for kind in SheetKind if kind not in (SheetKind.ALERT, SheetKind.CONTRAINDICATIONS))


class _Row(NamedTuple):
    """One option of the first decision in letters: by guideline what holds now, and by condition what may yet hold."""

    now: dict[str, int]
    open: list[tuple[str, str, int]]


class Paper:
    """The opinions and statements that are printed; all others are on screen alone."""

    def __init__(self, consult: Consult) -> None:
        self.consult = consult
        self._conditions = Conditions(consult.first, consult.known, consult.library)
        first_room = SHEET - _lines_before(consult) - _lines_after(consult)
        self._open = self._open_with_room(first_room)
        self.has_after = self._has_room_for_columns(first_room)
        room, sources, whole = self._left_for_second(first_room)
        if self.has_after and whole > room:  # the columns give way before any statement does
            self.has_after = False
            room, sources, whole = self._left_for_second(first_room)
        self.outcomes = overleaf(consult, max(room - whole, LEAST * room), sources, self._in_columns())
        sources |= dict.fromkeys(self.outcomes.sources)
        self._printed = _with_room(_wanted(consult, sources), room - self.outcomes.lines)

    def _left_for_second(self, first_room: float) -> tuple[float, dict[str, None], float]:
        """Reckon what room is left, the sources that are listed whatever is printed in it, and what all statements take."""
        consult = self.consult
        sources = dict.fromkeys(_sources_without_statements(consult))
        sources |= dict.fromkeys(cited.source for each in self._in_columns() for cited in each.figure.citations)
        above = SHEET - first_room + self._lines_of_options(self._open, self.has_after)
        room = 2 * SHEET - above - _lines_of_second(consult) - _lines_of_sources(consult, sources)
        return room, sources, sum(lines for found in _wanted(consult, sources).values() for _, lines in found)

    def has(self, shown: Shown) -> bool:
        """Whether a statement is printed."""
        return shown.statement.place in self._printed

    def has_section(self, section: ShownSection) -> bool:
        """Whether anything of a section is printed."""
        return any(self.has(shown) for shown in section.statements)

    def has_sheet(self, sheet: ShownSheet) -> bool:
        """Whether anything of a sheet is printed."""
        return any(self.has_section(section) for section in sheet.sections)

    def has_condition(self, words: str) -> bool:
        """Whether a condition that is still open of the first decision is printed."""
        return words in self._open

    def has_opinion(self, advice: Advice, heard: Heard) -> bool:
        """Whether an opinion on the first decision is printed: all that hold now are."""
        return heard.side != OPEN or self._conditions.words(advice, heard) in self._open

    def left_open(self, opinions: Iterable[tuple[Advice, Said]]) -> int:
        """Count the opinions among these that are on screen alone."""
        return sum(1 for advice, said in opinions if not self.has_opinion(advice, said.heard))

    def left_open_in(self, advice: Advice, own: Iterable[Said]) -> int:
        """Count the opinions of one guideline in one cell that are on screen alone."""
        return self.left_open((advice, said) for said in own)

    @property
    def open_left_out(self) -> str:
        """Say how many opinions that may yet hold are on screen alone, and whose they are."""
        left = [words for words in self._conditions.letters if words not in self._open]
        if not left:
            return ""
        found = [advice.guideline.short for words in left for advice, *_ in self._conditions.would_hold.get(words, ())]
        told = f"On screen alone: {len(left)} longer condition{'s' if len(left) != 1 else ''}"
        if not found:
            return f"{told}."
        opinions = f"{len(found)} opinion{'s' if len(found) != 1 else ''}"
        return f"{told}, under which {opinions} may yet hold ({few(list(dict.fromkeys(found)), 4)})."

    def left_out(self, kind: SheetKind) -> str:
        """Say how many statements of a kind are on screen alone, and of which sections nothing is printed."""
        sections = [section for sheet in self.consult.of_kind(kind) for section in sheet.sections]
        count = sum(1 for section in sections for shown in section.statements if not self.has(shown))
        unprinted = [section.section.title for section in sections if not self.has_section(section)]
        if not count:
            return ""
        named = f", with all of: {'; '.join(unprinted)}" if unprinted else ""
        return f"{count} more on screen{named}."

    def _open_with_room(self, room: float) -> frozenset[str]:
        """Choose the conditions to print: those that hang on least, as many as there is room for."""
        chosen = self._conditions.nearest
        while chosen and self._lines_of_options(frozenset(chosen)) > room:
            chosen.pop()
        return frozenset(chosen)

    def _has_room_for_columns(self, room: float) -> bool:
        """Whether the columns of what happened are printed: in a narrow table, where the first sheet has room for them."""
        outcomes = self.consult.outcomes.get(self.consult.first.decision.id)
        is_narrow = 0 < len(self.consult.first.columns) <= MOST_PRINTED
        return bool(outcomes and outcomes.is_told and is_narrow) and self._lines_of_options(self._open, True) <= room

    def _in_columns(self) -> Iterator[Spoke]:
        outcomes = self.consult.outcomes.get(self.consult.first.decision.id)
        if outcomes and self.has_after:
            yield from in_cells(outcomes)

    def _lines_of_options(self, printed: frozenset[str], has_after: bool = False) -> float:
        """Reckon what the table of the first decision takes, and what is said below it in words."""
        first = self.consult.first
        is_wide = len(first.columns) > MOST_PRINTED
        practice = self.consult.practice.get(first.decision.id)
        peers = practice.options if practice and first.rows else {}
        outcomes = self.consult.outcomes.get(first.decision.id) if has_after else None
        laid_out = first.rows if is_wide or not peers else rows_with_peers(first, practice, self.consult.library)
        laid_out = rows_with_outcomes(laid_out, outcomes, self.consult.library)
        rows = [
            (len(row.option.brief if is_wide else row.option.words), _row(row, self.consult, self._conditions))
            for row in laid_out
        ]
        if is_wide:
            lines = _lines_run_in(rows, printed)
        else:
            after = [letters_of_cells(outcomes, row.option.id) if outcomes else (0, 0) for row in laid_out]
            columns = len(first.columns) + bool(peers) + has_after + any(own for _, own in after)
            width = CELLS / max(columns, 1)
            lines = 2.0 * has_after + sum(
                max(ceil(name / NAMES), _most_lines(row, printed, width), *(ceil(each / width) for each in letters))
                + 0.1
                for (name, row), letters in zip(rows, after, strict=True)
            )
            lines += sum(ceil(_letters_of_shares(answers) / width) - 1 for answers in peers.values())
        if practice and practice.is_told:
            lines += 2 + ceil(len(practice.sentence) / WHOLE)
        for group in grouped(first, self.consult.library):
            words = [group.option.brief, *(each.brief for each in group.narrower)]
            lines += sum(len(each) + 2 for each in (*words, *(who.guideline.short for who in group.who))) / WHOLE
        said = [*first.agreements, *first.differences, *(reason.text for _, reason in first.reasons)]
        letters = sum(len(words) + 30 for words in said) + sum(len(words) + 4 for words in printed)
        left = len(self._conditions.letters) - len(printed)
        return HEADING + 3 + lines + (ceil((letters + 160 * (left > 0)) / HALF) + len(said) // 2) / 2 + 1


def _letters_of_shares(answers: Iterable[tuple[Told, PublishedAnswer]]) -> int:
    return sum(len(brief_share(told, answer)) + len(dated(told.survey)) + 10 for told, answer in answers)


def _row(row: Row, consult: Consult, conditions: Conditions) -> _Row:
    now: dict[str, int] = {}
    later: list[tuple[str, str, int]] = []
    for cell in cells(row, consult.first.columns, consult.library):
        who = cell.advice.guideline
        now.setdefault(who.id, 10 if cell.groups else 0)
        for said in cell.own:
            letters = len(who.short) + len(said.words) + letters_of(said.heard.opinion.citations) + 6
            if said.heard.side == OPEN:
                later.append((who.id, conditions.words(cell.advice, said.heard), letters + 6))
            else:
                now[who.id] += letters
    return _Row(now, later)


def _lines_run_in(rows: list[tuple[int, _Row]], printed: frozenset[str]) -> float:
    """Reckon a table of three columns, whose widths a browser finds from what is longest in each."""
    told = [
        (name, sum(row.now.values()), sum(letters for _, words, letters in row.open if words in printed))
        for name, row in rows
    ]
    most_now, most_open = (max((row[which] for row in told), default=0) + 10 for which in (1, 2))
    share = min(max(most_now / (most_now + most_open), 0.1), 0.9)
    return sum(
        max(ceil(name / NAMES), ceil(now / (CELLS * share)), ceil(later / (CELLS * (1 - share)))) + 0.1
        for name, now, later in told
    )


def _most_lines(row: _Row, printed: frozenset[str], width: float) -> int:
    letters = dict(row.now)
    for who, words, more in row.open:
        if words in printed:
            letters[who] = letters.get(who, 0) + more
    return max((ceil(each / width) for each in letters.values()), default=1)


def _lines_before(consult: Consult) -> float:
    """Reckon what stands above the first decision: the heading, the patient and the alerts."""
    known, absent = summary(consult.case, consult.library.lexicon.vocabulary)
    told = (consult.case.name + consult.case.about, " · ".join(known), " · ".join(absent))
    lines = 2.2 + sum(ceil(len(words) / WHOLE) for words in told)
    lines += ceil((len(consult.state_words) + len(SHORT_LEGEND) + len(consult.library.page.intended_use) + 70) / WHOLE)
    present = [shown.statement for shown in consult.alerts if shown.truth is Truth.YES]
    lines += HEADING * bool(consult.alerts)
    lines += sum(ceil((len(each.text) + letters_of(each.citations)) / WHOLE) + len(each.but) + 0.6 for each in present)
    return lines + ceil((sum(len(words) + 2 for words in consult.undecided) + 40) / WHOLE) + 0.6


def _lines_after(consult: Consult) -> float:
    """Reckon what the first sheet says below the first decision: what to ask, and the cautions."""
    asked = consult.questions_on(consult.first.decision.id)
    halves = 0
    for question in asked[:MOST_PRINTED_QUESTIONS]:
        panel = "; ".join(consult.library.lexicon.vocabulary.concepts[each].says for each in question.concepts)
        halves += 1 + ceil(len(panel) / HALF) * question.is_panel
        halves += sum(ceil((len(words) + len(told)) / HALF) for words, told in consult.answers_to(question).items())
    halves += ceil(sum(len(each.asks) + 1 for each in asked[MOST_PRINTED_QUESTIONS:]) / HALF)
    lines = (HEADING + (halves + 2) / 2) if consult.questions else 0.0
    halves = 0
    for sheet in consult.of_kind(SheetKind.CONTRAINDICATIONS):
        found = ceil((len(sheet.sheet.short) + len(sheet.counted) + len(sheet.condition) + 20) / HALF)
        for section in sheet.sections:
            for shown in section.of(Truth.YES):
                letters = len(shown.statement.text) + letters_of(shown.statement.citations) + len(shown.condition) + 24
                halves_of_remarks = sum(ceil((len(each.text) + 12) / HALF) for each in shown.statement.but)
                found += ceil((letters + len(section.condition)) / HALF) + halves_of_remarks
            if is_named(sheet, section, Truth.UNKNOWN):
                unknown = [shown.statement for shown in section.of(Truth.UNKNOWN)]
                found += ceil((sum(len(each.text) + letters_of(each.citations) + 1 for each in unknown) + 22) / HALF)
        halves += found
    return lines + (HEADING + (halves + 2) / 2 if halves else 0.0)


def _lines_of_second(consult: Consult) -> float:
    """Reckon what stands on the second sheet whatever room there is: later decisions, guidelines, what is left out."""
    thirds = 0
    for comparison in consult.later:
        thirds += 1 + ceil(len(comparison.decision.asks) / THIRD)
        for _, option, said in by_side(comparison, consult.library):
            letters = len(option.brief) + 16
            for advice, each in said:
                letters += len(advice.guideline.short) + len(each.words) + 3
                letters += letters_of(each.heard.opinion.citations)
            thirds += ceil(letters / THIRD)
    for practice in consult.practice.values():
        thirds += _thirds_of_peers(practice, practice.decision is consult.first.decision)
    lines = (HEADING + (thirds + 3) / 3) if thirds else 0.0
    overleaf = consult.practice.get(consult.first.decision.id)
    lines += (HEADING + 1) * bool(overleaf and overleaf.speaking)
    outside = sum(
        len(words) + 10 + sum(len(each.guideline.short) + 2 for each in who) for words, who in consult.outside.items()
    )
    superseded = sum(len(each.guideline.short) * 2 + 6 for each in consult.superseded)
    no_match = sum(len(each.guideline.short) + 2 for each in consult.speaking if each.finds_no_match)
    lines += HEADING + 1 + sum(ceil((letters + 30) / WHOLE) for letters in (outside, superseded, no_match) if letters)
    thirds = 0
    for kind in _KINDS:
        sections = [section for sheet in consult.of_kind(kind) for section in sheet.sections]
        silent = [
            section.section.title
            for section in sections
            if not any(shown.truth is Truth.YES for shown in section.statements)
        ]
        thirds += bool(sections) * (2 + ceil((40 + sum(len(title) + 2 for title in silent)) / THIRD))
    return lines + (thirds + 4) / 3


def _thirds_of_peers(practice: Practice, is_first: bool) -> int:
    """Reckon what surveyed peers say on a decision: its sentence where the first sheet has none, and its figures."""
    if not practice.speaking:
        return 0
    thirds = (
        0
        if is_first and practice.is_told
        else 3 + ceil(len(practice.sentence) / THIRD) + ceil(len(practice.decision.asks) / THIRD)
    )
    for survey, asked in surveys_of(practice.speaking):
        thirds += ceil((len(survey_words(survey)) + 2) / THIRD)
        for told in asked:
            said = [
                asked_words(told),
                *(answer_words(told, answer) for answer in told.question.answers),
                *remarks(told),
            ]
            letters = sum(len(words) + 2 for words in (*said, told.lead)) + letters_of(told.citations)
            thirds += ceil((letters + len(told.question.note) * (not told.question.answers)) / THIRD)
    return thirds


def _wanted(consult: Consult, sources: Iterable[str]) -> dict[SheetKind, list[tuple[Shown, float]]]:
    """List the statements that apply, each with what it takes, and with it the sources that nothing before it cites."""
    wanted: dict[SheetKind, list[tuple[Shown, float]]] = {}
    cited = dict.fromkeys(sources)
    for kind in _KINDS:
        found = wanted.setdefault(kind, [])
        for sheet in consult.of_kind(kind):
            for above, shown in _applying(sheet):
                statement = shown.statement
                letters = len(statement.text) + len(statement.aspect) + letters_of(statement.citations) + 4
                letters += 25 * bool(statement.but)
                new = dict.fromkeys(each.source for each in statement.citations if each.source not in cited)
                cited |= new
                lines = (ceil(letters / THIRD) + above + 0.1) / 3 + lines_of_sources(consult.library, new)
                found.append((shown, lines))
    return wanted


def _with_room(wanted: dict[SheetKind, list[tuple[Shown, float]]], room: float) -> set[Place]:
    """Choose the statements to print: of each kind the same share of those that apply."""
    whole = sum(lines for found in wanted.values() for _, lines in found)
    share = max(0.0, min(1.0, room / max(whole, 1.0)))
    printed = set()
    for found in wanted.values():
        left = share * sum(lines for _, lines in found) + 1e-6
        for shown, lines in found:
            left -= lines
            if left >= 0:
                printed.add(shown.statement.place)
    return printed


def _applying(sheet: ShownSheet) -> Iterator[tuple[float, Shown]]:
    """Yield the key statements of a sheet that apply now, not those that would if something turned out so.

    With each goes what the headings above it take, if it is the first below them.
    """
    above = 1.3 + len(sheet.sheet.title) // THIRD
    for section in sheet.sections:
        if sheet.truth is Truth.YES and section.truth is Truth.YES:
            above += 1.3 + len(section.section.title) // THIRD
            for shown in section.statements:
                if shown.statement.is_key and shown.truth is Truth.YES:
                    yield above, shown
                    above = 0.0
        above = min(above, 1.3)


def _sources_without_statements(consult: Consult) -> Iterator[str]:
    """Yield the sources that are cited whatever statements are printed."""
    shown = [each for each in consult.alerts if each.truth is Truth.YES]
    for sheet in consult.of_kind(SheetKind.CONTRAINDICATIONS):
        yield from (each.source for each in sheet.sheet.citations)
        for section in sheet.sections:
            shown += [
                *section.of(Truth.YES),
                *(section.of(Truth.UNKNOWN) if is_named(sheet, section, Truth.UNKNOWN) else ()),
            ]
    for each in shown:
        yield from (citation.source for citation in each.statement.citations)
        yield from (citation.source for remark in each.statement.but for citation in remark.citations)
    for _, reason in consult.first.reasons:
        yield from (each.source for each in reason.citations)
    for practice in consult.practice.values():
        yield from (each.source for told in practice.speaking for each in told.question.citations)
    for comparison in consult.comparisons:
        for row in comparison.rows:
            for heard in (heard for cell in row.cells.values() for heard in cell):
                if comparison is consult.first or heard.side != OPEN:
                    yield from (each.source for each in heard.opinion.citations)


def _lines_of_sources(consult: Consult, sources: Iterable[str]) -> float:
    """Reckon the list of sources, and the line at the foot."""
    return HEADING + 3 + lines_of_sources(consult.library, sources)
