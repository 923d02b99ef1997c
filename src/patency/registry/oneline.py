"""What people write freely stands on one line wherever it is printed, so that nobody can pass it for a line of its own.

In: a reason, an answer, a note. What is typed by hand and holds a line break, or letters that nobody can see, is refused in
words. What stands already, from before or by an import, is shown with a sign in the place of each.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from patency.fault import CONTROL, Fault, Place, Refused

BREAK = " ⏎ "
_BREAKS = re.compile(
    "\\s*(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])\\s*"
)  # all that any program takes for the end of a line


def one_line(text: str) -> str:
    """Return words as they may be printed within a line."""
    if text.isprintable():
        return text
    return CONTROL.sub("�", _BREAKS.sub(BREAK, text.replace("\t", " ")))


def is_one_line(text: str) -> bool:
    """Whether words can be printed within a line as they are."""
    return text.isprintable() or not (CONTROL.search(text) or "\n" in text or "\t" in text)


def unseen(said: Mapping[str, object], is_fit: Callable[[str], bool] = is_one_line) -> Iterator[Fault]:
    """Yield what is wrong with words that cannot be printed within a line, each by what it is; names are held to more."""
    for what, words in said.items():
        if not is_fit(str(words)):
            yield Fault(Place(what), f"{words!r} holds what cannot be seen", "it is shown as it stands, and could hide what is beside it",
                        "write it on one line, in letters that can be seen")  # fmt: skip


def refuse_lines(said: Mapping[str, object]) -> None:
    """Refuse words that cannot be printed within a line."""
    if faults := list(unseen(said)):
        raise Refused(faults)
