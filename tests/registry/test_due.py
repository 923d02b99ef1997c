"""Which visits a protocol plans, and how each stands on a day."""

from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patency.case import Absence, Span
from patency.fault import Refused
from patency.registry.entry import Entry
from patency.registry.follow.due import DONE, LOST, MADE, NOT_EXPECTED, OUTSIDE, STATUSES, Standing, standings
from patency.registry.follow.protocol import Length
from patency.registry.follow.read_protocol import read_protocol, read_protocols
from patency.registry.quality.read_rules import read_rules
from registry.made import forms, library
from registry.made_follow_up import INDEX, entry, followed, protocol, visit

PLAN = """
protocol: plan
title: A plan
version: "1"
starts: diagnosis
ends: [death, lost, withdrawal]
overdue: 30
cite: [{source: registry-data-set, at: schedule, mark: inference}]
visits:
  V10: {at: 10 days, before: 3, after: 4, planned: V10, cite: [{source: registry-data-set, at: day, mark: inference}]}
  V3: {at: 3 months, before: 30, after: 30, planned: V3, cite: [{source: registry-data-set, at: day, mark: inference}]}
"""


def standing(name: str, days: int, *records: Entry, by: str = "minimal") -> Standing:
    """Return how a planned visit stands so many days after the index date."""
    found = standings(protocol(by), followed(*records), INDEX + timedelta(days=days))
    return next(each for each in found if each.visit == name)


@pytest.mark.parametrize(
    ("day", "length", "expected"),
    [
        ("2025-01-31", "1 month", "2025-02-28"),
        ("2024-01-31", "1 month", "2024-02-29"),
        ("2024-02-29", "1 year", "2025-02-28"),
        ("2025-10-31", "4 month", "2026-02-28"),
        ("2025-08-15", "6 month", "2026-02-15"),
        ("2025-01-31", "6 week", "2025-03-14"),
        ("2025-12-31", "10 day", "2026-01-10"),
    ],
)
def test_a_month_is_a_calendar_month_and_ends_with_it(day: str, length: str, expected: str) -> None:
    """One month after 31 January is the last day of February; counted on a calendar."""
    number, unit = length.split()
    assert Length(int(number), unit).after(date.fromisoformat(day)) == date.fromisoformat(expected)


def test_each_protocol_of_patency_is_read_and_cites_every_visit() -> None:
    """Four are shipped; nothing in them stands without a source and a mark."""
    found = read_protocols(library().sources, forms())
    assert {name: " ".join(each.name for each in one.visits) for name, one in found.items()} == {
        "attract": "V10 V30 V6 V12 V18 V24",
        "clout": "V30 V6 V12 V24",
        "minimal": "V10 V30 V3 V6 V12 V24 yearly_3 yearly_4 yearly_5 yearly_6 yearly_7 yearly_8 yearly_9 yearly_10",
        "paediatric": "W6 V3 V6 V12 V24",
    }
    for one in found.values():
        assert one.citations
        assert all(each.citations for each in one.visits)
        assert all(each.citations for each in one.targets)


def test_the_windows_of_the_minimal_set_are_those_of_its_knowledge_file() -> None:
    """10 d (7-14), 30 d (21-45), 3 mo +-30 d, of which none before day 90, 6 +-45, 12 +-60, 24 +-90, yearly +-90."""
    days = {each.name: each.window(INDEX) for each in protocol().visits}
    assert ((days["V10"].opens - INDEX).days, (days["V10"].closes - INDEX).days) == (7, 14)
    assert ((days["V30"].opens - INDEX).days, (days["V30"].closes - INDEX).days) == (21, 45)
    widths = {name: ((each.target - each.opens).days, (each.closes - each.target).days) for name, each in days.items()}
    assert [widths[name] for name in ("V6", "V12", "V24", "yearly_3")] == [(w, w) for w in (45, 60, 90, 90)]
    assert ((days["V3"].opens - INDEX).days, (days["V3"].closes - INDEX).days) == (90, 120)


