"""How the registry's sentences name moments, days, trails and records; the same wherever one is read."""

from datetime import UTC, date, datetime

from patency.registry.kinds import KINDS

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def day(on: date) -> str:
    """Name a day: 3 Mar 2026."""
    return f"{on.day} {_MONTHS[on.month - 1]} {on.year}"


def moment(at: datetime | str) -> str:
    """Name a moment: 3 Mar 2026 10:12 UTC; what is no moment is quoted, for it stands where somebody tampered."""
    if isinstance(at, str):
        try:
            at = datetime.fromisoformat(at)
        except ValueError:
            return repr(at)
    at = at.astimezone(UTC)
    return f"{day(at)} {at:%H:%M} UTC"


def trail_of(site: str) -> str:
    """Name a chain: north's trail."""
    return f"{site}'s trail" if site else "the registry's own trail"


def version_of(kind: str, record: str, version: int) -> str:
    """Name a version of a record: the visit ID, version 2."""
    return f"the {KINDS[kind].words if kind in KINDS else repr(kind)} {record}, version {version}"


def lines(first: int, last: int) -> str:
    """Name lines of a trail: lines 41 to 57."""
    return f"line {first}" if first == last else f"lines {first} to {last}"
