"""What is refused where a registry's folder and its database do not belong together."""

import shutil
from collections.abc import Callable
from pathlib import Path

from patency.registry import where
from patency.registry.create import create
from patency.registry.keep.held import hold


def _anothers(folder: Path) -> object:
    """Hold a registry whose database is that of another."""
    for name in ("one", "two"):
        create(folder / name, name)
    shutil.copyfile(folder / "two" / where.DATABASE, folder / "one" / where.DATABASE)
    return hold(folder / "one")


PIECES: dict[str, Callable[[Path], object]] = {"database-of-another-registry": _anothers}
