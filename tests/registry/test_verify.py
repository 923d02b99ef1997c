"""What was tampered with is found, and named: whoever did it could write to the whole database, but had no key."""

import shutil
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, text, update

from patency.fault import Refused
from patency.registry import schema
from patency.registry.admin import Admin
from patency.registry.chain import START, Head, Line, hash_of
from patency.registry.database import is_postgresql
from patency.registry.entry import New, Value
from patency.registry.keep.backup import backup
from patency.registry.keep.heads import keep_heads, read_heads
from patency.registry.keep.held import hold
from patency.registry.keep.identity import Identity, set_identity
from patency.registry.keep.verify import verify
from patency.registry.registry import HEADS, Registry
from patency.registry.writing import signed
from registry.made import PASSWORD, by_owner, carried_by, made, owner_url
from registry.tampering import tampering

TRAIL, VISIT, HEAD = schema.trail, schema.records["visit"], schema.head


@pytest.fixture(name="registry")
def filled(registry: Registry) -> Registry:
    """A registry with a patient of north, who has three visits, one of them corrected."""
    anna = registry.sign_in("anna", PASSWORD)
    patient = anna.enrol("N-1").id
    episode = anna.add(New("episode", {"date": date(2026, 1, 1), "age": 40.0}, patient, patient)).id
    for number in range(3):
        values: dict[str, Value] = {"date": date(2026, 2, 1), "pain": 1.0 * number}
        anna.add(New("visit", values, patient, episode, f"{number}" * 32))
    anna.correct("visit", "1" * 32, {"pain": 7.0}, "mistyped")
    registry.sign_in("sam", PASSWORD).enrol("S-1")
    return registry


def told(registry: Registry) -> str:
    """Return what is found."""
    held = hold(registry.folder, owner_url(registry))
    try:
        kept = read_heads(registry.folder / HEADS) if (registry.folder / HEADS).is_dir() else []
        return "\n".join(str(each) for each in verify(held, kept))
    finally:
        held.close()


def carry(registry: Registry) -> None:
    """Carry the heads of all trails out."""
    held = hold(registry.folder, owner_url(registry))
    keep_heads(registry.folder, carried_by(held))
    held.close()


def lines_of(connection: Connection, site: str) -> list[Any]:
    return list(connection.execute(select(TRAIL).where(TRAIL.c.site == site).order_by(TRAIL.c.seq)).all())


def written_anew(connection: Connection, site: str, lines: list[Any], sign: Any = None) -> None:
    """Write a whole trail, with all its hashes and its head, as somebody who knows how would."""
    connection.execute(TRAIL.delete().where(TRAIL.c.site == site))
    before, seq = START, 0
    for seq, row in enumerate(lines, 1):
        line = Line(*row[:11])._replace(seq=seq)
        before = hash_of(before, line)
        connection.execute(TRAIL.insert().values((*line, before)))
    head = connection.execute(select(HEAD).where(HEAD.c.site == site)).one()
    signed = sign(head, seq, before) if sign else head.signature
    connection.execute(update(HEAD).where(HEAD.c.site == site).values(seq=seq, hash=before, signature=signed))


def test_nothing_is_found_where_nobody_tampered(registry: Registry) -> None:
    """A registry that only Patency wrote to fits its trail, and every head that was carried out of it."""
    carry(registry)
    registry.sign_in("rita", PASSWORD)
    assert told(registry) == ""


