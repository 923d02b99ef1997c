"""A cut of a registry: an immutable, de-identified snapshot in a folder, from which all analysis reads.

In: a session of who may cut (a statistician all sites, an investigator their own), and a folder that is not there yet. Out: the
cut, opened again and checked. It is written beside under another name and renamed when it is whole.

What is not in it: names, pseudonyms, sites' names, dates and years, free text, authors and moments of entry, void records, who
was erased, who withdrew or refused. What is in it of a patient is told in `RULES`, which stand in the manifest.

Not here: what a cut is (patency/cut), rows (cutting/rows.py), columns (cutting/columns.py), scales, findings and consults, ids.
"""

import json
import secrets
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import patency
from patency.cut.manifest import FORMAT, MANIFEST, RECORD, Manifest, Table, hashed, to_json
from patency.cut.opened import Cut, open_cut
from patency.cut.signature import signed
from patency.fault import Fault, Place, Refused
from patency.registry.access import CUT
from patency.registry.cutting.heads import sealed_heads
from patency.registry.cutting.ids import Codes, Digest
from patency.registry.cutting.people import CONSENT, Standing, counted, is_plain, standings, untold
from patency.registry.cutting.reading import Reading
from patency.registry.cutting.risk import risk_of
from patency.registry.cutting.rows import Reader, reader
from patency.registry.cutting.writing import Writing
from patency.registry.entry import now, stamped, unpacked
from patency.registry.follow.read_protocol import told_of
from patency.registry.schema import VERSION
from patency.registry.where import write_down

if TYPE_CHECKING:
    from patency.registry.session import Session

RULES = (
    "Every date is a count of days since the episode's index date.",
    "The day of consent, and that of each episode, is counted from the index date of the patient's first episode.",
    "No year, month or day of the calendar is in the tables; of the screening log no day at all, for nothing it could be counted from.",
    "Ages of 90 and over are 90 (45 CFR 164.514(b)(2)(i)(C)).",
    "Below, ages are rounded downward: to years from 18 on, to tenths from 1 to 17, to hundredths under 1 year.",
    "Free text is left out, whatever was asked; of words there are only names of scales, concepts, rules and options.",
    "Ids are opaque, and others in every other cut; sites are codes. Names, pseudonyms, authors and moments of entry are left out.",
    "What is void, and what is recorded under a field that the form no longer has, is left out.",
    "Null is what nobody answered: it is neither no nor nought.",
    "'absent' holds the reasons that were given for no answer, 'between' what is known only within two ends.",
    "Where the index date is not known exactly, the days that would be counted from it are null.",
    "A withdrawal or a refusal that fewer than five patients in the cut said has no row: the manifest does not tell how many they are.",
    "Scores are Patency's own, of the answers; a blank leaves a total open and is never nought.",
)


def cut(session: "Session", folder: Path) -> Cut:
    """Cut a registry into a folder that is not there yet; it is a line of the trail before it is written, and one after."""
    session.need(CUT, "cut the registry")
    _refuse_existing(folder)
    session.note("cut", details={"what": "begun"})
    part = folder.parent / f".{folder.name}.{secrets.token_hex(4)}.part"
    part.mkdir(parents=True, mode=0o700)
    try:
        manifest = _written(session, part)
        write_down(part / MANIFEST, to_json(manifest))
        write_down(part / RECORD, _record(session, manifest))
        _refuse_existing(folder)
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    rows = {name: table.rows for name, table in manifest.tables.items()}
    session.note("cut", details={"what": "finished", "content": manifest.content, "rows": rows})
    return open_cut(folder)


def _refuse_existing(folder: Path) -> None:
    if folder.exists() or folder.is_symlink():
        raise Refused([Fault(Place(str(folder)), "there is something of this name already", "a cut is never written over",
                             "name a folder that is not there yet")])  # fmt: skip


def _written(session: "Session", folder: Path) -> Manifest:
    """Write the tables, all of one moment, and return what the cut says of itself."""
    registry = session.registry
    made_by = versions(session)
    protocol = made_by["protocol"]["name"] if registry.details.protocol else ""
    with reader(session) as rows:
        people, erased, silent = _people(rows)
        said = counted(people, erased)
        digest = Digest(json.dumps([made_by, said, registry.details.label, protocol], sort_keys=True))
        reading = Reading(rows, session, people, silent, rules_of(session), folder, digest)
        reading.read()
    tables = Writing(reading, Codes(registry.vault.secret, digest.bytes), folder).write()
    risk = risk_of(folder, tables)
    details = registry.details
    return hashed(Manifest("", details.id, details.label, protocol, made_by, tables, said, risk, RULES))


def rules_of(session: "Session") -> frozenset[str]:
    """Return the names of the quality rules, by which queries may be told."""
    from patency.registry.quality.read_rules import read_rules

    return frozenset(read_rules(session.registry.library.sources, session.forms))


def _people(rows: Reader) -> tuple[dict[str, Standing], int, frozenset[str]]:
    """Return what each patient's last word comes to, how many were erased, and of which words no row is told."""
    consents = [
        each for some in rows.rows("consent", rows.ciphers) for each in zip(some.patients, some.lines, strict=True)
    ]
    # Nearly all say no more than that consent was given; only of who ever said otherwise need each be read.
    doubtful = {patient for patient, line in consents if not is_plain(line)}
    last = dict.fromkeys({patient for patient, _ in consents} - doubtful, Standing(True, None, CONSENT[0]))
    read = [(patient, unpacked(line)[0]) for patient, line in consents if patient in doubtful]
    last |= standings(read)
    patients = rows.patients()
    known = {
        each: last.get(each, Standing(True))
        for each, is_void in patients.items()
        if each in rows.ciphers and not is_void
    }
    return known, len(patients.keys() - rows.ciphers.keys()), untold(read, known)


def versions(session: "Session") -> dict[str, Any]:
    """Return what the values of a cut are read by: versions and hashes."""
    library, forms = session.registry.library, session.forms
    return {
        "format": FORMAT,
        "patency": patency.__version__,
        "schema": VERSION,
        "protocol": told_of(session.registry.details.protocol, library.sources, forms),
        "library": library.content_hash,
        "guidelines": {
            each.id: {"edition": each.edition, "hash": each.content_hash} for each in library.guidelines.values()
        },
        "forms": {kind: {"version": form.version, "hash": form.content_hash} for kind, form in forms.of.items()},
        "scales": {
            name: {"version": scale.version, "hash": scale.content_hash} for name, scale in forms.scales.items()
        },
    }


def _record(session: "Session", manifest: Manifest) -> bytes:
    """Return what stands outside the hashes: of which cut, when, by whom, and the heads of the trail, sealed."""
    said: Mapping[str, Any] = {
        "content": manifest.content,
        "at": stamped(now()),
        "by": session.user.name,
        "of": "its own site" if session.user.site else "all sites",
        "heads": sealed_heads(session),
        "public_key": session.registry.public_key.hex(),
        "signature": session.registry.vault.sign(signed(manifest.content)).hex(),
    }
    return json.dumps(said, indent=1).encode() + b"\n"


__all__ = ["RULES", "Cut", "Table", "cut", "open_cut", "versions"]
