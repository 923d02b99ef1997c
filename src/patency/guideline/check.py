"""Whether the content does what its scenarios expect, what can be proved of it, and which rules nobody has reviewed."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from patency.fault import Fault, Place, listed
from patency.guideline.advise import Advice, Reading, advise
from patency.guideline.ask import ask
from patency.guideline.contradict import contradictions
from patency.guideline.model import Expectation, Guideline, Library, Scenario
from patency.truth import Truth

if TYPE_CHECKING:
    from patency.guideline.prove import Verdict


def unmet(library: Library) -> list[Fault]:
    """List every expectation of every scenario that is not met."""
    faults = []
    if not library.page.headings:
        faults.append(Fault(Place("page.yaml"), "there are no words for the page", "a page has its headings and its intended use from it",
                            "write page.yaml with intended_use, headings and about"))  # fmt: skip
    for guideline in library.guidelines.values():
        faults += unmet_of(guideline, library)
    for patient in library.patients:
        faults += contradictions(patient, library)
    return faults


def proofs(library: Library) -> "list[Verdict] | None":
    """Prove all that is claimed of the guidelines; None where whoever installed Patency chose to do without the solver."""
    try:
        from patency.guideline.prove import prove
    except ModuleNotFoundError:
        return None
    return list(prove(library))


def unmet_of(guideline: Guideline, library: Library) -> list[Fault]:
    """List what the scenarios of one guideline expect and do not get, and the rules that none of them tries."""
    faults = []
    if not guideline.scenarios:
        faults.append(Fault(guideline.place, f"{guideline.id!r} has no scenario", "a rule that is never tried cannot be trusted",
                            "add one short patient for each rule"))  # fmt: skip
    for scenario in guideline.scenarios:
        faults += unmet_by(scenario, library)
    return faults + _untried(guideline)


def unmet_by(scenario: Scenario, library: Library) -> list[Fault]:
    """List what one scenario expects and does not get."""
    broken = contradictions(scenario.case, library)
    if broken:
        return broken
    reading = Reading(scenario.case, library)
    faults = []
    for expectation in scenario.expects:
        advice = advise(library.guidelines[expectation.guideline], reading)
        asked = [question.name for question in ask([advice], scenario.case, library)]
        for what in differences(expectation, advice, asked):
            faults.append(Fault(scenario.place, f"in {scenario.name!r}, {what}", "a scenario says what the rules are for",
                                "mend the rule or the scenario, whichever is wrong"))  # fmt: skip
    return faults


def differences(expectation: Expectation, advice: Advice, asked: list[str]) -> list[str]:
    """Say where advice differs from what was expected of it."""
    found = []
    if expectation.scope not in (None, advice.scope):
        found.append(f"scope is {advice.scope}; expected: {expectation.scope}")
    holds = {each.rule.id: each.holds for each in advice.rules}
    for rule, truth in expectation.rules.items():
        if rule not in holds:
            found.append(f"there is no rule {rule!r}")
        elif holds[rule] is not truth:
            found.append(f"rule {rule!r} is {holds[rule]}; expected: {truth}")
    for option, grades in expectation.opinions.items():
        said = sorted(_said(advice, option, names_the_other=any(" over " in grade for grade in grades)))
        if said != sorted(grades):
            found.append(
                f"{option!r} is {listed(said, 'and') or 'not spoken of'}; expected: {listed(sorted(grades), 'and')}"
            )
    if expectation.settled is not None and advice.is_settled is not (expectation.settled is Truth.YES):
        found.append("it is settled; expected: open" if advice.is_settled else "it is open; expected: settled")
    expires = advice.expires.on if advice.expires else None
    if (expectation.expires and expires != expectation.expires) or (expectation.never_expires and expires):
        found.append(f"it expires {expires or 'never'}; expected: {expectation.expires or 'never'}")
    if expectation.asks_first and tuple(asked[: len(expectation.asks_first)]) != expectation.asks_first:
        found.append(
            f"it asks {listed(asked[:3], 'then') or 'nothing'} first; expected: {listed(expectation.asks_first, 'then')}"
        )
    return found


def _said(advice: Advice, option: str, names_the_other: bool) -> Iterator[str]:
    """Yield the grades given to an option, with the option it is preferred to where the expectation names that."""
    for rule in advice.matches:
        for each in rule.opinions:
            if each.option == option:
                yield f"{each.grade.id} over {each.over}" if each.over and names_the_other else each.grade.id


def _untried(guideline: Guideline) -> list[Fault]:
    expected = {
        rule: truth
        for scenario in guideline.scenarios
        for each in scenario.expects
        for rule, truth in each.rules.items()
        if truth is Truth.YES
    }
    return [
        Fault(rule.place, f"no scenario expects the rule {rule.id!r} to hold", "a rule that is never tried cannot be trusted",
              "add a short patient for whom it holds")
        for rule in guideline.rules
        if guideline.scenarios and rule.id not in expected
    ]  # fmt: skip


def unsigned(library: Library) -> list[str]:
    """Name the rules that no clinician has reviewed."""
    return [
        f"{guideline.id} {rule.id}"
        for guideline in library.guidelines.values()
        for rule in guideline.rules
        if not rule.review
    ]
