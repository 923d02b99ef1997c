"""How often each answer was given; and that over the pool nobody can be known by any number of tables."""

import os
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import NamedTuple

import pytest

from patency.case import Absence
from patency.cut.manifest import FEWEST
from patency.fault import Refused
from patency.registry.entry import New, Value
from patency.registry.follow.counts import Count, count
from patency.registry.follow.few import WHY, has_few
from patency.registry.registry import Registry
from patency.registry.session import Session
from patency.share import Share
from registry.made import PASSWORD, made
from registry.made_follow_up import INDEX

EXAMPLES = int(os.environ.get("PATENCY_EXAMPLES", "1"))
Said = Mapping[str, Value]


def registry_of(
    registry: Registry, north: Sequence[Said], south: Sequence[Said] = (), events: Sequence[Sequence[Said]] = ()
) -> Registry:
    """Give a registry episodes that say so; `events` are those of North's patients in order."""
    for user, said in (("ivo", north), ("sam", south)):
        session = registry.sign_in(user, PASSWORD)
        news: list[New] = []
        for number, values in enumerate(said):
            patient = session.new_patient(f"P-{number}", {"sex_at_birth": "female" if number % 2 else "male"})
            episode = New(
                "episode", {"date": INDEX, **values}, patient.patient, patient.patient, f"{patient.patient[:20]}e"
            )
            of = events[number] if user == "ivo" and number < len(events) else ()
            news += [
                patient,
                episode,
                *(New("event", {"date": INDEX, **each}, patient.patient, episode.id) for each in of),
            ]
        session.add_all(news, is_checked=True)
    return registry


def shown(found: Count, column: int = 0) -> dict[str, int]:
    """Return the counts of a column that are not nought."""
    rows = (*found.rows, *found.missing)
    return {row.words: row.counts[column] for row in rows if row.counts[column]}


@pytest.fixture(scope="module")
def ward(tmp_path_factory: pytest.TempPathFactory) -> Session:
    """North's investigator, with five episodes of which one says nothing and one that it is not known."""
    said: list[Said] = [
        {"side": "left", "caval": "yes", "age": 15.0, "provoking": frozenset({"surgery", "catheter"})},
        {"side": "left", "caval": "no", "age": 40.0, "provoking": frozenset({"surgery"})},
        {"side": "right", "age": Absence.NOT_KNOWN, "provoking": frozenset({"none"})},
        {"side": Absence.NOT_KNOWN, "caval": "yes", "age": 70.0},
        {"caval": Absence.DECLINED},
    ]
    events: list[list[Said]] = [
        [{"what": "bleeding", "overt": "yes"}, {"what": "reintervention", "before_occlusion": "no"}],
        [{"what": "death"}],
        [{"what": "reintervention"}],
    ]
    return registry_of(made(tmp_path_factory.mktemp("ward")), said, [{"side": "right"}], events).sign_in(
        "ivo", PASSWORD
    )


def test_what_is_not_known_is_never_a_no(ward: Session) -> None:
    """Two of five give no side, each for its own reason; shares are of the three who do."""
    found = count(ward, "episode.side")
    assert shown(found) == {"left": 2, "right": 1, "not known": 1, "not recorded": 1}
    assert (found.known, found.share(found.rows[0], 0)) == ((3,), Share(2, 3))
    assert shown(count(ward, "episode.caval")) == {"yes": 2, "no": 1, "not recorded": 1, "declined": 1}


def test_of_several_answers_each_is_counted_by_itself(ward: Session) -> None:
    """Surgery was ticked twice by three who answered."""
    found = count(ward, "episode.provoking")
    assert (shown(found)["surgery"], found.known) == (2, (3,))


def test_of_a_number_it_is_counted_whether_it_is_there(ward: Session) -> None:
    """Three ages are recorded, one is not known, one was not recorded."""
    assert shown(count(ward, "episode.age")) == {"recorded": 3, "not known": 1, "not recorded": 1}


def test_records_are_counted_by_a_field_of_what_they_hang_on(ward: Session) -> None:
    """Patients 0, 2 and 4 are male."""
    found = count(ward, "episode.side", by="patient_sex_at_birth")
    columns = dict(zip(found.columns, range(9), strict=False))
    assert shown(found, columns["male"]) == {"left": 1, "right": 1, "not recorded": 1}
    assert shown(found, columns["female"]) == {"left": 1, "not known": 1}
    assert count(ward, "episode.side", by="patient.sex_at_birth").rows == found.rows
    assert count(ward, "episode.side", by="episode.caval").rows == count(ward, "episode.side", by="caval").rows


