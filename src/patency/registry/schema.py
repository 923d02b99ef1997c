"""The tables of a registry, for SQLite and PostgreSQL alike.

Each kind of record has a table of its own; a row is one version of one record and is never changed. What stands in the
open is what the database needs to keep order and to keep sites apart: whose it is, what it hangs on, who wrote it and when.
All that it says is in `sealed`, under the patient's key. A record hangs on the first version of another at the same site,
which the database itself holds (foreign keys); no number in it counts what other sites enter.
"""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from patency.registry.kinds import KINDS

VERSION = 1  # of the schema, as a cut's manifest names it
REVISION = "0001"  # the last step of migrations/versions: these tables are what it leaves

meta = MetaData()

registry = Table(
    "registry", meta,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("label", Text, nullable=False),  # "synthetic", where nobody in it ever lived
    Column("protocol", Text, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("created", Text, nullable=False),
)  # fmt: skip

site = Table(
    "site", meta,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("details", Text, nullable=False),  # JSON: ethics and data agreement, with their dates
    Column("created", Text, nullable=False),
)  # fmt: skip

user = Table(
    "person", meta,
    Column("name", Text, primary_key=True),
    Column("site", Text, nullable=False),  # "" for who belongs to none
    Column("role", Text, nullable=False),
    Column("salt", LargeBinary, nullable=False),
    Column("verifier", LargeBinary, nullable=False),  # SHA-256 of the argon2id hash of the password
    Column("is_active", Boolean, nullable=False),
    Column("created", Text, nullable=False),
)  # fmt: skip

trail = Table(
    "trail", meta,
    Column("site", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("at", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("record", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("patient", Text, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("note", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    PrimaryKeyConstraint("site", "seq"),
    sqlite_with_rowid=False,
)  # fmt: skip

head = Table(
    "head", meta,
    Column("site", Text, primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("at", Text, nullable=False),
    Column("signature", LargeBinary, nullable=False),
)  # fmt: skip

identity = Table(
    "identity", meta,
    Column("site", Text, nullable=False),
    Column("patient", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # under the site's key and the patient's, both
    PrimaryKeyConstraint("site", "patient"),
)  # fmt: skip


def _table(kind: str) -> Table:
    above = KINDS[kind].of
    table = Table(
        kind, meta,
        Column("site", Text, nullable=False),
        Column("id", Text, nullable=False),
        Column("version", Integer, nullable=False),
        Column("patient", Text, nullable=False),
        Column("parent", Text, nullable=True),
        Column("first", Integer, nullable=False, server_default="1"),  # what hangs on a record hangs on its first version
        Column("author", Text, nullable=False),
        Column("at", Text, nullable=False),
        Column("is_void", Boolean, nullable=False),
        Column("sealed", LargeBinary, nullable=False),
        PrimaryKeyConstraint("site", "id", "version"),
        Index(f"{kind}_of_patient", "site", "patient"),
    )  # fmt: skip
    if above:
        table.append_constraint(
            ForeignKeyConstraint(["site", "parent", "first"], [f"{above}.site", f"{above}.id", f"{above}.version"])
        )
    return table


# The columns of a kind's table that a row fills, in order.
ROW = ("site", "id", "version", "patient", "parent", "author", "at", "is_void", "sealed")
records: dict[str, Table] = {kind: _table(kind) for kind in KINDS}
