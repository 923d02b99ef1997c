"""The model behind the demo registry: whose vein clots, what is done about it, and what then happens. Nobody in it ever lived.

A patient is a combination of traits. Each outcome has hazards per month, constant within a period, times a factor for each
trait; so has the odds of each treatment, which is what confounds by indication. All is finite, so the truth of the model
can be computed (demo/truth.py) and not only simulated (demo/cohort.py).

Where each number comes from stands in demo/sources.py; those without a source were chosen, and the documents say so.
"""

from collections.abc import Mapping
from typing import NamedTuple

PERIODS = (0.0, 0.5, 3.0, 6.0, 12.0, 24.0)  # months at which a hazard may change; the last period does not end
AFTER_A_PROCEDURE = {"bleeding": 1.0, "death": 2.0}  # days after it, on which what it causes happens

MODALITIES = ("anticoagulation_alone", "cdt", "pcdt", "thrombectomy_alone")
# Of these the vein is never recorded; it has no part in what is done, so it confounds nothing.
TRAITS: dict[str, tuple[str, ...]] = {
    "age": ("child", "adolescent", "adult", "older"),
    "anatomy": ("iliofemoral", "iliocaval", "post_thrombotic"),
    "severity": ("mild", "moderate", "severe"),
    "compression": ("uncompressed", "compressed"),
    "bleeding": ("steady", "bleeding_prone"),
    "vein": ("quiet_vein", "clotting_vein"),
}
AGES = {"child": (0.0, 12.0), "adolescent": (12.0, 18.0), "adult": (18.0, 65.0), "older": (65.0, 90.0)}  # years


class Chance(NamedTuple):
    """A probability, or odds, of who has no trait that is named; each trait that is named multiplies it."""

    share: float
    times: Mapping[str, float] = {}


class Hazard(NamedTuple):
    """Events per month at risk in each of the periods; each trait that is named multiplies all of them."""

    per_month: tuple[float, ...]
    times: Mapping[str, float] = {}


class Model(NamedTuple):
    """Every parameter. `_replace` one to ask what would be if; `without` an outcome, it never happens."""

    who: Mapping[str, Mapping[str, float]]  # of those seen: the share of each level of the traits that hang on no other
    compressed: Chance
    bleeding_prone: Chance
    enrolled: Chance  # of those seen, who enters the registry
    odds: Mapping[str, Chance]  # of each treatment, against anticoagulation alone
    stented: Chance  # of those who have a procedure
    delay: Mapping[int, float]  # days from diagnosis to the procedure
    hazards: Mapping[str, Hazard]
    at_procedure: Mapping[str, Chance]  # what the procedure itself causes
    opened: Chance  # whether the procedure opens the vein
    stenosis_treated: float
    treated_after: float  # months from a stenosis to its treatment
    reopened: float  # of occlusions, those noticed and opened again
    reopened_after: float  # months
    reoccluded: float  # per month, once opened again
    moderate: Chance  # of post-thrombotic syndrome, what is moderate or severe
    severe: float  # of what is moderate or severe
    second_leg: (
        float  # of post-thrombotic syndrome where both legs are clotted, what is in the second too, from the same day
    )
    lost: Hazard  # to follow-up
    informative: (
        float  # times the hazard of loss from the onset of post-thrombotic syndrome; 1 where loss is independent
    )

    def without(self, *outcomes: str) -> "Model":
        """Return the model in which some outcomes never happen."""
        hazards = {
            name: Hazard((0.0,) * len(PERIODS)) if name in outcomes else each for name, each in self.hazards.items()
        }
        chances = {name: Chance(0.0) if name in outcomes else each for name, each in self.at_procedure.items()}
        return self._replace(hazards=hazards, at_procedure=chances)

    def times(self, outcome: str, factor: float) -> "Model":
        """Return the model in which an outcome is more or less frequent by a factor."""
        hazard = self.hazards[outcome]
        more = hazard._replace(per_month=tuple(rate * factor for rate in hazard.per_month))
        return self._replace(hazards={**self.hazards, outcome: more})


