"""Chapter 10. And, or, not and brackets."""

from itertools import product

import pytest

from patency.language.evaluate import evaluate

from .reading import condition, language, patient, rows

LANGUAGE = language("""
concepts:
  a: {asks: A?, says: [a, not a], type: yes/no, cost: history}
  b: {asks: B?, says: [b, not b], type: yes/no, cost: history}
  c: {asks: C?, says: [c, not c], type: yes/no, cost: history}
""")
ANSWERS = ("yes", "no", "not known")

SAME = """
what is written            | with every bracket in its place
a or b and c               | a or (b and c)
a and b or c               | (a and b) or c
not a and b                | (not a) and b
not a or b                 | (not a) or b
not a and not b or c       | ((not a) and (not b)) or c
not not a                  | a
not (a and b)              | (not a) or (not b)
not (a or b)               | (not a) and (not b)
a and (b and c)            | a and b and c
a or (b or c)              | a or b or c
a and (b or c)             | (a and b) or (a and c)
a or (b and c)             | (a or b) and (a or c)
((a))                      | a
"""

DIFFERENT = """
what is written    | what it does not say
a or b and c       | (a or b) and c
a and b or c       | a and (b or c)
not a and b        | not (a and b)
not a or b         | not (a or b)
a and (b or c)     | a and b or c
"""


def truths(text: str) -> list[str]:
    """Read a condition for each of the 27 patients that three questions can tell apart."""
    term = condition(text, LANGUAGE)
    return [str(evaluate(term, patient(f"a: {a}, b: {b}, c: {c}", LANGUAGE))) for a, b, c in product(ANSWERS, repeat=3)]


@pytest.mark.parametrize(("written", "meant"), rows(SAME)[1:])
def test_not_binds_closest_then_and_then_or(written: str, meant: str) -> None:
    """Brackets may be left out where `not` comes before `and`, and `and` before `or`."""
    assert truths(written) == truths(meant)


@pytest.mark.parametrize(("written", "other"), rows(DIFFERENT)[1:])
def test_brackets_change_what_is_said(written: str, other: str) -> None:
    """Where brackets are needed, leaving them out says something else."""
    assert truths(written) != truths(other)


def test_the_truths_of_a_mixed_condition_are_these() -> None:
    """`a or b and not c`, for a yes, then no, then unknown; within each for b, and for c yes, no, unknown."""
    assert truths("a or b and not c") == [
        *["yes"] * 9,
        *["no", "yes", "unknown", "no", "no", "no", "no", "unknown", "unknown"],
        *["unknown", "yes", "unknown", "unknown", "unknown", "unknown", "unknown", "unknown", "unknown"],
    ]


def test_a_condition_may_run_over_several_lines() -> None:
    """Spaces and line ends between words mean nothing."""
    assert truths("a\n  and (b\n       or c)") == truths("a and(b or c)")
