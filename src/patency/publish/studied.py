"""Published studies as pages of the site: the list, each study with its figures, and each claim with who stands how to it.

In: the evidence. Out: what the templates need, in the words of the studies' text (evidence/study_text.py). A stance that was
given and what the rule says are told apart wherever either stands.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from patency.evidence.by_rule import BY_RULE, COMPARED_RULE, GIVEN, RULE, Ruled, ruled
from patency.evidence.model import Audit
from patency.evidence.study import NOT_STATED, Evidence, Stands, Study, Terms, stances_on
from patency.evidence.study_text import (
    NO_FIGURE,
    counted_words,
    effect_words,
    expected_words,
    percent_words,
    read_as,
)

NONE: Evidence = Evidence({}, Terms({}, {}, {}))
LIST, CLAIMED = "studies.html", "claimed.html"


def page_of(study: str) -> str:
    """Return where a study's page stands in the library."""
    return f"studies/{study}.html"


def given_of_list(evidence: Evidence) -> Mapping[str, Any]:
    """Return what the list of studies needs: the studies of each design, in the order of designs."""
    designs = dict.fromkeys(each.design for each in evidence.studies.values())
    by_design = {name: [each for each in evidence.studies.values() if each.design == name] for name in sorted(designs)}
    return {
        "evidence": evidence,
        "by_design": by_design,
        "no_figure": NO_FIGURE,
        "outcomes_of": lambda study: _outcomes(study, evidence),
    }


def given_of_study(study: Study, evidence: Evidence, audits: Iterable[Audit] = ()) -> Mapping[str, Any]:
    """Return what the page of one study needs."""
    audit = study.audit or study.id
    return {
        "study": study,
        "audit": audit if any(each.id == audit for each in audits) else "",
        "evidence": evidence,
        "read_as": read_as,
        "no_figure": f"{NO_FIGURE.capitalize()}.",
        "is_stated": lambda reported: reported.definition != NOT_STATED,
        "percent_of": percent_words,
        "counted": counted_words,
        "effect": lambda reported, effect: effect_words(study, reported, effect),
        "ruled": lambda stands: _ruled(study, stands, evidence),
        "given_words": GIVEN,
        "by_rule_words": BY_RULE,
    }


def given_of_claims(evidence: Evidence) -> Mapping[str, Any]:
    """Return what the page of claims needs."""
    return {
        "evidence": evidence,
        "stances": lambda claim: stances_on(evidence, claim),
        "ruled": lambda study, stands: _ruled(study, stands, evidence),
        "expected": expected_words,
        "rule_words": f"{RULE} {COMPARED_RULE}",
        "given_words": GIVEN,
        "by_rule_words": BY_RULE,
    }


def _outcomes(study: Study, evidence: Evidence) -> list[str]:
    return list(dict.fromkeys(evidence.terms.outcomes[each.outcome].words for each in study.outcomes))


def _ruled(study: Study, stands: Stands, evidence: Evidence) -> Ruled:
    return ruled(study, stands, evidence.terms.claims[stands.claim])
