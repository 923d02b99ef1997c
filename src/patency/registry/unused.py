"""What a registry holds of an episode and no concept takes: no rule sees it, so the consult names it beside the page.

In: the records of an episode with their days, the answers that findings were read from, the day of the consult. Out: record
by record, the rest of what was answered, in words. What only says which record it is (its day, who read it) is left out.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import date

from patency.answer import day_words
from patency.case import Absence
from patency.registry.entry import ITEMS, Entry
from patency.registry.forms import Forms
from patency.registry.kinds import KINDS
from patency.registry.told import said

_FRAME = frozenset(
    "date side vein number planned how read_by adjudicated is_index instrument last_contact amount_unit what".split()
)
_NAMING = frozenset({"what", "drug", "vein", "segment", "modality"})  # they say what the rest is about
_LEFT_OUT = ("patient", "consent", "query", "screening", "consult", "finding")


def unused(
    dated: Iterable[tuple[Entry, date]], by: Collection[tuple[str, str]], until: date, forms: Forms
) -> Iterator[tuple[str, str]]:
    """Yield each record that says what no finding was read from, with what it says, in words."""
    for entry, on in dated:
        if entry.kind in _LEFT_OUT or (entry.kind == "response" and (entry.id, "instrument") in by):
            continue
        left = [name for name in entry.values if (entry.id, name) not in by and not _is_silent(entry, name, until)]
        if left:
            naming = [name for name in entry.values if name in _NAMING and name not in left]
            yield f"{_words(entry, forms)} of {day_words(on)}", "; ".join(said(entry, forms, [*naming, *left]))


def _is_silent(entry: Entry, name: str, until: date) -> bool:
    """Whether a value says nothing more: it frames the record, has not happened yet, is no answer, or is an item of a scale."""
    value, stop = entry.values[name], entry.values.get("stop")
    is_later = isinstance(value, date) and value > until
    is_later |= name == "stop_reason" and isinstance(stop, date) and stop > until
    is_what = name == "what" and entry.kind in ("event", "step")  # what happened is the record itself
    is_where = name == "side" and entry.kind in ("imaging", "stent", "event")
    is_frame = name in _FRAME and not is_what and not is_where
    return is_frame or is_later or isinstance(value, Absence) or name.startswith(ITEMS)


def _words(entry: Entry, forms: Forms) -> str:
    scale = forms.scales.get(str(entry.values.get("instrument", ""))) if entry.kind == "response" else None
    return scale.title if scale else KINDS[entry.kind].words
