"""The application as people reach it: on a port of this machine."""

import io
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Thread

import uvicorn
from starlette.types import ASGIApp

from patency.document import read_bytes
from patency.evidence.read import read_audits, read_texts
from patency.evidence.read_study import read_evidence
from patency.guideline.files import CONTENT
from patency.guideline.model import Library
from patency.web.app import application
from patency.web.guard import Rules, guarded
from patency.web.log import Log

from .chromium import WARD

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))
TODAY = date(2026, 6, 1)


def whole_application(library: Library) -> ASGIApp:
    """Return the application behind its guard, with the stated examples, on a day that stays the same."""
    files = {path.stem: read_bytes(path) for path in EXAMPLES}
    audits = read_audits(CONTENT, library.sources)
    evidence = read_evidence(CONTENT, library.sources, read_texts(CONTENT, library.sources), library.options)
    app = application(library, files, today=lambda: TODAY, audits=audits, evidence=evidence)
    return guarded(app, Rules(a_minute=0, names=frozenset({WARD})), Log(io.StringIO(), lambda: datetime.now(UTC)))


@contextmanager
def serving(app: ASGIApp, port: int = 0) -> Iterator[str]:
    """Serve an application on a port, a free one if none is named, and give its address."""
    listening = socket.create_server(("127.0.0.1", port))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=2))
    thread = Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server starts, or its thread would not wait"
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    finally:
        server.should_exit = True
        thread.join()
        listening.close()
