"""How the registry's sentences name moments, trails and records; the same wherever one is read."""

from datetime import UTC, datetime

from patency.answer import day_words
from patency.registry.kinds import KINDS


def moment(at: datetime | str) -> str:
    """Name a moment: 3 Mar 2026 10:12 UTC; what is no moment is quoted, for it stands where somebody tampered."""
    if isinstance(at, str):
        try:
            at = datetime.fromisoformat(at)
        except ValueError:
            return repr(at)
    at = at.astimezone(UTC)
    return f"{day_words(at)} {at:%H:%M} UTC"


def trail_of(site: str) -> str:
    """Name a chain: north's trail."""
    return f"{site}'s trail" if site else "the registry's own trail"


def version_of(kind: str, record: str, version: int) -> str:
    """Name a version of a record: the visit ID, version 2."""
    return f"the {KINDS[kind].words if kind in KINDS else repr(kind)} {record}, version {version}"


def lines(first: int, last: int) -> str:
    """Name lines of a trail: lines 41 to 57."""
    return f"line {first}" if first == last else f"lines {first} to {last}"
