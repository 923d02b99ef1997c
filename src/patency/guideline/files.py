"""The files that content is made of, and the hash by which a set of them is known."""

import hashlib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NamedTuple

from patency.document import read_bytes
from patency.fault import Fault, Place, Refused

CONTENT = Path(__file__).parent.parent / "content"
ELSEWHERE = (
    "instruments",
    "surveys",
    "registry",
    "outcomes",
    "alike",
)  # folders of content that are no part of the library: others read them


class Local(NamedTuple):
    """A site's own content files, by their names below its directory."""

    directory: str
    files: Mapping[str, bytes]


NO_LOCAL = Local("", {})


FIGURES = ("audits", "studies", "study-terms")  # folders of many small files, which are seldom changed


def content_files(directory: Path, without: Collection[str] = ()) -> dict[str, bytes]:
    """Return the content files of a directory by their relative names; refuse it if any of them cannot be read.

    What others read (ELSEWHERE) is left to them, so that a consult is not kept waiting by it; so are folders `without`.
    """
    files: dict[str, bytes] = {}
    faults: list[Fault] = []
    if not directory.is_dir():
        raise Refused([Fault(Place(str(directory)), "there is no such directory", "content is read from one",
                             "check the name, and where you are")])  # fmt: skip
    is_for_others = False
    for path in sorted(directory.rglob("*")):
        if not _is_meant(path):
            continue
        if (folder := path.relative_to(directory).parts[0]) in ELSEWHERE or folder in without:
            is_for_others = True
            continue
        try:
            files[path.relative_to(directory).as_posix()] = read_bytes(path)
        except Refused as refused:
            faults += refused.faults
        if path.suffix != ".yaml":
            faults.append(
                Fault(
                    Place(str(path)),
                    "the name does not end in '.yaml'",
                    "a file that is not read would be lost in silence",
                    "rename it",
                )
            )
    if not files and not faults and not is_for_others:
        faults.append(
            Fault(
                Place(str(directory)),
                "there is no content here",
                "a library is made of files that end in '.yaml'",
                "name a directory that holds some",
            )
        )
    if faults:
        raise Refused(faults)
    return files


def folder_files(directory: Path, folder: str) -> dict[str, bytes]:
    """Return the files of one folder of a content directory, which need not be there, by their names below the directory."""
    files = content_files(directory / folder) if (directory / folder).is_dir() else {}
    return {f"{folder}/{name}": content for name, content in files.items()}


def _is_meant(path: Path) -> bool:
    """Whether a file is meant as content, though its name may end wrongly; an editor's own copies are not."""
    ends = [end.lower() for end in path.suffixes]
    is_copy = (
        path.name.startswith((".", "#", "~")) or path.name.endswith("~") or path.suffix in (".bak", ".swp", ".orig")
    )
    return not is_copy and bool({".yaml", ".yml"} & set(ends))


def local_files(directory: Path | None) -> Local:
    """Return the files of a site's own library; none where it has no library."""
    return Local(str(directory), content_files(directory)) if directory else NO_LOCAL


def hash_of(files: Mapping[str, bytes]) -> str:
    """Return the hash by which a set of content files is known."""
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