ROWS = {  # what somebody does to the table of visits: what is said of it
    "UPDATE visit SET sealed = x'00' WHERE version = 2": (
        "the visit 11111111111111111111111111111111, version 2, was changed after",
        "by nobody the trail knows: what it says or hangs on is not what anna corrected on"),
    "UPDATE visit SET author = 'ivo' WHERE version = 2": ("version 2, was changed after", ": its author is not what anna"),
    "UPDATE visit SET at = '2026-01-01T00:00:00+00:00' WHERE version = 2": ("version 2, was changed", ": its time is not"),
    "UPDATE visit SET is_void = true WHERE version = 2": ("version 2, was changed", "whether it is void is not what anna"),
    "DELETE FROM visit WHERE version = 2": (
        "the visit 11111111111111111111111111111111, version 2, which anna corrected on", "(line 7), is gone"),
    "DELETE FROM visit WHERE id LIKE '2%'": ("the visit 22222222222222222222222222222222, version 1, which anna added on",),
    "INSERT INTO visit SELECT site, '3', version, patient, parent, first, author, at, is_void, sealed FROM visit "
    "WHERE id LIKE '0%'": ("the visit 3, version 1 was put in: no line of the trail tells of it",),
    "INSERT INTO visit SELECT site, id, 3, patient, parent, first, author, at, is_void, sealed FROM visit "
    "WHERE id LIKE '0%'": ("version 3 follows on version 1", "version 3 was put in: no line of the trail tells of it"),
}  # fmt: skip


@pytest.mark.parametrize("done", ROWS)
def test_a_row_that_was_changed_added_or_taken_away_is_named(done: str, registry: Registry) -> None:
    """It is said which row, what of it, after which moment, and who wrote it as it was."""
    with tampering(registry) as connection:
        connection.execute(text(done.replace("x'00'", "'\\x00'") if is_postgresql(registry.engine) else done))
    said = told(registry)
    assert all(words in said for words in ROWS[done]), said
    assert all(line.startswith("north: ") for line in said.splitlines()), "nothing else is accused"


def test_two_rows_that_were_swapped_are_told_together(registry: Registry) -> None:
    """What one visit says stands under the id of another."""
    with tampering(registry) as connection:
        found = {row.id: row.sealed for row in connection.execute(select(VISIT).where(VISIT.c.version == 1))}
        for one, other in (("0" * 32, "2" * 32), ("2" * 32, "0" * 32)):
            connection.execute(update(VISIT).where(VISIT.c.id == one).values(sealed=found[other]))
    assert (
        told(registry) == f"north: the visit {'0' * 32}, version 1, and the visit {'2' * 32}, version 1, were swapped"
    )


def test_ids_that_were_swapped_are_told_together(registry: Registry) -> None:
    """Each visit bears the id of the other."""
    with tampering(registry) as connection:
        for one, other in (("0" * 32, "x"), ("2" * 32, "0" * 32), ("x", "2" * 32)):
            connection.execute(update(VISIT).where(VISIT.c.id == one).values(id=other))
    assert (
        told(registry) == f"north: the visit {'0' * 32}, version 1, and the visit {'2' * 32}, version 1, were swapped"
    )


LINES = {  # what somebody does to the trail: what is said of it
    "UPDATE trail SET person = 'ivo' WHERE site = 'north' AND seq = 4": ("north: line 4 of north's trail (", "was changed"),
    "UPDATE trail SET hash = x'00' WHERE site = 'north' AND seq = 4": ("north: lines 4 to 5 of north's trail",),
    "DELETE FROM trail WHERE site = 'north' AND seq IN (1)": ("north: line 1 of north's trail is missing",),
    "DELETE FROM trail WHERE site = 'north' AND seq IN (4, 5)": (
        "north: lines 4 to 5 of north's trail are missing, between", "version 1 was put in: no line of the trail tells of it"),
    "DELETE FROM trail WHERE site = 'north' AND seq >= 6": ("lines 6 to 7 of north's trail are missing: it was cut short after",),
    "DELETE FROM trail WHERE site = 'north'": ("lines 1 to 7 of north's trail are missing: it was cut short after its beginning",),
    "DELETE FROM head WHERE site = 'north'": ("north: north's trail has no head: it was taken away",),
    "UPDATE head SET seq = 6 WHERE site = 'north'": (
        "the head of north's trail is not signed by this registry's key", "line 7 of north's trail stands after its head"),
    "UPDATE head SET hash = x'00' WHERE site = 'north'": (
        "the head of north's trail is not that of its last line, 7: one of them was written anew",),
    "UPDATE head SET at = '' WHERE site = 'north'": ("the head of north's trail is not signed by this registry's key",),
    "INSERT INTO trail SELECT site, 8, at, person, action, kind, record, version, patient, digest, note, hash FROM trail "
    "WHERE site = 'north' AND seq = 1": ("line 8 of north's trail", "was changed, or what follows from the one before was"),
    "INSERT INTO trail SELECT site, 0, at, person, action, kind, record, version, patient, digest, note, hash FROM trail "
    "WHERE site = 'north' AND seq = 1": ("a line numbered 0 was put into north's trail, which begins at 1",),
    "INSERT INTO trail SELECT 'west', seq, at, person, action, kind, record, version, patient, digest, note, hash FROM trail "
    "WHERE site = 'north' AND seq = 1": ("west: west's trail has no head", "west: line 1 of west's trail"),
}  # fmt: skip


