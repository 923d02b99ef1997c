"""The tables of a survey as JSON for other programs.

Tables go in, plain values come out. A number that does not exist is null; a table that is withheld
has `"withheld": true`, no numbers, and says why in its warnings. Every share has its count, its denominator and its interval.
"""

from typing import TYPE_CHECKING, Any

from patency.practice.tables import Crossed, Days, MeanEstimate, Numbers, NumbersBy, Question, Row, Tables, Test
from patency.share import Interval, Share

if TYPE_CHECKING:
    from patency.practice.report import Rows


def tables_json(tables: Tables, rows: "Rows | None" = None) -> dict[str, Any]:
    """Return everything that a tabulation says, and what became of the rows of the file, where there was one."""
    return {
        "rows": rows and {**rows._asdict(), "kept": rows.read - sum(rows.refused.values())},
        "survey": tables.survey.id if tables.survey else None,
        "instrument": tables.instrument.id,
        "version": tables.instrument.version,
        "label": tables.label or None,
        "kept": tables.kept,
        "analysed": tables.analysed,
        "not_complete": tables.not_complete,
        "design": tables.design,
        "strata": [each._asdict() for each in tables.strata],
        "rates": [each._asdict() | {"interval": _ends(each.interval)} for each in tables.rates],
        "questions": [_question(each) for each in tables.questions],
        "crossed": [_crossed(each) for each in tables.crossed],
        "numbers_by": [_numbers_by(each) for each in tables.numbers_by],
        "compared": [each._asdict() | {"interval": _ends(each.interval)} for each in tables.compared],
        "warnings": list(tables.warnings),
    }


def _ends(interval: Interval | None) -> list[float] | None:
    return None if interval is None else list(interval)


def _share(share: Share, interval: Interval | None) -> dict[str, Any]:
    return {"count": share.count, "of": share.of, "share": share.value, "interval": _ends(interval)}


def _question(question: Question) -> dict[str, Any]:
    spread = question.spread
    return {
        "question": question.item.name,
        "asks": question.item.asks,
        "type": question.item.kind.value,
        "mapped": question.is_mapped,
        "reach": question.reach._asdict() | {"absent": dict(question.reach.absent)} if question.is_mapped else None,
        "answers": [_row(row) for row in question.rows],
        "collapsed": [_row(row) for row in question.collapsed],
        "selections": [_row(row) for row in question.selections],
        "numbers": question.numbers and _numbers(question.numbers),
        "days": question.days and _days(question.days),
        "spread": spread
        and {
            "entropy": spread.entropy,
            "standard_error": spread.standard_error,
            "offered": spread.offered,
            "modal": list(spread.modal),
            "modal_share": _share(spread.modal_share, spread.modal_interval or spread.modal_share.interval),
        },
        "warnings": list(question.warnings),
    }


def _row(row: Row) -> dict[str, Any]:
    estimate, bounds = row.estimate, row.bounds
    return {
        "answer": row.name,
        "words": row.words,
        **_share(row.share, row.interval),
        "cumulative": row.cumulative and _share(row.cumulative, row.cumulative_interval),
        "worst_case": bounds and {"least": _plain(bounds.least), "most": _plain(bounds.most)},
        "estimate": estimate and estimate._asdict() | {"interval": _ends(estimate.interval)},
    }


def _plain(share: Share) -> dict[str, Any]:
    return {"count": share.count, "of": share.of, "share": share.value}


def _numbers(numbers: Numbers) -> dict[str, Any]:
    estimate: MeanEstimate | None = numbers.mean_estimate
    return numbers._asdict() | {
        "mean_estimate": estimate and estimate._asdict() | {"interval": _ends(estimate.interval)}
    }


def _days(days: Days) -> dict[str, Any]:
    return {
        "n": days.n,
        **{name: each and each.isoformat() for name, each in days._asdict().items() if name != "n"},
    }


def _test(test: Test | None) -> dict[str, Any] | None:
    return None if test is None else {"name": test.name, "p": test.p, "exact": test.is_exact, "why": test.why or None}


def _crossed(crossed: Crossed) -> dict[str, Any]:
    return {
        "question": crossed.item.name,
        "by": crossed.by,
        "withheld": crossed.is_withheld,
        "groups": [each._asdict() for each in crossed.groups],
        "answers": [
            {
                "answer": line.name,
                "words": line.words,
                "cells": [_share(cell.share, cell.interval) for cell in line.cells],
                "total": _share(line.total, line.interval or line.total.interval),
            }
            for line in crossed.lines
        ],
        "test": _test(crossed.test),
        "answer_tests": [_test(each) for each in crossed.line_tests],
        "warnings": list(crossed.warnings),
    }


def _numbers_by(by: NumbersBy) -> dict[str, Any]:
    return {
        "question": by.item.name,
        "by": by.by,
        "groups": [each._asdict() for each in by.groups],
        "withheld": by.is_withheld,
        "numbers": [_numbers(each) for each in by.numbers],
        "test": _test(by.test),
        "warnings": list(by.warnings),
    }
