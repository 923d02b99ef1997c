"""The words of time to an event, as the page, its tables and its drawings print them.

They stand here, with what is counted, so that what lays them out (publish/) holds no word of medicine. "At risk" is the
statistician's: followed still, and without the event.

Not here: how it was counted (methods.py), and what a definition, a group or a stage is called (content, and report.py).
"""

AT_RISK = "at risk"
STILL_FREE = "still free of the loss"
TURNBULL = "By Turnbull, between scans (95% interval)"
BETWEEN = (
    "box: by Turnbull, at that month, between its ends, for a loss is known to lie between two scans; the line through it is "
    "the 95% interval"
)
DRAWN = "A curve is drawn as far as a tenth of its group, and five at least, were at risk"
NOT_BECAUSE = "who was treated how was chosen by those who treated, and nothing on this page is adjusted for that, unless it says so."
AT_START = "Definition. Each line is a trait of the episode when it began, "
FLOW_HEAD = ("Stage", "Count")


def months_words(months: float) -> str:
    """Say a number of months: 1 month, 3 months, 1.5 months."""
    return f"{months:.6g} month{'s' * (f'{months:.6g}' != '1')}"


def count_words(count: int | None) -> str:
    """Say how many there are, or that it is withheld."""
    return "withheld" if count is None else str(count)
