"""Whoever writes SQL by the application's role is shown what their token lets them see, and without one nothing of any patient."""

import os
import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from sqlalchemy import text

from patency.fault import Refused
from patency.registry.access import Refusal
from patency.registry.admin import Admin
from patency.registry.database import transaction
from patency.registry.keep.trail import export_trail
from patency.registry.keep.verify import verify
from patency.registry.registry import Registry
from registry.made import PASSWORD, by_owner
from registry.raw_sql import COLUMNS, RECORDS, SITES, Raw, Row, Writer
from registry.strangers import Strangers

READ, WRITTEN = 3_500, 1_500
EXAMPLES = int(os.environ.get("PATENCY_EXAMPLES", "1"))


@pytest.fixture(scope="module")
def raw(copies: Callable[[str], AbstractContextManager[Registry]]) -> Iterator[Raw]:
    """Return connections to a registry in which three sites have recorded something; nothing that is done by them stands."""
    with copies("postgresql") as registry:
        machine = Strangers(registry, seed=7)
        machine.fill(60)
        with Raw(machine) as raw:
            yield raw


def read_at_random(raw: Raw, seed: int, count: int) -> None:
    """Ask as many statements of both, and compare."""
    dice = random.Random(seed)
    writer = Writer(dice, raw.values)
    answered = 0
    for _statement in range(count):
        who, query = dice.choice(raw.people), writer.query()
        given, expected = raw.asked(who, query.by(None)), raw.expected(query.by(who))
        assert not expected[1], "every statement has a meaning"
        assert given == expected, (who, query.by(None))
        answered += bool(given[0])
    assert answered > count / 2, "most statements have an answer"


def write_at_random(raw: Raw, seed: int, count: int) -> None:
    """Try as many writes; what is refused says the same of what another site has and of what nobody has."""
    dice = random.Random(seed)
    taken = [
        row
        for kind in ("patient", "episode")
        for row in raw.owner.execute(f"SELECT '{kind}', site, id, patient FROM {kind}")
    ]
    before = fingerprint(raw)
    written = 0
    for _statement in range(count):
        who = dice.choice(raw.people)
        table, site, record, patient = dice.choice(taken)
        nowhere = f"{dice.getrandbits(128):032x}"
        row = Row(table, dice.choice((site, who.site or site)), nowhere, patient, dice.choice((who.name, "anna")))
        given, refusal = raw.asked(who, row.insert)
        assert (given == [1]) == row.may_be_written_by(who), (who, row, refusal)
        written += given == [1]
        if site != who.site:  # whether the key is taken at another site is not told
            there = raw.asked(who, row._replace(site=site, id=record).insert)
            assert there == raw.asked(who, row._replace(site=site).insert)
            assert not there[0]
        change = dice.choice([f"UPDATE {table} SET sealed = ''", f"DELETE FROM {table}", f"TRUNCATE {table}",
                              f"UPDATE trail SET note = '' WHERE site = '{site}'", "DELETE FROM trail", "DELETE FROM head",
                              "INSERT INTO trail SELECT site, 10000, '', '', 'view', '', '', 0, '', '', '', '' FROM head"])  # fmt: skip
        assert not any(raw.asked(who, change)[0]), (who, change)
    assert written > count / 10
    assert fingerprint(raw) == before


def fingerprint(raw: Raw) -> list[object]:
    """Return what tells whether any row of any table was changed."""
    return [
        raw.owner.execute(f"SELECT count(*), sum(hashtextextended(t::text, 0)) FROM {t} t").fetchone() for t in COLUMNS
    ]


def test_what_is_read_is_what_one_may_see(raw: Raw) -> None:
    """Thousands of random statements give the application just what the owner gets of the rows that the user may see."""
    read_at_random(raw, 1, READ)


def test_every_table_is_under_row_level_security(raw: Raw) -> None:
    """No table that the application may write is without; it may read none in which a site has rows, and change none at all."""
    query = """SELECT relname, relrowsecurity, has_any_column_privilege('patency_application', oid, 'SELECT'),
        has_any_column_privilege('patency_application', oid, 'INSERT'),
        has_any_column_privilege('patency_application', oid, 'UPDATE, REFERENCES')
            OR has_table_privilege('patency_application', oid, 'DELETE, TRUNCATE, TRIGGER, REFERENCES, MAINTAIN') FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm', 'p', 'S')"""
    tables = {name: rest for name, *rest in raw.owner.execute(query).fetchall()}
    assert set(tables) == {*COLUMNS, "alembic_version", "seat", "pepper", "stamp"}
    for name, (is_secured, may_read, may_add, may_change) in tables.items():
        assert is_secured or name in ("seat", "pepper", "stamp")
        assert may_read == (name in ("registry", "alembic_version"))
        assert may_add == (name in ("site", "person", "head", "identity", *RECORDS))
        assert not may_change


