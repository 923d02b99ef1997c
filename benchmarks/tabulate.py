"""How long 100,000 responses to 60 items take to tabulate, in units of bare Polars `value_counts` of the same columns.

The bare count is `frame[column].value_counts()` of each column in which answers stand, in the same process, in turn with
the tabulation. The columns of reasons for giving no answer, which are counted too, are left out of it: with them the
ratio would be smaller. The tabulation is all of it: branching in Kleene's logic, shares, intervals, bounds, collapsed
categories, selections, cumulative shares, quartiles, spread and warnings. Limit: 5 times. Crossing all with one question
is reported without a limit.

Peak memory is that of the whole process (`ru_maxrss` of resource.getrusage), which sees what Polars allocates;
tracemalloc would see Python's alone. It is given with the answers read and nothing counted, after one tabulation, and
after the rest. The answers are drawn in a process of their own, so that the drawing is in none of them.

    make bench            prints the ratios; exits 1 if the limit is passed
"""

import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars

from patency.fault import Place
from patency.instrument.model import Instrument, Item, ItemKind
from patency.instrument.read import read_instruments
from patency.practice.columns import columns_of, sheet_of
from patency.practice.sheet import Sheet
from patency.practice.tally import Options, tabulate
from patency.source import Source
from patency.vocabulary import Vocabulary

RESPONSES, ITEMS, ROUNDS, LIMIT = 100_000, 60, 9, 5.0
BLANK, STATED = 0.07, 0.3  # of all answers; of those the ones with a reason
KINDS = (
    "type: single, answers: {a: a, b: b, c: c, d: d, e: e}",
    (
        "type: ordered, answers: {never: never, rarely: rarely, often: often, always: always}, "
        "collapse: {regularly: {words: often or always, of: [often, always]}}"
    ),
    "type: yes/no",
    "type: single, answers: {p: p, q: q, r: r}",
    "type: multiple, answers: {u: u, v: v, w: w, x: x, y: y, z: z}",
    "type: number, unit: years, range: [0, 150]",
    "type: ordered, answers: {no: none, mild: mild, severe: severe}",
    "type: single, answers: {a: a, b: b, c: c, d: d, e: e, f: f, g: g, h: h}",
    "type: yes/no",
    "type: date",
)
CONDITIONS = ("q2", "q0 = a or q2", "q1 > rarely and not q8", "answered(q0) and q5 > 20 years")


def questionnaire() -> Instrument:
    """Make a questionnaire of every kind of item, a quarter of them asked of some only, two in free text."""
    items = []
    for at in range(ITEMS):
        kind = "type: text" if at in (25, 45) else KINDS[at % len(KINDS)]
        when = f", when: '{CONDITIONS[at // 4 % 4]}'" if at % 4 == 3 and at > 9 else ""
        items.append(f"  q{at}: {{asks: Question {at}, {kind}{when}}}")
    head = "instrument: measured\ntitle: Measured\nversion: '1'\nunit: one person\nrater: oneself\nlicence: free\nabout: none\n"
    cited = "cite: [{source: made-up, at: everywhere, mark: unverified}]\n"
    examples = "\nexamples:\n  plain: {about: one answer, answers: {q2: no}}\n"
    text = f"{head}{cited}items:\n" + "\n".join(items) + examples
    source = Source("made-up", "note", "Made up", "", 2026, "", "", Place("made-up"))
    return read_instruments({"measured.yaml": text.encode()}, {"made-up": source}, Vocabulary())["measured"]


def answered(instrument: Instrument) -> Sheet:
    """Draw answers by a fixed seed; some are blank, and some questions are answered that were not asked."""
    drawn = random.Random(5)  # noqa: S311  it hides nothing
    columns: dict[str, list[Any]] = {"row": list(range(1, RESPONSES + 1))}
    for item in instrument.items.values():
        given = [None if drawn.random() < BLANK else _answer(item, drawn) for _ in range(RESPONSES)]
        columns[f"{item.name}?"] = ["declined" if each is None and drawn.random() < STATED else None for each in given]
        if item.kind is ItemKind.MULTIPLE:
            columns[item.name] = [each is not None for each in given]
            for name in item.choices:
                columns[f"{item.name}/{name}"] = [None if each is None else name in each for each in given]
        else:
            columns[item.name] = given
    return sheet_of(instrument, columns)


def _answer(item: Item, drawn: random.Random) -> Any:
    match item.kind:
        case ItemKind.TEXT:
            return f"answer {drawn.randrange(1_000_000)}"
        case ItemKind.NUMBER:
            return drawn.randrange(300) / 2
        case ItemKind.DATE:
            return date(2020, 1, 1) + timedelta(drawn.randrange(1500))
        case ItemKind.MULTIPLE:
            return {name for name in item.choices if drawn.random() < 0.3}
    return drawn.choice(list(item.choices) or ["yes", "no"])


def seconds(what: Callable[[], object]) -> float:
    """Time one call."""
    start = time.perf_counter()
    what()
    return time.perf_counter() - start


def peak() -> float:
    """Return the most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def drawn_elsewhere(instrument: Instrument) -> Sheet:
    """Let another process draw the answers, and read them."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.parquet"
        subprocess.run([sys.executable, __file__, str(path)], check=True)
        return Sheet(instrument, polars.read_parquet(path))


def main() -> int:
    """Print the ratio and the peak memory, and say whether the limit holds."""
    instrument = questionnaire()
    if len(sys.argv) > 1:
        answered(instrument).frame.write_parquet(sys.argv[1])
        return 0
    sheet = drawn_elsewhere(instrument)
    columns = [name for item in instrument.items.values() for name in columns_of(item) if not name.endswith("?")]
    peaks = [peak()]
    tabulate(sheet)
    peaks.append(peak())
    times: dict[str, list[float]] = {"bare": [], "tabulated": []}
    for _ in range(ROUNDS):
        times["bare"].append(seconds(lambda: [sheet.frame[name].value_counts() for name in columns]))
        times["tabulated"].append(seconds(lambda: tabulate(sheet)))
    bare, tabulated = (statistics.median(each) for each in times.values())
    crossed = seconds(lambda: tabulate(sheet, None, Options(by=("q0",))))
    peaks.append(peak())
    counted = f"value_counts of {len(columns)} columns of {RESPONSES:,} rows"
    print(f"V, {counted}: {bare * 1000:.0f} ms (median of {ROUNDS}; Polars {polars.__version__})")
    print(f"tabulate {ITEMS} items: {tabulated / bare:.1f} V (at most {LIMIT:g})")
    print(f"tabulate them, crossed with one of them, once: {crossed / bare:.1f} V")
    shown = "read {:.0f} MB, tabulated {:.0f} MB, crossed {:.0f} MB".format(*peaks)
    print(f"peak memory of the process, with the answers {shown}")
    return int(tabulated / bare > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
