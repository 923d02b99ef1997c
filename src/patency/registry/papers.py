"""Whether a site's papers hold on a day: the approval of its ethics committee, and its data agreement with the consortium.

In: what was entered of a site, and a day. Out: what is to be said; nothing where the paper holds. Nothing is refused by it: who
consented while an approval held is entered later, and what happened to them too, so that a refusal would lose patients who
were asked rightly. Whether somebody may be asked today is the site's to know.

A paper without a first or a last day holds as far as that goes.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row

from patency.fault import Fault, Place, Refused
from patency.registry import schema
from patency.registry.database import transaction
from patency.registry.keep.mistyped import refuse_mistyped
from patency.registry.rows import select_rows

if TYPE_CHECKING:
    from patency.registry.session import Session

ETHICS, AGREEMENT = "ethics", "agreement"
WORDS = {ETHICS: "approval of its ethics committee", AGREEMENT: "data agreement"}
SOON = timedelta(days=60)  # before a paper ends, in which it can be prolonged


def papers_of(row: Row[Any]) -> dict[str, str]:
    """Return what a site's row says of its papers; refuse what Patency never writes."""
    refuse_mistyped(schema.site, row)
    try:
        told = json.loads(row.details)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise Refused([Fault(Place(f"site {row.id}"), "what is kept of its papers cannot be read", "it was changed outside Patency",
                             "run `patency registry verify`, and restore a backup")])  # fmt: skip
    return told


def amiss(papers: Mapping[str, str], paper: str, on: date) -> str:
    """Say what is amiss with one of a site's papers on a day; nothing where it holds."""
    first, last = papers.get(f"{paper}-from", ""), papers.get(f"{paper}-until", "")
    if not papers.get(paper):
        return f"no {WORDS[paper]} is entered"
    if first and str(on) < first:
        return f"the {WORDS[paper]} holds only from {first}"
    return f"the {WORDS[paper]} ended on {last}" if last and last < str(on) else ""


def soon_amiss(papers: Mapping[str, str], on: date) -> Iterator[str]:
    """Yield what is amiss with each of a site's papers on a day, or will be soon."""
    for paper, words in WORDS.items():
        last = papers.get(f"{paper}-until", "")
        if said := amiss(papers, paper, on):
            yield said
        elif last and last <= str(on + SOON):
            yield f"the {words} ends on {last}"


def said_to(session: "Session", paper: str, on: date) -> Iterator[str]:
    """Yield what is amiss with a paper, for each site whose patients are a user's to enter or to cut."""
    with transaction(session.registry.engine, session.token) as connection:
        rows = connection.execute(select_rows(connection, schema.site)).all()
    for row in sorted(rows, key=lambda row: str(row.id)):
        if session.user.site in ("", row.id) and (said := amiss(papers_of(row), paper, on)):
            yield f"{row.id}: {said}"
