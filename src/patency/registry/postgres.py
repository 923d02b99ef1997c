"""What is PostgreSQL's own: row-level security under a role that owns nothing, and the door that the database itself keeps.

Two roles use a registry. The owner makes the tables, migrates, backs up and verifies. The application's role serves
everybody: it owns nothing, reads by functions (rows.py) and adds where a policy says so, by the token of who is signed in.
So whoever gets hold of its connection without a user's password is shown nothing of any patient, and with one user's token
what that user may.

In: connections of the owner (`lay`, `admit`), or the engine of the application (`sign_in`). The functions of the door are
in sql/door.sql. What the database cannot hide from whoever writes SQL by the application's role is told in
docs/registry-on-postgresql.md.
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, text

from patency.fault import Fault, Place, Refused
from patency.registry import access, rows, schema
from patency.registry.access import User
from patency.registry.chain import Head
from patency.registry.database import transaction
from patency.registry.where import APPLICATION, OWNER

_DOOR, VEIL = (Path(__file__).parent / "sql" / name for name in ("door.sql", "veil.sql"))

# Subqueries, so that each is asked once a statement and not once a row.
_SITE, _ROLE, _PERSON = (f"(SELECT patency_{what}())" for what in ("site", "role", "person"))
_IS_ADMINISTRATOR, _IS_STATISTICIAN = f"{_ROLE} = 'administrator'", f"{_ROLE} = 'statistician'"
_WRITES = f"{_ROLE} IN ('entry', 'investigator')"
_OWN = f"site = {_SITE}"
# Who is not signed in, and who belongs to no site, notes what they do in the registry's own chain.
_OWN_CHAIN = f"site = coalesce({_SITE}, '')"
_OF_A_SITE = ", ".join(f"'{role}'" for role in access.OF_A_SITE)
_OTHER_ROLES = ", ".join(f"'{role}'" for role in access.ROLES if role not in access.OF_A_SITE)

POLICIES: dict[str, dict[str, str]] = {  # table: what may be done, and to which rows
    "registry": {"SELECT": "true"},
    "alembic_version": {"SELECT": "true"},
    "site": {"SELECT": f"id = {_SITE} OR {_ROLE} IN ('administrator', 'statistician')", "INSERT": _IS_ADMINISTRATOR},
    "person": {
        "SELECT": _IS_ADMINISTRATOR,
        "INSERT": f"{_IS_ADMINISTRATOR} AND (role IN ({_OF_A_SITE}) AND site <> '' OR role IN ({_OTHER_ROLES}) AND site = '')",
        "UPDATE": _IS_ADMINISTRATOR,
    },
    "trail": {
        "SELECT": f"{_OWN} OR {_IS_ADMINISTRATOR}",  # lines are added by patency_append alone
    },
    "head": {
        "SELECT": f"{_OWN_CHAIN} OR {_ROLE} IN ('administrator', 'statistician')",
        "INSERT": f"{_IS_ADMINISTRATOR} AND seq = 0",
    },
    "identity": dict.fromkeys(("SELECT", "INSERT", "UPDATE", "DELETE"), f"{_OWN} AND {_WRITES}"),
    **{
        kind: {
            "SELECT": f"{_OWN} OR {_IS_STATISTICIAN}",
            "INSERT": f"{_OWN} AND {_WRITES} AND author = {_PERSON}",
        }
        for kind in schema.records
    },
}
_CHANGES = (
    "patency_change_identity(text, bytea)", "patency_remove_identity(text)",
    "patency_change_person(text, bytea, bytea, boolean)",
)  # fmt: skip
FUNCTIONS = (  # what the application's role may call; those that read are told without parameters, their names being theirs alone
    "patency_site()", "patency_role()", "patency_person()", "patency_salt(text)", "patency_sign_in(text, bytea, bytea)",
    "patency_sign_out()", "patency_head(text)", "patency_key_print()",
    "patency_append(text, text, text, text[], text[], text[], integer[], text[], bytea[], text[], bytea, bytea)",
    *_CHANGES, *rows.functions(),
)  # fmt: skip
_INNER = ("patency_seat()", "patency_seen(text)")  # what these call, and nobody else
# Tables of which the role may do something by itself. It reads those alone in which no site has a row: of any other, EXPLAIN
# would tell it how many rows there are. By column: a column that is added is not granted before it was thought of.
GRANTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "alembic_version": ("SELECT", ("version_num",)),
    "registry": ("SELECT", tuple(schema.registry.columns.keys())),
    **{
        table.name: ("INSERT", tuple(table.columns.keys()))
        for table in schema.meta.sorted_tables
        if "INSERT" in POLICIES[table.name]
    },
}
_UNPRINTED = (
    "debug_print_parse",
    "debug_print_rewritten",
    "debug_print_plan",
)  # a plan tells how many rows are expected


def lay(connection: Connection) -> None:
    """Lay the door and the policies over the tables, anew: what they were before is forgotten."""
    here = str(connection.execute(text("SELECT quote_ident(current_schema())")).scalar_one())
    run(connection, _DOOR.read_text(encoding="utf-8").replace("{schema}", here))
    for name, made in rows.functions().items():  # what a function gives can be changed by making it anew alone
        run(connection, f"DROP FUNCTION IF EXISTS {here}.{name}")
        run(connection, made.replace("{schema}", here))
    for function in (*FUNCTIONS, *_INNER):
        run(connection, f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC")
        for setting in _UNPRINTED:
            run(connection, f"ALTER FUNCTION {function} SET {setting} = off")
    run(connection, f"REVOKE CREATE ON SCHEMA {here} FROM PUBLIC")
    for table, may in POLICIES.items():
        run(connection, f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        for what in ("SELECT", "INSERT", "UPDATE", "DELETE"):
            run(connection, f"DROP POLICY IF EXISTS may_{what.lower()} ON {table}")
            if what in may:
                where = f"WITH CHECK ({may[what]})" if what == "INSERT" else f"USING ({may[what]})"
                run(connection, f"CREATE POLICY may_{what.lower()} ON {table} FOR {what} {where}")
    for role in admitted(connection):
        admit(connection, role)
    if connection.execute(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")).scalar_one():
        run(connection, VEIL.read_text(encoding="utf-8"))


def is_veiled(connection: Connection) -> bool:
    """Whether PostgreSQL tells nobody any more how much each table holds: veil.sql was run, and nothing was given back since."""
    query = """SELECT NOT has_table_privilege('public', 'pg_class', 'SELECT')
        AND NOT has_table_privilege('public', 'pg_stats', 'SELECT')
        AND NOT has_column_privilege('public', 'pg_class', 'reltuples', 'SELECT')
        AND NOT EXISTS (
            SELECT FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace
            AND (starts_with(proname, 'pg_stat_get_') OR proname = 'pg_relation_size')
            AND has_function_privilege('public', oid, 'EXECUTE'))"""
    return bool(connection.execute(text(query)).scalar_one())


def run(connection: Connection, statements: str) -> None:
    """Run statements of Patency's own, which hold no values."""
    connection.exec_driver_sql(statements, execution_options={"no_parameters": True})


