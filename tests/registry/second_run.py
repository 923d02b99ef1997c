"""Which tests run again with `--database postgresql`: those that make a registry, and have not been on PostgreSQL anyway.

A test makes a registry where it, a fixture it asks for, a parameter of it, or any function of the tests that these use,
names what makes one (MAKERS). All others touch no database, and are not run twice. Left out as well are those that say
themselves on which database they are, and so are there in every run: by the fixture `registry`, by a parameter, by a word
in them or in their name. Those that are of SQLite's own file say so by the mark `sqlite` and a reason, and are skipped.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from inspect import isclass, isfunction, ismodule, unwrap
from pathlib import Path
from types import CodeType
from typing import Any

import pytest

from patency.registry.create import create
from patency.registry.demo.make import make
from registry.made import anew

MAKERS = {create, make, anew}
TESTS = Path(__file__).parents[1]
DATABASES, SERVERS = frozenset({"sqlite", "postgresql"}), frozenset({"server", "new_database"})
FOR_ALL = "on_postgresql_for"  # the fixtures by which `made` makes its own there: every test has them


def second_run(items: Iterable[pytest.Item]) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """Part tests into those that run on PostgreSQL as well, and those that need not."""
    tests = [item for item in items if isinstance(item, pytest.Function)]
    brought = {item.function for item in tests if _brings(item)}
    kept = [item for item in tests if item.function not in brought and _makes(item)]
    for item in kept:
        for mark in item.iter_markers("sqlite"):
            item.add_marker(pytest.mark.skip(reason=f"of SQLite alone: {mark.args[0]}"))
    chosen = set(kept)
    return list(kept), [item for item in items if item not in chosen]


def _brings(item: pytest.Function) -> bool:
    """Whether a test says itself on which database it is."""
    own = [each.func for each in _fixtures(item) if each.func.__module__ == item.function.__module__]
    said = [*_parameters(item), *(each for function in (item.function, *own) for each in _fixed(function.__code__))]
    return (
        item.function.__name__.endswith(tuple(f"_on_{name}" for name in DATABASES))
        or not SERVERS.isdisjoint(item.fixturenames)
        or any(_names_one(value) for value in said)
    )


def _names_one(value: object) -> bool:
    return any(each == name for each in (value if isinstance(value, tuple) else (value,)) for name in DATABASES)


def _fixed(code: CodeType) -> Iterator[object]:
    """Yield what is written out in a function."""
    for value in code.co_consts:
        yield from _fixed(value) if isinstance(value, CodeType) else (value,)


def _makes(item: pytest.Function) -> bool:
    """Whether a test makes a registry."""
    if "own_database" in item.fixturenames:
        return True
    fixtures = [each.func for each in _fixtures(item) if not each.argname.startswith(FOR_ALL)]
    seen: set[Any] = set()
    return any(_reaches(each, seen) for each in (item.function, *fixtures, *_parameters(item)))


def _fixtures(item: pytest.Function) -> list[pytest.FixtureDef[Any]]:
    """Return the fixtures of a test; pytest says nowhere else which functions they are."""
    return [found[-1] for found in item._fixtureinfo.name2fixturedefs.values()]


def _parameters(item: pytest.Function) -> list[object]:
    return list(item.callspec.params.values()) if hasattr(item, "callspec") else []


def _reaches(value: object, seen: set[Any]) -> bool:
    """Whether what makes a registry is named by a function, or by any function of the tests that it names."""
    if isinstance(value, partial):
        return any(_reaches(each, seen) for each in (value.func, *value.args))
    if isclass(value) and _is_ours(value):
        return any(_reaches(each, seen) for each in vars(value).values())
    if not isfunction(value):
        return False
    function = unwrap(value)
    if function in MAKERS:
        return True
    if function in seen or not _is_ours(function):
        return False
    seen.add(function)
    return any(_reaches(each, seen) for each in _named(function))


def _is_ours(value: Any) -> bool:
    name = value.__module__.partition(".")[0]
    return (TESTS / name).is_dir() or (TESTS / f"{name}.py").is_file()


def _named(function: Callable[..., Any]) -> Iterator[object]:
    """Yield what a function names: of its module, of a module that it names, and what it holds from around it."""
    names = set(_names(function.__code__))
    for name in names:
        value = function.__globals__.get(name)
        yield value
        if ismodule(value):
            yield from (getattr(value, each, None) for each in names)
    for cell in function.__closure__ or ():
        yield cell.cell_contents


def _names(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for value in code.co_consts:
        if isinstance(value, CodeType):
            yield from _names(value)
