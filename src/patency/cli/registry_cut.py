"""`patency registry cut`: a registry, de-identified, in a folder of Parquet files; and what stands in such a folder."""

import argparse
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from patency.cli.common import UNREADABLE
from patency.cli.registry_open import add_where, refusing, signed_in
from patency.table import counted

if TYPE_CHECKING:
    from patency.cut.opened import Cut

SHOW = Path("show")


def arguments(actions: "argparse._SubParsersAction[Any]") -> None:
    """Add the command."""
    cut = actions.add_parser(
        "cut",
        help="write a de-identified snapshot, from which all analysis reads",
        description="Write what a registry holds into a new folder: Parquet files, one for each kind of record, and a manifest with "
        "their hashes. Days since the index date, ages capped at 90, no free text, no names, opaque ids. A statistician cuts all "
        "sites, an investigator their own. With the word show in place of the registry, check a cut and say what is in it.",
        epilog="example: patency registry cut registry cuts/spring --user stat; patency registry cut show cuts/spring",
    )
    add_where(cut)
    cut.add_argument(
        "out", type=Path, metavar="OUT", help="the folder of the cut: one that is not there yet; to show, one that is"
    )
    cut.add_argument(
        "--key",
        metavar="FINGERPRINT",
        help="refuse a cut that this key did not sign: its fingerprint, or the key itself",
    )
    cut.set_defaults(run=_cut)


def _cut(options: argparse.Namespace) -> int:
    if options.folder == SHOW:
        return _show(options)
    from patency.registry.cutting.cut import cut
    from patency.registry.papers import AGREEMENT, said_to

    session = signed_in(options)
    with refusing("the registry was not cut", UNREADABLE):
        cut(session, options.out)
    shown = _show(options)
    with refusing("the cut is made; whether the sites have agreements cannot be told"):
        # Said to who cuts and written into no cut: by which site's agreement ended others could tell its code.
        for said in said_to(session, AGREEMENT, date.today()):
            print(f"! {said}: its patients are in the cut, which is passed on only under an agreement")
    return shown


def _show(options: argparse.Namespace) -> int:
    from patency.cut.opened import open_cut

    with refusing("the cut is refused", UNREADABLE):
        found = open_cut(options.out, options.key)
    for line in told(found, options.key):
        print(line)
    return 0


def told(cut: "Cut", key: str | None = None) -> Iterator[str]:
    """Say what is in a cut, as a person reads it; `key` is what its signer was compared with."""
    from patency.cut.signature import fingerprint

    manifest = cut.manifest
    if manifest.warning:
        yield manifest.warning
    yield f"{cut.folder}: a cut of registry {manifest.registry}"
    if cut.signer:
        yield f"checked: the hashes fit, and the content is signed by the key {cut.signer}"
        yield f"fingerprint {fingerprint(cut.signer)}"
    if cut.signer and key is not None:
        yield "it is the key that you named"
    elif cut.signer:
        yield "! compare it with the one that the registry's people tell you (--key): whoever changes a cut can sign it anew"
    else:
        yield "! the hashes fit; signature not checked, for there is none: who made the hashes cannot be told"
    yield f"content {manifest.content}"
    if cut.record:
        yield f"cut on {str(cut.record['at'])[:10]} by {cut.record['by']}, of {cut.record['of']}"
    yield "people: " + "; ".join(f"{name} {count}" for name, count in manifest.people.items())
    for name, table in manifest.tables.items():
        yield f"  {name:12} {counted(table.rows, 'row')}, {counted(len(table.columns), 'column')}"
    yield f"! {manifest.risk['said']}"