def test_those_who_give_no_answer_to_the_field_counted_by_are_a_column(ward: Session) -> None:
    """Nobody is lost between the columns."""
    found = count(ward, "episode.side", by="caval")
    assert found.columns == ("yes", "no", "not recorded", "declined")
    assert sum(row.counts[column] for row in (*found.rows, *found.missing) for column in range(4)) == 5


def test_a_field_that_does_not_apply_is_told_from_one_that_was_left_out(ward: Session) -> None:
    """Before an occlusion or not is asked of reinterventions alone: of two, one says."""
    found = count(ward, "event.before_occlusion")
    assert shown(found) == {"no": 1, "not recorded": 1, "not asked, for it does not apply": 2}


def test_a_record_of_which_it_cannot_be_told_is_neither_in_nor_out(ward: Session) -> None:
    """Of three episodes that say whether the cava is involved, two say yes; of two it cannot be told."""
    found = count(ward, "episode.side", where="caval")
    assert (shown(found), found.untold) == ({"left": 1, "not known": 1}, 2)
    assert count(ward, "episode.side", where="age < 50 years").untold == 2
    assert shown(count(ward, "event.what", where="before_occlusion or episode_side = left")) == {
        "a reintervention": 1, "a bleed": 1, "death": 1,
    }  # fmt: skip


def test_a_condition_on_what_is_not_asked_does_not_hold(ward: Session) -> None:
    """Of a death nobody asks whether it came before an occlusion: it cannot be told of one reintervention alone."""
    assert count(ward, "event.what", where="before_occlusion").untold == 1


def test_a_site_counts_its_own_records_alone(ward: Session) -> None:
    """South's one episode is on the right."""
    sam = ward.registry.sign_in("sam", PASSWORD)
    assert shown(count(sam, "episode.side")) == {"right": 1}


@pytest.mark.parametrize("name", ["ada"])
def test_an_administrator_counts_nobody(ward: Session, name: str) -> None:
    """Their role is to keep sites and users."""
    with pytest.raises(Refused, match="administrator may not see"):
        count(ward.registry.sign_in(name, PASSWORD), "episode.side")


# --- the pool -----------------------------------------------------------------------------------------------------------


def episodes(text: str) -> list[Said]:
    """Return episodes from a table: how many, and what each says."""
    found: list[Said] = []
    for row in text.strip().splitlines():
        many, *said = row.split()
        found += [dict(each.split("=") for each in said)] * int(many)
    return found


def test_a_table_is_shown_whole_or_not_at_all(registry: Registry) -> None:
    """Four on the right with a clot of the cava are few, though eleven are on the right and nine have one."""
    stat = registry_of(registry, episodes("""
        12 side=left caval=no
         5 side=left caval=yes
         7 side=right caval=no
         4 side=right caval=yes
    """)).sign_in("stat", PASSWORD)  # fmt: skip
    assert shown(count(stat, "episode.side")) == {"left": 17, "right": 11}
    assert shown(count(stat, "episode.caval")) == {"yes": 9, "no": 19}
    for asked in ({"by": "caval"}, {"where": "caval"}, {"where": "not caval"}):
        found = count(stat, "episode.side", **asked)
        assert (found.withheld, found.rows, found.missing, found.known, found.untold) == (WHY, (), (), (), 0)
    assert count(stat, "episode.caval", where="side = left").withheld == WHY


def test_people_are_counted_and_not_their_records(new_registry: Callable[..., Registry]) -> None:
    """Six bleeds of two patients are of two people; nobody has died, and that is shown of all."""
    registry = registry_of(new_registry(), [{}] * 10, events=[[{"what": "bleeding"}] * 3] * 2)
    stat = registry.sign_in("stat", PASSWORD)
    assert count(stat, "event.what").withheld == WHY
    everybody = registry_of(new_registry(), [{}] * 10, events=[[{"what": "bleeding"}] * 2] * 5).sign_in(
        "stat", PASSWORD
    )
    assert shown(count(everybody, "event.what")) == {"a bleed": 10}


def test_those_who_have_no_such_record_are_a_group_too(new_registry: Callable[..., Registry]) -> None:
    """Of ten patients seven have one event each: beside a count of patients, three would be told."""
    registry = registry_of(new_registry(), [{}] * 10, events=[[{"what": "bleeding"}]] * 7)
    assert count(registry.sign_in("stat", PASSWORD), "event.what").withheld == WHY


def test_a_site_of_few_cannot_be_counted(new_registry: Callable[..., Registry]) -> None:
    """South has four patients; its code tells nothing of its name."""
    registry = registry_of(new_registry(), [{"side": "left"}] * 8, [{"side": "right"}] * 4)
    found = count(registry.sign_in("stat", PASSWORD), "episode.side", by="site")
    assert (shown(found), len(found.columns)) == ({"left": 8}, 1)
    assert "north" not in found.columns[0]


