"""Chapter 7. Definitions: a word made of others, and what happens when a clinician asserts it."""

from patency.case import Case
from patency.language.evaluate import Trace, explain
from patency.language.words import to_words

from .reading import condition, differences, language, patient

LANGUAGE = language("""
concepts:
  good_function:
    asks: Is the patient's functional status good?
    says: [functional status is good, functional status is not good]
    type: yes/no
    cost: history
  active_cancer:
    asks: Does the patient have active cancer?
    says: [cancer is active, cancer is not active]
    type: yes/no
    cost: history
  major_surgery:
    asks: Has there been major surgery in the past 3 months?
    says: [there was major surgery in the past 3 months, there was no major surgery in the past 3 months]
    type: yes/no
    cost: history
  major_surgery_on:
    asks: On what day was the latest major surgery?
    words: the major surgery
    type: date
    cost: history
definitions:
  recent_surgery:
    asks: Has there been major surgery in the past 6 weeks?
    says: [there was recent major surgery, there was no recent major surgery]
    when: major_surgery and days_since(major_surgery_on) < 6 weeks
    cost: history
  otherwise_healthy:
    asks: Apart from this clot, is the patient healthy?
    says: [the patient is otherwise healthy, the patient is not otherwise healthy]
    when: good_function and not active_cancer and not recent_surgery
    cost: history
""")


def test_a_definition_holds_when_its_condition_does() -> None:
    """`when` says what the word means; a part that is unknown leaves it unknown until another part decides."""
    table = """
        good_function: yes, active_cancer: no, major_surgery: no                                    | yes
        good_function: yes, active_cancer: no, major_surgery: yes, major_surgery_on: 5 days ago     | no
        good_function: yes, active_cancer: no, major_surgery: yes, major_surgery_on: 50 days ago    | yes
        good_function: yes, active_cancer: no, major_surgery: yes                                   | unknown
        active_cancer: yes                                                                          | no
        good_function: no                                                                           | no
        good_function: yes                                                                          | unknown
                                                                                                    | unknown
    """
    assert not differences("otherwise_healthy", table, LANGUAGE)


def test_an_assertion_overrides_the_definition() -> None:
    """A clinician may answer a derived word outright; `not known` is no assertion and leaves it to the definition."""
    table = """
        otherwise_healthy: yes                                                    | yes
        otherwise_healthy: no                                                     | no
        otherwise_healthy: yes, good_function: no                                 | yes
        otherwise_healthy: no, good_function: yes, active_cancer: no              | no
        otherwise_healthy: not known, active_cancer: yes                          | no
        otherwise_healthy: not known                                              | unknown
    """
    assert not differences("otherwise_healthy", table, LANGUAGE)


def test_an_assertion_reaches_every_word_that_is_built_on_it() -> None:
    """A definition may use another; asserting the inner one is enough."""
    table = """
        recent_surgery: yes                                                                               | no
        recent_surgery: no, good_function: yes, active_cancer: no                                         | yes
        recent_surgery: no, major_surgery_on: 5 days ago, good_function: yes, active_cancer: no           | yes
    """
    assert not differences("otherwise_healthy", table, LANGUAGE)


def told(trace: Trace, indent: str = "") -> list[str]:
    """Lay a trace out in lines, each part under what it explains."""
    asserted = ", asserted" if trace.is_asserted else ""
    line = f"{indent}{trace.truth}{asserted}: {to_words(trace.term, LANGUAGE.vocabulary)}"
    return [line, *(each for part in trace.because for each in told(part, indent + "  "))]


def traced(case: Case) -> str:
    """Explain to the last finding whether the patient is otherwise healthy."""
    return "\n".join(told(explain(condition("otherwise_healthy", LANGUAGE), case)))


def test_a_trace_goes_down_to_the_findings() -> None:
    """What was derived is shown with its parts, and theirs."""
    case = patient("good_function: yes, active_cancer: no, major_surgery: yes, major_surgery_on: 50 days ago", LANGUAGE)

    assert traced(case) == (
        "yes: the patient is otherwise healthy\n"
        "  yes: functional status is good, and cancer is not active, and there was no recent major surgery\n"
        "    yes: functional status is good\n"
        "    yes: cancer is not active\n"
        "      no: cancer is active\n"
        "    yes: there was no recent major surgery\n"
        "      no: there was recent major surgery\n"
        "        no: there was major surgery in the past 3 months and the major surgery was less than 6 weeks ago\n"
        "          yes: there was major surgery in the past 3 months\n"
        "          no: the major surgery was less than 6 weeks ago"
    )


def test_a_trace_stops_at_an_assertion_and_says_so() -> None:
    """What was asserted has no parts to show: it rests on the clinician."""
    assert traced(patient("otherwise_healthy: yes", LANGUAGE)) == "yes, asserted: the patient is otherwise healthy"
    assert traced(patient("recent_surgery: no, good_function: yes, active_cancer: no", LANGUAGE)) == (
        "yes: the patient is otherwise healthy\n"
        "  yes: functional status is good, and cancer is not active, and there was no recent major surgery\n"
        "    yes: functional status is good\n"
        "    yes: cancer is not active\n"
        "      no: cancer is active\n"
        "    yes: there was no recent major surgery\n"
        "      no, asserted: there was recent major surgery"
    )


def test_a_finding_about_a_derived_word_is_marked_as_asserted() -> None:
    """The page can tell an assertion from an observation."""
    findings = patient("otherwise_healthy: yes, good_function: yes", LANGUAGE).findings

    assert {name: finding.is_asserted for name, finding in findings.items()} == {
        "otherwise_healthy": True,
        "good_function": False,
    }


def test_definitions_may_stand_in_any_order() -> None:
    """A word may be used above the line that defines it."""
    lexicon = language("""
definitions:
  child:
    asks: Is the patient a child?
    says: [the patient is a child, the patient is an adult]
    when: not adult
    cost: history
  adult:
    asks: Is the patient an adult?
    says: [the patient is an adult, the patient is a child]
    when: age >= 18 years
    cost: history
concepts:
  age:
    asks: How old is the patient?
    words: age
    type: number
    unit: year
    range: [0, 120]
    cost: history
""")
    table = """
        age: 12 years       | yes
        age: 18 years       | no
        age: 17 to 18 years | unknown
    """
    assert not differences("child", table, lexicon)
