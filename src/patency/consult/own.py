"""One's own registry beside a consult: an open cut, out of which patients like this one are found.

In: a folder that holds a cut. Out: an Own. What counts is loaded when a cut is given and not before, so that a consult
without one starts at once. Which outcomes are told, and by which definitions, is content (content/alike).
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from patency.case import Case
from patency.guideline.model import Library

if TYPE_CHECKING:
    from patency.cut.opened import Cut
    from patency.outcome.alike import Alike

MOST_KEPT = 64  # answers for cases that were asked for; a page is drawn anew each time something is entered


@dataclass
class Own:
    """A cut, and what was found in it for the cases that were asked for last."""

    cut: "Cut"
    library: Library
    _kept: "OrderedDict[str, Alike]" = field(default_factory=OrderedDict)
    _finding: Lock = field(default_factory=Lock)

    def alike(self, case: Case) -> "Alike":
        """Find patients like this one; by one thread at a time, for each takes all processors."""
        from patency.outcome.alike import alike

        key = repr((case.on, sorted(case.findings.items())))
        with self._finding:
            if key not in self._kept:
                self._kept[key] = alike(self.cut, case, (), self.library)
                while len(self._kept) > MOST_KEPT:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
            return self._kept[key]


def own_registry(folder: Path, library: Library) -> Own:
    """Open a cut for consults, or refuse it with every Fault; its folder is not read again."""
    from patency.cut.opened import held, open_cut
    from patency.outcome.units import refuse_older

    cut = open_cut(folder)
    refuse_older(cut)
    return Own(held(cut), library)
