"""Where a registry's database is: a file in its folder, or PostgreSQL by one of two roles; and how files are made ours alone.

PATENCY_DATABASE is the URL by which everybody uses the registry: of a role that owns nothing. PATENCY_OWNER_DATABASE is
that of the role that owns the tables: to make, migrate, back up and verify. Neither is ever written on a command line; a
password may stand in the variable, or in the file that PostgreSQL reads by itself (~/.pgpass, or PGPASSFILE). The folder
keeps the application's URL, without its password.
"""

import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from patency.fault import Fault, Place, Refused

SETTINGS, DATABASE = "registry.json", "registry.db"
APPLICATION, OWNER = "PATENCY_DATABASE", "PATENCY_OWNER_DATABASE"
_OTHERS = 0o077  # the permissions of the group and of everybody else
_SECRET = (
    "password",
    "secret",
    "scram",
)  # in the names of libpq's parameters (PostgreSQL 18, Parameter Key Words) that hold one


def url_of(folder: Path) -> str:
    """Return the URL of the database by which a registry is used."""
    settings = read_settings(folder)
    return os.environ.get(APPLICATION, "") or settings["url"] or sqlite(folder)


def owner_url_of(folder: Path) -> str:
    """Return the URL by which a registry is migrated, backed up and verified: by the owner of its tables."""
    return _owner_url() if url_of(folder).startswith("postgres") else url_of(folder)


def new_urls(folder: Path, url: str = "", application: str = "") -> tuple[str, str]:
    """Return the owner's and the application's URL of a registry that is to be made: as given, as set, or a file."""
    application = application or os.environ.get(APPLICATION, "")
    url = url or os.environ.get(OWNER, "")
    if not url and not application:
        return sqlite(folder), ""
    if not application:
        raise Refused([Fault(Place(APPLICATION), "it is not set", "on PostgreSQL a registry is used by a role that owns nothing, "
                             "so that the database keeps sites apart", _set(APPLICATION, "APPLICATION"))])  # fmt: skip
    return url or _owner_url(), application


def _owner_url() -> str:
    if owner := os.environ.get(OWNER, ""):
        return owner
    raise Refused([Fault(Place(OWNER), "it is not set", "this is done by the database role that owns the tables, and sees all of "
                         "them", _set(OWNER, "OWNER"))])  # fmt: skip


def _set(variable: str, role: str) -> str:
    return f"set {variable} to postgresql://{role}@HOST/DATABASE; its password may stand in ~/.pgpass"


def role_of(url: str) -> str:
    """Return the role by which a URL signs in at PostgreSQL, or refuse a URL that names none."""
    try:
        role = make_url(url).username
    except ArgumentError:
        role = None
    if not role:
        raise Refused([Fault(Place(APPLICATION), "it is no URL that names a role", "the role is let in when the registry is made",
                             _set(APPLICATION, "APPLICATION"))])  # fmt: skip
    return role


def write_settings(folder: Path, application: str) -> None:
    """Write down where a registry's database is, without the password."""
    url = without_secrets(make_url(application)).render_as_string() if application else ""
    with open(folder / SETTINGS, "w", encoding="utf-8", opener=only_ours) as file:
        file.write(json.dumps({"url": url}) + "\n")


def without_secrets(url: URL) -> URL:
    """Return a URL without a password, wherever in it one may stand: PostgreSQL takes one as a parameter as well."""
    return url._replace(password=None).difference_update_query(
        [name for name in url.query if any(word in name.lower() for word in _SECRET)]
    )


def read_settings(folder: Path) -> dict[str, str]:
    """Return what a registry's folder says of it, or refuse a folder that is none."""
    try:
        settings = json.loads((folder / SETTINGS).read_bytes())
        return {"url": str(settings["url"])}
    except (OSError, ValueError, KeyError, TypeError) as error:
        said = "there is no registry here" if isinstance(error, FileNotFoundError) else f"it is no registry's: {error}"
        raise Refused([Fault(Place(str(folder / SETTINGS)), said, "a registry is a folder that `init` made",
                             "name its folder, or make one with `patency registry init`")]) from None  # fmt: skip


@contextmanager
def writable(place: Path, kept: str) -> Iterator[None]:
    """Say in words why something cannot be written, or read, on the disk, and what is kept of it."""
    try:
        yield
    except OSError as error:
        path = str(error.filename or place)
        raise Refused([Fault(Place(path), f"it cannot be written: {(error.strerror or '').lower()}", kept,
                             "make room on the disk, or see that you may write there; then do it again")]) from None  # fmt: skip


def shut(folder: Path) -> None:
    """Make a folder that its owner alone enters, whatever the umask."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)


def only_ours(path: str, flags: int) -> int:
    """Open a new file that its owner alone reads, whatever the umask: an `opener`."""
    return os.open(path, flags, 0o600)


def write_down(path: Path, content: bytes, mode: Literal["xb", "wb"] = "xb") -> None:
    """Write a file that is its owner's alone, down to the disk; never over another, unless the mode says so, and never by halves."""
    with open(path, mode, opener=only_ours) as file:
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            path.unlink()  # a half would be in the way of the whole
            raise


def blank_out(path: Path) -> None:
    """Write noughts over a file, if there is one, down to the disk."""
    if not path.exists():
        return
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())


def new_file(path: Path) -> None:
    """Make an empty file that is its owner's alone, as will be the log that SQLite puts beside a database; never over another."""
    open(path, "x", opener=only_ours).close()


def open_to_others(folder: Path) -> list[Path]:
    """Return what of a registry's folder others than its owner may read or write, the folder first."""
    return [path for path in _within(folder) if _mode(path) & _OTHERS]


def shut_all(folder: Path) -> int:
    """Take from all others what they may do with a registry's folder and what is in it; return of how much."""
    found = open_to_others(folder)
    for path in found:
        with suppress(OSError):  # somebody else's, or gone meanwhile: who asks again is told
            path.chmod(_mode(path) & ~_OTHERS)
    return len(found)


def _within(folder: Path) -> Iterator[Path]:
    """Yield a folder and all in it; the keys too where they are a link to another place."""
    yield folder
    for each in sorted(folder.iterdir()):
        yield from (each, *sorted(each.rglob("*")))


def _mode(path: Path) -> int:
    """Return a file's permissions; none where it is gone, or where there are no such permissions."""
    try:
        return stat.S_IMODE(path.stat().st_mode) if os.name == "posix" else 0
    except OSError:
        return 0


def sqlite(folder: Path) -> str:
    """Return the URL of the file in a registry's folder."""
    return sqlite_at(folder / DATABASE)


def sqlite_at(file: Path) -> str:
    """Return the URL of a file, whatever letters are in its name: a ? or % in it means nothing else."""
    return URL.create("sqlite", database=str(file)).render_as_string()
