"""A concept is cut into cells that some conditions do not tell apart, and each cell can be named."""

from datetime import date

import pytest

from patency.case import Case
from patency.casefile import read_case
from patency.document import read_document
from patency.fault import Fault, Place
from patency.language.cells import MOST_CLASSES, TooMany, cut
from patency.language.define import build_lexicon
from patency.language.lexicon import Lexicon
from patency.language.parse import parse
from patency.language.terms import ATOMS, Atom, Defined, Not
from patency.language.words import cell_words
from patency.vocabulary import read_vocabulary

VOCABULARY = """
concepts:
  bleeding: {asks: Bleeding?, says: [bleeding, no bleeding], type: yes/no, cost: history}
  age: {asks: Age?, words: age, type: number, unit: year, range: [0, 120], cost: history}
  inr: {asks: INR?, words: INR, type: number, unit: "1", range: [0.5, 30], cost: laboratory}
  onset: {asks: Onset?, words: onset, type: date, cost: history}
  severity:
    asks: How severe?
    words: severity
    type: ordered
    values: {minimal: minimal, mild: mild, moderate: moderate, severe: severe}
    cost: examination
  segments:
    asks: Which veins?
    words: the clot involves
    type: set
    values: {calf: a calf vein, femoral: the femoral vein, iliac: an iliac vein, cava: the cava}
    cost: imaging
definitions:
  adult: {asks: Adult?, says: [an adult, a child], when: age >= 18 years, cost: history}
"""


def read_lexicon(text: str = VOCABULARY) -> Lexicon:
    faults: list[Fault] = []
    lexicon = build_lexicon(read_vocabulary([read_document(text.encode(), "vocabulary.yaml")], {}, faults), {}, faults)
    assert not faults
    return lexicon


LEXICON = read_lexicon()


def atoms(*texts: str, lexicon: Lexicon = LEXICON) -> list[Atom | Defined]:
    found: list[Atom | Defined] = []
    for text in texts:
        faults: list[Fault] = []
        term = parse(text, Place("condition"), lexicon, faults)
        assert not faults
        assert isinstance(term, (*ATOMS, Defined))
        found.append(term)
    return found


def cells(name: str, *texts: str) -> list[tuple[str, list[bool]]]:
    """Name each cell, and say which of the conditions hold in it."""
    concept = LEXICON.vocabulary.concepts[name]
    variable, columns = cut(concept, atoms(*texts))
    rows = [list(row) for row in zip(*columns, strict=True)] if columns else [[] for _ in variable.cells]
    return [(cell_words(concept, cell), row) for cell, row in zip(variable.cells, rows, strict=True)]


def test_a_yes_no_concept_has_two_cells() -> None:
    """Yes and no."""
    assert cells("bleeding", "bleeding") == [("yes", [True]), ("no", [False])]


def test_a_derived_concept_is_cut_like_any_yes_no() -> None:
    """It is a variable of its own."""
    assert cells("adult", "adult") == [("yes", [True]), ("no", [False])]


def test_a_number_is_cut_at_its_bounds() -> None:
    """A bound belongs to the side that the sign says."""
    assert cells("age", "age < 18 years") == [("below 18 years", [True]), ("18 years or more", [False])]
    assert cells("age", "age <= 18 years") == [("at most 18 years", [True]), ("above 18 years", [False])]
    assert cells("age", "age >= 8 years", "age < 75 years") == [
        ("below 8 years", [False, True]),
        ("8 to 75 years", [True, True]),
        ("75 years or more", [True, False]),
    ]


def test_pieces_that_no_condition_tells_apart_are_one_cell() -> None:
    """Whoever asks only whether a number is exact does not care on which side it is off."""
    assert cells("age", "age = 18 years") == [("below 18 years or above 18 years", [False]), ("18 years", [True])]
    assert cells("age", "age < 18 years", "age <= 18 years") == [
        ("below 18 years", [True, True]),
        ("18 years", [False, True]),
        ("above 18 years", [False, False]),
    ]


def test_a_number_without_a_unit_is_named_without_one() -> None:
    """A ratio stands alone."""
    assert cells("inr", "inr > 1.7") == [("at most 1.7", [False]), ("above 1.7", [True])]


def test_a_bound_at_the_end_of_the_range_makes_no_empty_cell() -> None:
    """Nothing lies below the lowest value."""
    assert cells("age", "age >= 0 years") == [("any value", [True])]
    assert cells("age", "age > 0 years") == [("0 years", [False]), ("above 0 years", [True])]


def test_days_are_counted_whole() -> None:
    """There is no day between day 13 and day 14, and 3 months end within day 91."""
    assert cells("onset", "days_since(onset) < 14 days") == [
        ("13 days ago or less", [True]),
        ("14 days ago or more", [False]),
    ]
    assert cells("onset", "days_since(onset) < 14 days", "days_since(onset) >= 3 months") == [
        ("13 days ago or less", [True, False]),
        ("14 to 91 days ago", [False, False]),
        ("92 days ago or more", [False, True]),
    ]
    assert cells("onset", "days_since(onset) <= 1 day") == [
        ("1 day ago or less", [True]),
        ("2 days ago or more", [False]),
    ]


def test_a_choice_is_cut_into_the_answers_told_apart() -> None:
    """Minimal and mild lead to the same, so they are one cell."""
    assert cells("severity", "severity >= moderate", "severity = severe") == [
        ("minimal or mild", [False, False]),
        ("moderate", [True, False]),
        ("severe", [True, True]),
    ]


