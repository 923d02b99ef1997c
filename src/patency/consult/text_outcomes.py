"""What happened to patients like this one, as plain text: in the row of an option, and in a section of its own.

The short page tells one figure of each outcome that matters most; `full` has every figure, and whom each study watched.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from patency.consult.outcomes import Headline, OptionOutcomes, Outcomes, Spoke, rows_with_outcomes
from patency.consult.said_by_outcomes import (
    CAVEAT,
    HEADING,
    LABEL,
    NO_FIGURES,
    NONE_HERE,
    PUBLISHED,
    REGISTRY,
    alike_words,
    by_study,
    cited,
    definitions,
    group_words,
    headline_words,
    may_speak,
    own_words,
    registry_label,
    silent,
    spoke_words,
    told_own,
    untold_own,
    who_words,
)
from patency.consult.text_peers import PeersText
from patency.evidence.printed_outcomes import WhichStudy
from patency.guideline.compare import Comparison, Row
from patency.guideline.model import Option

if TYPE_CHECKING:
    from patency.outcome.definition import Definition

MOST_OPEN = 3  # conditions under which more figures would speak that the short page says; the rest are counted


class OutcomesText(PeersText):
    """Adds to each comparison what came after its options, and a section that tells by which definitions."""

    def _rows(self, comparison: Comparison) -> tuple[Row, ...]:
        outcomes = self.consult.outcomes.get(comparison.decision.id) if self.is_with_peers else None
        return rows_with_outcomes(super()._rows(comparison), outcomes, self.library)

    def _peers(self, option: Option) -> list[str]:
        return [*super()._peers(option), *self._after(option)]

    def _after(self, option: Option) -> list[str]:
        """Say in the row of an option the one figure that stands nearest; the rest is below."""
        outcomes = self.consult.outcomes.get(option.decision) if self.is_with_peers else None
        told = outcomes.options.get(option.id) if outcomes else None
        if outcomes is None or told is None or not told.speaking:
            return []
        first, *more = told.lead(outcomes.lead)
        rest = f", {len(more)} more studies (--full)" if more and not self.is_full else ""
        return [f"after it: {self._headline(first)}{rest}"]

    def _headline(self, headline: Headline, *, is_named: bool = True) -> str:
        """Say what stands for a study, with its outcome unless that was said, and with what it cites."""
        figure = headline[0].figure
        words = f"{figure.words} " * is_named + f"{headline_words(headline)}, {figure.study.short}"
        return self._cited(words, cited(headline))

    def _happened(self) -> Iterator[str]:
        """Yield the section: published figures, then one's own registry."""
        if not self.consult.outcomes and self.consult.alike is None:
            return
        yield from self._heading(f"{HEADING} ({LABEL})")
        yield from self._wrapped(CAVEAT, 2)
        yield from self._published()
        yield from self._registry()

    def _published(self) -> Iterator[str]:
        shown: list[Spoke] = []
        first = self.consult.first.decision.id
        for name, outcomes in self.consult.outcomes.items():
            if self.is_full or name == first:
                yield from self._wrapped(f"{outcomes.decision.asks} · {PUBLISHED.lower()}" if self.is_full else "", 2)
                for option in outcomes.options.values():
                    yield from self._told(option, outcomes, shown)
                yield from self._silent(outcomes)
            elif outcomes.speaking:
                yield from self._in_a_line(outcomes, shown)
            yield from self._may(outcomes, is_said=name == first)
        yield from self._definitions(shown)

    def _told(self, option: OptionOutcomes, outcomes: Outcomes, shown: list[Spoke]) -> Iterator[str]:
        if not option.speaking:
            return
        if not self.is_full:
            yield from self._told_in_short(option, outcomes, shown)
            return
        shown += option.speaking
        yield from self._wrapped(option.option.brief, 4, 2)
        for study, figures in by_study(option.speaking):
            said = "; ".join(self._cited(spoke_words(each), each.figure.citations) for each in figures)
            yield from self._wrapped(f"{self._whose(study, figures)}: {said}", 6, 2)
            for each in figures:
                for remark in each.figure.remarks:
                    yield from self._wrapped(f"! {self._cited(remark.text, remark.citations)}", 8, 2)

    def _told_in_short(self, option: OptionOutcomes, outcomes: Outcomes, shown: list[Spoke]) -> Iterator[str]:
        """Yield one figure of each outcome that matters most, beside the one in the option's row; count the rest."""
        row = option.lead(outcomes.lead)[0]
        by_outcome = {each[0].figure.outcome: each for each in reversed(option.headlines)}
        told = [each for name, each in by_outcome.items() if name != row[0].figure.outcome]
        here = [*row, *(each for headline in told for each in headline)]
        shown += here
        rest = len(option.speaking) - len(here)
        self.left_out += rest
        said = [self._headline(each) for each in told]
        said += [f"{rest} more figures (--full)"] if rest else []
        if said:
            yield from self._wrapped(f"{option.option.brief}: {'; '.join(said)}", 2, 4)

    def _whose(self, study: WhichStudy, figures: Sequence[Spoke]) -> str:
        """Say whom a study watched the first time, and its name after that."""
        if study.id in self.told_of:
            return study.short
        self.told_of.add(study.id)
        return f"{study.short} ({who_words(study, figures[0].unsaid)})"

    def _silent(self, outcomes: Outcomes) -> Iterator[str]:
        names = silent(outcomes)
        if names and not self.is_full:
            yield from self._wrapped(f"{NO_FIGURES}: {len(names)} other option{'s' * (len(names) != 1)}", 2, 4)
        elif names:
            as_group = [
                f"{each.option.brief} ({group_words(each)})"
                for each in outcomes.options.values()
                if each.groups and not each.speaking
            ]
            yield from self._wrapped(f"{NO_FIGURES}: {', '.join(names)}", 4, 2)
            if as_group:
                yield from self._wrapped(f"rated as a group: {'; '.join(as_group)}", 4, 2)

    def _in_a_line(self, outcomes: Outcomes, shown: list[Spoke]) -> Iterator[str]:
        said = []
        for option in outcomes.options.values():
            if option.speaking:
                told = option.lead(outcomes.lead)[0]
                shown += told
                self.left_out += len(option.speaking) - len(told)
                said.append(f"{option.option.brief}, {told[0].figure.words}: {self._headline(told, is_named=False)}")
        yield from self._wrapped(f"{outcomes.decision.asks} · {' · '.join(said)}", 2, 4)

    def _may(self, outcomes: Outcomes, *, is_said: bool) -> Iterator[str]:
        if self.is_full:
            for each in outcomes.open:
                words = f"if {each.condition}: {outcomes.options[each.figure.option].option.brief}, {each.figure.study.short}"
                yield from self._wrapped(f"{words}: {self._cited(spoke_words(each), each.figure.citations)}", 4, 2)
            return
        self.left_out += len(outcomes.open)
        conditions = may_speak(outcomes) if is_said else {}
        if conditions:
            said = [f"if {words}: {', '.join(studies)}" for words, studies in list(conditions.items())[:MOST_OPEN]]
            rest = len(conditions) - MOST_OPEN
            said += [f"and under {rest} longer condition{'s' * (rest != 1)}"] if rest > 0 else []
            yield from self._wrapped(f"studies may speak (--full), {'. '.join(said)}", 4, 2)

    def _definitions(self, shown: Iterable[Spoke]) -> Iterator[str]:
        named = definitions(shown)
        said = [
            self._cited(f"{name}: {spoke.figure.definition_words}", spoke.figure.definition_citations)
            for name, spoke in named.items()
        ]
        if said:
            yield from self._wrapped(f"By these definitions · {'; '.join(said)}", 2, 4)

    def _registry(self) -> Iterator[str]:
        alike = self.consult.alike
        if alike is None:
            return
        label = registry_label(alike)
        yield from self._wrapped(
            f"{label}. " * bool(label) + f"{REGISTRY} · {alike.registry}, cut {alike.content[:12]}", 2, 4
        )
        for words in alike_words(alike):
            yield from self._wrapped(words, 4, 2)
        named: dict[str, Definition] = {}
        for outcomes in self.consult.outcomes.values():
            for option in outcomes.options.values():
                named |= {definition.name: definition for definition, _ in option.own}
                told = [*(own_words(definition, shown) for definition, shown in told_own(option)), untold_own(option)]
                said = "; ".join(filter(None, told))
                yield from self._wrapped(f"{option.option.brief}: {said}" if said else "", 4, 2)
        if not named and not alike.too_few:
            yield from self._wrapped(NONE_HERE, 4, 2)
        for name, definition in named.items():
            yield from self._wrapped(f"{name}: {self._cited(definition.words, definition.citations)}", 4, 2)
        yield from self._wrapped(f"{label}." if label else "", 2)
