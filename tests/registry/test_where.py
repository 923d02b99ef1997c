"""Where a registry's database is: in its own folder, whatever that is called."""

from pathlib import Path

import pytest

from patency.registry.migrate import rehearse
from patency.registry.registry import Registry
from registry.made import PASSWORD, forms, library, made


@pytest.mark.parametrize("name", ["a?b", "n%20d", "x#y", "a?mode=memory", "100%", "für uns", "file:a?b=c&d"])
def test_the_file_stands_in_its_folder(tmp_path: Path, name: str) -> None:
    """A registry is made, rehearsed and found again in a folder whose name would mean something in a URL."""
    registry = made(tmp_path / name)
    registry.close()
    assert (tmp_path / name / "registry" / "registry.db").stat().st_size > 0
    assert [path.name for path in tmp_path.iterdir()] == [name]
    again = Registry(registry.folder, library(), forms())
    assert rehearse(again.engine)["person"].rows == 6
    again.sign_in("anna", PASSWORD)
    again.close()
