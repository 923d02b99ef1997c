"""Nobody else of the same computer reads a registry, or what is written of it."""

import os
from contextlib import closing
from pathlib import Path

import pytest

from patency.cli import DONE, main
from patency.registry.cutting.cut import cut
from patency.registry.database import is_postgresql
from patency.registry.keep.backup import backup, restore
from patency.registry.keep.erase import erase
from patency.registry.keep.held import Held
from patency.registry.keep.log import operation
from patency.registry.keep.trail import export_trail
from patency.registry.where import open_to_others
from registry.made import PASSWORD, by_operator, by_owner, made


def test_a_registry_a_backup_and_an_export_are_for_their_owner_alone(tmp_path: Path) -> None:
    """Whatever the umask is."""
    before = os.umask(0o000)
    try:
        registry = made(tmp_path)
        with closing(by_owner(registry)) as owned:
            backup(Held.of(owned), tmp_path / "one.zip")
        ivo = registry.sign_in("ivo", PASSWORD)
        exported = export_trail(ivo, tmp_path / "trail.csv", "csv")
        cut(ivo, tmp_path / "cut")
        with operation(registry.folder, "verify"):
            erase(ivo, ivo.enrol("N-1").id, "asked")
        restore(tmp_path / "one.zip", tmp_path / "again", registry.folder / "keys")
        assert open_to_others(registry.folder) == open_to_others(tmp_path / "again") == []
        names = {path.name for path in registry.folder.rglob("*")}
        registry.close()
    finally:
        os.umask(before)
    assert names >= {"registry.json", "operations.jsonl", "heads", "keys", "erasures"}
    assert is_postgresql(registry.engine) or names >= {"registry.db", "registry.db-wal"}
    for path in (
        registry.folder,
        tmp_path / "again",
        tmp_path / "one.zip",
        exported.file,
        exported.heads,
        tmp_path / "cut",
        *(tmp_path / "cut").iterdir(),
    ):
        assert path.stat().st_mode & 0o077 == 0, path.name


def test_a_folder_that_others_read_is_told_of_and_shut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One that an older Patency left wider, its keys a link to another place: `status` tells of it, `migrate` shuts it."""
    registry = made(tmp_path)
    by_operator(registry, monkeypatch)
    registry.close()
    (registry.folder / "keys").rename(tmp_path / "keys")
    (registry.folder / "keys").symlink_to(tmp_path / "keys")
    wide = [registry.folder, registry.folder / "keys" / "secret.key", registry.folder / "registry.json"]
    for path in wide:
        path.chmod(path.stat().st_mode | 0o044)
    assert open_to_others(registry.folder) == wide
    told = f"! Others who use this computer may read 3 of its files and folders, such as {wide[-1]}: `patency registry migrate`"
    asked = [str(registry.folder)]
    assert main(["registry", "status", *asked]) == DONE
    assert told in capsys.readouterr().out
    assert main(["registry", "migrate", *asked, "--rehearse"]) == DONE
    assert open_to_others(registry.folder) == wide
    assert main(["registry", "migrate", *asked]) == DONE
    assert "shut to others who use this computer: 3 files and folders" in capsys.readouterr().out
    assert main(["registry", "status", *asked]) == DONE
    assert "Others who use" not in capsys.readouterr().out


@pytest.mark.usefixtures("own_database")
def test_the_fingerprint_is_told_that_a_cut_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By `init` and `status`, so that whoever gets a cut can ask for it."""
    folder = str(tmp_path / "own")
    assert main(["registry", "init", folder, "--name", "Ours"]) == DONE
    made_with = _fingerprint(capsys.readouterr().out)
    monkeypatch.setenv("PATENCY_PASSWORD", PASSWORD)
    assert main(["registry", "user", "add", folder, "stat", "--role", "statistician"]) == DONE
    assert main(["registry", "status", folder]) == DONE
    assert _fingerprint(capsys.readouterr().out) == made_with
    assert main(["registry", "cut", folder, str(tmp_path / "cut"), "--user", "stat"]) == DONE
    assert f"fingerprint {made_with}\n" in capsys.readouterr().out


def _fingerprint(said: str) -> str:
    return next(line.partition(": ")[2] for line in said.splitlines() if line.startswith("Fingerprint of the key"))
