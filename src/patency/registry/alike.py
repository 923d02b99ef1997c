"""How alike a patient is to the one who is sought: of 100, and why.

Names are compared without accents and capitals, in any order, and with ä as a or ae; days of birth with day and month, or
two figures beside each other, the wrong way round; numbers without blanks, dots and leading zeros. What is not known of a
patient speaks neither for nor against them.

The weights are a choice of Patency's, not of any publication: a number is one person's, a name many people's.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date
from typing import NamedTuple

LEAST_NAME, LEAST = 70.0, 60.0  # of 100: names less alike than this say nothing; patients less alike are not found
_WRITTEN = {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ł": "l",
            "đ": "d", "ı": "i", "ñ": "n"}  # fmt: skip
_PLAIN = {"ø": "o", "æ": "a", "œ": "o", "þ": "t", "ð": "d", "ł": "l", "đ": "d", "ı": "i"}
_LEAST_WORD = 0.85  # Jaro and Winkler's measure: below it, a word of a name is another word
_SWAPPED_DAY, _SWAPPED_FIGURES, _ONE_FIGURE = 90.0, 80.0, 70.0
_NAME, _BORN, _NUMBER = 3, 2, 4  # weights


class Sought(NamedTuple):
    """Who is sought: a name, a day of birth, the number of a record, or several of them."""

    name: str = ""
    born: date | None = None
    number: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is sought."""
        return not (_words(self.name, {}) or self.born or _figure(self.number))


def weighed(
    sought: Sought, name: str, born: date | None, numbers: Iterable[str]
) -> tuple[float, tuple[str, ...]] | None:
    """Return how alike a patient is, and why; None where too little."""
    said: list[tuple[int, float, str]] = []
    if sought.name:
        said.append((_NAME, *_of_names(sought.name, name)))
    if sought.born and born:
        said.append((_BORN, *_of_days(sought.born, born)))
    if _figure(sought.number) and (known := [_figure(each) for each in numbers]):
        said.append((_NUMBER, *_of_numbers(_figure(sought.number), known)))
    weight = sum(each[0] for each in said)
    score = sum(each[0] * each[1] for each in said) / weight if weight else 0.0
    return (round(score, 1), tuple(each[2] for each in said)) if score >= LEAST else None


def _words(name: str, written: dict[str, str]) -> list[str]:
    """Return the words of a name as they are compared, in the order of letters."""
    text = unicodedata.normalize("NFC", name).casefold()
    text = "".join(written.get(letter, letter) for letter in text)
    text = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return sorted(word for word in re.split(r"[\W_]+", text) if word)


def _of_names(sought: str, known: str) -> tuple[float, str]:
    from rapidfuzz.distance import JaroWinkler
    from rapidfuzz.fuzz import ratio

    best = 0.0
    for one in (_PLAIN, _WRITTEN):
        for other in (_PLAIN, _WRITTEN):
            words, theirs = _words(sought, one), _words(known, other)
            if words == theirs and words:
                return 100.0, "the same name"
            best = max(best, ratio(" ".join(words), " ".join(theirs)), _each_in(words, theirs, JaroWinkler.similarity))
    best = round(best, 1)
    return (best, f"a name alike ({best:g} of 100)") if best >= LEAST_NAME else (0.0, "another name")


def _each_in(words: list[str], theirs: list[str], alike: Callable[[str, str], float]) -> float:
    """Return how well each word that is sought is found among theirs; a name that is left out costs a little."""
    if not words or not theirs:
        return 0.0
    found = [max(alike(word, other) for other in theirs) for word in words]
    missing = max(len(theirs) - len(words), 0)
    return 100 * sum(found) / len(found) - 5 * missing if min(found) >= _LEAST_WORD else 0.0


def _of_days(sought: date, known: date) -> tuple[float, str]:
    if sought == known:
        return 100.0, "the same day of birth"
    if (sought.year, sought.month, sought.day) == (known.year, known.day, known.month):
        return _SWAPPED_DAY, "day and month of birth the other way round"
    one, other = f"{sought:%Y%m%d}", f"{known:%Y%m%d}"
    apart = [place for place in range(8) if one[place] != other[place]]
    if (
        len(apart) == 2
        and apart[1] == apart[0] + 1
        and one[apart[0]] == other[apart[1]]
        and one[apart[1]] == other[apart[0]]
    ):
        return _SWAPPED_FIGURES, "two figures of the day of birth the other way round"
    if len(apart) == 1:
        return _ONE_FIGURE, "one figure of the day of birth is another"
    return 0.0, "another day of birth"


def _figure(number: str) -> str:
    return re.sub(r"[\W_]+", "", number).casefold().lstrip("0")


def _of_numbers(sought: str, known: list[str]) -> tuple[float, str]:
    if sought in known:
        return 100.0, "the same number"
    from rapidfuzz.distance import OSA

    apart = min(OSA.distance(sought, each) for each in known)
    return (70.0, "a number that differs in one place") if apart == 1 and len(sought) >= 4 else (0.0, "another number")
