"""The case of an episode: which finding counts on which day, and that a consult is the same as from a file."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from patency.answer import read_value
from patency.case import Absence, Case, Members, Span
from patency.casefile import case_file, read_case
from patency.consult.json import as_json
from patency.consult.page import consult
from patency.document import Node, read_document
from patency.fault import Refused
from patency.registry.case import Seen, aged, case_of, seen_from
from patency.registry.entry import Entry, New, Value
from patency.registry.kept import DECISION, case_hash, decide, keep_consult
from patency.registry.lasting import LASTING, LASTING_BUT, LASTING_YES, OF_TODAY
from patency.registry.session import Session
from patency.truth import Truth

from .made import PASSWORD, forms, library, made

DAY_0, DAY_5, DAY_6, DAY_9 = date(2026, 5, 1), date(2026, 5, 6), date(2026, 5, 7), date(2026, 5, 10)
EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))


def entry(kind: str, name: str, parent: str = "e", **values: Value) -> Entry:
    """Return a record as a registry keeps it."""
    return Entry(kind, name, 1, "north", "p", parent, values, "anna", datetime(2026, 5, 10, tzinfo=UTC))


EPISODE = entry("episode", "e", "p", date=DAY_0, age=45.5)
PATIENT = entry("patient", "p", "", pseudonym="N-1", sex_at_birth="female")


def finding(name: str, concept: str, on: date, written: Value) -> Entry:
    """Return a finding."""
    return entry("finding", name, concept=concept, date=on, written=written)


def case_on(day: date, *entries: Entry) -> Case:
    """Return the case of the episode and what else there is."""
    return seen_from([PATIENT, EPISODE, *entries], "e", day, forms()).case


# Which finding counts


def test_the_latest_finding_counts() -> None:
    """Of two findings of a concept the later one counts, once its day has come."""
    both = finding("1", "severity", DAY_0, "mild"), finding("2", "severity", DAY_5, "severe")
    assert case_on(DAY_0, *both).value("severity") == frozenset({"mild"})
    assert case_on(DAY_5, *both).value("severity") == frozenset({"severe"})


def test_nothing_is_known_before_its_day() -> None:
    """What was found later is not known on an earlier day."""
    assert case_on(DAY_0, finding("1", "severity", DAY_5, "severe")).value("severity") is None


def test_what_is_not_known_any_more_is_not_known() -> None:
    """A later "not known" takes an earlier No away; that nobody asked takes nothing away."""
    earlier = finding("1", "diabetes", DAY_0, "no")
    assert case_on(DAY_6, earlier).value("diabetes") is Truth.NO
    unknown = case_on(DAY_6, earlier, finding("2", "diabetes", DAY_5, Absence.NOT_KNOWN))
    assert unknown.value("diabetes") is None
    assert unknown.findings["diabetes"].absence is Absence.NOT_KNOWN
    not_asked = case_on(DAY_6, earlier, finding("2", "diabetes", DAY_5, Absence.NOT_ASKED))
    assert not_asked.value("diabetes") is Truth.NO


def test_two_that_differ_on_one_day_are_refused_by_both_their_names() -> None:
    """Nobody could see which of them counts; on a later day with one finding more, it is told."""
    both = finding("first", "severity", DAY_5, "mild"), finding("second", "severity", DAY_5, "severe")
    with pytest.raises(Refused) as refused:
        case_on(DAY_5, *both)
    (fault,) = refused.value.faults
    assert "finding second" in str(fault)
    assert "finding first" in str(fault)
    assert case_on(DAY_9, *both, finding("3", "severity", DAY_9, "mild")).value("severity") == frozenset({"mild"})


def test_the_same_said_twice_is_no_contradiction() -> None:
    """Two findings of one day that agree are one."""
    both = finding("1", "severity", DAY_5, "mild"), finding("2", "severity", DAY_5, "mild")
    assert case_on(DAY_5, *both).value("severity") == frozenset({"mild"})


def test_what_happened_later_overtakes_an_earlier_no() -> None:
    """Not removed on the first day, removed on the fifth: no contradiction. Said later that it never was: one."""
    removed = finding("2", "removal_on", DAY_5, "2026-05-06")
    assert case_on(DAY_9, finding("1", "removal_done", DAY_0, "no"), removed).value("removal_done") is Truth.YES
    with pytest.raises(Refused, match="has not happened"):
        case_on(DAY_9, finding("1", "removal_done", DAY_9, "no"), removed)


def test_days_ago_are_counted_from_the_day_of_the_finding() -> None:
    """What was "3 days ago" as it was said on the fifth day, is the second day for ever."""
    case = case_on(DAY_9, finding("1", "onset", DAY_5, "3 days ago"))
    assert case.value("onset") == Span(date(2026, 5, 3).toordinal(), date(2026, 5, 3).toordinal())
    assert case.findings["onset"].written == "2026-05-03"


def test_a_panel_answers_each_of_its_members() -> None:
    """None of a panel is a No to each, on the day it was said."""
    vocabulary = library().lexicon.vocabulary
    panel = next(iter(vocabulary.panels.values()))
    case = case_on(DAY_5, finding("1", panel.name, DAY_5, "none"))
    assert {case.value(name) for name in panel.members} == {Truth.NO}


# What is too old


def seen_on(day: date, *entries: Entry) -> Seen:
    """Return the case of the episode and what else there is, with what is beside it."""
    return seen_from([PATIENT, EPISODE, *entries], "e", day, forms())


LATER = date(2028, 5, 1)


@pytest.mark.parametrize(
    ("concept", "written"),
    [("active_bleeding", "no"), ("platelets", "240"), ("severity", "mild"), ("diabetes", "no"), ("active_cancer", "yes"),
     ("anticoagulated", "yes"), ("other_sites", "[renal_vein]"), ("pulmonary_embolism", "none"), ("limb_threat", "not known")],
)  # fmt: skip
def test_a_finding_of_two_years_ago_is_asked_again(concept: str, written: str) -> None:
    """It is no value of today's case, and stands beside it with its day."""
    seen = seen_on(LATER, finding("1", concept, DAY_0, written))
    assert concept not in seen.case.findings
    (old,) = [each for each in seen.again if each.concept == concept]
    assert old.on == DAY_0
    assert concept in seen_on(DAY_0, finding("1", concept, DAY_0, written)).case.findings


