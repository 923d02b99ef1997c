"""Signed heads of the audit trail are carried out, kept and read again."""

import json
from contextlib import closing
from pathlib import Path
from zipfile import ZipFile

import pytest

from patency.fault import Refused
from patency.registry.access import Refusal
from patency.registry.keep.heads import FORMAT, keep_heads, read_heads
from patency.registry.keep.trail import export_trail
from patency.registry.registry import HEADS

from .made import PASSWORD, by_owner, carried_by, made


def test_a_site_carries_its_own_head_alone(tmp_path: Path) -> None:
    """The number of a head says how much a site did: that is nobody else's."""
    registry = made(tmp_path)
    for name, sites in {"ivo": ["north"], "ada": ["", "north", "south"]}.items():
        exported = export_trail(registry.sign_in(name, PASSWORD), tmp_path / f"{name}.csv", "csv")
        assert [each.head.site for each in read_heads(exported.heads)] == sites
    for name in ("anna", "stat"):  # who cuts all sites carries their heads sealed, and does not read how much each did
        with pytest.raises(Refusal):
            export_trail(registry.sign_in(name, PASSWORD), tmp_path / f"{name}.csv", "csv")


def test_heads_are_read_from_wherever_they_were_carried(tmp_path: Path) -> None:
    """A file of heads, a manifest that holds them, a backup, and a folder of files read the same; each head is signed."""
    registry = made(tmp_path)
    with closing(by_owner(registry)) as owned:
        carried = carried_by(owned)
    assert carried["format"] == FORMAT
    kept = keep_heads(registry.folder, carried)
    cut = tmp_path / "cut"
    cut.mkdir()
    (cut / "manifest.json").write_text(json.dumps({"format": "another/1", "heads": carried}))
    with ZipFile(tmp_path / "backup.zip", "w") as archive:
        archive.writestr("manifest.json", json.dumps({"heads": carried}))
    found = [[each.head for each in read_heads(path)] for path in (kept, kept.parent, cut, tmp_path / "backup.zip")]
    assert all(heads == found[0] for heads in found)
    assert [head.seq for head in found[0]] == [9, 0, 0]  # it was made, two sites and six users were added
    assert all(
        each.is_by(registry.public_key)
        for each in [
            *(read_heads(registry.folder / HEADS) if (registry.folder / HEADS).is_dir() else []),
            *read_heads(cut),
        ]
    )
    assert not any(each._replace(registry="another").is_by(registry.public_key) for each in read_heads(kept))


def test_heads_that_are_kept_are_never_written_over(tmp_path: Path) -> None:
    """Each file of heads has a name of its own; the same heads are kept once."""
    registry = made(tmp_path)
    with closing(by_owner(registry)) as owned:
        first = keep_heads(registry.folder, carried_by(owned))
        assert keep_heads(registry.folder, carried_by(owned)) == first
        registry.sign_in("anna", PASSWORD)
        assert keep_heads(registry.folder, carried_by(owned)) != first
    assert len(list(first.parent.iterdir())) == 2


@pytest.mark.parametrize(
    "written", ["", "{", "[]", "{}", '{"heads": 3}', '{"heads": {"heads": [{"site": "a"}]}}', "PK"]
)
def test_what_carries_no_heads_is_refused(written: str, tmp_path: Path) -> None:
    """Whatever the file is, it is refused in words."""
    (tmp_path / "odd.json").write_text(written)
    with pytest.raises(Refused, match="it carries no heads"):
        read_heads(tmp_path / "odd.json")
