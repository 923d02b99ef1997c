"""A small questionnaire with one item of every kind, and the files of made-up answers to it."""

from pathlib import Path

from patency.document import read_document
from patency.fault import Fault, Place
from patency.instrument.model import Instrument
from patency.instrument.read import read_instrument
from patency.practice.layout import Layout, read_layout
from patency.source import Source
from patency.vocabulary import Vocabulary

FILES = Path(__file__).parent / "files"
SOURCES = {"nobody": Source("nobody", "note", "Made up", "", 2026, "", "", Place(""))}
CLINIC = """\
instrument: clinic
title: A small questionnaire
version: "1"
unit: one clinician
licence: made up for tests
cite: [{source: nobody, mark: unverified}]
answers:
  often:
    never: {words: Never, points: 0, code: "1"}
    sometimes: {words: "Sometimes, rarely", points: 1, code: "2"}
    always: {words: Always, points: 2, code: "3"}
items:
  stents: {asks: Do you place stents?, type: ordered, answers: often}
  lyses: {asks: Do you lyse clots?, type: ordered, answers: often}
  first_choice:
    asks: What is your first choice of drug?
    type: single
    answers:
      heparin: {words: Heparin, code: "1"}
      doac: {words: "A DOAC (apixaban, rivaroxaban)", code: "2"}
      other: {words: "Other, please specify", code: "3"}
  first_other: {asks: Which other drug?, type: text, when: first_choice = other}
  segments:
    asks: Which segments do you treat?
    type: multiple
    answers:
      iliac: {words: Iliac, code: "1"}
      femoral: {words: "Femoral, common or deep", code: "2"}
      caval: {words: Vena cava, code: "3"}
  children: {asks: Do you treat children?, type: yes/no}
  youngest: {asks: How old was the youngest?, type: number, unit: year, also: {month: 0.0833333333}, range: [0, 18], when: children}
  began: {asks: When did you begin?, type: date}
  remarks: {asks: Any remarks?, type: text}
checks:
  lysis-of-nothing: {when: stents = always and lyses = always and first_choice = heparin, says: these three are never done together}
scores:
  zeal: {words: zeal, number: stents + lyses}
examples:
  blank: {answers: {}, scores: {zeal: 0 to 4}}
"""


def clinic() -> Instrument:
    """Read the small questionnaire."""
    faults: list[Fault] = []
    instrument = read_instrument(
        read_document(CLINIC.encode(), "clinic.yaml"), CLINIC.encode(), SOURCES, Vocabulary(), faults
    )
    assert faults == []
    return instrument


STRATA = ("north", "south")


def layout(text: str, instrument: Instrument | None = None) -> Layout:
    """Read a mapping that has no fault."""
    faults: list[Fault] = []
    found = read_layout(read_document(text.encode(), "map.yaml"), instrument or clinic(), STRATA, faults)
    assert faults == []
    return found
