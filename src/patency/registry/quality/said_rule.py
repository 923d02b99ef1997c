"""A quality rule read aloud: what it is of, when it fires, what it says, and on whose authority."""

from collections.abc import Iterator, Mapping

from patency.language.words import to_words
from patency.registry.kinds import KINDS
from patency.registry.quality.rule import Condition, Measure, Repeats, Rule
from patency.source import Source
from patency.vocabulary import Vocabulary


def rule_words(rule: Rule, sources: Mapping[str, Source]) -> str:
    """Read a rule aloud, with how its quantities are counted."""
    lines = [
        f"{rule.name}: {KINDS[rule.kind].words}, {rule.sort.value}",
        f"Says: {rule.says}",
        f"Fires when {condition_words(rule.condition)}.",
        *(f"  {line}" for measure in rule.condition.measures.values() for line in _measure_lines(measure)),
        f"Fix: {rule.fix}",
    ]
    for citation in rule.citations:
        source = sources[citation.source]
        where = f", {citation.at}" if citation.at else ""
        lines.append(f"Source: {source.title} ({source.year}){where}; {citation.mark.words}")
    return "\n".join(lines)


def condition_words(condition: Condition) -> str:
    """Read a condition aloud."""
    return to_words(condition.term, Vocabulary(condition.concepts))


def _measure_lines(measure: Measure) -> Iterator[str]:
    for used in measure.uses.values():
        yield from _measure_lines(used)
    how = measure.how
    if not isinstance(how, Repeats):
        return
    among = f"Of the {KINDS[how.kind].plural} of the {KINDS[how.within].words}"
    same = f", those with the same {', '.join(how.same)}" if how.same else ""
    same += f" (two blanks of {', '.join(sorted(how.alike))} are the same)" if how.alike else ""
    before = f", those before its {how.before}" if how.before else ""
    where = f", where {condition_words(how.where)}" if how.where else ""
    take = f" of {how.take}" if how.take else ""
    words = measure.concept.words or measure.concept.says
    yield f"{words}: {how.how.value}{take}. {among}{same}{before}{where}."
