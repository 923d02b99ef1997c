"""What must hold of every answer, whatever was asked; and a count of what was asked and how it was answered."""

import os
import re
from collections import Counter
from datetime import timedelta
from typing import Any

import httpx
import jsonschema
from anyio.from_thread import BlockingPortal
from hypothesis import HealthCheck, settings
from schemathesis import APIOperation
from starlette.types import ASGIApp

from web.programs import Answer, asking

SHORT = 400  # requests, where nobody says how many
REQUESTS = int(os.environ.get("PATENCY_FUZZ", SHORT))

# What an exception leaves behind, and no page of Patency says.
_INNARDS = re.compile(
    rb'Traceback \(most recent|  File "[^"]+", line \d+|\b(?:[A-Z][a-z]+){1,4}(?:Error|Exception|Warning)\b|site-packages'
)

_PART = {"type": "string", "minLength": 1, "maxLength": 1_500}
_FAULT = {
    "type": "object",
    "additionalProperties": False,
    "required": ["where", "what", "why", "fix"],
    "properties": {"where": _PART, "what": _PART, "why": _PART, "fix": _PART},
}
_FAULTS = jsonschema.Draft202012Validator(
    {
        "type": "object",
        "required": ["faults"],
        "properties": {"faults": {"type": "array", "minItems": 1, "items": _FAULT}},
    }
)


def so_many(share: float) -> settings:
    """Draw so large a part of all requests, at least one; the same on every run unless their number is given."""
    return settings(
        max_examples=max(1, round(REQUESTS * share)),
        derandomize="PATENCY_FUZZ" not in os.environ,
        deadline=None,
        database=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )


class Ledger:
    """Sends requests, looks at the answers, and counts them."""

    def __init__(self, portal: BlockingPortal) -> None:
        self.portal = portal
        self.counted: Counter[tuple[str, int]] = Counter()

    @property
    def total(self) -> int:
        """How many requests were sent."""
        return sum(self.counted.values())

    def send(self, app: ASGIApp, kind: str, line: str, sent: bytes, headers: dict[str, str]) -> Answer:
        """Send a request and look at what must hold of any answer; a fault of Patency's own rises and is shown."""
        answer = self.portal.call(asking, app, line, sent, headers)
        self.counted[kind, answer.status] += 1
        assert answer.status < 500
        found = _INNARDS.search(answer.body)
        assert found is None or found[0] in sent + line.encode(), (
            f"the answer shows its innards: {found and found[0]!r}"
        )
        return answer

    def told(self) -> str:
        """Say how many requests of each kind were answered how."""
        kinds = dict.fromkeys(kind for kind, _ in sorted(self.counted))
        lines = []
        for kind in kinds:
            by_status = {status: count for (of, status), count in sorted(self.counted.items()) if of == kind}
            said = ", ".join(f"{count:,} × {status}" for status, count in by_status.items())
            lines.append(f"  {kind}: {sum(by_status.values()):,} ({said})")
        return "\n".join([f"{self.total:,} requests", *lines])


def is_as_described(answer: Answer, operation: APIOperation[Any, Any, Any, Any] | None, line: str) -> None:
    """Check that an answer of the interface for programs has the form that is promised."""
    content_type = answer.headers["content-type"]
    if answer.status == 200:
        assert operation is not None, "nothing that is not described is answered"
        described = operation.definition.raw["responses"]["200"]["content"]
        assert content_type in described
    else:
        assert content_type == "application/json"
        _FAULTS.validate(answer.json)
        assert 400 <= answer.status < 500
    if operation is not None and not line.startswith("HEAD"):
        request = httpx.Request(line.split(" ", maxsplit=1)[0], "http://127.0.0.1:8000/")
        response = httpx.Response(answer.status, headers=dict(answer.headers), content=answer.body, request=request)
        response.elapsed = timedelta()
        operation.validate_response(response)
