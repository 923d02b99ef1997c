"""From nothing to a settled page, decision by decision, the most telling question first.

`hear` returns what the person types, `say` shows a line; both are passed in, so that a test can
speak with it. When a decision is settled it says so and goes on to the next; it stops when nothing
more could change an opinion, when told to, or at the end of the input.
"""

from collections.abc import Callable, Sequence

from patency.answer import Unreadable, example, read_value
from patency.case import Absence, Case, Finding
from patency.consult.page import is_settled_on
from patency.document import Node
from patency.fault import Fault, Place
from patency.guideline.advise import Advice, Reading, advise
from patency.guideline.ask import Question, ask
from patency.guideline.contradict import contradictions
from patency.guideline.model import Library
from patency.truth import Truth
from patency.vocabulary import Concept, Kind

_HERE = Place("your answer")
_STOP = ("stop", "quit", "q")
_SKIP = ("", "not known", "unknown")
_HELP = ("help", "?")


def converse(library: Library, case: Case, hear: Callable[[str], str], say: Callable[[str], None]) -> Case:
    """Ask until nothing more could change an opinion, and return what is then known."""
    say("Answer, or press Enter for 'not known'. 'help' explains a question; 'stop' ends and prints the page.")
    asked = 0
    decision = ""
    while True:
        questions = ask(_advise(library, case), case, library)
        if decision and (not questions or questions[0].decision != decision):
            say(f"\n{library.decisions[decision].asks}: {_left(decision, library, case)} ({_counted(asked)}).")
        if not questions:
            say(f"Nothing more could change an opinion ({_counted(asked)}).\n")
            return case
        if questions[0].decision != decision:
            decision = questions[0].decision
            say(f"\n{library.decisions[decision].asks.upper()}")
        asked += 1
        findings = _put(questions[0], asked, library, case, hear, say)
        if findings is None:
            say("")
            return case
        for finding in findings:
            case = case.with_finding(finding)


def _counted(asked: int) -> str:
    return f"{asked} question{'s' * (asked != 1)}"


def _left(decision: str, library: Library, case: Case) -> str:
    """Say whether a decision on which nothing is left to ask is settled, or what was not known leaves it open."""
    return "settled" if is_settled_on(decision, _advise(library, case)) else "nothing more to ask, and not settled"


def _put(
    question: Question,
    number: int,
    library: Library,
    case: Case,
    hear: Callable[[str], str],
    say: Callable[[str], None],
) -> list[Finding] | None:
    """Put one question until its answer can be used; None ends the conversation."""
    concepts = [library.lexicon.vocabulary.concepts[name] for name in question.concepts]
    say(f"\n{number}. {question.asks}")
    for line in _choices(question, concepts):
        say(f"   {line}")
    while True:
        try:
            answer = hear("   > ").strip()
        except EOFError:
            return None
        if answer.lower() in _STOP:
            return None
        if answer.lower() in _HELP:
            for concept in concepts:
                say(f"   {concept.asks} {concept.help}".rstrip())
            continue
        try:
            findings = _findings(question, concepts, answer, case)
        except Unreadable as unreadable:
            say(f"   {unreadable.what}: {unreadable.why}; {unreadable.fix}")
            continue
        faults = _impossible(findings, case, library)
        if not faults:
            return findings
        for fault in faults:
            say(f"   {fault.what}: {fault.why}")


def _choices(question: Question, concepts: Sequence[Concept]) -> list[str]:
    if question.is_panel:
        lines = [f"{number} {concept.says}" for number, concept in enumerate(concepts, 1)]
        return [*lines, "write 'none', or the numbers of those present"]
    concept = concepts[0]
    if concept.kind is Kind.YES_NO:
        return ["yes or no"]
    if concept.values:
        how = "write the numbers of all that apply, or 'none'" if concept.kind is Kind.SET else "write one number"
        return [*(f"{number} {words}" for number, words in enumerate(concept.values.values(), 1)), how]
    return [f"for example {example(concept).partition(': ')[2]}"]


def _findings(question: Question, concepts: Sequence[Concept], answer: str, case: Case) -> list[Finding]:
    if answer.lower() in _SKIP:
        return [Finding(each.name, None, case.on, "not known", "", Absence.NOT_KNOWN) for each in concepts]
    if question.is_panel:
        present = _numbered(answer, [concept.name for concept in concepts]) if answer.lower() != "none" else []
        written = ", ".join(present) or "none of these"
        return [
            Finding(
                each.name,
                Truth.YES if each.name in present else Truth.NO,
                case.on,
                written,
                "",
                None,
                False,
                question.name,
            )
            for each in concepts
        ]
    concept = concepts[0]
    text = {"y": "yes", "n": "no"}.get(answer.lower(), answer) if concept.kind is Kind.YES_NO else answer
    if (concept.kind is Kind.SET and text.lower() != "none") or (concept.values and text.isdecimal()):
        text = ", ".join(_numbered(text, list(concept.values)))
    value, absence = read_value(concept, Node(_HERE, text), case.on)
    return [Finding(concept.name, value, case.on, text, "", absence, concept.is_derived)]


def _numbered(answer: str, names: Sequence[str]) -> list[str]:
    by_number = {str(number): name for number, name in enumerate(names, 1)}
    chosen = [by_number.get(part, part) for part in answer.replace(",", " ").split()]
    for part in chosen or [answer]:
        if part not in names:
            raise Unreadable(
                f"{part!r} is none of them", f"the answers are numbered 1 to {len(names)}", "write their numbers"
            )
    return chosen


def _impossible(findings: Sequence[Finding], case: Case, library: Library) -> list[Fault]:
    for finding in findings:
        case = case.with_finding(finding)
    return contradictions(case, library)


def _advise(library: Library, case: Case) -> list[Advice]:
    reading = Reading(case, library)
    return [advise(each, reading) for each in library.guidelines.values() if each.is_current]