def test_what_is_written_is_ones_own(raw: Raw) -> None:
    """A row is written at one's own site in one's own name, and nothing that stands is changed by anybody."""
    write_at_random(raw, 1, WRITTEN)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 2 + EXAMPLES))
def test_so_it_is_of_ten_thousand_more(raw: Raw, seed: int) -> None:
    """The same, of ten thousand statements for each seed."""
    read_at_random(raw, seed, 10_000)
    write_at_random(raw, seed, 3_000)


DOORS = """
SET ROLE patency_owner; SELECT * FROM patient
SET SESSION AUTHORIZATION patency_owner; SELECT * FROM patient
SET ROLE pg_read_all_data; SELECT * FROM patient
SET row_security = off; SELECT * FROM patient
ALTER TABLE patient DISABLE ROW LEVEL SECURITY
ALTER TABLE patient NO FORCE ROW LEVEL SECURITY
CREATE POLICY mine ON patient USING (true)
DROP POLICY may_select ON patient
ALTER ROLE patency_application BYPASSRLS
GRANT patency_owner TO patency_application
GRANT SELECT ON seat TO patency_application
SELECT * FROM seat
SELECT * FROM pepper
SELECT patency_seat()
SELECT verifier FROM person
SELECT salt FROM person
SELECT person FROM person
SELECT ctid FROM patient
SELECT xmin FROM patient
SELECT p FROM patient p WHERE p.cmin::text = '0'
SELECT * FROM pg_statistic
SELECT * FROM pg_stats
SELECT * FROM pg_stats_ext
SELECT patency_seen('record')
SELECT * FROM trail
SELECT id FROM patient
EXPLAIN (ANALYZE) SELECT 1 FROM patient WHERE site = 'south'
EXPLAIN (ANALYZE) SELECT 1 FROM trail WHERE site = 'south'
INSERT INTO identity VALUES ('north', 'x', '') RETURNING patient
UPDATE identity SET sealed = ''
DELETE FROM identity
SELECT * FROM pg_authid
SELECT reltuples FROM pg_class WHERE relname = 'patient'
SELECT relpages FROM pg_class WHERE relname = 'patient'
SELECT * FROM pg_class
SELECT n_live_tup FROM pg_stat_user_tables
SELECT pg_stat_get_tuples_inserted('patient'::regclass)
SELECT pg_relation_size('patient')
SELECT pg_total_relation_size('patient')
SELECT pg_database_size(current_database())
SELECT query FROM pg_stat_activity
SELECT pg_read_file('/etc/passwd')
SELECT lo_import('/etc/passwd')
COPY patient TO PROGRAM 'cat'
COPY seat TO STDOUT
CREATE TABLE public.seen (id text)
CREATE FUNCTION public.patency_site() RETURNS text LANGUAGE sql AS $$ SELECT 'south' $$
CREATE OR REPLACE FUNCTION patency_role() RETURNS text LANGUAGE sql AS $$ SELECT 'statistician' $$
ALTER TABLE patient DISABLE TRIGGER ALL
SET session_replication_role = replica
LOAD 'auto_explain'
CREATE EXTENSION dblink
INSERT INTO seat SELECT sha256('x'), 'stat', '', now()
INSERT INTO person VALUES ('me', '', 'statistician', '', '', true, '')
UPDATE person SET verifier = sha256('x')
UPDATE head SET seq = 0
UPDATE head SET seq = 2147483647, hash = 'x', signature = 'x' WHERE site = ''
INSERT INTO trail SELECT site, seq + 1, '', 'ada', 'refusal', '', '', 0, '', '', '', '' FROM head WHERE site = ''
INSERT INTO head VALUES ('east', 0, '', '', '')
SELECT * FROM head FOR UPDATE
SELECT * FROM stamp
SELECT inner_pad FROM stamp
SELECT patency_append('', 'now', 'ada', '{refusal}', '{""}', '{""}', '{0}', '{""}', '{""}', '{""}', 'x', 'x')
SELECT * FROM patency_head('south')
"""


@pytest.mark.parametrize("door", DOORS.strip().split("\n"))
def test_a_door_is_shut(raw: Raw, door: str) -> None:
    """Neither without a token nor with a data entrant's is any of these ways open."""
    for who in raw.people[:3]:
        given, refusal = raw.asked(who, door)
        assert refusal or given in ([], [0]), (who.name, given)


