"""The consult as plain text, for a terminal: the short page, or all of it."""

import textwrap
from collections.abc import Iterable, Iterator

from patency.consult.page import (
    STATES,
    Consult,
    References,
    Shown,
    ShownSection,
    ShownSheet,
    day_words,
    heard_words,
    is_named,
    summary,
)  # fmt: skip
from patency.guideline.advise import Advice, RuleAdvice
from patency.guideline.ask import Question
from patency.guideline.compare import Comparison, Heard
from patency.guideline.model import Remark, SheetKind, condition_of
from patency.language.evaluate import Trace, explain, open_part
from patency.language.words import to_words
from patency.source import Citation, Mark
from patency.truth import Truth

MOST_ASKED = 5  # questions printed in full on the short page; the rest are named
MARKS = {Mark.ORIGINAL: "", Mark.SECOND_HAND: " 2nd", Mark.INFERENCE: " own", Mark.UNVERIFIED: " unverified"}
LEGEND = "No mark: read in the original. 2nd: read second-hand. own: Patency's own reading. unverified: not confirmed in any source."
HOLDS = {Truth.YES: "holds", Truth.NO: "does not hold", Truth.UNKNOWN: "cannot be told yet"}
SCOPES = {Truth.YES: "in scope", Truth.NO: "out of scope", Truth.UNKNOWN: "scope cannot be told yet"}
NO_MATCH = "No variant matches: it says nothing of this situation."


def to_text(consult: Consult, width: int = 100, is_full: bool = False, is_explained: bool = False) -> str:
    """Lay out the page as text of a given width, in letters; `is_explained` adds the trace of every rule."""
    return "\n".join(_Layout(consult, width, is_full, is_explained).lines()) + "\n"


def compared(consult: Consult, width: int = 100) -> str:
    """Lay out what the guidelines say side by side, and nothing else of the page."""
    return "\n".join(_Layout(consult, width, False, False).comparison()) + "\n"


