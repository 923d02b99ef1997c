"""Quality rules: what the shipped ones find, what measures mean, and that the fast check is the slow one."""

import os
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patency.case import Absence, Span
from patency.instrument.model import Item, ItemKind
from patency.language.terms import All, Any, Not
from patency.registry.entry import ITEMS, Entry, Value, now
from patency.registry.kinds import KINDS, lineage
from patency.registry.quality.checker import Checker, summed
from patency.registry.quality.read_measures import prefixed
from patency.registry.quality.read_rules import read_rules, rules_of
from patency.registry.quality.read_written import entries_of
from patency.registry.quality.rule import Example, Rule, Sort
from patency.registry.quality.said_rule import rule_words
from patency.registry.quality.try_rules import unmet
from patency.truth import Truth
from registry.alone import Alone
from registry.made import forms, library

ON = date(2026, 1, 1)
AT = now()


@cache
def shipped() -> dict[str, Rule]:
    """Return Patency's own rules, read once."""
    return read_rules(library().sources, forms())


def entry(kind: str, record: str, parent: str, values: Mapping[str, Value], is_void: bool = False) -> Entry:
    """Return a record of the patient p."""
    return Entry(kind, record, 1, "north", "p", parent, values, "anna", AT, is_void=is_void)


# --- the shipped rules --------------------------------------------------------------------------------------------------


def test_every_rule_does_on_its_examples_what_they_say() -> None:
    """Each shipped rule fires where its examples say so, and nowhere else on them."""
    assert unmet(shipped(), forms()) == []


def found_by(rule: Rule, example: Example) -> tuple[set[str], set[str]]:
    """Return the records of an example that a rule fires on, and those of which it cannot be told."""
    found = Checker({rule.name: rule}, forms()).check("p", entries_of(example.patient), ON)
    return {hit.record for hit in found.hits}, {record for _, record in found.untold}


@pytest.mark.parametrize("name", sorted(shipped()))
def test_the_examples_of_a_rule_notice_when_its_condition_is_turned_round(name: str) -> None:
    """Every rule has an example that fires it and one that does not, and both go wrong when it says the opposite."""
    rule = shipped()[name]
    turned = rule._replace(condition=rule.condition._replace(term=Not(rule.condition.term)))

    assert {"yes", "no"} <= {example.fires for example in rule.examples}
    for example in rule.examples:
        if example.fires == "yes":
            assert not found_by(rule, example)[0] & found_by(turned, example)[0]
        if example.fires == "no":
            assert found_by(turned, example)[0]
            assert not found_by(rule, example)[0]


@pytest.mark.parametrize("name", sorted(shipped()))
def test_no_part_of_a_condition_can_be_taken_out_unnoticed(name: str) -> None:
    """Each part of a conjunction or alternative is needed by some example, so that a slip in it would be seen."""
    rule = shipped()[name]
    term = rule.condition.term
    if not isinstance(term, (All, Any)):
        return
    for left_out in term.terms:
        rest = type(term)(tuple(each for each in term.terms if each is not left_out), term.place)
        shorter = rule._replace(condition=rule.condition._replace(term=rest))
        assert any(found_by(shorter, each) != found_by(rule, each) for each in rule.examples), left_out


def test_every_rule_is_read_aloud_with_its_source() -> None:
    """A rule says when it fires, what is wrong and how it is mended, and how that was verified."""
    for rule in shipped().values():
        words = rule_words(rule, library().sources)
        assert rule.citations
        assert "Fires when" in words
        assert words.count("Source: ") == len(rule.citations)
    assert {rule.sort for rule in shipped().values()} == set(Sort)


def test_no_item_hides_one_of_a_kind_above() -> None:
    """`episode_side` can only be the side of the episode, for no kind has an item of such a name."""
    for kind in forms().of:
        for above in lineage(kind)[1:]:
            hidden = {prefixed(above, name) for name in forms().of[above].items} & forms().of[kind].items.keys()
            assert hidden == set(), f"{kind} has {hidden}"


# --- what measures mean -------------------------------------------------------------------------------------------------

RULES = """
rules_of: trial
cite: [{source: registry-data-set, mark: inference}]
measures:
  m: MEASURE
rules:
  r:
    of: episode
    kind: implausible
    when: WHEN
    says: It fires.
    fix: Mend it.
    examples:
      - {fires: yes, episode: {date: 2024-01-01}}
      - {fires: no, episode: {date: 2024-01-01}}
"""


def said_of(measure: str, when: str, visits: list[Mapping[str, Value]], void: int = -1) -> str:
    """Say whether a rule of an episode holds, whose visits say so much; the one numbered `void` is void."""
    content = RULES.replace("MEASURE", measure).replace("WHEN", when).encode()
    rules = rules_of({"trial.yaml": content}, library().sources, forms())
    entries = [entry("patient", "p", "", {}), entry("episode", "e", "p", {"date": date(2024, 1, 1)})]
    entries += [entry("visit", f"v{number}", "e", values, number == void) for number, values in enumerate(visits)]
    found = Checker(rules, forms()).check("p", entries, ON)
    assert Alone(entries, forms(), ON).holds(rules["r"])["e"] is (
        Truth.YES if found.hits else Truth.UNKNOWN if found.untold else Truth.NO
    )
    return "yes" if found.hits else "unknown" if found.untold else "no"