SHOWN = """
SELECT * FROM pg_stats WHERE schemaname = 'public'
SELECT most_common_vals::text FROM pg_stats WHERE tablename = 'patient'
SELECT query_to_xml('SELECT * FROM patency_rows_of_patient() patient', true, false, '')
SELECT table_to_xml('patient', true, false, '')
SELECT database_to_xml(true, false, '') IS NULL
COPY (SELECT * FROM patency_rows_of_patient() patient) TO STDOUT
COPY patient (site, id) TO STDOUT
TABLE patient
SELECT * FROM patient
UPDATE identity SET sealed = 'x' RETURNING *
DELETE FROM identity RETURNING *
SELECT patency_rows_of_patient()
SELECT * FROM patency_rows_of_patient(sites => '{south,west}')
SELECT * FROM patency_rows_of_trail('{south,west,north}')
SELECT * FROM patency_rows_of_patient(after => '', most => 100)
SELECT * FROM patency_rows_of_visit(beginning => '')
SELECT * FROM patency_rows_of_identity()
SELECT * FROM patency_rows_of_head()
SELECT * FROM patency_rows_of_patient() patient TABLESAMPLE BERNOULLI (100)
SELECT to_jsonb(patient) FROM patency_rows_of_patient() patient
SELECT row_to_json(trail) FROM patency_rows_of_trail() trail
SELECT * FROM patency_rows_of_patient() patient WHERE 1 / (length(site) - 5) IS NOT NULL
SELECT * FROM patency_rows_of_patient() patient WHERE site::int = 1
SELECT * FROM patency_rows_of_episode() e JOIN patency_rows_of_patient() p ON e.parent = p.id OR true
SELECT * FROM patency_rows_of_patient() patient FOR UPDATE
SELECT set_config('patency.token', '', true), id, site FROM patency_rows_of_patient() patient
SELECT set_config('patency.token', NULL, true), id, site FROM patency_rows_of_patient() patient
SELECT set_config('search_path', 'pg_temp', true), id, site FROM public.patency_rows_of_patient() patient
SELECT patency_salt('anna'), patency_salt('nobody of that name')
"""
IN_STEPS = {  # what takes several statements
    "a seat in a table of one's own": """
        CREATE TEMP TABLE seat AS SELECT sha256('x') AS token, 'stat' AS person, ''::bytea AS verifier, now() + '1 day' AS until;
        CREATE TEMP TABLE person AS SELECT 'stat' AS name, '' AS site, 'statistician' AS role, ''::bytea AS verifier;
        SELECT set_config('patency.token', 'x', true), id, site FROM patency_rows_of_patient() patient""",
    "a function that tells": """
        CREATE FUNCTION pg_temp.tell(text) RETURNS bool COST 0.0001 LANGUAGE plpgsql
            AS $$ BEGIN RAISE NOTICE 'seen %', $1; RETURN true; END $$;
        SELECT * FROM patency_rows_of_patient() patient WHERE pg_temp.tell(site || id)""",
    "a function that fails": """
        CREATE FUNCTION pg_temp.fail(text) RETURNS bool COST 0.0001 LANGUAGE plpgsql
            AS $$ BEGIN RAISE EXCEPTION 'seen %', $1; END $$;
        SELECT * FROM patency_rows_of_patient() patient WHERE site <> 'north' AND pg_temp.fail(site || id)""",
    "a view": "CREATE TEMP VIEW all_of_it AS SELECT * FROM patency_rows_of_patient() patient; SELECT * FROM all_of_it",
    "a function of one's own": """
        CREATE FUNCTION pg_temp.all_of_it() RETURNS TABLE (id text) SECURITY DEFINER LANGUAGE sql
            AS $$ SELECT id FROM public.patency_rows_of_patient() patient $$;
        SELECT pg_temp.all_of_it()""",
    "a statement that was prepared": "PREPARE all_of_it AS SELECT * FROM patency_rows_of_patient() patient; EXECUTE all_of_it",
    "a table of what was seen": "CREATE TEMP TABLE mine AS SELECT * FROM patency_rows_of_patient() patient; SELECT * FROM mine",
}


