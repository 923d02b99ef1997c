"""A synthetic registry of several sites, written from the demo model. Nobody in it ever lived; no figure of it is evidence.

In: a new folder, how many patients, a seed. Out: a registry labelled synthetic, whose pseudonyms all begin with SYN-, with
users who may sign in. The same seed gives the same values (with the same version of NumPy); ids follow from the registry's
own secret, as ids always do.

Beside what the model gives there are, so that there is something to see: corrections with their reasons, a record that was
void, one patient who withdrew and one who was erased, and a few records that break rules of quality (BROKEN), none of which
bears an outcome.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from patency.cut.label import banner
from patency.fault import Fault, Place, Refused
from patency.guideline.model import Library
from patency.registry.admin import Admin, user_faults
from patency.registry.create import create
from patency.registry.demo.cohort import ages as ages_of
from patency.registry.demo.cohort import draw, drawn, generator, level_of, outcomes
from patency.registry.demo.model import MODALITIES, MODEL, TRAITS, Model
from patency.registry.demo.person import PREFIX, Luck, Notes, Person, people
from patency.registry.demo.records import band_of, write_down
from patency.registry.demo.seen import see
from patency.registry.entry import New, Value
from patency.registry.forms import Forms
from patency.registry.keep.erase import erase
from patency.registry.registry import Registry
from patency.registry.session import Session
from patency.registry.where import owner_url_of

if TYPE_CHECKING:
    from numpy.random import Generator

SYNTHETIC = "synthetic"
LOUD = banner("synthetic")
FEWEST, FEWEST_OF_A_SITE, MOST = 20, 10, 100_000
SITES = ("north", "south", "east", "west", "harbour", "hill", "lake", "forest", "river", "valley", "bridge", "meadow")
BEGUN, ENROLLED_UNTIL, UNTIL = date(2019, 1, 1), date(2025, 12, 31), date(2026, 6, 30)
PROTOCOL = "minimal"
_AT_ONCE = 100  # patients of one transaction
_BROKEN_OF = 30  # one in so many patients has a record that breaks a rule
_CORRECTED = 25  # one in so many patients has a value that was corrected


class Wanted(NamedTuple):
    """What is to be made."""

    patients: int
    seed: int
    sites: int = 5


class Demo(NamedTuple):
    """What was made: counts, users, and the password they share."""

    patients: int
    sites: Sequence[str]
    screened: int
    records: int
    corrected: int
    broken: int
    users: Sequence[str]
    password: str


def make(
    folder: Path, library: Library, forms: Forms, wanted: Wanted, password: str = "", urls: tuple[str, str] = ("", "")
) -> Demo:
    """Make a synthetic registry in a new folder, or refuse it with every Fault found.

    `urls` are those of PostgreSQL, by the owner of its tables and by the application; otherwise as the environment has it.
    """
    import secrets

    password = password or secrets.token_urlsafe(12)
    faults = _faults(wanted) + user_faults("administrator", "administrator", "", password)
    if faults:
        raise Refused(faults)
    create(folder, f"Synthetic registry, seed {wanted.seed}", urls[0], SYNTHETIC, PROTOCOL, urls[1])
    names = SITES[: wanted.sites]
    with closing(Registry(folder, library, forms, urls[0] or owner_url_of(folder))) as owned:
        users = _add_users(owned, names, password)
    chance = generator(wanted.seed)
    with closing(Registry(folder, library, forms, urls[1])) as registry:
        written = [
            _fill(registry, site, place, password, members, chance)
            for place, (site, members) in enumerate(cohort(MODEL, wanted.patients, names, chance))
        ]
    counts = [sum(each) for each in zip(*written, strict=True)]
    return Demo(wanted.patients, names, counts[0], counts[1], counts[2], counts[3], users, password)


def _faults(wanted: Wanted) -> list[Fault]:
    patients, seed, sites = wanted
    faults = []
    fewest = max(FEWEST, FEWEST_OF_A_SITE * min(sites, len(SITES)))
    if not fewest <= patients <= MOST:
        faults.append(Fault(Place("--patients"), f"there cannot be {patients} patients",
                            "fewer show nothing, and more are a benchmark", f"name {fewest} to {MOST}"))  # fmt: skip
    if not 1 <= sites <= len(SITES):
        faults.append(Fault(Place("--sites"), f"there cannot be {sites} sites", "each has a name of its own",
                            f"name 1 to {len(SITES)}"))  # fmt: skip
    if seed < 0:
        faults.append(Fault(Place("--seed"), f"the seed cannot be {seed}", "chance is drawn from a whole number, 0 or more",
                            "name another, such as 1"))  # fmt: skip
    return faults


_PAPERS = {  # nobody lives in it, so that none end
    **dict.fromkeys(("ethics", "agreement"), "none: synthetic"),
    **{f"{paper}-from": str(BEGUN) for paper in ("ethics", "agreement")},
}


def _add_users(registry: Registry, sites: Sequence[str], password: str) -> list[str]:
    admin = Admin(registry, "operator")
    users = []
    for site in sites:
        admin.add_site(site, f"{site.capitalize()} Hospital (synthetic)", "", _PAPERS)
        for role in ("entry", "investigator"):
            admin.add_user(f"{site}-{role}", role, site, password)
            users.append(f"{site}-{role}")
    for role in ("statistician", "administrator"):
        admin.add_user(role, role, "", password)
        users.append(role)
    return users


def cohort(
    model: Model, count: int, sites: Sequence[str], chance: "Generator"
) -> Iterator[tuple[str, list[Person]]]:  # fmt: skip
    """Draw the patients and yield them site by site, in the order in which they were enrolled."""
    import numpy

    patients = draw(model, count, chance)
    happened = outcomes(patients)
    shares = 1 / (1 + 0.4 * numpy.arange(len(sites)))  # some sites are larger than others
    site = drawn(chance.random(count), shares)
    begun = numpy.floor(chance.random(count) * ((ENROLLED_UNTIL - BEGUN).days + 1))
    followed = (UNTIL - BEGUN).days - begun
    seen = see(patients, happened, followed, site, chance)
    index = [BEGUN + timedelta(days=int(day)) for day in begun]
    order = numpy.lexsort((begun, site)).tolist()
    number = dict.fromkeys(range(len(sites)), 0)
    pseudonyms = [""] * count
    for each in order:
        number[int(site[each])] += 1
        pseudonyms[each] = f"{PREFIX}{sites[int(site[each])]}-{number[int(site[each])]:05d}"
    everybody = list(people(patients, happened, seen, pseudonyms, index, chance))
    for place, name in enumerate(sites):
        yield name, [everybody[each] for each in order if site[each] == place]


def _fill(
    registry: Registry, site: str, place: int, password: str, members: Sequence[Person], chance: "Generator"
) -> tuple[int, int, int, int]:  # fmt: skip
    """Write a site's patients and its screening log; return how many were seen, records, corrections, broken records."""
    session = registry.sign_in(f"{site}-entry", password)
    source = f"patency registry demo ({SYNTHETIC})"
    records, broken, owed = 0, 0, 0
    noted: list[tuple[Person, Notes]] = []
    for start in range(0, len(members), _AT_ONCE):
        told: list[New] = []
        for person in members[start : start + _AT_ONCE]:
            notes = Notes(session.id_of, person.pseudonym)
            write_down(notes, person)
            owed += len(noted) % _BROKEN_OF == 4
            broken += owed > broken and _break(notes, person, broken % len(BROKEN))
            noted.append((person, notes))
            told += notes.records
        session.add_all(told, is_checked=True, source=source)
        records += len(told)
    log = list(_screening(session, members, chance))
    session.add_all(log, is_checked=True, source=source)
    corrected = _tend(registry.sign_in(f"{site}-investigator", password), noted, place)
    return len(log), records + len(log), corrected, broken