@pytest.mark.parametrize("done", LINES)
def test_a_line_that_was_changed_added_or_taken_away_is_named(done: str, registry: Registry) -> None:
    """It is said which lines of whose trail."""
    with tampering(registry) as connection:
        connection.execute(text(done.replace("x'00'", "'\\x00'") if is_postgresql(registry.engine) else done))
    said = told(registry)
    assert all(words in said for words in LINES[done]), said
    assert "south" not in said


@pytest.mark.parametrize("order", [(4, 3), (5, 3, 4), (7, 2, 3, 4, 5, 6)])
def test_lines_in_another_order_are_told_as_such(order: tuple[int, ...], registry: Registry) -> None:
    """Whichever lines were moved, where from and where to."""
    with tampering(registry) as connection:
        for seq in sorted(order):
            connection.execute(update(TRAIL).where(TRAIL.c.site == "north", TRAIL.c.seq == seq).values(seq=seq + 100))
        for place, seq in zip(sorted(order), order, strict=True):
            connection.execute(update(TRAIL).where(TRAIL.c.site == "north", TRAIL.c.seq == seq + 100).values(seq=place))
    said = told(registry)
    assert f"lines {min(order)} to {max(order)} of north's trail were put in another order" in said


def test_a_trail_that_was_written_anew_without_the_key_is_found(registry: Registry) -> None:
    """All hashes fit, a line fewer is told of, its row is gone too: but nobody without the key can sign the head."""
    with tampering(registry) as connection:
        lines = lines_of(connection, "north")
        written_anew(connection, "north", lines[:-1])
        connection.execute(VISIT.delete().where(VISIT.c.version == 2))
    assert told(registry) == (
        "north: the head of north's trail is not signed by this registry's key: whoever wrote it had no key"
    )


def test_a_head_that_was_forged_is_never_signed_over(registry: Registry) -> None:
    """Were the next line added to it, it would be signed, and nothing could be found any more: so nothing is written."""
    with tampering(registry) as connection:
        written_anew(connection, "north", lines_of(connection, "north")[:-1])
    with pytest.raises(Refused, match="the head of the audit trail was changed outside Patency"):
        registry.sign_in("anna", PASSWORD)
    registry.sign_in("sam", PASSWORD)


def test_a_line_that_stands_after_the_head_is_no_stumbling_block(registry: Registry) -> None:
    """Whoever signs in is told that the trail was changed, on both databases in the same words, and is shown no statement."""
    with tampering(registry) as connection:
        connection.execute(text(
            "INSERT INTO trail SELECT head.site, head.seq + 1, trail.at, person, action, kind, record, version, patient, digest, "
            "note, trail.hash FROM head JOIN trail ON trail.site = 'north' AND trail.seq = 1 WHERE head.site = 'north'"
        ))  # fmt: skip
    with pytest.raises(Refused, match="a line stands in the audit trail after its head already") as refused:
        registry.sign_in("anna", PASSWORD)
    assert "INSERT" not in str(refused.value)