@pytest.mark.parametrize("way", [*SHOWN.strip().split("\n"), *IN_STEPS])
def test_a_way_round_shows_ones_own_site_alone(raw: Raw, way: str) -> None:
    """What functions, copies, samples, views, notices and errors tell is of the user's own site, and to nobody of any."""
    told: list[str] = []
    raw.application.add_notice_handler(lambda notice: told.append(str(notice.message_primary)))
    theirs = {site: ids_of(raw, site) for site in SITES}
    for who in raw.people[:3]:
        text = f"{raw.all_asked(who, IN_STEPS.get(way, way))} {told}"
        for site in SITES:
            if site != who.site:
                assert not [record for record in theirs[site] if record in text], (who.name, text)
                assert f"seen {site}" not in text


def ids_of(raw: Raw, site: str) -> set[str]:
    """Return what could be told of a site: its ids, what it sealed, and the hashes of its trail."""
    found = raw.owner.execute(
        "SELECT id FROM patient WHERE site = %(site)s "
        "UNION SELECT encode(sealed, 'hex') FROM patient WHERE site = %(site)s "
        "UNION SELECT encode(hash, 'hex') FROM trail WHERE site = %(site)s",
        {"site": site},
    )
    return {text for (text,) in found}


def test_a_prepared_statement_goes_by_the_token_of_its_day(raw: Raw) -> None:
    """What was prepared with one user's token shows nothing when another, or nobody, runs it later."""
    anna, sam = (next(who for who in raw.people if who.name == name) for name in ("anna", "sam"))
    with raw.by(anna) as connection:
        connection.execute("PREPARE of_all AS SELECT site, count(*) FROM patency_rows_of_patient() GROUP BY site")
        for who, sites in ((anna, ["north"]), (sam, ["south"]), (raw.people[0], [])) * 4:
            connection.execute("SELECT set_config('patency.token', %s, true)", [who.token])
            assert [site for site, _ in connection.execute("EXECUTE of_all").fetchall()] == sites


ENDS = {
    "twelve hours later": "UPDATE seat SET until = until - interval '12 hours'",
    "when the user is let in no more": "UPDATE person SET is_active = false",
    "when the password is another": "UPDATE person SET verifier = sha256('other')",
}


@pytest.mark.parametrize("when", ENDS)
def test_a_seat_ends(new_registry: Callable[[str], Registry], when: str) -> None:
    """A token is worth nothing after twelve hours, after its user has left, and after a new password."""
    registry = new_registry("postgresql")
    anna = registry.sign_in("anna", PASSWORD)
    patient = anna.enrol("N-1")
    assert list(anna.entries("patient")) == [patient]
    owned = by_owner(registry)
    with transaction(owned.engine, is_writing=True) as connection:
        connection.execute(text(ENDS[when]))
    owned.close()
    assert list(anna.entries("patient")) == []
    with pytest.raises(Refusal, match="your sign-in has ended"):
        anna.record_of(patient.id)


FORGED = """
    SELECT patency_append(head.site, 'now', %(writer)s, '{refusal}', '{""}', '{""}', '{0}', '{""}', '{""}', '{""}', %(by)s, %(by)s)
    FROM head WHERE head.site = %(site)s
"""


def test_nobody_ends_a_chain_in_a_head_that_was_not_signed(new_registry: Callable[[str], Registry]) -> None:
    """Neither without a token nor with a reader's or a statistician's: after it the registry could write to the chain no more."""
    registry = new_registry("postgresql")
    rita, stat = registry.sign_in("rita", PASSWORD), registry.sign_in("stat", PASSWORD)
    for token, asked in (
        ("", {"writer": "ada", "site": ""}), (rita.token, {"writer": "rita", "site": "north"}),
        (stat.token, {"writer": "stat", "site": ""}), (rita.token, {"writer": "anna", "site": "north"}),
    ):  # fmt: skip
        for by in (b"", b"x", bytes(32), None):
            with (
                pytest.raises(Refused, match="the database refuses it"),
                transaction(registry.engine, token, True) as raw,
            ):
                raw.exec_driver_sql(FORGED, {**asked, "by": by})
    registry.sign_in("rita", PASSWORD)
    assert registry.sign_in("ada", PASSWORD).user.name == "ada"


def test_a_line_of_any_letters_is_hashed_alike_by_the_database(new_registry: Callable[[str], Registry]) -> None:
    """What is not ASCII, and what JSON escapes, stands in the trail, and the trail fits."""
    registry = new_registry("postgresql")
    registry.sign_in("anna", PASSWORD).note("view", details={"what": 'Zoë\\ "ı" \n\x1f 静脉 𝔙'})
    owned = by_owner(registry)
    assert list(verify(owned)) == []
    owned.close()


