"""Chapter 4. Choices: one answer of several, with and without an order."""

import pytest

from .reading import differences, language, rows

LANGUAGE = language("""
concepts:
  severity:
    asks: How severe are the symptoms in the limb?
    words: the severity of symptoms
    type: ordered
    values: {minimal: minimal, mild: mild, moderate: moderate, severe: severe}
    cost: examination
  compression_lesion:
    asks: Is the iliac vein compressed from outside?
    words: iliac vein compression
    type: choice
    values:
      none: absent
      may_thurner: of the May-Thurner kind
      other_external: from another structure
    cost: imaging
""")

SIGNS = """
        severity is | < moderate | <= moderate | = moderate | != moderate | >= moderate | > moderate | in [mild, severe]
            minimal |        yes |         yes |         no |         yes |          no |         no |                no
               mild |        yes |         yes |         no |         yes |          no |         no |               yes
           moderate |         no |         yes |        yes |          no |         yes |         no |                no
             severe |         no |          no |         no |         yes |         yes |        yes |               yes
    minimal or mild |        yes |         yes |         no |         yes |          no |         no |           unknown
   mild or moderate |    unknown |         yes |    unknown |     unknown |     unknown |         no |           unknown
 moderate or severe |         no |     unknown |    unknown |     unknown |         yes |    unknown |           unknown
     mild or severe |    unknown |     unknown |         no |         yes |     unknown |    unknown |               yes
          not known |    unknown |     unknown |    unknown |     unknown |     unknown |    unknown |           unknown
"""


@pytest.mark.parametrize("row", rows(SIGNS)[1:], ids=lambda row: row[0])
def test_an_ordered_choice_compares_with_its_answers_least_first(row: list[str]) -> None:
    """Several possible answers give yes when all of them fit, no when none does, and unknown otherwise."""
    written, *expected = row
    for sign, truth in zip(rows(SIGNS)[0][1:], expected, strict=True):
        assert not differences(f"severity {sign}", f"severity: {written} | {truth}\n | unknown", LANGUAGE)


def test_an_unordered_choice_equals_or_is_one_of_some() -> None:
    """`=`, `!=` and `in` are all that can be asked of answers without an order."""
    table = """
        compression_lesion: may_thurner                     | yes
        compression_lesion: none                            | no
        compression_lesion: other_external                  | no
        compression_lesion: may_thurner or other_external   | unknown
        compression_lesion: none or other_external          | no
        compression_lesion: not known                       | unknown
                                                            | unknown
    """
    assert not differences("compression_lesion = may_thurner", table, LANGUAGE)
    table = """
        compression_lesion: may_thurner                     | yes
        compression_lesion: none                            | no
        compression_lesion: may_thurner or other_external   | yes
        compression_lesion: none or other_external          | unknown
                                                            | unknown
    """
    assert not differences("compression_lesion in [may_thurner, other_external]", table, LANGUAGE)
    assert not differences("compression_lesion != none", table, LANGUAGE)


def test_none_is_an_answer_like_any_other() -> None:
    """That a lesion was looked for and not found is known; that nobody looked is not."""
    table = """
        compression_lesion: none         | yes
        compression_lesion: may_thurner  | no
                                         | unknown
    """
    assert not differences("compression_lesion = none", table, LANGUAGE)


def test_an_answer_may_be_given_in_its_words() -> None:
    """A case file may use the words of the answer instead of its name."""
    table = """
        compression_lesion: of the May-Thurner kind                   | yes
        compression_lesion: absent                                    | no
        compression_lesion: absent or of the May-Thurner kind         | unknown
    """
    assert not differences("compression_lesion = may_thurner", table, LANGUAGE)
