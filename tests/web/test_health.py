"""What a monitor is told, also of a process that answers it and nobody else."""

import asyncio
import json
from collections.abc import Sequence

import pytest
from anyio import CapacityLimiter
from starlette.applications import Starlette

import patency
from patency.guideline.load import read_library
from patency.guideline.model import Library
from patency.web.health import health
from unit.small import files

from .asking import Hands, asked, scope_of


@pytest.fixture(scope="module")
def small() -> Library:
    return read_library(files())


async def holds(workers: CapacityLimiter) -> None:
    """Take a worker and never give it back."""
    async with workers:
        await asyncio.sleep(60)


def test_it_says_that_it_is_up_and_what_it_is(small: Library) -> None:
    """The version, and by which hash the content is known."""

    async def ask() -> tuple[int, dict[str, str]]:
        app = Starlette(routes=[health(small, CapacityLimiter(2), Hands())])
        answer = await asked(app, scope_of("GET /healthz"))
        return answer.status, json.loads(answer.body)

    said = {"status": "ok", "version": patency.__version__, "content_hash": small.content_hash}
    assert asyncio.run(ask()) == (200, said)


@pytest.mark.parametrize(
    ("held", "goes", "expected"),
    [
        ([2, 0], [], ["ok", "ok", "ok", "busy", "busy"]),
        ([1, 1], [], ["ok", "ok", "ok", "ok", "busy"]),
        ([1, 0], [], ["ok"] * 5),
        ([2, 0], [1], ["ok"] * 5),
        ([2, 1], [1], ["ok", "ok", "ok", "ok", "busy"]),  # who waited holds it from then on
        ([0, 2], [], ["ok", "ok", "ok", "ok", "busy"]),
    ],
)
def test_it_is_busy_when_all_workers_are_held_for_half_a_minute(
    held: Sequence[int], goes: Sequence[int], expected: Sequence[str], small: Library
) -> None:
    """Each by the same request; asked every ten seconds, of two workers that are taken at the first and the second time."""

    async def ask() -> list[tuple[int, str]]:
        hands, workers, told = Hands(), CapacityLimiter(2), []
        app = Starlette(routes=[health(small, workers, hands)])
        at_work: list[asyncio.Task[None]] = []
        for number in range(5):
            at_work += [asyncio.create_task(holds(workers)) for _ in range(held[number] if number < len(held) else 0)]
            if number in goes:
                at_work[0].cancel()
            await asyncio.sleep(0.001)
            answer = await asked(app, scope_of("GET /healthz"))
            told.append((answer.status, json.loads(answer.body)["status"]))
            hands.now += 10
        for each in at_work:
            each.cancel()
        return told

    assert asyncio.run(ask()) == [(503 if status == "busy" else 200, status) for status in expected]
