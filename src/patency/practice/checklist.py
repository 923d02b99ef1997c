"""The checklist for reporting surveys over the internet, filled from what a survey states.

Names and groups are those of CHERRIES (Eysenbach 2004), read second-hand in four filled checklists in print; those that
none of these shows are from memory, and say so. A survey states a fact by its name under `facts`; some follow from
what else it states. What follows from nothing is "not stated".
"""

from collections.abc import Mapping
from typing import NamedTuple

from patency.practice.methods import NOT_STATED, period, reached_words
from patency.practice.survey import Reached, Survey


class Entry(NamedTuple):
    """One line of the checklist: the name by which a survey states it, its group, its words, and whether they were confirmed."""

    name: str
    group: str
    words: str
    is_confirmed: bool = True


class Filled(NamedTuple):
    """One line, and what the survey states."""

    entry: Entry
    states: str

    @property
    def is_stated(self) -> bool:
        """Whether the survey states it."""
        return self.states != NOT_STATED


_DESIGN, _ETHICS, _MAKING = "Design", "Review board and consent", "Development and testing"
_RECRUITED, _GIVEN = "Recruitment", "Administration"
_RATES, _ONCE, _ANALYSIS = "Response rates", "One answer a person", "Analysis"

ENTRIES = (
    Entry("design", _DESIGN, "Survey design: target population, sampling frame"),
    Entry("review", _ETHICS, "Approval by a review board"),
    Entry("consent", _ETHICS, "Informed consent"),
    Entry("data_protection", _ETHICS, "Data protection"),
    Entry("development", _MAKING, "Development and testing"),
    Entry("open_or_closed", _RECRUITED, "Open survey or closed survey"),
    Entry("contact", _RECRUITED, "Contact mode"),
    Entry("advertising", _RECRUITED, "Advertising the survey"),
    Entry("web_or_mail", _GIVEN, "Web or e-mail"),
    Entry("context", _GIVEN, "Context"),
    Entry("mandatory", _GIVEN, "Mandatory or voluntary", is_confirmed=False),
    Entry("incentives", _GIVEN, "Incentives", is_confirmed=False),
    Entry("dates", _GIVEN, "Time and date"),
    Entry("randomised", _GIVEN, "Randomisation of items or questionnaires"),
    Entry("adaptive", _GIVEN, "Adaptive questioning"),
    Entry("items", _GIVEN, "Number of items"),
    Entry("screens", _GIVEN, "Number of screens", is_confirmed=False),
    Entry("completeness", _GIVEN, "Completeness check"),
    Entry("review_step", _GIVEN, "Review step"),
    Entry("unique_visitor", _RATES, "Unique site visitor"),
    Entry("view_rate", _RATES, "View rate: survey visitors of site visitors"),
    Entry("participation_rate", _RATES, "Participation rate: agreed of visitors of the first page", is_confirmed=False),
    Entry("completion_rate", _RATES, "Completion rate: finished of agreed", is_confirmed=False),
    Entry("cookies", _ONCE, "Cookies used"),
    Entry("ip_check", _ONCE, "IP check"),
    Entry("log_file", _ONCE, "Log file analysis"),
    Entry("registration", _ONCE, "Registration", is_confirmed=False),
    Entry("incomplete", _ANALYSIS, "Incomplete questionnaires", is_confirmed=False),
    Entry("timestamps", _ANALYSIS, "Atypical time stamps", is_confirmed=False),
    Entry("weighting", _ANALYSIS, "Statistical correction", is_confirmed=False),
)


def filled(survey: Survey, rates: Mapping[str, str]) -> tuple[Filled, ...]:
    """Fill the checklist; `rates` are the rates of visits that could be computed, by their names here."""
    known = {**_follows(survey), **rates, **{name: words for name, words in survey.facts.items() if words}}
    return tuple(Filled(entry, known.get(entry.name) or NOT_STATED) for entry in ENTRIES)


def _follows(survey: Survey) -> dict[str, str]:
    """Return what follows from the rest of a survey's file."""
    frame, ethics, instrument = survey.frame, survey.ethics, survey.instrument
    branching = sum(item.when is not None for item in instrument.items.values())
    follows = {
        "design": f"{frame.population}; reached through {reached_words(frame)}",
        "review": ", ".join(ethics[name] for name in ("board", "decision") if ethics.get(name)),
        "consent": ethics.get("consent", ""),
        "open_or_closed": "open" if frame.reached is Reached.OPEN_LINK else "closed",
        "adaptive": f"{branching} of {len(instrument.items)} questions are asked only of some" if branching else "",
        "items": f"{len(instrument.items)} questions",
    }
    if survey.field.first or survey.field.last:
        follows["dates"] = period(survey.field.first, survey.field.last)
    if survey.complete is not None or survey.is_finished_needed:
        follows["incomplete"] = "left out of the analysis"
    return follows
