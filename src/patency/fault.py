"""A mistake as a value: where it is, what it is, why it matters, how to mend it.

Readers collect every Fault they find and refuse the whole file with all of them at once.
What Patency itself does wrongly is an ordinary exception and keeps its traceback.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

# What could steer a terminal or turn the order of letters round, what nobody can see, and halves of letters, which
# cannot be written out at all; tab and line feed are left alone.
CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff"
    "\U000e0000-\U000e007f\ud800-\udfff]"
)
MOST_FAULTS = 300  # more than anybody reads at once; a stranger's file could hold a hundred thousand
MOST_NAMES = 500  # names that are compared with a mistyped one, letter by letter
LONGEST_NAME = 60
LONGEST_LINE = 1_000  # letters of a message; it quotes what a person wrote, and that may be a whole book


class Place(NamedTuple):
    """A line of a file; line 0 is the file as a whole."""

    file: str
    line: int = 0

    def __str__(self) -> str:
        file = CONTROL.sub("�", self.file)
        return f"{file}:{self.line}" if self.line else file


class Fault(NamedTuple):
    """Something a person wrote that cannot be used as it stands; `about` names the findings of a case in which it is."""

    where: Place
    what: str
    why: str
    fix: str
    about: tuple[str, ...] = ()

    @property
    def shown(self) -> dict[str, str]:
        """Its four parts as a person may read them: nothing unseen in them, and none longer than one reads."""
        return {"where": str(self.where), "what": _cut(self.what), "why": _cut(self.why), "fix": _cut(self.fix)}

    def __str__(self) -> str:
        return "{where}: {what}\n  why: {why}\n  fix: {fix}".format(**self.shown)


def _cut(text: str) -> str:
    text = CONTROL.sub("�", text)
    return text if len(text) <= LONGEST_LINE else f"{text[:LONGEST_LINE]}…"


class Refused(Exception):  # noqa: N818  it is not an error of the program but an answer to its user
    """A file or a command that was refused whole, with every Fault found in it; `meanwhile` is what cannot wait until it is mended."""

    def __init__(self, faults: Iterable[Fault], meanwhile: Sequence[str] = ()) -> None:
        self.faults: tuple[Fault, ...] = tuple(sorted(set(faults)))
        self.meanwhile = tuple(meanwhile)
        super().__init__("\n".join(str(fault) for fault in self.faults))


class Faults(list[Fault]):
    """The Faults found so far; at MOST_FAULTS it refuses at once, and says that there may be more."""

    def append(self, fault: Fault, /) -> None:
        """Note one Fault more."""
        super().append(fault)
        if len(self) >= MOST_FAULTS:
            fix = "mend these first; any others are shown then"
            raise Refused(
                [
                    *self,
                    Fault(fault.where, f"reading stopped here, after {MOST_FAULTS} faults", "there may be more", fix),
                ]
            )

    def extend(self, faults: Iterable[Fault], /) -> None:
        """Note several Faults more."""
        for fault in faults:
            self.append(fault)


def nearest(name: str, names: Iterable[str], otherwise: str) -> str:
    """Propose the name the person most likely meant, or say what to do otherwise."""
    close = closest(name, names)
    return f"did you mean {close[0]!r}?" if close else otherwise


def closest(name: str, names: Iterable[str], most: int = 1) -> list[str]:
    """Return the names most like one that is not among them, the likeliest first; none where none is like it."""
    from difflib import get_close_matches  # only a mistake needs it, and it is slow to load

    if len(name) > LONGEST_NAME:
        return []
    known = sorted(each for each in names if len(each) <= LONGEST_NAME)
    if len(known) > MOST_NAMES:  # comparing is slow, and a stranger may bring names by the ten thousand
        known = [each for each in known if each[:1] == name[:1]][:MOST_NAMES]
    return get_close_matches(name.lower(), known, n=most, cutoff=0.65)


def listed(words: Sequence[str], joiner: str = "or") -> str:
    """Join words as a sentence does: 'a, b or c'."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {joiner} {words[-1]}"
