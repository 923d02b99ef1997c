"""A site in a folder: a new one, an empty one, or one that an earlier site stands in.

The folder's list of its own files is written first, so that a site is known as one even where the
writing was cut short, and an earlier site goes without a trace while nothing else is touched.
"""

from collections.abc import Mapping
from pathlib import Path

from patency.fault import Fault, Place, Refused

LIST = "patency-site.txt"
HEAD = "A site written by `patency guideline publish`, which replaces these files and no others:"


def refuse_folder(directory: Path) -> None:
    """Refuse a folder that holds anything but a site written before."""
    try:
        is_taken = directory.exists() and any(directory.iterdir()) and _listed(directory) is None
    except OSError as error:
        raise _unwritable(directory, error) from None
    if is_taken:
        fault = Fault(
            Place(str(directory)),
            "there are files here, and they are not a site of Patency's",
            "pages would be mixed with them, or written over them",
            "name a new or an empty folder",
        )
        raise Refused([fault])


def write_site(pages: Mapping[str, bytes], directory: Path) -> None:
    """Write every file of a site, in the place of an earlier one; refuse a folder of other files."""
    refuse_folder(directory)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        old = _listed(directory) or []
        (directory / LIST).write_text("\n".join([HEAD, *sorted(pages)]) + "\n", encoding="utf-8")
        for name in set(old) - set(pages):
            (directory / name).unlink(missing_ok=True)
        for name, content in pages.items():
            path = directory / name
            path.parent.mkdir(exist_ok=True)
            path.unlink(missing_ok=True)  # a link in its place leads elsewhere, and what it leads to is not ours
            path.write_bytes(content)
    except OSError as error:
        raise _unwritable(directory, error) from None


def _listed(directory: Path) -> list[str] | None:
    """Return the files of the site that stands in a folder; None where it has no list of them."""
    path = directory / LIST
    if not path.is_file():
        return None
    head, *names = path.read_text(encoding="utf-8", errors="replace").splitlines()[:10_000] or [""]
    # The list may have been changed by hand: what leads out of the folder was never written here.
    return (
        [each for each in names if not Path(each).is_absolute() and ".." not in Path(each).parts]
        if head == HEAD
        else None
    )


def _unwritable(directory: Path, error: OSError) -> Refused:
    return Refused(
        [
            Fault(
                Place(str(directory)),
                f"the site cannot be written: {(error.strerror or '').lower()}",
                "a site is a folder of files",
                "name another folder",
            )
        ]
    )
