"""The report of a survey as one page: self-contained, printable, with its figures drawn in it.

A Report and a Press go in, bytes come out. The page brings its style along and asks for nothing from anywhere; a label
stands at its head, and on paper on every sheet. Each figure is also given as a file of its own, for a manuscript.

Not here: what the page says (practice/report.py), how a figure is drawn (figure.py).
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from markupsafe import Markup

from patency.consult.html import HOUSE
from patency.practice.part import Part
from patency.practice.report import Report, is_doubtful
from patency.publish.figure import STYLE, Step, alone, figure, flow
from patency.publish.press import Page, Press

_OWN = Path(__file__).parent / "survey.css"


def page(report: Report, press: Press) -> bytes:
    """Lay out a report as a page."""
    given = {
        "report": report,
        "house": _style(),
        "flow": _flow(report),
        "drawn": _drawn,
        "is_doubtful": is_doubtful,
        "refs": lambda citations: {report.number(each): each for each in citations},
    }
    return press.printed(Page("survey.html", "survey", given))


def figures(report: Report) -> Mapping[str, bytes]:
    """Return each question's figure as an SVG file, by the question's name; what cannot be drawn is not there."""
    drawn = {part.item.name: _drawn(part) for section in report.sections for part in section.parts}
    label = report.label
    return {name: alone(each, label).encode() for name, each in drawn.items() if each}


@cache
def _style() -> str:
    """Return the style that the page brings along, which the template takes as it is."""
    return "\n".join(path.read_text(encoding="utf-8") for path in (STYLE, HOUSE, _OWN))


def _drawn(part: Part) -> Markup:
    return figure(part.question, f"figure-{part.number}", part.item.asks, part.says)


def _flow(report: Report) -> Markup:
    steps = [Step(stage.words, stage.count, stage.is_out) for stage in report.stages if stage.count is not None]
    says = "; ".join(f"{step.words}: {step.count}" for step in steps)
    return flow(steps, "figure-flow", "From the invited to the analysed", says)
