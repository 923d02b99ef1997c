"""A library is read once and then kept; a kept copy is used only where nobody else can have written it."""

import os
import pickle
from pathlib import Path

import pytest

from patency.fault import Refused
from patency.guideline.cache import open_library
from patency.guideline.load import read_library
from patency.guideline.model import Library, Scenario
from patency.packed import Packed

from .small import files, write


@pytest.fixture
def content(tmp_path: Path) -> Path:
    return write(tmp_path / "content", files())


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which copies are kept; it is not there yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "patency"


def copies(cache: Path) -> list[Path]:
    return sorted(cache.glob("*.library"))


def mark(copy: Path) -> None:
    """Put a library that can be told apart in place of the kept one."""
    copy.write_bytes(pickle.dumps(read_library(files())._replace(content_hash="the kept copy")))


def is_kept(library: Library) -> bool:
    return library.content_hash == "the kept copy"


def test_a_library_is_kept_and_found_again(content: Path, cache: Path) -> None:
    """The second opening reads the copy, and nothing is added."""
    first = open_library(directory=content)
    (copy,) = copies(cache)
    assert pickle.loads(copy.read_bytes()).content_hash == first.content_hash
    assert not is_kept(first)

    mark(copy)

    assert is_kept(open_library(directory=content))
    assert copies(cache) == [copy]


def test_a_copy_and_its_folder_are_for_this_user_alone(content: Path, cache: Path) -> None:
    """Nobody else may write to either."""
    open_library(directory=content)

    assert cache.stat().st_mode & 0o077 == 0
    assert copies(cache)[0].stat().st_mode & 0o022 == 0


def test_other_content_is_another_library(content: Path, cache: Path) -> None:
    """A file that changes, by one letter, is read anew; changed back, its copy still stands."""
    open_library(directory=content)
    mark(copies(cache)[0])
    changed = files(guideline=("title: The leaflet", "title: The leaflets"))

    assert open_library(directory=write(content, changed)).guidelines["leaflet"].title == "The leaflets"
    assert is_kept(open_library(directory=write(content, files())))
    assert len(copies(cache)) == 2


def test_a_file_more_is_another_library(content: Path, cache: Path) -> None:
    """A source that nobody cites is content all the same."""
    open_library(directory=content)
    mark(copies(cache)[0])
    write(content, {"sources/other.yaml": b"sources:\n  other: {kind: note, title: Another, year: 2021}\n"})

    assert set(open_library(directory=content).sources) == {"leaflet", "other"}


def test_another_policy_is_another_library(content: Path, cache: Path) -> None:
    """What a site sets is part of what the library is made from."""
    open_library(directory=content)
    mark(copies(cache)[0])

    assert open_library({"adult_age": 16}, content).lexicon.policies["adult_age"].value == 16
    assert is_kept(open_library(directory=content))


def test_refused_content_is_never_kept(content: Path, cache: Path) -> None:
    """Faults are found again on every opening."""
    write(content, files(guideline=("when: severity = mild", "when: severiti = mild")))
    for _ in range(2):
        with pytest.raises(Refused, match="severiti"):
            open_library(directory=content)
    assert not copies(cache)


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_copy_that_others_may_write_is_ignored(content: Path, cache: Path, mode: int) -> None:
    """It could hold anything."""
    open_library(directory=content)
    mark(copies(cache)[0])
    copies(cache)[0].chmod(mode)

    assert not is_kept(open_library(directory=content))
    assert copies(cache)[0].stat().st_mode & 0o022 == 0, "a clean copy takes its place"


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777])
def test_a_folder_that_others_may_write_is_ignored(content: Path, cache: Path, mode: int) -> None:
    """Who may write to the folder may put another file there."""
    open_library(directory=content)
    mark(copies(cache)[0])
    cache.chmod(mode)

    assert not is_kept(open_library(directory=content))


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a file away")
@pytest.mark.parametrize("what", ["copy", "folder"])
def test_a_copy_of_another_user_is_ignored(content: Path, cache: Path, what: str) -> None:
    """A file or folder that belongs to somebody else is theirs to fill."""
    open_library(directory=content)
    mark(copies(cache)[0])
    os.chown(copies(cache)[0] if what == "copy" else cache, 12345, 12345)

    assert not is_kept(open_library(directory=content))


