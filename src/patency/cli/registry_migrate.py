"""`patency registry migrate`: bring a registry's database to the schema of this version of Patency."""

import argparse
from typing import TYPE_CHECKING, TypeAlias

from patency.cli.common import UNREADABLE, Failed
from patency.cli.registry_open import add_where
from patency.fault import Refused

if TYPE_CHECKING:
    from sqlalchemy import Engine

Actions: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def arguments(actions: Actions) -> None:
    """Say what may be asked of it."""
    migrate = actions.add_parser(
        "migrate",
        help="bring a registry's database to this version of Patency",
        description="Take the steps that a registry's database has still to take. Each is rehearsed first on a copy with all the "
        "data; what stood before must stand afterwards, row by row. On PostgreSQL it is done by the role that owns the tables "
        "(PATENCY_OWNER_DATABASE). Make a backup first all the same.",
        epilog="example: patency registry migrate our-registry --rehearse",
    )
    add_where(migrate, is_signed_in=False)
    migrate.add_argument("--rehearse", action="store_true", help="on a copy alone: the registry stays as it is")
    migrate.set_defaults(run=_migrate)


def _migrate(options: argparse.Namespace) -> None:
    from patency.registry.database import engine_of
    from patency.registry.where import owner_url_of

    try:
        engine = engine_of(owner_url_of(options.folder))
        try:
            _take(engine, options.rehearse)
        finally:
            engine.dispose()
    except Refused as refused:
        raise Failed(UNREADABLE, "the registry is not migrated", refused.faults) from None


def _take(engine: "Engine", is_rehearsal: bool) -> None:
    from patency.registry.database import transaction
    from patency.registry.migrate import rehearse, upgrade, waiting

    with transaction(engine) as connection:
        steps = waiting(connection)
    print(
        f"{len(steps) or 'no'} step{'' if len(steps) == 1 else 's'} to take"
        + "".join(f"\n    {step}" for step in steps)
    )
    rows = sum(each.rows for each in rehearse(engine).values())
    print(f"rehearsed on a copy: {rows:,} rows stood, and stand as they were")
    if not is_rehearsal:
        rows = sum(each.rows for each in upgrade(engine).values())
        print(f"migrated: {rows:,} rows stood, and stand as they were")
