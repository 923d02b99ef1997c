"""A frozen record that costs next to nothing to define.

A dataclass says the same, but making fifteen of them and loading what they need takes as long as
starting the interpreter twice; a page at night should not wait for that (docs/decisions/0003).
"""

from typing import Any, ClassVar, dataclass_transform


@dataclass_transform(frozen_default=True)
class Record:
    """Named values that do not change; two records are equal when they are of one kind and have equal values.

    `class Point(Record, compared=2)` compares the first two values only.
    """

    _names: ClassVar[tuple[str, ...]] = ()
    _compared: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, compared: int | None = None) -> None:
        cls._names = cls.__match_args__ = tuple(cls.__annotations__)  # type: ignore[attr-defined,misc]  # each kind has its own
        cls._compared = cls._names[:compared]

    def __init__(self, *values: Any, **named: Any) -> None:
        given = dict(zip(self._names, values, strict=False)) | named
        if len(values) + len(named) != len(given) or not given.keys() <= set(self._names):
            raise TypeError(f"{type(self).__name__} takes each of {self._names} once")
        for name in self._names:
            self.__dict__[name] = given[name] if name in given else getattr(type(self), name)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} does not change; make another")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and all(self.__dict__[name] == other.__dict__[name] for name in self._compared)

    def __hash__(self) -> int:
        return hash((type(self), *(self.__dict__[name] for name in self._compared)))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={self.__dict__[name]!r}' for name in self._names)})"
