"""What is refused of criteria by which patients are matched, and of what claims expect of a registry."""

from collections.abc import Callable
from pathlib import Path

from patency.cut.manifest import Manifest
from patency.cut.opened import Cut
from patency.evidence.read_study import read_evidence
from patency.evidence.study import Asserted, Evidence, Expected, Terms
from patency.fault import Place
from patency.outcome.against import against
from patency.outcome.read_criteria import criteria_of
from patency.share import Interval
from registry.made import library

CITE = "cite: [{source: patency-alike, mark: inference}]"
FILE = f"""
about: How it is done.
{CITE}
criteria:
  population:
    words: child or adult
    why: Never dropped.
    levels:
      adult: {{words: an adult, when: age >= 18 years}}
    {CITE}
  extent:
    words: extent
    why: It matters.
    levels:
      iliofemoral: {{words: iliofemoral, when: iliofemoral}}
    {CITE}
shown:
  adult:
    death: It ends the others.
"""
CLAIMS = f"""
claims:
  a-claim:
    words: Stents stay open.
    expects:
      - outcome: patency-primary
        at: [12 months]
        from: 70
        to: 90
        says: As primary patency.
        {CITE}
"""
COMPARES = "compares: [catheter_removal, anticoagulation_alone]\n        direction: less"


def _criteria(before: str, after: str) -> object:
    assert before in FILE
    return criteria_of({"criteria.yaml": FILE.replace(before, after, 1).encode()}, library(), ["death"])


def _claims(folder: Path, before: str, after: str) -> object:
    assert before in CLAIMS
    (folder / "study-terms").mkdir()
    (folder / "study-terms" / "claims.yaml").write_text(CLAIMS.replace(before, after, 1), encoding="utf-8")
    return read_evidence(folder, library().sources, (), library().options)


def _against(name: str, outcome: str = "death") -> object:
    expected = Expected(outcome, (12.0,), Interval(0.7, 0.9), (), "", "", "", (), Place("claims.yaml", 5))
    claim = Asserted("a-claim", "Stents stay open.", (), (expected,))
    empty = Cut(Path("cut"), Manifest("", "", "synthetic", "", {}, {}, {}, {}, ()), {})
    return against(empty, name, Evidence({}, Terms({}, {}, {"a-claim": claim})), library())


def _compared(folder: Path, options: str) -> object:
    between = "at: [12 months]\n        from: 70\n        to: 90"
    return _claims(folder, between, COMPARES.replace("[catheter_removal, anticoagulation_alone]", options))


PIECES: dict[str, Callable[[Path], object]] = {
    "alike-by-what-no-cut-tells": lambda _: _criteria("  extent:", "  extant:"),
    "alike-at-a-level-that-no-cut-has": lambda _: _criteria("      iliofemoral:", "      iliofemural:"),
    "alike-without-the-population-first": lambda _: _criteria("  population:", "  phase:"),
    "alike-shown-of-nobody": lambda _: _criteria("  adult:\n    death", "  adlt:\n    death"),
    "alike-shown-by-no-definition": lambda _: _criteria("    death:", "    deaths:"),
    "claim-that-compares-one-option": lambda folder: _compared(folder, "[catheter_removal]"),
    "claim-that-compares-no-option-there-is": lambda folder: _compared(
        folder, "[catheter_lysis or pharmacomechanicl, anticoagulation_alone]"
    ),
    "claim-of-an-outcome-that-no-study-counts": lambda folder: _claims(
        folder, "to: 90", "to: 90\n        reported: [patncy]"
    ),
    "claim-at-no-number-of-months": lambda folder: _claims(folder, "12 months", "1 year"),
    "claim-that-ends-before-it-begins": lambda folder: _claims(folder, "from: 70", "from: 95"),
    "claim-of-no-percentage": lambda folder: _claims(folder, "from: 70", "from: most"),
    "claim-that-is-not-there": lambda _: _against("a-clam"),
    "claim-of-no-outcome-there-is": lambda _: _against("a-claim", "deth"),
}
