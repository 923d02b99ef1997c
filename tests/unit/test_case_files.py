"""How a case is written, and what is read from it."""

from datetime import date

import pytest

from patency.answer import OLDEST, Unreadable, amount_words, example, read_value, with_unit
from patency.case import Absence, Case, Finding, Members, Span
from patency.casefile import read_case, set_findings
from patency.document import Node, read_document
from patency.fault import Fault, Place
from patency.truth import Truth
from patency.vocabulary import Vocabulary, read_vocabulary

TODAY = date(2026, 5, 29)
VOCABULARY_FILE = """
concepts:
  age:
    asks: How old is the patient?
    words: age
    type: number
    unit: year
    also: {month: 0.08333333333333333, day: 0.0027378507871321013}
    range: [0, 120]
    cost: history
  platelets:
    asks: What is the platelet count?
    words: the platelet count
    type: number
    unit: 10^9/L
    also: {/uL: 0.001}
    range: [0, 3000]
    cost: laboratory
  stenosis:
    asks: How tight is it?
    words: the narrowing
    type: number
    unit: "%"
    range: [0, 100]
    cost: imaging
  inr: {asks: What is the INR?, words: the INR, type: number, unit: "1", range: [0.5, 44], cost: laboratory}
  onset: {asks: When did it begin?, words: the onset, type: date, cost: history}
  severity:
    asks: How severe is it?
    words: the severity
    type: ordered
    values: {mild: mild, moderate: moderate, severe: severe}
    cost: examination
  lineage:
    asks: Which lineage?
    words: the lineage
    type: choice
    values: {lymphoblastic: lymphoblastic, other: other or mixed}
    cost: laboratory
  segments:
    asks: Which veins?
    words: the clot involves
    type: set
    values: {femoral: the femoral vein, iliac: an iliac vein, cava: the vena cava}
    cost: imaging
  bleeding: {asks: Bleeding?, says: [there is bleeding, there is no bleeding], type: yes/no, cost: history}
  stroke: {asks: A stroke?, says: [there was a stroke, there was no stroke], type: yes/no, cost: history}
  cancer: {asks: Cancer?, says: [cancer is active, cancer is not active], type: yes/no, cost: history}
definitions:
  healthy:
    asks: Healthy?
    says: [the patient is healthy, the patient is not healthy]
    when: not cancer
    cost: history
panels:
  dangers: {asks: Is any of these true?, members: [bleeding, stroke, cancer]}
"""


def vocabulary_of(text: str) -> Vocabulary:
    faults: list[Fault] = []
    vocabulary = read_vocabulary([read_document(text.encode(), "vocabulary.yaml")], {}, faults)
    assert not faults
    return vocabulary


VOCABULARY = vocabulary_of(VOCABULARY_FILE)


def read(text: str) -> tuple[Case, list[str]]:
    """Read a case file; return the case and each fault as its first line."""
    case, faults = read_case(read_document(text.encode(), "case.yaml"), VOCABULARY, TODAY)
    return case, [str(fault).partition("\n")[0] for fault in faults]


def finding(line: str) -> Finding:
    """Read a case file of one finding."""
    case, faults = read(f"findings:\n  {line}\n")
    assert not faults
    (found,) = case.findings.values()
    return found


def fault_in(line: str) -> str:
    """Read a case file of one finding that is refused."""
    case, faults = read(f"findings:\n  {line}\n")
    assert not case.findings
    (fault,) = faults
    return fault


JUST_UNDER_50 = 49.99999999999999
JUST_OVER_50 = 50.00000000000001


