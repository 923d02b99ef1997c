"""A site in a folder, or a report: a new one, an empty one, or one that an earlier site or report stands in.

The folder's list of its own files is written first, so that a site is known as one even where the
writing was cut short, and an earlier site goes without a trace while nothing else is touched.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from patency.fault import Fault, Place, Refused

LIST = "patency-site.txt"
HEAD = "A site written by `patency guideline publish`, which replaces these files and no others:"


class Kind(NamedTuple):
    """What stands in a folder: what it is called, and the list by which it is known, with the first line of that."""

    words: str
    listing: str
    head: str


SITE = Kind("site", LIST, HEAD)
REPORT = Kind(
    "report", "patency-report.txt", HEAD.replace("site", "report").replace("guideline publish", "survey report")
)


def refuse_folder(directory: Path, kind: Kind = SITE) -> None:
    """Refuse a folder that holds anything but what was written there before: a site, or a report."""
    try:
        is_taken = directory.exists() and any(directory.iterdir()) and _listed(directory, kind) is None
    except OSError as error:
        raise _unwritable(directory, error, kind) from None
    if is_taken:
        fault = Fault(
            Place(str(directory)),
            f"there are files here, and they are not a {kind.words} of Patency's",
            "pages would be mixed with them, or written over them",
            "name a new or an empty folder",
        )
        raise Refused([fault])


def write_site(pages: Mapping[str, bytes], directory: Path, kind: Kind = SITE) -> None:
    """Write every file of a site, in the place of an earlier one; refuse a folder of other files."""
    refuse_folder(directory, kind)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        old = _listed(directory, kind) or []
        (directory / kind.listing).write_text("\n".join([kind.head, *sorted(pages)]) + "\n", encoding="utf-8")
        for name in set(old) - set(pages):
            (directory / name).unlink(missing_ok=True)
        for name, content in pages.items():
            path = directory / name
            path.parent.mkdir(exist_ok=True)
            path.unlink(missing_ok=True)  # a link in its place leads elsewhere, and what it leads to is not ours
            path.write_bytes(content)
    except OSError as error:
        raise _unwritable(directory, error, kind) from None


def _listed(directory: Path, kind: Kind) -> list[str] | None:
    """Return the files of the site or report that stands in a folder; None where it has no list of them."""
    path = directory / kind.listing
    if not path.is_file():
        return None
    head, *names = path.read_text(encoding="utf-8", errors="replace").splitlines()[:10_000] or [""]
    # The list may have been changed by hand: what leads out of the folder was never written here.
    return (
        [each for each in names if not Path(each).is_absolute() and ".." not in Path(each).parts]
        if head == kind.head
        else None
    )


def _unwritable(directory: Path, error: OSError, kind: Kind) -> Refused:
    return Refused(
        [
            Fault(
                Place(str(directory)),
                f"the {kind.words} cannot be written: {(error.strerror or '').lower()}",
                f"a {kind.words} is a folder of files",
                "name another folder",
            )
        ]
    )
