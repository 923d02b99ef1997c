"""What each episode was like when it began: by which tables are made, and patients like one are found.

In: an open cut. Out: a frame, a row for each episode:

    episode, patient, site
    option        the first treatment as it was started, by Patency's own names of options; null where nobody said
    population    child (below 18 years) or adult
    age, sex
    pregnancy     yes where pregnancy or childbirth provoked the clot, or the patient was found pregnant at its diagnosis; no where
                  what provoked it was asked and neither did, and where a pregnancy cannot be (men, below 8 years, from 75 years)
    extent        iliocaval, iliofemoral or femoropopliteal
    onset         days from the first symptoms to the diagnosis
    phase         acute (to 14 days), subacute (to 28) or chronic
    limb_threat   yes where the leg was threatened (phlegmasia cerulea or gangrene)
    compression   yes where an iliac vein is compressed, no where imaging showed none
    provoked      yes where something provoked the clot, no where that was asked and nothing did
    recurrent     yes where it was not the first clot
    weight, platelets

What is not known is null, and matches nothing.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from patency.cut.opened import Cut

if TYPE_CHECKING:
    import polars

OPTIONS: Mapping[str, str] = {  # the registry's first treatment: the option of content/decisions.yaml
    "anticoagulation_alone": "anticoagulation_alone",
    "cdt": "catheter_lysis",
    "pcdt": "pharmacomechanical",
    "thrombectomy_alone": "thrombectomy_without_lytic",
    "surgery": "surgical_thrombectomy",
    "systemic_lysis": "systemic_lysis",
    "none": "no_anticoagulation",
}
ADULT = 18.0  # years
# By symptoms: acute up to 14 days, subacute up to 28, as the registry's form of a segment has it (registry data set, element 8).
ACUTE, SUBACUTE = 14, 28
# In years: the law `pregnancy-implies-female` of the vocabulary, which also says that it is a woman or girl.
_CHILDBEARING = (8.0, 75.0)
_AROUND = 14  # days before and after the diagnosis, in which a pregnancy that was found was one at the diagnosis
_PROXIMAL = ("common_femoral", "external_iliac", "common_iliac")
_CAVAL = ("cava_infrarenal", "cava_suprarenal")


def traits_of(cut: Cut) -> "polars.DataFrame":
    """Return the traits of the episodes of a cut."""
    import polars

    col, text = polars.col, polars.String
    patients = cut.table("patient").select("patient", sex=col("sex_at_birth").cast(text))
    episodes = cut.table("episode").join(patients, on="patient", how="left").join(_veins(cut), on="episode", how="left")
    episodes = episodes.join(_found_pregnant(cut), on="episode", how="left")
    onset, before = -col("symptom_onset_day"), col("first_or_recurrent").cast(text)
    frame = episodes.select(
        "episode", "patient", "site", "age", "sex", "weight", "platelets",
        option=col("first_treatment").cast(text).replace_strict(dict(OPTIONS), default=None),
        population=_named({"child": _is_child(), "adult": ~_is_child()}),
        pregnancy=_pregnancy(),
        extent=_extent(),
        onset=onset,
        phase=_named({"acute": onset <= ACUTE, "subacute": onset <= SUBACUTE, "chronic": onset > SUBACUTE}),
        limb_threat=col("limb_threat").cast(text).replace_strict(
            {"none": "no", "alba": "no", "cerulea": "yes", "gangrene": "yes"}, default=None),
        compression=col("compression_lesion").cast(text).replace_strict(
            {"none": "no", "may_thurner": "yes", "other": "yes"}, default=None),
        provoked=_named({"no": col("provoking").list.len() == 0, "yes": col("provoking").list.len() > 0}),
        recurrent=_named({"no": before == "first", "yes": before.is_not_null()}),
    )  # fmt: skip
    return frame.sort("episode").collect()


def _is_child() -> "polars.Expr":
    """Whether the patient is below 18; by the site's own word where the age is not known."""
    import polars

    col = polars.col
    by_word = col("population").cast(polars.String).replace_strict(
        {"neonate": True, "child": True, "adolescent": True, "adult": False}, default=None, return_dtype=polars.Boolean)  # fmt: skip
    return polars.coalesce(col("age") < ADULT, by_word)


def _found_pregnant(cut: Cut) -> "polars.LazyFrame":
    """Return the episodes around whose diagnosis the patient was found pregnant."""
    import polars

    col = polars.col
    around = (col("concept") == "pregnant") & col("truth") & (col("day").abs() <= _AROUND)
    return cut.table("finding").filter(around).select("episode", found_pregnant=True).unique()


def _pregnancy() -> "polars.Expr":
    import polars

    col, (youngest, oldest) = polars.col, _CHILDBEARING
    provoked = col("provoking").list.contains("pregnancy")
    cannot = (col("sex") == "male") | (col("age") < youngest) | (col("age") >= oldest)
    return _named({"yes": provoked | col("found_pregnant"), "no": ~provoked | cannot})


def _extent() -> "polars.Expr":
    import polars

    col = polars.col
    caval, proximal = polars.coalesce("caval", "has_cava"), col("has_proximal")
    return _named({
        "iliocaval": caval | col("has_cava"),
        "iliofemoral": proximal & ~caval.fill_null(value=False),
        "femoropopliteal": ~proximal & ~caval.fill_null(value=False),
    })  # fmt: skip


def _veins(cut: Cut) -> "polars.LazyFrame":
    import polars

    col = polars.col
    involved = cut.table("segment").filter("involved").select("episode", vein=col("vein").cast(polars.String))
    veins = involved.group_by("episode").agg(
        has_cava=col("vein").is_in(_CAVAL).any(), has_proximal=col("vein").is_in(_PROXIMAL).any()
    )
    said = cut.table("limb").group_by("episode").agg(said=col("iliofemoral").any())
    both = veins.join(said, on="episode", how="full", coalesce=True)
    return both.select(
        "episode", "has_cava", has_proximal=polars.coalesce(col("has_proximal") | col("said"), "has_proximal", "said")
    )


def _named(names: "Mapping[str, polars.Expr]") -> "polars.Expr":
    """Return the first name whose condition holds; null where none does."""
    import polars

    chosen: polars.Expr = polars.lit(None, polars.String)
    for name, condition in reversed(list(names.items())):
        chosen = polars.when(condition).then(polars.lit(name)).otherwise(chosen)
    return chosen
