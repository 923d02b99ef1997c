"""How long a consult takes, in units of one bare interpreter start measured in the same run.

S is the time of `python -c pass` with the interpreter that runs Patency, as a whole process.
Limits: `patency consult` as a process at most 12 S; one warm in-process consult with `ask`, median
over the examples, at most 2 S. The cold start (no kept library) is reported without a limit.

    make bench            prints the ratios; exits 1 if a limit is passed
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from patency.casefile import read_case
from patency.consult.page import consult
from patency.document import read_bytes, read_document
from patency.guideline.cache import open_library

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
ROUNDS = 25
PROCESS_LIMIT, WARM_LIMIT = 12.0, 2.0


def seconds(command: list[str], environment: dict[str, str]) -> float:
    """Time one run of a command as a whole process."""
    start = time.perf_counter()
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def processes() -> dict[str, float]:
    """Time bare starts, cold and warm consults in turn, so that a machine that slows down slows all alike."""
    bare = [sys.executable, "-c", "pass"]
    case = str(ROOT / "examples" / "acute-severe-adult.yaml")
    patency = str(Path(sys.executable).with_name("patency"))
    times: dict[str, list[float]] = {"bare": [], "text": [], "json": [], "html": [], "cold": []}
    with tempfile.TemporaryDirectory() as folder:
        warm = {**os.environ, "XDG_CACHE_HOME": folder}
        seconds([patency, "consult", case], warm)
        for turn in range(ROUNDS):
            times["bare"].append(seconds(bare, warm))
            for form in ("text", "json", "html"):
                times[form].append(seconds([patency, "consult", case, "--format", form], warm))
            if turn < 5:
                with tempfile.TemporaryDirectory() as empty:
                    times["cold"].append(seconds([patency, "consult", case], {**os.environ, "XDG_CACHE_HOME": empty}))
    return {name: statistics.median(each) for name, each in times.items()}


def warm_consults() -> dict[str, float]:
    """Time one consult with its questions, for each example, in a process that has the library open."""
    library = open_library()
    found = {}
    for path in EXAMPLES:
        document = read_document(read_bytes(path), path.name)
        case, _ = read_case(document, library.lexicon.vocabulary, date(2026, 5, 29), also=("expect",))
        times = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            consult(library, case)
            times.append(time.perf_counter() - start)
        found[path.stem] = statistics.median(times)
    return found


def main() -> int:
    """Print each ratio and say whether the limits hold."""
    process = processes()
    bare = process.pop("bare")
    print(f"S, one bare interpreter start: {bare * 1000:.1f} ms (median of {ROUNDS})")
    for name, taken in process.items():
        print(f"patency consult, {name}: {taken / bare:.1f} S")
    warm = warm_consults()
    for name, taken in sorted(warm.items(), key=lambda each: each[1]):
        print(f"  warm {name}: {taken / bare:.2f} S")
    median = statistics.median(warm.values())
    print(f"warm consult with ask, median of {len(warm)} examples: {median / bare:.2f} S (at most {WARM_LIMIT:g})")
    print(f"consult as a process: {process['text'] / bare:.1f} S (at most {PROCESS_LIMIT:g})")
    return int(process["text"] / bare > PROCESS_LIMIT or median / bare > WARM_LIMIT)


if __name__ == "__main__":
    sys.exit(main())