# --- who was seen and not enrolled ------------------------------------------------------------------------------------

_REASONS = {"not_eligible": 0.3, "refused": 0.25, "missed": 0.25, "died": 0.06, "transferred": 0.1, "language": 0.04}


def _screening(session: Session, members: Sequence[Person], chance: "Generator") -> Iterator[New]:
    """Yield the screening log: those enrolled, and those who were not, who are older and worse than those who were."""
    import numpy

    from patency.registry.demo.cells import CELLS, cells_of

    cells = cells_of(MODEL)
    seen = [(person.diagnosed, band_of(person.traits["age"], person.age), person.sex, person.traits["anatomy"], "", person.recorded)
            for person in members]  # fmt: skip
    missed = int(chance.negative_binomial(len(members), 1 / cells.seen_for_each)) if members else 0
    cell = drawn(chance.random(missed), cells.missed)
    levels = [TRAITS["age"][level] for level in level_of(cell, "age")] if missed else []
    ages = ages_of(cell, chance.random(missed)).tolist()
    reasons = [list(_REASONS)[at] for at in drawn(chance.random(missed), numpy.array(list(_REASONS.values())))]
    days = numpy.floor(chance.random(missed) * ((ENROLLED_UNTIL - BEGUN).days + 1))
    luck = Luck(iter(chance.random(2 * missed).tolist()))
    for each in range(missed):
        anatomy = CELLS[cell[each]][list(TRAITS).index("anatomy")]
        treated = MODALITIES[int(drawn(chance.random(1), cells.treated[:, cell[each]])[0])]
        seen.append((BEGUN + timedelta(days=int(days[each])), band_of(levels[each], ages[each]), luck.one_of("female", "male"),
                     anatomy, reasons[each], treated))  # fmt: skip
    for number, (day, band, sex, anatomy, reason, treated) in enumerate(sorted(seen)):
        values: dict[str, Value] = {
            "date": day, "age_band": band, "sex_at_birth": sex, "enrolled": "no" if reason else "yes", "treated": treated,
            "extent": "iliocaval" if anatomy == "iliocaval" else "iliofemoral", **({"reason": reason} if reason else {}),
        }  # fmt: skip
        yield New("screening", values, id=session.id_of("demo", "screening", str(number)))


