"""Surveys that are refused, and crossings that cannot be.

`survey/NAME.yaml` is a survey's file, `survey/NAME.txt` what is said of it when it is read beside the small instrument here;
CROSSED are names that questions cannot be crossed with.
"""

from pathlib import Path

from patency.fault import Place, Refused
from patency.instrument.read import read_instruments
from patency.practice.as_published import as_published
from patency.practice.columns import sheet_of
from patency.practice.read_survey import read_surveys
from patency.practice.tally import Options, tabulate
from patency.source import Source
from patency.vocabulary import Vocabulary

HERE = Path(__file__).parent / "survey"
QUESTIONNAIRE = b"""
instrument: small
title: A small questionnaire
version: "1"
unit: one person
rater: oneself
licence: free
about: Questions for the museum.
cite: [{source: made-up, at: everywhere, mark: unverified}]
items:
  swells: {asks: Does it swell?, type: yes/no}
  how_much:
    asks: How much?
    type: ordered
    answers: {little: a little, much: much, most: most of all}
    collapse: {more: {words: much or most, of: [much, most]}}
    when: swells
  years: {asks: For how many years?, type: number, unit: years, range: [0, 90]}
examples:
  plain: {about: what one answers, answers: {swells: no}}
"""
SPEAKS = b"""
practice:
  swells: {decision: first-treatment, when: proximal, means: {yes: itself, no: itself}}
"""
CROSSED = {"crossed-with-a-number": "years", "crossed-with-nothing": "swels", "crossed-with-no-strata": "stratum"}
BESIDE = (
    "crossed-though-only-margins-are-known",
    "crossed-with-what-is-not-mapped",
    "spoken-by-what-is-not-mapped",
    "the-same-survey-twice",
)
SURVEYS = sorted(path.stem for path in HERE.glob("*.yaml"))


def survey_answer(name: str) -> str:
    """Return what is said of a survey's file, or of a crossing."""
    source = Source("made-up", "note", "Made up", "", 2026, "", "", Place("made-up.yaml"))
    instruments = read_instruments({"small.yaml": QUESTIONNAIRE}, {"made-up": source}, Vocabulary())
    try:
        if name in CROSSED:
            tabulate(sheet_of(instruments["small"], {"row": [1]}), None, Options(by=(CROSSED[name],)))
        elif name == "crossed-though-only-margins-are-known":
            content = (HERE / "plain" / "margins.yaml").read_bytes()
            survey = read_surveys({"margins.yaml": content}, instruments, {})["margins"]
            tabulate(sheet_of(instruments["small"], {"row": [1]}), survey, Options(by=("swells",)))
        elif name == "crossed-with-what-is-not-mapped":
            unmapped = sheet_of(instruments["small"], {"row": [1]})._replace(unmapped=frozenset(["swells"]))
            tabulate(unmapped, None, Options(by=("swells",)))
        elif name == "spoken-by-what-is-not-mapped":
            content = (HERE / "plain" / "one.yaml").read_bytes() + SPEAKS
            survey = read_surveys({"one.yaml": content}, instruments, {})["one"]
            unmapped = sheet_of(instruments["small"], {"row": [1]})._replace(unmapped=frozenset(["swells"]))
            as_published(survey, tabulate(unmapped, survey))
        elif name == "the-same-survey-twice":
            content = (HERE / "plain" / "one.yaml").read_bytes()
            read_surveys({"one.yaml": content, "two.yaml": content}, instruments, {})
        else:
            read_surveys({f"{name}.yaml": (HERE / f"{name}.yaml").read_bytes()}, instruments, {})
    except Refused as refused:
        return f"{refused}\n"
    raise AssertionError(f"{name} is not refused")
