"""How complete a registry is against its targets, and the flow of its patients."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from patency.case import Absence, Span
from patency.fault import Refused
from patency.registry import schema
from patency.registry.access import Refusal
from patency.registry.database import transaction
from patency.registry.entry import Entry, New, Value
from patency.registry.entry import now as this_moment
from patency.registry.follow.complete import MET, NOT_MET, UNTOLD, Completeness, completeness
from patency.registry.follow.counts import count_at
from patency.registry.follow.due_text import NOBODY, flow_text
from patency.registry.follow.few import WHY
from patency.registry.follow.flow import Part, flow
from patency.registry.follow.follow_up import Flowed, complete, due, due_at, flowed, flowed_at
from patency.registry.follow.followed import Followed, by_episode, dated_by
from patency.registry.registry import Registry
from patency.share import Share
from registry.made import PASSWORD, by_owner, forms, made
from registry.made_follow_up import INDEX, entry, filled, followed, kinds, patient, protocol, records, visit

LATER = INDEX + timedelta(4000)
NOW = datetime(2030, 1, 1, tzinfo=UTC)  # long after all that is recorded


def target(name: str, episodes: list[Followed], today: date = LATER, is_pooled: bool = False) -> Completeness:
    """Return how one target of the minimal set stands."""
    return next(each for each in completeness(protocol(), episodes, today, is_pooled) if each.target.name == name)


def many(count: int, told: int) -> list[Followed]:
    """Return so many episodes, of which some say a side."""
    found: list[Entry] = []
    for number in range(count):
        values: dict[str, Value] = {"side": "left"} if number < told else {}
        whose, episode = patient(**values)
        found += [whose._replace(id=f"p{number:04}"), episode._replace(id=f"e{number:04}", patient=f"p{number:04}")]
    return by_episode(kinds(found))


@pytest.mark.parametrize(
    ("of", "told", "stands"), [(20, 19, MET), (20, 18, NOT_MET), (0, 0, UNTOLD), (1000, 949, NOT_MET)]
)
def test_a_target_is_met_by_the_exact_count(of: int, told: int, stands: str) -> None:
    """19 of 20 are 95%; 949 of 1000 are not; of nobody it cannot be told."""
    found = target("laterality", many(of, told))
    assert (found.share, found.is_met, len(found.missing)) == (Share(told, of), stands, of - told)


def test_a_reason_for_giving_no_value_is_no_value_and_is_told() -> None:
    """Not known is not complete; what is missing says why."""
    found = target("laterality", followed(side=Absence.NOT_KNOWN))
    assert found.share == Share(0, 1)
    assert [each.why for each in found.missing] == ["side: not known"]


def test_what_is_missing_is_told_of_each_field() -> None:
    """Some inputs of the bleeding scores are there, others are not."""
    found = target("bleeding_inputs", followed(age=40.0, haemoglobin=12.0, creatinine=Absence.DECLINED))
    (missing,) = found.missing
    assert missing.why == "creatinine: declined; pulmonary_embolism: not recorded; provoking: not recorded"


def test_aspirin_is_no_anticoagulant() -> None:
    """The target on anticoagulants names them; another one is no missing one."""
    found = target("anticoagulant", followed(entry("medication", "e", drug="aspirin")))
    assert found.missing[0].why.startswith("no medication is one of apixaban, dabigatran")
    for drug in ("apixaban", "other"):
        assert target("anticoagulant", followed(entry("medication", "e", drug=drug))).share == Share(1, 1)


DUPLEX = """
visits         today  share
365+duplex       400  1/1
365              400  0/1
-                400  0/0
-                500  0/1
500=V12+duplex   600  1/1
-                300  0/0
"""


@pytest.mark.parametrize("row", DUPLEX.strip().splitlines()[1:])
def test_a_visit_was_expected_once_it_was_made_or_its_window_has_closed(row: str) -> None:
    """The one-year duplex is of visits expected: missed ones are among them, those still due are not."""
    written, today, share = row.split()
    records = []
    if written != "-":
        day, is_scanned = written.removesuffix("+duplex"), written.endswith("+duplex")
        number, _, name = day.partition("=")
        seen = visit(int(number), **({"planned": name} if name else {}))
        records = [seen, *([entry("imaging", seen.id, method="duplex")] if is_scanned else [])]
    count, of = share.split("/")
    assert target("duplex_at_one_year", followed(*records), INDEX + timedelta(int(today))).share == Share(
        int(count), int(of)
    )


def test_a_patient_who_died_before_was_not_expected_at_one_year() -> None:
    """Death is no missing scan."""
    death = entry("event", "e", what="death", date=INDEX + timedelta(100))
    assert target("duplex_at_one_year", followed(death)).share == Share(0, 0)


def test_the_instrument_is_asked_of_visits_that_were_made() -> None:
    """Of two visits made at 3 and 6 months, one has a post-thrombotic score."""
    first, second = visit(90), visit(180)
    scored = entry("response", first.id, instrument="villalta")
    assert target("post_thrombotic_instrument", followed(first, second, scored)).share == Share(1, 2)


@pytest.mark.parametrize(
    ("of", "told", "is_shown"), [(20, 20, True), (20, 15, True), (20, 16, False), (20, 0, True), (20, 3, False)]
)
def test_over_the_pool_a_target_is_shown_where_no_group_is_of_few_people(of: int, told: int, is_shown: bool) -> None:
    """Four without a side are few, and so are three with one; nobody is not."""
    found = target("laterality", many(of, told), is_pooled=True)
    assert (found.share, found.withheld, found.missing) == (
        (Share(told, of), "", ()) if is_shown else (Share(0, 0), WHY, ())
    )


def test_over_the_pool_the_parts_of_a_target_are_looked_at_too() -> None:
    """All of ten lack something, yet two of them have a haemoglobin: beside a count of that, they would be told."""
    few = many(10, 10)
    with_haemoglobin = [
        each._replace(
            episode=each.episode._replace(
                values={**each.episode.values, **({"haemoglobin": 12.0} if number < 2 else {})}
            )
        )
        for number, each in enumerate(few)
    ]
    assert target("bleeding_inputs", few, is_pooled=True).share == Share(0, 10)
    assert target("bleeding_inputs", with_haemoglobin, is_pooled=True).withheld == WHY


def _flow(records: list[Entry], is_pooled: bool = False) -> tuple[Part, ...]:
    return flow(kinds(records), protocol(), forms(), LATER, is_pooled)


def test_the_flow_says_why_people_were_not_enrolled_and_how_it_ended() -> None:
    """Seen, enrolled, with consent, followed, died: each of how many."""
    log = [
        entry("screening", enrolled="yes"),
        entry("screening", enrolled="no", reason="missed"),
        entry("screening", enrolled="no"),
    ]
    death = entry("event", "e", what="death", date=INDEX + timedelta(100))
    consent = entry("consent", "p", what="consent", date=INDEX)
    found = _flow([*log, *patient(visit(90), death), consent])
    assert {step.words: (step.count, step.of) for part in found for step in part.steps} == {
        "seen, by the screening log": (3, None),
        "enrolled": (1, 3),
        "not enrolled": (2, 3),
        "missed": (1, 2),
        "reason not known": (1, 2),
        "patients in the registry": (1, None),
        "with consent recorded": (1, 1),
        "with an episode": (1, 1),
        "followed: seen at a visit of 'The minimal common set'": (1, 1),
        "died": (1, 1),
        "lost to follow-up": (0, 1),
        "withdrew": (0, 1),
        "refused": (0, 1),
    }


def test_over_the_pool_a_flow_with_a_box_of_few_people_is_not_shown() -> None:
    """One person is few."""
    found = _flow([*patient(), entry("screening", enrolled="yes")], is_pooled=True)
    assert [(part.steps, part.withheld) for part in found] == [((), WHY)] * 3


def _steps(records: list[Entry], days: int) -> dict[str, int]:
    found = flow(kinds(records), protocol(), forms(), INDEX + timedelta(days))
    return {step.words: step.count for part in found for step in part.steps}


def test_the_flow_of_a_day_gone_by_leaves_out_what_came_after_it() -> None:
    """A patient of one year ago, and one of today who was not there yet: neither in the log, nor by consent or episode."""
    later = INDEX + timedelta(400)
    new = [
        entry("screening", enrolled="yes", date=later),
        entry("patient")._replace(id="q"),
        entry("consent", "q", what="consent", date=later)._replace(patient="q"),
        entry("episode", "q", date=later)._replace(id="f", patient="q"),
        entry("visit", "f", date=later + timedelta(90))._replace(patient="q"),
    ]
    old = [entry("screening", enrolled="yes", date=INDEX), entry("consent", "p", what="consent", date=INDEX)]
    every = [*patient(visit(90), *old), *new]
    assert _steps(every, 300) == _steps(every[: -len(new)], 300)
    assert _steps(every, 400)["patients in the registry"] == 2
    assert (_steps(every, 399)["patients in the registry"], _steps(every, 399)["seen, by the screening log"]) == (1, 1)
    followed_words = f"followed: seen at a visit of {protocol().title!r}"
    assert [_steps(every, day)[followed_words] for day in (89, 90, 489, 490)] == [0, 1, 1, 2]


def test_a_patient_of_whom_nothing_is_dated_is_there_on_any_day() -> None:
    """Nobody could say since when; and a day that is known as a span counts from the first that it may be."""
    assert _steps([entry("patient")._replace(id="p")], -4000)["patients in the registry"] == 1
    span = Span(INDEX.toordinal(), INDEX.toordinal() + 30)
    assert [_steps(patient(date=span), day)["with an episode"] for day in (-1, 0)] == [0, 1]


def test_completeness_on_a_day_leaves_out_what_is_dated_after_it(ward: Registry) -> None:
    """North's index dates begin on 31 January 2025, one each day: 14 on 13 February, and one on the first."""
    rita = ward.sign_in("rita", PASSWORD)
    assert [complete(rita, protocol(), INDEX + timedelta(day)).targets[0].share.of for day in (-1, 0, 5, 13)] == [
        0,
        1,
        6,
        14,
    ]
    assert [len(due(rita, protocol(), INDEX + timedelta(day)).standings) for day in (-1, 0)] == [0, 14]


