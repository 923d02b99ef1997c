"""What in a case cannot be true, each time with the fewest findings that exclude one another, and why.

In: a Case and a Library. Out: a Fault for each law or definition that the findings break by themselves, and for
each set of findings that several laws rule out one after another: phlegmasia cerulea threatens the limb, a
threatened limb is severe, so symptoms are not moderate.
"""

from collections.abc import Iterable, Iterator, Sequence

from patency.case import Case
from patency.fault import Fault, Place, listed
from patency.guideline.model import Library
from patency.language.draw import draw_laws
from patency.language.evaluate import evaluate
from patency.language.landscape import Landscape, Openings, Reach
from patency.language.lexicon import Lexicon
from patency.language.terms import Defined, Not, Term, concepts_of
from patency.language.words import to_words
from patency.truth import Truth


def contradictions(case: Case, library: Library) -> list[Fault]:
    """List what in a case cannot be true: findings that break laws, assertions that break a definition."""
    lexicon = library.lexicon
    against_laws = list(_broken_laws(case, lexicon))
    faults = [*against_laws, *_broken_definitions(case, lexicon)]
    told = {name for fault in faults for name in fault.about}
    # What breaks a law may break others too, beside what is left; an assertion is weighed against its definition alone.
    again = dict.fromkeys(name for fault in against_laws for name in fault.about)
    rest = [name for name in case.findings if name not in told]
    for landscape in library.lawful:
        faults += _excluded(case, landscape, rest, again, lexicon)
    return faults


def _broken_laws(case: Case, lexicon: Lexicon) -> Iterator[Fault]:
    for law in lexicon.laws:
        if evaluate(law.term, case) is Truth.NO:
            about = tuple(sorted({name for name in concepts_of(law.term) if name in case.findings}))
            what = f"these findings cannot all be true: {to_words(Not(law.term), lexicon.vocabulary)}"
            yield Fault(_place(about, case), what, law.why, "correct one of them", about)


def _broken_definitions(case: Case, lexicon: Lexicon) -> Iterator[Fault]:
    for finding in case.findings.values():
        definition = lexicon.definitions.get(finding.concept)
        if definition is None or not isinstance(finding.value, Truth):
            continue
        derived = evaluate(definition, case)
        if derived is not Truth.UNKNOWN and derived is not finding.value:
            concept = lexicon.vocabulary.concepts[finding.concept]
            yield Fault(
                finding.place,
                f"you assert {finding.concept!r}: {finding.written}, but the other findings say: "
                f"{concept.says if derived is Truth.YES else concept.denies}",
                f"it is defined as: {to_words(definition, lexicon.vocabulary)}",
                "correct the assertion or the findings",
                (finding.concept,),
            )


def _excluded(
    case: Case, landscape: Landscape, rest: Sequence[str], again: Iterable[str], lexicon: Lexicon
) -> Iterator[Fault]:
    """Yield the sets of findings that exclude one another by the laws of one landscape: among the rest, and with each of others."""
    openings = Openings(case)
    left = [name for name in rest if name in landscape.position]
    waiting: list[tuple[str, ...]] = [(), *((name,) for name in again if name in landscape.position)]
    while waiting:
        beside = waiting.pop(0)
        while _is_impossible((*left, *beside), landscape, openings):
            found = _fewest((*left, *beside), landscape, openings)
            if found == beside:  # it breaks a law by itself, which has been said
                break
            yield _fault(found, case, landscape, lexicon)
            waiting += [(name,) for name in found if name in left]
            left = [name for name in left if name not in found]


def _is_impossible(names: Sequence[str], landscape: Landscape, openings: Openings) -> bool:
    """Say whether no patient whom the laws allow has these findings, whatever the others are."""
    found = [openings[each] if each.concept in names else (1 << len(each.cells)) - 1 for each in landscape.variables]
    return not Reach(landscape, found).outcomes


def _fewest(names: Sequence[str], landscape: Landscape, openings: Openings) -> tuple[str, ...]:
    """Take findings away one at a time, as long as what is left is impossible: none of what then remains can be missed."""
    fewest = tuple(names)
    for name in names:
        fewer = tuple(each for each in fewest if each != name)
        if _is_impossible(fewer, landscape, openings):
            fewest = fewer
    return fewest


def _fault(names: Sequence[str], case: Case, landscape: Landscape, lexicon: Lexicon) -> Fault:
    found = [f"{name!r}: {case.findings[name].written}" for name in sorted(names)]
    return Fault(
        _place(names, case),
        f"no patient can have all of these findings: {listed(found, 'and')}",
        " ".join(_reasons(names, case, landscape, lexicon)),
        "correct one of them",
        tuple(sorted(names)),
    )


def _reasons(names: Sequence[str], case: Case, landscape: Landscape, lexicon: Lexicon) -> list[str]:
    """Say by which laws and definitions findings exclude one another; again the fewest, one taken away at a time."""
    vocabulary = lexicon.vocabulary
    reasons: dict[Term, str] = {law.term: law.why for law in lexicon.laws}
    for name, term in lexicon.definitions.items():
        reasons[Defined(name, term)] = f"{vocabulary.concepts[name].says} is defined as: {to_words(term, vocabulary)}."
    known = Openings(case._replace(findings={name: case.findings[name] for name in names}))
    fewest = [term for term in reasons if landscape.position.keys() >= set(concepts_of(term))]
    for term in list(fewest):
        fewer = [each for each in fewest if each != term]
        drawn = draw_laws(fewer, lexicon)
        if drawn is not None and not drawn.reach(known).outcomes:
            fewest = fewer
    return [reasons[term] for term in fewest]


def _place(names: Iterable[str], case: Case) -> Place:
    """Return the place of the last of some findings."""
    return max((case.findings[name].place for name in names), default=Place("the case"))
