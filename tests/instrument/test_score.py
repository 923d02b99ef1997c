"""What responses score: totals, bands, yes or no, sets; and what a blank leaves open."""

import pytest

from instrument.ward import instrument_of, respond, scored
from patency.case import Absence, Finding, Members, Span
from patency.fault import Place, Refused
from patency.instrument.asked import Asked
from patency.instrument.check import unmet, untried
from patency.instrument.formula import written
from patency.instrument.model import Instrument
from patency.instrument.redcap_export import export_dictionary
from patency.instrument.score import findings, score
from patency.truth import Truth
from patency.vocabulary import Concept, Kind, Vocabulary

LEG = """
items:
  pain: {asks: Pain, type: ordered, answers: graded}
  cramps: {asks: Cramps, type: ordered, answers: graded}
  redness: {asks: Redness, type: ordered, answers: graded}
  ulcer: {asks: Venous ulcer, type: yes/no}
  size: {asks: Size of the ulcer, type: ordered, answers: graded, when: ulcer}
  calf: {asks: Calf, type: number, unit: cm, also: {mm: 0.1}, range: [10, 120]}
  veins: {asks: Veins, type: multiple, answers: {calf_vein: {words: calf, points: 1}, iliac: {words: iliac, points: 3}}}
  why: {asks: Why?, type: text, when: answered(pain) and pain > none}
  since: {asks: Since when?, type: date}
checks:
  painless: {when: ulcer and pain = none, says: an ulcer hurts}
scores:
  total: {words: Total, number: "sum(pain, cramps, redness)"}
  with_size: {words: With size, number: total + size}
  half: {words: Half, number: total / 2, decimals: 1}
  extent: {words: Extent, number: veins}
  share: {words: Share, number: "100 * pain / cramps", decimals: 1, unit: "%"}
  category:
    words: Syndrome
    bands: {none: none, mild: {words: mild, when: total >= 5}, severe: {words: severe, when: total >= 8 or ulcer}}
  syndrome: {words: "", says: [there is the syndrome, there is none], when: total >= 5 or ulcer}
  signs: {words: Signs, members: {red: {words: red, when: redness > none}, open: {words: an ulcer, when: ulcer}}}
  high: {words: High, bands: {low: {words: low, when: share < 50 %}, top: {words: top, when: share >= 50 %}}}
"""
ALL = {"pain": "moderate", "cramps": "mild", "redness": "none", "ulcer": "no", "calf": "400 mm", "veins": "[iliac]"}


@pytest.fixture(scope="module")
def leg() -> Instrument:
    return instrument_of(LEG)


SAID = """
score      answers                                               says
total      pain: moderate, cramps: mild, redness: none           3
total      pain: moderate, cramps: mild                          3 to 6: not told, 1 item is blank
total      pain: moderate                                        2 to 8: not told, 2 items are blank
total      pain: mild or severe, cramps: mild, redness: none     2 to 4: not told
half       pain: moderate, cramps: mild, redness: none           1.5
extent     veins: none                                           0
extent     veins: [calf_vein, iliac]                             4
extent     veins: {includes: [iliac]}                            3 to 4: not told
extent     pain: none                                            0 to 4: not told, 1 item is blank
share      pain: mild, cramps: severe                            33.3 %
share      pain: mild, cramps: none                              undefined: it would be divided by zero
high       pain: mild, cramps: none                              undefined: it rests on 'share', and it would be divided by zero
category   pain: mild, cramps: mild, redness: mild, ulcer: no    none
category   pain: mild, cramps: mild, redness: mild               none or severe: not told, 1 item is blank
category   pain: mild, ulcer: yes                                severe
category   pain: severe, cramps: moderate, ulcer: no             mild or severe: not told, 1 item is blank
syndrome   pain: severe, cramps: moderate                        there is the syndrome
syndrome   pain: mild, ulcer: no, cramps: none, redness: severe  there is none
syndrome   pain: mild                                            there is the syndrome, or there is none: not told, 3 items are blank
signs      redness: mild, ulcer: no                              red
signs      redness: none, ulcer: no                              none
signs      redness: mild                                         red; perhaps an ulcer: not told, 1 item is blank
with_size  pain: none, cramps: none, redness: none, ulcer: no    0
"""


@pytest.mark.parametrize("row", SAID.strip().split("\n")[1:])
def test_a_score_says_what_can_be_told_and_what_it_waits_for(leg: Instrument, row: str) -> None:
    """A blank is never a nought: a total with one is a range, and what holds for every answer is told."""
    name, answers, says = row[:11].strip(), row[11:65].strip(), row[65:].strip()
    assert scored(leg, f"{{{answers}}}")[name].words == says


def test_a_total_with_a_blank_is_no_number(leg: Instrument) -> None:
    """No partial sum is ever a total."""
    got = scored(leg, {"pain": "severe", "cramps": "severe"})["total"]
    assert (got.total, got.value, got.missing) == (None, Span(6, 9), ("redness",))
    assert scored(leg, ALL)["total"].total == 3


