"""What guards the rows in the database is looked at by `verify`: whatever is taken off, changed or put in is told."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from patency.registry.database import engine_of, is_postgresql, transaction
from patency.registry.keep.held import hold
from patency.registry.keep.verify import verify
from patency.registry.migrate import upgrade
from patency.registry.registry import Registry
from registry.made import APPLICATION, owner_url

MENDED = ": run `patency registry migrate`, which lays it anew"
PUT_IN = " was put in, and Patency lays none: the owner of the database should take it away"
CHANGED = f" was changed or switched off, it is not as this Patency lays it{MENDED}"

IN_A_FILE = {
    "DROP TRIGGER trail_refuses_update": f"the trigger trail_refuses_update of trail is gone{MENDED}",
    "DROP INDEX visit_of_patient": "the index visit_of_patient of visit is gone: make a backup, and "
        "restore it to a new place, where it is made anew",
    "DROP TRIGGER head_refuses_delete; CREATE TRIGGER head_refuses_delete BEFORE DELETE ON head BEGIN SELECT 1; END":
        f"the trigger head_refuses_delete of head{CHANGED}",
    "CREATE TRIGGER copied AFTER INSERT ON visit BEGIN SELECT 1; END": f"the trigger copied of visit{PUT_IN}",
    "CREATE VIEW everything AS SELECT * FROM visit": f"the view everything of everything{PUT_IN}",
}  # fmt: skip
ON_POSTGRESQL = {
    "ALTER TABLE visit DISABLE TRIGGER stands": f"the trigger stands of visit{CHANGED}",
    "DROP TRIGGER grows ON head": f"the trigger grows of head is gone{MENDED}",
    "ALTER TABLE patient DISABLE ROW LEVEL SECURITY": f"the row-level security of patient{CHANGED}",
    "DROP POLICY may_select ON patient": f"the policy may_select of patient is gone{MENDED}",
    "ALTER POLICY may_select ON patient USING (true)": f"the policy may_select of patient{CHANGED}",
    "CREATE POLICY leak ON patient FOR SELECT USING (true)": f"the policy leak of patient{PUT_IN}",
    f"GRANT UPDATE ON visit TO {APPLICATION}": f"the grant on visit to {APPLICATION}",
    f"GRANT SELECT (salt) ON person TO {APPLICATION}": f"the grant on person.salt to {APPLICATION}",
    "GRANT SELECT ON patient TO PUBLIC": f"the grant on patient to everybody{PUT_IN}",
    "CREATE OR REPLACE FUNCTION patency_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$":
        f"the function patency_refuse_change(){CHANGED}",
    "ALTER FUNCTION patency_salt(text) SECURITY INVOKER": f"the function patency_salt(wanted text){CHANGED}",
    "CREATE VIEW everything AS SELECT * FROM visit": f"the view everything{PUT_IN}",
    "CREATE RULE hidden AS ON INSERT TO visit DO INSTEAD NOTHING": f"the rewriting hidden of visit{PUT_IN}",
}  # fmt: skip


def done(registry: Registry, statements: str) -> None:
    """Do it as the owner of the database."""
    engine = engine_of(owner_url(registry))
    with transaction(engine, is_writing=True) as connection:
        for part in statements.split("; CREATE"):
            connection.execute(text(part if part.startswith(("DROP", "CREATE", "ALTER", "GRANT")) else f"CREATE{part}"))
    engine.dispose()


def told(registry: Registry) -> list[str]:
    held = hold(registry.folder, owner_url(registry))
    try:
        return [each.what for each in verify(held)]
    finally:
        held.close()


@pytest.mark.parametrize("statements", IN_A_FILE)
def test_what_guards_a_file_is_held_against_what_is_laid(
    statements: str, new_registry: Callable[[str], Registry]
) -> None:
    """A trigger or an index that is gone, changed or put in is the one thing that is told."""
    registry = new_registry("sqlite")
    done(registry, statements)
    assert told(registry) == [IN_A_FILE[statements]]


@pytest.mark.parametrize("statements", ON_POSTGRESQL)
def test_what_guards_postgresql_is_held_against_what_is_laid(
    statements: str, new_registry: Callable[[str], Registry]
) -> None:
    """So is a policy, row-level security, a grant or a function of the door."""
    registry = new_registry("postgresql")
    done(registry, statements)
    assert [each for each in told(registry) if each.startswith(ON_POSTGRESQL[statements])]


def test_migrate_lays_anew_what_was_taken_off(registry: Registry) -> None:
    """The mending that a finding names mends it, though there is no step to take."""
    if is_postgresql(registry.engine):
        for statement in ("ALTER TABLE visit DISABLE TRIGGER stands", "DROP TRIGGER grows ON head",
                          "ALTER TABLE patient DISABLE ROW LEVEL SECURITY", "ALTER POLICY may_select ON patient USING (true)",
                          f"GRANT UPDATE ON visit TO {APPLICATION}"):  # fmt: skip
            done(registry, statement)
    else:
        done(registry, "DROP TRIGGER trail_refuses_update")
        done(registry, "DROP TRIGGER head_refuses_update")
    assert told(registry)
    engine = engine_of(owner_url(registry))
    upgrade(engine)
    engine.dispose()
    assert told(registry) == []


def test_a_role_that_is_let_in_beside_the_registry_s_own_is_told(new_registry: Callable[[str], Registry]) -> None:
    """Whoever owns the tables may let others in; the registry's folder names one."""
    registry = new_registry("postgresql")
    done(registry, "GRANT EXECUTE ON FUNCTION patency_salt(text) TO pg_monitor")
    assert any(each.startswith("the role 'pg_monitor' may use the registry") for each in told(registry))
