"""Which studies may stand together, and what they add up to.

In: Evidence and a question (which outcome, by which definition, by which measure). Out: a Table of studies with their
counts, what was left out and why, and the summaries; or a Refused that says why nothing can be pooled.

Figures by different definitions are not pooled unless asked: post-thrombotic syndrome at any visit in two years and the
same twice three months apart are two outcomes. Nor are a trial and a part of it, nor one trial twice, nor limbs with
patients, nor estimates over time, which are no shares; a decoded count is pooled only if asked for.

Not here: the arithmetic (pool.py), and how it is shown (forest.py).
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from patency.evidence.effect import Effect, Measure, effect_of, share_effect
from patency.evidence.pool import Pooled, can_be_haenszel, fixed, mantel_haenszel, random
from patency.evidence.study import NOT_STATED, Counts, Evidence, Figure, Reported, Study
from patency.fault import Fault, Place, Refused, listed
from patency.share import Share

CONTROLS = frozenset({"anticoagulation_alone"})  # options that a treatment is set against
_PLACE = Place("study pool")


class Asked(NamedTuple):
    """What is to be pooled; a definition of "" is any single one, `option` and `age` of "" are all."""

    outcome: str
    measure: Measure = Measure.RISK_RATIO
    definition: str = ""
    across: bool = False
    decoded: bool = False
    last: bool = False
    option: str = ""
    age: str = ""


class Line(NamedTuple):
    """One study of a table: its counts, and what they give."""

    study: Study
    reported: Reported
    figures: tuple[Figure, ...]
    effect: Effect

    @property
    def shares(self) -> tuple[Share, ...]:
        """Its counts, of how many."""
        return tuple(figure.share for figure in self.figures if figure.share)

    @property
    def is_decoded(self) -> bool:
        """Whether a count was worked out and not printed."""
        return any(figure.counts is Counts.DECODED or not figure.is_of_printed for figure in self.figures)


class LeftOut(NamedTuple):
    """A study that reports the outcome and is not in the table, and why."""

    short: str
    why: str


class Table(NamedTuple):
    """Studies set side by side, and what they add up to."""

    asked: Asked
    outcome: str
    definitions: tuple[str, ...]
    lines: tuple[Line, ...]
    left_out: tuple[LeftOut, ...]
    summaries: tuple[Pooled, ...]


def pool(evidence: Evidence, asked: Asked) -> Table:
    """Set the studies of an outcome side by side and pool them, or refuse in words."""
    found, left_out = _gathered(evidence, asked)
    met = tuple(dict.fromkeys(line.reported.definition for line in found))
    _refuse(evidence, asked, found, met, left_out)
    effects = [line.effect for line in found]
    summaries = [fixed(effects), random(effects)]
    tables = [(line.shares[0], line.shares[1]) for line in found if asked.measure is not Measure.SHARE]
    if can_be_haenszel(asked.measure, tables):
        summaries.insert(1, mantel_haenszel(asked.measure, tables, effects))
    return Table(asked, evidence.terms.outcomes[asked.outcome].words,
                 tuple(evidence.terms.definitions[name].words for name in met), tuple(found), tuple(left_out),
                 tuple(summaries) if len(found) > 1 else ())  # fmt: skip


def _gathered(evidence: Evidence, asked: Asked) -> tuple[list[Line], list[LeftOut]]:
    lines: list[Line] = []
    left_out: list[LeftOut] = []
    for study in evidence.studies.values():
        if asked.age and study.population.age != asked.age:
            continue
        told = [each for each in study.outcomes if each.outcome == asked.outcome and _is_asked(each, asked)]
        found = [_line(study, each, asked) for each in told]
        usable = [each for each in found if isinstance(each, Line)]
        if usable:
            lines.append(usable[-1 if asked.last else 0])
        left_out += [LeftOut(study.short, each) for each in found if isinstance(each, str)][: 0 if usable else 1]
    names = {line.study.id for line in lines}
    part = [line for line in lines if line.study.part_of in names]
    left_out += [LeftOut(line.study.short, "its patients are some of another study's here") for line in part]
    return [line for line in lines if line not in part], left_out


def _is_asked(reported: Reported, asked: Asked) -> bool:
    return not asked.definition or reported.definition == asked.definition


def _line(study: Study, reported: Reported, asked: Asked) -> Line | str:
    """Return the line of a study, or why it has none."""
    if reported.is_cumulative:
        return "an estimate over time, which is no share of people"
    figures = tuple(_compared(study, reported, asked))
    if len(figures) != (1 if asked.measure is Measure.SHARE else 2):
        return "one group, or several that are not compared" if asked.measure is not Measure.SHARE else "no such group"
    if any(figure.share is None for figure in figures):
        return "no counts are printed"
    line = Line(study, reported, figures, Effect(asked.measure, 0.0, 0.0))
    if line.is_decoded and not asked.decoded:
        return "its counts were worked out and not printed"
    shares = line.shares
    effect = share_effect(shares[0]) if asked.measure is Measure.SHARE else effect_of(asked.measure, *shares[:2])
    return line._replace(effect=effect) if effect else "no events, or nothing but events, in both arms"


def _compared(study: Study, reported: Reported, asked: Asked) -> Iterator[Figure]:
    """Pick the arms that are compared, the treated first; or the one group that is asked for."""
    options = {name: study.groups[name].option for name in reported.figures if name in study.groups}
    if asked.measure is Measure.SHARE:
        named = [name for name in options if options[name] == asked.option] if asked.option else list(options)
        yield from (reported.figures[name] for name in named)
        return
    control = [name for name in options if options[name] in CONTROLS]
    treated = [name for name in options if options[name] and name not in control]
    if len(control) == len(treated) == 1 and asked.option in ("", options[treated[0]]):
        yield reported.figures[treated[0]]
        yield reported.figures[control[0]]


def _refuse(
    evidence: Evidence, asked: Asked, lines: Sequence[Line], met: Sequence[str], left_out: Iterable[LeftOut]
) -> None:
    if not lines:
        why = listed([f"{each.short} ({each.why})" for each in left_out], "and")
        raise Refused([Fault(_PLACE, f"no study gives counts of {asked.outcome!r} that answer this",
                             f"left out: {why}" if why else "no study here reports it so",
                             "`patency study list` shows what each study reports")])  # fmt: skip
    if len(met) > 1 and not asked.across:
        shown = listed(
            [f"{name} ({evidence.terms.definitions[name].words}): {_names(lines, name)}" for name in met], "and"
        )
        raise Refused([Fault(_PLACE, f"the studies of {asked.outcome!r} count it by {len(met)} definitions: {shown}",
                             "a number over several definitions is of none of them",
                             "choose one with --definition, or say --across-definitions")])  # fmt: skip
    if len(lines) > 1 and NOT_STATED in met and not asked.across:
        raise Refused([Fault(_PLACE, f"of {_names(lines, NOT_STATED)} nobody knows by which definition {asked.outcome!r} was counted",
                             "what is not stated is not therefore the same",
                             "say --across-definitions to pool them all the same")])  # fmt: skip
    units = sorted({line.reported.unit for line in lines})
    if len(units) > 1:
        raise Refused([Fault(_PLACE, f"some of the studies count {listed(units, 'and')}",
                             "a patient with two limbs would count twice in one and once in the other",
                             "choose a definition, or an option, that leaves one of them")])  # fmt: skip


def _names(lines: Iterable[Line], definition: str) -> str:
    return listed([line.study.short for line in lines if line.reported.definition == definition], "and")


def measures() -> dict[str, Measure]:
    """Return the measures by the words of the command line."""
    return {measure.value.replace(" ", "-"): measure for measure in Measure}
