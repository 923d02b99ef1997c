"""What a record of each kind may say: its form, an instrument of content/registry/forms.

A form is an instrument like any other: items with their answers, the condition under which each is asked, checks of what
cannot be together. So the language, the files of other programs and REDCap dictionaries know it without more.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from patency.fault import Fault, Place, Refused
from patency.guideline.files import CONTENT, folder_files
from patency.guideline.model import Library
from patency.instrument.model import Instrument, Item
from patency.instrument.read import read_instruments
from patency.registry.entry import ITEMS
from patency.registry.kinds import KINDS
from patency.vocabulary import Vocabulary

FORMS = "registry/forms"
INSTRUMENTS = "instruments"


class Forms(NamedTuple):
    """The form of each kind of record, by the kind's name, the scales that a filled-in scale may name, what may be found."""

    of: Mapping[str, Instrument]
    scales: Mapping[str, Instrument]
    vocabulary: Vocabulary = Vocabulary()

    def item(self, kind: str, name: str, scale: str = "") -> Item | None:
        """Return the item that a record's value answers, or None: of a scale's items, in the scale it names."""
        if name.startswith(ITEMS):
            instrument = self.scales.get(scale)
            return instrument.items.get(name[len(ITEMS) :]) if instrument else None
        return self.of[kind].items.get(name)


def read_forms(library: Library, directory: Path = CONTENT) -> Forms:
    """Read the forms and the scales of a content directory, or refuse them with every Fault found."""
    found = read_instruments(folder_files(directory, FORMS), library.sources, library.lexicon.vocabulary)
    missing = [kind for kind in KINDS if kind not in found]
    odd = [name for name in found if name not in KINDS]
    faults = [
        Fault(Place(f"{FORMS}/{kind}.yaml"), f"there is no form for {KINDS[kind].plural}", "none could be entered",
              f"add one whose 'instrument:' is {kind}")
        for kind in missing
    ] + [
        Fault(found[name].place, f"{name!r} is no kind of record", "nothing could be kept by it",
              f"a form is of one of {', '.join(KINDS)}")
        for name in odd
    ]  # fmt: skip
    if faults:
        raise Refused(faults)
    scales = read_instruments(folder_files(directory, INSTRUMENTS), library.sources, library.lexicon.vocabulary)
    return Forms({kind: found[kind] for kind in KINDS}, scales, library.lexicon.vocabulary)
