"""From one file of `content/practice/` to a Published survey, or every Fault in it.

    survey: paediatric-2025            # its name; the published page has it
    kind: survey                       # survey, panel (of experts) or record (recorded practice)
    short: Survey 2025
    title: What they do
    year: 2025                         # of publication
    asked: paediatric haematologists   # who
    through: an emailed link           # through what
    field: 5 May to 30 June 2025       # when
    invited: 69                        # each of the three may be: not published
    answered: 40
    analysed: 35
    population: children with a severe clot
    label: reconstructed, not real     # only where figures are reconstructed; printed loudly
    cite: [{source: a-source, at: Results, mark: original}]
    notes: [{text: A sentence.}]       # cited as the survey, or each on its own
    questions:
      - id: first-method
        asks: Which method first?      # in our own words
        form: one                      # one answer each, or several
        of: respondents                # what is counted, if not respondents: cases, mentions, records
        base: 34                       # how many answered it; or: not published
        base_mark: inference           # how that is known, if not as the question's citation is
        base_note: 17 fits as well     # which other denominators fit what was printed, if any does
        topic: first-method            # the same in two surveys that asked the same
        note: What a reader must know.
        answers:
          lysis: {words: lysis, percent: 44, count: 15, mark: inference}   # percent as printed
          other: {words: another method, percent: 12}                      # no count is known
        speaks:
          decision: first-treatment
          given: once the clot is to be removed     # what the question took as settled, if anything
          given_short: if removed                   # the same in a few words, for a cell
          when: child and severity = severe
          means: {lysis: catheter_lysis, other: itself}   # an option, a list of them, or itself
          only: {lysis: for selected patients}      # for whom alone an answer is meant, if not for all

A percentage that no count of its denominator gives is a Fault, and so are counts that cannot be.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from patency.document import Fields, Node
from patency.fault import Fault, Place, listed, nearest
from patency.language.lexicon import Lexicon
from patency.language.parse import parse
from patency.language.terms import All
from patency.practice.published import (
    ITSELF,
    KINDS,
    NOT_PUBLISHED,
    ONE,
    RESPONDENTS,
    SEVERAL,
    Published,
    PublishedAnswer,
    PublishedQuestion,
    Speaks,
)
from patency.source import Citation, Mark, Source, best_mark, read_cited, read_remarks
from patency.vocabulary import refuse_odd_name

UNITS = (RESPONDENTS, "cases", "mentions", "records")
_MARKS = (Mark.ORIGINAL.value, Mark.SECOND_HAND.value, Mark.INFERENCE.value)


class Known(NamedTuple):
    """What a survey may mention: sources, the vocabulary, and the options of each decision by name."""

    sources: dict[str, Source]
    lexicon: Lexicon
    options: Mapping[str, Iterable[str]]
    faults: list[Fault]


def read_published(document: Node, known: Known, is_local: bool = False) -> Published:
    """Read one survey file."""
    fields = Fields(document, known.faults, "the survey")
    why = "nobody can weigh an answer who does not know who was asked, and when"
    name = fields.need_text("survey", "a citation names it")
    if name:
        refuse_odd_name(name, fields.named["survey"].place, known.faults, "its published page bears this name")
    citations = read_cited(fields, known.sources, ())
    counts = {each: _count(fields, each, why) for each in ("invited", "answered", "analysed")}
    _refuse_growing(fields, counts)
    notes = read_remarks(fields, "notes", known.sources, citations, "a note")
    most = next((count for count in (counts["analysed"], counts["answered"], counts["invited"]) if count), None)
    questions = tuple(_question(node, known, citations, most) for node in fields.items("questions"))
    _refuse_silence(
        fields, (*questions, *notes), "a question", "add 'questions:', or a note that says why there is none"
    )
    survey = Published(
        name, fields.choice("kind", KINDS, why), fields.need_text("short", "a line names it so") + " (local)" * is_local,
        fields.need_text("title", "the page names it"), _year(fields, why), fields.need_text("asked", why),
        fields.need_text("through", why), fields.need_text("field", why), **counts,
        population=fields.need_text("population", "a reader must see whom it is about"), label=fields.text("label"),
        citations=citations, notes=notes, questions=questions, place=document.place, is_local=is_local,
    )  # fmt: skip
    fields.close()
    return survey


def _refuse_silence(fields: Fields, said: Sequence[object], what: str, fix: str) -> None:
    if not said and fields.is_readable:
        fields.fault(fields.place, f"{fields.what} has neither {what} nor a note", "it would say nothing", fix)


def _year(fields: Fields, why: str) -> int:
    text = fields.need_text("year", why)
    if text and not (text.isdecimal() and len(text) == 4):
        fields.fault(fields.named["year"].place, f"the year {text!r} is not a year", why, "write four digits")
        return 0
    return int(text or 0)


def _count(fields: Fields, name: str, why: str) -> int | None:
    """Read how many; that it was not published must be said."""
    text = fields.need_text(name, why)
    return _whole(fields, name, text) if text and text != NOT_PUBLISHED else None


def _whole(fields: Fields, name: str, text: str) -> int | None:
    if text.isascii() and text.isdecimal() and len(text) < 10:
        return int(text)
    fields.fault(
        fields.named[name].place,
        f"{name!r} is {text!r}, not a whole number",
        "people are counted one by one",
        f"write digits alone, or leave the count out; where a whole survey has none, write {NOT_PUBLISHED!r}",
    )
    return None


def _refuse_growing(fields: Fields, counts: Mapping[str, int | None]) -> None:
    told = [(name, count) for name, count in counts.items() if count is not None]
    for (before, more), (after, fewer) in pairwise(told):
        if fewer > more:
            fields.fault(
                fields.named[after].place,
                f"{fewer} {after}, but only {more} {before}",
                "nobody answers who was not asked, and no reply counts twice",
                "look the figures up again; where one is not known, say so",
            )


def _question(node: Node, known: Known, inherited: tuple[Citation, ...], most: int | None) -> PublishedQuestion:
    fields = Fields(node, known.faults, "a question")
    name = fields.need_text("id", "a line of the page bears it")
    if name:
        fields.what = f"the question {name!r}"
        refuse_odd_name(name, fields.named["id"].place, known.faults, "its line on the page bears this name")
    citations = read_cited(fields, known.sources, inherited)
    mark, unit = best_mark(citations), fields.choice("of", UNITS, "it says what was counted", RESPONDENTS)
    form = fields.choice("form", (ONE, SEVERAL), "shares of several answers add up to more than one", ONE)
    base = _count(fields, "base", "a percentage is of so many, or it must be said that they are not known")
    base_mark = Mark(fields.choice("base_mark", _MARKS, "a reader must see how it is known", mark.value))
    note = fields.text("note")
    answers = tuple(_answer(each, fields, base, mark, answer) for answer, each in fields.group("answers").items())
    _refuse_too_many(fields, form, base, most if unit == RESPONDENTS else None, answers)
    said = (*answers, *([note] if note else []))
    _refuse_silence(fields, said, "an answer", "add 'answers:', or a note that says what was not published")
    question = PublishedQuestion(
        name, fields.need_text("asks", "a reader must see what was asked"), form, unit, base, base_mark,
        fields.text("base_note").rstrip("."), fields.text("topic"), note, citations, answers, _speaks(fields, known, answers), node.place,
    )  # fmt: skip
    fields.close()
    return question


def _answer(node: Node, asked: Fields, base: int | None, mark: Mark, name: str) -> PublishedAnswer:
    fields = Fields(node, asked.faults, f"the answer {name!r}")
    text = fields.text("count")
    count, percent = _whole(fields, "count", text) if text else None, fields.text("percent")
    answer = PublishedAnswer(
        name, fields.need_text("words", "the page names it"), percent, count,
        Mark(fields.choice("mark", _MARKS, "a reader must see how a count is known", mark.value)),
    )  # fmt: skip
    if not text and not percent and fields.is_readable:
        fields.fault(
            node.place,
            f"{fields.what} has neither a count nor a percentage",
            "how many gave it is what a survey says",
            "add 'count:' or 'percent:'; what has no figure belongs in the question's note",
        )
    if count is not None and base is None:
        fields.fault(
            fields.named["count"].place,
            f"{fields.what} was given by {count}, of an unknown number",
            "a count says nothing without its denominator",
            "give the question its 'base', or leave the count out",
        )
    if percent:
        _refuse_impossible(fields, percent, count, base)
    fields.close()
    return answer


def _refuse_impossible(fields: Fields, percent: str, count: int | None, base: int | None) -> None:
    """Note a percentage that is none, that its count does not give, or that no count of its denominator gives."""
    place = fields.named["percent"].place
    if not is_percentage(percent):
        fields.fault(
            place,
            f"{percent!r} is not a percentage",
            "it is shown as it was printed",
            "write digits alone, from 0 to 100, with as many decimals as were printed",
        )
    elif base and count is not None and count <= base and not gives(count, base, percent):
        fields.fault(
            place,
            f"{count} of {base} is {100 * count / base:.2f}%, not {percent}%",
            "one of the three figures is wrong",
            "look them up again; where they do not fit, leave the count out and say so in a note",
        )
    elif base and count is None and not any(gives(each, base, percent) for each in range(base + 1)):
        fields.fault(
            place,
            f"no count of {base} gives {percent}%",
            "the percentage is of another number",
            f"write 'base: {NOT_PUBLISHED}', and say in a note that it does not fit",
        )


def is_percentage(text: str) -> bool:
    """Whether a text is a percentage as one is printed."""
    whole, _, decimals = text.partition(".")
    is_number = text.isascii() and whole.isdecimal() and (decimals.isdecimal() or "." not in text)
    return is_number and len(text) < 8 and 0 <= float(text) <= 100


def gives(count: int, base: int, percent: str) -> bool:
    """Whether so many of so many are printed as this percentage, to its own decimals, whichever way a half is rounded."""
    unit: int = 10 ** len(percent.partition(".")[2])
    return abs(200 * unit * count - 2 * base * round(float(percent) * unit)) <= base


def _refuse_too_many(
    fields: Fields, form: str, base: int | None, most: int | None, answers: Iterable[PublishedAnswer]
) -> None:
    """Note where more answered than were there, or gave answers than answered."""
    if base is None:
        return
    if most is not None and base > most:
        fields.fault(
            fields.named["base"].place,
            f"{base} answered {fields.what}, of {most} whose answers were kept",
            "nobody answers who is not there",
            "look the figures up again",
        )
    for answer in answers:
        if answer.count is not None and answer.count > base:
            fields.fault(
                fields.group("answers")[answer.id].place,
                f"the answer {answer.id!r} was given by {answer.count} of {base}",
                "no more can give an answer than were asked",
                "look the figures up again",
            )
    total = sum(answer.count or 0 for answer in answers)
    if form == ONE and total > base:
        fields.fault(
            fields.named["answers"].place,
            f"the answers to {fields.what} were given by {total}, of {base} who gave one each",
            "no one can be in two of them",
            "look the figures up again, or write 'form: several'",
        )


def _speaks(asked: Fields, known: Known, answers: tuple[PublishedAnswer, ...]) -> Speaks | None:
    node = asked.get("speaks")
    if node is None:
        return None
    fields = Fields(node, known.faults, f"what {asked.what} speaks to")
    decision = fields.need_text("decision", "it stands below that decision")
    if decision and decision not in known.options:
        fields.fault(
            fields.named["decision"].place,
            f"{decision!r} is not a decision",
            "it could stand nowhere in a consult",
            nearest(decision, known.options, f"use one of: {', '.join(known.options)}"),
        )
    fields.need("when", "it says to which patients this speaks")
    condition = fields.get("when")
    term = parse(fields.as_text(condition, "when"), condition.place, known.lexicon, known.faults) if condition else None
    speaks = Speaks(
        decision, term or All(()), fields.text("given"), fields.text("given_short"),
        _means(fields, answers, known.options.get(decision)), _only(fields, answers),
    )  # fmt: skip
    fields.close()
    return speaks


def _means(
    fields: Fields, answers: tuple[PublishedAnswer, ...], options: Iterable[str] | None
) -> dict[str, tuple[str, ...]]:
    """Read which options each answer means; none may be left out."""
    given = fields.group("means")
    ids, allowed = [answer.id for answer in answers], [ITSELF, *(options or ())]
    means = {}
    for name, node in given.items():
        _refuse_no_answer(fields, name, node, ids)
        meant = meant_by(fields, name, node)
        for option in meant if options is not None else ():
            _refuse_no_option(fields, option, node, allowed)
        means[name] = tuple(each for each in meant if each != ITSELF)
    if missing := [each for each in ids if each not in given]:
        fields.fault(
            fields.place,
            f"{fields.what} does not say what is meant by {listed([repr(each) for each in missing], 'and')}",
            "an answer that means nothing would be lost in silence",
            f"add each under 'means:', as an option or as {ITSELF!r}",
        )
    return means


def meant_by(fields: Fields, name: str, node: Node) -> tuple[str, ...]:
    """Read what an answer means: one option, several, or itself."""
    nodes = node.value if isinstance(node.value, tuple) and node.value else (node,)
    return tuple(fields.as_text(each, name) for each in nodes)


def _only(fields: Fields, answers: tuple[PublishedAnswer, ...]) -> dict[str, str]:
    only = fields.group("only")
    for name, node in only.items():
        _refuse_no_answer(fields, name, node, [answer.id for answer in answers])
    return {name: fields.as_text(node, name) for name, node in only.items()}


def _refuse_no_answer(fields: Fields, name: str, node: Node, ids: Sequence[str]) -> None:
    if name not in ids:
        fields.fault(
            node.place,
            f"{name!r} is not an answer to this question",
            "a meaning belongs to an answer",
            nearest(name, ids, f"the answers are: {', '.join(ids)}"),
        )


def _refuse_no_option(fields: Fields, option: str, node: Node, allowed: Sequence[str]) -> None:
    if option not in allowed:
        fields.fault(
            node.place,
            f"{option!r} is not an option of this decision",
            "the answer would stand beside no option",
            nearest(option, allowed, f"use one of: {', '.join(allowed)}"),
        )


def places(surveys: Iterable[Published]) -> Iterable[tuple[str, Place]]:
    """Yield the name of each survey, and of each question of each, so that none is given twice."""
    for survey in surveys:
        yield f"survey {survey.id}", survey.place
        yield from ((f"{survey.id}, {question.id}", question.place) for question in survey.questions)
