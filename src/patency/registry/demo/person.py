"""One of the demo's patients, with all that is to be recorded of them as plain values; and the notes that are made of them."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from math import isfinite
from typing import Any, NamedTuple

from patency.case import Absence
from patency.registry.demo.cells import CELLS
from patency.registry.demo.cohort import Outcomes, Patients
from patency.registry.demo.model import MODALITIES, TRAITS
from patency.registry.demo.seen import Seen
from patency.registry.entry import New, Value
from patency.vocabulary import DAYS_A_YEAR

PREFIX = "SYN-"  # what every pseudonym of a made-up patient begins with
_NUMBERS_EACH = 1_400  # of luck, for what the model says nothing of
SIDES = ("left", "right")


class Luck:
    """A row of uniform numbers, taken one after the other: for what is recorded and has no part in the model."""

    def __init__(self, numbers: Iterator[float]) -> None:
        self._numbers = numbers

    def is_so(self, share: float) -> bool:
        """Whether something of this frequency is so."""
        return next(self._numbers) < share

    def whole(self, low: int, high: int) -> int:
        """Return a whole number between two, both included."""
        return low + int(next(self._numbers) * (high - low + 1))

    def near(self, middle: float, spread: float, digits: int = 1) -> float:
        """Return a number around a middle, bell-shaped, at most three spreads away."""
        bell = sum(next(self._numbers) for _ in range(4)) - 2  # of variance a third
        return float(round(middle + bell * 1.5 * spread, digits))

    def one_of(self, *names: str) -> str:
        """Return one of some names, each as likely."""
        return names[int(next(self._numbers) * len(names))]


class Person(NamedTuple):
    """A patient: who, when, where; what happened, in days since diagnosis; what was seen of it."""

    pseudonym: str
    diagnosed: date
    age: float
    sex: str
    build: float  # how heavy for their age
    traits: dict[str, str]
    sides: Sequence[str]
    recorded: str  # the treatment, as started
    days: dict[str, float]  # of what concerns the patient; infinite for never
    limbs: Sequence[dict[str, float]]
    is_stented: bool
    is_moderate: bool
    is_severe: bool
    is_in_both: bool  # whether the syndrome is in the second leg too
    end: float
    is_lost: bool
    is_dead: bool
    visits: Sequence[tuple[int, float, bool, bool]]  # place in the schedule, day, scanned, scored
    luck: Luck

    def on(self, day: float) -> date:
        """Return a date."""
        return self.diagnosed + timedelta(days=int(day))

    def has_seen(self, day: float) -> bool:
        """Whether something that happened on a day was still seen."""
        return isfinite(day) and day <= self.end

    def weight_on(self, day: float) -> float:
        """Return their body weight in kg: they grow until 17, fastest in their first year."""
        age = min(self.age + day / DAYS_A_YEAR, 17.0)
        kilograms = 9 + 3.7 * age if age >= 1 else 3.5 + 9.2 * age
        return round(kilograms * self.build + self.luck.near(0, 0.2, 2), 1)

    @property
    def calf_cm(self) -> float:
        """The girth of a calf that is not swollen, of their age."""
        return 22 + 0.7 * min(self.age, 20) if self.age >= 1 else 12 + 10.7 * self.age

    @property
    def is_read_twice(self) -> bool:
        """Whether a core laboratory reads their images too: every fifth patient of a site, whoever that is."""
        return int(self.pseudonym[-5:]) % 5 == 0

    @property
    def is_minor(self) -> bool:
        """Whether they were under 18 at diagnosis, and so are followed by the children's scale."""
        return self.age < 18


class Notes:
    """What is recorded of one patient: records in their order, each with an id that is always the same."""

    def __init__(self, id_of: Callable[..., str], pseudonym: str) -> None:
        self._id_of, self._pseudonym = id_of, pseudonym
        self.patient = id_of("patient", pseudonym)
        self.records: list[New] = [New("patient", {"pseudonym": pseudonym}, self.patient, "", self.patient)]

    def add(self, kind: str, parent: str, **values: Value | bool | int | None) -> str:
        """Note a record and return its id; a value that is None was not answered."""
        said = {name.replace("__", "."): _value(value) for name, value in values.items() if value is not None}
        id = self._id_of("demo", kind, self._pseudonym, str(len(self.records)))  # noqa: A001  as New calls it
        self.records.append(New(kind, said, self.patient, parent, id))
        return id


def _value(value: Any) -> Value:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return float(value) if isinstance(value, int) else value


def or_absent(luck: Luck, value: Any, share: float = 0.03) -> Any:
    """Return a value; or seldom the reason why there is none; or seldomer still nothing at all."""
    if luck.is_so(1 - share):
        return value
    reason = luck.one_of("not asked", "not known", "declined", "")
    return Absence(reason) if reason else None


_OF_A_PATIENT = ("procedure", "death", "bleeding", "recurrence", "pts", "lost")
_OF_A_LIMB = ("is_opened", "recanalised", "stenosis", "reintervention", "occlusion", "reopened", "reocclusion")


def people(
    patients: Patients, outcomes: Outcomes, seen: Seen, pseudonyms: Sequence[str], index: Sequence[date], chance: Any
) -> Iterator[Person]:
    """Yield the patients one by one."""
    import numpy

    count = len(pseudonyms)
    numbers = chance.random((count, _NUMBERS_EACH))
    days = {name: getattr(outcomes, name).tolist() for name in _OF_A_PATIENT}
    limbs = {name: numpy.asarray(getattr(outcomes.veins, name), dtype=float).tolist() for name in _OF_A_LIMB}
    recorded, bilateral = outcomes.recorded.tolist(), patients.is_bilateral.tolist()
    cell, ages, ends, whys = patients.cell.tolist(), patients.age.tolist(), seen.end.tolist(), seen.why.tolist()
    visit, scanned, scored = seen.visit.tolist(), seen.is_scanned.tolist(), seen.is_scored.tolist()
    for each in range(count):
        luck = Luck(iter(numbers[each].tolist()))
        is_treated = days["procedure"][each] <= ends[each]
        first = 0 if luck.is_so(0.7) else 1  # the left leg more often: the artery lies on its vein
        yield Person(
            pseudonyms[each], index[each], ages[each], "female" if luck.is_so(0.55) else "male",
            luck.near(1.0, 0.1, 2),
            dict(zip(TRAITS, CELLS[cell[each]], strict=True)),
            (SIDES[first], SIDES[1 - first]) if bilateral[each] else (SIDES[first],),
            MODALITIES[recorded[each] if is_treated else 0],
            {name: found[each] for name, found in days.items()},
            [{name: found[each][limb] for name, found in limbs.items()} for limb in range(2 if bilateral[each] else 1)],
            is_treated and bool(outcomes.is_stented[each]), bool(outcomes.is_moderate[each]), bool(outcomes.is_severe[each]),
            bool(outcomes.is_in_both[each]),
            ends[each], whys[each] == 2, whys[each] == 1,
            [(place, day, scanned[each][place], scored[each][place])
             for place, day in enumerate(visit[each]) if isfinite(day)],
            luck,
        )  # fmt: skip
