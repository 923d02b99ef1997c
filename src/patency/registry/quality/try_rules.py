"""Whether each rule does on its examples what they say."""

from collections.abc import Mapping

from patency.fault import Fault
from patency.registry.forms import Forms
from patency.registry.quality.checker import Checker
from patency.registry.quality.read_written import ON, entries_of
from patency.registry.quality.rule import Example, Rule

_WHY = "an example says what the rule is for"
_MEND = "mend the rule or the example, whichever is wrong"


def unmet(rules: Mapping[str, Rule], forms: Forms) -> list[Fault]:
    """List what the examples of rules expect and do not get."""
    faults = []
    for rule in rules.values():
        for example in rule.examples:
            got = fires(rule, example, forms)
            if got != example.fires:
                faults.append(
                    Fault(
                        example.place, f"the rule {rule.name!r} says {got} here; expected: {example.fires}", _WHY, _MEND
                    )
                )
    return faults


def fires(rule: Rule, example: Example, forms: Forms) -> str:
    """Say whether a rule fires on an example: yes if it does on any record, unknown if of none but some it cannot be told."""
    found = Checker({rule.name: rule}, forms).check("patient-1", entries_of(example.patient), ON)
    return "yes" if found.hits else "unknown" if found.untold else "no"