@pytest.mark.parametrize(
    ("concept", "written"),
    [("onset", "2026-04-29"), ("episode_history", "first"), ("diabetes", "yes"), ("intracranial_bleed", "yes"),
     ("stent_placed", "yes"), ("pulmonary_embolism", "symptomatic"), ("thrombophilia", "[protein_c]")],
)  # fmt: skip
def test_what_was_once_so_stays_so(concept: str, written: str) -> None:
    """A fact about this clot, and a Yes to what was ever so, are known for ever, and are said with their day."""
    seen = seen_on(LATER, finding("1", concept, DAY_0, written))
    assert seen.case.findings[concept].on == DAY_0
    assert concept not in {each.concept for each in seen.again}


def test_an_event_of_long_ago_may_have_happened_again() -> None:
    """The latest stroke was on that day or since: nobody may read from it that there was none in the past 3 months."""
    case = case_on(LATER, finding("1", "stroke_or_tia_on", DAY_0, "2026-04-01"))
    assert case.days_since("stroke_or_tia_on") == Span(0, (LATER - date(2026, 4, 1)).days)
    assert case.value("stroke_or_tia") is Truth.YES
    assert case_on(LATER, finding("1", "gi_bleed_on", DAY_0, "2026-04-01")).value("gi_bleed") is None


def test_every_lasting_concept_is_in_the_vocabulary() -> None:
    """A name that was mistyped would let an old finding fade, or stay."""
    names = LASTING | LASTING_YES | OF_TODAY | LASTING_BUT.keys()
    assert names <= library().lexicon.vocabulary.concepts.keys()


def test_a_case_file_of_the_registry_says_of_which_day_each_finding_is() -> None:
    """Written and read again, a finding has its own day and value, and says that it is of the registry."""
    case = case_on(DAY_9, finding("1", "segments", DAY_5, "[popliteal]"), finding("2", "inr", DAY_5, Absence.NOT_KNOWN))
    again, faults = read_case(read_document(case_file(case).encode(), "c"), library().lexicon.vocabulary, DAY_9)
    assert not faults
    assert {name: (each.value, each.on, each.absence) for name, each in again.findings.items() if name != "age"} == {
        name: (each.value, each.on, each.absence) for name, each in case.findings.items() if name != "age"
    }
    assert again.findings["segments"].source == "from the registry, finding of 2026-05-06"