@pytest.mark.parametrize(
    ("line", "low", "high"),
    [
        ("platelets: 35", 35, 35),
        ("platelets: 35 10^9/L", 35, 35),
        ("platelets: 35 10^9/l", 35, 35),
        ("platelets: 35000 /uL", 35, 35),
        ("platelets: 35.5", 35.5, 35.5),
        ("platelets: 3.5e1", 35, 35),
        ("platelets: +35", 35, 35),
        ("platelets: 30 to 40 10^9/L", 30, 40),
        ("platelets: 30 – 40", 30, 40),
        ("platelets: 30–40", 30, 40),
        ("platelets: 30000 to 40000 /uL", 30, 40),
        ("platelets: <50", 0, JUST_UNDER_50),
        ("platelets: < 50 10^9/L", 0, JUST_UNDER_50),
        ("platelets: <= 50", 0, 50),
        ('platelets: "> 50"', JUST_OVER_50, 3000),
        ('platelets: ">=50"', 50, 3000),
        ("platelets: 0", 0, 0),
        ("platelets: 3000", 3000, 3000),
        ("age: 45 years", 45, 45),
        ("age: 45 year", 45, 45),
        ("age: 45", 45, 45),
        ("age: 18 months", 1.5, 1.5),
        ("age: 6 to 18 months", 0.5, 1.5),
        ("stenosis: 50 %", 50, 50),
        ("stenosis: 50%", 50, 50),
        ("inr: 1.7", 1.7, 1.7),
    ],
)
def test_a_number_is_a_span_in_its_concepts_own_unit(line: str, low: float, high: float) -> None:
    """An exact number is a span of one value; a sign or a range leaves every value in it possible."""
    value = finding(line).value

    assert isinstance(value, Span)
    assert value == pytest.approx((low, high), rel=1e-15)
    assert value.is_exact is (low == high)


def test_less_than_leaves_out_the_bound_itself() -> None:
    """A count below 50 may be anything up to 50, and not 50."""
    below, above = finding("platelets: < 50").value, finding('platelets: "> 50"').value

    assert isinstance(below, Span)
    assert isinstance(above, Span)
    assert below.high < 50 < above.low
    assert finding("platelets: <= 50").value == Span(0, 50)


def test_a_converted_bound_is_not_refused_for_its_last_digit() -> None:
    """120 years are 43830 days, which come back as a little more or less than 120."""
    value = finding("age: 43830 days").value

    assert isinstance(value, Span)
    assert value.low == pytest.approx(120)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("platelets: -3", "case.yaml:2: 'platelets' cannot be -3"),
        ("platelets: 3001", "case.yaml:2: 'platelets' cannot be 3001"),
        ("platelets: 1e999", "case.yaml:2: 'platelets' cannot be 1e999"),
        ("platelets: nan", "case.yaml:2: 'platelets' cannot be 'nan'"),
        ("platelets: 35 mg", "case.yaml:2: 'platelets' is not measured in 'mg'"),
        ("platelets: 35,500", "case.yaml:2: 'platelets' is not measured in ',500'"),
        ("platelets: about 35", "case.yaml:2: 'platelets' cannot be 'about 35'"),
        ("platelets: 40 to 30", "case.yaml:2: 'platelets' runs from 40 down to 30"),
        ("platelets: < 30 to 40", "case.yaml:2: 'platelets' cannot be '< 30 to 40'"),
        ("platelets: < 0", "case.yaml:2: 'platelets' cannot be < 0"),
        ('platelets: "> 3000"', "case.yaml:2: 'platelets' cannot be > 3000"),
        ("platelets: [35]", "case.yaml:2: 'platelets' is a list"),
        ("age: 430", "case.yaml:2: 'age' cannot be 430"),
        ("inr: 1.7 INR", "case.yaml:2: 'inr' is not measured in 'INR'"),
    ],
)
def test_an_impossible_number_is_a_fault(line: str, fault: str) -> None:
    """Nothing is bent into shape: what cannot be a value of its concept is refused."""
    assert fault_in(line) == fault


def span_of_days(line: str) -> tuple[str, str]:
    value = finding(line).value
    assert isinstance(value, Span)
    return date.fromordinal(int(value.low)).isoformat(), date.fromordinal(int(value.high)).isoformat()