def admitted(connection: Connection) -> list[str]:
    """Return the roles by which the registry may be used."""
    query = """SELECT DISTINCT grantee::regrole::text FROM pg_proc, aclexplode(proacl)
        WHERE oid = 'patency_salt(text)'::regprocedure AND grantee NOT IN (proowner, 0)"""
    return [name for (name,) in connection.execute(text(query))]


def admit(connection: Connection, role: str) -> None:
    """Let a role use the registry, or refuse one that row-level security could not hold."""
    refuse_the_mighty(connection, role)
    name = connection.dialect.identifier_preparer.quote(role)
    here = connection.execute(text("SELECT quote_ident(current_schema())")).scalar_one()
    run(connection, f"GRANT USAGE ON SCHEMA {here} TO {name}")
    for function in FUNCTIONS:
        run(connection, f"GRANT EXECUTE ON FUNCTION {function} TO {name}")
    for table in POLICIES:
        run(connection, f"REVOKE ALL ON {table} FROM {name}")
    for table, (what, columns) in GRANTS.items():
        run(connection, f"GRANT {what} ({', '.join(columns)}) ON {table} TO {name}")


def keep_stamp(connection: Connection, key: bytes) -> None:
    """Let the database know the registry's stamp (HMAC-SHA-256, RFC 2104), as its two padded keys; only the door reads them."""
    padded = key.ljust(hashlib.sha256().block_size, b"\0")
    pads = {name: bytes(byte ^ pad for byte in padded) for name, pad in (("inner", 0x36), ("outer", 0x5C))}
    connection.execute(text("DELETE FROM stamp"))
    connection.execute(text("INSERT INTO stamp (inner_pad, outer_pad) VALUES (:inner, :outer)"), pads)


def head_of(connection: Connection, site: str) -> Any:
    """Return the row of a chain's head, and let nobody else write to the chain meanwhile; None where it is not shown."""
    return connection.execute(text("SELECT * FROM patency_head(:site)"), {"site": site}).one_or_none()


def append(connection: Connection, lines: Sequence[tuple[Any, ...]], head: Head, stamp: bytes) -> None:
    """Add lines of one moment and one writer to a chain, by the door: it numbers and hashes them itself."""
    site, _, at, writer = lines[0][:4]
    told = [list(column) for column in list(zip(*lines, strict=True))[4:11]]
    marks = ", ".join(f"%s::{kind}[]" for kind in ("text", "text", "text", "integer", "text", "bytea", "text"))
    values = (site, at, writer, *told, head.signature, stamp)
    connection.exec_driver_sql(f"SELECT patency_append(%s, %s, %s, {marks}, %s, %s)", values)


