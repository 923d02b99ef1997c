"""From an Audit to what is found of each of its figures, in the order of the file, and across its groups.

Nothing is kept: findings are worked out when they are printed, so that none can go stale. What a person adds
stands in the file as a remark, cited.
"""

from patency.evidence.finding import Examined, Finding, Verdict
from patency.evidence.fit import enough
from patency.evidence.method import none_of
from patency.evidence.model import CLAIMS, Audit, Claim
from patency.evidence.shares import denominators_of, of_group
from patency.evidence.spans import of_interval
from patency.evidence.values import of_mean, of_median, of_rate
from patency.fault import listed


def examine(audit: Audit) -> Examined:
    """Work out what can be said of every figure."""
    findings = [*map(of_group, audit.groups), *_across(audit), *map(of_mean, audit.means), *map(of_median, audit.medians),
                *map(of_interval, audit.intervals), *map(of_rate, audit.rates), *map(of_claim, audit.claims)]  # fmt: skip
    return Examined(audit, tuple(findings))


def _across(audit: Audit) -> list[Finding]:
    """Say whether one number of people fits all groups whose denominators are not printed."""
    sets = {group.id: found for group in audit.groups if not group.is_part and (found := denominators_of(group))}
    if not audit.is_one_sample or len(sets) < 2:
        return []
    titles = {group.id: group.title for group in audit.groups}
    says = "All groups of one sample, taken together"
    shared = sorted(set.intersection(*(set(found) for found in sets.values())))
    if shared:
        answer = f"{listed([str(of) for of in shared[:8]])} would fit them all."
        return [Finding("across", says, "", Verdict.FITS if len(shared) == 1 else Verdict.OPEN, answer)]
    chosen = enough(sets)
    workings = tuple(f"{of}: {'; '.join(titles[name] for name in names)}" for of, names in chosen)
    answer = f"No one number of people fits them all; these {len(chosen)} would between them."
    return [Finding("across", says, "", Verdict.ODD, answer, workings)]


def of_claim(claim: Claim) -> Finding:
    """Say what a claim needs and the text does not give."""
    kind = CLAIMS[claim.kind]
    lacking = [
        words for name, words in kind.needs.items() if name not in claim.gives and not (name == "number" and claim.of)
    ]
    workings = _how_often(claim.of) if claim.kind == "none" and claim.of else ()
    if lacking:
        answer = f"A claim {kind.words}. The text does not give: {'; '.join(lacking)}."
        return Finding(claim.id, claim.says, "", Verdict.LACKS, answer, workings, (), (), claim.remarks)
    answer = f"A claim {kind.words}, and the text gives what that needs."
    return Finding(claim.id, claim.says, "", Verdict.FITS, answer, workings, (), (), claim.remarks)


def _how_often(of: int) -> tuple[str, ...]:
    return (f"0 of {of}: with 95% confidence (exact, Clopper and Pearson) it happens to at most {100 * none_of(of):.1f}% of such people",
            f"3/{of} = {300 / of:.1f}% by the rule of three, which asks only how high and not how low")  # fmt: skip