OPEN, NONE, BLANK = {"ulcer": "active"}, {"ulcer": "none"}, {"ulcer": Absence.NOT_KNOWN}


@pytest.mark.parametrize(
    ("how", "visits", "expected"),
    [
        ("any", [], "no"),
        ("any", [NONE, NONE], "no"),
        ("any", [NONE, BLANK], "unknown"),
        ("any", [BLANK, OPEN], "yes"),
        ("all", [], "yes"),
        ("all", [OPEN, OPEN], "yes"),
        ("all", [OPEN, BLANK], "unknown"),
        ("all", [BLANK, NONE], "no"),
    ],
)
def test_any_and_all_follow_kleene(how: str, visits: list[Mapping[str, Value]], expected: str) -> None:
    """One Yes settles any, one No settles all; otherwise what is not known leaves them open."""
    measure = f"{{{how}: visit, where: ulcer = active, says: [an ulcer is open, no ulcer is open]}}"

    assert said_of(measure, "m", visits) == expected


def test_a_count_is_a_range_where_some_are_not_known() -> None:
    """Of one open ulcer and one unknown, one to two are open: more than none, less than three, and who knows about two."""
    measure = "{count: visit, where: ulcer = active, words: the number of open ulcers}"

    assert [said_of(measure, when, [OPEN, BLANK, NONE]) for when in ("m >= 1", "m >= 2", "m >= 3")] == [
        "yes",
        "unknown",
        "no",
    ]


def weighed(day: date | Span, weight: float | None = None) -> dict[str, Value]:
    """Return a visit of a day, with a weight if one was taken."""
    said: dict[str, Value] = {"date": day}
    return said if weight is None else {**said, "weight": weight}


MAY, JUNE, JULY = date(2024, 5, 1), date(2024, 6, 1), date(2024, 7, 1)
LATEST = "{latest: visit, take: weight, words: the latest weight}"


@pytest.mark.parametrize(
    ("what", "visits", "expected"),
    [
        ("there is none", [], "unknown"),
        ("the last in time, not in the file", [weighed(JULY, 80.0), weighed(JUNE, 60.0)], "yes"),
        ("two on one day, which differ", [weighed(JULY, 80.0), weighed(JULY, 60.0)], "unknown"),
        ("two on one day, both above", [weighed(JULY, 80.0), weighed(JULY, 75.0)], "yes"),
        ("the last has no weight", [weighed(JUNE, 80.0), weighed(JULY)], "unknown"),
        (
            "a date that may be later",
            [weighed(JUNE, 80.0), weighed(Span(MAY.toordinal(), JULY.toordinal()), 60.0)],
            "unknown",
        ),
        (
            "a date that is earlier",
            [weighed(JULY, 80.0), weighed(Span(MAY.toordinal(), JUNE.toordinal()), 60.0)],
            "yes",
        ),
        ("no date at all", [weighed(JULY, 80.0), {"weight": 60.0}], "unknown"),
    ],
)
def test_the_latest_is_told_only_where_it_can_be(what: str, visits: list[Mapping[str, Value]], expected: str) -> None:
    """Whichever may be the latest has its say; where they disagree, nothing is told."""
    assert said_of(LATEST, "m > 70 kg", visits) == expected, what


def test_a_void_record_is_not_there() -> None:
    """The latest weight is that of the latest visit that stands."""
    visits: list[Mapping[str, Value]] = [weighed(JUNE, 80.0), weighed(JULY, 60.0)]

    assert said_of(LATEST, "m > 70 kg", visits) == "no"
    assert said_of(LATEST, "m > 70 kg", visits, void=1) == "yes"


def test_the_earliest_is_the_latest_turned_round() -> None:
    """Among those of which `where` holds."""
    measure = "{earliest: visit, take: weight, where: answered(weight), words: the first weight}"

    assert said_of(measure, "m > 70 kg", [weighed(MAY), weighed(JUNE, 80.0), weighed(JULY, 60.0)]) == "yes"


def test_a_patient_comes_of_age_on_the_day_and_not_before() -> None:
    """Of 15.5 years on 1 March 2022, 18 are reached after 2.5 years of 365.25 days: 913.1 days, so on the 914th."""
    index = date(2022, 3, 1)
    patient = [
        entry("patient", "p", "", {}), entry("episode", "e", "p", {"date": index, "age": 15.5}),
        entry("consent", "c", "p", {"date": index, "what": "consent", "given_by": "parent"}),
    ]  # fmt: skip
    rule = {"reconsent-due": shipped()["reconsent-due"]}
    for days, expected in ((913, Truth.NO), (914, Truth.YES)):
        on = index + timedelta(days)
        assert bool(Checker(rule, forms()).check("p", patient, on).hits) is (expected is Truth.YES)
        assert Alone(patient, forms(), on).holds(rule["reconsent-due"])["e"] is expected


