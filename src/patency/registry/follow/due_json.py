"""What is due, completeness, flow and counts as JSON: the same facts as the text, for programs."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from patency.registry.follow.complete import Completeness
from patency.registry.follow.counts import Count
from patency.registry.follow.due import Standing
from patency.registry.follow.due_text import DATED
from patency.registry.follow.flow import Step
from patency.registry.follow.follow_up import Complete, Due, Flowed
from patency.share import Share


def due_json(due: Due, chosen: Sequence[str]) -> dict[str, Any]:
    """Return the list of what is due: the number in each status, and one by one those in the chosen ones."""
    visits = [_standing(each) for each in due.standings if each.status in chosen]
    return {
        **_top(due),
        "withheld": due.withheld,
        "counts": due.counts,
        "visits": visits,
    }


def _top(found: Due | Complete | Flowed) -> dict[str, Any]:
    protocol = found.protocol
    return {
        "label": found.label, "on": str(found.on), "pooled": found.is_pooled, "stands_still_until": _day(found.until),
        "protocol": protocol.name, "version": protocol.version, "counts_by": DATED, "content_hash": protocol.content_hash,
    }  # fmt: skip


def _day(day: date | None) -> str | None:
    return None if day is None else str(day)


def _standing(each: Standing) -> dict[str, Any]:
    window = {name: str(day) for name, day in each.window._asdict().items()} if each.window else None
    return {
        "pseudonym": each.pseudonym, "episode": each.episode, "diagnosed": each.diagnosed, "visit": each.visit,
        "words": each.words, "status": each.status, "window": window,
        "made_on": str(each.made_on) if each.made_on else None, "days": each.days, "missing": list(each.missing), "said": list(each.said),
    }  # fmt: skip


def _share(share: Share) -> dict[str, Any]:
    interval = share.interval
    return {"count": share.count, "of": share.of, "low": interval and interval.low, "high": interval and interval.high}


def complete_json(complete: Complete) -> dict[str, Any]:
    """Return how each target stands, and for a site's own users what is missing."""
    top = _top(complete)
    return {**top, "targets": [_target(each) for each in complete.targets]}


def _target(each: Completeness) -> dict[str, Any]:
    share = None if each.withheld else _share(each.share)
    return {
        "target": each.target.name, "words": each.target.wanted.words, "of": each.target.of, "least_percent": each.target.least,
        "share": share, "stands": each.is_met, "withheld": each.withheld, "missing": [one._asdict() for one in each.missing],
    }  # fmt: skip


def flow_json(flowed: Flowed) -> dict[str, Any]:
    """Return the parts of the flow."""
    parts = [
        {"part": each.title, "steps": [_step(step) for step in each.steps], "withheld": each.withheld}
        for each in flowed.parts
    ]
    return {**_top(flowed), "parts": parts}


def _step(step: Step) -> dict[str, Any]:
    return {"words": step.words, "depth": step.depth, **(_share(step.share) if step.share else {"count": step.count})}


def count_json(count: Count) -> dict[str, Any]:
    """Return a table of counts, column by column."""
    columns = [
        {
            "column": name,
            "answers": [{"words": row.words, **_share(count.share(row, place))} for row in count.rows],
            "missing": {row.words: row.counts[place] for row in count.missing},
        }
        for place, name in enumerate(count.columns)
    ]
    return {
        "label": count.label, "field": f"{count.kind}.{count.field}", "words": count.words, "by": count.by, "where": count.where,
        "pooled_at": count.pooled_at or None, "stands_still_until": _day(count.until),
        "withheld": count.withheld, "untold": count.untold, "repeats": count.repeats, "columns": columns,
    }  # fmt: skip
