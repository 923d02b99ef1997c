"""The case of an episode: which finding counts on which day, and that a consult is the same as from a file."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from patency.answer import read_value
from patency.case import Absence, Case, Members, Span
from patency.casefile import read_case
from patency.consult.json import as_json
from patency.consult.page import consult
from patency.document import Node, read_document
from patency.fault import Refused
from patency.registry.case import aged, case_from, case_of
from patency.registry.entry import Entry, New, Value
from patency.registry.kept import DECISION, case_hash, decide, keep_consult
from patency.registry.session import Session
from patency.truth import Truth

from .made import PASSWORD, forms, library, made

DAY_0, DAY_5, DAY_9 = date(2026, 5, 1), date(2026, 5, 6), date(2026, 5, 10)
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
    return case_from([PATIENT, EPISODE, *entries], "e", day, forms())


# Which finding counts


def test_the_latest_finding_counts() -> None:
    """Of two findings of a concept the later one counts, once its day has come."""
    both = finding("1", "severity", DAY_0, "mild"), finding("2", "severity", DAY_5, "severe")
    assert case_on(DAY_0, *both).value("severity") == frozenset({"mild"})
    assert case_on(DAY_9, *both).value("severity") == frozenset({"severe"})


def test_nothing_is_known_before_its_day() -> None:
    """What was found later is not known on an earlier day."""
    assert case_on(DAY_0, finding("1", "severity", DAY_5, "severe")).value("severity") is None


def test_what_is_not_known_any_more_is_not_known() -> None:
    """A later "not known" takes an earlier No away; that nobody asked takes nothing away."""
    earlier = finding("1", "active_bleeding", DAY_0, "no")
    assert case_on(DAY_9, earlier).value("active_bleeding") is Truth.NO
    unknown = case_on(DAY_9, earlier, finding("2", "active_bleeding", DAY_5, Absence.NOT_KNOWN))
    assert unknown.value("active_bleeding") is None
    assert unknown.findings["active_bleeding"].absence is Absence.NOT_KNOWN
    not_asked = case_on(DAY_9, earlier, finding("2", "active_bleeding", DAY_5, Absence.NOT_ASKED))
    assert not_asked.value("active_bleeding") is Truth.NO


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
    case = case_on(DAY_5, finding("1", panel.name, DAY_0, "none"))
    assert {case.value(name) for name in panel.members} == {Truth.NO}


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
    case = case_from([PATIENT, left, VISIT, *both], "e", DAY_9, forms())
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
    case = case_from([PATIENT, episode, limb, *veins], "e", DAY_9, forms())
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
    assert case_from(entries, "e", DAY_9, forms()).value(total.feeds) == Span(3, 3)
    assert case_from(entries, "e", DAY_9, drafted).value(total.feeds) is None


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
    # The index date of an episode is known besides, and so it must be in both.
    ours = case_of(session, episode.id, case.on)
    same = case.with_finding(ours.findings["diagnosed_on"]) if "diagnosed_on" not in case.findings else case
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
