"""How a YAML file is read: as plain text that remembers its lines, and nothing else.

In: the bytes of a file that may come from a stranger. Out: a Node, or every Fault found.
Tags, anchors, aliases and further documents are refused, so a file can neither run code nor
blow up in memory; size, depth and the number of values are bounded. Every scalar stays text:
what `no` or `1e3` means is decided by whoever knows which concept it answers.

Not here: the bounds (bounds.py), and what a file must contain (guideline/load.py, case.py).
"""

import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from yaml.emitter import Emitter
from yaml.representer import SafeRepresenter
from yaml.resolver import BaseResolver
from yaml.serializer import Serializer

from patency.bounds import LARGEST_FILE, beyond, empty, given_twice, too_large, unseen
from patency.fault import Fault, Faults, Place, Refused, nearest

_MENDED_BY = {  # by what the parser says, in either of PyYAML's two dialects
    "mapping values": "a colon is one too many here, or one is missing on the line above; or put the text in quotes",
    "cannot start any token": "indent with spaces, never with tabs; put text that begins with @, % or ` in quotes",
    "end of stream": "close the quote that was opened",
    "expected key": "begin this line as far to the right as those it belongs with",
    "block end": "begin this line as far to the right as those it belongs with",
    "',' or": "close the bracket that was opened",
    "characters are not allowed": "remove the characters that cannot be seen",
}


class _Plain(Emitter, Serializer, SafeRepresenter, BaseResolver):
    """Writes every scalar as plain text where YAML allows it, for here a `no` is read as it stands."""

    def __init__(self, stream: Any, **_: Any) -> None:
        Emitter.__init__(self, stream, width=100, allow_unicode=True)
        Serializer.__init__(self)
        SafeRepresenter.__init__(self, default_flow_style=None, sort_keys=False)  # type: ignore[arg-type]  # None: short lists on one line
        BaseResolver.__init__(self)


_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Node(NamedTuple):
    """One value of a file with its place: text, a list of Nodes, or names with Nodes."""

    place: Place
    value: "str | tuple[Node, ...] | dict[str, Node]"
    keys: "dict[str, Place] | None" = None

    @property
    def kind(self) -> str:
        """What a person would call it."""
        return {str: "a single value", tuple: "a list", dict: "a set of names with values"}[type(self.value)]


def read_bytes(path: Path, largest: int = LARGEST_FILE) -> bytes:
    """Return the bytes of a file, or refuse it with a reason; never reads a file over the limit."""
    where = Place(str(path))
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise Refused(
                [
                    Fault(
                        where,
                        "this is not a file",
                        "a folder, pipe or device cannot be read as one",
                        "name the file itself",
                    )
                ]
            )
        if about.st_size > largest:
            raise Refused([too_large(where, about.st_size, largest)])
        return path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "unreadable").lower()
        fix = (
            "check the name and the folder"
            if isinstance(error, FileNotFoundError)
            else "check what it is and who may read it"
        )
        raise Refused(
            [Fault(where, f"the file cannot be read: {reason}", "nothing can be taken from it", fix)]
        ) from None


def read_document(content: bytes, file: str) -> Node:
    """Read one YAML document; refuse it, with every Fault found, if it is not plain YAML."""
    if len(content) > LARGEST_FILE:
        raise Refused([too_large(Place(file), len(content))])
    return _Composer(text_of(content, file), file).document()


def readable(content: bytes, file: str, faults: list[Fault]) -> Node | None:
    """Read one of several documents; none, and its Faults with the others', if it is not plain YAML."""
    try:
        return read_document(content, file)
    except Refused as refused:
        faults.extend(refused.faults)
        return None


