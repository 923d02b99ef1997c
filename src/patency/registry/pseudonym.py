"""Whether a pseudonym looks as if it told who somebody is.

In: a pseudonym. Out: what it looks like, a name or a day; nothing where it looks like neither. By hand such a one is refused
(cli/registry_enter.py); of a file it is remarked upon (files/account.py). Not here: whether it does tell, which people know.
"""

import re

# Two words or more, of letters alone, the first with a capital: Anne Müller; Müller, Anne; O'Neil, Ada.
_NAME = re.compile(r"[A-ZÀ-ÖØ-Þ](?:[^\W\d_]|['’.-])*[,\s]+(?:[^\W\d_]|['’., -])+")
# 2011-12-10, 10.12.2011, 10/12/11 and, of eight digits, 20111210 or 10122011 with a year of 1900 to 2099.
_DAY = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d[-./ ](?:0?[1-9]|1[0-2])[-./ ](?:0?[1-9]|[12]\d|3[01])|\d{1,2}[./-]\d{1,2}[./-](?:\d{2}|\d{4})"
    r"|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d)(?!\d)"
)


def tells_who(pseudonym: str) -> str:
    """Say what a pseudonym looks like that may tell who somebody is: a name, or a day; nothing where it looks like neither."""
    if _NAME.fullmatch(pseudonym.strip()):
        return "a name"
    return "a date, such as a day of birth" if _DAY.search(pseudonym) else ""
