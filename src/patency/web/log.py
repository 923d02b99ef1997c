"""What is logged: one JSON object a line, without anything that a patient or a stranger could be read from.

In: the route that answered (as the program has it, never as it was typed), status, time and size; of a
failure its type and the places in the program where it arose. Out: lines on a stream.

Never logged: an address typed, a query, a body, a header, a client's address, a method that HTTP does not
know, the words of an exception, a value of any variable. They could hold what somebody told about a
patient. So nothing is logged that is not known to be harmless: the words of other libraries are held back
too, and only where in their code they spoke is told.
"""

import json
import logging
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import islice
from traceback import walk_tb
from typing import Any, TextIO

MOST_FAILURES = 8  # of one that led to another
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT")
OTHER = "other"
NO_ROUTE = "none"

# What uvicorn says in constant words that help; of anything else only the place is told.
_HARMLESS = (
    "Invalid HTTP request received.",
    "Unsupported upgrade request.",
    "Exception in ASGI application",
    "Exception in 'lifespan' protocol",
    "ASGI callable returned without starting response.",
    "ASGI callable returned without completing response.",
    "Application startup failed. Exiting.",
    "Cancel %s running task(s), timeout graceful shutdown exceeded",
)


class Log:
    """A stream of lines; one that cannot be written is dropped, for an answer must not fail by it."""

    def __init__(self, stream: TextIO, now: Callable[[], datetime]) -> None:
        self._stream, self._now, self._lock = stream, now, threading.Lock()

    def note(self, event: str, **facts: Any) -> None:
        """Write one line; whoever calls it vouches for the facts."""
        line = json.dumps({"time": self._now().isoformat(timespec="milliseconds"), "event": event, **facts})
        with self._lock, suppress(OSError, ValueError):
            self._stream.write(line + "\n")
            self._stream.flush()


def failures(error: BaseException | None) -> list[dict[str, Any]]:
    """Tell an exception, and what led to it, by type and place alone."""
    return [
        {"type": type(each).__name__, "stack": [_place(frame, line) for frame, line in walk_tb(each.__traceback__)]}
        for each in islice(_chain(error), MOST_FAILURES)
    ]


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        each = waiting.pop(0)
        if each is not None and id(each) not in seen:
            seen.add(id(each))
            yield each
            waiting += [
                *(each.exceptions if isinstance(each, BaseExceptionGroup) else ()),
                each.__cause__,
                each.__context__,
            ]


def _place(frame: Any, line: int) -> str:
    return f"{_short(frame.f_code.co_filename)}:{line}:{frame.f_code.co_name}"


def _short(path: str) -> str:
    """Return the end of a path that tells a file of the program: where it is installed is nobody's matter."""
    return "/".join(path.replace("\\", "/").split("/")[-2:])


def templates(routes: Iterable[Any], before: str = "") -> dict[int, str]:
    """Return, for each of an app's routes, how its path is written in the program, such as /library/{path}."""
    known: dict[int, str] = {}
    for route in routes:
        whole = before + getattr(route, "path_format", getattr(route, "path", ""))
        inner: Sequence[Any] = getattr(route, "routes", None) or ()
        known[id(route)] = whole
        known |= templates(inner, before + getattr(route, "path", ""))
    return known


def route_of(scope: Mapping[str, Any], known: Mapping[int, str]) -> str:
    """Return the template of the route that a request found, or that it found none."""
    return known.get(id(scope.get("route")), NO_ROUTE)


def method_of(scope: Mapping[str, Any]) -> str:
    """Return the method of a request, unless somebody made it up."""
    return scope["method"] if scope["method"] in METHODS else OTHER


class Hushed(logging.Handler):
    """Brings what libraries log into the same form, without a word that they put together at run time."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record as the place in the program that it comes from."""
        facts: dict[str, Any] = {"level": record.levelname.lower()}
        facts["at"] = f"{_short(record.pathname)}:{record.lineno}:{record.funcName}"
        said = record.msg.strip() if isinstance(record.msg, str) else ""
        if said in _HARMLESS:
            facts["says"] = said
        if isinstance(record.exc_info, tuple):
            facts["failures"] = failures(record.exc_info[1])
        self._log.note("server", **facts)


def hush(log: Log) -> None:
    """Let everything in this process that would write to standard error by itself go through the log instead."""
    root = logging.getLogger()
    root.handlers = [Hushed(log)]
    root.setLevel(logging.WARNING)
    logging.lastResort = root.handlers[0]  # for a logger that passes nothing on, as uvicorn's own of requests
    logging.captureWarnings(capture=True)
    threading.excepthook = lambda args: log.note("failure", failures=failures(args.exc_value))
    sys.unraisablehook = lambda args: log.note("failure", failures=failures(args.exc_value))