@pytest.mark.parametrize(
    ("written", "earliest", "latest"),
    [
        ("2026-05-26", "2026-05-26", "2026-05-26"),
        ("26 May 2026", "2026-05-26", "2026-05-26"),
        ("26 may 2026", "2026-05-26", "2026-05-26"),
        ("6 Sept 2025", "2025-09-06", "2025-09-06"),
        ("2026-05-20 to 2026-05-24", "2026-05-20", "2026-05-24"),
        ("20 May 2026 to 24 May 2026", "2026-05-20", "2026-05-24"),
        ("March 2026 to April 2026", "2026-03-01", "2026-04-30"),
        ("April 2026", "2026-04-01", "2026-04-30"),
        ("Apr 2026", "2026-04-01", "2026-04-30"),
        ("December 2025", "2025-12-01", "2025-12-31"),
        ("February 2024", "2024-02-01", "2024-02-29"),
        ("May 2026", "2026-05-01", "2026-05-29"),
        ("April 2026 to May 2026", "2026-04-01", "2026-05-29"),
        ("today", "2026-05-29", "2026-05-29"),
        ("Today", "2026-05-29", "2026-05-29"),
        ("yesterday", "2026-05-28", "2026-05-28"),
        ("3 days ago", "2026-05-26", "2026-05-26"),
        ("1 day ago", "2026-05-28", "2026-05-28"),
        ("0 days ago", "2026-05-29", "2026-05-29"),
        ("10 to 16 days ago", "2026-05-13", "2026-05-19"),
        ("10–16 days ago", "2026-05-13", "2026-05-19"),
        ("1 week ago", "2026-05-19", "2026-05-25"),  # 4 to 10 days
        ("2 to 3 weeks ago", "2026-05-05", "2026-05-18"),  # 11 to 24 days
        ("5 months ago", "2025-12-13", "2026-01-12"),  # 137 to 167 days
        ("1 year ago", "2024-11-28", "2025-11-27"),  # 183 to 547 days
        ("0 weeks ago", "2026-05-26", "2026-05-29"),
    ],
)
def test_a_date_is_known_no_better_than_it_was_said(written: str, earliest: str, latest: str) -> None:
    """A week, month or year ago is half that unit either way; a month that is running has only its days so far."""
    assert span_of_days(f"onset: {written}") == (earliest, latest)


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("2026-05-30", "'onset' is '2026-05-30', which is after 2026-05-29"),
        ("June 2026", "'onset' is 'June 2026', which is after 2026-05-29"),
        ("2026-05-20 to 2026-06-02", "'onset' is '2026-05-20 to 2026-06-02', which is after 2026-05-29"),
        ("2026-05-24 to 2026-05-20", "'onset' runs from 2026-05-24 back to 2026-05-20"),
        ("16 to 10 days ago", "'onset' runs from 16 down to 10"),
        ("1850-01-01", "'onset' cannot be '1850-01-01'"),
        ("200 years ago", "'onset' cannot be '200 years ago'"),
        ("05/06/2026", "'onset' cannot be '05/06/2026'"),
        ("2026-02-30", "'onset' cannot be '2026-02-30'"),
        ("30 Feb 2026", "'onset' cannot be '30 feb 2026'"),
        ("Ma 2026", "'onset' cannot be 'ma 2026'"),
        ("May 0000", "'onset' cannot be 'may 0000'"),
        ("December 9999", "'onset' cannot be 'december 9999'"),
        ("-3 days ago", "'onset' cannot be '-3 days ago'"),
        ("last week", "'onset' cannot be 'last week'"),
        ("soon", "'onset' cannot be 'soon'"),
    ],
)
def test_a_date_that_cannot_be_is_a_fault(written: str, fault: str) -> None:
    """Neither the future nor a history longer than a life, nor a date that could be two, is taken."""
    assert fault_in(f"onset: {written}") == f"case.yaml:2: {fault}"


