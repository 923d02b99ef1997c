"""`patency registry verify|backup|restore|recover|status`: keep a registry safe; who holds its folder does it, and signs in nowhere.

On PostgreSQL it is done by the role that owns the tables (PATENCY_OWNER_DATABASE). Each operation is a line of
operations.jsonl in the registry's folder (registry/keep/log.py). What one who is signed in may look up, find and erase stands in
registry_look.py.
"""

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from patency.cli.common import CASE_REFUSED, MISTYPED, UNREADABLE, Failed
from patency.cli.registry_look import look_arguments
from patency.cli.registry_open import add_where, refusing, say_label
from patency.cut.manifest import RECORD
from patency.fault import Fault, Place, Refused
from patency.registry.keep.heads import (
    Carried,
    as_carried,
    keep_heads,
    keep_newest,
    read_heads,
    read_written,
    written_heads,
)
from patency.registry.keep.held import Held, hold
from patency.registry.keep.log import operation
from patency.registry.keep.verify_rows import put_in
from patency.registry.keep.warned import warned
from patency.registry.keep.words import moment, trail_of, version_of
from patency.registry.registry import HEADS
from patency.registry.where import writable
from patency.table import counted

if TYPE_CHECKING:
    from patency.registry.keep.status import Status

Actions: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
MOST_SHOWN = 100  # findings that are printed; all of them are counted


def arguments(actions: Actions) -> None:
    """Say what may be asked of it."""
    verify = actions.add_parser(
        "verify",
        help="say whether a registry was tampered with, and where",
        description="Walk every line of every trail and every row of every table, and hold them against each other, against the "
        "registry's key, and against the heads that were carried out before: those in the folder heads/, and those of any cut, "
        "backup or export of the trail that is named. Exit code 3 where anything does not fit; 5 where all fits but something "
        "named carries no heads that can be read.",
        epilog="example: patency registry verify our-registry --against /mnt/safe/backup.zip",
    )
    add_where(verify, is_signed_in=False)
    verify.add_argument("--against", type=Path, action="append", default=[], metavar="PATH",
                        help="a file of heads, a cut, a backup or the heads of an export of the trail; may be given again")  # fmt: skip
    verify.set_defaults(run=_verify)
    _backup_arguments(actions)
    status = actions.add_parser(
        "status",
        help="say how a registry stands",
        description="Say how many records each site has, how far each trail goes, and what was last done to keep the registry safe. "
        "Exit code 5 where the database's file or a key is gone or damaged, 3 where a site or its key is not what the trail says.",
        epilog="example: patency registry status our-registry",
    )
    add_where(status, is_signed_in=False)
    status.add_argument("--json", action="store_true", help="as JSON, for a program that watches")
    status.set_defaults(run=_status)
    look_arguments(actions)


def _backup_arguments(actions: Actions) -> None:
    backup = actions.add_parser(
        "backup",
        help="write a backup to a file, or a copy of the keys to a folder",
        description="Write all tables, as they stand at one moment, to a new file. No key is in it: without the folder of keys nobody "
        "can read it. So keep a copy of the keys as well (--keys DIR), apart from the backups, and make it anew after each erasure: "
        "with an older copy, who was erased could be read again.",
        epilog="example: patency registry backup our-registry backups/2026-11-22.zip",
    )
    add_where(backup, is_signed_in=False)
    backup.add_argument("file", type=Path, nargs="?", metavar="FILE", help="a new file")
    backup.add_argument("--keys", type=Path, metavar="DIR", help="a folder, in a safe: the keys there are replaced")
    backup.set_defaults(run=_backup)
    restore = actions.add_parser(
        "restore",
        help="make a registry from a backup",
        description="Restore a backup to a new folder and an empty database, a file unless PATENCY_DATABASE and "
        "PATENCY_OWNER_DATABASE name a PostgreSQL; then verify it, and compare each table with what was written.",
        epilog="example: patency registry restore backups/2026-11-22.zip again --keys our-registry/keys",
    )
    restore.add_argument("file", type=Path, metavar="FILE")
    restore.add_argument("folder", type=Path, metavar="DIR", help="a new folder")
    restore.add_argument(
        "--keys",
        type=Path,
        required=True,
        metavar="DIR",
        help="the folder of keys: that of today, if it still is there",
    )
    restore.set_defaults(run=_restore)
    recover = actions.add_parser(
        "recover",
        help="put keys that are missing back from a copy of the keys",
        description="Put back from a copy the keys of patients that are missing or damaged here. Each is tried on what it sealed; no key "
        "that opens anything is touched, and nobody who was erased comes back. Exit code 3 where keys are still missing: try an older "
        "copy then.",
        epilog="example: patency registry recover our-registry --keys safe",
    )
    add_where(recover, is_signed_in=False)
    recover.add_argument("--keys", type=Path, required=True, metavar="COPY", help="a copy of the folder of keys")
    recover.set_defaults(run=_recover)