def test_what_could_not_be_told_is_counted_and_is_no_hit() -> None:
    """A stent without a diameter is neither plausible nor not."""
    patient = [
        entry("patient", "p", "", {}), entry("episode", "e", "p", {"date": JUNE}),
        entry("procedure", "o", "e", {"date": JUNE}), entry("stent", "s", "o", {"segment": "common_iliac"}),
    ]  # fmt: skip
    rule = "stent-diameter-out-of-the-plausible"

    found = summed([Checker({rule: shipped()[rule]}, forms()).check("p", patient, ON)])

    assert (found.patients, found.records, found.hits, found.untold) == (1, 4, {}, {rule: 1})


# --- the fast check is the slow one -------------------------------------------------------------------------------------

RUNS = int(os.environ.get("PATENCY_RULE_RUNS", "60"))
_DAYS = [date(2023, 12, 20) + timedelta(days=31 * number) for number in range(8)]
_FEW = {"instrument": ["villalta", "vcss", "no-such-scale"], "version": ["11 items and an ulcer, ISTH 2009", "1"]}


def answers(item: Item) -> st.SearchStrategy[Value]:
    """Draw an answer to an item: few enough that records meet, with ranges and reasons for giving none."""
    concept = item.concept
    match item.kind:
        case ItemKind.YES_NO:
            drawn: st.SearchStrategy[Value] = st.sampled_from(["yes", "no"])
        case ItemKind.SINGLE | ItemKind.ORDERED:
            drawn = st.sampled_from(list(item.choices))
        case ItemKind.MULTIPLE:
            drawn = st.frozensets(st.sampled_from(list(item.choices)), max_size=2)
        case ItemKind.DATE:
            spans = st.sampled_from(
                [Span(_DAYS[0].toordinal(), _DAYS[2].toordinal()), Span(_DAYS[1].toordinal(), _DAYS[1].toordinal() + 2)]
            )
            drawn = st.one_of(st.sampled_from(_DAYS), st.sampled_from(_DAYS), spans)
        case ItemKind.NUMBER:
            assert concept is not None
            few = [concept.lowest, min(concept.highest, concept.lowest + 3), concept.highest / 10, concept.highest]
            drawn = st.one_of(st.sampled_from(few), st.just(Span(concept.lowest, concept.highest / 5)))
        case ItemKind.TEXT:
            drawn = st.sampled_from(_FEW.get(item.name, ["a", "b"]))
    return st.one_of(*[drawn] * 6, st.just(Absence.NOT_KNOWN))


@st.composite
def patients(draw: st.DrawFn) -> list[Entry]:
    """Draw a patient: a few records of each kind, some of them void, hanging on any record of the kind above."""
    found = [entry("patient", "p", "", draw(values_of("patient")))]
    for kind in KINDS:
        above = [each for each in found if each.kind == KINDS[kind].of]
        if kind in ("patient", "query") or not above:
            continue
        for number in range(draw(st.integers(0, 3))):
            parent = draw(st.sampled_from(above))
            found.append(
                entry(kind, f"{kind}-{number}", parent.id, draw(values_of(kind)), draw(st.integers(0, 9)) == 0)
            )
    return found


@st.composite
def values_of(draw: st.DrawFn, kind: str) -> dict[str, Value]:
    """Draw what a record says: those items that rules look at, most of them answered."""
    items = {name: item for name, item in forms().of[kind].items.items() if name in looked_at()}
    given = {name: draw(answers(item)) for name, item in items.items() if draw(st.integers(0, 3))}
    if kind == "response" and given.get("instrument") == "villalta":
        scale = forms().scales["villalta"].items.values()
        given |= {ITEMS + item.name: draw(answers(item)) for item in scale if draw(st.integers(0, 9))}
    return given


@cache
def looked_at() -> frozenset[str]:
    """Return every word of the shipped rules: the names of the items they look at are among them."""
    import re
    from pathlib import Path

    from patency.guideline.files import CONTENT
    from patency.registry.quality.read_rules import QUALITY

    text = "".join(path.read_text() for path in sorted((Path(CONTENT) / QUALITY).glob("*.yaml")))
    return frozenset(re.findall(r"[a-z][a-z0-9_]*", text))


@settings(max_examples=RUNS, deadline=None)
@given(st.lists(patients(), min_size=1, max_size=3))
def test_the_bulk_check_is_that_of_each_record_by_itself(drawn: list[list[Entry]]) -> None:
    """What one checker says of many patients, remembering as it goes, is what each rule says of each record alone."""
    checker = Checker(shipped(), forms())
    for entries in drawn:
        found = checker.check("p", entries, ON)
        hits = {(hit.rule, hit.record) for hit in found.hits}
        alone = Alone(entries, forms(), ON)
        for rule in shipped().values():
            for record, truth in alone.holds(rule).items():
                key = (rule.name, record)
                said = Truth.YES if key in hits else Truth.UNKNOWN if key in found.untold else Truth.NO
                assert said is truth, key
