"""Yes, No and Unknown, and Kleene's strong logic of the three.

Unknown is never No: a missing answer stays Unknown until something known decides the matter.
Source of the tables: Kleene SC, Introduction to Metamathematics, 1952, section 64.
"""

from collections.abc import Iterable
from enum import Enum
from typing import NoReturn


class Truth(Enum):
    """Whether a statement about a patient holds."""

    NO = 0
    UNKNOWN = 1
    YES = 2

    def __bool__(self) -> NoReturn:
        # `if truth:` would read Unknown as either Yes or No; both are wrong.
        raise TypeError("a Truth has three values: compare it with Truth.YES, Truth.NO or Truth.UNKNOWN")

    def __str__(self) -> str:
        return self.name.lower()


def negate(truth: Truth) -> Truth:
    """Turn Yes into No and No into Yes; Unknown stays Unknown."""
    return Truth(2 - truth.value)


def both(truths: Iterable[Truth]) -> Truth:
    """Say whether all of these hold: one No decides, otherwise one Unknown spreads."""
    answer = Truth.YES
    for truth in truths:
        if truth is Truth.NO:
            return Truth.NO
        if truth is Truth.UNKNOWN:
            answer = Truth.UNKNOWN
    return answer


def either(truths: Iterable[Truth]) -> Truth:
    """Say whether any of these holds: one Yes decides, otherwise one Unknown spreads."""
    answer = Truth.NO
    for truth in truths:
        if truth is Truth.YES:
            return Truth.YES
        if truth is Truth.UNKNOWN:
            answer = Truth.UNKNOWN
    return answer
