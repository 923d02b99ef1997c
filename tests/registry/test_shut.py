"""Nobody else of the same computer reads a registry, or what is written of it."""

import os
from pathlib import Path

from patency.registry.keep.backup import backup, restore
from patency.registry.keep.held import Held
from patency.registry.keep.trail import export_trail
from registry.made import PASSWORD, made


def test_a_registry_a_backup_and_an_export_are_for_their_owner_alone(tmp_path: Path) -> None:
    """Whatever the umask is."""
    before = os.umask(0o000)
    try:
        registry = made(tmp_path)
        backup(Held.of(registry), tmp_path / "one.zip")
        exported = export_trail(registry.sign_in("ivo", PASSWORD), tmp_path / "trail.csv", "csv")
        restore(tmp_path / "one.zip", tmp_path / "again", registry.folder / "keys")
        registry.close()
    finally:
        os.umask(before)
    for path in (registry.folder, tmp_path / "again", tmp_path / "one.zip", exported.file):
        assert path.stat().st_mode & 0o077 == 0, path.name
