"""Consults and queries as a cut shows them: what Patency itself wrote of them, and nothing that a person did.

Of a consult the guidelines that spoke, and the options that were favoured. The hashes of the case and of the page stay out: the
same case has the same hash in every cut, so that cuts could be joined by it, and who knows a case could look for it. So do
the version of Patency and the hashes of the library and of guidelines: each was in use between two days, and dates a consult.

Of queries only how many there are, by rule, kind of record and what became of them.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from patency.cut.manifest import Column
from patency.guideline.model import Library
from patency.registry.kinds import KINDS

if TYPE_CHECKING:
    import polars

CONSULT = (
    Column("guidelines", "list of", "the guidelines that spoke"),
    Column("favoured", "list of", "the options that they favoured"),
)
QUERY = (
    Column("rule", "text", "the rule that raised them; null where its name is none"),
    Column("kind", "text", "the kind of record they are about"),
    Column("status", "text", "what became of them"),
    Column("queries", "number", "how many there are"),
)


def consults(lines: Sequence[bytes], library: Library) -> "polars.DataFrame":
    """Return what is told of consults beside the columns of the form; what has not the look of Patency's own is left out."""
    import polars

    text = polars.String()
    schema = {"guidelines": polars.List(text), "favoured": polars.List(text)}
    return polars.DataFrame([_consult(json.loads(line).get("v", {}), library) for line in lines], schema, orient="row")


def _consult(said: Mapping[str, Any], library: Library) -> tuple[Any, ...]:
    hashes: Any = {}
    with suppress(ValueError):
        hashes = json.loads(said.get("guidelines", "{}"))
    guidelines = sorted(set(hashes if isinstance(hashes, dict) else ()) & set(library.guidelines))
    favoured = sorted(set(re.findall("[a-z0-9_-]+", said.get("favoured", ""))) & set(library.options))
    return guidelines, favoured


def queries(lines: Iterable[bytes], rules: Iterable[str]) -> "polars.DataFrame":
    """Return how many queries there are of each rule, kind and status."""
    import polars

    known, found = set(rules), Counter[tuple[Any, ...]]()
    for line in lines:
        said = json.loads(line).get("v", {})
        rule, kind = said.get("rule"), said.get("kind")
        found[rule if rule in known else None, kind if kind in KINDS else None, said.get("status")] += 1
    text = polars.String()
    rows = [(*key, count) for key, count in found.items()]
    frame = polars.DataFrame(
        rows, {"rule": text, "kind": text, "status": text, "queries": polars.Int64()}, orient="row"
    )
    return frame.sort("rule", "kind", "status", nulls_last=True)
