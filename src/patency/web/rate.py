"""How often each client may ask: a bucket for each, which holds one minute's worth and fills as time goes by.

The buckets are kept in memory and only so many of them: the client who was silent longest is forgotten
first, which gives it a full bucket again. Whoever has more addresses than that is not held back by
this, and nothing that one process can do would.
"""

from collections import OrderedDict
from collections.abc import Callable

Clock = Callable[[], float]  # seconds, from no particular start, never backwards


class Rate:
    """So many requests a minute for each client; none is held back where `a_minute` is 0."""

    def __init__(self, a_minute: int, most_clients: int, clock: Clock) -> None:
        self._a_minute, self._most, self._clock = a_minute, most_clients, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # what is left, and when that was counted

    def wait(self, client: str) -> float:
        """Count one request and return 0; or count none, and return the seconds until there may be one."""
        if not self._a_minute:
            return 0
        now = self._clock()
        left, counted = self._buckets.pop(client, (float(self._a_minute), now))
        left = min(self._a_minute, left + (now - counted) * self._a_minute / 60)
        is_allowed = left >= 1
        self._buckets[client] = (left - is_allowed, now)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return 0 if is_allowed else (1 - left) * 60 / self._a_minute