def test_what_is_not_asked_counts_nothing_and_what_may_be_asked_counts_both_ways(leg: Instrument) -> None:
    """An item that hangs on a No is no blank; one that hangs on a blank waits for it too."""
    whole = {"pain": "mild", "cramps": "mild", "redness": "mild"}
    assert scored(leg, {**whole, "ulcer": "no"})["with_size"].value == Span(3, 3)
    assert scored(leg, {**whole, "ulcer": "yes"})["with_size"].value == Span(3, 6)
    got = scored(leg, whole)["with_size"]
    assert (got.value, got.missing) == (Span(3, 6), ("ulcer", "size"))


def test_ways_that_a_check_forbids_are_no_ways(leg: Instrument) -> None:
    """With an ulcer there is pain, so the least total is one."""
    assert scored(leg, {"ulcer": "yes", "cramps": "none", "redness": "none"})["total"].value == Span(1, 3)


def test_what_is_too_much_to_try_is_told_at_most() -> None:
    """A blank number that counts twice gives a range that may be too wide, and says so; one that counts once does not."""
    items = "items:\n  calf: {asks: Calf, type: number, unit: cm, range: [10, 20]}\n"
    scores = "scores:\n  once: {words: w, number: calf - 10}\n  twice: {words: w, number: calf - calf}\n"
    told = scored(instrument_of(items + scores), {})
    assert told["once"].words == "0 to 10: not told, 1 item is blank"
    assert told["twice"].words == "-10 to 10 at most: not told, 1 item is blank"


def test_a_few_blanks_stand_in_by_the_mean_of_the_others_only_where_the_source_says_so() -> None:
    """With one blank of three allowed, 3 and 1 make 6, as 3, 1 and their mean 2; with two blank there is no total."""
    items = "".join(f"  {name}: {{asks: {name}, type: ordered, answers: graded}}\n" for name in ("one", "two", "three"))
    body = f'items:\n{items}scores:\n  sum_of: {{words: w, number: "sum(one, two, three)", prorate: 1}}\n'
    instrument = instrument_of(body + "  band: {words: w, bands: {low: low, high: {words: high, when: sum_of >= 6}}}\n")
    got = scored(instrument, {"one": "severe", "two": "mild"})
    assert (got["sum_of"].total, got["sum_of"].is_prorated, got["sum_of"].words) == (6, True, "6, prorated")
    assert got["band"].words == "high"
    assert scored(instrument, {"one": "severe"})["sum_of"].total is None
    assert scored(instrument, {"one": "severe or mild", "two": "mild"})["sum_of"].total is None


def test_a_score_on_an_unverified_definition_is_a_draft_and_so_is_what_is_made_of_it() -> None:
    """One unverified item makes a draft of each score that uses it, and of no other."""
    items = "items:\n  sure: {asks: a, type: yes/no}\n  odd: {asks: b, type: yes/no, cite: [{source: ward, mark: unverified}]}\n"
    scores = "scores:\n  one: {words: w, number: sure}\n  two: {words: w, number: sure + odd}\n  three: {words: w, when: two >= 1}\n"
    drafts = {each.name: each.is_draft for each in instrument_of(items + scores).scores.values()}
    assert drafts == {"one": False, "two": True, "three": True}


def test_fractions_of_points_add_up_as_by_hand() -> None:
    """0.1 + 0.2 is 0.3, and reaches a threshold of 0.3."""
    answers = "{a: {words: a, points: 0.1}, b: {words: b, points: 0.2}}"
    items = f"items:\n  one: {{asks: 1, type: single, answers: {answers}}}\n  two: {{asks: 2, type: single, answers: {answers}}}\n"
    instrument = instrument_of(
        items + "scores:\n  total: {words: w, number: one + two}\n  is_it: {words: w, when: total <= 0.3}\n"
    )
    got = scored(instrument, {"one": "a", "two": "b"})
    assert (got["total"].total, got["is_it"].value) == (0.3, Truth.YES)


# Responses


def test_a_response_keeps_answers_texts_and_reasons_apart(leg: Instrument) -> None:
    """Free text is no value, a reason is no answer, and what is left out is in none of the three."""
    response, faults = respond(
        leg, {"pain": "mild", "why": "at night", "cramps": "declined", "since": "10 to 16 days ago"}
    )
    assert faults == []
    assert response.texts == {"why": "at night"}
    assert response.absences == {"cramps": Absence.DECLINED}
    assert list(response.case.findings) == ["pain", "why", "since"]
    assert response.case.days_since("since") == Span(10, 16)


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        ({"ulcer": "yes"}, Truth.YES),
        ({"ulcer": "no"}, Truth.NO),
        ({}, Truth.UNKNOWN),
        ({"ulcer": "not known"}, Truth.UNKNOWN),
    ],
)
def test_an_item_is_asked_as_the_answer_it_hangs_on_says(
    leg: Instrument, answers: dict[str, str], asked: Truth
) -> None:
    """While that answer is blank nobody can say."""
    response, _ = respond(leg, answers)
    known = Asked(leg.items, response.case)
    assert known.of(leg.items["size"]) is asked
    assert known.of(leg.items["pain"]) is Truth.YES


