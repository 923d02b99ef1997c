"""Chapter 11. Every condition can be read aloud.

Each sentence below was read as a clinician would say it. A condition stands at the margin, its sentence under it.
"""

import re
from itertools import product

import pytest

from patency.guideline.model import Library
from patency.language.terms import Among, Not
from patency.language.words import to_words
from patency.vocabulary import Kind

from .reading import condition, language

SENTENCES = """
active_bleeding
    there is active bleeding
not active_bleeding
    there is no active bleeding
iliofemoral
    the clot is iliofemoral
not iliofemoral
    the clot is not iliofemoral
age >= 18 years
    age is at least 18 years
age >= adult_age
    age is at least 18 years
age < 1 year
    age is below 1 year
age < 6 months
    age is below 6 months
platelets < 50 10^9/L
    the platelet count is below 50 10^9/L
not platelets < 50 10^9/L
    the platelet count is at least 50 10^9/L
platelets < 50000 /uL
    the platelet count is below 50000 /uL
inr > 1.7
    the INR is above 1.7
inr = 1
    the INR is exactly 1
inr != 1
    the INR is not 1
iliac_stenosis >= 50 %
    the narrowing of the iliac vein is at least 50 %
systolic_pressure > 180 mmHg or diastolic_pressure > 110 mmHg
    the systolic pressure is above 180 mmHg or the diastolic pressure is above 110 mmHg
life_expectancy < 1 year
    life expectancy is below 1 year
days_since(onset) < 14 days
    the onset of symptoms was less than 14 days ago
not days_since(onset) < 14 days
    the onset of symptoms was at least 14 days ago
days_since(onset) <= 1 day
    the onset of symptoms was at most 1 day ago
days_since(onset) = 1 day
    the onset of symptoms was exactly 1 day ago
days_since(onset) != 14 days
    the onset of symptoms was not 14 days ago
days_since(initial_treatment_on) >= 3 months
    the start of the first treatment was at least 3 months ago
days_since(delivery_on) < 1 week
    the delivery was less than 1 week ago
severity != severe
    the severity of symptoms is not severe
severity >= moderate
    the severity of symptoms is at least moderate
severity > moderate
    the severity of symptoms is severe
severity <= moderate
    the severity of symptoms is at most moderate
severity < moderate
    the severity of symptoms is minimal or mild
severity < severe
    the severity of symptoms is not severe
severity <= minimal
    the severity of symptoms is minimal
severity in [moderate, severe]
    the severity of symptoms is moderate or severe
severity in [minimal, mild, moderate]
    the severity of symptoms is minimal, mild or moderate
not severity in [moderate, severe]
    the severity of symptoms is minimal or mild
not severity in [minimal, mild, moderate]
    the severity of symptoms is severe
not severity >= moderate
    the severity of symptoms is minimal or mild
not severity <= minimal
    the severity of symptoms is not minimal
side != left
    the affected leg is the right
sex != female
    sex at birth is not female
compression_lesion != none
    iliac vein compression is not absent
not compression_lesion in [may_thurner, other_external]
    iliac vein compression is absent
not initial_treatment in [catheter_lysis, pharmacomechanical]
    the first treatment is neither catheter-directed thrombolysis nor pharmacomechanical thrombolysis
not initial_treatment in [catheter_lysis, pharmacomechanical, systemic_lysis]
    the first treatment is none of catheter-directed thrombolysis, pharmacomechanical thrombolysis and systemic
    thrombolysis
segments has any [femoral, popliteal]
    the clot involves the femoral vein or the popliteal vein
segments has any [common_femoral, external_iliac, common_iliac]
    the clot involves the common femoral vein, the external iliac vein or the common iliac vein
segments has all [femoral, popliteal]
    the clot involves both the femoral vein and the popliteal vein
segments has all [calf, popliteal, femoral]
    the clot involves all of a calf vein, the popliteal vein and the femoral vein
not segments has any [femoral, popliteal]
    the clot involves neither the femoral vein nor the popliteal vein
not segments has any [common_femoral, external_iliac, common_iliac]
    the clot involves none of the common femoral vein, the external iliac vein and the common iliac vein
not provoking has any [surgery, trauma]
    the clot was provoked by neither surgery nor trauma
limb_threat and pregnant
    the limb is threatened and the patient is pregnant
not (limb_threat and pregnant)
    the limb is not threatened or the patient is not pregnant
not (limb_threat or pregnant)
    the limb is not threatened and the patient is not pregnant
limb_threat and pregnant and dic
    the limb is threatened, and the patient is pregnant, and disseminated intravascular coagulation is present
limb_threat and (pregnant or dic)
    the limb is threatened and (the patient is pregnant or disseminated intravascular coagulation is present)
limb_threat or pregnant and dic
    the limb is threatened or (the patient is pregnant and disseminated intravascular coagulation is present)
not (limb_threat and (pregnant or dic))
    the limb is not threatened or (the patient is not pregnant and there is no disseminated intravascular coagulation)
not (limb_threat or not (pregnant and not dic))
    the limb is not threatened and (the patient is pregnant and there is no disseminated intravascular coagulation)
segments has any [femoral, popliteal] and severity in [moderate, severe]
    the clot involves the femoral vein or the popliteal vein, and the severity of symptoms is moderate or severe
limb_threat or phlegmasia in [cerulea, venous_gangrene]
    the limb is threatened, or phlegmasia is cerulea dolens or at the stage of venous gangrene
"""

