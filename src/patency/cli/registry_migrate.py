"""`patency registry migrate`: bring a registry's database to the schema of this version of Patency."""

import argparse
from typing import TYPE_CHECKING, TypeAlias

from patency.cli.common import UNREADABLE
from patency.cli.registry_open import add_where, refusing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from patency.registry.migrate import Stock

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
    from patency.registry.keep.held import refuse_anothers
    from patency.registry.migrate import rehearse, steps_of, upgrade
    from patency.registry.where import open_to_others, owner_url_of, shut_all

    with refusing("the registry is not migrated", UNREADABLE):
        engine = engine_of(owner_url_of(options.folder))
        try:
            refuse_anothers(options.folder, engine)
            _say_steps(steps_of(engine))
            _say_rows("rehearsed on a copy", rehearse(engine))
            if not options.rehearse:
                _say_rows("migrated", upgrade(engine))
                if count := shut_all(options.folder):
                    left = open_to_others(options.folder)
                    print(f"shut to others who use this computer: {count - len(left)} files and folders")
                    for path in left:
                        print(f"! {path} is somebody else's, and may still be read: ask them to shut it")
        finally:
            engine.dispose()


def _say_steps(steps: list[str]) -> None:
    print(
        f"{len(steps) or 'no'} step{'' if len(steps) == 1 else 's'} to take",
        *(f"    {step}" for step in steps),
        sep="\n",
    )


def _say_rows(what: str, stock: "Mapping[str, Stock]") -> None:
    print(f"{what}: {sum(each.rows for each in stock.values()):,} rows stood, and stand as they were")
