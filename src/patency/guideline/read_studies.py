"""From content/studies to what a consult says of outcomes: each figure with the condition under which it speaks.

In: documents of studies, of their terms and of audits. Out: Spoken figures, or Faults. Whom a study watched is written in
words of short lists; here each word is a condition on the patient, in words that the vocabulary defines:

    age          adult, child
    extent       iliofemoral, iliocaval, femoropopliteal, proximal; caval: the inferior vena cava holds clot
    phase        acute: symptoms for less than 14 days, the line that content draws; chronic: for more than 28
                 (SVS 2012 and SIR 2023, as outcome/traits.py has them); none: of people without a clot, so nobody's here
    begun        when in the course of the clot treatment began; after weeks or months it was no first treatment, and such a
                 study may give no figure of an option of that decision
    compression  whether something presses on the iliac vein

Mixed and any leave nobody out. What a study does not state is said beside its figures. It leaves out no patient of the usual
kind; whether it speaks for one whom studies of a first treatment leave out unless they say so cannot be told: one who is
pregnant, bleeds or has a threatened limb, of whom no text says that it watched any, and, where the phase is not stated, one
whose clot is no longer acute.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from patency.document import Node
from patency.evidence.model import Audit
from patency.evidence.printed_outcomes import UNSAID, Spoken, WhichStudy, printed_outcomes
from patency.fault import Fault, Refused
from patency.guideline.reading import Words
from patency.language.parse import parse
from patency.language.terms import All, Term

if TYPE_CHECKING:
    from patency.evidence.study import Evidence

NOT_STATED = "not stated"
CONDITIONS = {
    "adult": "adult",
    "child": "child",
    "iliofemoral": "iliofemoral",
    "iliocaval": "iliocaval",
    "femoropopliteal": "femoropopliteal",
    "proximal": "proximal",
    "caval": "segments has inferior_vena_cava",
    "acute": "acute_14_days",
    "subacute": "not acute_14_days and days_since(onset) <= 28 days",
    "chronic": "days_since(onset) > 28 days",
    "compression": "not compression_lesion = none",
    "no compression": "compression_lesion = none",
}
# No text that was read says that such patients were among those a study watched, so it cannot be told whether it speaks
# for one (decision 0018 leaves surveys out for the same reason).
APART = ("pregnant", "active_bleeding", "limb_threat")
NOT_ACUTE = "not acute_14_days"  # likewise, where a study does not state the phase
FIRST_TREATMENT = "first-treatment"  # the decision of which what began later tells nothing
NOBODY = "none"  # the phase of people who had no clot


def read_studies(
    terms: Iterable[Node], studies: Iterable[Node], audits: Iterable[Node], words: Words
) -> tuple[Spoken, ...]:
    """Read what studies printed of outcomes, each with whom it speaks of; those of people without a clot are left out."""
    from patency.evidence.read_study import Known, evidence_of

    texts = {audit.id: audit for audit in _audits(audits, words)}
    known = Known(dict(words.sources), texts, frozenset(words.options), words.faults)
    evidence = evidence_of(terms, studies, known)
    _refuse_later(evidence, words)
    if words.faults:
        return ()  # what is wrong is told, and there will be no library
    places = {study.id: study.place for study in evidence.studies.values()}
    terms_of: dict[str, Term] = {}  # many studies watched the same kind of people, and a consult asks once of each kind

    def term(text: str, study: WhichStudy) -> Term:
        if text not in terms_of:
            terms_of[text] = (parse(text, places[study.id], words.lexicon, words.faults) if text else None) or All(())
        return terms_of[text]

    def apart(study: WhichStudy) -> tuple[Term, ...]:
        known = [name for name in APART if name in words.lexicon.vocabulary.concepts]
        return tuple(term(text, study) for text in (*known, *[NOT_ACUTE] * (study.phase == NOT_STATED)))

    figures = [each for each in printed_outcomes(evidence) if each.study.phase != NOBODY]
    return tuple(
        Spoken(each, term(condition(each.study), each.study), unsaid(each.study), apart(each.study)) for each in figures
    )


def _refuse_later(evidence: "Evidence", words: Words) -> None:
    """Note each group whose treatment began later, and whose option is one of a first treatment."""
    from patency.evidence.study import LATER

    for study in evidence.studies.values():
        for group in study.groups.values() if study.population.begun in LATER else ():
            if group.option in words.options and words.options[group.option].decision == FIRST_TREATMENT:
                words.faults.append(Fault(
                    study.place, f"{group.id!r} of {study.id!r} is after {group.option!r}, and begun {study.population.begun}",
                    "what came of treatment that began later says nothing of a first treatment",
                    "leave 'option' out, or name one of another decision",
                ))  # fmt: skip


def condition(study: WhichStudy) -> str:
    """Say in the language of content to whom a study speaks."""
    said = [CONDITIONS[each] for each in _people(study) if each in CONDITIONS]
    return " and ".join(f"({each})" if " " in each else each for each in said)


def unsaid(study: WhichStudy) -> tuple[str, ...]:
    """List what the text that was read does not state of whom a study watched."""
    return tuple(name for name, value in zip(UNSAID, _people(study), strict=True) if value == NOT_STATED)


def _people(study: WhichStudy) -> tuple[str, ...]:
    return (study.age, study.extent, study.phase, study.begun, study.compression)


def _audits(documents: Iterable[Node], words: Words) -> Iterable[Audit]:
    from patency.evidence.read import read_audit

    for node in documents:
        try:
            yield read_audit(node, words.sources)
        except Refused as refused:
            words.faults.extend(refused.faults)
