"""What was done to a registry as a whole, and how it went: a line of JSON for each, in operations.jsonl beside it.

Logged are the name of the operation, when, how long it took, how it ended, and counts. Never what is recorded of a patient,
no id, no file's name, no word of an error: of a failure, only its type and where in the program it arose. Whoever calls
`operation` vouches for the facts. A line that cannot be written is dropped: a backup must not fail by it.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import perf_counter
from traceback import walk_tb
from typing import Any

from patency.fault import Refused
from patency.registry.entry import now
from patency.registry.where import only_ours

LOG = "operations.jsonl"
_MOST = 5_000_000  # bytes that are read back: some 30,000 operations


@contextmanager
def operation(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    """Log an operation when it ends; what is put into the facts stands in its line."""
    facts: dict[str, Any] = {}
    begun = perf_counter()
    how: dict[str, Any] = {"ended": "done"}
    try:
        yield facts
    except Refused as refused:
        how = {"ended": "refused", "faults": len(refused.faults)}
        raise
    except BaseException as error:
        how = {"ended": "failed", "type": type(error).__name__, "stack": _places(error)}
        raise
    finally:
        line = {"time": now().isoformat(timespec="milliseconds"), "operation": name, **how, **facts,
                "seconds": round(perf_counter() - begun, 3)}  # fmt: skip
        with suppress(OSError), open(folder / LOG, "a", encoding="utf-8", opener=only_ours) as file:
            file.write(json.dumps(line) + "\n")


def _places(error: BaseException) -> list[str]:
    frames = ((frame.f_code, line) for frame, line in walk_tb(error.__traceback__))
    return [f"{'/'.join(Path(code.co_filename).parts[-2:])}:{line}:{code.co_name}" for code, line in frames]


def last_done(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the last line of each operation that was done."""
    try:
        with (folder / LOG).open("rb") as file:
            file.seek(max(0, (folder / LOG).stat().st_size - _MOST))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return {}
    found: dict[str, dict[str, Any]] = {}
    for line in lines:
        with suppress(ValueError, KeyError, TypeError):
            told = json.loads(line)
            if told["ended"] == "done":
                found[told["operation"]] = told
    return found
