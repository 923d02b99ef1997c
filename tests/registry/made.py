"""A small registry for tests: two sites, and a user of each role, all with the same password."""

from functools import cache
from pathlib import Path

from patency.guideline.cache import open_library
from patency.guideline.model import Library
from patency.registry.forms import Forms, read_forms
from patency.registry.registry import Admin, Registry, create

PASSWORD = "correct horse battery"
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
    return read_forms(library())


def made(folder: Path, url: str = "", label: str = "") -> Registry:
    """Make a registry in a folder and open it; `url` is that of a PostgreSQL database, by the owner of its tables."""
    create(folder / "registry", "Test registry", url, label)
    registry = Registry(folder / "registry", library(), forms(), url)
    admin = Admin(registry, "operator")
    admin.add_site("north", "North Hospital", "DE")
    admin.add_site("south", "South Hospital", "FR")
    for name, (role, site) in USERS.items():
        admin.add_user(name, role, site, PASSWORD)
    return registry
