"""Whoever writes SQL by the application's role sees what their token lets them, and without one nothing of any patient."""

import os
import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from tests.registry.raw_sql import COLUMNS, SITES, Raw, Row, Writer
from tests.registry.strangers import Strangers

from patency.registry.registry import Registry

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
        table, site, id, patient = dice.choice(taken)
        nowhere = f"{dice.getrandbits(128):032x}"
        row = Row(table, dice.choice((site, who.site or site)), nowhere, patient, dice.choice((who.name, "anna")))
        given, refusal = raw.asked(who, row.insert)
        assert (given == [1]) == row.may_be_written_by(who), (who, row, refusal)
        written += given == [1]
        if site != who.site:  # whether the key is taken at another site is not told
            there = raw.asked(who, row._replace(site=site, id=id).insert)
            assert there == raw.asked(who, row._replace(site=site).insert)
            assert not there[0]
        change = dice.choice([f"UPDATE {table} SET sealed = ''", f"DELETE FROM {table}", f"TRUNCATE {table}",
                              f"UPDATE trail SET note = '' WHERE site = '{site}'", "DELETE FROM trail", "DELETE FROM head",
                              f"INSERT INTO trail SELECT '{site}', 10000, '', '{who.name}', 'view', '', '', 0, '', '', '', '' "
                              f"FROM head WHERE '{site}' <> '{who.site}'"])  # fmt: skip
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
SELECT query_to_xml('SELECT * FROM patient', true, false, '')
SELECT table_to_xml('patient', true, false, '')
SELECT database_to_xml(true, false, '') IS NULL
COPY (SELECT * FROM patient) TO STDOUT
COPY patient (site, id) TO STDOUT
TABLE patient
SELECT * FROM patient TABLESAMPLE BERNOULLI (100)
SELECT to_jsonb(patient) FROM patient
SELECT row_to_json(trail) FROM trail
SELECT * FROM patient WHERE 1 / (length(site) - 5) IS NOT NULL
SELECT * FROM patient WHERE site::int = 1
SELECT * FROM episode e JOIN patient p ON e.parent = p.id OR true
SELECT * FROM patient FOR UPDATE
SELECT set_config('patency.token', '', true), id, site FROM patient
SELECT set_config('patency.token', NULL, true), id, site FROM patient
SELECT set_config('search_path', 'pg_temp', true), id, site FROM public.patient
CREATE TEMP TABLE seat AS SELECT sha256('x') token, 'stat' person, ''::bytea verifier, now() + '1 day' until; SELECT set_config('patency.token', 'x', true), id, site FROM patient
CREATE TEMP TABLE person (name text, site text); SELECT id, site FROM public.patient
CREATE FUNCTION pg_temp.tell(text) RETURNS bool COST 0.0001 LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'seen %', $1; RETURN true; END $$; SELECT * FROM patient WHERE pg_temp.tell(site || id)
CREATE FUNCTION pg_temp.fail(text) RETURNS bool COST 0.0001 LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'seen %', $1; END $$; SELECT * FROM patient WHERE site <> 'north' AND pg_temp.fail(site || id)
CREATE TEMP VIEW all_of_it AS SELECT * FROM patient; SELECT * FROM all_of_it
CREATE FUNCTION pg_temp.all_of_it() RETURNS SETOF patient SECURITY DEFINER LANGUAGE sql AS $$ SELECT * FROM public.patient $$; SELECT * FROM pg_temp.all_of_it()
PREPARE all_of_it AS SELECT * FROM patient; EXECUTE all_of_it
SELECT patency_salt('anna'), patency_salt('nobody of that name')
"""


@pytest.mark.parametrize("way", SHOWN.strip().split("\n"))
def test_a_way_round_shows_ones_own_site_alone(raw: Raw, way: str) -> None:
    """What functions, copies, samples, views, notices and errors tell is of the user's own site, and to nobody of any."""
    told: list[str] = []
    raw.application.add_notice_handler(lambda notice: told.append(str(notice.message_primary)))
    theirs = {site: ids_of(raw, site) for site in SITES}
    for who in raw.people[:3]:
        text = f"{raw.all_asked(who, way)} {told}"
        for site in SITES:
            if site != who.site:
                assert not [id for id in theirs[site] if id in text], (who.name, text)
                assert f"seen {site}" not in text


def ids_of(raw: Raw, site: str) -> set[str]:
    """Return what could be told of a site: its ids, and what it sealed."""
    found = raw.owner.execute("SELECT id FROM patient WHERE site = %(site)s UNION SELECT encode(sealed, 'hex') FROM patient "
                              "WHERE site = %(site)s UNION SELECT encode(hash, 'hex') FROM trail WHERE site = %(site)s", {"site": site})  # fmt: skip
    return {text for (text,) in found}
