"""The consult as plain text, for a terminal: the short page, or all of it.

The short page is what one needs at night; what it leaves out is named and counted, and `full` has it.
"""

from collections.abc import Iterable, Iterator

from patency.answer import day_words
from patency.consult.page import Consult
from patency.consult.said import LEGEND, source_named, summary
from patency.consult.sheets import STATES, Shown, ShownSheet, is_named
from patency.consult.text_beside import names_of
from patency.consult.text_outcomes import OutcomesText
from patency.guideline.advise import Advice, RuleAdvice
from patency.guideline.ask import Question
from patency.guideline.model import SheetKind
from patency.language.evaluate import Trace, explain
from patency.language.words import to_words
from patency.source import Remark
from patency.truth import Truth

MOST_ASKED = 3  # questions printed in full on the short page; the rest are named
SIGN_LEGEND = "● for · ◐ conditional · ○ neutral · ✕ avoid · ▷ another is preferred, which is not being against"
HOLDS = {Truth.YES: "holds", Truth.NO: "does not hold", Truth.UNKNOWN: "cannot be told yet"}
SCOPES = {Truth.YES: "in scope", Truth.NO: "out of scope", Truth.UNKNOWN: "scope cannot be told yet"}
NO_MATCH = "No variant matches: it says nothing of this situation."
NOBODY = "No guideline here says anything of this for this patient."


def to_text(consult: Consult, width: int = 100, is_full: bool = False, is_explained: bool = False) -> str:
    """Lay out the page as text of a given width, in letters; `is_explained` adds the trace of every rule."""
    return "\n".join(_Layout(consult, width, is_full, is_explained).lines()) + "\n"


def compared(consult: Consult, width: int = 100) -> str:
    """Lay out what the guidelines say side by side, and nothing else of the page."""
    return "\n".join(_Layout(consult, width, False, False).comparison()) + "\n"


