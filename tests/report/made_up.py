"""A small survey that nobody ever held, with its tables made by hand: one question of each kind, and awkward words.

What is counted here adds up as a tabulation's does; nothing of it is counted by the code under test.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import date

from patency.document import Fields, read_document
from patency.fault import Fault, Place
from patency.instrument.model import Choice, Item, ItemKind
from patency.instrument.read import read_instruments
from patency.practice.rates import Rate
from patency.practice.report import Report, Rows, report
from patency.practice.survey import FieldPeriod, Frame, Outcome, Reached, Speaks, Stratum, Survey, Visits
from patency.practice.tables import (
    Bounds,
    Came,
    Cell,
    Crossed,
    Days,
    Group,
    Line,
    Numbers,
    Options,
    Question,
    Reach,
    Row,
    Spread,
    Tables,
    Test,
)
from patency.share import Share, wilson
from patency.source import Citation, Mark, Source
from patency.vocabulary import Vocabulary

HERE = Place("made-up.yaml", 1)
LABEL = "made up for tests, no real responses. Nobody was ever asked"
HOSTILE = """=cmd|x! <script>alert("no")</script> & 'so' | on * =1+1 [a](b)"""
WRITTEN = "Dr Somebody of Smalltown writes this about herself"  # what a person wrote in their own words
SOURCES = {"made-2026": Source("made-2026", "survey", "A survey for tests", "Nobody N", 2026, "nowhere", "all", HERE)}
CITED = (Citation("made-2026", "Table 1", Mark.ORIGINAL),)

QUESTIONNAIRE = f"""
instrument: made-up
title: Questions made up
version: version 2
unit: one clinician
rater: the clinician
licence: free
about: For tests.
cite: [{{source: made-2026, at: Table 1, mark: original}}]
items:
  uses: {{asks: Do you use it?, section: About you, type: yes/no}}
  years: {{asks: Years in practice, section: About you, type: number, unit: years, range: [0, 60]}}
  since: {{asks: Since when?, section: About you, type: date}}
  first:
    asks: What do you choose first?
    section: Practice
    type: single
    answers:
      one: one thing
      another: another thing, whose name is long enough to run over the line
      hostile: {json.dumps(HOSTILE)}
    when: uses
  how_often:
    asks: How often?
    section: Practice
    type: ordered
    answers: {{never: never, rarely: rarely, at_times: at times, sometimes: sometimes, always: always}}
    collapse: {{often: {{words: always or sometimes, of: [sometimes, always]}}}}
    when: uses
  why:
    asks: Why? (Tick all that apply.)
    section: Practice
    type: multiple
    answers: {{because: because, therefore: therefore, whatever: whatever}}
    when: uses
  remarks: {{asks: Anything else?, section: Practice, type: text}}
notes:
  - {{text: Of its wording nothing is real., cite: [{{source: made-2026, at: page 2, mark: unverified}}]}}
examples:
  plain: {{about: what one answers, answers: {{uses: no}}}}
