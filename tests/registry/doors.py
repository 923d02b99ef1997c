"""Every door by which a user of a site reads or writes patients: the methods of a session, the functions, the commands.

A door of one record is opened with another site's record and with one that is nowhere, and must answer both in the same
words; a door of all records must show none of another site. Through either, no row of another site changes, nor a key of its
patients. test_doors.py sees that each door that is in the code is named here, or why it is not.
"""

import argparse
import contextlib
import io
import re
import shutil
import sys
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import polars
from sqlalchemy import select

from patency.case import Case
from patency.cli import registry as registry_command
from patency.cli.common import Failed
from patency.fault import Refused
from patency.registry import schema
from patency.registry.case import case_of, seen_of
from patency.registry.cutting.cut import cut
from patency.registry.cutting.heads import sealed_heads
from patency.registry.entry import Entry, New, Packed, Value, packed
from patency.registry.files.export import export, pseudonyms_of
from patency.registry.files.export_redcap import export_redcap
from patency.registry.files.ids import Ids
from patency.registry.files.run import look_over
from patency.registry.follow.counts import count
from patency.registry.follow.follow_up import complete, due, flowed
from patency.registry.follow.protocol import Protocol
from patency.registry.follow.read_protocol import MINIMAL, protocol_named
from patency.registry.keep.alike import Sought
from patency.registry.keep.erase import erase
from patency.registry.keep.history import history_of
from patency.registry.keep.identity import Identity, find, identity_of, set_identity
from patency.registry.keep.taken_out import taken_while
from patency.registry.keep.trail import export_trail, lines_of, names_of
from patency.registry.kept import decide, keep_consult
from patency.registry.quality.by_patient import standing
from patency.registry.quality.check import check_all, check_patient
from patency.registry.quality.queries import accept, answer, query_named, withdraw
from patency.registry.registry import Registry
from patency.registry.session import Session
from registry.bringing import brought
from registry.made import by_owner
from registry.strangers import SITES, Strangers

WRITERS = {"north": "ivo", "south": "sam", "west": "una"}
OF_SITES = ("anna", "ivo", "rita", "sam", "tom", "rob", "una")
SHORT = 8  # letters by which a list of queries names them
_DAY, _LATE = date(2021, 3, 1), date(2026, 1, 1)
_MAP = """registry map: patency-registry-map/1
source: clinic
patient: {column: patient}
records:
  - kind: visit
    key: [visit]
    parent: latest
    items: {date: {column: date}, note: {column: note}}
"""
_ID = re.compile("[0-9a-f]{32}")
_HEX = re.compile("[0-9a-f]+")
_SHORT = re.compile(rf"(?<![0-9a-f])[0-9a-f]{{{SHORT}}}(?![0-9a-f])")


class Door(NamedTuple):
    """What is done with one record of a kind, or with the pseudonym of a patient, in a folder of its own."""

    kind: str
    through: Callable[[Session, str, Path], Any]


def _void(who: Session, event: str) -> None:
    """Void an event, where one may: only what is void is brought back."""
    with contextlib.suppress(Refused):
        who.void("event", event, "of another")


def _back(who: Session, event: str) -> Entry:
    _void(who, event)
    return who.reinstate("event", event, "voided by mistake")


def _visit(who: Session) -> dict[str, Value]:
    return {"date": _DAY, "planned": "unplanned", "note": f"{SITES[who.user.site]}-1"}


def _hung(who: Session, parent: str, patient: str) -> New:
    return New("visit", _visit(who), patient, parent)


def _packed(patient: str) -> Packed:
    return Packed("consent", packed({"what": "consent", "date": _DAY}), patient, patient, f"{patient[:-1]}g")


def _opened(who: Session, record: str) -> Any:
    """Open a row that somebody got hold of: of one's own site as it is kept, of another's by what is in the open."""
    own = [row for rows in who.sealed("visit") for row in rows if row.id == record]
    return who.opened("visit", own[0] if own else SimpleNamespace(id=record, site="another"))  # type: ignore[arg-type]  # a row has both


def _file(who: Session, folder: Path, pseudonym: str, is_written: bool, correct: str = "") -> Any:
    file = folder / "visits.csv"
    file.write_text(f"patient,visit,date,note\n{pseudonym},1,2025-12-01,{SITES[who.user.site]}-1\n", encoding="utf-8")
    account = brought(who, file, _MAP, write=is_written, correct=correct)
    return account.kept, [str(fault) for fault in account.faults]