@contextmanager
def _held(options: argparse.Namespace) -> Iterator[Held]:
    """Open a registry as who holds it."""
    with refusing("the registry cannot be opened", UNREADABLE):
        held = hold(options.folder)
    try:
        yield held
    finally:
        held.close()


def _verify(options: argparse.Namespace) -> None:
    from patency.registry.keep.verify import verify

    with _held(options) as held, refusing("nothing is verified"), operation(options.folder, "verify") as facts:
        say_label(held.details.label)
        carried, unread = _carried(held, options)
        for warning in warned(held):
            print(warning)
        found, fixes = 0, dict[str, None]()
        for found, finding in enumerate(verify(held, carried), 1):
            fixes[finding.fix] = None
            if found <= MOST_SHOWN:
                print(finding)
        facts |= {"findings": found, "heads": len(carried)}
        if found > MOST_SHOWN:
            print(f"... and {found - MOST_SHOWN} more")
        for fix in filter(None, fixes):
            print(f"  fix: {fix}")
        if not found:
            with held.still() as connection:
                heads = written_heads(connection)
            told = f"{counted(sum(head['seq'] for head in heads), 'line')} of {counted(len(heads), 'trail')} fit, with every row"
            before = f", and with {counted(len(carried), 'head')} carried out before" if carried else ""
            print(f"{told}{before}.")
            with (
                refusing("the heads of the trails are not kept", UNREADABLE),
                writable(options.folder, "they show later whether the trails were cut short"),
                held.still() as connection,
            ):
                keep_newest(connection, held.vault, held.details.id, read_written(heads))
                keep_heads(held.folder, as_carried(held.details.id, held.public_key, heads))
    if found:
        raise Failed(CASE_REFUSED, f"{counted(found, 'thing')} {'does' if found == 1 else 'do'} not fit: see above; keep the database as "
                                   "it is, and find out who could write to it", unread)  # fmt: skip
    if unread:
        raise Failed(UNREADABLE, "what is named could not all be held against it; all else was, and fits", unread)


def _carried(held: Held, options: argparse.Namespace) -> tuple[list[Carried], list[Fault]]:
    """Return the heads that the registry keeps, and those of what is named, and why some cannot be read; a cut's are sealed."""
    from patency.registry.cutting.heads import heads_in

    carried: list[Carried] = []
    faults: list[Fault] = []
    for path in (*sorted((options.folder / HEADS).glob("*.json")), *options.against):
        try:
            found = heads_in(path, held) if (path / RECORD).exists() else read_heads(path)
            if not found:
                raise Refused([Fault(Place(str(path)), "there are no heads in it", "nothing can be held against it",
                                     "name a file of heads, a cut, a backup, or the heads of an export of the trail")])  # fmt: skip
            carried += found
        except Refused as refused:
            faults += refused.faults
    return carried, faults


def _backup(options: argparse.Namespace) -> None:
    from patency.registry.keep.backup import backup
    from patency.registry.keep.copies import back_up_keys

    if options.file is None and options.keys is None:
        raise Failed(MISTYPED, "nothing is backed up", [Fault(Place("backup"), "no file is named", "it says where the backup is to be",
                                                               "name a new FILE, or --keys DIR")])  # fmt: skip
    with _held(options) as held:
        say_label(held.details.label)
        if options.file is not None:
            with refusing("nothing is backed up"), operation(options.folder, "backup") as facts:
                done = backup(held, options.file)
                facts["rows"] = sum(done.rows.values())
                with held.still() as connection:
                    odd = sorted(put_in(connection))
            print(
                f"{counted(facts['rows'], 'row')} of {counted(len(done.rows), 'table')} are in {options.file}. No key is in it."
            )
            if odd:
                kind, site, record, version = odd[0]
                print(f"! {counted(len(odd), 'row')} in it that no line of the trail tells of, such as of {site} "
                      f"{version_of(kind, record, version)}: `patency registry verify` names each, and what to do")  # fmt: skip
        if options.keys is not None:
            with refusing("the keys are not copied"), operation(options.folder, "backup of keys"):
                back_up_keys(held, options.keys)
            print(
                f"The keys are in {options.keys}. Keep them apart from the backups, and do this again after each erasure."
            )


