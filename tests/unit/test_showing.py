"""A guideline and a concept, read aloud in full."""

import pytest

from patency.guideline.load import read_library
from patency.guideline.show import concept_words, guideline_words

from .small import files

LIBRARY = read_library(files())


def test_a_guideline_is_read_aloud_in_full() -> None:
    """Every condition as a sentence, every statement with its source and how it was verified."""
    guideline = LIBRARY.guidelines["leaflet"]

    assert guideline_words(guideline, LIBRARY).replace(guideline.content_hash, "(its hash)") == (
        """\
leaflet: The leaflet
Leaflets, 2020, edition 2020
for adults: when age is at least 18 years
scale: a plain scale
content (its hash)
[leaflet, page 1: read in the original]

severe: Acute and severe
  when symptoms began less than 14 days ago and the severity of symptoms is at least moderate
  except when the limb is threatened: A pathway of its own. [leaflet, page 2: read second-hand]
  removal of the clot over watchful waiting: is good [leaflet, page 1: read in the original]
  reviewed by A. Reader, surgeon, 2026-01-02

mild: Mild
  when the severity of symptoms is mild
  watchful waiting: is good (for a week) [leaflet, page 1: read in the original]
  removal of the clot: is bad [leaflet, page 1: read in the original]
  not yet reviewed by a clinician

It is short. [leaflet, page 1: read in the original]
3 scenarios:
  severe on day 3
  mild
  nothing is known"""
    )


def test_a_superseded_guideline_says_by_what() -> None:
    """An old edition is never mistaken for the current one."""
    changed = files(guideline=("guideline: leaflet\n", "guideline: new-leaflet\nsupersedes: leaflet\n"))
    library = read_library({**changed, "guidelines/old.yaml": files()["guidelines/leaflet.yaml"]})

    assert "superseded by new-leaflet" in guideline_words(library.guidelines["leaflet"], library).splitlines()
    assert "superseded" not in guideline_words(library.guidelines["new-leaflet"], library)


SHORT = """
age: number in years, history. How old is the patient?
onset: date, history. When did symptoms begin?
severity: ordered, examination. How severe are the symptoms?
limb_threat: yes/no, examination. Is the limb threatened?
bleeding: yes/no, history. Is there bleeding?
acute: derived, history. Did symptoms begin less than 14 days ago?
"""


def test_concepts_are_listed_one_to_a_line() -> None:
    """Name, kind, unit, cost and question."""
    concepts = LIBRARY.lexicon.vocabulary.concepts.values()

    assert [concept_words(concept, LIBRARY, is_long=False) for concept in concepts] == SHORT.strip().splitlines()


FULL = """
age: number in years, history. How old is the patient?
  between 0 and 120 years; also in month

onset: date, history. When did symptoms begin?
  The first symptom counts.

severity: ordered, examination. How severe are the symptoms?
  A clinical judgement. [leaflet, page 4: read in the original]
  answers: mild (mild), moderate (moderate), severe (severe)
  LOINC 1-1 (second-hand)

bleeding: yes/no, history. Is there bleeding?
  asked with the panel dangers

acute: derived, history. Did symptoms begin less than 14 days ago?
  when the onset of symptoms was less than 14 days ago
"""


@pytest.mark.parametrize("words", FULL.strip().split("\n\n"))
def test_a_concept_is_shown_in_full(words: str) -> None:
    """How it is answered, within what limits, and what it means."""
    concept = LIBRARY.lexicon.vocabulary.concepts[words.partition(":")[0]]

    assert concept_words(concept, LIBRARY, is_long=True) == words
