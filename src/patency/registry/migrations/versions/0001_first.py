"""The first tables: registry, sites, users, the audit trail with its heads, names, and one table for each kind of record.

A step is never changed once it has been used: what is different later is a step of its own. So it says here what the
tables were, and asks neither schema.py nor kinds.py, which say what they are.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None  # a registry never goes back: what stood would be lost

KINDS = {  # kind: the kind it hangs on
    "patient": "", "consent": "patient", "episode": "patient", "finding": "episode", "limb": "episode",
    "segment": "limb", "procedure": "episode", "step": "procedure", "stent": "procedure", "filter": "episode",
    "visit": "episode", "response": "visit", "imaging": "visit", "medication": "episode", "event": "episode",
    "consult": "episode", "query": "patient", "screening": "",
}  # fmt: skip


def upgrade() -> None:
    """Make the tables."""
    _those_of_the_registry()
    _those_of_the_trail()
    for kind, above in KINDS.items():
        _records(kind, above)
    if op.get_context().dialect.name == "postgresql":
        _those_of_the_door()


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _bytes(*names: str) -> list[sa.Column[bytes]]:
    return [sa.Column(name, sa.LargeBinary, nullable=False) for name in names]


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _those_of_the_registry() -> None:
    op.create_table("registry", *_text("id", "name", "label", "protocol"), *_bytes("public_key"), *_text("created"),
                    sa.PrimaryKeyConstraint("id"))  # fmt: skip
    op.create_table("site", *_text("id", "name", "country", "details", "created"), sa.PrimaryKeyConstraint("id"))
    op.create_table(
        "person", *_text("name", "site", "role"), *_bytes("salt", "verifier"),
        sa.Column("is_active", sa.Boolean, nullable=False), *_text("created"), sa.PrimaryKeyConstraint("name"),
    )  # fmt: skip
    op.create_table(
        "identity", *_text("site", "patient"), *_bytes("sealed"), sa.PrimaryKeyConstraint("site", "patient")
    )


def _those_of_the_trail() -> None:
    op.create_table(
        "trail", *_text("site"), _number("seq"), *_text("at", "person", "action", "kind", "record"), _number("version"),
        *_text("patient"), *_bytes("digest"), *_text("note"), *_bytes("hash"), sa.PrimaryKeyConstraint("site", "seq"),
        sqlite_with_rowid=False,
    )  # fmt: skip
    op.create_table("head", *_text("site"), _number("seq"), *_bytes("hash"), *_text("at"), *_bytes("signature"),
                    sa.PrimaryKeyConstraint("site"))  # fmt: skip


def _records(kind: str, above: str) -> None:
    hangs_on = [
        sa.ForeignKeyConstraint(["site", "parent", "first"], [f"{above}.site", f"{above}.id", f"{above}.version"])
    ]
    op.create_table(
        kind, *_text("site", "id"), _number("version"), *_text("patient"), sa.Column("parent", sa.Text, nullable=True),
        sa.Column("first", sa.Integer, nullable=False, server_default="1"), *_text("author", "at"),
        sa.Column("is_void", sa.Boolean, nullable=False), *_bytes("sealed"),
        sa.PrimaryKeyConstraint("site", "id", "version"), *(hangs_on if above else []),
    )  # fmt: skip
    op.create_index(f"{kind}_of_patient", kind, ["site", "patient"])


def _those_of_the_door() -> None:
    """Make what only the functions of the door read: who is signed in, what salts of strangers are made of, and the stamp."""
    op.create_table("seat", *_bytes("token"), *_text("person"), *_bytes("verifier"),
                    sa.Column("until", sa.DateTime(timezone=True), nullable=False),
                    sa.PrimaryKeyConstraint("token"))  # fmt: skip
    op.create_table("stamp", *_bytes("inner_pad", "outer_pad"))
    op.create_table("pepper", *_bytes("pepper"))
    random = "gen_random_uuid()::text || gen_random_uuid()::text"  # 244 bits (RFC 9562, version 4)
    op.execute(f"INSERT INTO pepper SELECT sha256(convert_to({random}, 'UTF8'))")