def change_person(connection: Connection, name: str, values: Mapping[str, Any]) -> int:
    """Change the row of a user, as an administrator or the owner; return how many rows were changed."""
    asked = {"salt": None, "verifier": None, "is_active": None, **values, "name": name}
    query = "SELECT patency_change_person(:name, cast(:salt AS bytea), cast(:verifier AS bytea), cast(:is_active AS boolean))"
    return int(connection.execute(text(query), asked).scalar_one())


def key_print(connection: Connection) -> str:
    """Return by what the trail knows the key of the user's site to the names of its patients; "" where it does not."""
    return connection.execute(text("SELECT patency_key_print()")).scalar_one() or ""


def change_identity(connection: Connection, patient: str, sealed: bytes) -> None:
    """Keep who a patient of the user's site is, in place of what was kept before."""
    connection.execute(
        text("SELECT patency_change_identity(:patient, :sealed)"), {"patient": patient, "sealed": sealed}
    )


def remove_identity(connection: Connection, patient: str) -> None:
    """Remove who a patient of the user's site is."""
    connection.execute(text("SELECT patency_remove_identity(:patient)"), {"patient": patient})


def refuse_the_mighty(connection: Connection, role: str) -> None:
    """Refuse a role that is not there, or that row-level security does not bind."""
    query = """SELECT rolsuper OR rolbypassrls OR pg_has_role(oid, current_user, 'MEMBER')
        OR pg_has_role(oid, 'pg_read_all_data', 'MEMBER') OR pg_has_role(oid, 'pg_write_all_data', 'MEMBER')
        FROM pg_roles WHERE rolname = :role"""
    row = connection.execute(text(query), {"role": role}).first()
    if row is None:
        raise Refused([no_role(role)])
    if row[0]:
        raise Refused([too_mighty(f"the role {role!r}")])


def where_it_is(connection: Connection) -> tuple[str, str]:
    """Return the name of a database, and the moment its server began, by which two servers differ however they are addressed."""
    row = connection.execute(text("SELECT current_database(), pg_postmaster_start_time()::text")).one()
    return row[0], row[1]


def sign_in(engine: Engine, name: str, password: str, token: str) -> User | None:
    """Let a user in, and bind the token to what they may see."""
    with transaction(engine) as connection:
        if not connection.execute(text("SELECT row_security_active('patient')")).scalar_one():
            raise Refused([too_mighty("its role")])
        salt = bytes(connection.execute(text("SELECT patency_salt(:name)"), {"name": name}).scalar_one())
    asked = {"name": name, "proof": access.proof_of(password, salt), "token": hashlib.sha256(token.encode()).digest()}
    with transaction(engine, is_writing=True) as connection:
        row = connection.execute(text("SELECT role, site FROM patency_sign_in(:name, :proof, :token)"), asked).first()
    return None if row is None else User(name, row.role, row.site)


def sign_out(engine: Engine, token: str) -> None:
    """End what a token allows."""
    with transaction(engine, token, is_writing=True) as connection:
        connection.execute(text("SELECT patency_sign_out()"))


def no_role(role: str) -> Fault:
    """Return that PostgreSQL does not know the application's role."""
    return Fault(Place(APPLICATION), f"PostgreSQL has no role {role!r}", "the registry is used by a role that owns nothing",
                 f"make it first: CREATE ROLE {role} LOGIN PASSWORD '…'")  # fmt: skip


def two_databases(owners: str, applications: str) -> Fault:
    """Return that the two URLs of a registry name two databases."""
    said = (
        f"{applications!r}, and {OWNER} {owners!r}"
        if owners != applications
        else f"{applications!r}, as {OWNER} does, on another server"
    )
    return Fault(Place(APPLICATION), f"it names the database {said}", "who uses the registry would find nothing where it is made",
                 "name one database in both")  # fmt: skip


def too_mighty(role: str) -> Fault:
    """Return that row-level security does not bind a role."""
    return Fault(Place(APPLICATION), f"{role} owns the tables, or may pass by row-level security",
                 "nobody is let in where the database could not keep one site's patients from another",
                 f"name a role that owns nothing in {APPLICATION}, and the owner's in {OWNER}")  # fmt: skip


def ended() -> Fault:
    """Return that whoever was signed in is so no longer."""
    return Fault(Place("sign-in"), "your sign-in has ended", "one holds for twelve hours, and no longer than the user is active "
                 "and the password the same", "sign in again")  # fmt: skip
