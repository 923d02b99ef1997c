"""What a cut says of itself: `manifest.json`, format `patency-cut/1`.

    FOLDER/
      manifest.json    what is in it, with the hash of each file and one hash over all, `content`
      TABLE.parquet    a table for each kind of record
      cut.json         outside the hashes: when it was cut, by whom, the sealed heads of the audit trail,
                       and the registry's signature of `content`

The same registry, cut twice, gives the same manifest and the same tables byte for byte; `cut.json` differs. `content` is
the SHA-256 of the rest of the manifest, which holds the hashes of the files, so it stands for the whole set.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from patency.cut.label import banner

FORMAT = "patency-cut/1"
MANIFEST, RECORD = "manifest.json", "cut.json"
FEWEST = 5  # of people who are counted in a manifest: from 1 to 4 it says "fewer than 5"


class Column(NamedTuple):
    """A column of a table: its type, its unit, what it holds in words; of choices, their names and words, least first."""

    name: str
    type: str
    words: str
    unit: str = ""
    choices: Mapping[str, str] = {}


class Table(NamedTuple):
    """A table of a cut: its file, how many rows it has, the SHA-256 of its bytes, and its columns."""

    name: str
    file: str
    rows: int
    sha256: str
    columns: tuple[Column, ...]


class Manifest(NamedTuple):
    """What a cut says of itself; `content` is the hash over the whole set.

    `made_by` are the versions and hashes of what the values were read by: Patency, the schema, protocol, library,
    vocabulary, guidelines, forms and scales. `people` says who is in it and how many are not, and why. `risk` is how few share an age
    band, sex and site. `rules` say in sentences what was done to the values.
    """

    content: str
    registry: str
    label: str
    protocol: str
    made_by: Mapping[str, Any]
    tables: Mapping[str, Table]
    people: Mapping[str, int | str]
    risk: Mapping[str, Any]
    rules: tuple[str, ...]

    @property
    def warning(self) -> str:
        """What must be said wherever it appears; nothing where real patients are in it."""
        return banner(self.label)


def hashed(manifest: Manifest) -> Manifest:
    """Return a manifest with the hash over the whole set."""
    return manifest._replace(content=_content(_said(manifest)))


def is_whole(manifest: Manifest) -> bool:
    """Whether a manifest bears the hash of what it says."""
    return manifest.content == _content(_said(manifest))


def to_json(manifest: Manifest) -> bytes:
    """Write a manifest; the same one always as the same bytes."""
    said = {"format": FORMAT, "content": manifest.content, **_said(manifest)}
    return json.dumps(said, indent=1, ensure_ascii=False).encode() + b"\n"


def from_json(document: Mapping[str, Any]) -> Manifest:
    """Read a manifest; raises KeyError, TypeError, ValueError or AttributeError where it is none."""
    if odd := [
        name
        for name, each in document["tables"].items()
        if not name.isidentifier() or each["file"] != f"{name}.parquet"
    ]:
        raise ValueError(f"{odd[0]} is no table of a cut")  # nor may a name lead out of its folder
    tables = {
        name: Table(name, str(each["file"]), int(each["rows"]), str(each["sha256"]),
                    tuple(Column(**column) for column in each["columns"]))
        for name, each in document["tables"].items()
    }  # fmt: skip
    return Manifest(str(document["content"]), str(document["registry"]), str(document["label"]), str(document["protocol"]),
                    dict(document["made_by"]), tables, dict(document["people"]), dict(document["risk"]),
                    tuple(document["rules"]))  # fmt: skip


def _content(said: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _said(manifest: Manifest) -> dict[str, Any]:
    """Return all that a manifest says but its own hash."""
    return {
        "warning": manifest.warning,
        "registry": manifest.registry,
        "label": manifest.label,
        "protocol": manifest.protocol,
        "made_by": dict(manifest.made_by),
        "people": dict(manifest.people),
        "risk": dict(manifest.risk),
        "rules": list(manifest.rules),
        "tables": {name: _table_said(table) for name, table in manifest.tables.items()},
    }


def _table_said(table: Table) -> dict[str, Any]:
    said = {"file": table.file, "rows": table.rows, "sha256": table.sha256}
    return {**said, "columns": [_column_said(column) for column in table.columns]}


def _column_said(column: Column) -> dict[str, Any]:
    said = {"name": column.name, "type": column.type, "words": column.words}
    more = {"unit": column.unit, "choices": dict(column.choices)}
    return said | {name: value for name, value in more.items() if value}
