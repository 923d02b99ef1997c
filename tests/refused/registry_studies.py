"""Files of published studies that are refused, and poolings that cannot be (they are no part of a registry; the room is)."""

from collections.abc import Callable
from pathlib import Path

from patency.evidence.effect import Measure
from patency.evidence.read_study import read_evidence
from patency.evidence.study import Evidence
from patency.evidence.together import Asked, pool
from patency.fault import Place
from patency.source import Source

TERMS = """
outcomes: {clot: {words: a clot, more_is: bad}}
definitions: {not-stated: {words: not said}, seen: {words: seen on a scan}, felt: {words: felt}}
claims: {works: {words: It works.}}
"""
STUDY = """
study: one
short: One
title: A study
design: randomised trial
setting: not stated
enrolled: not stated
population: {age: adult, extent: any, phase: acute, begun: as first treatment, compression: not stated, words: people}
cite: [{source: made-up, at: everywhere, mark: unverified}]
groups:
  treated: {words: treated, option: lysis, of: 20}
  control: {words: control, option: anticoagulation_alone, of: 20}
outcomes:
  - id: clots
    outcome: clot
    definition: seen
    at: 1 year
    unit: patient
    figures:
      treated: {percent: "10", count: 2, of: 20}
      control: {percent: "20", count: 4, of: 20}
    effects: [{kind: risk ratio, of: [treated, control], estimate: "0.5", low: "0.1", high: "2.4"}]
stands: [{claim: works, stance: supports, on: clots}]
"""
SOURCES = {"made-up": Source("made-up", "note", "Made up", "", 2026, "", "", Place("made-up.yaml"))}
ANOTHER = STUDY.replace("study: one", "study: two").replace("short: One", "short: Two")


def read(folder: Path, *studies: str) -> Evidence:
    for name, texts in (("study-terms", (TERMS,)), ("studies", studies)):
        (folder / name).mkdir()
        for at, text in enumerate(texts):
            (folder / name / f"{at}.yaml").write_text(text.lstrip(), encoding="utf-8")
    return read_evidence(folder, SOURCES, (), {"lysis", "anticoagulation_alone"})


def changed(*changes: tuple[str, str]) -> Callable[[Path], object]:
    def piece(folder: Path) -> object:
        text = STUDY
        for before, after in changes:
            assert before in text, before
            text = text.replace(before, after)
        return read(folder, text)

    return piece


def pooled(other: str, *changes: tuple[str, str], outcome: str = "clot") -> Callable[[Path], object]:
    def piece(folder: Path) -> object:
        text = other
        for before, after in changes:
            assert before in text, before
            text = text.replace(before, after)
        return pool(read(folder, STUDY, text), Asked(outcome, Measure.RISK_RATIO))

    return piece


PIECES: dict[str, Callable[[Path], object]] = {
    "study-twice": lambda folder: read(folder, STUDY, STUDY),
    "study-in-no-yaml": lambda folder: read(folder, "study: [one"),
    "study-part-of-nothing": changed(("short: One", "part_of: on\nshort: One")),
    "study-of-no-audit": changed(("short: One", "audit: one\nshort: One")),
    "study-of-no-option": changed(("option: lysis", "option: lysys")),
    "study-on-no-claim": changed(("claim: works", "claim: wrks")),
    "study-on-no-outcome": changed(("on: clots", "on: clotts")),
    "study-stance-on-nothing": changed((", on: clots", "")),
    "study-outcome-without-figures": changed(
        ('figures:\n      treated: {percent: "10", count: 2, of: 20}\n      control: {percent: "20", count: 4, of: 20}\n', "remarks: [{text: Nothing.}]\n"),  # noqa: E501  as above
        ('    effects: [{kind: risk ratio, of: [treated, control], estimate: "0.5", low: "0.1", high: "2.4"}]\n', ""),
    ),
    "study-outcome-twice": changed(("stands:", "  - {id: clots, outcome: clot, definition: seen, at: 2 years, unit: limb, figures: {treated: {count: 1}}}\nstands:")),  # noqa: E501  a line of a file
    "study-by-no-definition": changed(("definition: seen", "definition: sen")),
    "study-figure-of-nothing": changed(('{percent: "10", count: 2, of: 20}', "{of: 20}")),
    "study-more-than-all": changed(("count: 2, of: 20", "count: 22, of: 20")),
    "study-counts-that-are-not-there": changed(("count: 2, of: 20", "of: 20, counts: decoded")),
    "study-figure-from-nowhere": changed(('{percent: "10", count: 2, of: 20}', '{from: clotted, percent: "10"}')),
    "study-figure-of-a-stranger": changed(("      treated: {percent", "      treatd: {percent")),
    "study-effect-of-one": changed(("of: [treated, control]", "of: [treated]")),
    "study-interval-turned-round": changed(('low: "0.1", high: "2.4"', 'low: "2.4", high: "0.1"')),
    "study-figure-in-words": changed(('percent: "10"', "percent: a tenth")),
    "study-count-in-words": changed(("count: 2,", "count: two,")),
    "study-of-two-wholes": changed(
        ("  control: {words: control, option: anticoagulation_alone", "  control: {words: more of them, option: lysis"),
    ),
    "study-begun-at-no-time": changed(("begun: as first treatment", "begun: at first")),
    "pool-of-nothing": pooled(ANOTHER, ("short: Two", "short: Two"), outcome="embolism"),
    "pool-of-two-definitions": pooled(ANOTHER, ("definition: seen", "definition: felt")),
    "pool-of-limbs-and-patients": pooled(ANOTHER, ("unit: patient", "unit: limb")),
    "pool-of-what-is-not-stated": lambda folder: pool(
        read(folder, *(text.replace("definition: seen", "definition: not-stated") for text in (STUDY, ANOTHER))),
        Asked("clot"),
    ),
    "pool-without-counts": lambda folder: pool(
        read(folder, STUDY.replace("count: 2, of: 20", "of: 20")), Asked("clot")
    ),
}  # fmt: skip