def test_a_trail_that_was_written_anew_with_the_key_is_not_the_one_whose_head_was_carried_out(
    registry: Registry,
) -> None:
    """Whoever has the database and the keys can make all fit, save the heads that lie elsewhere."""
    carry(registry)
    with tampering(registry) as connection:
        lines = lines_of(connection, "north")

        def sign(head: Any, seq: int, last: bytes) -> bytes:
            return signed(Head("north", seq, last, head.at), registry.details.id, registry.vault).signature

        other = [(*row[:10], '{"what":"else"}', row[11]) if row.seq == 1 else row for row in lines]
        written_anew(connection, "north", other, sign)
    said = told(registry)
    assert said.startswith("north: north's trail was written anew at or before line 1: "), "by the head beside the keys"
    assert "north: north's trail was written anew at or before line 7: " in said
    assert "carries its head at line 7" in said


def test_a_trail_put_back_to_an_old_head_lacks_the_one_that_was_carried_out(registry: Registry) -> None:
    """An old head, with the database as it was then, fits in itself; only what was carried out later tells."""
    with tampering(registry) as connection:
        old = connection.execute(select(HEAD).where(HEAD.c.site == "north")).one()
    registry.sign_in("anna", PASSWORD)
    carry(registry)
    with tampering(registry) as connection:
        connection.execute(TRAIL.delete().where(TRAIL.c.site == "north", TRAIL.c.seq > old.seq))
        connection.execute(update(HEAD).where(HEAD.c.site == "north").values(old._asdict()))
    said = told(registry)
    assert said.startswith("north: north's trail was cut short or written anew: ")
    assert said.endswith("and it ends at line 7")


def test_an_old_head_put_back_alone_leaves_lines_after_it(registry: Registry) -> None:
    """The head is signed, and yet not the last."""
    with tampering(registry) as connection:
        old = connection.execute(select(HEAD).where(HEAD.c.site == "north")).one()
    registry.sign_in("anna", PASSWORD)
    with tampering(registry) as connection:
        connection.execute(update(HEAD).where(HEAD.c.site == "north").values(old._asdict()))
    assert told(registry).startswith("north: line 8 of north's trail stands after its head of")


def test_a_public_key_that_was_replaced_is_told(registry: Registry) -> None:
    """The key of the vault is the one that counts; by it all else is still found to fit."""
    with tampering(registry) as connection:
        connection.execute(update(schema.registry).values(public_key=bytes(32)))
    assert told(registry) == (
        "registry: the public key in the database was replaced: it is not that of the registry's folder of keys, by which "
        "the heads below were looked at"
    )


def test_a_registry_of_another_name_is_told(registry: Registry) -> None:
    """Heads are signed for one registry; where the database says it is another, none of them fits."""
    carry(registry)
    with tampering(registry) as connection:
        connection.execute(update(schema.registry).values(id="another"))
    assert "registry: the registry's id was changed" in told(registry)
    with tampering(registry) as connection:
        connection.execute(schema.registry.delete())
    assert "the database says 0 times which registry it is" in told(registry)


def test_heads_of_another_registry_prove_nothing(registry: Registry, tmp_path: Path) -> None:
    """They are told as such, and not held against the trail."""
    other = made(tmp_path / "other")
    keep_heads(registry.folder, carried_by(other))
    assert told(registry).count("is not signed by this registry's key: it is another's, or forged") == 3
    other.close()


PEOPLE = {
    "UPDATE person SET role = 'administrator', site = '' WHERE name = 'anna'": (
        "registry: the rights of the user 'anna' were changed by nobody the trail knows: entry of north is what was given, "
        "administrator of no site what stands"),
    "UPDATE person SET is_active = false WHERE name = 'anna'": "the user 'anna' was stopped by nobody the trail knows",
    "DELETE FROM person WHERE name = 'anna'": "registry: the user 'anna' is gone",
    "INSERT INTO person SELECT 'eve', site, role, salt, verifier, is_active, created FROM person WHERE name = 'ivo'": (
        "registry: the user 'eve' was put in: no line of the trail tells of it"),
    "INSERT INTO site VALUES ('west', 'West', '', '{}', '')": "west: the site was put in: no line of the trail tells of it",
    "DELETE FROM site WHERE id = 'south'": "south: the site is gone",
    "UPDATE person SET salt = (SELECT salt FROM person WHERE name = 'ivo'), "
    "verifier = (SELECT verifier FROM person WHERE name = 'ivo') WHERE name = 'ada'": (
        "registry: the password of the user 'ada' was replaced by nobody the trail knows: whoever did it can sign in as them"),
    "UPDATE person SET created = '' WHERE name = 'ada'": "registry: the row of the user 'ada' was changed by nobody",
    "UPDATE registry SET label = 'synthetic'": "registry: what the database says of the registry was changed by nobody",
    "UPDATE registry SET name = 'Other', protocol = 'Other'": "registry: what the database says of the registry was changed",
    "UPDATE site SET name = 'Other' WHERE id = 'north'": "north: what the database says of the site was changed by nobody",
    "UPDATE site SET details = '{\"ethics\": \"2020-01-01\"}' WHERE id = 'north'": "north: what the database says of the site",
    "UPDATE patient SET first = 2 WHERE site = 'north'": "was changed by nobody the trail knows: what it hangs on is no first",
}  # fmt: skip


