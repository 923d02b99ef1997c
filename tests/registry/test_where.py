"""Where a registry's database is: in its own folder, whatever that is called; and no password in what is told of it."""

import json
from pathlib import Path

import pytest

from patency.fault import Refused
from patency.registry.database import engine_of, transaction
from patency.registry.migrate import rehearse
from patency.registry.registry import Registry
from patency.registry.where import SETTINGS, write_settings
from registry.made import PASSWORD, forms, library, made


@pytest.mark.sqlite("PostgreSQL keeps no file in the folder")
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


SECRETS = ("one-secret", "two-secret", "three-secret", "four-secret", "five-secret")
URL = (
    "postgresql://patency_application:{}@/registry?host=/nowhere&password={}&sslpassword={}&scram_client_key={}"
    "&oauth_client_secret={}&sslmode=verify-full"
).format(*SECRETS)


def test_no_password_of_a_url_is_kept(tmp_path: Path) -> None:
    """Neither the one before the host nor one among the parameters; what else the URL says is kept."""
    write_settings(tmp_path, URL)
    kept = (tmp_path / SETTINGS).read_text()
    assert not [each for each in SECRETS if each in kept]
    assert "sslmode=verify-full" in json.loads(kept)["url"]
    assert "patency_application@" in kept


def test_no_password_of_a_url_is_told() -> None:
    """A database that cannot be reached is named without it."""
    with pytest.raises(Refused) as refused, transaction(engine_of(URL)):
        pass
    said = "".join(map(str, refused.value.faults))
    assert "/registry" in said
    assert not [each for each in SECRETS if each in said]