def test_a_number_of_five_thousand_digits_is_a_fault_like_any_other() -> None:
    """Nothing that a stranger writes stops the program."""
    assert fault_in(f"onset: {'9' * 5000} days ago").startswith("case.yaml:2: 'onset' cannot be '999")


def test_a_history_reaches_back_a_lifetime() -> None:
    """The oldest day that can be known is one that somebody living could have seen."""
    assert OLDEST >= 122 * 365
    value = finding(f"onset: {OLDEST} days ago").value
    assert isinstance(value, Span)
    assert TODAY.toordinal() - value.low == OLDEST


@pytest.mark.parametrize(
    ("written", "possible"),
    [
        ("severe", {"severe"}),
        ("moderate or severe", {"moderate", "severe"}),
        ("mild  or  moderate or severe", {"mild", "moderate", "severe"}),
        ("Severe", {"severe"}),
    ],
)
def test_a_choice_may_be_one_of_several(written: str, possible: set[str]) -> None:
    """`or` keeps each answer possible."""
    assert finding(f"severity: {written}").value == frozenset(possible)


def test_the_words_of_an_answer_may_hold_an_or_themselves() -> None:
    """The whole of what is written is looked for first."""
    assert finding("lineage: other or mixed").value == frozenset({"other"})
    assert finding("lineage: lymphoblastic or other").value == frozenset({"lymphoblastic", "other"})


def test_an_answer_that_a_choice_does_not_have_is_a_fault() -> None:
    """One wrong answer among several is enough."""
    assert fault_in("severity: sever") == "case.yaml:2: 'severity' cannot be 'sever'"
    assert fault_in("severity: mild or awful") == "case.yaml:2: 'severity' cannot be 'awful'"
    assert fault_in("bleeding: perhaps") == "case.yaml:2: 'bleeding' cannot be 'perhaps'"


ALL = frozenset({"femoral", "iliac", "cava"})


@pytest.mark.parametrize(
    ("written", "included", "excluded"),
    [
        ("[femoral, iliac]", {"femoral", "iliac"}, {"cava"}),
        ("femoral", {"femoral"}, {"iliac", "cava"}),
        ("femoral, iliac", {"femoral", "iliac"}, {"cava"}),
        ("none", set(), ALL),
        ("None", set(), ALL),
        ("{includes: [femoral]}", {"femoral"}, set()),
        ("{includes: femoral}", {"femoral"}, set()),
        ("{excludes: [cava]}", set(), {"cava"}),
        ("{includes: [femoral], excludes: [cava]}", {"femoral"}, {"cava"}),
        ("{includes: [], excludes: [cava, iliac]}", set(), {"cava", "iliac"}),
    ],
)
def test_a_list_is_complete_unless_it_says_includes_or_excludes(
    written: str, included: set[str], excluded: set[str]
) -> None:
    """What a plain list leaves out is known to be absent; a partial one leaves it unknown."""
    assert finding(f"segments: {written}").value == Members(frozenset(included), frozenset(excluded))


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("[femur]", "'segments' cannot hold 'femur'"),
        ("[femoral, [iliac]]", None),
        ("{includes: [femoral], excludes: [femoral]}", "'segments' both includes and excludes femoral"),
        ("{includes: [femoral], exclude: [cava]}", "'segments' has no place for 'exclude'"),
        ('""', "'segments' cannot hold ''"),
    ],
)
def test_nothing_written_of_a_set_is_dropped_in_silence(written: str, fault: str | None) -> None:
    """A member or a name that cannot be read is a fault, and a list within a list is read like its members."""
    if fault is None:
        assert finding(f"segments: {written}").value == Members(frozenset({"femoral", "iliac"}), frozenset({"cava"}))
    else:
        assert fault_in(f"segments: {written}") == f"case.yaml:2: {fault}"