# What forms feed


def test_items_feed_the_concepts_that_they_name() -> None:
    """Age, sex, the day of diagnosis and the weight of the last visit are known without being entered again."""
    visit = entry("visit", "v", date=DAY_5, weight=52.0, ulcer="none")
    case = case_on(DAY_5, visit)
    assert case.value("sex") == frozenset({"female"})
    assert case.value("weight") == Span(52, 52)
    assert case.value("venous_ulcer") == frozenset({"none"})
    assert case.value("diagnosed_on") == Span(DAY_0.toordinal(), DAY_0.toordinal())
    assert case.name == "N-1"


def test_age_grows() -> None:
    """An age with decimals is counted on; 365.25 days are a year."""
    assert case_on(DAY_0).value("age") == Span(45.5, 45.5)
    aged_case = case_on(date(2027, 5, 1)).value("age")
    assert isinstance(aged_case, Span)
    assert aged_case.low == aged_case.high == pytest.approx(45.5 + 365 / 365.25)


def test_completed_years_may_be_nearly_a_year_more() -> None:
    """Who was 17 at the diagnosis may come of age the next day, so from then on neither child nor adult is settled."""
    assert aged(Span(17, 17), 0, 120) == Span(17, 17)
    low, high = aged(Span(17, 17), 1, 120)
    assert low < 18 < high < 18.01
    low, high = aged(Span(17, 17), 366, 120)
    assert 18 < low < high < 19.01
    assert aged(Span(119.5, 119.5), 4000, 120) == Span(120, 120)


# What several records say


def at(entry: Entry, day: date) -> Entry:
    """Return a record as it was written on a day."""
    return entry._replace(at=datetime(day.year, day.month, day.day, tzinfo=UTC))


def test_a_drug_that_is_given_reaches_the_case() -> None:
    """Which one, since when, at which intensity, of the day on which it was last written down."""
    drug = at(entry("medication", "m", drug="apixaban", start=DAY_0, intensity="therapeutic"), DAY_5)
    case = case_on(DAY_9, drug)
    assert case.value("anticoagulated") is Truth.YES
    assert case.findings["anticoagulated"].on == DAY_5
    assert case.findings["anticoagulated"].source == "from the registry, medication of 2026-05-01"
    assert case.value("oral_anticoagulant_now") is Truth.YES
    assert case.value("anticoagulant_class") == frozenset({"direct_oral"})
    assert case.value("anticoagulation_intensity") == frozenset({"therapeutic"})
    assert case.value("anticoagulation_started_on") == Span(DAY_0.toordinal(), DAY_0.toordinal())
    assert case.value("antiplatelet_now") is None, "nobody said that none is taken"
    assert case_on(LATER, drug).value("anticoagulated") is None, "whether it still is, two years later, is asked again"


def test_a_drug_that_was_stopped_denies_nothing() -> None:
    """Another may have been begun since; that it was stopped for bleeding is a complication."""
    drug = entry("medication", "m", drug="warfarin", start=DAY_0, stop=DAY_5, stop_reason="bleeding")
    case = case_on(DAY_9, drug)
    assert case.value("anticoagulated") is None
    assert case.value("anticoagulation_complication") is Truth.YES
    before = seen_on(DAY_0, drug)
    assert before.case.value("anticoagulated") is Truth.YES
    assert before.case.value("anticoagulation_complication") is None
    assert "bleeding" not in str(before.unused), "what came later is not known on that day"
    unsure = entry("medication", "m", drug="warfarin", start=DAY_0, stop=Absence.NOT_KNOWN)
    assert case_on(DAY_9, unsure).value("anticoagulated") is None


def test_clopidogrel_of_the_past_five_days_is_known() -> None:
    """The concept asks about 5 days: one that was stopped 4 days ago counts, one stopped 9 days ago is not denied."""
    drug = entry("medication", "m", drug="clopidogrel", start=DAY_0, stop=DAY_5)
    assert case_on(DAY_9, drug).value("thienopyridine_past_5_days") is Truth.YES
    assert case_on(date(2026, 5, 15), drug).value("thienopyridine_past_5_days") is None


