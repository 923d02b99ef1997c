"""The consult of a registry's patient as it is printed: the page, and below it what the case leaves out.

In: the page and the case with what is beside it. Out: text, or JSON as registry_page.schema.json has it. Below the page stand
what was found too long ago to count for its day, which is to be asked again, and what the registry holds and no rule uses. Of
a registry without patients the page itself says so, by its label.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from patency.case import Finding
from patency.consult.json import as_json as page_as_json
from patency.consult.page import Consult
from patency.consult.said import finding_words
from patency.consult.text import to_text
from patency.registry.case import Seen
from patency.registry.told import ago

FORMAT = "patency-registry-consult/1"
SCHEMA = Path(__file__).with_suffix(".schema.json")
AGAIN = "Found too long ago to count for this day; ask again:"
UNUSED = "Recorded, and not used by any rule:"


def as_text(page: Consult, seen: Seen, width: int) -> str:
    """Lay the page out for a terminal of a width, with what is beside it below."""
    lines = [to_text(page, width).rstrip("\n")]
    if seen.again:
        lines += ["", AGAIN]
        lines += [f"  - {words}: {ago(_age(page, each))}, {each.source}" for each, words in _again(page, seen)]
    if seen.unused:
        lines += ["", UNUSED, *(f"  - {record}: {said}" for record, said in seen.unused)]
    return "\n".join(lines) + "\n"


def as_json(page: Consult, seen: Seen) -> str:
    """Lay the page out for a program, with what is beside it."""
    again = [
        {
            "concept": each.concept,
            "says": words,
            "on": each.on.isoformat(),
            "days_ago": _age(page, each),
            "source": each.source,
        }
        for each, words in _again(page, seen)
    ]
    unused = [{"record": record, "says": said} for record, said in seen.unused]
    return _written(
        {"format": FORMAT, "consult": page_as_json(page), "to_ask_again": again, "recorded_and_not_used": unused}
    )


def kept_as(written: str, consult: str) -> str:
    """Add to a page for a program the id of the consult as which it was kept, by the hash of the page without it."""
    return _written({**json.loads(written), "kept_as": consult})


def _written(said: Mapping[str, object]) -> str:
    return json.dumps(said, ensure_ascii=False, indent=2) + "\n"


def _again(page: Consult, seen: Seen) -> Iterator[tuple[Finding, str]]:
    concepts = page.library.lexicon.vocabulary.concepts
    for each in seen.again:
        yield each, finding_words(each._replace(scale=""), concepts[each.concept], page.case.on)


def _age(page: Consult, finding: Finding) -> int:
    return (page.case.on - finding.on).days
