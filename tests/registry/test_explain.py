"""EXPLAIN tells whoever writes SQL by the application's role the same, whether another site has nothing or hundreds of rows."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, text

from patency.registry import postgres, schema
from patency.registry.database import transaction
from patency.registry.registry import Registry
from patency.registry.rows import functions
from registry.made import PASSWORD, by_owner

SETTINGS = ("", "enable_indexscan = off", "enable_indexonlyscan = off", "enable_bitmapscan = off", "enable_seqscan = on",
            "enable_sort = off", "plan_cache_mode = force_generic_plan", "random_page_cost = 10000", "work_mem = 64",
            "debug_print_plan = on", "parallel_setup_cost = 0")  # fmt: skip
COPIED = "SELECT 'south', md5(i::text), 1, md5(i::text), NULL, 'sam', '2026-01-01', false, '\\x00' FROM generate_series(1, 500) AS i"
FILLED = (  # every table, by 500 rows of another site
    *(f"INSERT INTO {kind} ({', '.join(schema.ROW)}) {COPIED}" for kind in schema.records),
    """INSERT INTO trail SELECT 'south', 1000 + i, '2026', 'sam', 'add', 'visit', md5(i::text), 1, md5(i::text), '', '', ''
        FROM generate_series(1, 500) AS i""",
    "INSERT INTO identity SELECT 'south', md5(i::text), '' FROM generate_series(1, 500) AS i",
    "INSERT INTO person SELECT 'p' || i, 'south', 'entry', '', '', true, '' FROM generate_series(1, 500) AS i",
    "INSERT INTO head SELECT 's' || i, 0, '', '', '' FROM generate_series(1, 500) AS i",
    "INSERT INTO site SELECT 's' || i, '', '', '', '' FROM generate_series(1, 500) AS i",
)


def statements() -> Iterator[str]:
    """Yield what the role may do: call each function that reads, in several ways, and add to each table it may add to."""
    for name in functions():
        yield f"SELECT * FROM {name}()"
        yield f"SELECT * FROM {name}() AS one JOIN {name}() AS two USING (site)" if "site" not in name else "SELECT 1"
    for kind in schema.records:
        for asked in ("sites => '{south}'", "ids => '{c4ca4238a0b923820dcc509a6f75849b}'", "beginning => 'c4ca'",
                      "patients => '{c4ca4238a0b923820dcc509a6f75849b}'", "first_patient => '0'", "after => '0', most => 7"):  # fmt: skip
            yield f"SELECT 1 FROM patency_rows_of_{kind}({asked}) WHERE author = 'sam' AND at > '2026'"
        row = "'north', 'new', 1, 'new', NULL, 'anna', '', false, ''"
        for conflict in ("", " ON CONFLICT DO NOTHING"):
            yield f"INSERT INTO {kind} ({', '.join(schema.ROW)}) VALUES ({row}){conflict}"
        yield f"INSERT INTO {kind} ({', '.join(schema.ROW)}) {COPIED}"
        yield f"SELECT 1 FROM {kind} WHERE site = 'south'"
        yield f"INSERT INTO {kind} ({', '.join(schema.ROW)}) VALUES ({row}) RETURNING id"
        yield f"INSERT INTO {kind} ({', '.join(schema.ROW)}) VALUES ({row}) ON CONFLICT (site, id, version) DO NOTHING"
    for table in ("trail", "head", "identity", "person", "site", "seat"):
        yield f"SELECT 1 FROM {table}"
        yield f"DELETE FROM {table}"
    yield "INSERT INTO identity VALUES ('north', 'new', '')"
    yield "SELECT patency_head('south'), patency_head('north'), patency_salt('p1')"
    yield "SELECT patency_change_identity('c4ca4238a0b923820dcc509a6f75849b', ''), patency_remove_identity('c4')"
    yield "SELECT patency_change_person('p1', '', '', false)"
    yield "SELECT * FROM pg_stats WHERE schemaname = 'public'"


def told(connection: Connection, setting: str, statement: str, how: str = "BUFFERS OFF") -> Any:
    """Return what EXPLAIN (ANALYZE) tells of a statement, of which nothing stands, or what refuses it."""
    explain = f"EXPLAIN (ANALYZE, VERBOSE, SETTINGS, TIMING OFF, SUMMARY OFF, FORMAT JSON, {how}) {statement}"
    point = connection.begin_nested()
    try:
        if setting:
            connection.exec_driver_sql(f"SET LOCAL {setting}")
        return connection.exec_driver_sql(explain.replace("%", "%%")).scalar_one()
    except Exception as error:  # noqa: BLE001  whatever it is, it is compared
        return str(error)
    finally:
        point.rollback()


def all_told(registry: Registry, token: str, settings: tuple[str, ...]) -> dict[tuple[str, str], str]:
    """Return what is told of every statement under each setting."""
    with transaction(registry.engine, token, is_writing=True) as connection:
        return {
            (setting, each): json.dumps(told(connection, setting, each))
            for setting in settings
            for each in statements()
        }


def filled(registry: Registry) -> None:
    """Let another site have hundreds of rows in every table, and PostgreSQL know it."""
    owned = by_owner(registry)
    with transaction(owned.engine, is_writing=True) as connection:
        for each in FILLED:
            postgres.run(connection, each)
        postgres.run(connection, "ANALYZE")
    owned.close()


def test_explain_tells_the_same_whatever_another_site_has(new_registry: Callable[[str], Registry]) -> None:
    """Of each statement that the role may write, or is refused, with a token and without, whatever is set of the planner."""
    registry = new_registry("postgresql")
    anna = registry.sign_in("anna", PASSWORD)
    for name in ("N-1", "N-2", "N-3"):
        anna.enrol(name)
    before = [all_told(registry, anna.token, SETTINGS), all_told(registry, "", SETTINGS[:1])]
    assert '"Actual Rows": 3' in before[0]["", "SELECT * FROM patency_rows_of_patient()"]
    filled(registry)
    after = [all_told(registry, anna.token, SETTINGS), all_told(registry, "", SETTINGS[:1])]
    for one, two in zip(before, after, strict=True):
        assert [(each, one[each], two[each]) for each in one if one[each] != two[each]] == []


def pages_of(registry: Registry, token: str, statement: str) -> int:
    """Return how many pages EXPLAIN (BUFFERS) says were read for a statement, what is read once a session not counted."""
    with transaction(registry.engine, token, is_writing=True) as connection:
        for _warm in range(3):
            plan = told(connection, "", statement, "BUFFERS")[0]["Plan"]
    return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])


@pytest.mark.parametrize("asked", ["", "ids => '{none}'", "patients => '{none}'", "beginning => 'c4ca'"])
def test_the_pages_read_do_not_grow_with_the_rows_of_another_site(
    new_registry: Callable[[str], Registry], asked: str
) -> None:
    """KNOWN LIMIT: an index grows a level deeper, and is found so; but no page of another site's rows is read."""
    registry = new_registry("postgresql")
    anna = registry.sign_in("anna", PASSWORD)
    anna.enrol("N-1")
    statement = f"SELECT * FROM patency_rows_of_patient({asked})"
    before = pages_of(registry, anna.token, statement)
    filled(registry)
    after = pages_of(registry, anna.token, statement)
    with transaction(registry.engine, anna.token) as connection:
        assert connection.execute(text("SELECT count(*) FROM patency_rows_of_patient()")).scalar_one() == 1
    assert after <= before + 6, (before, after)
