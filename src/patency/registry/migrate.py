"""From one version of the schema to the next, by Alembic: the steps stand in migrations/versions.

A step runs in one transaction with all that is still to be done: where it fails, the database is as it was. A step is
first rehearsed on a copy with all the data in it (rehearse.py). A registry never goes back a step, and one that a newer
Patency has migrated is refused.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from patency.fault import Fault, Place, Refused
from patency.registry.database import transaction
from patency.registry.protect import protect

STEPS = Path(__file__).parent / "migrations"


def upgrade(engine: Engine, steps: Path = STEPS) -> None:
    """Bring a database to the schema of this version of Patency, or leave it as it is."""
    with transaction(engine, is_writing=True) as connection:
        refuse_newer(connection, steps)
        config = _config(steps)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        protect(connection)


def waiting(connection: Connection, steps: Path = STEPS) -> list[str]:
    """Return the steps that a database has still to take, in order."""
    refuse_newer(connection, steps)
    taken = revision_of(connection)
    script = ScriptDirectory.from_config(_config(steps))
    return [step.revision for step in script.iterate_revisions("head", taken or "base")][::-1]


def revision_of(connection: Connection) -> str:
    """Return the last step that a database has taken, or "" for none."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def refuse_newer(connection: Connection, steps: Path = STEPS) -> None:
    """Refuse a database that has taken a step which this version of Patency does not know."""
    taken = revision_of(connection)
    known = [step.revision for step in ScriptDirectory.from_config(_config(steps)).walk_revisions()]
    if taken and taken not in known:
        raise Refused([newer(taken)])


def newer(taken: str) -> Fault:
    """Return that a database is newer than this version of Patency."""
    return Fault(Place("database"), f"its schema is of a newer Patency ({taken})", "this one could misread or harm what is in it",
                 "use the version of Patency that migrated it, or a newer one")  # fmt: skip


def _config(steps: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(steps).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