def test_a_drug_begun_later_and_a_scan_made_later_do_not_count() -> None:
    """The drug by its first day; what hangs on a visit of a later day goes with it."""
    seen = visit(365)
    every = kinds(
        patient(
            seen, entry("imaging", seen.id, method="duplex"), entry("medication", "e", drug="apixaban", start=LATER)
        )
    )
    before = dated_by(every, INDEX + timedelta(364))
    assert {kind: len(found) for kind, found in before.items()} == {
        "patient": 1,
        "episode": 1,
        "visit": 0,
        "imaging": 1,
        "medication": 0,
    }
    assert by_episode(before)[0].records == {"consent": ()}


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """A registry of two sites, with 14 and 4 patients."""
    return filled(made(tmp_path_factory.mktemp("registry")), 14, 4)


def trail_of(registry: Registry, site: str) -> list[tuple[str, str]]:
    """Return what a site's trail says was done, and its note."""
    with closing(by_owner(registry)) as owned, transaction(owned.engine) as connection:
        query = select(schema.trail).where(schema.trail.c.site == site).order_by(schema.trail.c.seq)
        return [(row.action, row.note) for row in connection.execute(query)]


def test_a_list_is_of_the_users_own_site_and_is_one_line_of_the_trail(ward: Registry) -> None:
    """Rita reads for North: 14 episodes of 14 planned visits each."""
    rita = ward.sign_in("rita", PASSWORD)
    before = trail_of(ward, "north")
    found = due(rita, protocol(), date(2025, 6, 15))
    assert trail_of(ward, "north")[len(before) :] == [("view", '{"what":"due list"}')]
    assert len(found.standings) == sum(found.counts.values()) == 14 * 14
    assert {each.pseudonym for each in found.standings} == {f"P-{number:04}" for number in range(14)}
    assert found.label == "synthetic"
    assert len(due(ward.sign_in("sam", PASSWORD), protocol()).standings) == 4 * 14


