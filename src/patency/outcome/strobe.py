"""What a report of an observational study should say, item by item, and what of it the cut can answer.

The 22 items of STROBE in our own words, numbered as there: von Elm E, Altman DG, Egger M, and others. J Clin Epidemiol
2008;61:344-9 (first in PLoS Med 2007;4:e296). Each is asked shortly; a fact of the cut stands beside where there is one, and
where not, that it is the authors' to write. A checklist that is filled by a program is a beginning: the authors answer for it.
"""

from collections.abc import Mapping

AUTHORS = "the authors' to write"

ITEMS = (
    ("1", "Say in the title or summary what kind of study it is, and sum up what was done and found."),
    ("2", "Give the scientific background and the reason for the study."),
    ("3", "State the aims, with any hypotheses made beforehand."),
    ("4", "Present the main parts of the design early."),
    ("5", "Describe the setting, the places and the dates of recruitment, follow-up and data collection."),
    ("6", "Say who could take part, how they were found and chosen, and how they were followed."),
    ("7", "Define every outcome, exposure, predictor, confounder and effect modifier."),
    ("8", "Give the source of each variable and how it was measured, alike in all groups or not."),
    ("9", "Describe what was done against bias."),
    ("10", "Explain how the number of people came about."),
    ("11", "Explain how numbers were handled, and which groups were chosen and why."),
    (
        "12",
        "Describe the statistical methods: confounding, subgroups, missing values, losses to follow-up, sensitivity.",
    ),
    ("13", "Report how many people there were at each stage, why some left, and draw the flow."),
    ("14", "Describe the people, say what is missing of each variable, and how long they were followed."),
    ("15", "Report the numbers of outcome events, or summaries over time."),
    (
        "16",
        "Give unadjusted and, where there are any, adjusted estimates with their precision, and say what was adjusted for.",
    ),
    ("17", "Report other analyses that were done: subgroups, interactions, sensitivity."),
    ("18", "Sum up the key results with regard to the aims."),
    ("19", "Discuss the limitations, with the direction and size of possible bias."),
    ("20", "Interpret cautiously, with regard to aims, limitations, the number of analyses and other studies."),
    ("21", "Discuss how far the results hold for others."),
    ("22", "Name who paid, and what part they had."),
)


def strobe_of(facts: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    """Return each item with its fact, or that it is for the authors."""
    return tuple((number, asks, facts.get(number, AUTHORS)) for number, asks in ITEMS)