@pytest.mark.parametrize("name", ["attract", "clout", "minimal", "paediatric"])
def test_no_visit_expects_a_post_thrombotic_score_that_a_quality_rule_would_query(name: str) -> None:
    """The rule post-thrombotic-score-too-early queries one of less than 90 days; each index date of four years."""
    plan = protocol(name)
    early = read_rules(library().sources, forms())["post-thrombotic-score-too-early"]
    assert "days_from_index < 90 days" in early.condition.written
    scored = [each for each in plan.visits if "post_thrombotic_score" in each.expects]
    assert {each.name for each in scored} >= {"V6", "V12", "V24"}
    targets = [each for target in plan.targets if target.wanted.kind == "response" for each in target.at]
    for planned in [*scored, *map(plan.visit, targets)]:
        for day in (INDEX + timedelta(days) for days in range(1461)):
            assert (planned.window(day).opens - day).days >= 90


def test_a_visit_at_six_weeks_has_a_name() -> None:
    """Kids-DOTT's visit with imaging, on day 42, 14 days either way; named, it is that visit outside its window too."""
    assert standing("W6", 4000, visit(70, planned="W6"), by="paediatric").said == ("14 days after its window",)
    assert standing("W6", 4000, visit(42, planned="W6"), by="paediatric").status == DONE


# The 3-month visit opens on day 90, the first on which a post-thrombotic score means the syndrome, and closes on day 120.
STANDS = """
 day  status         days
   0  upcoming         90
  89  upcoming          1
  90  due              30
 120  due               0
 121  overdue           1
 180  overdue          60
 181  missed           61
9000  missed         8880
"""


@pytest.mark.parametrize("row", STANDS.strip().splitlines()[1:])
def test_a_visit_that_was_not_made_is_upcoming_due_overdue_and_then_missed(row: str) -> None:
    """Both ends of a window are in it; overdue is 60 days by the minimal protocol."""
    day, status, days = row.split()
    found = standing("V3", int(day))
    assert (found.status, found.days) == (status, int(days))


def _span(first: int, last: int) -> Span:
    """Return a day that is known as one of several after the index date."""
    return Span(INDEX.toordinal() + first, INDEX.toordinal() + last)


MATCHES = """
visits                  V3             V6
90                      done:90        missed
91 119                  done:91        missed
89                      missed         missed
120                     done:120       missed
121                     missed         missed
89=V3                   out:89         missed
121=V3                  out:121        missed
200=V3                  out:200        missed
90=V6                   missed         out:90
90=V6 180               missed         done:180
90=unplanned            missed         missed
90=discharge            missed         missed
90=V18                  done:90        missed
95=V3 90                done:95        missed
"""


@pytest.mark.parametrize("row", MATCHES.strip().splitlines()[1:])
def test_a_visit_counts_by_its_name_and_else_by_the_window_it_lies_in(row: str) -> None:
    """The nearest to the planned day counts, day 90 for 3 months; none counts twice."""
    *written, v3, v6 = row.split()
    visits = []
    for each in written:
        day, _, name = each.partition("=")
        visits.append(visit(int(day), **({"planned": name} if name else {})))
    for name, expected in (("V3", v3), ("V6", v6)):
        found = standing(name, 4000, *visits)
        short = {DONE: "done", OUTSIDE: "out"}.get(found.status)
        assert (f"{short}:{(found.made_on - INDEX).days}" if short and found.made_on else found.status) == expected


