"""Where the numbers of the demo model come from, and the published figures it is to resemble, with their marks.

A mark is that of Patency's citations: `original` for what was read in the study's own text or abstract, `second-hand` for
a copy or a summary, `inference` for arithmetic on such figures, `unverified` for what rests on memory. `chosen` is a number
that no study gave: it makes the demonstration work and says nothing. To resemble a figure is not to confirm it.
"""

from collections.abc import Mapping
from typing import NamedTuple

from patency.vocabulary import DAYS_A_MONTH

CHOSEN = "chosen"


class Cited(NamedTuple):
    """What a study says, in its counts where it gives them, and how that was read."""

    study: str
    figure: str
    mark: str


CAVENT = "CaVenT, Lancet 2012, doi 10.1016/S0140-6736(11)61753-4"
CAVENT_5 = "CaVenT at 5 years, doi 10.1016/S2352-3026(15)00248-3"
CAVENT_INTERIM = "CaVenT interim, doi 10.1111/j.1538-7836.2009.03464.x"
CAVENT_LYSIS = "CaVenT lysis, doi 10.1016/j.jvir.2012.09.023"
CAVA = "CAVA, Lancet Haematology 2020, abstract copy"
ATTRACT = "ATTRACT, doi 10.1056/NEJMoa1615066"
ATTRACT_ILIOFEMORAL = "ATTRACT iliofemoral, doi 10.1161/CIRCULATIONAHA.118.037425"
TORPEDO = "TORPEDO, J Endovasc Ther 2012, institution's record"
CLOUT_6 = "CLOUT at 6 months, doi 10.1007/s00270-023-03509-8"
CLOUT_1 = "CLOUT at 1 year, vascularnews.com"
MEWISSEN = "National Multicenter Venous Registry, Radiology 1999;211:39"
RAZAVI = "Razavi 2015, pubmed 26438686"
VERNACULAR = "VERNACULAR, doi 10.1007/s00270-021-02975-2"
SWISS = "Swiss Venous Stent Registry, doi 10.1161/CIRCINTERVENTIONS.120.009673"
ABRE = "ABRE, Medtronic release 2020"
SUN_YAT_SEN = "Sun Yat-sen stent cohort, doi 10.1186/s12893-022-01714-9"
GOLDENBERG_2011 = "Goldenberg 2011, doi 10.1016/j.jvir.2010.10.013"
GOLDENBERG_2010 = "Goldenberg 2010, review, doi 10.3324/haematol.2010.026989"
ENGEL = "Engel 2020, meta-analysis, doi 10.1111/jth.14984"
KIDS_DOTT = "Kids-DOTT, doi 10.1001/jama.2021.23182"
DABIGATRAN = "Dabigatran in children, PMC7019192, table 3"
CLOTTRIEVER_18 = "ClotTriever, one centre, doi 10.1016/j.avsg.2022.07.031"
SEVEN_COHORTS = "Review of 7 paediatric cohorts, abstract"
SOURCE_002 = "Two-centre cohort of caval thrombosis, source 002"

