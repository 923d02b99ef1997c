"""How long a consult, a comparison and the proofs take, in units of one bare interpreter start measured in the same run.

S is the time of `python -c pass` with the interpreter that runs Patency, as a whole process. Patency is
compiled first, as pip does when it installs. Limits, with the full library: `patency consult` as a
process at most 12 S; all guidelines compared for one case in a warm process at most 4 S, median over the
examples; `patency guideline prove` with nothing kept at most 250 S. The rest is reported without a limit.

    make bench            prints the ratios; exits 1 if a limit is passed
"""

import compileall
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import patency
from patency.case import Case
from patency.casefile import read_case
from patency.consult.page import consult
from patency.document import read_bytes, read_document
from patency.guideline.advise import Reading, advise
from patency.guideline.cache import open_library
from patency.guideline.compare import compare
from patency.guideline.model import Library

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
ROUNDS = 25
COLD_ROUNDS = 5
PROCESS_LIMIT, WARM_LIMIT, PROOF_LIMIT = 12.0, 4.0, 250.0


def seconds(command: list[str], environment: dict[str, str]) -> float:
    """Time one run of a command as a whole process."""
    start = time.perf_counter()
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def processes() -> dict[str, float]:
    """Time bare starts, cold and warm commands in turn, so that a machine that slows down slows all alike."""
    bare = [sys.executable, "-c", "pass"]
    case = str(ROOT / "examples" / "acute-severe-adult.yaml")
    command = str(Path(sys.executable).with_name("patency"))
    forms = {form: [command, "consult", case, "--format", form] for form in ("text", "json", "html")}
    cold = {
        "consult, nothing kept": [command, "consult", case],
        "proofs, nothing kept": [command, "guideline", "prove"],
    }
    times: dict[str, list[float]] = {name: [] for name in ("bare", *forms, "compare", *cold)}
    with tempfile.TemporaryDirectory() as folder:
        warm = {**os.environ, "XDG_CACHE_HOME": folder}
        seconds(forms["text"], warm)
        for turn in range(ROUNDS):
            times["bare"].append(seconds(bare, warm))
            for name, typed in {**forms, "compare": [command, "compare", case]}.items():
                times[name].append(seconds(typed, warm))
            for name, typed in cold.items() if turn < COLD_ROUNDS else ():
                with tempfile.TemporaryDirectory() as empty:
                    times[name].append(seconds(typed, {**os.environ, "XDG_CACHE_HOME": empty}))
    return {name: statistics.median(each) for name, each in times.items()}


def compared(library: Library, case: Case) -> None:
    """Advise by every guideline and lay them side by side."""
    reading = Reading(case, library)
    compare(library, [advise(guideline, reading) for guideline in library.guidelines.values()])


def warm(library: Library, what: Callable[[Library, Case], object]) -> dict[str, float]:
    """Time something for each example, in a process that has the library open."""
    found = {}
    for path in EXAMPLES:
        document = read_document(read_bytes(path), path.name)
        case, _ = read_case(document, library.lexicon.vocabulary, date(2026, 5, 29), also=("expect",))
        times = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            what(library, case)
            times.append(time.perf_counter() - start)
        found[path.stem] = statistics.median(times)
    return found


def main() -> int:
    """Print each ratio and say whether the limits hold."""
    compileall.compile_dir(Path(patency.__file__).parent, quiet=1)
    process = processes()
    bare = process.pop("bare")
    print(f"S, one bare interpreter start: {bare * 1000:.1f} ms (median of {ROUNDS})")
    for name, taken in process.items():
        print(f"patency {name}, as a process: {taken / bare:.1f} S")
    library = open_library()
    consults, comparisons = warm(library, consult), warm(library, compared)
    for name, taken in sorted(consults.items(), key=lambda each: each[1]):
        print(f"  warm {name}: consult with questions {taken / bare:.2f} S, compare {comparisons[name] / bare:.2f} S")
    consulted, median = (statistics.median(each.values()) for each in (consults, comparisons))
    print(f"warm consult with questions, median of {len(consults)} examples: {consulted / bare:.2f} S")
    print(f"warm compare, median of {len(comparisons)} examples: {median / bare:.2f} S (at most {WARM_LIMIT:g})")
    print(f"consult as a process: {process['text'] / bare:.1f} S (at most {PROCESS_LIMIT:g})")
    proofs = process["proofs, nothing kept"]
    print(f"proofs of the whole library, nothing kept: {proofs / bare:.0f} S (at most {PROOF_LIMIT:g})")
    passed = (process["text"] / bare > PROCESS_LIMIT, median / bare > WARM_LIMIT, proofs / bare > PROOF_LIMIT)
    return int(any(passed))


if __name__ == "__main__":
    sys.exit(main())