def _restore(options: argparse.Namespace) -> None:
    from patency.registry.keep.backup import restore

    with refusing("nothing is restored"):
        restored = restore(options.file, options.folder, options.keys)
    with operation(options.folder, "restore") as facts:
        facts |= {"rows": sum(restored.rows.values()), "findings": len(restored.findings)}
    print(f"{counted(facts['rows'], 'row')} stand in {options.folder}, each as it was written.")
    for site, seq in restored.behind.items():
        print(
            f"! {trail_of(site)} went on to line {seq} after the backup was made: what those lines tell of is not restored."
        )
    if restored.erased:
        print(
            f"{counted(restored.erased, 'patient')} erased since the backup was made cannot be read, as it should be; "
            f"{counted(restored.names, 'name')} that it held of them {'was' if restored.names == 1 else 'were'} deleted."
        )
    found = [*restored.findings, *restored.missing]
    for finding in found[:MOST_SHOWN]:
        print(finding)
    for fix in dict.fromkeys(finding.fix for finding in found if finding.fix):
        print(f"  fix: {fix}")
    if restored.findings:
        raise Failed(
            CASE_REFUSED, f"{counted(len(restored.findings), 'thing')} did not fit when the backup was made: see above"
        )
    if restored.missing:
        raise Failed(CASE_REFUSED, f"{counted(len(restored.missing), 'key')} {'is' if len(restored.missing) == 1 else 'are'} not in "
                                   f"{options.keys}: see above; all else stands, and nobody was taken for erased by it")  # fmt: skip


def _recover(options: argparse.Namespace) -> None:
    from patency.registry.keep.copies import recover

    with _held(options) as held:
        say_label(held.details.label)
        with refusing("no key is put back"), operation(options.folder, "recover") as facts:
            done = recover(held, options.keys)
            facts |= {"keys": done.back, "missing": done.missing}
    is_are = "is" if done.back == 1 else "are"
    print(f"{counted(done.back, 'key')} {is_are} put back from {options.keys}, and no other was touched." if any(done)
          else "No key is missing: nothing is put back.")  # fmt: skip
    if done.missing:
        raise Failed(CASE_REFUSED, f"{counted(done.missing, 'key')} {'is' if done.missing == 1 else 'are'} still missing or none: "
                                   "`patency registry verify` tells whose; try an older copy")  # fmt: skip


def _status(options: argparse.Namespace) -> None:
    from patency.registry.keep.status import status

    with _held(options) as held, refusing("the status cannot be told", UNREADABLE):
        found, warnings = status(held), list(warned(held))
    if options.json:
        print(json.dumps(found._asdict() | {"details": found.details._asdict()}, indent=1, ensure_ascii=False))
    else:
        say_label(found.details.label)
        for line in (*_told(found), *warnings):
            print(line)
    if found.findings:
        raise Failed(CASE_REFUSED, f"{counted(len(found.findings), 'thing')} {'does' if len(found.findings) == 1 else 'do'} not fit: see "
                                   "above; `patency registry verify` looks at all the others")  # fmt: skip


def _told(found: "Status") -> Iterator[str]:
    waiting = (
        f", {counted(len(found.steps_waiting), 'step')} waiting: run `patency registry migrate`"
        if found.steps_waiting
        else ""
    )
    yield f"{found.details.name} ({found.details.id}) on {found.database}, schema {found.revision}{waiting}"
    for site, counts in found.counts.items():
        said = ", ".join(f"{_number(kind, count)}" for kind, count in counts.items()) or "nothing yet"
        yield f"{site}: {said}{f'; {found.erased[site]} erased' if found.erased.get(site) else ''}"
    yield f"Fingerprint of the key that signs its cuts: {found.fingerprint}"
    yield "Trails: " + ", ".join(f"{trail_of(site)} to line {seq} ({moment(at)})" for site, seq, at in found.heads)
    for what in ("backup", "backup of keys", "verify"):
        yield f"Last {what}: {_last(found.done.get(what))}"
    yield from (f"! {finding}" for finding in found.findings)
    for site, patient in found.half_erased:
        yield f"! The erasure of the patient {patient} of {site} was begun and not finished: `patency registry erase` again"
    yield from (f"! {said}" for said in found.papers)
    if found.is_veiled is False:
        yield ("! PostgreSQL tells everybody who may connect how many rows each table has: a superuser takes it away with veil.sql "
               "(docs/registry-on-postgresql.md)")  # fmt: skip


def _number(kind: str, count: int) -> str:
    from patency.registry.kinds import KINDS

    return f"{count} {KINDS[kind].words if count == 1 else KINDS[kind].plural}"


def _last(done: dict[str, Any] | None) -> str:
    if done is None:
        return "never"
    findings = f", {counted(done['findings'], 'finding')}" if "findings" in done else ""
    return f"{moment(done['time'])}{findings}"
