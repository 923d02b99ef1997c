"""Who is signed in at a registry in a file, as PostgreSQL keeps it in its table `seat`: in the memory of the program.

A seat holds for twelve hours, and no longer than the user is active and the password the same; whoever signs out gives it
up. Each transaction that bears a token asks for it first (database.py). No token is the operator's, who holds the folder.
"""

import hashlib
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from patency.registry import postgres
from patency.registry.access import Refusal, User
from patency.registry.entry import now

_HOURS = timedelta(hours=12)  # as in sql/door.sql


class _Seat(NamedTuple):
    user: User
    verifier: bytes
    until: datetime


class Seats:
    """Whose each token is."""

    def __init__(self) -> None:
        self._seats: dict[bytes, _Seat] = {}

    def give(self, token: str, user: User, verifier: bytes) -> None:
        """Give a seat to who proved to know the password."""
        self._seats = {key: seat for key, seat in self._seats.items() if seat.until > now()}
        self._seats[_key(token)] = _Seat(user, verifier, now() + _HOURS)

    def end(self, token: str) -> None:
        """End what a token allows."""
        self._seats.pop(_key(token), None)

    def held(self, connection: Connection, token: str) -> User:
        """Return whose a token is, within a transaction; refuse one that holds no more."""
        seat = self._seats.get(_key(token))
        if seat is not None and seat.until > now():
            asked = "SELECT verifier, is_active FROM person WHERE name = ?"
            row = connection.exec_driver_sql(asked, (seat.user.name,)).one_or_none()
            if row is not None and row.is_active and row.verifier == seat.verifier:
                return seat.user
        raise Refusal([postgres.ended()])


def _key(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