@pytest.mark.parametrize("what", ["copy", "folder"])
def test_a_symlink_is_never_trusted(content: Path, cache: Path, tmp_path: Path, what: str) -> None:
    """A link could lead anywhere, even to a file that only this user may write."""
    open_library(directory=content)
    mark(copies(cache)[0])
    linked = copies(cache)[0] if what == "copy" else cache
    elsewhere = tmp_path / "elsewhere"
    linked.rename(elsewhere)
    linked.symlink_to(elsewhere)

    assert not is_kept(open_library(directory=content))


class Trap:
    """An object that, when it is unpickled, leaves a file behind."""

    def __init__(self, left_behind: Path) -> None:
        self.left_behind = left_behind

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (os.mkdir, (str(self.left_behind),))


def test_a_copy_that_is_not_trusted_is_not_even_opened(content: Path, cache: Path, tmp_path: Path) -> None:
    """Opening a copy may run what is in it, so trust comes first."""
    open_library(directory=content)
    (copy,) = copies(cache)
    trap = pickle.dumps(Trap(tmp_path / "sprung"))
    copy.write_bytes(trap)
    copy.chmod(0o666)

    assert open_library(directory=content).guidelines
    assert not (tmp_path / "sprung").exists()

    copy.write_bytes(trap)
    copy.chmod(0o600)
    assert open_library(directory=content).guidelines
    assert (tmp_path / "sprung").exists(), "the trap does spring when a trusted copy is opened"


@pytest.mark.parametrize(
    "broken",
    [b"", b"not a pickle", pickle.dumps("not a library"), b"\x80\x05X\xff\xff\xff\x7f", b"cno_module\nname\n."],
)
def test_a_broken_copy_is_read_anew(content: Path, cache: Path, broken: bytes) -> None:
    """Whatever is wrong with it, the content itself is read again, and kept in its place."""
    open_library(directory=content)
    (copy,) = copies(cache)
    copy.write_bytes(broken)

    assert open_library(directory=content).guidelines["leaflet"].title == "The leaflet"
    assert isinstance(pickle.loads(copy.read_bytes()), Library)


def test_a_home_that_cannot_be_written_only_makes_it_slower(
    content: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing can be kept, the content is read every time."""
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))

    assert open_library(directory=content).guidelines
    assert (tmp_path / "file").read_text() == "not a folder"


def test_without_a_cache_folder_of_its_own_the_home_is_used(
    content: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The usual place is `.cache` at home."""
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    open_library(directory=content)

    assert len(copies(tmp_path / ".cache" / "patency")) == 1


def test_a_user_without_a_home_is_served_all_the_same(content: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a container a user may have a number and nothing else; then nothing is kept."""
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 54321)
    with pytest.raises(RuntimeError):
        Path.home()

    assert open_library(directory=content).guidelines


def test_a_kept_library_gives_the_same_answers(content: Path, cache: Path) -> None:
    """Nothing is lost in keeping."""
    read = open_library(directory=content)
    kept = open_library(directory=content)

    assert len(copies(cache)) == 1
    assert spread(kept) == spread(read)
    assert kept is not read


NO_SCENARIOS: Packed[Scenario] = Packed([])


def spread(library: Library) -> list[object]:
    """Lay out a library with everything that is packed in it unpacked."""
    landscapes = [
        each for one in library.guidelines.values() for each in (one.scope, *(part.landscape for part in one.parts))
    ]
    return [
        library._replace(guidelines={}, lawful=()),
        [one._replace(scenarios=NO_SCENARIOS, scope=None, parts=()) for one in library.guidelines.values()],
        [one.scenarios.items for one in library.guidelines.values()],
        [(part.decision, part.rules) for one in library.guidelines.values() for part in one.parts],
        [
            (each.diagram, [vars(variable) for variable in each.variables])
            for each in (*landscapes, *library.lawful)
            if each
        ],
    ]


def test_old_copies_are_cleared_away(content: Path, cache: Path) -> None:
    """Every change of content leaves a copy behind; only the latest few stay."""
    for year in range(1990, 2005):
        open_library({"adult_age": year - 1980}, content)

    assert len(copies(cache)) <= 9