def test_a_set_is_cut_into_what_is_and_is_not_in_it() -> None:
    """Members that are only ever asked for together are one class."""
    assert cells("segments", "segments has any [iliac, cava]") == [
        ("an iliac vein or the cava", [True]),
        ("neither an iliac vein nor the cava", [False]),
    ]
    assert cells("segments", "segments has any [calf, iliac, cava]", "segments has femoral") == [
        ("(a calf vein, an iliac vein or the cava) and the femoral vein", [True, True]),
        ("(a calf vein, an iliac vein or the cava), but not the femoral vein", [True, False]),
        ("the femoral vein, but none of a calf vein, an iliac vein and the cava", [False, True]),
        ("none of a calf vein, the femoral vein, an iliac vein and the cava", [False, False]),
    ]
    one_of_two = "the femoral vein, but not an iliac vein; or an iliac vein, but not the femoral vein"
    assert cells("segments", "segments has all [femoral, iliac]") == [
        ("the femoral vein and an iliac vein", [True]),
        (f"{one_of_two}; or neither the femoral vein nor an iliac vein", [False]),
    ]


def test_a_concept_that_no_condition_mentions_is_one_cell() -> None:
    """Then every answer leads to the same."""
    concept = LEXICON.vocabulary.concepts["severity"]
    variable, columns = cut(concept, [])

    assert [cell_words(concept, cell) for cell in variable.cells] == ["minimal, mild, moderate or severe"]
    assert columns == []


PATIENTS = """
bleeding | bleeding                      | yes                      | yes
bleeding | bleeding                      | no                       | no
bleeding | bleeding                      | not known                | yes; no
age      | age >= 18 years               | 17                       | below 18 years
age      | age >= 18 years               | 18                       | 18 years or more
age      | age >= 18 years               | 17 to 19                 | below 18 years; 18 years or more
age      | age >= 18 years               | < 18                     | below 18 years
age      | age >= 18 years               | <= 18                    | below 18 years; 18 years or more
onset    | days_since(onset) < 14 days   | 13 days ago              | 13 days ago or less
onset    | days_since(onset) < 14 days   | 10 to 16 days ago        | 13 days ago or less; 14 days ago or more
severity | severity >= moderate          | mild                     | minimal or mild
severity | severity >= moderate          | mild or severe           | minimal or mild; moderate or severe
segments | segments has calf             | [calf]                   | a calf vein
segments | segments has calf             | [iliac]                  | not a calf vein
segments | segments has calf             | {includes: [iliac]}      | a calf vein; not a calf vein
segments | segments has any [calf, cava] | {excludes: calf} | a calf vein or the cava; neither a calf vein nor the cava
segments | segments has any [calf, cava] | {excludes: [calf, cava]} | neither a calf vein nor the cava
segments | segments has any [calf, cava] | {includes: [cava]}       | a calf vein or the cava
"""


@pytest.mark.parametrize(
    "row", [line.split("|") for line in PATIENTS.strip().splitlines()], ids=lambda row: row[2].strip()
)
def test_a_case_leaves_open_the_cells_its_finding_allows(row: list[str]) -> None:
    """A cell is open as long as one answer in it may be the true one."""
    name, condition, answer, expected = (cell.strip() for cell in row)
    document = read_document(f"findings:\n  {name}: {answer}\n".encode(), "case.yaml")
    case, faults = read_case(document, LEXICON.vocabulary, date(2026, 5, 29))
    assert not faults
    concept = LEXICON.vocabulary.concepts[name]
    variable, _ = cut(concept, atoms(condition))
    is_open = variable.open_cells(case)

    assert (
        "; ".join(cell_words(concept, cell) for at, cell in enumerate(variable.cells) if is_open >> at & 1) == expected
    )


def test_an_unanswered_concept_leaves_every_cell_open() -> None:
    """Nothing known rules nothing out."""
    variable, _ = cut(LEXICON.vocabulary.concepts["severity"], atoms("severity >= moderate", "severity = severe"))

    assert variable.open_cells(Case(date(2026, 5, 29))) == 0b111


def test_a_set_with_too_many_members_told_apart_passes_the_bound() -> None:
    """The number of combinations doubles with each member; past the bound it is given up, and said."""
    members = {f"vein_{number}": f"vein {number}" for number in range(MOST_CLASSES + 1)}
    values = ", ".join(f"{name}: {words}" for name, words in members.items())
    lexicon = read_lexicon(
        f"concepts:\n  veins: {{asks: Veins?, words: veins, type: set, values: {{{values}}}, cost: imaging}}\n"
    )
    singles = atoms(*(f"veins has {name}" for name in members), lexicon=lexicon)
    concept = lexicon.vocabulary.concepts["veins"]

    assert len(cut(concept, singles[:-1])[0].cells) == 2**MOST_CLASSES
    with pytest.raises(TooMany):
        cut(concept, singles)


def test_a_long_answer_is_cut_short() -> None:
    """A sentence names four pieces and says that there are more."""
    texts = ["segments has all [calf, femoral, iliac, cava]"]
    assert [words.endswith(" and so on") for words, _ in cells("segments", *texts)] == [False, True]


def test_a_denied_atom_is_no_atom() -> None:
    """Only what a concept itself says cuts it; `not` is drawn elsewhere."""
    faults: list[Fault] = []
    assert isinstance(parse("not bleeding", Place("condition"), LEXICON, faults), Not)