def test_the_statistician_sees_how_many_are_in_each_status_and_nobody_by_name(
    new_registry: Callable[..., Registry],
) -> None:
    """South has four patients and is not in the pool. Of North's 30, five were not seen at 3 months: a visit each is missed."""
    stat = filled(new_registry(), 30, 4).sign_in("stat", PASSWORD)
    found = due_at(stat, protocol(), None, NOW)
    assert (found.standings, found.withheld) == ((), "")
    assert {status: count for status, count in found.counts.items() if count} == {
        "done": 30 + 30 + 25,
        "missed": 5 + 3 * 30,
        "not expected": 8 * 30,
    }


def test_a_pooled_list_does_not_tell_how_few_differ_from_the_others(ward: Registry) -> None:
    """Of North's 14 three were not seen at 3 months: 45 missed visits, of which 3 for each would be 42."""
    found = due_at(ward.sign_in("stat", PASSWORD), protocol(), None, NOW)
    assert (found.standings, found.counts, found.withheld) == ((), {}, WHY)


def test_one_death_is_not_told_by_the_pooled_list(new_registry: Callable[..., Registry]) -> None:
    """Of 24 patients with one index date one died: flow and count are silent, and so is the list."""
    registry = new_registry()
    ivo = registry.sign_in("ivo", PASSWORD)
    for number in range(24):
        whose = ivo.new_patient(f"P-{number}", {"sex_at_birth": "female"})
        ivo.add_all(
            [whose, New("episode", {"date": INDEX}, whose.patient, whose.patient, f"{whose.patient[:20]}e")],
            is_checked=True,
        )
    stat = registry.sign_in("stat", PASSWORD)
    death = New("event", {"date": INDEX, "what": "death"}, whose.patient, f"{whose.patient[:20]}e")
    ivo.add_all([death], is_checked=True)
    assert due_at(stat, protocol(), None, NOW).withheld == WHY