"""
INSTRUMENT = read_instruments({"made-up.yaml": QUESTIONNAIRE.encode()}, SOURCES, Vocabulary())["made-up"]
USES, YEARS, SINCE, FIRST, OFTEN, WHY, REMARKS = INSTRUMENT.items.values()


SPEAKING = """
first: {decision: which-first, given: once it is used, when: adult, means: {one: the_one, another: the_other}}
how_often: {decision: whether, when: adult and not young, means: {often: use, never: itself}}
"""


def _speaks() -> Iterator[tuple[str, Speaks]]:
    for name, node in Fields(read_document(SPEAKING.encode(), "speaking.yaml"), [], "practice").named.items():
        fields = Fields(node, [], name)
        means = {answer: (str(each.value),) for answer, each in fields.group("means").items()}
        yield name, Speaks(name, fields.text("decision"), fields.text("when"), means, node, HERE)


SPEAKS = dict(_speaks())


def survey(label: str = LABEL) -> Survey:
    """Return the survey, labelled or not."""
    strata = {
        "north": Stratum("north", "from the north", 30, HERE),
        "south": Stratum("south", "from the south", 39, HERE),
    }
    return Survey(
        "made-up", "What nobody does: a survey made up", "Made-up", INSTRUMENT, label, CITED,
        Frame("clinicians who do not exist", Reached.NAMED_LIST, "a list of names made up", 69, 65, strata),
        FieldPeriod(date(2026, 5, 5), date(2026, 6, 30)), {"board": "No board", "consent": "none was needed"},
        Outcome(35, 5, 0, 0, 0, 29, 1.0), Visits(), {"contact": f"by letter {HOSTILE}"}, None, True, None, SPEAKS, "cd34" * 16, HERE,
    )  # fmt: skip


def choices_of(item: Item) -> list[Choice]:
    """Return the answers of a question; those of yes or no are no content."""
    return list(item.choices.values()) or [Choice("yes", "yes", None, ""), Choice("no", "no", None, "")]


def rows(item: Item, counts: Sequence[int], of: int, invited: int = 69) -> tuple[Row, ...]:
    """Make the rows of a question from its counts; of an ordered one with the cumulative shares."""
    made, before = [], 0
    for choice, count in zip(choices_of(item), counts, strict=True):
        before += count
        lesser = Share(before, of) if item.kind is ItemKind.ORDERED else None
        bounds = Bounds(Share(count, invited), Share(count + invited - of, invited))
        made.append(
            Row(
                choice.name,
                choice.words,
                Share(count, of),
                wilson(count, of),
                lesser,
                lesser and wilson(before, of),
                bounds,
            )
        )
    return tuple(made)


QUESTIONS = (
    Question(USES, Reach(35, 0, 0, 35, {}, 0, 0), rows(USES, [34, 1], 35), spread=Spread(0.187, 0.1, 2, ("yes",), Share(34, 35))),
    Question(YEARS, Reach(35, 0, 0, 33, {"declined": 2}, 0, 0), numbers=Numbers(33, "years", 1, 5, 9.5, 16, 31, 11.25, 7.5)),
    Question(SINCE, Reach(35, 0, 0, 30, {"not known": 3}, 2, 0),
             days=Days(30, date(1999, 3, 1), date(2012, 6, 15), date(2025, 1, 31))),
    Question(FIRST, Reach(34, 1, 0, 34, {}, 0, 0), rows(FIRST, [15, 12, 7], 34), spread=Spread(0.957, 0.05, 3, ("one",), Share(15, 34)),
             warnings=("15 of 34 and 12 of 34 are not distinguishable: the difference could be chance.",)),
    Question(OFTEN, Reach(34, 1, 0, 33, {"not known": 1}, 0, 2), rows(OFTEN, [7, 9, 2, 11, 4], 33),
             collapsed=(Row("often", "always or sometimes", Share(15, 33), wilson(15, 33), bounds=Bounds(Share(15, 69), Share(51, 69))),),
             spread=Spread(0.918, 0.04, 5, ("sometimes",), Share(11, 33))),
    Question(WHY, Reach(33, 1, 1, 32, {}, 1, 0), rows(WHY, [20, 12, 5], 32),
             selections=tuple(Row(row.name, row.words, Share(row.share.count, 37), wilson(row.share.count, 37))
                              for row in rows(WHY, [20, 12, 5], 32))),
    Question(REMARKS, Reach(35, 0, 0, 4, {}, 31, 0)),
)  # fmt: skip

CROSSED = Crossed(
    FIRST, "stratum", "where they are from", (Group("north", "from the north", 16), Group("south", "from the south", 18)),
    (
        Line("one", "one thing", (Cell(Share(7, 16), wilson(7, 16)), Cell(Share(8, 18), wilson(8, 18))), Share(15, 34)),
        Line("another", "another thing", (Cell(Share(6, 16), wilson(6, 16)), Cell(Share(6, 18), wilson(6, 18))), Share(12, 34)),
    ),
    Test("Fisher's exact test", 0.875, True, ""), (), False, (),
)  # fmt: skip
WITHHELD = Crossed(
    OFTEN, "stratum", "where they are from", (), (), None, (), True,
    ("Not shown by group: some group has fewer than 5 people in it.",),
)  # fmt: skip

STRATA = (Came("north", "from the north", 30, 16), Came("south", "from the south", 39, 19))

RATES = (
    Rate("RR1", "complete of all", "I / (I + P + R + NC + O + U)", 35, 69, 35 / 69, wilson(35, 69), ""),
    Rate("RR3", "complete of all who may be eligible", "I / (I + P + R + NC + O + eU)", 35, 54.5, 35 / 54.5, None, ""),
    Rate("view rate", "survey visitors of site visitors", "", None, None, None, None, "how many came by is not stated"),
)  # fmt: skip


def tables(label: str = LABEL) -> Tables:
    """Return what was counted."""
    return Tables(INSTRUMENT, survey(label), Options(by=("stratum",)), label, 38, 35, 3, "Strata are not weighted.", QUESTIONS,
                  (CROSSED, WITHHELD), (), STRATA, RATES, ("Small numbers: every interval is wide.",))  # fmt: skip


def made_up(label: str = LABEL) -> Report:
    """Return the report of it; two rows were refused, and what they held must not be told."""
    bad = Fault(Place("answers.csv", 7), f"you wrote {WRITTEN!r}", "an answer is one of those offered", "mend it")
    return report(survey(label), tables(label), SOURCES, Rows(40, {bad.why: 2}))