RULES = """
acr-2020 v1
    the clot is iliofemoral, and symptoms began less than 14 days ago, and the severity of symptoms is minimal or
    mild, and the patient is otherwise healthy
acr-2020 v2
    the clot is iliofemoral, and symptoms began less than 14 days ago, and the severity of symptoms is moderate or
    severe, and the patient is otherwise healthy
acr-2020 v3
    the clot is femoropopliteal, and symptoms began less than 14 days ago, and the severity of symptoms is minimal,
    mild or moderate, and the patient is otherwise healthy
acr-2020 v4
    the clot is iliofemoral, and symptoms began less than 14 days ago, and the iliac vein is compressed as in
    May-Thurner syndrome
acr-2020 v5
    the clot is iliofemoral and the limb is threatened
acr-2020 v6
    the clot is iliofemoral, and the severity of symptoms is moderate, and symptoms persist after the first treatment,
    and the first treatment is anticoagulation alone, and the start of the first treatment was at least 3 months ago
acr-2020 v7
    the clot is iliofemoral, and symptoms began less than 14 days ago, and the patient is pregnant, and the severity
    of symptoms is moderate or severe
acr-2013 v1
    the clot is iliofemoral, and this episode is the first, and symptoms began less than 14 days ago, and the patient
    is otherwise healthy
acr-2013 v2
    the clot is iliofemoral, and the onset of symptoms was at most 10 days ago, and the iliac vein is compressed as in
    May-Thurner syndrome
acr-2013 v3
    the clot is iliofemoral and the limb is threatened
acr-2013 v4
    the clot is iliofemoral, and the severity of symptoms is minimal, and the diagnosis was at least 7 days ago, and
    the diagnosis was less than 14 days ago
"""

DEFINITIONS = """
iliofemoral
    the clot involves the common femoral vein, the external iliac vein or the common iliac vein
femoropopliteal
    the clot involves the femoral vein or the popliteal vein, and the clot involves none of the common femoral vein,
    the external iliac vein, the common iliac vein and the inferior vena cava
acute_14_days
    the onset of symptoms was less than 14 days ago
otherwise_healthy
    functional status is good, and cancer is not active, and there was no major surgery in the past 6 weeks, and lysis
    is not absolutely contraindicated, and anticoagulation is not contraindicated now
recent_major_surgery
    there was major surgery in the past 3 months and the latest major surgery was less than 6 weeks ago
"""


def spoken(text: str) -> list[tuple[str, str]]:
    """Take a text apart into what stands at the margin and the sentence under each."""
    blocks = re.findall(r"^(\S.*)\n((?:    .*\n)+)", text, flags=re.MULTILINE)
    return [(name, " ".join(sentence.split())) for name, sentence in blocks]


@pytest.mark.parametrize(("text", "sentence"), spoken(SENTENCES))
def test_a_condition_reads_aloud_as_one_sentence(library: Library, text: str, sentence: str) -> None:
    """Units agree with their number; a denial is said of the thing itself; brackets keep apart what belongs apart."""
    assert to_words(condition(text, library.lexicon), library.lexicon.vocabulary) == sentence


def test_every_rule_of_both_editions_reads_aloud(library: Library) -> None:
    """The variants of ACR 2020 and ACR 2013, as a clinician hears them."""
    read = [
        (f"{name} {rule.id}", to_words(rule.when, library.lexicon.vocabulary))
        for name in ("acr-2020", "acr-2013")
        for rule in library.guidelines[name].rules
    ]
    assert read == spoken(RULES)


@pytest.mark.parametrize(("name", "sentence"), spoken(DEFINITIONS))
def test_the_words_that_rules_are_made_of_read_aloud(library: Library, name: str, sentence: str) -> None:
    """A definition, one step down."""
    assert to_words(library.lexicon.definitions[name], library.lexicon.vocabulary) == sentence