def _taken(who: Session, patient: str) -> Any:
    """List what was taken out of one's own site; every site's writer has exported something."""
    found = taken_while(who, patient)
    assert not {each.user for each in found} & set(WRITERS.values()) - {WRITERS[who.user.site]}, "another's is listed"
    return found


def protocol(who: Session) -> Protocol:
    """Return the protocol that every site follows."""
    return protocol_named(MINIMAL, who.registry.library.sources, who.forms)


OF_ONE: Mapping[str, Door] = {
    "Session.entry": Door("visit", lambda who, it, _: who.entry("visit", it)),
    "Session.patient": Door("pseudonym", lambda who, it, _: who.patient(it)),
    "Session.id_beginning": Door("visit", lambda who, it, _: who.id_beginning("visit", it)),
    "Session.record_of": Door("patient", lambda who, it, _: who.record_of(it)),
    "Session.history": Door("patient", lambda who, it, _: who.history(it)),
    "Session.entries": Door("patient", lambda who, it, _: list(who.entries("visit", it))),
    "Session.opened": Door("visit", lambda who, it, _: _opened(who, it)),
    "Session.add": Door(
        "patient", lambda who, it, _: who.add(New("consent", {"what": "consent", "date": _DAY}, it, it))
    ),
    "Session.add_all": Door("episode", lambda who, it, _: who.add_all([_hung(who, it, of(who, "episode", it))])),
    "Session.keep": Door("episode", lambda who, it, _: who.keep([_hung(who, it, of(who, "episode", it))])),
    "Session.add_packed": Door("patient", lambda who, it, _: who.add_packed([_packed(it)])),
    "Session.correct": Door("visit", lambda who, it, _: who.correct("visit", it, {"pain": 4.0}, "mistyped")),
    "Session.keep_version": Door("visit", lambda who, it, _: who.keep_version("visit", it, {"pain": 5.0}, "mistyped")),
    "Session.void": Door("event", lambda who, it, _: who.void("event", it, "of another")),
    "Session.reinstate": Door("event", lambda who, it, _: _back(who, it)),
    "Session.hanging_on": Door("visit", lambda who, it, _: who.hanging_on("visit", it)),
    "Session.void_of": Door("patient", lambda who, it, _: who.void_of(it)),
    "Session.keep_void": Door("event", lambda who, it, _: who.keep_void("event", it, "of another")),
    "standing": Door("patient", lambda who, it, _: list(standing(who, it))),
    "check_patient": Door("patient", lambda who, it, _: check_patient(who, it, today=_LATE)),
    "look_over": Door("patient", lambda who, it, _: look_over(who, [it])),
    "query_named": Door("query", lambda who, it, _: query_named(who, it)),
    "answer": Door("query", lambda who, it, _: answer(who, it, "It is so.")),
    "accept": Door("query", lambda who, it, _: accept(who, it, "It is so.")),
    "withdraw": Door("query", lambda who, it, _: withdraw(who, it, "It does not fit.")),
    "case_of": Door("episode", lambda who, it, _: case_of(who, it, _LATE)),
    "seen_of": Door("episode", lambda who, it, _: seen_of(who, it, _LATE)),
    "keep_consult": Door("episode", lambda who, it, _: keep_consult(who, it, Case(_LATE, {}), "page")),
    "decide": Door("consult", lambda who, it, _: decide(who, it, "pcdt", _LATE, "Dr", "it is mild")),
    "history_of": Door("patient", lambda who, it, _: history_of(who, it)),
    "identity_of": Door("patient", lambda who, it, _: identity_of(who, it)),
    "set_identity": Door("patient", lambda who, it, _: set_identity(who, it, named(who.user.site, it))),
    "taken_while": Door("patient", lambda who, it, _: _taken(who, it)),
    "find": Door("patient", lambda who, it, _: find(who, Sought(number=it))),
    "Import": Door("pseudonym", lambda who, it, folder: _file(who, folder, it, is_written=False)),
    "Import, written": Door("pseudonym", lambda who, it, folder: _file(who, folder, it, is_written=True)),
    "Import, correcting": Door("pseudonym", lambda who, it, folder: _file(who, folder, it, True, "as they write")),
    "erase": Door("patient", lambda who, it, _: erase(who, it, "asked")),
}
OF_ALL: Mapping[str, Callable[[Session, Path], Any]] = {
    "Session.sites": lambda who, _: who.sites,
    "Session.screening": lambda who, _: who.screening,
    "Session.enrol": lambda who, _: who.enrol(f"new-{SITES[who.user.site]}", {"sex_at_birth": "female"}),
    "Session.sealed": lambda who, _: [row for rows in who.sealed("visit", "") for row in rows],
    "Session.pooled": lambda who, _: list(who.pooled("visit")),
    "check_all": lambda who, _: check_all(who, today=_LATE),
    "standing, of all": lambda who, _: list(standing(who)),
    "pseudonyms_of": lambda who, _: pseudonyms_of(who),
    "export": lambda who, folder: export(who, folder / "out", ["visit.note", "event.note"]),
    "export_redcap": lambda who, folder: export_redcap(who, folder / "out", ["visit.note"]),
    "cut": lambda who, folder: cut(who, folder / "out").manifest.people,
    "count": lambda who, _: [count(who, "event.what", by=by) for by in ("", "patient.sex_at_birth")],
    "due": lambda who, _: due(who, protocol(who), _LATE),
    "complete": lambda who, _: complete(who, protocol(who), _LATE),
    "flowed": lambda who, _: flowed(who, protocol(who), _LATE),
    "lines_of": lambda who, _: list(lines_of(who)),
    "names_of": lambda who, _: names_of(who),
    "export_trail": lambda who, folder: export_trail(who, folder / "trail.csv", "csv"),
    "sealed_heads": lambda who, _: len(sealed_heads(who)),
    "Import, of all": lambda who, folder: [_file(who, folder, name, True) for name in pseudonyms_of(who).values()],
}
COMMANDS_OF_ONE: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "add": ("pseudonym", ("{}", "event", "what=death", "date=2021-04-01")),
    "correct": ("visit", ("visit", "{}", "weight=16 kg", "--reason", "mistyped")),
    "void": ("visit", ("visit", "{}", "--reason", "of another", "--with-what-hangs-on-it")),
    "reinstate": ("event", ("event", "{}", "--reason", "voided by mistake")),
    "show": ("pseudonym", ("{}",)),
    "history": ("pseudonym", ("{}",)),
    "identity": ("pseudonym", ("{}",)),
    "find": ("patient", ("--number", "{}")),
    "consult": ("pseudonym", ("{}", "--case")),
    "decide": ("consult", ("{}", "pcdt", "--by", "Dr", "--why", "it is mild")),
    "query answer": ("query", ("{}", "It is so.")),
    "query accept": ("query", ("{}", "It is so.")),
    "query withdraw": ("query", ("{}", "It does not fit.")),
    "import": ("pseudonym", ("{folder}/visits.csv", "{folder}/visits.yaml", "--write", "--correct", "as they write")),
    "erase": ("pseudonym", ("{}", "--reason", "asked", "--confirm", "{}")),
}
COMMANDS_OF_ALL: Mapping[str, tuple[str, ...]] = {
    "enrol": ("another-{site}", "sex_at_birth=female"),
    "screen": ("date=2021-03-01", "enrolled=no", "reason=refused"),
    "list": (),
    "check": (),
    "query list": ("--answers",),
    "trail": (),
    "export": ("{folder}/out", "--text", "visit.note"),
    "cut": ("{folder}/out",),
    "due": ("--on", "2026-01-01", "--status", "all"),
    "complete": ("--on", "2026-01-01", "--missing"),
    "flow": ("--on", "2026-01-01"),
    "count": ("event.what", "--by", "patient.sex_at_birth"),
}
TYPED = {  # doors at which the beginning of an id is typed, and how many letters
    "Session.id_beginning": 6, "query_named": SHORT, "patency registry correct": 6, "patency registry void": 6,
    "patency registry decide": 6, "patency registry query answer": SHORT, "patency registry query accept": SHORT,
    "patency registry query withdraw": SHORT,
}  # fmt: skip
POOLED = ("Session.pooled",)  # doors that are shut to every user of a site
STILL = (  # doors of all that answer the same twice: what another site does meanwhile must not be seen in them
    "Session.sites", "Session.screening", "Session.sealed", "standing, of all", "pseudonyms_of", "count", "due", "complete",
    "flowed",
)  # fmt: skip