# --- what is wrong, on purpose, and what was put right ----------------------------------------------------------------

BROKEN = (
    "a post-thrombotic score before 90 days",
    "a procedure before the onset",
    "an open vein with an occluded stent",
)


def _break(notes: Notes, person: Person, which: int) -> bool:
    """Add a record that breaks one of the rules, where the patient has what it needs; it bears no outcome."""
    episode = next(record for record in notes.records if record.kind == "episode")
    match which:
        case 0:
            early = [each for each in notes.records if each.values.get("planned") in ("V10", "V30")]
            if early and not person.is_minor:
                notes.add("response", early[0].id, instrument="villalta", date=early[0].values["date"], side=person.sides[0],
                          answers__pain="severe", answers__ulcer="no")  # fmt: skip
            return bool(early) and not person.is_minor
        case 1:
            notes.add(
                "procedure",
                episode.id,
                date=person.diagnosed - timedelta(days=90),
                is_index=False,
                modality="filter_alone",
            )
            return True
    stents = [each for each in notes.records if each.kind == "imaging" and each.values["stent_status"] == "open"]
    if stents:
        last = stents[-1]
        notes.add("imaging", last.parent, date=last.values["date"], method="duplex", side=last.values["side"],
                  segment="external_iliac", status="open", in_stent=True, stent_status="occluded")  # fmt: skip
    return bool(stents)


def _tend(session: Session, noted: Sequence[tuple[Person, Notes]], place: int) -> int:
    """Correct some records, with reasons; at the first site one patient withdraws, and one is erased."""
    corrected = 0
    for person, notes in noted[7::_CORRECTED]:
        episode = next(record for record in notes.records if record.kind == "episode")
        creatinine = person.luck.near(75, 10, 0)
        if creatinine == episode.values.get("creatinine"):
            creatinine += 1  # what changes nothing is no correction
        session.correct("episode", episode.id, {"creatinine": creatinine}, "mistyped: compared with the letter")
        corrected += 1
    if place == 0 and len(noted) > 3:
        _withdraw(session, *next((each for each in noted[2:] if not each[0].is_dead and not each[0].is_lost), noted[2]))
        doubled = next(record for record in noted[0][1].records if record.kind == "finding")
        session.void("finding", doubled.id, "entered for the wrong patient")
        erase(session, noted[1][1].patient, "asked")
    return corrected


def _withdraw(session: Session, person: Person, notes: Notes) -> None:
    notes.add(
        "consent", notes.patient, what="withdrawal", date=person.on(person.end), given_by="patient", may_keep=True
    )
    session.add(notes.records[-1])
