"""From a study to an audit of its figures: each figure stands in one file, and the number auditor reads it there.

A percentage whose count was decoded is handed on as it was printed, without that count, so that the auditor finds for
itself what it can be. Percentages of one group at one time, whose denominator is not printed, are one group of the
audit: one denominator should fit them. Estimates over time are no shares of people, and only their claims would be
examined, so they are left out.

Not here: whole texts with means and claims, which have audits of their own in content/audits.
"""

from collections.abc import Iterator

from patency.evidence.model import Arm, Audit, Group, Interval, Share
from patency.evidence.study import Counts, Figure, Reported, Study

_KINDS = {"hazard ratio": "other"}


def audit_of(study: Study) -> Audit | None:
    """Return the audit of a study's own figures; none where they stand in an audit already, or there are none."""
    if study.audit:
        return None
    groups = (*_closed(study), *_open(study))
    intervals = tuple(each for outcome in study.outcomes for each in _intervals(study, outcome))
    if not groups and not intervals:
        return None
    return Audit(
        study.id, study.title, study.citations, groups, (), (), intervals, (), (), study.flags, False, study.place
    )


def _is_closed(figure: Figure) -> bool:
    """Whether the text prints of how many a figure is."""
    return figure.of is not None and figure.is_of_printed


def _figures(study: Study, is_closed: bool) -> Iterator[tuple[Reported, Figure]]:
    for outcome in study.outcomes:
        for figure in () if outcome.is_cumulative else outcome.figures.values():
            if figure.percent is not None and _is_closed(figure) == is_closed:
                yield outcome, figure


def _closed(study: Study) -> tuple[Group, ...]:
    """Gather what has a denominator, outcome by outcome."""
    found: dict[str, list[Share]] = {}
    by_id = {outcome.id: outcome for outcome in study.outcomes}
    for outcome, figure in _figures(study, True):
        found.setdefault(outcome.id, []).append(_share(study, outcome, figure))
    return tuple(
        Group(name, _title(by_id[name]), tuple(shares), None, None, (), False, None, False, by_id[name].remarks)
        for name, shares in found.items()
    )


def _open(study: Study) -> tuple[Group, ...]:
    """Gather what has no denominator, by whom and when."""
    found: dict[tuple[str, str], list[Share]] = {}
    remarks: dict[tuple[str, str], dict[str, Reported]] = {}
    for outcome, figure in _figures(study, False):
        found.setdefault((figure.group, outcome.at), []).append(_share(study, outcome, figure))
        remarks.setdefault((figure.group, outcome.at), {})[outcome.id] = outcome
    groups = []
    for number, ((name, at), shares) in enumerate(found.items(), 1):
        who = study.groups[name]
        if who.of is None:
            continue  # with enough people anything fits
        said = tuple(remark for outcome in remarks[name, at].values() for remark in outcome.remarks)
        title = f"{who.words}, {at}: denominator not printed"
        groups.append(Group(f"open-{number}", title, tuple(shares), who.of, None, (who.of,), False, None, False, said))
    return tuple(groups)


def _title(outcome: Reported) -> str:
    return f"{outcome.id}, {outcome.at}"


def _share(study: Study, outcome: Reported, figure: Figure) -> Share:
    words = f"{outcome.outcome}, {study.groups[figure.group].words}"
    counted = figure.counted if figure.counts is Counts.PRINTED else None
    return Share(
        f"{outcome.id}--{figure.group}", words, figure.percent, counted, figure.of if _is_closed(figure) else None
    )


def _intervals(study: Study, outcome: Reported) -> Iterator[Interval]:
    for figure in () if outcome.is_cumulative else outcome.figures.values():
        if figure.percent and figure.low and figure.high and figure.share:
            arm = Arm(figure.share.count, figure.share.of)
            yield Interval(f"{outcome.id}--{figure.group}--interval", study.groups[figure.group].words, "share",
                           figure.percent, figure.low, figure.high, 95, (arm,), None)  # fmt: skip
    for number, effect in enumerate(outcome.effects, 1):
        if effect.low is None or effect.high is None:
            continue
        shares = [outcome.figures[name].share for name in effect.groups if name in outcome.figures]
        arms = tuple(Arm(share.count, share.of) for share in shares if share)
        kind = _KINDS.get(effect.kind, effect.kind)
        yield Interval(f"{outcome.id}--effect-{number}", f"{outcome.outcome}, {outcome.at}", kind, effect.estimate,
                       effect.low, effect.high, 95, arms if len(arms) == 2 and kind != "other" else (), effect.p,
                       outcome.remarks)  # fmt: skip