@pytest.mark.parametrize(
    ("by", "records", "said"),
    [
        ("V3", [visit(121, planned="V3")], "1 day after its window"),
        ("V3", [visit(50, planned="V3")], "40 days before its window"),
        ("V3", [visit(90, planned="unplanned")], "a visit on 2025-05-01 lies in the window and calls itself unplanned"),
        ("V3", [visit(90, planned="V18")], "calls itself V18, which this protocol does not plan"),
        ("V6", [visit(90, planned="V6")], "46 days before its window"),
        ("V3", [visit(90, planned="V6")], "a visit on 2025-05-01 lies in the window and calls itself V6"),
    ],
)
def test_where_name_and_window_disagree_it_is_said(by: str, records: list[Entry], said: str) -> None:
    """Nothing is put right in silence. Six months end on 31 July, so that its window opens on 16 June, day 136."""
    days = next(each for each in protocol().visits if each.name == "V6").window(INDEX)
    assert (days.opens - INDEX).days == 136
    assert said in standing(by, 4000, *records).said


@pytest.mark.parametrize(
    ("records", "status", "why"),
    [
        ([entry("event", "e", what="death", date=INDEX + timedelta(100))], NOT_EXPECTED, "died on 2025-05-11"),
        ([entry("event", "e", what="death", date=INDEX + timedelta(120))], NOT_EXPECTED, "died on 2025-05-31"),
        ([entry("event", "e", what="death", date=INDEX + timedelta(121))], "missed", None),
        (
            [entry("event", "e", what="lost", date=INDEX + timedelta(40))],
            NOT_EXPECTED,
            "lost to follow-up on 2025-03-12",
        ),
        ([entry("event", "e", what="lost", date=INDEX + timedelta(40)), visit(300)], "missed", None),
        ([entry("event", "e", what="bleeding", date=INDEX + timedelta(40))], "missed", None),
        (
            [entry("consent", "p", what="withdrawal", date=INDEX + timedelta(50))],
            NOT_EXPECTED,
            "withdrew on 2025-03-22",
        ),
        ([entry("consent", "p", what="refusal", date=INDEX + timedelta(50))], NOT_EXPECTED, "refused on 2025-03-22"),
        ([entry("consent", "p", what="refusal", date=INDEX + timedelta(121))], "missed", None),
        (
            [
                entry("consent", "p", what="refusal", date=INDEX + timedelta(50)),
                entry("consent", "p", what="assent", date=INDEX + timedelta(70)),
            ],
            NOT_EXPECTED,
            "refused on 2025-03-22",
        ),
        (
            [entry("event", "e", what="death", date=_span(60, 90))],
            NOT_EXPECTED,
            "died between 2025-04-01 and 2025-05-01",
        ),
        ([entry("event", "e", what="lost", date=_span(60, 90)), visit(91)], "done", None),
        ([entry("event", "e", what="death", date=Absence.NOT_KNOWN)], "missed", None),
        (
            [
                entry("consent", "p", what="withdrawal", date=INDEX + timedelta(50)),
                entry("consent", "p", what="reconsent", date=INDEX + timedelta(70)),
            ],
            "missed",
            None,
        ),
    ],
)
def test_after_death_loss_or_withdrawal_nothing_more_is_expected(
    records: list[Entry], status: str, why: str | None
) -> None:
    """Who was seen again was not lost, and who consents again is back; what was missed before stays missed."""
    found = standing("V3", 4000, *records)
    assert (found.status, found.said) == (status, (why,) if why else ())


def test_a_death_or_a_loss_ends_the_follow_up_of_each_episode_of_the_patient() -> None:
    """It hangs on one of them, and is the person's; another patient's episodes go on."""
    second = entry("episode", "p", date=INDEX + timedelta(10))._replace(id="f")
    for what, on in (("death", 1), ("lost", 11)):
        end = entry("event", "e", what=what, date=INDEX + timedelta(on))
        found = standings(protocol(), followed(second, end), INDEX + timedelta(4000))
        assert {(each.episode, each.status) for each in found} == {("e", NOT_EXPECTED), ("f", NOT_EXPECTED)}
        another = entry("event", "f", what=what, date=INDEX)._replace(patient="q")
        assert standings(protocol(), followed(another), INDEX)[0].status == "upcoming"


