"""A small registry for tests: two sites, and a user of each role, all with the same password.

It is in a file; in the run on PostgreSQL (`make test-postgresql`) it is a database of the server that conftest.py starts.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from patency.guideline.cache import open_library
from patency.guideline.model import Library
from patency.registry import where
from patency.registry.admin import Admin
from patency.registry.create import create
from patency.registry.database import is_postgresql, transaction
from patency.registry.forms import Forms, read_forms
from patency.registry.keep.heads import as_carried, written_heads
from patency.registry.keep.held import Held
from patency.registry.registry import Registry

PASSWORD = "correct horse battery"
APPLICATION, OWNER = "patency_application", "patency_owner"  # roles of the PostgreSQL of the tests
USERS = {  # name: role and site
    "anna": ("entry", "north"),
    "ivo": ("investigator", "north"),
    "rita": ("reader", "north"),
    "sam": ("investigator", "south"),
    "stat": ("statistician", ""),
    "ada": ("administrator", ""),
}


@cache
def library() -> Library:
    """Return Patency's own library, opened once."""
    return open_library({})


@cache
def forms() -> Forms:
    """Return Patency's own forms, read once."""
    try:
        return read_forms(library())
    except AttributeError:
        return Forms({}, {})


elsewhere: list[Callable[[Path, str], Registry]] = []  # what makes one in the run on PostgreSQL: the last, for who asks


def made(folder: Path, url: str = "", label: str = "") -> Registry:
    """Make a registry in a folder and open it; `url` is that of a PostgreSQL database, by the owner of its tables."""
    return elsewhere[-1](folder, label) if elsewhere and not url else anew(folder, url, label)


def anew(folder: Path, url: str, label: str = "") -> Registry:
    """Make a registry step by step, as an operator does, and open it by who uses it."""
    application = by_role(url, APPLICATION) if url else ""
    create(folder / "registry", "Test registry", url, label, application=application)
    owned = Registry(folder / "registry", library(), forms(), url)
    admin = Admin(owned, "operator")
    admin.add_site("north", "North Hospital", "DE")
    admin.add_site("south", "South Hospital", "FR")
    for name, (role, site) in USERS.items():
        admin.add_user(name, role, site, PASSWORD)
    owned.close()
    return Registry(folder / "registry", library(), forms(), application)


def by_owner(registry: Registry) -> Registry:
    """Return the same registry, opened by the owner of its tables: to verify, back up, migrate, or keep sites and users."""
    return Registry(registry.folder, registry.library, registry.forms, owner_url(registry))


def owner_url(registry: Registry) -> str:
    """Return the URL of a registry's database, by the owner of its tables; of SQLite, the only one there is."""
    url = registry.engine.url.render_as_string(hide_password=False)
    return by_role(url, OWNER) if is_postgresql(registry.engine) else url


def by_operator(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let commands reach a registry as its operator does: the owner's URL of PostgreSQL stands in the environment."""
    if is_postgresql(registry.engine):
        monkeypatch.setenv(where.OWNER, owner_url(registry))


def by_role(url: str, role: str) -> str:
    """Return a URL by another role."""
    return make_url(url).set(username=role).render_as_string(hide_password=False)


def carried_by(registry: Registry | Held) -> dict[str, Any]:
    """Return the heads of all chains as a file of heads holds them."""
    with transaction(registry.engine) as connection:
        return as_carried(registry.details.id, registry.public_key, written_heads(connection))