@pytest.mark.parametrize("absence", list(Absence))
def test_every_kind_of_concept_can_be_absent_for_a_reason(absence: Absence) -> None:
    """Any question may be answered with why it has no answer."""
    for name in ("age", "onset", "severity", "segments", "bleeding", "healthy"):
        found = finding(f"{name}: {absence.value}")
        assert (found.value, found.absence) == (None, absence)


def panel(line: str) -> dict[str, str]:
    """Read a panel and say of each member what it now is."""
    case, faults = read(f"findings:\n  {line}\n")
    assert not faults
    return {name: str(found.absence.value if found.absence else found.value) for name, found in case.findings.items()}


def test_none_gives_each_member_of_a_panel_a_dated_no() -> None:
    """One line answers all of them."""
    assert panel("dangers: none") == {"bleeding": "no", "stroke": "no", "cancer": "no"}
    assert panel("dangers: None of these") == {"bleeding": "no", "stroke": "no", "cancer": "no"}
    case, _ = read("on: 2026-05-20\nfindings:\n  dangers: none\n")
    assert {(found.on, found.panel, found.written) for found in case.findings.values()} == {
        (date(2026, 5, 20), "dangers", "none of these")
    }


def test_a_list_names_what_is_present_in_a_panel() -> None:
    """The members that are not named get a No."""
    assert panel("dangers: [stroke]") == {"bleeding": "no", "stroke": "yes", "cancer": "no"}
    assert panel("dangers: stroke") == {"bleeding": "no", "stroke": "yes", "cancer": "no"}
    assert panel("dangers: [stroke, bleeding]") == {"bleeding": "yes", "stroke": "yes", "cancer": "no"}


def test_a_panel_may_be_not_known_as_a_whole() -> None:
    """Then no member has a value."""
    assert panel("dangers: not known") == {"bleeding": "not known", "stroke": "not known", "cancer": "not known"}
    assert panel("dangers: Not known") == {"bleeding": "not known", "stroke": "not known", "cancer": "not known"}


@pytest.mark.parametrize("written", ["strok", "no", "[strok]", "[[strok]]", "{includes: [strok]}"])
def test_what_a_panel_does_not_ask_is_a_fault(written: str) -> None:
    """However it is wrapped, a member that cannot be read is never taken for `none`."""
    _, faults = read(f"findings:\n  dangers: {written}\n")

    assert len(faults) == 1
    assert faults[0].startswith("case.yaml:2: the panel 'dangers' does not ask")


def test_of_a_panel_some_may_be_present_and_some_absent_and_the_rest_not_known() -> None:
    """Where not all was asked, what was not asked stays unknown."""
    assert panel("dangers: {includes: [stroke]}") == {"stroke": "yes"}
    assert panel("dangers: {includes: [stroke], excludes: [cancer]}") == {"stroke": "yes", "cancer": "no"}
    _, faults = read("findings:\n  dangers: {a: b}\n")
    assert faults[0].startswith("case.yaml:2: the panel 'dangers' has no place for 'a'")


def test_a_decimal_comma_is_read_where_it_can_be_no_thousand() -> None:
    """35,5 is one number everywhere; 35,500 is two."""
    case, faults = read("findings:\n  platelets: 35,5\n  age: 9,25 years\n")
    assert not faults
    assert [case.value(name) for name in ("platelets", "age")] == [Span(35.5, 35.5), Span(9.25, 9.25)]


def test_a_range_may_be_written_with_a_dash_and_a_date_as_it_is_spoken() -> None:
    """10-16 is 10 to 16; 26th May 2026 and May 26, 2026 are the 26th of May."""
    case, _ = read("findings:\n  platelets: 10-16\n  onset: 3-5 days ago\n")
    assert case.value("platelets") == Span(10, 16)
    assert case.days_since("onset") == Span(3, 5)
    for written in ("26th May 2026", "May 26, 2026", "26 may 2026"):
        case, faults = read(f"findings:\n  onset: {written}\n")
        assert not faults
        assert case.days_since("onset") == Span(3, 3)