def test_the_first_treatment_is_read_from_the_episode_of_its_own_day() -> None:
    """The episode is that of its diagnosis, 2026-05-01, whenever it was entered, and whenever the treatment began."""
    episode = EPISODE._replace(values={**EPISODE.values, "first_treatment": "pcdt"})  # entered on 2026-05-10
    known = seen_from([PATIENT, episode], "e", date(2026, 5, 20), forms()).case.findings["initial_treatment"]
    assert (known.on, known.source) == (
        episode.at.date(),
        f"from the registry, episode of {DAY_0}, written on 2026-05-10",
    )
    treated = entry("procedure", "q", date=DAY_5, modality="pcdt", is_index="yes")
    begun = seen_from([PATIENT, episode, treated], "e", DAY_9, forms()).case.findings["initial_treatment"]
    assert (begun.on, begun.source) == (DAY_5, f"from the registry, episode of {DAY_0}")


def test_a_procedure_and_its_stent_reach_the_case() -> None:
    """The clot was removed, a lytic was given in the past month, a stent lies; of the other leg, nothing."""
    episode = EPISODE._replace(values={**EPISODE.values, "side": "left", "first_treatment": "pcdt"})
    treated = entry("procedure", "q", date=DAY_5, side="left", modality="pcdt", is_index="yes")
    stent = entry("stent", "s", "q", segment="common_iliac")
    case = seen_from([PATIENT, episode, treated, stent], "e", DAY_9, forms()).case
    assert case.value("initial_treatment") == frozenset({"pharmacomechanical"})
    assert case.value("initial_treatment_on") == case.value("removal_on") == Span(DAY_5.toordinal(), DAY_5.toordinal())
    assert [case.value(name) for name in ("removal_done", "recent_lysis", "stent_placed")] == [Truth.YES] * 3
    before = seen_from([PATIENT, episode, treated, stent], "e", DAY_0, forms()).case
    assert not {"initial_treatment", "removal_done", "stent_placed", "recent_lysis"} & before.findings.keys()
    other = treated._replace(values={**treated.values, "side": "right"})
    elsewhere = seen_from([PATIENT, episode, other, stent], "e", DAY_9, forms()).case
    assert not {"removal_done", "stent_placed"} & elsewhere.findings.keys()
    assert elsewhere.value("recent_lysis") is Truth.YES, "a lytic in whichever leg is in the blood"
    assert (
        seen_from([PATIENT, episode, treated, stent], "e", date(2026, 7, 1), forms()).case.value("recent_lysis") is None
    )


@pytest.mark.parametrize(
    ("said", "is_there"),
    [({"removed": "no"}, Truth.YES), ({"removed": "attempted"}, Truth.YES), ({}, None), ({"removed": "yes"}, None),
     ({"removed": "yes", "removed_date": DAY_5}, Truth.NO), ({"removed": "yes", "removed_date": DAY_9}, Truth.YES)],
)  # fmt: skip
def test_a_filter_is_there_until_it_was_removed(said: dict[str, Value], is_there: Truth | None) -> None:
    """Of one of which nobody wrote whether, or when, it was removed, nothing is known."""
    placed = entry("filter", "f")._replace(values={"date": DAY_0, **said})
    assert case_on(DAY_6, placed).value("ivc_filter_in_place") is is_there


def test_a_bleed_is_what_its_facts_make_it() -> None:
    """A fall of 2 g/dL is a major bleed (ISTH 2005), one in the gut is so; a bruise is none of them, and denies none."""
    gut = entry(
        "event",
        "b",
        date=DAY_5,
        what="bleeding",
        overt="yes",
        bleeding_site="gastrointestinal",
        hb_before=12.0,
        hb_after=10.0,
    )
    case = case_on(DAY_6, gut)
    assert [case.value(name) for name in ("gi_bleed", "serious_bleed", "bleeding_history")] == [Truth.YES] * 3
    bruise = entry("event", "b", date=DAY_5, what="bleeding", overt="yes", bleeding_site="other", care="none")
    none = case_on(DAY_6, bruise)
    assert not {"gi_bleed", "serious_bleed", "bleeding_history", "active_bleeding"} & none.findings.keys()
    skull = entry("event", "b", date=DAY_5, what="bleeding", overt="yes", bleeding_site="intracranial")
    assert case_on(DAY_6, skull).value("intracranial_bleed") is Truth.YES


