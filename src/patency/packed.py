"""A tuple that is unpacked when somebody looks into it.

Most of a library is not needed for one patient: of a kept one, what is packed stays bytes until it is.
"""

import pickle
from collections.abc import Iterable, Sequence
from typing import TypeVar, overload

T_co = TypeVar("T_co", covariant=True)


class Packed(Sequence[T_co]):
    """Some things in order, kept as bytes beside the rest of a pickle."""

    def __init__(self, items: Iterable[T_co] | bytes) -> None:
        self._items: bytes | tuple[T_co, ...] = items if isinstance(items, bytes) else tuple(items)

    def __reduce__(self) -> "tuple[type[Packed[T_co]], tuple[bytes]]":
        return Packed, (self._items if isinstance(self._items, bytes) else pickle.dumps(self._items, protocol=5),)

    @property
    def items(self) -> tuple[T_co, ...]:
        """The things themselves."""
        items = self._items  # looked at once: another thread may be unpacking them as well
        if isinstance(items, bytes):
            items = self._items = pickle.loads(items)
        return items

    @overload
    def __getitem__(self, at: int) -> T_co: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[T_co, ...]: ...
    def __getitem__(self, at: int | slice) -> T_co | tuple[T_co, ...]:
        return self.items[at]

    def __len__(self) -> int:
        return len(self.items)