@pytest.mark.parametrize(
    "seen", [visit(100), visit(100)._replace(parent="f"), None], ids=["own", "another's", "diagnosed"]
)
def test_who_is_seen_again_for_any_episode_was_not_lost(seen: Entry | None) -> None:
    """Lost on day 60: a visit on day 100 of whichever episode, or a new diagnosis on that day, shows where the patient is."""
    second = entry("episode", "p", date=INDEX + timedelta(10 if seen else 100))._replace(id="f")
    lost = entry("event", "e", what="lost", date=INDEX + timedelta(60))
    records = [each for each in (second, lost, seen) if each]
    found = standings(protocol(), followed(*records), INDEX + timedelta(4000))
    assert all("missed" in {each.status for each in found if each.episode == name} for name in "ef")
    before = standings(protocol(), followed(*records), INDEX + timedelta(90))
    assert LOST in {said[:17] for each in before if each.episode == "e" for said in each.said}


def test_a_death_that_is_not_yet_known_of_changes_nothing() -> None:
    """A list for a day gone by knows what had happened by then."""
    death = entry("event", "e", what="death", date=INDEX + timedelta(100))
    assert standing("V3", 99, death).status == "due"
    assert standing("V3", 99, visit(100)).status == "due"


def test_a_visit_that_was_made_is_done_though_the_patient_died_later() -> None:
    """What was done stays done."""
    death = entry("event", "e", what="death", date=INDEX + timedelta(100))
    assert standing("V3", 4000, visit(90), death).status == DONE


def test_yearly_visits_are_expected_only_after_a_stent() -> None:
    """registry.md: yearly after stent."""
    procedure = entry("procedure", "e", date=INDEX)
    stent = entry("stent", procedure.id, segment="common_iliac")
    assert standing("yearly_3", 1100).said == ("only after a stent",)
    assert standing("yearly_3", 1100, procedure, stent).status == "due"
    assert standing("yearly_4", 4000, procedure, stent, visit(1461 + 95, planned="yearly")).status == OUTSIDE
    assert standing("yearly_4", 4000, procedure, stent, visit(1461 + 300, planned="yearly")).status == "missed"


def test_what_was_expected_at_a_visit_and_is_not_there_is_named() -> None:
    """A scale that is no post-thrombotic score does not count as one, nor does a CT as a duplex scan."""
    seen = visit(90)
    vcss = entry("response", seen.id, instrument="vcss")
    ct = entry("imaging", seen.id, method="ct")
    assert standing("V3", 100, seen, vcss, ct).missing == ("a post-thrombotic score", "a duplex scan")
    villalta = entry("response", seen.id, instrument="villalta")
    assert standing("V3", 100, seen, villalta, ct).missing == ("a duplex scan",)
    elsewhere = visit(30)
    duplex = entry("imaging", elsewhere.id, method="duplex")
    assert standing("V3", 100, seen, elsewhere, duplex).missing == ("a post-thrombotic score", "a duplex scan")


@pytest.mark.parametrize(
    ("values", "status", "why"),
    [
        (
            {"date": Span(INDEX.toordinal(), INDEX.toordinal() + 30)},
            "cannot be told",
            "the index date is not known to the day",
        ),
        ({"date": Absence.NOT_KNOWN}, "cannot be told", "the index date is not known to the day"),
    ],
)
def test_without_an_index_date_nothing_can_be_told(values: dict[str, Span | Absence], status: str, why: str) -> None:
    """A day that is not known is not guessed."""
    found = standings(protocol(), followed(**values), INDEX)
    assert {(each.status, each.said) for each in found} == {(status, (why,))}


def test_time_runs_from_the_index_procedure_where_the_protocol_says_so() -> None:
    """CLOUT: who had no procedure has no visits planned; which is the index procedure is not guessed."""
    operated = entry("procedure", "e", date=INDEX + timedelta(10), is_index="yes")
    unmarked = entry("procedure", "e", date=INDEX + timedelta(10))
    assert standing("V30", 41, operated, visit(40), by="clout").made_on == INDEX + timedelta(40)
    assert standing("V30", 41, by="clout").said == ("no procedure is recorded",)
    assert standing("V30", 41, unmarked, by="clout").status == "cannot be told"


