"""A small survey that nobody ever held, with its tables made by hand: one question of each kind, and awkward words.

What is counted here adds up as a tabulation's does; nothing of it is counted by the code under test.
"""

from collections.abc import Sequence
from datetime import date

from patency.fault import Fault, Place
from patency.instrument.model import Choice, Collapsed, Instrument, Item, ItemKind
from patency.language.terms import Holds
from patency.practice.rates import Rate
from patency.practice.report import Report, report, rows_of
from patency.practice.share import Share, wilson
from patency.practice.survey import FieldPeriod, Frame, Outcome, Reached, Stratum, Survey, Visits
from patency.practice.tables import (
    Bounds,
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
from patency.source import Citation, Mark, Source
from patency.vocabulary import Concept, Kind, Vocabulary

HERE = Place("made-up.yaml", 1)
LABEL = "made up for tests, no real responses"
HOSTILE = """<script>alert("no")</script> & 'so' | on * =1+1 [a](b)"""
WRITTEN = "Dr Somebody of Smalltown writes this about herself"  # what a person wrote in their own words
SOURCES = {"made-2026": Source("made-2026", "survey", "A survey for tests", "Nobody N", 2026, "nowhere", "all", HERE)}
CITED = (Citation("made-2026", "Table 1", Mark.ORIGINAL),)

USES = Concept(
    "uses", Kind.YES_NO, "Do you use it?", "using it", "they use it", "they do not use it", "", (), {}, "", {}, 0, 0, "history", (), 0, HERE
)  # fmt: skip


def item(name: str, kind: ItemKind, asks: str, words: Sequence[str] = (), section: str = "Practice") -> Item:
    choices = {f"a{number}": Choice(f"a{number}", each, None, "") for number, each in enumerate(words)}
    collapsed = (Collapsed("often", "always or sometimes", ("a3", "a4")),) if name == "how_often" else ()
    when = Holds("uses") if name in ("how_often", "first", "why") else None
    return Item(
        name, kind, asks, "", section, choices, collapsed, (), when, "uses" if when else "", None, "", CITED, HERE
    )


USE = item("uses", ItemKind.YES_NO, "Do you use it?", ["yes", "no"], "About you")
YEARS = item("years", ItemKind.NUMBER, "Years in practice", section="About you")
SINCE = item("since", ItemKind.DATE, "Since when?", section="About you")
FIRST = item("first", ItemKind.SINGLE, "What do you choose first?", ["one thing", "another thing, whose name is long enough to run over the line", HOSTILE])  # fmt: skip
OFTEN = item("how_often", ItemKind.ORDERED, "How often?", ["never", "rarely", "at times", "sometimes", "always"])
WHY = item("why", ItemKind.MULTIPLE, "Why? (Tick all that apply.)", ["because", "therefore", "whatever"])
REMARKS = item("remarks", ItemKind.TEXT, "Anything else?")
ITEMS = (USE, YEARS, SINCE, FIRST, OFTEN, WHY, REMARKS)

INSTRUMENT = Instrument(
    "made-up", "Questions made up", "version 2", "For tests.", "one clinician", "the clinician", "free", {each.name: each for each in ITEMS}, {},
    (), Vocabulary({"uses": USES}), (), (), (), "ab12" * 16, HERE,
)  # fmt: skip


def survey(label: str = LABEL) -> Survey:
    """Return the survey, labelled or not."""
    strata = {"north": Stratum("north", "from the north", 30, HERE), "south": Stratum("south", "from the south", 39, HERE)}
    return Survey(
        "made-up", "What nobody does: a survey made up", "Made-up", INSTRUMENT, label, CITED,
        Frame("clinicians who do not exist", Reached.NAMED_LIST, "a list of names made up", 69, 65, strata),
        FieldPeriod(date(2026, 5, 5), date(2026, 6, 30)), {"board": "No board", "consent": "none was needed"},
        Outcome(35, 5, 0, 0, 0, 29, 1.0), Visits(), {"contact": f"by letter {HOSTILE}"}, None, "", True, None, {}, "cd34" * 16, HERE,
    )  # fmt: skip


def rows(item: Item, counts: Sequence[int], of: int, asked: int = 34, invited: int = 69) -> tuple[Row, ...]:
    """Make the rows of a question from its counts; of an ordered one with the cumulative shares."""
    made, before = [], 0
    for choice, count in zip(item.choices.values(), counts, strict=True):
        before += count
        lesser = Share(before, of) if item.kind is ItemKind.ORDERED else None
        bounds = Bounds(Share(count, invited), Share(count + invited - of, invited))
        made.append(Row(choice.name, choice.words, Share(count, of), wilson(count, of), lesser, lesser and wilson(before, of), bounds))
    return tuple(made)


QUESTIONS = (
    Question(USE, Reach(35, 0, 0, 35, {}, 0, 0), rows(USE, [34, 1], 35), spread=Spread(0.187, 0.1, 2, ("a0",), Share(34, 35))),
    Question(YEARS, Reach(35, 0, 0, 33, {"declined": 2}, 0, 0), numbers=Numbers(33, "years", 1, 5, 9.5, 16, 31, 11.25, 7.5)),
    Question(SINCE, Reach(35, 0, 0, 30, {"not known": 3}, 2, 0),
             days=Days(30, date(1999, 3, 1), date(2012, 6, 15), date(2025, 1, 31))),
    Question(FIRST, Reach(34, 1, 0, 34, {}, 0, 0), rows(FIRST, [15, 12, 7], 34), spread=Spread(0.957, 0.05, 3, ("a0",), Share(15, 34)),
             warnings=("15 of 34 and 12 of 34 are not distinguishable: the difference could be chance.",)),
    Question(OFTEN, Reach(34, 1, 0, 33, {"not known": 1}, 0, 2), rows(OFTEN, [7, 9, 2, 11, 4], 33),
             collapsed=(Row("often", "always or sometimes", Share(15, 33), wilson(15, 33), bounds=Bounds(Share(15, 69), Share(51, 69))),),
             spread=Spread(0.918, 0.04, 5, ("a3",), Share(11, 33))),
    Question(WHY, Reach(33, 1, 1, 32, {}, 1, 0), rows(WHY, [20, 12, 5], 32),
             selections=tuple(Row(row.name, row.words, Share(row.share.count, 37), wilson(row.share.count, 37))
                              for row in rows(WHY, [20, 12, 5], 32))),
    Question(REMARKS, Reach(35, 0, 0, 4, {}, 31, 0)),
)  # fmt: skip

CROSSED = Crossed(
    FIRST, "stratum", "where they are from", (Group("north", "from the north", 16), Group("south", "from the south", 18)),
    (
        Line("a0", "one thing", (Cell(Share(7, 16), wilson(7, 16), False), Cell(Share(8, 18), wilson(8, 18), False)), Share(15, 34)),
        Line("a1", "another thing", (Cell(None, None, True), Cell(None, None, True)), Share(12, 34)),
    ),
    Test("Fisher's exact test", None, True, "cells are hidden"), (), 2, (),
)  # fmt: skip

RATES = (
    Rate("RR1", "complete of all", "I / (I + P + R + NC + O + U)", 35, 69, 35 / 69, wilson(35, 69), ""),
    Rate("RR3", "complete of all who may be eligible", "I / (I + P + R + NC + O + eU)", 35, 54.5, 35 / 54.5, None, ""),
    Rate("view rate", "survey visitors of site visitors", "", None, None, None, None, "how many came by is not stated"),
)  # fmt: skip


def tables(label: str = LABEL) -> Tables:
    """Return what was counted."""
    return Tables(INSTRUMENT, survey(label), Options(by=("stratum",)), label, 38, 35, 3, "Strata are not weighted.", QUESTIONS,
                  (CROSSED,), RATES, ("Small numbers: every interval is wide.",))  # fmt: skip


def made_up(label: str = LABEL) -> Report:
    """Return the report of it; two rows were refused, and what they held must not be told."""
    bad = Fault(Place("answers.csv", 7), f"you wrote {WRITTEN!r}", "an answer is one of those offered", "mend it")
    return report(survey(label), tables(label), SOURCES, rows_of(40, [(bad,), (bad,)], []))
