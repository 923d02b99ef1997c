"""Chapter 9. Policies: numbers that Patency decides where a source is silent, and that a site may set."""

import pytest

from patency.fault import Place
from patency.language.lexicon import Lexicon, Policy
from patency.language.words import to_words

from .reading import condition, differences, language

VOCABULARY = """
concepts:
  age:
    asks: How old is the patient?
    words: age
    type: number
    unit: year
    also: {month: 0.08333333333333333}
    range: [0, 120]
    cost: history
  onset:
    asks: On what day did symptoms begin?
    words: the onset of symptoms
    type: date
    cost: history
"""


def with_policy(name: str, value: float, unit: str) -> Lexicon:
    """Read the vocabulary with one policy beside it."""
    says, why = "An adult rating applies from this age on.", "The source states no age."
    return language(VOCABULARY, {name: Policy(name, value, unit, says, why, Place("policies.yaml", 1))})


@pytest.mark.parametrize(("value", "seventeen"), [(18, "no"), (17, "yes"), (16, "yes"), (21, "no")])
def test_a_policy_stands_where_a_number_could(value: float, seventeen: str) -> None:
    """A condition names the policy, so that a site that sets another number changes no condition."""
    table = f"""
        age: 17 years  | {seventeen}
        age: 12 years  | no
        age: 25 years  | yes
    """
    assert not differences("age >= adult_age", table, with_policy("adult_age", value, "year"))


def test_a_policy_has_a_unit_of_its_own() -> None:
    """216 months are 18 years."""
    table = """
        age: 17 years  | no
        age: 18 years  | yes
    """
    assert not differences("age >= adult_age", table, with_policy("adult_age", 216, "month"))


def test_a_policy_may_bound_the_days_since_a_date() -> None:
    """Days are counted in the unit of the policy."""
    table = """
        onset: 13 days ago  | yes
        onset: 14 days ago  | no
    """
    assert not differences("days_since(onset) < acute_phase", table, with_policy("acute_phase", 2, "week"))


def test_a_policy_is_read_aloud_as_its_number() -> None:
    """A sentence shows the number that was set, not the name of the policy."""
    lexicon = with_policy("adult_age", 16, "year")

    assert to_words(condition("age >= adult_age", lexicon), lexicon.vocabulary) == "age is at least 16 years"
