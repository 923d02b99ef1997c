"""What stands between a registry and its database, and what is refused there.

PostgreSQL itself is met in tests/registry; here only what can be said without one.
"""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from unittest.mock import patch

from patency.registry import admin, create, migrate, postgres, where
from patency.registry.database import engine_of, transaction
from patency.registry.entry import New
from patency.registry.registry import Registry
from registry.made import PASSWORD, by_owner, forms, library, made

NOWHERE = "postgresql://patency_application@/registry?host=/nowhere&port=5432"


def _environment(**set_to: str) -> Callable[[Callable[[], object]], object]:
    def within(act: Callable[[], object]) -> object:
        rest = {name: value for name, value in os.environ.items() if name not in (where.APPLICATION, where.OWNER)}
        with patch.dict(os.environ, rest | set_to, clear=True):
            return act()

    return within


def _taken(folder: Path, step: str) -> Path:
    """Make a registry whose database has taken another last step, or none."""
    at = made(folder).folder
    with closing(sqlite3.connect(at / where.DATABASE)) as file, file:
        file.execute("DELETE FROM alembic_version")
        file.executemany("INSERT INTO alembic_version VALUES (?)", [[step]] if step else [])
    return at


def _opened(at: Path) -> Registry:
    return Registry(at, library(), forms())


def _steps(folder: Path, step: str) -> object:
    """Migrate a registry by a step that changes what stood."""
    small = made(folder)
    shutil.copytree(migrate.STEPS, folder / "steps", ignore=shutil.ignore_patterns("__pycache__"))
    written = "from alembic import op\nrevision, down_revision = '0002', '0001'\n\n\ndef upgrade():\n" + step
    (folder / "steps" / "versions" / "0002_next.py").write_text(written)
    return migrate.upgrade(small.engine, folder / "steps")


def _loses(folder: Path) -> object:
    return _steps(
        folder,
        """
    op.execute("DELETE FROM person WHERE name = 'rita'")
    op.execute("UPDATE site SET country = 'XX'")
    op.drop_table("imaging")
    with op.batch_alter_table("registry") as table:
        table.drop_column("protocol")
""",
    )


def _not_copied(folder: Path) -> object:
    engine = by_owner(made(folder)).engine
    with patch.object(sqlite3, "connect", side_effect=sqlite3.OperationalError("database or disk is full")):
        return migrate.rehearse(engine)


def _not_opened(folder: Path) -> object:
    (folder / "registry.db").mkdir()
    return migrate.rehearse(engine_of(f"sqlite:///{folder / 'registry.db'}"))


def _foreign_patient(folder: Path) -> object:
    small = made(folder)
    patient = small.sign_in("sam", PASSWORD).enrol("S-1").id
    return small.sign_in("anna", PASSWORD).add(New("patient", {"pseudonym": "N-1"}, patient, "", patient))


def _renamed(folder: Path) -> object:
    anna = made(folder).sign_in("anna", PASSWORD)
    return anna.correct("patient", anna.enrol("N-1").id, {"pseudonym": "N-2"}, "mistyped")


def _foreign_row(folder: Path) -> object:
    small = made(folder)
    sam = small.sign_in("sam", PASSWORD)
    sam.enrol("S-1")
    return small.sign_in("anna", PASSWORD).opened("patient", next(iter(sam.sealed("patient")))[0])


def _unreachable(_folder: Path) -> object:
    with transaction(engine_of(NOWHERE), is_writing=True) as connection:
        return str(connection)


def _another_registry(folder: Path) -> None:
    small = made(folder)
    create._fill(engine_of(small.engine.url.render_as_string()), "Second", "", "", small.vault, "")


def _line_after_the_head(folder: Path) -> object:
    small = made(folder)
    with closing(sqlite3.connect(small.folder / where.DATABASE)) as file, file:
        file.execute(
            "INSERT INTO trail SELECT site, seq + 1, '', 'ada', 'refusal', '', '', 0, '', x'', '', x'' FROM head"
        )
    return small.sign_in("ada", PASSWORD)


PIECES: dict[str, Callable[[Path], object]] = {
    "database-that-does-not-run": _unreachable,
    "database-of-a-newer-patency": lambda folder: _opened(_taken(folder, "9999")),
    "database-of-an-older-patency": lambda folder: _opened(_taken(folder, "")),
    "database-with-a-registry-in-it": _another_registry,
    "application-url-that-is-not-set": lambda folder: _environment(PATENCY_OWNER_DATABASE=NOWHERE)(
        lambda: create.create(folder / "new", "New")
    ),
    "owner-url-that-is-not-set": lambda folder: _environment(PATENCY_DATABASE=NOWHERE)(
        lambda: create.create(folder / "new", "New")
    ),
    "application-url-without-a-role": lambda folder: create.create(
        folder / "new", "New", NOWHERE, application="our database"
    ),
    "role-that-is-not-there": lambda _folder: str(postgres.no_role("patency_application")) + "\n",
    "role-that-passes-by": lambda _folder: str(postgres.too_mighty("the role 'patency_owner'")) + "\n",
    "two-databases-of-one-registry": lambda _folder: (
        f"{postgres.two_databases('registry', 'postgres')}\n{postgres.two_databases('registry', 'registry')}\n"
    ),
    "sign-in-that-has-ended": lambda _folder: str(postgres.ended()) + "\n",
    "migration-that-loses-something": _loses,
    "migration-that-cannot-be-rehearsed": _not_copied,
    "migration-of-a-file-that-cannot-be-opened": _not_opened,
    "patient-by-an-id-of-elsewhere": _foreign_patient,
    "line-after-the-head": _line_after_the_head,
    "row-of-another-site": _foreign_row,
    "site-with-what-cannot-be-seen": lambda folder: admin.Admin(by_owner(made(folder)), "operator").add_site(
        "west", "West\x1b[2J", "G\nB", {"ethics": "S\x07"}
    ),
    "patient-by-another-pseudonym": _renamed,
    "site-named-like-a-path": lambda folder: admin.Admin(by_owner(made(folder)), "operator").add_site(
        "../north", "North"
    ),
}