def test_a_member_may_be_answered_beside_its_panel_if_both_agree() -> None:
    """The finding of its own, which may have a day and a source, stands."""
    case, faults = read("findings:\n  dangers: none\n  stroke: {value: no, from: the family}\n")
    assert not faults
    assert case.findings["stroke"].source == "the family"

    _, faults = read("findings:\n  dangers: none\n  stroke: yes\n")
    assert faults == ["case.yaml:3: 'stroke' is answered twice, and differently (first at case.yaml:2)"]


def test_a_finding_may_carry_its_day_and_where_it_comes_from() -> None:
    """`3 days ago` is then counted from the day of the finding, not from the day of the page."""
    found = finding("onset: {value: 3 days ago, on: 2026-05-20, from: the letter}")

    assert (found.on, found.source, found.written) == (date(2026, 5, 20), "the letter", "3 days ago")
    assert found.value == Span(date(2026, 5, 17).toordinal(), date(2026, 5, 17).toordinal())


def test_a_finding_may_say_why_it_is_absent() -> None:
    """`absent` takes a reason, and nothing else."""
    found = finding("stroke: {absent: declined, on: 2026-05-20}")
    assert (found.value, found.absence, found.on) == (None, Absence.DECLINED, date(2026, 5, 20))

    assert fault_in("stroke: {absent: yes}") == "case.yaml:2: 'stroke' is absent because 'yes'"


@pytest.mark.parametrize(
    ("written", "faults"),
    [
        ("{on: 2026-05-20}", ["case.yaml:2: the finding 'stroke' has no 'value'"]),
        ("{value: yes, absent: declined}", ["case.yaml:2: the finding 'stroke' has no place for 'value'"]),
        ("{value: yes, form: x}", ["case.yaml:2: the finding 'stroke' has no place for 'form'"]),
        (
            "{value: yes, on: 2026-06-01}",
            ["case.yaml:2: 'stroke' was found on 2026-06-01, after the day of this page, 2026-05-29"],
        ),
        ("{value: yes, on: May}", ["case.yaml:2: 'on' cannot be 'May'"]),
    ],
)
def test_a_structured_finding_is_read_whole_or_refused(written: str, faults: list[str]) -> None:
    """Each name in it has its place."""
    assert read(f"findings:\n  stroke: {written}\n")[1] == faults


def test_an_assertion_is_told_from_an_observation() -> None:
    """A derived concept can be answered; the finding says that it was asserted."""
    assert finding("healthy: yes").is_asserted
    assert not finding("cancer: yes").is_asserted


def test_a_case_says_its_day_its_name_and_what_it_is_about() -> None:
    """Without `on:` the case is seen today."""
    case, faults = read("case: worked\nabout: one patient\non: 2026-04-01\nfindings: {cancer: yes}\n")
    assert not faults
    assert (case.name, case.about, case.on) == ("worked", "one patient", date(2026, 4, 1))
    assert read("findings: {cancer: yes}\n")[0].on == TODAY


@pytest.mark.parametrize("day", ["1899-12-31", "2200-01-02", "29 May 2026", "tomorrow"])
def test_a_page_has_a_day_within_reason(day: str) -> None:
    """Days far outside anybody's life are a slip of the pen."""
    assert read(f"on: {day}\nfindings: {{cancer: yes}}\n")[1] == [f"case.yaml:1: 'on' cannot be {day!r}"]


def test_all_faults_of_a_case_are_found_at_once() -> None:
    """A person mends a file once, not fault by fault."""
    _, faults = read("findings:\n  age: 430\n  cancr: yes\n  onset: 2027-01-01\nfinding: {}\n")

    assert faults == [
        "case.yaml:2: 'age' cannot be 430",
        "case.yaml:3: 'cancr' is not in the vocabulary",
        "case.yaml:4: 'onset' is '2027-01-01', which is after 2026-05-29",
        "case.yaml:5: the case has no place for 'finding'",
    ]