@pytest.mark.parametrize("done", PEOPLE)
def test_rights_that_nobody_gave_are_told(done: str, registry: Registry) -> None:
    """The trail says who was given which role and site."""
    with tampering(registry) as connection:
        connection.execute(text(done.replace("x'00'", "'\\x00'") if is_postgresql(registry.engine) else done))
    assert PEOPLE[done] in told(registry)


def test_a_user_who_was_stopped_and_is_let_in_again_is_told(registry: Registry) -> None:
    """Whoever left does not come back by the database."""
    owned = by_owner(registry)
    Admin(owned, "operator").stop_user("rita")
    assert told(registry) == ""
    with tampering(registry) as connection:
        connection.execute(text("UPDATE person SET is_active = true WHERE name = 'rita'"))
    assert told(registry) == "registry: the user 'rita' was let in again by nobody the trail knows"
    owned.close()


NAMES = {
    "DELETE FROM identity": "south: the name of the patient {} is gone",
    "UPDATE identity SET sealed = x'00'": "south: the name of the patient {} was changed by nobody the trail knows",
    "UPDATE identity SET patient = 'x'": "south: the name of the patient {} is gone\nsouth: a name of the patient x was put in: no "
    "line of the trail tells of it",
}  # fmt: skip


@pytest.mark.parametrize("done", NAMES)
def test_names_that_were_changed_or_taken_away_are_told(done: str, registry: Registry) -> None:
    """The trail bears the digest of what was sealed last, so that nothing needs to be opened."""
    sam = registry.sign_in("sam", PASSWORD)
    patient = sam.patient("S-1")
    for name in ("Nora Nord", "Nora North"):
        set_identity(sam, patient, Identity(name))
    assert told(registry) == ""
    with tampering(registry) as connection:
        connection.execute(text(done.replace("x'00'", "'\\x00'") if is_postgresql(registry.engine) else done))
    assert told(registry) == NAMES[done].format(patient)


def test_a_user_who_was_given_another_password_fits(registry: Registry) -> None:
    """What the trail bears of a user is what was entered last."""
    owned = by_owner(registry)
    Admin(owned, "operator").new_password("rita", "another horse battery")
    assert told(registry) == ""
    owned.close()


def test_a_key_that_was_replaced_is_told(registry: Registry) -> None:
    """A key that does not open what it sealed is another, and so is a site's that is not the one it was added with."""
    patient = registry.sign_in("sam", PASSWORD).patient("S-1")
    with closing(sqlite3.connect(registry.folder / "keys" / "patients.db")) as keys, keys:
        keys.execute("UPDATE key SET key = ? WHERE patient = ?", (bytes(32), patient))
    (registry.folder / "keys" / "sites" / "north.key").write_bytes(bytes(32))
    assert told(registry).splitlines() == [
        f"south: the key of the patient {patient} does not open their record: one of the two was replaced",
        "north: the site's key to the names of its patients was replaced: it is not the one it was added with",
    ]


