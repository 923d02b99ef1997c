"""Guidelines side by side."""

from datetime import date

from patency.casefile import read_case
from patency.document import read_document
from patency.guideline.advise import Reading, advise
from patency.guideline.compare import FAVOUR, OPEN, PREFER_OTHER, Comparison, compare, side
from patency.guideline.files import CONTENT, content_files
from patency.guideline.load import read_library
from patency.guideline.model import Library

OTHERS = {
    "grades/weak.yaml": """
scale: weak
title: a weak scale
cite: [{source: chest-2021, at: scale, mark: inference}]
grades:
  weak: {words: suggested, stance: conditional}
  against: {words: suggested against, stance: avoid}
""",
    "guidelines/careful.yaml": """
guideline: careful
title: A careful guideline
publisher: CAREFUL
year: 2021
edition: "2021"
decision: first-treatment
scale: weak
cite: [{source: chest-2021, at: statement 6, mark: original}]
population: {words: adults, when: age >= adult_age}
reasons:
  - {text: It does not split out iliofemoral clot.}
  - {text: No trial found stockings to help., decision: compression}
rules:
  - id: s6
    title: Any clot of the leg
    when: days_since(onset) < 14 days
    says:
      - {option: anticoagulation_alone, grade: weak, over: catheter_removal}
    reviewed: nobody
scenarios: []
""",
}

CASE = """
on: 2026-05-29
findings:
  age: 45
  pregnant: no
  segments: [common_femoral, external_iliac]
  onset: 3 days ago
  severity: severe
  limb_threat: no
  otherwise_healthy: yes
"""


def laid_out(text: str) -> tuple[Comparison, Library]:
    library = read_library(content_files(CONTENT) | {name: content.encode() for name, content in OTHERS.items()})
    case, faults = read_case(read_document(text.encode(), "case.yaml"), library.lexicon.vocabulary, date(2026, 5, 29))
    assert faults == []
    reading = Reading(case, library)
    kept = {name: library.guidelines[name] for name in ("acr-2020", "acr-2013", "careful")}
    advice = [advise(guideline, reading) for guideline in kept.values()]
    return compare(library, advice)[0], library


def test_preferring_one_option_is_not_being_against_the_other() -> None:
    """Who prefers anticoagulation alone to removal is heard in the row of removal as that, and not as against it."""
    comparison, _ = laid_out(CASE)
    row = next(row for row in comparison.rows if row.option.id == "catheter_removal")
    assert side(row.cells["careful"]) == PREFER_OTHER
    assert row.cells["careful"][0].preferred is not None
    assert side(row.cells["acr-2020"]) == FAVOUR


def test_an_opinion_on_a_broad_option_is_heard_by_the_narrow_one_as_a_group() -> None:
    """Surgery with a stent, which one variant rates apart, hears the rating of surgery as a group."""
    comparison, _ = laid_out(CASE)
    row = next(row for row in comparison.rows if row.option.id == "hybrid_thrombectomy")
    grouped = [heard for heard in row.cells["acr-2020"] if heard.group]
    assert [heard.group.id for heard in grouped if heard.group] == ["surgical_thrombectomy"]


def test_what_differs_is_said_with_the_reason_its_source_gives() -> None:
    """The page names who accepts and who prefers another option, and why."""
    comparison, _ = laid_out(CASE)
    assert any(
        words == "catheter-directed removal: ACR 2020 accepts or favours it; CAREFUL 2021 prefers anticoagulation alone"
        for words in comparison.differences
    )
    assert "It does not split out iliofemoral clot." in [reason.text for _, reason in comparison.reasons]
    assert "anticoagulation alone: all 2 that speak of it accept, favour or prefer it" in comparison.agreements, (
        "a preference for it is said as one"
    )


def test_a_reason_is_given_for_its_own_decision_only() -> None:
    """Why stockings are advised against does not explain how the clot is treated first."""
    comparison, library = laid_out(CASE)
    assert [(reason.text, reason.decision) for reason in library.guidelines["careful"].reasons] == [
        ("It does not split out iliofemoral clot.", "first-treatment"),
        ("No trial found stockings to help.", "compression"),
    ]
    assert {reason.decision for _, reason in comparison.reasons} == {"first-treatment"}


def test_a_reason_of_a_rule_stands_where_that_rule_gave_the_rating() -> None:
    """Of a limb that is threatened another variant speaks, and what is said of the limb that is not is no reason for it."""
    threatened = CASE.replace("limb_threat: no", "limb_threat: yes")
    said = [[reason.text for _, reason in laid_out(case)[0].reasons] for case in (CASE, threatened)]
    assert [any("a limb that is not threatened" in text for text in each) for each in said] == [True, False]


def test_an_open_opinion_takes_no_side() -> None:
    """Where severity is not known, ACR stands on no side yet."""
    comparison, _ = laid_out(CASE.replace("  severity: severe\n  limb_threat: no\n", ""))
    row = next(row for row in comparison.rows if row.option.id == "catheter_removal")
    assert side(row.cells["acr-2020"]) == OPEN
    assert not any("ACR" in words for words in comparison.differences)


def test_a_superseded_guideline_has_no_column() -> None:
    """ACR 2013 is not compared with what supersedes it."""
    comparison, _ = laid_out(CASE)
    assert [advice.guideline.id for advice in comparison.columns] == ["acr-2020", "careful"]


def test_options_that_divide_the_guidelines_alike_are_said_in_one_sentence() -> None:
    """Removal by catheter and by surgery divide the two alike; what is heard only as a group adds no sentence."""
    comparison, _ = laid_out(
        CASE.replace("  otherwise_healthy: yes\n", "  otherwise_healthy: yes\n  compression_lesion: none\n")
    )
    assert len(comparison.differences) == 1


def test_not_favouring_an_option_is_one_side() -> None:
    """Who advises against an option and who prefers another to it do not differ on it; none of them favours it."""
    against = {**OTHERS, "guidelines/stern.yaml": OTHERS["guidelines/careful.yaml"]
               .replace("careful", "stern").replace("CAREFUL", "STERN")
               .replace("{option: anticoagulation_alone, grade: weak, over: catheter_removal}",
                        "{option: catheter_removal, grade: against}")}  # fmt: skip
    library = read_library(content_files(CONTENT) | {name: content.encode() for name, content in against.items()})
    case, _ = read_case(read_document(CASE.encode(), "case.yaml"), library.lexicon.vocabulary, date(2026, 5, 29))
    reading = Reading(case, library)
    comparison = compare(library, [advise(library.guidelines[name], reading) for name in ("careful", "stern")])[0]
    assert comparison.differences == ()
    (words,) = comparison.agreements
    assert words == (
        "catheter-directed removal: none of the 2 that speak of it accepts or favours it "
        "(CAREFUL 2021 prefers anticoagulation alone; STERN 2021 advises against it)"
    )


def test_who_cannot_be_told_yet_on_any_option_is_named_apart() -> None:
    """Where severity is not known, ACR is among the columns, and untold."""
    comparison, _ = laid_out(CASE.replace("  severity: severe\n  limb_threat: no\n", ""))
    assert [advice.guideline.id for advice in comparison.untold] == ["acr-2020"]
    assert "acr-2020" in [advice.guideline.id for advice in comparison.columns]