@pytest.mark.parametrize("ask", [due, complete, flowed])
def test_over_the_pool_the_day_and_the_protocol_cannot_be_chosen(
    registry: Registry, ask: Callable[..., object]
) -> None:
    """Two days, or two protocols, beside each other would tell of one visit."""
    stat = registry.sign_in("stat", PASSWORD)
    with pytest.raises(Refused, match="over the pool no day is chosen"):
        ask(stat, protocol(), date(2025, 6, 15))
    with pytest.raises(Refused, match="is not the registry's protocol"):
        ask(stat, protocol("attract"))
    renamed = protocol()._replace(visits=(), content_hash="")
    with pytest.raises(Refused, match="is not the registry's protocol"):
        ask(stat, renamed)


@pytest.mark.parametrize("ask", [due, complete, flowed])
def test_an_administrator_sees_no_patient(ward: Registry, ask: Callable[..., object]) -> None:
    """Their role is to keep sites and users."""
    with pytest.raises(Refusal):
        ask(ward.sign_in("ada", PASSWORD), protocol())


def _patients(found: Flowed) -> int:
    """Return how many patients a flow counts by their records."""
    part = found.parts[1]
    assert not part.withheld
    return part.steps[0].count


def test_a_site_is_in_the_pool_from_its_fifth_patient_on(new_registry: Callable[..., Registry]) -> None:
    """With five at one site and four at the other, the pool is of five."""
    registry = filled(new_registry(), 5, 4)
    assert _patients(flowed_at(registry.sign_in("stat", PASSWORD), protocol(), None, NOW)) == 5


def test_who_withdrew_and_did_not_let_the_records_stay_is_not_in_the_pool(
    new_registry: Callable[..., Registry],
) -> None:
    """Five of North, one of whom withdrew: four are left, and so the site is not in it."""
    registry = filled(new_registry(), 5, 0)
    ivo = registry.sign_in("ivo", PASSWORD)
    patient = ivo.id_of("patient", "P-0000")
    ivo.add(New("consent", {"date": INDEX, "what": "withdrawal"}, patient, patient))
    assert _patients(flowed_at(registry.sign_in("stat", PASSWORD), protocol(), None, NOW)) == 0
    assert len(due(ivo, protocol()).standings) == 5 * 14