def text_of(content: bytes, file: str) -> str:
    """Return the text of a file; refuse it where it is not UTF-8."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Refused(
            [
                Fault(
                    Place(file, line),
                    f"the file is not UTF-8: byte {content[error.start]:#04x} cannot be read",
                    "a guess at the letters could change what the file says",
                    "save it again as UTF-8",
                )
            ]
        ) from None


def to_yaml(node: Node) -> str:
    """Write a Node as a file that `read_document` reads as the same values."""
    written: str = yaml.dump(plain(node), Dumper=_Plain)
    return written


def plain(node: Node) -> Any:
    """Return what a Node holds as Python writes it: text, lists, and names with values."""
    if isinstance(node.value, dict):
        return {name: plain(each) for name, each in node.value.items()}
    return [plain(each) for each in node.value] if isinstance(node.value, tuple) else node.value


class _Composer:
    """Turns the parser's events into Nodes, refusing what plain content never needs."""

    def __init__(self, text: str, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = Faults()
        self.values = 0
        try:
            self.loader: Any = _LOADER(text)
        except yaml.YAMLError as error:
            raise Refused([self._unreadable(error)]) from None

    def document(self) -> Node:
        try:
            self._next()  # stream start
            if isinstance(self._next(), yaml.StreamEndEvent):
                raise Refused([empty(Place(self.file))])
            node = self._node(self._next(), 0)
            self._next()  # document end
            after = self._next()
            if not isinstance(after, yaml.StreamEndEvent):
                self._fault(
                    after, "a second document starts here", "one file holds one document", "remove the line '---'"
                )
        except yaml.YAMLError as error:
            raise Refused([*self.faults, self._unreadable(error)]) from None
        if self.faults:
            raise Refused(self.faults)
        return node

    def _next(self) -> Any:
        return self.loader.get_event()

    def _place(self, event: Any) -> Place:
        return Place(self.file, event.start_mark.line + 1)

    def _fault(self, event: Any, what: str, why: str, fix: str) -> None:
        self.faults.append(Fault(self._place(event), what, why, fix))

    def _unreadable(self, error: yaml.YAMLError) -> Fault:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be understood"
        fix = next(
            (fix for words, fix in _MENDED_BY.items() if words in problem), "look at this line and the one above"
        )
        return Fault(
            Place(self.file, mark.line + 1 if mark else 0),
            f"this is not YAML: {problem}",
            "the rest of the file cannot be trusted from here on",
            fix,
        )

    def _node(self, event: Any, depth: int) -> Node:
        place = self._place(event)
        self.values += 1
        if fault := beyond(place, depth, self.values):
            raise Refused([*self.faults, fault])
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            self._fault(
                event,
                "'&' and '*' (anchors and aliases) are not read here",
                "copies that hide inside a file can grow without bound",
                "write the value out, or put it in quotes",
            )
        if getattr(event, "tag", None) not in (None, "!"):
            self._fault(
                event, f"the tag {event.tag!r} is not read here", "a file may hold plain values only", "remove the tag"
            )
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(place, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Node] = []
            while not isinstance(item := self._next(), yaml.SequenceEndEvent):
                items.append(self._node(item, depth + 1))
            return Node(place, tuple(items))
        text = getattr(event, "value", "")
        if fault := unseen(place, text):
            self.faults.append(fault)
        return Node(place, text)

    def _mapping(self, place: Place, depth: int) -> Node:
        named: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        while not isinstance(key := self._next(), yaml.MappingEndEvent):
            name = self._node(key, depth + 1).value
            value = self._node(self._next(), depth + 1)
            if not isinstance(value.value, str):  # a list or group is found by the name it stands under
                value = Node(self._place(key), value.value, value.keys)
            if not isinstance(name, str):
                self._fault(
                    key,
                    "a name must be a single word here",
                    "a list or a group cannot name a value",
                    "write a plain name",
                )
            elif name in named:
                self.faults.append(given_twice(self._place(key), name, f" (first on line {keys[name].line})"))
            else:
                named[name] = value
                keys[name] = self._place(key)
        return Node(place, named, keys)


class Fields:
    """Reads the named values of one Node and notes every Fault on the way."""

    def __init__(self, node: Node, faults: list[Fault], what: str) -> None:
        self.node = node
        self.place = node.place
        self.faults = faults
        self.what = what
        self.known: set[str] = set()
        self.named: dict[str, Node] = node.value if isinstance(node.value, dict) else {}
        if not isinstance(node.value, dict):
            self.fault(node.place, f"{what} is {node.kind}", "it needs names with values", "write 'name: value' lines")

    @property
    def is_readable(self) -> bool:
        """Whether there are names to read at all; where there are none, that is the one Fault worth showing."""
        return isinstance(self.node.value, dict)

    def fault(self, place: Place, what: str, why: str, fix: str) -> None:
        """Note a mistake."""
        self.faults.append(Fault(place, what, why, fix))

    def get(self, name: str) -> Node | None:
        """Return the Node under a name, if it is there."""
        self.known.add(name)
        return self.named.get(name)

    def need(self, name: str, why: str) -> Node | None:
        """Return the Node under a name; its absence is a Fault."""
        node = self.get(name)
        if node is None and self.is_readable:
            self.fault(self.place, f"{self.what} has no {name!r}", why, f"add a line '{name}: ...'")
        return node

    def text(self, name: str, default: str = "") -> str:
        """Return the text under a name, or the default when it is not there."""
        node = self.get(name)
        return default if node is None else self.as_text(node, name)

    def need_text(self, name: str, why: str) -> str:
        """Return the text under a name; its absence or emptiness is a Fault."""
        node = self.need(name, why)
        if node is None:
            return ""
        text = self.as_text(node, name)
        if not text and isinstance(node.value, str):
            self.fault(node.place, f"{name!r} is empty", why, f"write what {name!r} is, or remove the line")
        return text

    def as_text(self, node: Node, name: str) -> str:
        """Return a Node's text; a list or group where text belongs is a Fault."""
        if isinstance(node.value, str):
            return node.value.strip()
        self.fault(
            node.place, f"{name!r} is {node.kind}", "it needs a single value", f"write '{name}: value' on one line"
        )
        return ""

    def choice(self, name: str, allowed: Iterable[str], why: str, default: str = "") -> str:
        """Return the text under a name if it is one of the allowed words."""
        node, words = self.get(name), list(allowed)
        if node is None:
            if not default:
                self.need(name, why)
            return default or words[0]
        text = self.as_text(node, name)
        if text in words:
            return text
        if isinstance(node.value, str):
            self.fault(
                node.place, f"{name!r} cannot be {text!r}", why, nearest(text, words, f"use one of: {', '.join(words)}")
            )
        return default or words[0]

    def items(self, name: str) -> tuple[Node, ...]:
        """Return the list under a name; nothing there is an empty list."""
        node = self.get(name)
        if node is None:
            return ()
        if isinstance(node.value, tuple):
            return node.value
        self.fault(
            node.place, f"{name!r} is {node.kind}", "it needs a list", "write each entry on its own line after '- '"
        )
        return ()

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the list of plain words under a name."""
        return tuple(self.as_text(node, name) for node in self.items(name))

    def group(self, name: str) -> dict[str, Node]:
        """Return the named values under a name; nothing there is an empty group."""
        node = self.get(name)
        if node is None:
            return {}
        if isinstance(node.value, dict):
            return node.value
        self.fault(node.place, f"{name!r} is {node.kind}", "it needs names with values", "write 'name: value' lines")
        return {}

    def close(self) -> None:
        """Note every name that nobody asked for."""
        for name, node in self.named.items():
            if name not in self.known:
                place = (self.node.keys or {}).get(name, node.place)
                self.fault(
                    place,
                    f"{self.what} has no place for {name!r}",
                    "a name that is not read would be lost in silence",
                    nearest(name, self.known, f"use one of: {', '.join(sorted(self.known))}"),
                )
