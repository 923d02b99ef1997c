"""A case as it comes in a request: JSON or YAML, read into the same Nodes as a case file.

In: bytes from a stranger, and what they are said to be. Out: a Node, or every Fault found. The bounds are
those of a case file (document.py): its size, how deep it is nested, how many values it holds, no name given
twice, no letter that cannot be seen. A JSON number is taken as it is written, true as yes and false as no.
In JSON a place is named by the way to it, `findings.age`; in YAML by its line.

Not here: what a case must contain (casefile.py).
"""

import json
from typing import Any, NamedTuple

from patency.bounds import beyond, empty, given_twice, unseen
from patency.document import Node, read_document, text_of
from patency.fault import LONGEST_NAME, Fault, Faults, Place, Refused

JSON = "application/json"
YAML = ("application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml")
THE_CASE = "the case"  # how a Fault names the whole of it


class _Named(list[tuple[str, Any]]):
    """The names and values of a JSON object, as they were written: also those that are given twice."""


class _NoNumber(NamedTuple):
    """What some writers of JSON put where there is no number: NaN, Infinity."""

    written: str


def read_body(content: bytes, media_type: str) -> Node:
    """Read a case from JSON or YAML; refuse it, with every Fault found."""
    return _read_json(content) if media_type == JSON else read_document(content, THE_CASE)


def _read_json(content: bytes) -> Node:
    text = text_of(content, THE_CASE)
    if not text.strip():
        raise Refused([empty(Place(THE_CASE))])
    try:
        found = json.loads(
            text, object_pairs_hook=_Named, parse_int=str, parse_float=str, parse_constant=_NoNumber
        )  # a number is kept as text: 1e3 and 45.0 are read by whoever knows which concept they answer
    except json.JSONDecodeError as error:
        raise Refused([_unreadable(error)]) from None
    except RecursionError:  # only what is nested hundreds deep gets here, long past what `beyond` allows
        raise Refused(filter(None, [beyond(Place(THE_CASE), depth=len(text), values=0)])) from None
    reader = _Reader()
    node = reader.node(found, "", 0)
    if reader.faults:
        raise Refused(reader.faults)
    return node


def _unreadable(error: json.JSONDecodeError) -> Fault:
    there = error.doc[error.pos : error.pos + 20]
    what = f"this is not JSON from {there!r} on" if there.strip() else "this is not JSON: it ends too early"
    return Fault(Place(THE_CASE, error.lineno), what, "the rest of it cannot be trusted from here on",
                 "look at this line and the one above: at commas, brackets and quotes")  # fmt: skip


class _Reader:
    """Turns what JSON holds into Nodes, refusing what no case needs."""

    def __init__(self) -> None:
        self.faults: list[Fault] = Faults()
        self.values = 0

    def node(self, found: Any, way: str, depth: int) -> Node:
        """Read one value; `way` is how it is reached from the whole."""
        place = Place(way or THE_CASE)
        self.values += 1
        if fault := beyond(place, depth, self.values):
            raise Refused([*self.faults, fault])
        match found:
            case bool():
                return Node(place, "yes" if found else "no")
            case str():
                self._see(place, found)
                return Node(place, found)
            case _Named():
                return self._named(found, way, depth)
            case list():
                return Node(place, tuple(self.node(each, f"{way}[{at}]", depth + 1) for at, each in enumerate(found)))
        self.faults.append(_nothing(place, found))
        return Node(place, "")

    def _named(self, pairs: _Named, way: str, depth: int) -> Node:
        named: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        for name, value in pairs:
            on = f"{way}.{_short(name)}" if way else _short(name)
            self._see(Place(on), name)
            if name in named:
                self.faults.append(given_twice(Place(on), name))
            else:
                named[name], keys[name] = self.node(value, on, depth + 1), Place(on)
        return Node(Place(way or THE_CASE), named, keys)

    def _see(self, place: Place, text: str) -> None:
        if fault := unseen(place, text):
            self.faults.append(fault)


def _short(name: str) -> str:
    """Return a name as it can stand in the way to a value: not too long, and not empty either."""
    return f"{name[:LONGEST_NAME]}…" if len(name) > LONGEST_NAME else name or "''"


def _nothing(place: Place, found: _NoNumber | None) -> Fault:
    if found is None:
        return Fault(place, "null says neither that it was not asked nor that it is not known",
                     "these are different answers", 'leave the name out, or write "not known" or another reason')  # fmt: skip
    return Fault(place, f"{found.written} is not a value of JSON", "nothing can be compared with it",
                 'write the number, or "not known"')  # fmt: skip