# By parameter and trait; "" for the number without traits. What is not here was chosen.
WHY: Mapping[tuple[str, str], Cited] = {
    ("compressed", ""): Cited(CLOTTRIEVER_18, "May-Thurner in 8 of 18; Goldenberg 2011: stenosis in 8 of 15 (worked out)", "original"),
    ("stented", "compressed"): Cited(GOLDENBERG_2011, "stents in all with May-Thurner; CLOUT: stents in 47% of 260 limbs", "original"),
    ("hazards death", ""): Cited(CAVA, "3 of 75 within 12 months; CLOUT: 0.9% of 500 within 30 days", "second-hand"),
    ("at procedure death", ""): Cited(MEWISSEN, "2 deaths among 473", "original"),
    ("hazards bleeding", ""): Cited(ATTRACT, "0.3% of 355 within 10 days without a procedure", "original"),
    ("at procedure bleeding", ""): Cited(ATTRACT, "1.7% of 336 within 10 days, printed; 0.3% without", "original"),
    ("at procedure bleeding", "cdt"): Cited(CAVENT, "3 of 90; CAVA: 4 of 77", "second-hand"),
    ("at procedure bleeding", "thrombectomy_alone"): Cited(CLOTTRIEVER_18, "0 of 18", "original"),
    ("hazards recurrence", ""): Cited(ATTRACT, "8% of 355 within 24 months without a procedure", "original"),
    ("hazards recurrence", "child"): Cited(KIDS_DOTT, "1.7% and 2.9% within 2 years, of 207 and 210", "original"),
    ("hazards pts", ""): Cited(CAVA, "26 of 75 at 12 months; CaVenT: 55 of 99 at 24, 63 of 89 at 60", "second-hand"),
    ("hazards pts", "cdt"): Cited(CAVENT, "37 of 90 against 55 of 99 at 24 months", "inference"),
    ("hazards pts", "pcdt"): Cited(ATTRACT_ILIOFEMORAL, "49% against 51%, risk ratio 0.95 (0.78 to 1.15)", "inference"),
    ("hazards pts", "thrombectomy_alone"): Cited(
        CLOUT_1, "19.3% at 1 year of a single arm, against the control arm of CAVA", "inference"),
    ("hazards pts", "child"): Cited(GOLDENBERG_2010, "26% of 977 in 19 studies; Engel 2020: 434 of 1076", "inference"),
    ("hazards recanalised", ""): Cited(CAVENT_INTERIM, "19 of 53 open at 6 months without a procedure", "original"),
    ("hazards occlusion", ""): Cited(CAVENT_INTERIM, "32 of 50 open at 6 months; Mewissen: 60% primary patency at 1 year", "inference"),
    ("hazards occlusion", "thrombectomy_alone"): Cited(CLOUT_1, "patency of 94.2% at 1 year, of limbs", "inference"),
    ("hazards occlusion", "iliocaval"): Cited(SOURCE_002, "primary patency 95% of the cava and 77% of the iliac vein", "inference"),
    ("hazards occlusion", "stented"): Cited(
        RAZAVI, "primary patency at 1 year 87% in acute thrombosis; Swiss: 80.5% at 3 years", "inference"),
    ("hazards occlusion", "post_thrombotic"): Cited(
        RAZAVI, "primary patency at 1 year 79% in chronic against 87% in acute limbs", "inference"),
    ("hazards stenosis", ""): Cited(RAZAVI, "primary patency at 1 year 87% in acute thrombosis, less the occlusions", "inference"),
    ("hazards stenosis", "post_thrombotic"): Cited(VERNACULAR, "81.3% at 12 and 75.4% at 24 months", "inference"),
    ("opened", ""): Cited(CAVENT_LYSIS, "half or more dissolved in 83 of 92", "original"),
    ("opened", "post_thrombotic"): Cited(SUN_YAT_SEN, "technical success in 22 of 31", "inference"),
    ("stenosis treated", ""): Cited(ABRE, "14 of 184 treated among 22 of 184 lost at 12 months", "inference"),
    ("reopened", ""): Cited(GOLDENBERG_2011, "5 of 6 lysed again; less, for occlusions that nobody notices", "inference"),
    ("reoccluded", ""): Cited(GOLDENBERG_2011, "late recurrence in 4 of 15 over a median of 14 months", "inference"),
    ("moderate", ""): Cited(ATTRACT_ILIOFEMORAL, "moderate or severe in 28%, of 51% with any", "inference"),
    ("moderate", "pcdt"): Cited(ATTRACT_ILIOFEMORAL, "moderate or severe in 18%, of 49% with any", "inference"),
    ("moderate", "thrombectomy_alone"): Cited(CLOUT_1, "moderate or severe in 8.8%, of 19.3% with any", "inference"),
    ("severe", ""): Cited(ATTRACT_ILIOFEMORAL, "severe in 15% and 8.7%, of 28% and 18% moderate or severe", "inference"),
    ("lost", ""): Cited(CAVENT, "189 of 209 seen at 24 months; 176 of 209 at 60", "original"),
}  # fmt: skip

ADULT = {"age": "adult", "anatomy": "iliofemoral"}


class Published(NamedTuple):
    """A published figure and the question put to the model that comes nearest to it: `kind` is incidence, free or flow."""

    cited: Cited
    kind: str
    outcome: str
    month: float
    modality: str
    only: Mapping[str, str]


STENTED, UNSTENTED = {**ADULT, "stent": "yes"}, {**ADULT, "stent": "no"}
STENTED_POST_THROMBOTIC = {**STENTED, "anatomy": "post_thrombotic"}

