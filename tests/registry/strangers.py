"""A machine that does thousands of things at random as users of three sites, and knows what each of them may see.

In: a registry, and a seed. Each step is one act of one user through the library: on a record of their own site, on one of
another's, or on one that is nowhere. All that a site recorded bears a word of that site; so whatever a user is shown, or is
told on being refused, can be searched for what is not theirs. What is nowhere and what is another's must be refused in the
same words.
"""

import random
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from patency.fault import Refused
from patency.registry.admin import Admin
from patency.registry.entry import Entry, New, Value
from patency.registry.kinds import KINDS
from patency.registry.registry import Registry
from patency.registry.session import Session
from registry.made import PASSWORD, USERS, by_owner

SITES = {"north": "of-north", "south": "of-south", "west": "of-west"}
MORE = {"una": ("investigator", "west"), "tom": ("entry", "south"), "rob": ("reader", "south")}
_ID = re.compile(r"[0-9a-f]{32}")
_WORD = re.compile(r"of-([a-z]+)")
DEAR = 0.8  # of what reads the table of every kind, and takes as long as twenty others, so many are left out
_FIRST = date(2020, 1, 1)
_USED = ("consent", "episode", "visit", "event")  # kinds that are added beside patients; the others are only asked for


class Strangers:
    """The machine: what it does next, and what it knows of each site."""

    def __init__(self, registry: Registry, seed: int) -> None:
        self.dice = random.Random(seed)
        admin = Admin(owned := by_owner(registry), "operator")
        admin.add_site("west", "West Hospital", "GB")
        for name, (role, site) in MORE.items():
            admin.add_user(name, role, site, PASSWORD)
        owned.close()
        self.sessions = {name: registry.sign_in(name, PASSWORD) for name in USERS | MORE}
        self.kept: dict[str, dict[tuple[str, str], list[Entry]]] = {site: {} for site in SITES}
        self.done: dict[str, int] = {}
        self.asked = 0
        self.acts: list[Callable[[Session], None]] = [
            self.enrols, self.enrols, self.enrols_under_a_foreign_id, self.adds, self.adds, self.adds_under_strangers,
            self.adds_with_an_id_of_elsewhere, self.corrects, self.voids, self.sees_one, self.sees_a_patient,
            self.finds_a_pseudonym, self.finds_an_id, self.finds_an_id, self.lists, self.lists_of_a_patient, self.reads_the_rows,
            self.counts_the_sites, self.reads_the_pool,
        ]  # fmt: skip

    def run(self, steps: int) -> None:
        """Ask as many things of the library; each answer is checked as it comes."""
        while self.asked < steps:
            act = self.dice.choice(self.acts)
            act(self.sessions[self.dice.choice(list(self.sessions))])
            self.done[act.__name__] = self.done.get(act.__name__, 0) + 1

    def fill(self, records: int) -> None:
        """Enrol, add, correct and void, so that every site has something of each."""
        for _record in range(records):
            for name in ("ivo", "sam", "una"):
                self.dice.choice((self.enrols, self.adds, self.adds, self.corrects, self.voids))(self.sessions[name])

    # --- what is drawn ----------------------------------------------------------------------------------------------

    def values(self, kind: str, site: str, who: Session) -> dict[str, Value]:
        """Draw what a record says; a word of its site is in it."""
        day: Value = _FIRST + timedelta(days=self.dice.randrange(2000))
        word = f"{SITES.get(site, 'of-nowhere')}-{self.dice.randrange(10**6)} {who.user.name}"
        by_kind: dict[str, dict[str, Value]] = {
            "consent": {"what": "consent", "date": day, "form_version": word},
            "episode": {"date": day, "age": 30.0},
            "visit": {"date": day, "planned": "unplanned", "note": word},
            "event": {"what": "death", "date": day, "cause": "other", "note": word},
            "patient": {"sex_at_birth": "female"},
        }
        return by_kind[kind]

    def ids(self, site: str, kind: str = "", is_void: bool = False) -> list[tuple[str, str]]:
        """Return the kinds and ids of what stands at a site."""
        return [
            key
            for key, versions in self.kept[site].items()
            if kind in ("", key[0]) and (is_void or not versions[-1].is_void)
        ]

    def elsewhere(self, site: str, kind: str = "") -> tuple[str, str]:
        """Draw the kind and id of a record of another site; where there is none, of one that is nowhere."""
        found = [key for other in SITES if other != site for key in self.ids(other, kind)]
        return self.dice.choice(found) if found else (kind or "visit", self.nowhere())

    def nowhere(self) -> str:
        """Draw an id that nothing has."""
        return f"{self.dice.getrandbits(128):032x}"

    def own(self, who: Session, kind: str = "") -> tuple[str, str] | None:
        """Draw the kind and id of what stands at the user's own site."""
        found = self.ids(who.user.site, kind) if who.user.site else []
        return self.dice.choice(found) if found else None

    # --- what is checked --------------------------------------------------------------------------------------------

    def ask(self, who: Session, act: Callable[[], Any], *said: str) -> tuple[Any, str]:
        """Act, and see that neither the answer nor a refusal tells of another site what the user had not said."""
        self.asked += 1
        try:
            answer, refusal = act(), ""
            answer = list(answer) if isinstance(answer, Iterator) else answer
        except Refused as refused:
            answer, refusal = None, "".join(str(fault) for fault in refused.faults)
        if who.user.role != "statistician":
            self.see_no_stranger(who.user.site, f"{answer!r} {refusal}", said)
        return answer, refusal

    def see_no_stranger(self, site: str, text: str, said: tuple[str, ...] = ()) -> None:
        """Fail where a text holds a word or an id of another site."""
        assert set(_WORD.findall(text)) & SITES.keys() <= {site}, f"{site} is told: {text}"
        theirs = {record for other in SITES if other != site for _, record in self.kept[other]}
        ours = {record for _, record in self.kept[site]} if site else set()
        assert not (set(_ID.findall(text)) & theirs - ours - set(said)), f"{site} is told: {text}"

    def alike(self, who: Session, act: Callable[[str], Any], foreign: str) -> None:
        """See that what is another's and what is nowhere are answered in the same words."""
        nowhere = self.nowhere()
        one, other = self.ask(who, lambda: act(foreign), foreign), self.ask(who, lambda: act(nowhere), nowhere)
        assert one[0] in (None, [], ()), f"{who.user.name} is shown {one[0]!r}"
        assert one[1].replace(foreign, nowhere) == other[1]
        assert one[0] == other[0]

    def keep(self, entry: Entry) -> None:
        """Remember what was acknowledged."""
        self.kept[entry.site].setdefault((entry.kind, entry.id), []).append(entry)

    def current(self, site: str, kind: str, patient: str = "") -> dict[str, Entry]:
        """Return what stands now of a kind, by its id."""
        return {
            record: self.kept[site][kind, record][-1]
            for _, record in self.ids(site, kind)
            if patient in ("", self.kept[site][kind, record][-1].patient)
        }

    # --- what is done -----------------------------------------------------------------------------------------------

    def enrols(self, who: Session) -> None:
        """A pseudonym that another site uses as well is free here, and another patient."""
        pseudonym = f"P-{self.dice.randrange(60)}"
        is_free = who.user.may("add") and ("patient", who.id_of("patient", pseudonym)) not in self.kept[who.user.site]
        entry, refusal = self.ask(who, lambda: who.enrol(pseudonym, self.values("patient", who.user.site, who)))
        assert bool(entry) == is_free, refusal
        if entry:
            self.keep(entry)

    def enrols_under_a_foreign_id(self, who: Session) -> None:
        """Nobody gets at the key of another site's patient by enrolling under their id."""
        _, patient = self.elsewhere(who.user.site, "patient")
        values = {"pseudonym": f"P-{self.dice.randrange(60)}"}
        self.alike(who, lambda record: who.add(New("patient", values, record, "", record)), patient)

    def adds(self, who: Session) -> None:
        """What is added at a site stands there."""
        kind = self.dice.choice(_USED)
        above = self.own(who, KINDS[kind].of)
        if above is None:
            return
        patient = self.kept[who.user.site][above][-1].patient
        entry, refusal = self.ask(
            who, lambda: who.add(New(kind, self.values(kind, who.user.site, who), patient, above[1]))
        )
        assert bool(entry) == who.user.may("add"), refusal
        if entry:
            self.keep(entry)

    def adds_under_strangers(self, who: Session) -> None:
        """Nothing is hung on another site's record, nor on another site's patient."""
        kind = self.dice.choice(_USED)
        _, parent = self.elsewhere(who.user.site, KINDS[kind].of)
        others = [self.kept[site] for site in SITES if site != who.user.site]
        versions = [entry for other in others for entry in other.get((KINDS[kind].of, parent), [])]
        patient, values = versions[-1].patient if versions else self.nowhere(), self.values(kind, who.user.site, who)
        if not self.is_here(who, KINDS[kind].of, parent):
            self.alike(who, lambda record: who.add(New(kind, values, patient, record)), parent)
        if own := self.own(who, KINDS[kind].of):
            self.alike(who, lambda record: who.add(New(kind, values, record, own[1])), patient)

    def adds_with_an_id_of_elsewhere(self, who: Session) -> None:
        """An id that another site uses is free here, so that nobody can try which are taken."""
        kind, record = self.elsewhere(who.user.site, self.dice.choice(_USED))
        above = self.own(who, KINDS[kind].of)
        if above is None or (kind, record) in self.kept[who.user.site]:
            return
        patient = self.kept[who.user.site][above][-1].patient
        entry, refusal = self.ask(
            who, lambda: who.add(New(kind, self.values(kind, who.user.site, who), patient, above[1], record)), record
        )
        assert bool(entry) == who.user.may("add"), refusal
        if entry:
            self.keep(entry)

    def corrects(self, who: Session) -> None:
        """What is the site's own is corrected, and nothing else."""
        kind, foreign = self.elsewhere(who.user.site, self.dice.choice(_USED))
        values = self.values(kind, who.user.site, who)
        if not self.is_here(who, kind, foreign):
            self.alike(who, lambda record: who.correct(kind, record, values, "mistyped"), foreign)
        if own := self.own(who, kind):
            entry, refusal = self.ask(who, lambda: who.correct(*own, values, "mistyped"))
            assert bool(entry) == who.user.may("correct"), refusal
            if entry:
                self.keep(entry)

    def voids(self, who: Session) -> None:
        """What is the site's own is voided by its investigator; nothing else by anybody."""
        kind, foreign = self.elsewhere(who.user.site, self.dice.choice(_USED))
        if not self.is_here(who, kind, foreign):
            self.alike(who, lambda record: who.void(kind, record, "of another patient"), foreign)
        own = self.own(who, self.dice.choice(("event", "visit")))
        if own and self.dice.random() < 0.3:
            entry, refusal = self.ask(who, lambda: who.void(*own, "of another patient", with_hanging=True))
            assert bool(entry) == who.user.may("void"), refusal
            if entry:
                self.keep(entry)

    def is_here(self, who: Session, kind: str, record: str) -> bool:
        """Whether the user's site has a record of the same id."""
        return (kind, record) in self.kept.get(who.user.site, {})

    def sees_one(self, who: Session) -> None:
        """The latest version of what is one's own is shown; what is not is not there."""
        kind, foreign = self.elsewhere(who.user.site)
        if not self.is_here(who, kind, foreign):
            self.alike(who, lambda record: who.entry(kind, record), foreign)
        if own := self.own(who):
            entry, refusal = self.ask(who, lambda: who.entry(*own))
            assert entry == (self.kept[who.user.site][own][-1] if who.user.may("view") else None), refusal

    def sees_a_patient(self, who: Session) -> None:
        """All that stands of a patient is shown, and its history, to their own site."""
        if self.dice.random() < DEAR:
            return
        _, foreign = self.elsewhere(who.user.site, "patient")
        self.alike(who, who.record_of, foreign)
        self.alike(who, who.history, foreign)
        if (own := self.own(who, "patient")) and who.user.may("view"):
            site = self.kept[who.user.site]
            every = [entry for versions in site.values() for entry in versions if entry.patient == own[1]]
            now = [versions[-1] for versions in site.values() if versions[-1].patient == own[1]]
            assert _same(self.ask(who, lambda: who.history(own[1]))[0], every)
            assert _same(self.ask(who, lambda: who.record_of(own[1]))[0], [each for each in now if not each.is_void])

    def finds_a_pseudonym(self, who: Session) -> None:
        """A pseudonym finds the patient of one's own site, whoever else has one of that name."""
        pseudonym = f"P-{self.dice.randrange(60)}"
        record = who.id_of("patient", pseudonym)
        found, _ = self.ask(who, lambda: who.patient(pseudonym))
        assert found == (record if ("patient", record) in self.kept.get(who.user.site, {}) else None)

    def finds_an_id(self, who: Session) -> None:
        """The beginning of an id is made whole where it is of one's own site, and stays as it was given elsewhere."""
        kind, foreign = self.elsewhere(who.user.site)
        for record in (foreign, self.nowhere()):
            given = record[: self.dice.randrange(4, 12)]
            found, _ = self.ask(who, lambda given=given: who.id_beginning(kind, given))  # type: ignore[misc]  # at once
            own = [each for some, each in self.kept.get(who.user.site, {}) if some == kind and each.startswith(given)]
            assert found == ((own[0] if len(own) == 1 else given) if who.user.may("view") else None)

    def lists(self, who: Session) -> None:
        """A list of all holds the records of the sites one may see: as many, and no others."""
        kind = self.dice.choice((*_USED, "patient"))
        found, _ = self.ask(who, lambda: who.entries(kind))
        if found is None:
            assert not who.user.may("view")
            return
        assert _same(found, list(self.current(who.user.site, kind).values()))

    def lists_of_a_patient(self, who: Session) -> None:
        """A list of another site's patient is empty."""
        kind = self.dice.choice((*_USED, "patient"))
        _, foreign = self.elsewhere(who.user.site, "patient")
        if who.user.site:
            self.alike(who, lambda record: who.entries(kind, record), foreign)

    def reads_the_rows(self, who: Session) -> None:
        """Rows as they are kept are those of the sites one may see, whatever site is asked for."""
        kind, site = self.dice.choice((*_USED, "patient")), self.dice.choice(("", *SITES))
        rows, _ = self.ask(who, lambda: [row for some in who.sealed(kind, site) for row in some])
        if rows is None:
            assert not who.user.may("view")
            return
        expected = [who.user.site] if site in ("", who.user.site) else []
        assert len(rows) == sum(len(self.kept[each][key]) for each in expected for key in self.ids(each, kind, True))
        assert {row.site for row in rows} <= set(expected)

    def reads_the_pool(self, who: Session) -> None:
        """The pool is the statistician's alone: each version of the records of all sites, and no pseudonym."""
        kind = self.dice.choice((*_USED, "patient"))
        found, _ = self.ask(who, lambda: list(who.pooled(kind)))
        assert (found is not None) == who.user.may("pool")
        if found is not None:
            every = (versions for site in SITES for (some, _), versions in self.kept[site].items() if some == kind)
            assert len(found) == sum(map(len, every))
            assert not any("pseudonym" in entry.values for entry in found)

    def counts_the_sites(self, who: Session) -> None:
        """The sites whose patients one sees are one's own, or for the statistician all."""
        all_of = {"statistician": tuple(SITES), "administrator": ()}
        assert who.sites == all_of.get(who.user.role, (who.user.site,))


def _same(found: list[Entry], expected: list[Entry]) -> bool:
    def key(entry: Entry) -> tuple[str, str, str, int]:
        return entry.kind, entry.site, entry.id, entry.version

    return sorted(found, key=key) == sorted(expected, key=key)
