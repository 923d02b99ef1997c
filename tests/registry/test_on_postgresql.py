"""The commands make, migrate and use a registry on PostgreSQL, by its two roles."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from patency.cli import main
from patency.registry.keep.held import hold
from patency.registry.registry import Registry
from patency.registry.where import APPLICATION as APPLICATION_URL
from patency.registry.where import OWNER as OWNER_URL
from registry.made import APPLICATION, PASSWORD, by_role


def patency(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    """Type a command; return its exit code and what it says."""
    code = main(["registry", *arguments])
    said = capsys.readouterr()
    return code, said.out + said.err


def test_a_registry_is_made_and_used_by_two_roles(
    new_database: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """From init to a user who signs in; the folder keeps the application's URL, and no password."""
    owner = new_database()
    monkeypatch.setenv(OWNER_URL, owner)
    monkeypatch.setenv(APPLICATION_URL, by_role(owner, APPLICATION).replace("@", ":secret@"))
    monkeypatch.setenv("PATENCY_PASSWORD", PASSWORD)
    folder = str(tmp_path / "ours")
    for arguments in (
        ("init", folder, "--name", "Ours"),
        ("site", "add", folder, "north", "--name", "North"),
        ("user", "add", folder, "anna", "--role", "entry", "--site", "north"),
    ):
        code, said = patency(capsys, *arguments)
        assert code == 0, said
    kept = json.loads((tmp_path / "ours" / "registry.json").read_text())["url"]
    assert APPLICATION in kept
    assert "secret" not in kept
    monkeypatch.delenv(OWNER_URL)
    monkeypatch.delenv(APPLICATION_URL)  # the folder knows where it is
    code, said = patency(capsys, "site", "add", folder, "south", "--name", "South")
    assert code != 0
    assert f"{OWNER_URL}: it is not set" in said
    assert not (tmp_path / "ours" / "registry.db").exists()


def test_the_role_that_owns_the_tables_is_not_the_applications(new_database: Callable[[], str], tmp_path: Path) -> None:
    """A registry is not made for an application's role that owns its tables, or is not there; nothing of it is left."""
    from patency.fault import Refused
    from patency.registry.create import create

    owner = new_database()
    for role, said in (
        ("patency_owner", "owns the tables"),
        ("postgres", "owns the tables"),
        ("nobody", "has no role 'nobody'"),
    ):
        with pytest.raises(Refused, match=said):
            create(tmp_path / "ours", "Ours", owner, application=by_role(owner, role))
        assert not (tmp_path / "ours").exists()


def test_the_applications_url_is_tried_before_anything_is_made(new_database: Callable[[], str], tmp_path: Path) -> None:
    """One by which nobody gets in is refused, and neither the folder nor the database holds anything of a registry."""
    from patency.fault import Refused
    from patency.registry.create import create

    owner = new_database()
    application = by_role(owner, APPLICATION)
    wrong = application.replace("registry_", "no_registry_")
    with pytest.raises(Refused, match="no_registry_"):
        create(tmp_path / "ours", "Ours", owner, application=wrong)
    assert not (tmp_path / "ours").exists()
    engine = create_engine(owner.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT to_regclass('registry')")).scalar_one() is None
    engine.dispose()
    create(tmp_path / "ours", "Ours", owner, application=application)


def test_the_database_of_another_registry_is_refused(
    new_database: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The owner's URL of one registry, left in the environment, says nothing of another."""
    from patency.registry.create import create

    for name in ("one", "two"):
        owner = new_database()
        create(tmp_path / name, name, owner, application=by_role(owner, APPLICATION))
    monkeypatch.setenv(OWNER_URL, owner)
    for command in ("status", "verify", "migrate"):
        code, said = patency(capsys, command, str(tmp_path / "one"))
        assert code != 0
        assert "it is another registry's: 'two'" in said
        assert patency(capsys, command, str(tmp_path / "two"))[0] == 0


@pytest.mark.parametrize("arguments", [["--rehearse"], []])
def test_migrating_says_what_it_did(
    registry: Registry, arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A registry of today has no step to take; that is rehearsed all the same, and every row counted."""
    if registry.engine.dialect.name == "postgresql":
        url = registry.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        monkeypatch.setenv(APPLICATION_URL, url)
        monkeypatch.setenv(OWNER_URL, by_role(url, "patency_owner"))
    code, said = patency(capsys, "migrate", str(registry.folder), *arguments)
    assert code == 0, said
    assert said.startswith("no steps to take\nrehearsed on a copy: ")
    assert ("migrated: " in said) == (not arguments)
    assert registry.sign_in("anna", PASSWORD).enrol("N-1")


def test_a_superuser_who_owns_draws_the_veil(
    new_database: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where the owner is a superuser, nobody else reads from PostgreSQL's own tables how many rows there are; `status` tells."""
    from patency.registry.create import create

    url = by_role(new_database(), "postgres")
    create(tmp_path / "ours", "Ours", url, application=by_role(url, APPLICATION))
    engine = create_engine(by_role(url, APPLICATION).replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection, pytest.raises(Exception, match="permission denied"):
        connection.execute(text("SELECT reltuples FROM pg_class"))
    engine.dispose()
    monkeypatch.setenv(OWNER_URL, url)
    assert "veil.sql" not in patency(capsys, "status", str(tmp_path / "ours"))[1]
    held = hold(tmp_path / "ours", url)
    with held.engine.begin() as connection:
        connection.execute(text("GRANT EXECUTE ON FUNCTION pg_relation_size(regclass, text) TO PUBLIC"))
    held.close()
    told = "! PostgreSQL tells everybody who may connect how many rows each table has"
    assert told in patency(capsys, "status", str(tmp_path / "ours"))[1]


def test_both_urls_name_one_database(new_database: Callable[[], str], tmp_path: Path) -> None:
    """By two, a registry would be made where nobody who uses it looks; nothing of it is made."""
    from patency.fault import Refused
    from patency.registry.create import create

    owner, other = new_database(), new_database()
    with pytest.raises(Refused, match="it names the database 'registry_") as refused:
        create(tmp_path / "ours", "Ours", owner, application=by_role(other, APPLICATION))
    assert f"{OWNER_URL} {str(make_url(owner).database)!r}" in str(refused.value)
    assert not (tmp_path / "ours").exists()
