"""The tables of docs/demo-registry.md, made from the model itself, so that the document cannot say another thing than the code."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from patency.registry.demo.model import MODALITIES, MODEL, PERIODS, TRAITS, Chance, Hazard, Model
from patency.registry.demo.sources import CHOSEN, PUBLISHED, WHY, Cited, Published
from patency.registry.demo.truth import as_recorded, flow, under

_NONE = Cited("", "", CHOSEN)


def tables(model: Model = MODEL) -> dict[str, str]:
    """Return each table by its name, in Markdown."""
    return {
        "who": _table(("trait", "share of those seen"), _who(model)),
        "parameters": _table(
            ("parameter", "for", "value", "set to come near", "mark of that figure"), _parameters(model)
        ),
        "published": _table(("published figure", "study", "mark", "this model, exactly"), _published(model)),
        "truth": _table(
            ("outcome", "month", "treatment", "if all had it", "as recorded", "bias of the records"), _truth(model)
        ),
    }


def parameters(model: Model = MODEL) -> dict[tuple[str, str], str]:
    """Return every parameter's value as the document writes it, by the parameter's name and the trait."""
    found: dict[tuple[str, str], str] = {}
    for name, chance in _chances(model):
        found[name, ""] = f"{chance.share:g}"
        found |= {(name, trait): f"× {factor:g}" for trait, factor in chance.times.items()}
    for name, hazard in (*((f"hazards {each}", rates) for each, rates in model.hazards.items()), ("lost", model.lost)):
        found[name, ""] = _by_period(hazard)
        found |= {(name, trait): f"× {factor:g}" for trait, factor in hazard.times.items()}
    found["reoccluded", ""] = f"per month: {model.reoccluded:g}"
    found["treated after", ""] = f"months: {model.treated_after:g}"
    found["reopened after", ""] = f"months: {model.reopened_after:g}"
    found["informative", ""] = f"× {model.informative:g}"
    found["delay", ""] = ", ".join(f"day {day}: {share:g}" for day, share in model.delay.items())
    return found


def _chances(model: Model) -> Iterator[tuple[str, Chance]]:
    yield from (
        ("compressed", model.compressed),
        ("bleeding prone", model.bleeding_prone),
        ("enrolled", model.enrolled),
    )
    yield from ((f"odds {name}", chance) for name, chance in model.odds.items())
    yield from (("stented", model.stented), ("opened", model.opened), ("moderate", model.moderate))
    yield from ((f"at procedure {name}", chance) for name, chance in model.at_procedure.items())
    yield from (("severe", Chance(model.severe)), ("stenosis treated", Chance(model.stenosis_treated)))
    yield from (("second leg", Chance(model.second_leg)), ("reopened", Chance(model.reopened)))


def _by_period(hazard: Hazard) -> str:
    spans = [f"{begin:g} to {end:g}" for begin, end in pairwise(PERIODS)] + [f"from {PERIODS[-1]:g}"]
    return "per month: " + "; ".join(f"{rate:g} ({span})" for span, rate in zip(spans, hazard.per_month, strict=True))


def _who(model: Model) -> Iterator[Sequence[str]]:
    for dimension, shares in model.who.items():
        assert set(shares) == set(TRAITS[dimension])
        for level, share in shares.items():
            yield f"{dimension}: {level.replace('_', ' ')}", f"{share:.3g}"


def _parameters(model: Model) -> Iterator[Sequence[str]]:
    for (name, trait), value in parameters(model).items():
        cited = WHY.get((name, trait), _NONE)
        says = f"{cited.study}: {cited.figure}" if cited.study else "no study"
        yield name, trait.replace("_", " ") or "all others", value, says, cited.mark


def _published(model: Model) -> Iterator[Sequence[str]]:
    for each in PUBLISHED:
        yield each.cited.figure, each.cited.study, each.cited.mark, f"{100 * answered(model, each):.1f}%"


def answered(model: Model, asked: Published) -> float:
    """Return what is true in the model of the question that comes nearest to a published figure."""
    if asked.kind == "flow":
        return flow(model, [asked.month], asked.modality, asked.only)[0]
    found = under(model, asked.outcome, [asked.month], asked.modality, asked.only)
    return 1 - found.net[0] if asked.kind == "free" else found.incidence[0]


_SHOWN: Mapping[str, float] = {"pts": 24, "moderate_pts": 24, "bleeding": 1, "recurrence": 24, "death": 1}


def _truth(model: Model) -> Iterator[Sequence[str]]:
    for outcome, month in _SHOWN.items():
        for modality in MODALITIES:
            true = under(model, outcome, [month], modality).incidence[0]
            recorded = as_recorded(model, outcome, [month], modality).incidence[0]
            yield (
                outcome.replace("_", " "), f"{month:g}", modality.replace("_", " "), f"{100 * true:.2f}%",
                f"{100 * recorded:.2f}%", f"{100 * (recorded - true):+.2f}",
            )  # fmt: skip


def _table(heads: Sequence[str], rows: Iterator[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"
