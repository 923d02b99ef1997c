"""How those who could answer are read from a survey's file: the frame, its strata, and what came of the invitations."""

from patency.document import Fields
from patency.fault import Fault, Place
from patency.practice.survey import LEAST_INVITED, Frame, Outcome, Reached, Stratum, Visits
from patency.vocabulary import refuse_odd_name

_NOT_STATED = "leave the line out where it is not known"
_SMALLER = (("survey", "site"), ("agreed", "first_page"), ("finished", "agreed"))


def read_frame(fields: Fields) -> Frame:
    """Read who could answer, and through what they were invited."""
    node = fields.need("frame", "what was answered speaks of those who could answer")
    if node is None:
        return Frame("", Reached.OPEN_LINK, "", None, None, {})
    entry = Fields(node, fields.faults, "the frame")
    reached = entry.choice(
        "reached", [each.value for each in Reached], "how people were invited says whom they stand for"
    )
    frame = Frame(
        entry.need_text("population", "what was answered speaks of those who could answer"),
        Reached(reached),
        entry.text("through"),
        _whole(entry, "invited", 1),
        _whole(entry, "institutions", 1),
        _strata(entry),
    )
    entry.close()
    _check_invited(frame, entry)
    return frame


def _strata(fields: Fields) -> dict[str, Stratum]:
    strata = {}
    for name, node in fields.group("strata").items():
        refuse_odd_name(name, node.place, fields.faults, "answers carry it")
        entry = Fields(node, fields.faults, f"the stratum {name!r}")
        entry.need("invited", "an answer of a stratum stands for those who were invited in it")
        invited = _whole(entry, "invited", 0)
        strata[name] = Stratum(name, entry.text("words") or name, invited or 0, node.place)
        entry.close()
        if invited is not None and invited < LEAST_INVITED:
            entry.fault(
                node.place,
                f"of the stratum {name!r} {invited} were invited",
                f"an answer from fewer than {LEAST_INVITED} people could be known for somebody's",
                "join it with another",
            )
    return strata


def _check_invited(frame: Frame, fields: Fields) -> None:
    if frame.invited is None:
        return
    place = fields.named["invited"].place
    if frame.reached is Reached.OPEN_LINK:
        fields.fault(
            place,
            f"an open link cannot have invited {frame.invited}",
            "nobody knows who saw it; worst cases and rates would be made of a number that means nothing",
            "leave 'invited' out, or say through what list they were invited",
        )
    in_strata = sum(stratum.invited for stratum in frame.strata.values())
    if in_strata > frame.invited:
        fields.fault(
            fields.named["strata"].place,
            f"the strata hold {in_strata} invited, and {frame.invited} were invited",
            "each of them is in one stratum at most",
            "check the counts",
        )
    if frame.institutions is not None and frame.institutions > frame.invited:
        fields.fault(
            fields.named["institutions"].place,
            f"{frame.institutions} institutions were reached by {frame.invited} invitations",
            "each of them was reached by one at least",
            "check the counts",
        )


def read_outcome(fields: Fields) -> Outcome:
    """Read what came of the invitations, by AAPOR's classes."""
    node = fields.get("outcome")
    if node is None:
        return Outcome()
    entry = Fields(node, fields.faults, "the outcome")
    names = [name for name in Outcome._fields if name != "eligible"]
    counts = {name: _whole(entry, name, 0) for name in names}
    eligible = _eligible(entry)
    entry.close()
    return Outcome(**counts, eligible=eligible)


def _eligible(fields: Fields) -> float | None:
    text = fields.text("eligible")
    try:
        share = float(text) if text else None
    except ValueError:
        share = -1.0
    if share is not None and not 0 <= share <= 1:
        fields.fault(
            fields.named["eligible"].place,
            f"'eligible' cannot be {text!r}",
            "it is the share of the unknown that is assumed to have been eligible",
            "write a number between 0 and 1, or leave the line out where nothing is assumed",
        )
        return None
    return share


def read_visits(fields: Fields) -> Visits:
    """Read how many came by."""
    node = fields.get("visits")
    if node is None:
        return Visits()
    entry = Fields(node, fields.faults, "the part on visits")
    counts = {name: _whole(entry, name, 0) for name in Visits._fields}
    entry.close()
    for fewer, more in _SMALLER:
        some, every = counts[fewer], counts[more]
        if some is not None and every is not None and some > every:
            entry.fault(
                entry.named[fewer].place,
                f"{fewer!r} is {some}, and {more!r} is {every}",
                "the first are among the second",
                "check both counts",
            )
    return Visits(**counts)


def _whole(fields: Fields, name: str, least: int) -> int | None:
    """Read a count; none where it is not stated."""
    text = fields.text(name)
    if text.isascii() and text.isdecimal() and len(text) < 10 and int(text) >= least:
        return int(text)
    if name in fields.named and isinstance(fields.named[name].value, str):
        fields.faults.append(_no_count(fields.named[name].place, name, text, least))
    return None


def _no_count(place: Place, name: str, text: str, least: int) -> Fault:
    return Fault(place, f"{name!r} cannot be {text!r}", f"it counts people or places, {least} or more", _NOT_STATED)