def of(who: Session, kind: str, record: str) -> str:
    """Return whose a record of one's own is; of what is not one's own, the record itself."""
    return {entry.id: entry.patient for entry in who.entries(kind)}.get(record, record)


def named(site: str, patient: str) -> Identity:
    """Return a name that tells of its site, and a number that is the patient's id."""
    return Identity(f"Anne {SITES[site]}", date(1990, 1, 2), {"hospital": patient})


class Doors(Strangers):
    """Three sites with something of each kind, and what a user is shown through each door."""

    def __init__(self, registry: Registry, seed: int, folder: Path) -> None:
        super().__init__(registry, seed)
        self.registry, self.folder, self.opened_by_own = registry, folder, set[str]()
        self.twins: set[str] = set()  # ids of North's own that South has as well
        self.names: dict[str, str] = {}  # of each patient, the pseudonym
        self.owned = by_owner(registry)
        self.parser = argparse.ArgumentParser()
        registry_command.arguments(self.parser)
        for site, name in WRITERS.items():
            self.furnish(site, self.sessions[name])
            export(self.sessions[name], folder / f"of-{site}", [])
        for _record in range(20):
            self.adds_with_an_id_of_elsewhere(self.sessions[self.dice.choice(list(WRITERS.values()))])
        self.import_ids_of_elsewhere()

    def furnish(self, site: str, who: Session) -> None:
        """Give a site patients with a record of each kind, queries, consults and names."""
        for number in range(7):
            self.comes(site, who, f"{SITES[site]}-{number}")
        check_all(who, today=_LATE)
        for entry in who.entries("query"):
            self.keep(entry)

    def comes(self, site: str, who: Session, pseudonym: str) -> None:
        """Let a patient come to a site, with a record of each kind."""
        entry = who.enrol(pseudonym, {"sex_at_birth": "female"})
        self.keep(entry)
        set_identity(who, entry.id, named(site, entry.id))
        self.names[entry.id] = pseudonym
        for kind, above in (("consent", "patient"), ("episode", "patient"), ("visit", "episode"), ("event", "episode")):
            parent = next(iter(self.current(site, above, entry.id)))
            self.keep(who.add(New(kind, self.values(kind, site, who), entry.id, parent)))
        episode = next(iter(self.current(site, "episode", entry.id)))
        self.keep(keep_consult(who, episode, Case(_LATE, {}), "page"))

    def import_ids_of_elsewhere(self) -> None:
        """Let South have a visit under each id that an import of North's would give its own."""
        north, south = self.sessions["ivo"], self.sessions["sam"]
        ids, (episode, above) = Ids(north.id_of, "clinic"), next(iter(self.current("south", "episode").items()))
        for pseudonym in (self.names[patient] for patient in self.current("north", "patient")):
            record = ids.record("visit", pseudonym, "1")
            self.twins.add(record)
            self.keep(south.add(New("visit", self.values("visit", "south", south), above.patient, episode, record)))

    # --- what is drawn ----------------------------------------------------------------------------------------------

    def theirs(self, site: str, kind: str) -> str:
        """Draw a record, or a pseudonym, of another site, that one's own site has none of."""
        other = self.dice.choice([each for each in SITES if each != site])
        ids = [record for _, record in self.ids(other, "patient" if kind == "pseudonym" else kind, is_void=True)]
        own = self.twins | {record for _, record in self.kept[site]}
        found = self.dice.choice([each for each in ids if each not in own])
        return self.names[found] if kind == "pseudonym" else found

    def none(self, like: str) -> str:
        """Draw an id, or a pseudonym, that nobody has."""
        return self.nowhere() if _ID.fullmatch(like) else f"of-nowhere-{self.dice.randrange(10**6)}"

    # --- what is checked --------------------------------------------------------------------------------------------

    def others(self, site: str) -> int:
        """Return what all rows of other sites, and the keys of their patients, come to."""
        tables = [table for table in schema.meta.sorted_tables if "site" in table.c]
        with self.owned.engine.connect() as connection:
            rows = [
                tuple(connection.execute(select(table).where(table.c.site != site).order_by(*table.primary_key)))
                for table in tables
            ]
        theirs = {record for other in SITES if other != site for kind, record in self.kept[other] if kind == "patient"}
        return hash((*rows, frozenset(theirs & set(self.registry.vault.patients()))))

    def through(self, who: Session, act: Callable[[Path], Any], *said: str) -> tuple[Any, str, str]:
        """Act in a new folder; fail where anything given, refused, printed or written tells of another site, or changed it."""
        site, room = who.user.site, self.folder / "room"
        room.mkdir()
        before, answer, refusal = self.others(site), None, ""
        with contextlib.redirect_stdout(io.StringIO()) as out:
            try:
                answer = act(room)
            except Refused as refused:
                refusal = "".join(map(str, refused.faults))
        text = f"{answer!r} {refusal} {out.getvalue()} {_written(room)}"
        shutil.rmtree(room)
        assert self.others(site) == before, f"{who.user.name} changed what is another's"
        for each in said:
            text = (
                text if _HEX.fullmatch(each) else text.replace(each, "")
            )  # an id whose beginning was typed may not be made whole
        twins = self.twins if site == "north" else set()
        self.see_no_stranger(site, text, (*twins, *said))
        short = {record[:SHORT] for other in SITES if other != site for _, record in self.kept[other]}
        own = {record[:SHORT] for record in {*twins, *said} | {own for _, own in self.kept[site]}}
        assert not set(_SHORT.findall(text)) & short - own, f"{site} is told: {text}"
        self.asked += 1
        return answer, refusal, out.getvalue()

    def tries(self, name: str, who: Session) -> None:
        """Open a door with what is another's, and with what is nowhere: both are answered in the same words."""
        kind, act = self.acts_of_one()[name]
        theirs = self.theirs(who.user.site, kind)
        foreign, nowhere = theirs[: TYPED.get(name)], self.none(theirs)[: TYPED.get(name)]
        told = []
        for it in (foreign, nowhere):
            answer = self.through(who, lambda room, it=it: act(who, it, room), it)  # type: ignore[misc]  # bound at once
            told.append(repr(answer).replace(it, "IT").replace(it[:SHORT], "IT"))
        assert told[0] == told[1], f"{name} tells {who.user.name} what is another's from what is nowhere: {told}"

    def looks(self, name: str, who: Session) -> None:
        """Open a door of all records; what it refuses, it refuses by the role."""
        act = self.acts_of_all()[name]
        answer, refusal, printed = self.through(who, lambda room: act(who, room))
        is_opened = not refusal and not (name.startswith("patency") and answer)
        assert is_opened or who.user.role != "investigator" or name in POOLED, refusal + printed

    def opens(self, name: str, who: Session) -> None:
        """Open a door with what is one's own."""
        kind, act = self.acts_of_one()[name]
        ids = self.ids(who.user.site, "patient" if kind == "pseudonym" else kind)
        _, own = self.dice.choice(ids)
        own = self.names[own] if kind == "pseudonym" else own[: TYPED.get(name)]
        answer, refusal, _ = self.through(who, lambda room: act(who, own, room))
        if not refusal and not (name.startswith("patency") and answer):
            self.opened_by_own.add(name)

    def acts_of_one(self) -> dict[str, tuple[str, Callable[[Session, str, Path], Any]]]:
        """Return each door of one record, by its name; a command is run as it is typed."""
        typed = {
            f"patency registry {name}": (kind, self._typed(name, words))
            for name, (kind, words) in COMMANDS_OF_ONE.items()
        }
        return {name: (door.kind, door.through) for name, door in OF_ONE.items()} | typed

    def acts_of_all(self) -> dict[str, Callable[[Session, Path], Any]]:
        """Return each door of all records, by its name."""
        typed = {f"patency registry {name}": self._typed(name, words) for name, words in COMMANDS_OF_ALL.items()}
        return dict(OF_ALL) | {name: lambda who, room, run=run: run(who, "", room) for name, run in typed.items()}

    def _typed(self, name: str, words: tuple[str, ...]) -> Callable[[Session, str, Path], int]:
        def run(who: Session, it: str, room: Path) -> int:
            (room / "visits.yaml").write_text(_MAP, encoding="utf-8")
            (room / "visits.csv").write_text(f"patient,visit,date,note\n{it},1,2025-12-01,\n", encoding="utf-8")
            if name == "reinstate":
                _void(who, it)
            filled = (word.format(it, folder=room, site=SITES[who.user.site]) for word in words)
            options = self.parser.parse_args(
                [*name.split(), str(self.registry.folder), *filled, "--user", who.user.name]
            )
            try:
                return options.run(options) or 0
            except Failed as failed:
                sys.stdout.write(" ".join(map(str, (failed.summary, *failed.faults))))
                return failed.code

        return run


def _written(room: Path) -> str:
    """Return all that was written into a folder."""
    files = [file for file in sorted(room.rglob("*")) if file.is_file()]
    return " ".join(repr(polars.read_parquet(file).rows()) if file.suffix == ".parquet" else file.read_text(encoding="utf-8")
                    for file in files)  # fmt: skip