def test_thrombophilia_not_tested_is_not_thrombophilia_excluded() -> None:
    """What tests showed is known only where tests were done."""
    none = EPISODE._replace(values={**EPISODE.values, "thrombophilia": frozenset({"not_tested"})})
    case = seen_from([PATIENT, none], "e", DAY_0, forms()).case
    assert (case.value("thrombophilia"), case.value("thrombophilia_tested")) == (None, Truth.NO)
    some = EPISODE._replace(values={**EPISODE.values, "thrombophilia": frozenset({"fvl_heterozygous"})})
    shown = seen_from([PATIENT, some], "e", DAY_0, forms()).case.value("thrombophilia")
    assert isinstance(shown, Members)
    assert shown.included == {"factor_v_leiden_heterozygous"}


def test_a_d_dimer_without_its_kind_of_unit_is_no_d_dimer() -> None:
    """It is named beside the page as recorded and not used; with its kind it is the finding of that kind alone."""
    bare = EPISODE._replace(values={**EPISODE.values, "d_dimer": 2300.0})
    seen = seen_from([PATIENT, bare], "e", DAY_0, forms())
    assert not {"d_dimer", "d_dimer_ddu"} & seen.case.findings.keys()
    assert ("episode of 1 May 2026", "D-dimer 2300 ug/L") in seen.unused
    told = bare._replace(values={**bare.values, "d_dimer_unit": "ddu"})
    case = seen_from([PATIENT, told], "e", DAY_0, forms()).case
    assert case.value("d_dimer_ddu") == Span(2300, 2300)
    assert case.value("d_dimer") is None


def test_imaging_at_follow_up_reaches_the_case_or_is_named() -> None:
    """By what the iliac vein was imaged and how narrow it is; that its stent is occluded no concept takes, and is said."""
    episode = EPISODE._replace(values={**EPISODE.values, "side": "left"})
    image = entry("imaging", "i", "v", date=DAY_5, side="left", segment="common_iliac", method="duplex", stenosis=60.0,
                  stent_status="occluded")  # fmt: skip
    seen = seen_from([PATIENT, episode, VISIT, image], "e", DAY_9, forms())
    assert seen.case.value("iliac_stenosis") == Span(60, 60)
    assert seen.case.value("iliac_vein_imaging") == Members(frozenset({"ultrasound"}), frozenset())
    (said,) = [said for record, said in seen.unused if record == "imaging finding of 6 May 2026"]
    assert "the state of the stent occluded" in said


def test_what_no_concept_takes_is_named_record_by_record() -> None:
    """Pain, a girth and a note are said beside the page; which visit it was is its name."""
    pain = entry("visit", "w", date=DAY_5, planned="V3", pain=4.0, calf_left_cm=38.0, note="came late")
    assert seen_on(DAY_9, pain).unused == (("visit of 6 May 2026", "pain 4; the left calf 38 cm; note “came late”"),)


# What scales score


def villalta(name: str, side: str, on: date, **answers: Value) -> Entry:
    """Return a Villalta scale in which what is not named is none."""
    items = forms().scales["villalta"].items
    said: dict[str, Value] = {f"answers.{item}": "none" for item in items if item != "ulcer"}
    said |= {"answers.ulcer": "no"} | {f"answers.{item}": value for item, value in answers.items()}
    return entry("response", name, "v", instrument="villalta", side=side, date=on, **said)


VISIT = entry("visit", "v", date=DAY_5)


def test_a_scale_is_scored_into_the_case() -> None:
    """A severe pain and a mild oedema are 3 + 1 points (Villalta, each item 0 to 3)."""
    case = case_on(DAY_9, VISIT, villalta("r", "left", DAY_5, pain="severe", oedema="mild"))
    assert case.value("villalta_total") == Span(4, 4)


