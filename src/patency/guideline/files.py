"""The files that content is made of, and the hash by which a set of them is known."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from patency.document import read_bytes

CONTENT = Path(__file__).parent.parent / "content"


def content_files(directory: Path) -> dict[str, bytes]:
    """Return the content files of a directory by their relative names."""
    return {path.relative_to(directory).as_posix(): read_bytes(path) for path in sorted(directory.rglob("*.yaml"))}


def hash_of(files: Mapping[str, bytes]) -> str:
    """Return the hash by which a set of content files is known."""
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