class _Layout:
    def __init__(self, consult: Consult, width: int, is_full: bool, is_explained: bool) -> None:
        self.consult = consult
        self.width = width
        self.is_full = is_full
        self.is_explained = is_explained
        self.references = References(consult.library.sources)
        self.page = consult.library.page
        self.vocabulary = consult.library.lexicon.vocabulary
        self.left_out = 0

    def lines(self) -> Iterator[str]:
        yield from self._head()
        yield from self._alerts()
        yield from self._advice()
        yield from self._questions()
        for kind in SheetKind:
            yield from self._sheets(kind)
        yield from self._sources()

    def comparison(self) -> Iterator[str]:
        """Yield what the guidelines say, and the sources of it."""
        yield from self._advice()
        yield from self._sources()

    def _wrapped(self, text: str, indent: int = 2, hang: int = 0) -> list[str]:
        return textwrap.wrap(
            text, self.width, initial_indent=" " * indent, subsequent_indent=" " * (indent + hang),
            break_long_words=False, break_on_hyphens=False,
        )  # fmt: skip

    def _heading(self, words: str) -> list[str]:
        return ["", words.upper()]

    def _marked(self, citations: Iterable[Citation]) -> str:
        cited = dict.fromkeys(f"[{self.references.number(each.source)}{MARKS[each.mark]}]" for each in citations)
        return "".join(cited)

    def _cited(self, text: str, citations: Iterable[Citation]) -> str:
        return f"{text} {self._marked(citations)}"

    def _head(self) -> Iterator[str]:
        case = self.consult.case
        soonest = self.consult.expires
        ends = f" · this advice expires {day_words(soonest.on)}: {soonest.why}" if soonest else ""
        yield from self._wrapped(f"PATENCY consult · as of {day_words(case.on)}{ends}", 0, 2)
        yield from self._wrapped(" — ".join(part for part in (case.name, case.about) if part), 0)
        if self.consult.found_on:
            yield from self._wrapped(f"findings of {day_words(self.consult.found_on)}, none newer", 0)
        known, absent = summary(case, self.vocabulary)
        yield from self._wrapped(" · ".join(known) if known else "nothing is known yet", 0)
        yield from self._wrapped(f"answered not known: {' · '.join(absent)}" if absent else "", 0)
        yield from self._wrapped(self.consult.state_words, 0)
        yield from self._wrapped(self.page.intended_use, 0)

    def _alerts(self) -> Iterator[str]:
        if not self.consult.alerts:
            return
        yield from self._heading(self.page.headings["alert"])
        for shown in self.consult.alerts:
            if shown.truth is Truth.YES:
                yield from self._wrapped(f"! {self._said(shown)}", 2, 2)
                yield from self._buts(shown.statement.but)
        open_ones = [shown for shown in self.consult.alerts if shown.truth is Truth.UNKNOWN]
        if self.is_full:
            for shown in open_ones:
                yield from self._wrapped(f"? if {shown.condition}: {self._said(shown)}", 2, 2)
                yield from self._buts(shown.statement.but)
        elif open_ones:
            conditions = dict.fromkeys(shown.condition for shown in open_ones)
            yield from self._wrapped(f"? Not known, and would stand here: {'; '.join(conditions)}.", 2, 2)
            self.left_out += len(open_ones)

    def _said(self, shown: Shown) -> str:
        flag = f" ({shown.statement.flag})" if shown.statement.flag else ""
        return self._cited(f"{shown.statement.text}{flag}", shown.statement.citations)

    def _buts(self, remarks: Iterable[Remark], indent: int = 6) -> Iterator[str]:
        for remark in remarks:
            yield from self._wrapped(f"but: {self._cited(remark.text, remark.citations)}", indent, 2)

    def _advice(self) -> Iterator[str]:
        for comparison in self.consult.comparisons:
            if comparison.rows:
                yield from self._heading(comparison.decision.asks)
                yield from self._comparison(comparison)
        if not any(comparison.rows for comparison in self.consult.comparisons):
            yield from self._heading(next(iter(self.consult.library.decisions.values())).asks)
            yield from self._wrapped("No guideline here says anything of this for this patient.", 2)
        yield from self._heading("Guidelines")
        for advice in self.consult.speaking:
            yield from self._guideline(advice)
        for advice in self.consult.out_of_scope:
            yield from self._out_of_scope(advice)
        for advice in self.consult.superseded:
            yield from self._superseded(advice)

    def _comparison(self, comparison: Comparison) -> Iterator[str]:
        for row in comparison.rows:
            yield from self._wrapped(row.option.words, 2, 2)
            for advice in comparison.columns:
                heard = row.cells.get(advice.guideline.id, ())
                if heard:
                    said = "; ".join(self._heard(each) for each in heard)
                    yield from self._wrapped(f"{advice.guideline.short}: {said}", 4, 2)
        for words in comparison.agreements:
            yield from self._wrapped(f"They agree on {words}.", 2, 2)
        for words in comparison.differences:
            yield from self._wrapped(f"They differ on {words}.", 2, 2)
        for advice, reason in comparison.reasons:
            yield from self._wrapped(self._cited(f"{advice.guideline.short}: {reason.text}", reason.citations), 4, 2)
        if comparison.silent:
            silent = ", ".join(advice.guideline.short for advice in comparison.silent)
            yield from self._wrapped(f"Silent here: {silent}.", 2, 2)

    def _heard(self, heard: Heard) -> str:
        words = heard_words(heard, self.consult.library)
        is_open = heard.holds is Truth.UNKNOWN
        rule = f"if {heard.rule.rule.id} holds" if is_open else f"({heard.rule.rule.id})"
        return self._cited(f"{words} {rule}", heard.opinion.citations)

    def _guideline(self, advice: Advice) -> Iterator[str]:
        guideline = advice.guideline
        yield from self._wrapped(self._cited(f"{guideline.short}: {guideline.title}", guideline.citations), 2, 2)
        yield from self._wrapped(" · ".join(facts(advice)), 4)
        if advice.scope is not Truth.YES:
            yield from self._wrapped(f"It speaks for {guideline.population_words}.", 4, 2)
        if guideline.population_note and self.is_full:
            yield from self._wrapped(
                self._cited(guideline.population_note.text, guideline.population_note.citations), 4, 2
            )
        if advice.finds_no_match:
            yield from self._wrapped(NO_MATCH, 4)
        for rule in advice.rules:
            if rule.holds is not Truth.NO:
                yield from self._rule(rule)
        none = [rule.rule.id for rule in advice.rules if rule.holds is Truth.NO]
        if none:
            yield from self._wrapped(f"does not hold: {', '.join(none)}", 4, 2)
        if self.is_explained:
            for rule in advice.rules:
                yield from self._explained(rule)
        for remark in guideline.notes if self.is_full or advice.finds_no_match else ():
            yield from self._wrapped(self._cited(remark.text, remark.citations), 4, 2)

    def _rule(self, advice: RuleAdvice) -> Iterator[str]:
        rule = advice.rule
        yield from self._wrapped(self._cited(f"{HOLDS[advice.holds]}: {rule.id}, {rule.title}", rule.citations), 4, 2)
        if advice.holds is Truth.UNKNOWN and not self.is_full:
            left = open_part(condition_of(rule), self.consult.case)
            yield from self._wrapped(f"if {to_words(left, self.vocabulary)}", 6, 2)
        if self.is_full:
            yield from self._wrapped(f"when {to_words(rule.when, self.vocabulary)}", 6, 2)
            for exclusion in rule.exclusions:
                words = to_words(exclusion.when, self.vocabulary)
                yield from self._wrapped(
                    self._cited(f"except when {words}: {exclusion.why}", exclusion.citations), 6, 2
                )
        for remark in rule.notes if self.is_full else ():
            yield from self._wrapped(self._cited(remark.text, remark.citations), 6, 2)

    def _out_of_scope(self, advice: Advice) -> Iterator[str]:
        guideline = advice.guideline
        note = guideline.population_note
        text = f"{guideline.short} is out of scope: it speaks for {guideline.population_words}."
        yield from self._wrapped(self._cited(text, guideline.citations), 2, 2)
        if note:
            yield from self._wrapped(self._cited(note.text, note.citations), 4, 2)

    def _explained(self, advice: RuleAdvice) -> Iterator[str]:
        yield from self._wrapped(f"why {advice.rule.id} {HOLDS[advice.holds]}:", 4, 2)
        yield from self._trace(explain(advice.rule.when, self.consult.case), 6)
        for exclusion in advice.rule.exclusions:
            yield from self._wrapped(f"exception {exclusion.name}:", 6, 2)
            yield from self._trace(explain(exclusion.when, self.consult.case), 8)

    def _trace(self, trace: Trace, indent: int) -> Iterator[str]:
        asserted = " (asserted)" if trace.is_asserted else ""
        yield from self._wrapped(f"{trace.truth!s}: {to_words(trace.term, self.vocabulary)}{asserted}", indent, 9)
        for part in trace.because:
            yield from self._trace(part, indent + 2)

    def _superseded(self, advice: Advice) -> Iterator[str]:
        guideline = advice.guideline
        by = self.consult.library.guidelines[guideline.superseded_by].short
        text = f"{guideline.short} is superseded by {by}. {self.consult.would_say(advice)}"
        yield from self._wrapped(self._cited(text, guideline.citations), 2, 2)

    def _questions(self) -> Iterator[str]:
        questions = self.consult.questions
        if not questions:
            return
        yield from self._heading("Still worth asking")
        most = len(questions) if self.is_full else MOST_ASKED
        for number, question in enumerate(questions[:most], 1):
            yield from self._question(number, question)
        if questions[most:]:
            others = " ".join(question.asks for question in questions[most:])
            yield from self._wrapped(f"and {len(questions) - most} more: {others}", 2, 2)
        yield from self._wrapped("Everything else that is unknown cannot change an opinion.", 2)

    def _question(self, number: int, question: Question) -> Iterator[str]:
        yield from self._wrapped(f"{number}  {question.asks} ({question.cost})", 2, 3)
        if question.is_panel:
            names = [self.vocabulary.concepts[name].says for name in question.concepts]
            yield from self._wrapped("; ".join(names), 5, 2)
        for answer in question.answers:
            yield from self._wrapped(f"{answer.words} → {self.consult.led_to(answer)}", 5, 2)

    def _sheets(self, kind: SheetKind) -> Iterator[str]:
        sheets = self.consult.of_kind(kind)
        if not sheets:
            return
        yield from self._heading(self.page.headings[kind.value])
        for sheet in sheets:
            if kind is SheetKind.CONTRAINDICATIONS:
                yield from self._list(sheet)
            else:
                yield from self._sheet(sheet)

    def _list(self, sheet: ShownSheet) -> Iterator[str]:
        """A list of cautions: what is present in full; the absolute ones not known by name; the rest counted."""
        about = self.page.about[sheet.sheet.about]
        title = f"{sheet.sheet.title if self.is_full else sheet.sheet.short} ({about}){_if(sheet.condition)}: {sheet.counted}"
        yield from self._wrapped(self._cited(title, sheet.sheet.citations), 2, 4)
        for section in sheet.sections:
            if self.is_full:
                yield from self._wrapped(f"{section.section.title}{_if(section.condition)}", 4, 2)
            for truth in STATES:
                shown = section.of(truth)
                if self.is_full or truth is Truth.YES:
                    for each in shown:
                        yield from self._wrapped(
                            f"{'! ' * (truth is Truth.YES)}{STATES[truth]}: {self._said(each)}", 6, 2
                        )
                        yield from self._buts(each.statement.but, 8)
                elif shown and is_named(sheet, section, truth):
                    said = " ".join(self._said(each) for each in shown)
                    yield from self._wrapped(f"{section.section.strength}, {STATES[truth]}: {said}", 6, 2)
                else:
                    self.left_out += len(shown)

    def _sheet(self, sheet: ShownSheet) -> Iterator[str]:
        kept = [(section, self._kept(section)) for section in sheet.sections]
        if any(shown for _, shown in kept):
            title = f"{sheet.sheet.title}{_if(sheet.condition)}"
            yield from self._wrapped(self._cited(title, sheet.sheet.citations), 2, 2)
        for section, statements in kept:
            if not statements:
                continue
            yield from self._wrapped(f"{section.section.title}{_if(section.condition)}", 4, 2)
            for shown in statements:
                aspect = f"{shown.statement.aspect}: " if shown.statement.aspect else ""
                yield from self._wrapped(f"- {aspect}{self._said(shown)}{_if(shown.condition)}", 6, 2)
                yield from self._buts(shown.statement.but, 8)

    def _kept(self, section: ShownSection) -> list[Shown]:
        kept = [shown for shown in section.statements if self.is_full or shown.statement.is_key]
        self.left_out += len(section.statements) - len(kept)
        return kept

    def _sources(self) -> Iterator[str]:
        yield from self._heading("Sources")
        yield from self._wrapped(LEGEND, 2)
        for number, source in self.references.cited():
            yield from self._wrapped(f"[{number}] {source.words} ({source.kind})", 2, 5)
        if self.left_out:
            yield from self._wrapped(f"This is the short page; --full adds {self.left_out} statements.", 2)
        yield from self._wrapped(f"Content {self.consult.library.content_hash[:12]}", 2)


def _if(condition: str) -> str:
    return f" — if {condition}" if condition else ""


def facts(advice: Advice) -> list[str]:
    """Say of one guideline: scope, whether it is settled, until when, and who has reviewed its rules."""
    said = [SCOPES[advice.scope]]
    if advice.scope is not Truth.NO:
        said.append("settled" if advice.is_settled else "not settled")
        if not advice.is_exact:
            said.append("the bound on the work was passed: what is settled was not worked out exactly")
        if advice.expires:
            said.append(f"expires {day_words(advice.expires.on)} ({advice.expires.why})")
    reviewed = sum(1 for rule in advice.guideline.rules if rule.review)
    count = f"{reviewed} of {len(advice.guideline.rules)} rules reviewed by a clinician"
    return [*said, count if reviewed else "not yet reviewed by a clinician"]