def test_the_pool_stands_still_for_thirty_days_and_until_five_patients_have_changed(registry: Registry) -> None:
    """What one patient adds between two questions is not seen in their difference; on either database."""
    filled(registry, 6, 0)
    stat, ivo = registry.sign_in("stat", PASSWORD), registry.sign_in("ivo", PASSWORD)

    def patients(now: datetime) -> int:
        return _patients(flowed_at(stat, protocol(), None, now))

    first = this_moment()
    assert patients(first) == 6
    for number in range(6, 11):
        assert patients(first + timedelta(29)) == 6
        assert patients(first + timedelta(31)) == 6
        ivo.add_all(records(ivo.new_patient(f"P-{number:04}"), number))
    assert patients(first + timedelta(29)) == 6
    assert patients(first + timedelta(31)) == 11


def test_a_pool_with_nobody_in_it_does_not_stand_still(registry: Registry) -> None:
    """Who asks on the first day sees whoever came by the second; from then on it stands still, and says so."""
    stat, ivo = registry.sign_in("stat", PASSWORD), registry.sign_in("ivo", PASSWORD)
    first = this_moment()
    nobody = flowed_at(stat, protocol(), None, first)
    assert (_patients(nobody), nobody.until) == (0, None)
    assert NOBODY in flow_text(nobody)

    def enrol(numbers: range, sex: str) -> None:
        for number in numbers:
            ivo.enrol(f"P-{number:04}", {"sex_at_birth": sex})

    enrol(range(4), "female")
    assert _patients(flowed_at(stat, protocol(), None, this_moment())) == 0
    enrol(range(4, 6), "female")
    second = this_moment()
    somebody = flowed_at(stat, protocol(), None, second)
    assert (_patients(somebody), somebody.until) == (6, (second + timedelta(30)).date())
    assert any(line.startswith(f"It stands still until {somebody.until}") for line in flow_text(somebody))
    enrol(range(6, 37), "male")
    again = count_at(stat, "patient.sex_at_birth", "", "", second + timedelta(29))
    assert ([sum(row.counts) for row in again.rows if row.counts[0]], again.until) == ([6], somebody.until)


def test_beside_an_empty_pool_few_are_not_seen_either(new_registry: Callable[..., Registry]) -> None:
    """Five women and a man come after nobody was there: who compares is shown neither."""
    registry = new_registry()
    stat, ivo = registry.sign_in("stat", PASSWORD), registry.sign_in("ivo", PASSWORD)
    assert not count_at(stat, "patient.sex_at_birth", "", "", this_moment()).withheld
    for number in range(6):
        ivo.enrol(f"P-{number}", {"sex_at_birth": "male" if number == 0 else "female"})
    assert count_at(stat, "patient.sex_at_birth", "", "", this_moment()).withheld == WHY


def test_the_sex_of_one_newcomer_is_not_told_when_the_pool_moves_on(new_registry: Callable[..., Registry]) -> None:
    """A woman among 39, and a consent of four others: 31 days later both tables are as they were; four women more, and they move."""
    registry = new_registry()
    ivo = registry.sign_in("ivo", PASSWORD)

    def enrol(numbers: range, sex: str) -> list[str]:
        return [ivo.add(ivo.new_patient(f"P-{number}", {"sex_at_birth": sex})).id for number in numbers]

    old = enrol(range(19), "female") + enrol(range(19, 39), "male")
    stat = registry.sign_in("stat", PASSWORD)

    def sexes(days: int) -> dict[str, int]:
        found = count_at(stat, "patient.sex_at_birth", "", "", first + timedelta(days))
        return {row.words: row.counts[0] for row in found.rows if row.counts[0]}

    def everybody(days: int) -> int:
        return _patients(flowed_at(stat, protocol(), None, first + timedelta(days)))

    first = this_moment()
    assert (sexes(0), everybody(0)) == ({"female": 19, "male": 20}, 39)
    enrol(range(39, 40), "female")
    for whose in old[:4]:
        ivo.add_all([New("consent", {"date": INDEX, "what": "consent"}, whose, whose)], is_checked=True)
    assert (sexes(31), everybody(31)) == ({"female": 19, "male": 20}, 39)
    enrol(range(40, 44), "male")
    assert (sexes(62), everybody(62)) == ({"female": 19, "male": 20}, 39)  # four men are few, and so are four consents
    enrol(range(44, 48), "female")
    enrol(range(48, 49), "male")
    assert sexes(93) == {"female": 24, "male": 25}