class _Layout(OutcomesText):
    def lines(self) -> Iterator[str]:
        yield from self._head()
        yield from self._alerts()
        yield from self._first()
        yield from self._happened()
        yield from self._questions()
        yield from self._lists()
        if self.is_full:
            for comparison in self.consult.comparisons[1:]:
                if comparison.rows or self._is_told_beside(comparison.decision.id):
                    yield from self._heading(comparison.decision.asks)
                    yield from self._comparison(comparison)
        else:
            yield from self._later()
            yield from self._practised()
        yield from self._guidelines()
        yield from self._sheets() if self.is_full else self._rest()
        yield from self._sources()

    def _is_told_beside(self, decision: str) -> bool:
        outcomes = self.consult.outcomes.get(decision)
        return decision in self.consult.practice or (outcomes is not None and outcomes.is_told)

    def comparison(self) -> Iterator[str]:
        """Yield what the guidelines say and nobody else, and the sources of it."""
        self.is_whole, self.is_with_peers = True, False
        yield from self._first()
        for comparison in self.consult.later:
            yield from self._heading(comparison.decision.asks)
            yield from self._comparison(comparison)
        yield from self._guidelines()
        yield from self._sources()

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
            asked = "; ".join(self.consult.undecided)
            yield from self._wrapped(f"? Not known, and decisive: whether {asked}.", 2, 2)
            self.left_out += len(open_ones)

    def _said(self, shown: Shown) -> str:
        flag = f" ({shown.statement.flag})" if shown.statement.flag else ""
        return self._cited(f"{shown.statement.text}{flag}", shown.statement.citations)

    def _buts(self, remarks: Iterable[Remark], indent: int = 6) -> Iterator[str]:
        for remark in remarks:
            yield from self._wrapped(f"but: {self._cited(remark.text, remark.citations)}", indent, 2)

    def _first(self) -> Iterator[str]:
        first = self.consult.first
        yield from self._heading(first.decision.asks)
        yield from self._wrapped(SIGN_LEGEND if first.rows else NOBODY, 2)
        yield from self._comparison(first)

    def _guidelines(self) -> Iterator[str]:
        yield from self._heading("Guidelines")
        lines = [reviewed_words(self.consult)]
        if self.is_full or self.is_explained:
            for advice in self.consult.speaking:
                yield from self._guideline(advice)
        no_match = [advice for advice in self.consult.speaking if advice.finds_no_match]
        if no_match:
            lines.append(f"No rule for this situation: {names_of(no_match)}.")
        if not self.is_full and self.consult.outside:
            outside = (f"{names_of(who)} ({words})" for words, who in self.consult.outside.items())
            lines.append(f"Out of scope: {'; '.join(outside)}.")
        if not self.is_full and self.consult.superseded:
            guidelines = self.consult.library.guidelines
            pairs = (
                f"{each.guideline.short} by {guidelines[each.guideline.superseded_by].short}"
                for each in self.consult.superseded
            )
            lines.append(f"Superseded: {'; '.join(pairs)}.")
        for line in lines:
            yield from self._wrapped(line, 2, 2)
        for advice in self.consult.out_of_scope if self.is_full else ():
            yield from self._out_of_scope(advice)
        for advice in self.consult.superseded if self.is_full else ():
            yield from self._superseded(advice)

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
        if self.is_full:
            for number, question in enumerate(questions, 1):
                yield from self._question(number, question)
        else:
            first = self.consult.questions_on(self.consult.first.decision.id)
            for number, question in enumerate(first[:MOST_ASKED], 1):
                yield from self._question(number, question)
            if rest := first[MOST_ASKED:]:
                yield from self._wrapped(f"and {len(rest)} more: {' '.join(each.asks for each in rest)}", 2, 2)
        yield from self._wrapped("Everything else that is unknown cannot change an opinion.", 2)

    def _question(self, number: int, question: Question) -> Iterator[str]:
        yield from self._wrapped(f"{number}  {question.asks} ({question.cost})", 2, 3)
        if question.is_panel:
            names = [self.vocabulary.concepts[name].says for name in question.concepts]
            yield from self._wrapped("; ".join(names), 5, 2)
        if self.is_full:
            answers = [(answer.words, self.consult.led_to(question, answer)) for answer in question.answers]
        else:
            answers = [(answer, words) for words, answer in self.consult.answers_to(question).items()]
        for answer, words in answers:
            yield from self._wrapped(f"{answer} → {words}", 5, 2)

    def _lists(self) -> Iterator[str]:
        """Yield the lists of cautions: what is present or absolute and not known by name; the rest counted."""
        sheets = self.consult.of_kind(SheetKind.CONTRAINDICATIONS)
        if not sheets:
            return
        yield from self._heading(self.page.headings[SheetKind.CONTRAINDICATIONS.value])
        quiet = []
        for sheet in sheets:
            if self.is_full:
                yield from self._list(sheet)
            elif named := list(self._list_named(sheet)):
                title = self._cited(f"{self._list_name(sheet)}, {sheet.counted}", sheet.sheet.citations)
                yield from self._wrapped(f"{title}: {' '.join(named)}", 2, 4)
            else:
                unknown = sheet.tally(Truth.UNKNOWN)
                quiet.append(
                    self._cited(f"{self._list_name(sheet)} {unknown or 'none'} not known", sheet.sheet.citations)
                )
        if quiet:
            yield from self._wrapped(f"None present: {'; '.join(quiet)}", 2, 4)

    def _list_name(self, sheet: ShownSheet) -> str:
        about = self.page.about[sheet.sheet.about]
        return f"{sheet.sheet.title if self.is_full else sheet.sheet.short} ({about}){_if(sheet.condition)}"

    def _list_named(self, sheet: ShownSheet) -> Iterator[str]:
        """Yield what the short page names of a list: what is present, and what is absolute and not known."""
        for section in sheet.sections:
            for each in section.of(Truth.YES):
                buts = "".join(f" But: {self._cited(remark.text, remark.citations)}" for remark in each.statement.but)
                yield f"! present, {section.section.strength}{_if(section.condition)}: {self._said(each)}{buts}"
            unknown = section.of(Truth.UNKNOWN)
            if unknown and is_named(sheet, section, Truth.UNKNOWN):
                said = " ".join(self._said(each) for each in unknown)
                yield f"{section.section.strength}, not known: {said}"
            else:
                self.left_out += len(unknown)
            self.left_out += len(section.of(Truth.NO))

    def _list(self, sheet: ShownSheet) -> Iterator[str]:
        yield from self._wrapped(self._cited(f"{self._list_name(sheet)}: {sheet.counted}", sheet.sheet.citations), 2, 4)
        for section in sheet.sections:
            yield from self._wrapped(f"{section.section.title}{_if(section.condition)}", 4, 2)
            for truth in STATES:
                for each in section.of(truth):
                    yield from self._wrapped(f"{'! ' * (truth is Truth.YES)}{STATES[truth]}: {self._said(each)}", 6, 2)
                    yield from self._buts(each.statement.but, 8)

    def _sheets(self) -> Iterator[str]:
        for kind in SheetKind:
            sheets = self.consult.of_kind(kind)
            if sheets and kind is not SheetKind.CONTRAINDICATIONS:
                yield from self._heading(self.page.headings[kind.value])
                for sheet in sheets:
                    yield from self._sheet(sheet)

    def _rest(self) -> Iterator[str]:
        """Yield what only the whole page holds: each heading, with the number of its statements."""
        counts = []
        later = list(self.consult.practice.values())[self.consult.first.decision.id in self.consult.practice :]
        self.left_out += sum(len(practice.open) for practice in later)
        for kind in SheetKind:
            if kind is not SheetKind.CONTRAINDICATIONS:
                count = sum(
                    len(section.statements) for sheet in self.consult.of_kind(kind) for section in sheet.sections
                )
                self.left_out += count
                counts += [f"{self.page.headings[kind.value]} ({count})"] if count else []
        if self.left_out:
            named = f": {', '.join(counts)}" if counts else ""
            yield from self._wrapped(
                f"This is the short page; --full adds {self.left_out} statements{named}; every rule in words.", 2, 2
            )

    def _sheet(self, sheet: ShownSheet) -> Iterator[str]:
        title = f"{sheet.sheet.title}{_if(sheet.condition)}"
        yield from self._wrapped(self._cited(title, sheet.sheet.citations), 2, 2)
        for section in sheet.sections:
            yield from self._wrapped(f"{section.section.title}{_if(section.condition)}", 4, 2)
            for shown in section.statements:
                aspect = f"{shown.statement.aspect}: " if shown.statement.aspect else ""
                yield from self._wrapped(f"- {aspect}{self._said(shown)}{_if(shown.condition)}", 6, 2)
                yield from self._buts(shown.statement.but, 8)

    def _sources(self) -> Iterator[str]:
        yield from self._heading("Sources")
        yield from self._wrapped(LEGEND, 2)
        cited = self.references.cited()
        if self.is_full:
            for number, source in cited:
                yield from self._wrapped(f"[{number}] {source.words} ({source.kind})", 2, 5)
        else:
            yield from self._wrapped(" · ".join(f"[{number}] {source_named(source)}" for number, source in cited), 2)
        yield from self._wrapped(f"Content {self.consult.library.content_hash[:12]}", 2)


def _if(condition: str) -> str:
    return f" — if {condition}" if condition else ""


def reviewed_words(consult: Consult) -> str:
    """Say how many of the rules that hold or may hold here a clinician has reviewed."""
    reviewed, rules = consult.reviewed
    has = "have" if reviewed else "has"
    return f"{reviewed if reviewed else 'None'} of these {rules} rules {has} been reviewed by a clinician yet."


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