def test_the_other_leg_says_nothing() -> None:
    """Of an episode of the left leg, the score of the right leg is no finding."""
    left = EPISODE._replace(values={**EPISODE.values, "side": "left"})
    both = [villalta("l", "left", DAY_5, pain="mild"), villalta("r", "right", DAY_5, pain="severe")]
    case = seen_from([PATIENT, left, VISIT, *both], "e", DAY_9, forms()).case
    assert case.value("villalta_total") == Span(1, 1)
    assert case_on(DAY_9, VISIT, *both).value("villalta_total") == Span(1, 3), "whichever leg is meant, it lies within"


def test_numbers_of_one_day_that_differ_are_a_span() -> None:
    """A weight of the episode and another of that day's visit: both stand, and no consult is refused."""
    heavy = finding("1", "weight", DAY_5, "61 kg"), finding("2", "weight", DAY_5, "60.8 kg")
    case = case_on(DAY_9, *heavy)
    assert case.value("weight") == Span(60.8, 61)
    assert case.findings["weight"].written == "60.8 to 61 kg"


def test_what_an_episode_says_in_other_words_reaches_the_case() -> None:
    """Side, gangrene, the compressed vein, what provoked it, and vein by vein where the clot is."""
    said: dict[str, Value] = {"side": "left", "limb_threat": "gangrene", "rutherford": "III", "compression_lesion": "may_thurner",
            "provoking": frozenset({"catheter"}), "caval": "no"}  # fmt: skip
    episode = EPISODE._replace(values={**EPISODE.values, **said})
    limb = Entry("limb", "l", 1, "north", "p", "e", {"side": "left"}, "anna", EPISODE.at)
    veins = [
        Entry("segment", vein, 1, "north", "p", "l", {"vein": vein, "involved": involved}, "anna", EPISODE.at)
        for vein, involved in (("common_iliac", "yes"), ("popliteal", "no"))
    ]
    case = seen_from([PATIENT, episode, limb, *veins], "e", DAY_0, forms()).case
    assert case.value("side") == frozenset({"left"})
    assert case.value("phlegmasia") == frozenset({"venous_gangrene"})
    assert case.value("rutherford") == frozenset({"irreversible"})
    assert case.value("compression_lesion") == frozenset({"may_thurner"})
    segments = case.value("segments")
    assert segments == Members(frozenset({"common_iliac"}), frozenset({"popliteal", "inferior_vena_cava"}))
    provoking = case.value("provoking")
    assert isinstance(provoking, Members)
    assert provoking.included == {"central_venous_catheter"}
    assert "surgery" in provoking.excluded
    assert "long_travel" not in provoking.excluded, "nobody asked for it"


def test_a_draft_joins_no_case() -> None:
    """A score whose definition nobody confirmed is no finding of anybody: the same answers, were Villalta's total a draft."""
    scales = dict(forms().scales)
    total = scales["villalta"].scores["total"]
    drafts = {**scales["villalta"].scores, "total": total._replace(is_draft=True)}
    drafted = forms()._replace(scales=scales | {"villalta": scales["villalta"]._replace(scores=drafts)})
    entries = [PATIENT, EPISODE, VISIT, villalta("r", "left", DAY_5, pain="severe")]
    assert seen_from(entries, "e", DAY_9, forms()).case.value(total.feeds) == Span(3, 3)
    assert seen_from(entries, "e", DAY_9, drafted).case.value(total.feeds) is None


def test_what_hangs_on_nothing_that_stands_is_left_out() -> None:
    """A scale whose visit is void, and a finding of another episode, are not of this case."""
    elsewhere = finding("1", "severity", DAY_5, "severe")._replace(parent="another")
    case = case_on(DAY_9, elsewhere, villalta("r", "left", DAY_5, pain="severe"))
    assert case.value("severity") is None
    assert case.value("villalta_total") is None


# The same advice


def as_written(node: Node) -> str:
    """Return an answer of a case file as it is typed."""
    match node.value:
        case str():
            return node.value
        case tuple():
            return f"[{', '.join(map(as_written, node.value))}]"
        case dict():
            return f"{{{', '.join(f'{name}: {as_written(each)}' for name, each in node.value.items())}}}"


