"""Which leg a response is about, beside the leg that the case is about.

In: the findings that a response gives, and what the case knows of its leg. Out: the findings with what has to be said of
the leg where they are printed, or a Fault where the two legs are not the same.
"""

from collections.abc import Iterable

from patency.case import Finding, Value
from patency.fault import Fault
from patency.instrument.response import Response

SIDE = "side"  # the concept that says which leg a case is about


def of_leg(
    findings: Iterable[Finding], response: Response, affected: Value | None, faults: list[Fault]
) -> list[Finding]:
    """Return the findings of a response with the leg it is about; note a response about the other leg."""
    if response.side and isinstance(affected, frozenset) and response.side not in affected:
        faults.append(
            Fault(
                response.place,
                f"the response to the {response.instrument.title} is of the {response.side} leg, and the case is about the other",
                "what is scored of one leg says nothing of the other",
                "leave it out, or correct 'side', in the response or in the case",
            )
        )
    return [finding._replace(leg=_leg_words(response, affected)) for finding in findings]


def _leg_words(response: Response, affected: Value | None) -> str:
    """Say which leg a response is about, unless it is known to be the leg of the case."""
    if not response.instrument.is_per_leg:
        return ""
    if not response.side:
        return "which leg was not told"
    return "" if affected == frozenset({response.side}) else f"{response.side} leg"