def answers_meant(sentence: str, values: dict[str, str]) -> set[str]:
    """Understand what a sentence about one choice says, as a listener would."""
    _, _, said = sentence.partition(" is ")
    order = list(values.values())
    if said.startswith("at least "):
        return set(order[order.index(said.removeprefix("at least ")) :])
    if said.startswith("at most "):
        return set(order[: order.index(said.removeprefix("at most ")) + 1])
    denied = re.match(r"(not|neither|none of) ", said)
    named = set(re.split(r", | or | nor | and ", said[denied.end() :] if denied else said))
    assert named <= set(order), sentence
    return set(order) - named if denied else named


SIGNS = ("= {}", "!= {}", "in [{}]", "in [{}, {}]", "in [{}, {}, {}]", "< {}", "<= {}", "> {}", ">= {}")


@pytest.mark.parametrize("name", ["severity", "bleeding_risk", "compression_lesion", "phlegmasia", "side", "sex"])
def test_a_listener_understands_what_a_choice_was_meant_to_be(library: Library, name: str) -> None:
    """Whatever the sign and the answer, affirmed or denied, the sentence leaves exactly the answers that fit."""
    lexicon = library.lexicon
    concept = lexicon.vocabulary.concepts[name]
    values = dict(concept.values)
    names = list(values)
    tried = 0
    for sign, at in product(SIGNS, range(len(names))):
        chosen = [names[(at + step) % len(names)] for step in range(sign.count("{}"))]
        if (concept.kind is not Kind.ORDERED and sign[0] in "<>") or len(set(chosen)) < len(chosen):
            continue
        if (sign, at) in (("< {}", 0), ("> {}", len(names) - 1)) or len(chosen) == len(names):
            continue  # the first two are refused, and the last is always so
        term = condition(f"{name} {sign.format(*chosen)}", lexicon)
        assert isinstance(term, Among)
        fitting = {values[value] for value in term.values}
        tried += 1
        assert answers_meant(to_words(term, lexicon.vocabulary), values) == fitting
        assert answers_meant(to_words(Not(term), lexicon.vocabulary), values) == set(values.values()) - fitting
    assert tried >= 4


SETS = language("""
concepts:
  segments:
    asks: Which veins are involved?
    words: the clot involves
    says: [the clot involves, the clot does not involve]
    type: set
    values: {femoral: the femoral vein, iliac: the iliac vein, cava: the vena cava}
    cost: imaging
  thrombophilia:
    asks: Which thrombophilia was found?
    words: testing has shown
    type: set
    values: {protein_c: protein C deficiency, protein_s: protein S deficiency}
    cost: laboratory
  pregnant: {asks: Pregnant?, says: [the patient is pregnant, the patient is not pregnant], type: yes/no, cost: history}
""")

OF_SETS = """
not segments has cava
    the clot does not involve the vena cava
not segments has all [femoral, iliac]
    the clot does not involve both the femoral vein and the iliac vein
not segments has all [femoral, iliac, cava]
    the clot does not involve all of the femoral vein, the iliac vein and the vena cava
not thrombophilia has protein_c
    it is not so that testing has shown protein C deficiency
not thrombophilia has protein_c and pregnant
    (it is not so that testing has shown protein C deficiency) and the patient is pregnant
not (thrombophilia has all [protein_c, protein_s] or pregnant)
    (it is not so that testing has shown both protein C deficiency and protein S deficiency) and the patient is not
    pregnant
not thrombophilia has any [protein_c, protein_s]
    testing has shown neither protein C deficiency nor protein S deficiency
"""


@pytest.mark.parametrize(("text", "sentence"), spoken(OF_SETS))
def test_the_denial_of_a_set_reaches_no_further_than_the_set(text: str, sentence: str) -> None:
    """Where the vocabulary has a denial it is used; where it has none, brackets end what is denied."""
    assert to_words(condition(text, SETS), SETS.vocabulary) == sentence


def test_brackets_stay_where_a_denial_is_denied() -> None:
    """However often a bracket is denied, it keeps together what it holds."""
    lexicon = language("""
concepts:
  a: {asks: A?, says: [a, no a], type: yes/no, cost: history}
  b: {asks: B?, says: [b, no b], type: yes/no, cost: history}
  c: {asks: C?, says: [c, no c], type: yes/no, cost: history}
""")
    read = {
        text: to_words(condition(text, lexicon), lexicon.vocabulary)
        for text in ("a or not not (b and c)", "not (a or not (b and c))", "a and not (b and not c)", "not not not a")
    }

    assert read == {
        "a or not not (b and c)": "a or (b and c)",
        "not (a or not (b and c))": "no a and (b and c)",
        "a and not (b and not c)": "a and (no b or c)",
        "not not not a": "no a",
    }
