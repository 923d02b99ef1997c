"""From the screened to the analysed: how many stood at each stage, and how many left there, and why.

In: a cut (its screening log, and what its manifest says of people) and the outcomes as they may leave. Out: Stages. Screening
logs name nobody, so that they are a list of their own, whose enrolled need not be the patients of the registry.
"""

from collections.abc import Iterator, Sequence

from patency.cut.opened import Cut
from patency.outcome.few_cells import hidden
from patency.outcome.reported import Outcome, Stage

ABSENT = "no reason on record"


def flow_of(cut: Cut, outcomes: Sequence[Outcome], fewest: int) -> tuple[Stage, ...]:
    """Return the stages of a cut."""
    return (*_screening(cut, fewest), *_people(cut), *_analysed(cut, outcomes))


def _screening(cut: Cut, fewest: int) -> Iterator[Stage]:
    entered, enrolled, counts = _log(cut)
    cells = [entered, enrolled, *(many for _, many in counts)]
    lines = [list(range(len(cells)))]
    patients, known, told = _registered(cut)
    left = enrolled - patients - sum(known)
    kept: set[int] = set()
    if left > 0 and told:  # who was enrolled and is not among the patients, and of whom the cut says that they are few
        cells += [patients, *known, left]
        lines.append([1, *range(len(cells) - len(known) - 2, len(cells))])
        kept = set(range(len(cells) - len(known) - 2, len(cells) - 1))
    gone = hidden(cells, lines, fewest, kept=kept)
    shown = [None if at in gone else many for at, many in enumerate(cells)]
    yield Stage("entered in the screening log", shown[0], is_out=False)
    for (reason, _), many in zip(counts, shown[2:], strict=False):
        yield Stage(f"not enrolled: {reason}", many, is_out=True)
    yield Stage("enrolled, by the screening log", shown[1], is_out=False)


def _log(cut: Cut) -> tuple[int, int, list[tuple[str, int]]]:
    """Return how many the screening log has, how many of them were enrolled, and why how many were not."""
    import polars

    log = cut.table("screening").collect()
    words = next((dict(each.choices) for each in cut.manifest.tables["screening"].columns if each.name == "reason"), {})
    out = log.filter(~polars.col("enrolled").fill_null(value=False))
    reasons = (
        out.group_by(polars.col("reason").cast(polars.String)).len().sort("len", "reason", descending=[True, False])
    )
    counts = [(words.get(name or "", name or ABSENT), many) for name, many in reasons.rows()]
    return log.height, log.filter(polars.col("enrolled")).height, counts


def _registered(cut: Cut) -> tuple[int, list[int], bool]:
    """Return the patients of a cut, those not in it who are counted, and whether there are more who are too few to count."""
    people = dict(cut.manifest.people)
    patients = int(people.pop("patients", 0))
    kept = [each for name, each in people.items() if "stays" not in name]
    return patients, [each for each in kept if isinstance(each, int)], any(isinstance(each, str) for each in kept)


def _people(cut: Cut) -> Iterator[Stage]:
    for name, many in cut.manifest.people.items():
        if name != "patients":
            count = many if isinstance(many, int) else None
            yield Stage(f"{name}" if "stays" in name else f"{name}: not in the cut", count, is_out="stays" not in name)
    patients = cut.manifest.people.get("patients")
    yield Stage("patients in the cut", patients if isinstance(patients, int) else None, is_out=False)


def _analysed(cut: Cut, outcomes: Sequence[Outcome]) -> Iterator[Stage]:
    episodes = cut.manifest.tables["episode"].rows
    yield Stage("episodes in the cut", episodes, is_out=False)
    for outcome in outcomes:
        everybody = outcome.figures[0]
        plural = outcome.definition.unit.plural
        for words, many in list(outcome.counts.items())[1:]:
            if "counted as" not in words and "how they were left" not in words:
                yield Stage(f"{outcome.definition.title}: {words}", many, is_out=True)
        count = None if everybody.withheld else everybody.figure.units
        yield Stage(f"{outcome.definition.title}: {plural} analysed", count, is_out=False)