MODEL = Model(
    who={
        "age": {"child": 0.10, "adolescent": 0.30, "adult": 0.42, "older": 0.18},
        "anatomy": {"iliofemoral": 0.62, "iliocaval": 0.20, "post_thrombotic": 0.18},
        "severity": {"mild": 0.30, "moderate": 0.45, "severe": 0.25},
        "vein": {"quiet_vein": 2 / 3, "clotting_vein": 1 / 3},
    },
    compressed=Chance(0.45, {"iliocaval": 0.6}),
    bleeding_prone=Chance(0.15, {"older": 2.5}),
    enrolled=Chance(0.80, {"older": 0.6, "severe": 0.85}),
    odds={
        "anticoagulation_alone": Chance(1.0),
        "cdt": Chance(0.40, {"mild": 0.35, "severe": 2.5, "child": 0.4, "older": 0.4, "iliocaval": 1.6,
                             "post_thrombotic": 1.3, "compressed": 1.4, "bleeding_prone": 0.25}),
        "pcdt": Chance(0.50, {"mild": 0.35, "severe": 2.5, "child": 0.3, "older": 0.4, "iliocaval": 1.8,
                              "post_thrombotic": 1.3, "compressed": 1.4, "bleeding_prone": 0.3}),
        "thrombectomy_alone": Chance(0.40, {"mild": 0.4, "severe": 2.5, "child": 0.3, "older": 0.7, "iliocaval": 1.6,
                                            "post_thrombotic": 1.2, "compressed": 1.3, "bleeding_prone": 0.9}),
    },
    stented=Chance(0.25, {"compressed": 2.6, "post_thrombotic": 1.4, "child": 0.25}),
    delay={1: 0.25, 2: 0.20, 4: 0.20, 7: 0.20, 12: 0.15},
    hazards={
        "death": Hazard((0.0120, 0.0040, 0.0015, 0.0015, 0.0012, 0.0012),
                        {"child": 0.4, "adolescent": 0.3, "older": 3.0, "severe": 1.5, "bleeding_prone": 2.0}),
        "bleeding": Hazard((0.0070, 0.0018, 0.0010, 0.0008, 0.0006, 0.0006),
                           {"older": 2.0, "bleeding_prone": 3.0}),
        "recurrence": Hazard((0.0100, 0.0060, 0.0040, 0.0035, 0.0025, 0.0020),
                             {"child": 0.3, "adolescent": 0.5, "post_thrombotic": 1.5, "compressed": 1.2}),
        "pts": Hazard((0.0, 0.0, 0.0750, 0.0360, 0.0260, 0.0140),
                      {"cdt": 0.65, "pcdt": 0.94, "thrombectomy_alone": 0.55, "mild": 0.6, "severe": 1.6,
                       "iliocaval": 1.1, "post_thrombotic": 1.5, "child": 0.45, "adolescent": 0.6}),
        "recanalised": Hazard((0.0200, 0.1000, 0.0650, 0.0200, 0.0080, 0.0040), {"post_thrombotic": 0.4}),
        "stenosis": Hazard((0.0030, 0.0050, 0.0050, 0.0045, 0.0024, 0.0020),
                           {"post_thrombotic": 1.6, "compressed_stented": 0.75, "compressed_unstented": 1.5,
                            "quiet_vein": 0.6, "clotting_vein": 1.8}),
        "occlusion": Hazard((0.2000, 0.0500, 0.0300, 0.0100, 0.0050, 0.0040),
                            {"pcdt": 0.8, "thrombectomy_alone": 0.35, "iliocaval": 0.7, "post_thrombotic": 1.6,
                             "stented": 0.25, "compressed_stented": 0.75, "compressed_unstented": 1.5,
                             "quiet_vein": 0.6, "clotting_vein": 1.8}),
    },
    at_procedure={
        "bleeding": Chance(0.014, {"cdt": 2.0, "thrombectomy_alone": 0.25, "older": 1.5, "bleeding_prone": 2.0}),
        "death": Chance(0.003, {"older": 2.0, "child": 0.5, "adolescent": 0.5}),
    },
    opened=Chance(0.90, {"thrombectomy_alone": 1.05, "post_thrombotic": 0.79}),
    stenosis_treated=0.64,
    treated_after=1.0,
    reopened=0.65,
    reopened_after=0.1,
    reoccluded=0.020,
    moderate=Chance(0.55, {"cdt": 0.67, "pcdt": 0.67, "thrombectomy_alone": 0.83, "child": 0.6}),
    severe=0.50,
    second_leg=0.40,
    lost=Hazard((0.0020, 0.0040, 0.0060, 0.0060, 0.0050, 0.0050)),
    informative=1.0,
)  # fmt: skip
