"""Whether what a record says fits its form: every Fault found."""

from collections.abc import Iterable, Mapping

from patency.registry.entry import Value
from patency.registry.forms import Forms


def check(said: Iterable[tuple[str, Mapping[str, Value]]], forms: Forms) -> None:
    """Refuse what does not fit the form of its kind."""
