"""How a survey was made and counted, as a methods section says it: sentences filled from the survey's facts.

A Survey and its Tables go in, sentences with their citations come out. What a survey does not state is said to be not
stated, and never guessed. The works that the ways of counting rest on are named here, where they are chosen; what a
survey itself cites is content.

Not here: the checklist (checklist.py), how many answered (report.py).
"""

from datetime import date
from typing import NamedTuple

from patency.answer import day_words
from patency.fault import Place, listed
from patency.language.words import to_words
from patency.percent import RULE
from patency.practice.survey import Frame, Reached, Survey
from patency.practice.tables import Tables
from patency.source import Citation, Mark, Source

NOT_STATED = "not stated"
_HERE = Place("methods.py")


class Said(NamedTuple):
    """A sentence, and on whose authority it is said."""

    text: str
    citations: tuple[Citation, ...] = ()


WORKS = {
    source.id: source
    for source in (
        Source("wilson-1927", "article", "Probable inference, the law of succession, and statistical inference",
               "Wilson EB", 1927, "J Am Stat Assoc 1927;22:209-12", "its formula, through manuals of R packages", _HERE),
        Source("brown-2001", "article", "Interval estimation for a binomial proportion", "Brown LD, Cai TT, DasGupta A",
               2001, "Stat Sci 2001;16:101-33", "its advice, through manuals of R packages", _HERE),
        Source("horowitz-1998", "article",
               "Censoring of outcomes and regressors due to survey nonresponse: identification and estimation using weights and "
               "imputations", "Horowitz JL, Manski CF", 1998, "J Econom 1998;84:37-58",
               "what a later article of theirs says of it", _HERE),
        Source("shannon-1948", "article", "A mathematical theory of communication", "Shannon CE", 1948,
               "Bell Syst Tech J 1948;27:379-423", "", _HERE),
        Source("hyndman-1996", "article", "Sample quantiles in statistical packages", "Hyndman RJ, Fan Y", 1996,
               "Am Stat 1996;50:361-5", "its definitions, through R's manual of quantile()", _HERE),
        Source("aapor-2016", "handbook", "Standard definitions: final dispositions of case codes and outcome rates for surveys",
               "American Association for Public Opinion Research", 2016, "9th edition",
               "its formulas, through public programs that cite it", _HERE),
        Source("eysenbach-2004", "article",
               "Improving the quality of web surveys: the checklist for reporting results of internet e-surveys (CHERRIES)",
               "Eysenbach G", 2004, "J Med Internet Res 2004;6(3):e34; doi 10.2196/jmir.6.3.e34; corrected 2012",
               "its items, through filled checklists in print", _HERE),
        Source("ama-manual", "handbook", "AMA manual of style, 10th edition: visual presentation of data",
               "Iverson C, et al.", 2007, "Oxford University Press", "the passage on digits of percentages, as the publisher"
               " shows it", _HERE),
    )
}  # fmt: skip

_WILSON = (Citation("wilson-1927", "", Mark.SECOND_HAND), Citation("brown-2001", "", Mark.SECOND_HAND))
_BOUNDS = (Citation("horowitz-1998", "", Mark.SECOND_HAND),)
_ENTROPY = (Citation("shannon-1948", "section 6", Mark.UNVERIFIED),)
_QUARTILES = (Citation("hyndman-1996", "definition 7", Mark.SECOND_HAND),)
_DIGITS = (Citation("ama-manual", "digits of a percentage", Mark.SECOND_HAND),)
RATES = (Citation("aapor-2016", "RR1 to RR6", Mark.SECOND_HAND),)
CHERRIES = (Citation("eysenbach-2004", "", Mark.SECOND_HAND),)


def methods(survey: Survey, tables: Tables) -> tuple[Said, ...]:
    """Say how the survey was made, who was asked, when, and how its answers were counted."""
    return (*_made(survey), *_ethics(survey), _analysed(survey, tables), *_counted(tables))


def _made(survey: Survey) -> tuple[Said, ...]:
    frame, instrument = survey.frame, survey.instrument
    version = f" ({instrument.version})" if instrument.version else ""
    return (
        Said(f"Those asked were {frame.population}, reached through {reached_words(frame)}; {_invited(frame)}.", survey.citations),
        Said(f"Of the questionnaire, {instrument.title}{version}, {len(instrument.items)} questions are tabulated here."),
        Said(f"Answers were taken {period(survey.field.first, survey.field.last)}."),
    )  # fmt: skip


def reached_words(frame: Frame) -> str:
    """Say through what people were invited."""
    way = {
        Reached.NAMED_LIST: "a list of names",
        Reached.SOCIETY_LIST: "the list of a society",
        Reached.OPEN_LINK: "an open link",
    }[frame.reached]
    return f"{way} ({frame.through})" if frame.through else way


def _invited(frame: Frame) -> str:
    if frame.invited is None:
        return "how many were invited is not stated"
    at = f" at {frame.institutions} institutions" if frame.institutions else ""
    strata = [f"{stratum.invited} {stratum.words}" for stratum in frame.strata.values()]
    parts = f" ({listed(strata, 'and')})" if strata else ""
    return f"{frame.invited} were invited{at}{parts}"


def period(first: date | None, last: date | None) -> str:
    """Say from when to when."""
    if first and last:
        return f"from {day(first)} to {day(last)}"
    if first or last:
        known = f"from {day(first)}" if first else f"until {day(last)}"
        return f"{known}; the other end is {NOT_STATED}"
    return f"at a time that is {NOT_STATED}"


def day(when: date | None) -> str:
    """Write a date so that nobody can misread it: 9 Jun 2026."""
    return day_words(when) if when else NOT_STATED


def _ethics(survey: Survey) -> tuple[Said, ...]:
    ethics = survey.ethics
    review = ", ".join(ethics[name] for name in ("board", "decision") if ethics.get(name))
    return (Said(f"Ethics review: {review or NOT_STATED}. Consent: {ethics.get('consent') or NOT_STATED}."),)


def _analysed(survey: Survey, tables: Tables) -> Said:
    if survey.complete is not None:
        which = f"those of whom this holds: {to_words(survey.complete, survey.instrument.vocabulary)}"
    elif survey.is_finished_needed:
        which = "those that were finished"
    else:
        which = "all that were kept, finished or not"
    return Said(f"Of {tables.kept} responses that were kept, {tables.analysed} are analysed: {which}.")


def _counted(tables: Tables) -> tuple[Said, ...]:
    shares = (
        "A share is of those who answered the question: whoever was not asked, declined, did not know or left it blank is "
        "counted beside it and not in it. Each stands with its count, its denominator and Wilson's interval at 95%"
    )
    said = [Said(f"{shares}.", _WILSON), Said(RULE, _DIGITS)]
    if any(row.bounds for question in tables.questions for row in question.rows):
        said.append(Said("Bounds say where the share of all who were invited lies, or of all of them for whom a question may have "
                         "been, whatever those would have answered who gave no answer.", _BOUNDS))  # fmt: skip
    if any(question.spread for question in tables.questions):
        said.append(Said("How far respondents differ is Shannon's entropy over its largest value for the answers offered: "
                         "0 where all answer alike, 1 where every answer is given equally often.", _ENTROPY))  # fmt: skip
    if any(question.numbers for question in tables.questions):
        said.append(Said("Quartiles are of type 7, as R has them.", _QUARTILES))
    return (*said, Said(sentence(tables.design)))


def sentence(words: str) -> str:
    """Write words as a sentence."""
    return f"{words[:1].upper()}{words[1:]}{'' if words.endswith(('.', '!', '?')) else '.'}"
