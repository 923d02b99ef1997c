"""Whether a pseudonym looks as if it told who somebody is.

In: a pseudonym. Out: what it looks like, a name or a day; nothing where it looks like neither. By hand such a one is refused
(cli/registry_enter.py); of a file it is remarked upon (files/account.py). One that looks like a formula, or like another's, is
remarked upon by hand and of a file, by one function (`remarks`).
Not here: whether it does tell, which people know.

A single word is no name here: sites call their patients so. Nor are six digits by themselves a day, for every twelfth number
of six digits could be one; after initials they are, for initials and a day of birth are what wards write.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from patency.table import cell

TELLING = "may tell who somebody is, for it looks like a name or a date"
FORMULA = "a spreadsheet may take for a formula, for it begins with one of = + - @"
ALIKE = "differs from another patient's only by capitals, the width of letters or blanks: it may be the same person, enrolled again"

# Two words or more, of letters alone, the first with a capital: Anne Müller; Müller, Anne; O'Neil, Ada.
_NAME = re.compile(r"[A-ZÀ-ÖØ-Þ](?:[^\W\d_]|['’.-])*[,\s]+(?:[^\W\d_]|['’., -])+")
_CAMEL = re.compile(r"(?<=[a-zß-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])")  # AnneMüller
_BETWEEN = re.compile(r"[-_.,/\s]+")  # Müller-Anne, ANNE_M, anne.müller
# The digits at the end of a name: some that stand at the word (anne_müller2), or a year or a small number apart from it.
_APPENDED = re.compile(r"(?<=[^\W\d_])\d{1,4}$|[-_.\s](?:(?:19|20)\d\d|[1-9]\d?)$")
_VOWEL = re.compile(r"[aeiouyà-æè-ïò-öø-ýÿœ]", re.IGNORECASE)  # an abbreviation has none: CVT, PTS
_OF_STUDIES = frozenset(
    "alpha arm arzt bein beta case center centre centrum child clinic code cohort control demo delta donor east fall gamma group "
    "gruppe hospital id index kept kind kinder klinik kohorte leg left limb links mitte new nord north number nummer ost pat patient "
    "patientin person pilot plan probe proband record rechts register registry right sample screen screening series site south "
    "spital start stent street study studie subject süd sued syn synthetic team test thrombus trial vein ward west zentrum".split()
)  # words of which a pseudonym may be made that is no name
_LONGEST = 4  # words of a name

_YEAR = r"(?:19|20)\d\d"
_MONTH = r"(?:0?[1-9]|1[0-2])"
_ON = r"(?:0?[1-9]|[12]\d|3[01])"
_APART = r"(?:[-./_]\s?|\s)"
_OF_TWO = r"[-./_]"  # before or after a year of two digits no blank: 1 2 10 is three numbers
_NAMED = (  # months in English, German, French, Spanish and Italian
    "(?:jan(?:uary|uar|vier)?|jän(?:ner)?|feb(?:ruary|ruar|rero|braio)?|f[ée]vr?(?:ier)?|m[aä]r(?:ch|z|s|zo)?|mrz|apr(?:il|ile)?|"
    "avr(?:il)?|may|mai|mayo|mag(?:gio)?|june?|juni|juin|junio|giu(?:gno)?|july?|juli|juil(?:let)?|julio|lug(?:lio)?|"
    "aug(?:ust)?|ao[uû]t|ago(?:sto)?|sept?(?:ember|embre|iembre)?|set(?:tembre)?|o[ck]t(?:ober|obre|ubre)?|ott(?:obre)?|"
    "nov(?:ember|embre|iembre)?|de[cz](?:ember|embre)?|d[ée]c(?:embre)?|dic(?:iembre|embre)?|ene(?:ro)?|gen(?:naio)?|abr(?:il)?)"
)
_DAY = re.compile(
    "(?<!\\d)(?:" + "|".join([
        f"{_YEAR}{_APART}{_MONTH}{_APART}{_ON}",  # 2010-02-01
        f"(?:{_ON}{_APART}{_MONTH}|{_MONTH}{_APART}{_ON}){_APART}{_YEAR}",  # 1.2.2010, 2/1/2010, 1 2 2010
        f"(?:{_ON}{_OF_TWO}{_MONTH}|{_MONTH}{_OF_TWO}{_ON}){_OF_TWO}\\d\\d",  # 1.2.10
        f"\\d\\d{_OF_TWO}{_MONTH}{_OF_TWO}{_ON}",  # 10-02-01
        f"{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01])",  # 20100201
        f"(?:0[1-9]|[12]\\d|3[01])(?:0[1-9]|1[0-2]){_YEAR}",  # 01022010
        f"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01]){_YEAR}",  # 02012010
        f"{_ON}[-./_\\s]{{0,2}}{_NAMED}[-./_\\s]{{0,2}}(?:{_YEAR}|\\d\\d)",  # 01-Feb-2010, 1. Februar 2010, 1FEB10
        f"{_YEAR}[-./_\\s]{{0,2}}{_NAMED}[-./_\\s]{{0,2}}{_ON}",  # 2010-Feb-01
    ]) + f")(?!\\d)|(?<![^\\W\\d_]){_NAMED}[-./_\\s]{{1,2}}{_ON}[-./_,\\s]{{1,2}}{_YEAR}(?!\\d)",  # Feb 1, 2010
    re.IGNORECASE,
)  # fmt: skip
# Two to four initials and a day of birth with a year of two digits, in any order: AM010210. "00" begins no day, but serial numbers.
_BORN = re.compile(
    r"(?:[^\W\d_]{2,4}|(?:[^\W\d_]\.){2,4})[-_ ]?(?!00)(?:(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d\d"
    r"|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d\d|\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))"
)


def tells_who(pseudonym: str) -> str:
    """Say what a pseudonym looks like that may tell who somebody is: a name, or a day; nothing where it looks like neither."""
    pseudonym = pseudonym.strip()
    if _DAY.search(pseudonym) or _BORN.fullmatch(pseudonym):
        return "a date, such as a day of birth"
    return "a name" if _NAME.fullmatch(pseudonym) or _is_name(pseudonym) else ""


def is_formula(pseudonym: str) -> bool:
    """Whether a spreadsheet may take it for a formula: as it begins, so does one (as in every CSV file that is written)."""
    return cell(pseudonym) != pseudonym


def folded(pseudonym: str) -> str:
    """Return what two pseudonyms share that differ only by capitals, by the width of letters, or by blanks (Unicode's NFKC)."""
    return "".join(unicodedata.normalize("NFKC", pseudonym).casefold().split())


def by_fold(pseudonyms: Iterable[str]) -> dict[str, str]:
    """Return pseudonyms by what those share that are told apart by nobody at a glance."""
    return {folded(each): each for each in pseudonyms}


def remarks(pseudonym: str, others: Mapping[str, str]) -> Iterator[str]:
    """Yield what is to be looked at of a new pseudonym, beside those there are (`by_fold`): TELLING, FORMULA, ALIKE."""
    if tells_who(pseudonym):
        yield TELLING
    if is_formula(pseudonym):
        yield FORMULA
    if others.get(folded(pseudonym), pseudonym) != pseudonym:
        yield ALIKE


def _is_name(pseudonym: str) -> bool:
    """Whether it is two words or more, however they are joined and written, which are none of a study's."""
    stem = _APPENDED.sub("", pseudonym)
    words = [word for word in _BETWEEN.split(_CAMEL.sub(" ", stem.replace("'", "").replace("’", ""))) if word]
    long = [word for word in words if len(word) > 1]
    if not 2 <= len(words) <= _LONGEST or not all(word.isalpha() for word in words):
        return False
    # Of capitals before a number even a word of three letters is rather a code: BER-ULM12.
    shortest = 4 if stem.isupper() and stem != pseudonym else 3
    return (
        any(len(word) >= shortest for word in long)
        and (shortest == 3 or all(len(word) >= shortest for word in long))
        and all(_VOWEL.search(word) for word in long)
        and _OF_STUDIES.isdisjoint(word.casefold() for word in words)
    )