@pytest.mark.parametrize("where", ["age < 30 years", "days_since(date) < 30 days", "side = left or not age > 3 years"])
def test_over_the_pool_no_bound_can_be_moved(new_registry: Callable[..., Registry], where: str) -> None:
    """A tracker: by two bounds with one person between them that person would be told."""
    registry = registry_of(new_registry(), [{"side": "left", "age": 10.0 + number} for number in range(10)])
    with pytest.raises(Refused, match="no condition is taken on a number or a day"):
        count(registry.sign_in("stat", PASSWORD), "episode.side", where=where)


def test_few_is_one_to_four() -> None:
    """Nobody is not few, nor are five; the same person twice is one."""
    assert [has_few(("g", str(person)) for person in range(many)) for many in range(7)] == [
        False,
        *[True] * 4,
        False,
        False,
    ]
    assert has_few([("g", "anna")] * 9)
    assert FEWEST == 5


# --- an attacker who asks for every table, and solves for what is hidden ------------------------------------------------

FIELDS = ("caval", "catheter_related", "lytic_contraindication")
CELLS = tuple(product((False, True), repeat=3))
CONDITIONS = ["", *(sign + name for name in FIELDS for sign in ("", "not "))]
CONDITIONS += [f"{one} and {other}" for one, other in combinations(CONDITIONS[1:], 2)]


class Told(NamedTuple):
    """A number that was shown: of the people in these cells there are so many."""

    cells: tuple[bool, ...]
    number: int


def holds(condition: str, cell: tuple[bool, ...]) -> bool:
    """Say whether a condition holds of a cell; the attacker can read."""
    said = {name: str(value) for name, value in zip(FIELDS, cell, strict=True)}
    return not condition or bool(eval(" ".join(said.get(word, word) for word in condition.split())))


def shown_to(stat: Session) -> Iterator[Told]:
    """Ask for every table of a field, by every other, under every condition, and yield each number that is shown."""
    for place, name in enumerate(FIELDS):
        for by, where in product(("", *FIELDS[:place], *FIELDS[place + 1 :]), CONDITIONS):
            found = count(stat, f"episode.{name}", by=by, where=where)
            for column, words in enumerate(found.columns):
                for row in found.rows:
                    inside = tuple(
                        holds(where, cell) and cell[place] == (row.words == "yes")
                        and (not by or cell[FIELDS.index(by)] == (words == "yes"))
                        for cell in CELLS
                    )  # fmt: skip
                    yield Told(inside, row.counts[column])


def learnt(told: set[Told], truth: Sequence[int]) -> list[tuple[int, ...]]:
    """Return every set of cells with one to four people in it whose number follows from what was shown, by linear programming."""
    import numpy
    from scipy.optimize import linprog

    shown_cells, numbers = (
        numpy.array([each.cells for each in told], float),
        numpy.array([each.number for each in told]),
    )
    found = []
    for chosen in product((0, 1), repeat=len(CELLS)):
        there = sum(many for many, is_in in zip(truth, chosen, strict=True) if is_in)
        if 1 <= there < FEWEST:
            least, most = (
                sign * linprog([sign * each for each in chosen], A_eq=shown_cells, b_eq=numbers, method="highs").fun
                for sign in (1, -1)
            )
            if round(least, 6) == round(most, 6):
                found.append(chosen)
    return found


@pytest.mark.parametrize("seed", range(1, 2 + EXAMPLES))
def test_no_number_of_tables_tells_how_many_are_in_a_small_group(
    new_registry: Callable[..., Registry], seed: int
) -> None:
    """Whoever asks for all tables over three fields and solves for every group learns no group of one to four people."""
    drawn = random.Random(seed)
    many = [drawn.choice((0, 2, 3, 6, 9, 14)) for _ in CELLS]
    people = [cell for cell, some in zip(CELLS, many, strict=True) for _ in range(some)]
    said = [{name: "yes" if is_so else "no" for name, is_so in zip(FIELDS, cell, strict=True)} for cell in people]
    stat = registry_of(new_registry(), said).sign_in("stat", PASSWORD)

    told = set(shown_to(stat))
    assert told, "some tables are shown"
    assert learnt(told, many) == []


def test_the_attack_has_teeth() -> None:
    """Where only small cells are left blank it learns them: of 14 people 10 are in one cell, so that 4 are in the other."""
    many = [10, 4, 0, 0, 0, 0, 0, 0]
    everything = (tuple(holds(where, cell) for cell in CELLS) for where in CONDITIONS)
    counted = {Told(inside, sum(n for n, is_in in zip(many, inside, strict=True) if is_in)) for inside in everything}
    assert learnt({each for each in counted if not 0 < each.number < FEWEST}, many)