def entered(episode: Entry, name: str, node: Node, on: date) -> New:
    """Return a finding of a case file as a record."""
    values: dict[str, Value] = {"concept": name, "date": on}
    answer = node
    if isinstance(node.value, dict) and "value" in node.value:
        answer = node.value["value"]
        if "on" in node.value:
            values["date"] = date.fromisoformat(as_written(node.value["on"]))
        if "from" in node.value:
            values["source"] = as_written(node.value["from"])
    text = as_written(answer)
    values["written"] = Absence(text) if text in [each.value for each in Absence] else text
    return New("finding", values, episode.patient, episode.id)


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    """Return a site investigator's session."""
    return made(tmp_path_factory.mktemp("registry")).sign_in("ivo", PASSWORD)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_case_that_is_entered_gives_the_same_page(path: Path, session: Session) -> None:
    """The worked examples, entered finding by finding, give the consult that their files give."""
    document = read_document(path.read_bytes(), path.name)
    case, faults = read_case(document, library().lexicon.vocabulary, DAY_0, also=("expect",))
    assert not faults
    patient = session.enrol(f"N-{path.stem}")
    episode = session.add(New("episode", {"date": date(2026, 1, 1), "age": Absence.NOT_KNOWN}, patient.id, patient.id))
    assert isinstance(document.value, dict)
    told = document.value["findings"].value
    assert isinstance(told, dict)
    session.add_all([entered(episode, name, node, case.on) for name, node in told.items()])
    # The index date of an episode, a day of diagnosis by imaging, is known besides, and so it must be in both.
    ours, same = case_of(session, episode.id, case.on), case
    for name in {"diagnosed_on", "objectively_confirmed"} - case.findings.keys():
        same = same.with_finding(ours.findings[name])
    assert {name: (each.value, each.absence) for name, each in ours.findings.items() if each.value is not None} == {
        name: (each.value, each.absence) for name, each in same.findings.items() if each.value is not None
    }
    assert advised(ours) == advised(same)


def advised(case: Case) -> object:
    """Return what a consult says, without the findings themselves, whose order and sources differ."""
    page = as_json(consult(library(), case))
    return {name: part for name, part in page.items() if name not in ("case", "about", "name", "findings")}


# The consult that was given


def test_a_consult_is_kept_with_its_hashes_and_the_decision(session: Session) -> None:
    """What is kept says which case, page, library and guidelines it was; the decision is a later version of it."""
    patient = session.enrol("N-kept")
    episode = session.add(New("episode", {"date": DAY_0, "age": 45.5}, patient.id, patient.id))
    case = case_of(session, episode.id, DAY_5)
    kept = keep_consult(session, episode.id, case, "the page", "anticoagulation alone")
    assert kept.values["library_hash"] == library().content_hash
    # printf 'the page' | sha256sum
    assert str(kept.values["page_hash"]) == "aafdd3f20726bac0993d94996c006d7053e72b1b8f96371ace7ba7b5e8c06fd1"
    assert all(name in str(kept.values["guidelines"]) for name in library().guidelines)
    decided = decide(session, kept.id, "pcdt", DAY_5, "the vascular round", "severe symptoms")
    assert (decided.version, decided.reason, decided.values["decided"]) == (2, DECISION, "pcdt")
    assert session.entry("consult", kept.id).values["why"] == "severe symptoms"


def test_a_case_is_known_by_its_hash() -> None:
    """The same findings have the same hash, in any order; another value, day or reason has another."""
    pain = finding("1", "severity", DAY_5, "mild"), finding("2", "limb_threat", DAY_5, "no")
    case = case_on(DAY_5, *pain)
    assert case_hash(case) == case_hash(case_on(DAY_5, *reversed(pain)))
    assert case_hash(case) != case_hash(case.seen_on(DAY_9))
    assert case_hash(case) != case_hash(case_on(DAY_5, pain[0]))
    assert case_hash(case) != case_hash(case_on(DAY_5, pain[0], finding("2", "limb_threat", DAY_5, "not known")))


def test_a_finding_is_read_as_a_case_file_reads_it() -> None:
    """Set by set: what it includes and excludes is known, and the rest is not."""
    written = "{includes: [popliteal], excludes: [calf]}"
    case = case_on(DAY_5, finding("1", "segments", DAY_5, written))
    concept = library().lexicon.vocabulary.concepts["segments"]
    assert case.value("segments") == read_value(concept, read_document(written.encode(), "x"), DAY_5)[0]