def test_a_key_of_a_site_that_cannot_be_read_is_told_and_all_else_verified(registry: Registry) -> None:
    """A folder stands where the key stood; who may not read the file is told the same."""
    patient = registry.sign_in("sam", PASSWORD).patient("S-1")
    registry.vault.destroy(patient)
    key = registry.folder / "keys" / "sites" / "north.key"
    key.unlink()
    key.mkdir()
    said = told(registry)
    assert "north: the site's key to the names of its patients cannot be read (is a directory)" in said
    assert f"south: the key of the patient {patient} was destroyed" in said


def test_an_erasure_that_the_trail_knows_nothing_of_is_told(registry: Registry) -> None:
    """Whether the key was destroyed beside Patency, or an older database was put back."""
    patient = registry.sign_in("sam", PASSWORD).patient("S-1")
    registry.vault.destroy(patient)
    assert told(registry).startswith(
        f"south: the key of the patient {patient} was destroyed, and no line of the trail tells that they were erased"
    )


def test_a_key_that_is_gone_is_told(registry: Registry) -> None:
    """Without their key a patient's records are lost; the trail says of whom that was wished."""
    patient = registry.sign_in("sam", PASSWORD).patient("S-1")
    with closing(sqlite3.connect(registry.folder / "keys" / "patients.db")) as keys, keys:
        keys.execute("DELETE FROM key WHERE patient = ?", (patient,))
    assert told(registry) == (
        f"south: the key of the patient {patient} is missing, and neither the trail nor the keys tell that they were erased"
    )


def test_what_patency_never_writes_is_no_stumbling_block(registry: Registry) -> None:
    """SQLite keeps text where a number belongs; that is told, and is no fault of the program."""
    if is_postgresql(registry.engine):
        pytest.skip("PostgreSQL takes no text for a number")
    with tampering(registry) as connection:
        connection.exec_driver_sql("UPDATE trail SET seq = 'seven' WHERE site = 'north' AND seq = 7")
    assert "seq of line seven of north's trail holds text, where Patency writes a whole number" in told(registry)


def test_an_old_database_that_is_put_back_is_told_without_any_head_in_the_folder(registry: Registry) -> None:
    """The newest heads stand beside the keys, and stay there though people go on signing in."""
    if is_postgresql(registry.engine):
        pytest.skip("a file is what can be put back")
    with closing(sqlite3.connect(registry.folder / "registry.db")) as now, closing(sqlite3.connect(":memory:")) as old:
        now.backup(old)
        for _ in range(3):
            registry.sign_in("anna", PASSWORD)
        registry.close()
        old.backup(now)
    again = Registry(registry.folder, registry.library, registry.forms)
    assert "north's trail was cut short or written anew" in told(again)
    for _ in range(5):
        again.sign_in("anna", PASSWORD)
    assert "north's trail was written anew at or before line" in told(again)
    again.close()


def test_heads_that_are_gone_are_told(registry: Registry) -> None:
    """Those beside the keys at any time, those of the folder once a backup left some there; another writes both anew."""
    shutil.rmtree(registry.folder / "keys" / "heads")
    assert "which stand in keys/heads beside the keys, are gone" in told(registry)
    held = hold(registry.folder, owner_url(registry))
    backup(held, registry.folder / "one.zip")
    assert told(registry) == ""
    shutil.rmtree(registry.folder / "heads")
    assert told(registry).startswith("registry: no heads stand in heads/, though 1 backup")
    backup(held, registry.folder / "two.zip")
    assert told(registry) == ""
    held.close()


def test_what_an_operator_corrects_of_a_site_and_changes_of_the_protocol_fits(registry: Registry) -> None:
    """On either database, by the owner of its tables; the same done beside Patency is found."""
    owned = by_owner(registry)
    admin = Admin(owned, "operator")
    admin.correct_site("north", {"ethics": "S-1/2026", "ethics-until": "2029-12-31"}, "prolonged")
    admin.set_protocol("attract", "agreed")
    assert {site.id: site.details for site in admin.sites()}["north"]["ethics-until"] == "2029-12-31"
    owned.close()
    assert told(registry) == ""
    with tampering(registry) as connection:
        connection.execute(text("UPDATE registry SET protocol = 'minimal'"))
    assert "what the database says of the registry was changed" in told(registry)