def test_what_hangs_on_an_answer_that_nobody_could_give_is_not_asked() -> None:
    """A chain of questions ends at the first No; a comparison with an answer below it is no open question."""
    items = "items:\n  a: {asks: a, type: yes/no}\n  b: {asks: b, type: ordered, answers: graded, when: a}\n"
    items += "  c: {asks: c, type: yes/no, when: b > none}\n  d: {asks: d, type: yes/no, when: not b > none}\n"
    instrument = instrument_of(items)
    response, _ = respond(instrument, {"a": "no"})
    asked = Asked(instrument.items, response.case)
    assert [asked.of(instrument.items[name]) for name in "bcd"] == [Truth.NO, Truth.NO, Truth.YES]


def test_conditions_that_hang_on_two_above_them_are_worked_out_one_by_one() -> None:
    """Each of 300 items hangs on the two before it: written out the last would have more parts than there are atoms."""
    items = "items:\n  a0: {asks: a, type: yes/no}\n  a1: {asks: a, type: yes/no, when: a0}\n"
    items += "".join(f"  a{k}: {{asks: a, type: yes/no, when: a{k - 2} or a{k - 1}}}\n" for k in range(2, 300))
    instrument = instrument_of(items)
    response, faults = respond(instrument, {"a0": "yes", "a1": "no"} | {f"a{k}": "yes" for k in range(2, 299)})
    assert not faults
    asked = Asked(instrument.items, response.case)
    assert asked.of(instrument.items["a299"]) is Truth.YES
    response, _ = respond(instrument, {"a0": "no"})
    asked = Asked(instrument.items, response.case)
    assert {asked.of(item) for item in list(instrument.items.values())[1:]} == {Truth.NO}
    assert len(instrument.items["a299"].hangs_on) == 299
    with pytest.raises(Refused, match="the conditions are too long for REDCap"):
        export_dictionary(instrument_of(items + "  last: {asks: a, type: yes/no, when: not a299}\n"))


# What feeds a case


POINTS = Concept(
    "points", Kind.NUMBER, "q", "points", "", "", "", (), {}, "1", {}, 0, 50, "history", (), 0, Place("v.yaml")
)
PATIENT = Vocabulary({"points": POINTS})


def test_what_feeds_the_case_is_a_finding_of_its_day_and_says_where_it_comes_from() -> None:
    """A score is found on the day of the response; a range is a finding too, and nothing at all is none."""
    items = (
        "items:\n  one: {asks: 1, type: ordered, answers: graded}\n  two: {asks: 2, type: ordered, answers: graded}\n"
    )
    items += (
        "scores:\n  total: {words: w, number: one + two, feeds: points, cite: [{source: ward, mark: unverified}]}\n"
    )
    instrument = instrument_of(items, PATIENT)

    def fed(answers: dict[str, str]) -> list[tuple[object, str, str]]:
        response, _ = respond(instrument, answers)
        found: tuple[Finding, ...] = findings(response, score(instrument, response), response.case.on)
        return [(each.value, each.written, each.source) for each in found]

    assert fed({"one": "mild", "two": "mild"}) == [(Span(2, 2), "2", "Leg scale, 1; draft")]
    assert fed({"one": "mild"}) == [(Span(1, 4), "1 to 4", "Leg scale, 1; draft")]
    assert fed({}) == []


# Examples


def test_an_instrument_is_checked_by_its_examples_and_what_none_shows_is_named() -> None:
    """An example that is met is no fault; a band that no example shows is listed and no fault either."""
    body = (
        LEG
        + """
examples:
  none:
    answers: {pain: none, cramps: none, redness: none, ulcer: no}
    scores: {total: 0, category: none, syndrome: no, signs: none, share: undefined}
  open: {answers: {pain: mild}, scores: {total: 1 to 7, category: [none, mild, severe], syndrome: not known}}
  ulcer: {answers: {pain: mild, ulcer: yes}, scores: {category: severe, syndrome: yes, signs: {includes: [open]}}}
  forbidden: {answers: {pain: none, ulcer: yes}, refused: yes}
"""
    )
    instrument = instrument_of(body)
    assert unmet(instrument) == []
    assert {"category: mild", "signs: red", "high: low", "share: a total"} <= set(untried(instrument))
    assert not {"category: none", "category: severe", "syndrome: yes", "syndrome: no", "total: a total"} & set(
        untried(instrument)
    )


def test_a_set_is_told_by_its_members(leg: Instrument) -> None:
    """What is in it, and what is not; the rest is open."""
    assert scored(leg, {"redness": "mild"})["signs"].value == Members(frozenset({"red"}), frozenset())


def test_a_formula_of_a_score_can_be_written_out(leg: Instrument) -> None:
    """As the file has it, for export."""
    number = leg.scores["share"].number
    assert number is not None
    assert written(number) == "100 * pain / cramps"
