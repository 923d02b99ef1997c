"""How a registry is made: its folder, its keys, its tables, and the registry's own chain.

In: an empty folder and, for PostgreSQL, the URL of the role that owns the tables and of the role by which it is used.
Out: a registry that `Registry` opens. Where a step fails, nothing of it stays.
"""

import secrets
import shutil
from pathlib import Path

from sqlalchemy import Engine, select

from patency.fault import Fault, Place, Refused
from patency.registry import postgres, schema
from patency.registry.chain import OURS, START, Head, Line, hash_of, noted, row_digest
from patency.registry.database import engine_of, insert_all, transaction
from patency.registry.entry import now, stamped
from patency.registry.keep.heads import keep_newest
from patency.registry.migrate import upgrade
from patency.registry.registry import HEADS, KEYS, Details
from patency.registry.vault import Vault
from patency.registry.where import DATABASE, new_file, new_urls, role_of, shut, writable, write_settings
from patency.registry.writing import TRAIL, first_head


def create(folder: Path, name: str, url: str = "", label: str = "", protocol: str = "", application: str = "") -> None:
    """Make a registry: its folder, keys and tables, and the registry's own chain.

    `url` is that of PostgreSQL, by the role that owns its tables, and `application` that of the role by which the registry
    is used from then on, which must be another; both may stand in the environment (where.py).
    """
    if folder.exists() and any(folder.iterdir()):
        raise Refused([Fault(Place(str(folder)), "the folder is not empty", "a registry would be mixed with other files",
                             "name a new one")])  # fmt: skip
    url, application = new_urls(folder, url, application)
    role = role_of(application) if application else ""
    if role:
        _try_both(url, application, role)
    with writable(folder, "nothing of it is kept"):
        shut(folder)
        try:
            vault = Vault.create(folder / KEYS)
            (folder / HEADS).mkdir(mode=0o700)
            if not application:
                new_file(folder / DATABASE)
            _fill(engine_of(url), name, label, protocol, vault, role)
            write_settings(folder, application)
        except BaseException:
            shutil.rmtree(folder)  # it was empty, and is half a registry
            raise


def _try_both(url: str, application: str, role: str) -> None:
    """Sign in at PostgreSQL by either role, before anything is made: a wrong password would show at the first user's sign-in."""
    found = []
    for each in (url, application):
        engine = engine_of(each)
        try:
            with transaction(engine) as connection:
                if each is url:
                    postgres.refuse_the_mighty(connection, role)
                found.append(postgres.where_it_is(connection))
        finally:
            engine.dispose()
    if found[0] != found[1]:
        raise Refused([postgres.two_databases(found[0][0], found[1][0])])


def _fill(engine: Engine, name: str, label: str, protocol: str, vault: Vault, role: str) -> None:
    try:
        upgrade(engine)
        details = Details(secrets.token_hex(8), name, label, protocol)
        at = stamped(now())
        with transaction(engine, is_writing=True) as connection:
            if connection.execute(select(schema.registry.c.id)).first():
                raise Refused([Fault(Place("database"), "there is a registry in it already", "its keys would be lost",
                                     "name an empty database, or the folder of the registry that is there")])  # fmt: skip
            if role:
                postgres.admit(connection, role)
                postgres.keep_stamp(connection, vault.stamp_key)
            row = {**details._asdict(), "public_key": vault.public, "created": at}
            connection.execute(schema.registry.insert().values(row))
            line = Line(OURS, 1, at, "operator", "admin", digest=row_digest(row), note=noted({"what": "registry made"}))
            last = hash_of(START, line)
            insert_all(connection, schema.trail, [(*line, last)], TRAIL)
            head = first_head(OURS, at, details.id, vault, 1, last)
            connection.execute(schema.head.insert().values(head))
            keep_newest(connection, vault, details.id, [Head(**head)])
    finally:
        engine.dispose()
