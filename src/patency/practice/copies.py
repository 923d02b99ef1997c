"""A site's own surveys that are copies of published ones: those would count the same people twice.

In: every survey of published practice that was read. Out: a Fault for each of a site's own that begins with the short
name of one of Patency's, or cites as its own the source that one of them reports. A survey that was announced and has
no results yet tells of nobody, and whoever has its results may add them.

Not here: whether two surveys of different names asked some of the same people, which nobody can tell.
"""

from collections.abc import Sequence

from patency.fault import Fault
from patency.practice.published import Published


def refuse_copies(surveys: Sequence[Published], faults: list[Fault]) -> None:
    """Note where a site's own survey would pass for a published one, or count the same people twice."""
    shipped = [survey for survey in surveys if not survey.is_local and survey.questions]
    for survey, other in ((each, other) for each in surveys if each.is_local for other in shipped):
        reported = {each.source for each in other.citations} & {each.source for each in survey.citations}
        if _letters(other.short) and _letters(survey.short).startswith(_letters(other.short)):
            what = f"the short name of a site's own {survey.id!r} begins as that of {other.id!r}: {other.short!r}"
            why, fix = "it would pass for the published survey", "name it after those whom you asked"
        elif reported:
            what = f"a site's own {survey.id!r} cites {min(reported)!r}, of which {other.id!r} tells already"
            why = "the same people would be counted twice"
            fix = "leave it out; or, if you asked others, cite your own source, and that one in a note"
        else:
            continue
        faults.append(Fault(survey.place, what, why, fix))


def _letters(short: str) -> str:
    return "".join(filter(str.isalnum, short.casefold()))