_QUESTIONS: tuple[tuple[Cited, str, str, float, str, Mapping[str, str]], ...] = (
    (Cited(CAVENT, "PTS at 24 months, control 55/99 (55.6%)", "original"),
     "incidence", "pts", 24, "anticoagulation_alone", ADULT),
    (Cited(CAVENT, "PTS at 24 months, lysis 37/90 (41.1%)", "original"),
     "incidence", "pts", 24, "cdt", ADULT),
    (Cited(CAVENT_5, "PTS at 5 years, control 63/89 (70.8%)", "second-hand"),
     "incidence", "pts", 60, "anticoagulation_alone", ADULT),
    (Cited(CAVENT_5, "PTS at 5 years, lysis 37/87 (42.5%)", "original"),
     "incidence", "pts", 60, "cdt", ADULT),
    (Cited(ATTRACT_ILIOFEMORAL, "any PTS within 24 months, no procedure 51%", "original"),
     "incidence", "pts", 24, "anticoagulation_alone", ADULT),
    (Cited(ATTRACT_ILIOFEMORAL, "any PTS within 24 months, pharmacomechanical 49%", "original"),
     "incidence", "pts", 24, "pcdt", ADULT),
    (Cited(ATTRACT_ILIOFEMORAL, "moderate or severe PTS, no procedure 28%", "original"),
     "incidence", "moderate_pts", 24, "anticoagulation_alone", ADULT),
    (Cited(ATTRACT_ILIOFEMORAL, "moderate or severe PTS, pharmacomechanical 18%", "original"),
     "incidence", "moderate_pts", 24, "pcdt", ADULT),
    (Cited(CAVA, "PTS at 12 months, control 26/75 (34.7%)", "second-hand"),
     "incidence", "pts", 12, "anticoagulation_alone", ADULT),
    (Cited(CAVA, "PTS at 12 months, lysis 22/77 (28.6%)", "second-hand"),
     "incidence", "pts", 12, "cdt", ADULT),
    (Cited(TORPEDO, "PTS at 30 months, control 24/81 (29.6%), proximal veins", "original"),
     "incidence", "pts", 30, "anticoagulation_alone", ADULT),
    (Cited(TORPEDO, "PTS at 30 months, procedure 6/88 (6.8%), proximal veins", "original"),
     "incidence", "pts", 30, "pcdt", ADULT),
    (Cited(CLOUT_1, "PTS at 1 year 19.3%, single arm", "second-hand"),
     "incidence", "pts", 12, "thrombectomy_alone", ADULT),
    (Cited(CLOUT_1, "patency at 1 year 94.2%, of limbs, single arm", "second-hand"),
     "flow", "", 12, "thrombectomy_alone", ADULT),
    (Cited(CAVENT_INTERIM, "open at 6 months, control 19/53 (35.8%)", "original"),
     "flow", "", 6, "anticoagulation_alone", ADULT),
    (Cited(CAVENT_INTERIM, "open at 6 months, lysis 32/50 (64.0%)", "original"),
     "flow", "", 6, "cdt", UNSTENTED),
    (Cited(ATTRACT, "major bleeding within 10 days, no procedure 0.3%", "original"),
     "incidence", "bleeding", 10 / DAYS_A_MONTH, "anticoagulation_alone", ADULT),
    (Cited(ATTRACT, "major bleeding within 10 days, pharmacomechanical 1.7%", "original"),
     "incidence", "bleeding", 10 / DAYS_A_MONTH, "pcdt", ADULT),
    (Cited(CAVENT, "major bleeding, lysis 3/90 (3.3%)", "second-hand"),
     "incidence", "bleeding", 1, "cdt", ADULT),
    (Cited(ATTRACT, "recurrent thrombosis within 24 months, no procedure 8%", "original"),
     "incidence", "recurrence", 24, "anticoagulation_alone", ADULT),
    (Cited(CAVA, "death within 12 months, control 3/75 (4%)", "second-hand"),
     "incidence", "death", 12, "anticoagulation_alone", ADULT),
    (Cited(CLOUT_6, "death within 30 days 0.9%", "original"),
     "incidence", "death", 1, "thrombectomy_alone", ADULT),
    (Cited(RAZAVI, "primary patency at 1 year, stents in acute thrombosis 87%", "original"),
     "free", "stenosis_or_occlusion", 12, "cdt", STENTED),
    (Cited(SWISS, "primary patency at 3 years, stents in acute thrombosis 80.5%", "original"),
     "free", "stenosis_or_occlusion", 36, "cdt", STENTED),
    (Cited(RAZAVI, "primary patency at 1 year, stents in chronic limbs 79%", "original"),
     "free", "stenosis_or_occlusion", 12, "cdt", STENTED_POST_THROMBOTIC),
    (Cited(VERNACULAR, "primary patency at 24 months, post-thrombotic 75.4%", "second-hand"),
     "free", "stenosis_or_occlusion", 24, "cdt", STENTED_POST_THROMBOTIC),
    (Cited(SWISS, "primary patency at 3 years, post-thrombotic 59.2%", "original"),
     "free", "stenosis_or_occlusion", 36, "cdt", STENTED_POST_THROMBOTIC),
    (Cited(RAZAVI, "secondary patency at 1 year, stents in chronic limbs 94%", "original"),
     "free", "secondary_loss", 12, "cdt", STENTED_POST_THROMBOTIC),
    (Cited(GOLDENBERG_2010, "PTS in children, 26% of 977 in 19 studies", "original"),
     "incidence", "pts", 24, "anticoagulation_alone", {"age": "child"}),
    (Cited(ENGEL, "PTS in children 434/1076 (40%)", "original"),
     "incidence", "pts", 24, "anticoagulation_alone", {"age": "adolescent"}),
    (Cited(SEVEN_COHORTS, "PTS after lysis in children 12.7% of 183", "second-hand"),
     "incidence", "pts", 12, "cdt", {"age": "adolescent"}),
    (Cited(KIDS_DOTT, "recurrent thrombosis within 2 years in children 1.7%", "original"),
     "incidence", "recurrence", 24, "anticoagulation_alone", {"age": "child"}),
    (Cited(DABIGATRAN, "major bleeding within 12 months in children 3/203 (1.5%)", "original"),
     "incidence", "bleeding", 12, "anticoagulation_alone", {"age": "adolescent"}),
)  # fmt: skip
PUBLISHED = tuple(Published(*asked) for asked in _QUESTIONS)