def test_signing_out_ends_a_seat(new_registry: Callable[[str], Registry]) -> None:
    """Whoever signs out leaves no token behind by which anything could be seen."""
    anna = new_registry("postgresql").sign_in("anna", PASSWORD)
    anna.enrol("N-1")
    anna.sign_out()
    assert list(anna.entries("patient")) == []


def test_nobody_is_let_in_by_the_owner(new_registry: Callable[[str], Registry]) -> None:
    """A registry that is opened by the role that owns its tables lets nobody in: row-level security would not hold."""
    owned = by_owner(new_registry("postgresql"))
    with pytest.raises(Refused, match="its role owns the tables"):
        owned.sign_in("anna", PASSWORD)
    owned.close()


def test_the_salt_of_a_stranger_is_like_any_other(raw: Raw) -> None:
    """Of a name that is not there the door gives a salt as well: of the same length, always the same, another for each name."""
    salts = [raw.application.execute("SELECT patency_salt(%s)", [name]).fetchone() for name in ("anna", "x", "x", "y")]
    assert [len(salt[0]) for salt in salts if salt] == [16] * 4
    assert salts[1] == salts[2] != salts[3]


def test_a_refused_login_is_a_line_of_the_trail(registry: Registry) -> None:
    """A wrong password, a name nobody has, and one that no database holds: each is refused in the same words, and noted."""
    said = set()
    names = ("anna", "nobody", "an\x00na", "a\x1fb", "\ud800", PASSWORD)
    for name in names:
        with pytest.raises(Refusal) as refused:
            registry.sign_in(name, "not the password")
        said.add(str(refused.value.faults[0]))
    assert len(said) == 1
    owned = by_owner(registry)
    with transaction(owned.engine) as connection:
        lines = connection.execute(text("SELECT person, action FROM trail WHERE site = '' ORDER BY seq DESC LIMIT 6"))
        assert [tuple(line) for line in lines][::-1] == [(registry.vault.name_print(name), "refusal") for name in names]
    owned.close()


def test_a_password_typed_as_a_name_is_not_in_the_trail(registry: Registry, tmp_path: Path) -> None:
    """Of a refused name the trail holds a keyed hash; who reads the users is told whose name it is, and of no other."""
    for name in ("anna", PASSWORD):
        with pytest.raises(Refusal):
            registry.sign_in(name, "anna")
    ada = registry.sign_in("ada", PASSWORD)
    export_trail(ada, tmp_path / "trail.csv", "csv")
    written = (tmp_path / "trail.csv").read_text(encoding="utf-8")
    assert "anna was not let in" in written
    assert f"somebody by an unknown name ({registry.vault.name_print(PASSWORD)}) was not let in" in written
    assert PASSWORD not in written
    owned = by_owner(registry)
    with transaction(owned.engine) as connection:
        assert PASSWORD not in str(connection.execute(text("SELECT * FROM trail")).all())
    owned.close()


def test_an_administrator_keeps_sites_and_users_by_a_token(registry: Registry) -> None:
    """Who is signed in as administrator adds sites and users, on PostgreSQL by the application's role."""
    ada = registry.sign_in("ada", PASSWORD)
    admin = Admin(registry, "ada", ada.token)
    admin.add_site("west", "West Hospital")
    admin.add_user("una", "investigator", "west", PASSWORD)
    assert registry.sign_in("una", PASSWORD).sites == ("west",)
    admin.new_password("una", PASSWORD * 2)
    assert registry.sign_in("una", PASSWORD * 2).user.site == "west"
    admin.stop_user("una")
    assert ("una", False) in [(user.name, is_active) for user, is_active in admin.users()]
    assert [site.id for site in admin.sites()] == ["north", "south", "west"]
    with pytest.raises(Refusal):
        registry.sign_in("una", PASSWORD * 2)


def test_only_an_administrator_adds_sites_and_users(new_registry: Callable[[str], Registry]) -> None:
    """On PostgreSQL nobody adds or lists users by another's token, whatever the library is asked for."""
    registry = new_registry("postgresql")
    for name in ("anna", "ivo", "stat"):
        admin = Admin(registry, name, registry.sign_in(name, PASSWORD).token)
        with pytest.raises(Refused, match="the database refuses it"):
            admin.add_user("una", "investigator", "north", PASSWORD)
        with pytest.raises(Refused, match="the database refuses it"):
            admin.add_site("west", "West Hospital")
        with pytest.raises(Refused, match="there is no user 'sam'"):
            admin.stop_user("sam")
        assert admin.users() == []
