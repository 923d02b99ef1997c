"""What the requests of a run share: who sends them, and to whom."""

from collections.abc import Iterator

import pytest
from anyio.from_thread import start_blocking_portal

from .ledger import Ledger


@pytest.fixture(scope="session")
def ledger() -> Iterator[Ledger]:
    """Return who sends every request of this run, and at its end say how they were answered."""
    with start_blocking_portal() as portal:
        ledger = Ledger(portal)
        yield ledger
    print(f"\n{ledger.told()}")  # noqa: T201  seen with -s: how the run went