def test_a_setting_replaces_what_was_known() -> None:
    """`--set name=value` takes the same answers as a file, lists in brackets."""
    case, _ = read("findings:\n  age: 45\n  severity: mild\n")
    settings = ["severity=severe", "segments=[femoral, iliac]", "onset = 3 days ago", "dangers=none"]
    changed, faults = set_findings(case, settings, VOCABULARY)

    assert not faults
    assert changed.value("severity") == frozenset({"severe"})
    assert changed.value("segments") == Members(frozenset({"femoral", "iliac"}), frozenset({"cava"}))
    assert changed.days_since("onset") == Span(3, 3)
    assert (changed.value("age"), changed.value("stroke")) == (Span(45, 45), Truth.NO)
    assert case.value("severity") == frozenset({"mild"}), "the case that was given is not altered"


def test_the_last_of_two_settings_stands() -> None:
    """On a command line one corrects oneself to the right."""
    changed, faults = set_findings(Case(TODAY), ["age=45", "age=46"], VOCABULARY)

    assert not faults
    assert changed.value("age") == Span(46, 46)


def test_a_setting_that_cannot_be_read_is_a_fault() -> None:
    """Its place is the setting itself."""
    _, faults = set_findings(Case(TODAY), ["age", "agee=45", "age=old"], VOCABULARY)

    assert [str(fault.where) for fault in faults] == ["--set age", "--set agee=45", "--set age=old"]
    assert [fault.what for fault in faults] == [
        "there is no '='",
        "'agee' is not in the vocabulary",
        "'age' cannot be 'old'",
    ]


@pytest.mark.parametrize("name", list(VOCABULARY.concepts))
def test_the_example_of_an_answer_is_an_answer(name: str) -> None:
    """What a fault tells a person to write can be read."""
    concept = VOCABULARY.concepts[name]
    shown, _, answer = example(concept).partition(": ")
    assert shown == name

    document = read_document(answer.encode(), "example")
    value, absence = read_value(concept, document, TODAY)

    assert value is not None
    assert absence is None


def test_a_value_that_does_not_fit_says_what_why_and_how_to_mend_it() -> None:
    """The three parts of a fault are there before anybody knows its line."""
    with pytest.raises(Unreadable) as refused:
        read_value(VOCABULARY.concepts["platelets"], Node(Place("x"), "35 mmol"), TODAY)

    assert refused.value.what == "'platelets' is not measured in 'mmol'"
    assert refused.value.why == "the number would mean something else"
    assert refused.value.fix == "use 10^9/L or /uL"


@pytest.mark.parametrize(
    ("number", "unit", "words"),
    [
        ("1", "day", "1 day"),
        ("1", "days", "1 day"),
        ("14", "day", "14 days"),
        ("0.5", "year", "0.5 years"),
        ("3", "months", "3 months"),
        ("50", "10^9/L", "50 10^9/L"),
        ("15", "s", "15 s"),
        ("1.7", "1", "1.7"),
        ("1.7", "", "1.7"),
    ],
)
def test_a_unit_of_time_agrees_with_its_number(number: str, unit: str, words: str) -> None:
    """One day, fourteen days; other units never change."""
    assert amount_words(number, unit) == words


@pytest.mark.parametrize(
    ("name", "written", "words"),
    [
        ("age", "45", "45 years"),
        ("age", "18 months", "18 months"),
        ("age", "40 to 50", "40 to 50 years"),
        ("age", "1", "1 year"),
        ("stenosis", "50", "50 %"),
        ("stenosis", "50 %", "50 %"),
        ("inr", "1.7", "1.7"),
        ("platelets", "< 50", "< 50 10^9/L"),
    ],
)
def test_a_number_written_without_its_unit_is_shown_with_it(name: str, written: str, words: str) -> None:
    """A reader never has to guess what a number was measured in."""
    assert with_unit(VOCABULARY.concepts[name], written) == words
