"""The library of content, opened quickly: read once, then kept ready under the hash of what it was made from.

The kept copy is a pickle in the user's own cache folder. Unpickling can run code, so a copy is used
only if it belongs to this user and nobody else may write to it or to its folder; whatever is wrong
with it, the content itself is read again.
"""

import gc
import hashlib
import os
import pickle
import stat
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from patency.fault import Refused
from patency.guideline.files import CONTENT, FIGURES, Local, content_files, local_files
from patency.guideline.model import Library


def open_library(
    settings: Mapping[str, float] | None = None, directory: Path = CONTENT, site: Path | None = None
) -> Library:
    """Return the library in a directory, with a site's own beside it and the policies it sets; or refuse it with every Fault."""
    files = content_files(directory, without=FIGURES)
    local = local_files(site)
    kept = _folder() / f"{_key(files, local, settings or {}, directory)}.library"
    library = _kept(kept)
    if library is None:
        from patency.guideline.load import read_library  # slow to load, and seldom needed

        library = read_library(content_files(directory), settings, local)
        if not settings:  # scenarios are written for Patency's own policies
            _refuse_unmet(library)
        _keep(kept, library)
    return library


def _refuse_unmet(library: Library) -> None:
    """Refuse a site's own protocol that does not do what its scenarios expect: it is checked before anybody sees it."""
    from patency.guideline.check import unmet_of

    local = [guideline for guideline in library.guidelines.values() if guideline.is_local]
    if faults := [fault for guideline in local for fault in unmet_of(guideline, library)]:
        raise Refused(faults)


def _folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME")
    try:
        return (Path(base) if base else Path.home() / ".cache") / "patency"
    except RuntimeError:  # this user has no home, so nothing is kept
        return Path(os.devnull) / "patency"


def _key(files: Mapping[str, bytes], local: Local, settings: Mapping[str, float], directory: Path) -> str:
    """Hash everything the library is made from: content, policies, this program and the Python it runs on.

    Of the program, and of the many files of published figures, it is what the file system says of them.
    """
    digest = hashlib.sha256(repr((sys.version, sorted(settings.items()), local.directory)).encode())
    figures = (path for folder in FIGURES for path in (directory / folder).glob("*"))
    for path in (*sorted(Path(__file__).parent.parent.rglob("*.py")), *sorted(figures)):
        about = path.stat()
        digest.update(f"{path.name} {about.st_size} {about.st_mtime_ns}\n".encode())
    for name, content in (*sorted(files.items()), *sorted(local.files.items())):
        digest.update(f"{name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _kept(path: Path) -> Library | None:
    with suppress(Exception):  # an old, broken or foreign copy is no copy
        for each in (path.parent, path):
            about = each.lstat()
            is_mine = about.st_uid == os.getuid() if hasattr(os, "getuid") else True
            if not is_mine or stat.S_ISLNK(about.st_mode) or about.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
                return None
        was_collecting = gc.isenabled()
        gc.disable()  # nothing read here is garbage, and looking for some takes longer than reading
        try:
            library = pickle.loads(path.read_bytes())
        finally:
            if was_collecting:
                gc.enable()
        return library if isinstance(library, Library) else None
    return None


def _keep(path: Path, library: Library) -> None:
    import tempfile

    with suppress(OSError):  # a read-only home only makes the next start slower
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for old in sorted(path.parent.glob("*.library"), key=lambda each: each.stat().st_mtime)[:-8]:
            old.unlink(missing_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(pickle.dumps(library, protocol=pickle.HIGHEST_PROTOCOL))
        Path(file.name).replace(path)
