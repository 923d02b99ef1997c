"""Whose consent stands, and what a child's assent is not."""

from datetime import date

import pytest

from patency.registry.cutting.people import is_plain, standings
from patency.registry.entry import Value, packed

FIRST, NEXT = date(2025, 1, 1), date(2025, 1, 2)


def said(*words: tuple[str, date]) -> list[tuple[str, dict[str, Value]]]:
    return [("p", {"what": what, "date": day}) for what, day in words]


@pytest.mark.parametrize("no", ["refusal", "withdrawal"])
def test_an_assent_lifts_no_no_of_a_guardian(no: str) -> None:
    """A parent refuses or withdraws, and the child says yes on the next day: the child stays out."""
    assert not standings(said((no, FIRST), ("assent", NEXT)))["p"].is_in
    assert standings(said((no, FIRST), ("reconsent", NEXT)))["p"].is_in


def test_an_assent_alone_is_no_consent() -> None:
    """Of such a patient no consent is recorded, and the manifest counts them so."""
    assert standings(said(("assent", FIRST))) == {}
    assert not is_plain(packed({"what": "assent", "date": FIRST}))
    assert is_plain(packed({"what": "consent", "date": FIRST}))