def test_a_site_brings_a_protocol_of_its_own() -> None:
    """A file of one's own is read as Patency's are."""
    own = read_protocol(PLAN.encode(), "plan.yaml", library().sources, forms())
    assert [each.status for each in standings(own, followed(), INDEX + timedelta(30))] == ["overdue", "upcoming"]


def test_windows_that_overlap_are_refused_unless_the_later_says_that_they_may() -> None:
    """By the calendar: 3 months less 75 days begins on day 14 where February lies between."""
    wide = PLAN.replace("before: 30", "before: 75")
    with pytest.raises(Refused, match="the windows of 'V10' and 'V3' overlap"):
        read_protocol(wide.encode(), "plan.yaml", library().sources, forms())
    declared = wide.replace("after: 30,", "after: 30, may_overlap: yes,")
    own = read_protocol(declared.encode(), "plan.yaml", library().sources, forms())
    assert [each.status for each in standings(own, followed(visit(14)), INDEX + timedelta(300))] == ["done", "missed"]


NAMES = [None, "baseline", "V10", "V30", "W6", "V3", "V6", "V12", "V18", "V24", "yearly", "unplanned"]
VISITS = st.lists(st.tuples(st.integers(-30, 1500), st.sampled_from(NAMES)), max_size=12)
ENDS = st.lists(
    st.tuples(st.integers(0, 1500), st.sampled_from(["death", "lost", "bleeding", "withdrawal", "consent"])), max_size=3
)
PROTOCOLS = st.sampled_from(["minimal", "attract", "paediatric", "clout"])


def records_of(visits: list[tuple[int, str | None]], ends: list[tuple[int, str]]) -> list[Entry]:
    found = [visit(day, **({"planned": name} if name else {})) for day, name in visits]
    for day, what in ends:
        is_consent = what in ("withdrawal", "consent")
        found.append(
            entry(
                "consent" if is_consent else "event", "p" if is_consent else "e", what=what, date=INDEX + timedelta(day)
            )
        )
    return [*found, entry("procedure", "e", date=INDEX, is_index="yes")]


@settings(max_examples=150, deadline=None)
@given(VISITS, ENDS, PROTOCOLS, st.integers(-30, 1600), st.integers(0, 900))
def test_every_planned_visit_stands_in_one_way_and_what_is_done_stays_done(
    visits: list[tuple[int, str | None]], ends: list[tuple[int, str]], name: str, day: int, later: int
) -> None:
    """Each planned visit has one status, no visit counts twice, and time takes nothing back that was done."""
    plan, episodes = protocol(name), followed(*records_of(visits, ends))
    today = standings(plan, episodes, INDEX + timedelta(day))
    after = standings(plan, episodes, INDEX + timedelta(day + later))

    assert [each.visit for each in today] == [each.name for each in plan.visits]
    assert all(each.status in STATUSES for each in today)
    made = [each.made.id for each in today if each.made]
    assert len(made) == len(set(made))
    assert all((each.made is not None) == (each.status in MADE) for each in today)
    for before, then in zip(today, after, strict=True):
        assert before.status != DONE or then.status == DONE


@settings(max_examples=60, deadline=None)
@given(VISITS, PROTOCOLS, st.randoms(use_true_random=False))
def test_the_order_in_which_records_are_read_changes_nothing(
    visits: list[tuple[int, str | None]], name: str, random: Random
) -> None:
    """A database gives its rows in any order."""
    written = records_of(visits, [])
    shuffled = [*written]
    random.shuffle(shuffled)
    day = INDEX + timedelta(2000)
    assert standings(protocol(name), followed(*written), day) == standings(protocol(name), followed(*shuffled), day)
