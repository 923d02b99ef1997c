"""Small mistakes put into the content on purpose, as an editor might make them: one at a time, each in one file.

A mutant is caught when the loader refuses it, a scenario of its file is not met, or a claim is not
proved. No hash of a file takes part.
"""

import copy
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from unittest.mock import patch

import yaml

from patency.document import Node, readable
from patency.fault import Fault, Refused
from patency.guideline import load
from patency.guideline.check import unmet_by
from patency.guideline.load import read_library
from patency.guideline.model import Guideline, Library, Rule, Stance
from patency.guideline.prove import Search, prove, prove_claims
from patency.language.draw import Cut, draw
from patency.language.landscape import Landscape
from patency.language.lexicon import Lexicon
from patency.language.terms import Not, Term

Document = dict[str, Any]

OPPOSITE = {">=": "<", "<=": ">", ">": "<=", "<": ">=", "=": "!=", "!=": "="}
SIGN = re.compile(r"(?<![<>!])(>=|<=|!=|=|<|>)(?!=)")
DAYS = re.compile(r"\b(\d+)(?= days?\b)")


class Mutant(NamedTuple):
    """A file with one mistake in it: which kind, where, and what was done."""

    kind: str
    file: str
    what: str
    document: Document

    @property
    def content(self) -> bytes:
        """The file as it would be written."""
        return yaml.safe_dump(self.document, sort_keys=False, allow_unicode=True).encode()


def mutants(files: Mapping[str, bytes], library: Library) -> Iterator[Mutant]:
    """Breed every mutant of the guidelines and of the lists of cautions."""
    for file, content in files.items():
        if file.startswith("guidelines/"):
            document = yaml.load(content, Loader=yaml.BaseLoader)
            for kind, breed in _KINDS.items():
                for what, mutated in breed(document, library):
                    yield Mutant(kind, file, what, mutated)
        if file.startswith("sheets/"):
            for what, mutated in _removed_cautions(yaml.load(content, Loader=yaml.BaseLoader)):
                yield Mutant("removed caution", file, what, mutated)


def _conditions(document: Document) -> Iterator[tuple[str, list[str | int]]]:
    """Yield where each condition of a guideline stands, and its name."""
    yield "population", ["population", "when"]
    for at, rule in enumerate(document["rules"]):
        yield rule["id"], ["rules", at, "when"]
        for name in rule.get("except", {}):
            yield f"{rule['id']} except {name}", ["rules", at, "except", name, "when"]


def _at(document: Document, path: Sequence[str | int]) -> Any:
    for step in path:
        document = document[step]  # type: ignore[index]  # a path is made of what is there
    return document


def _changed(document: Document, path: Sequence[str | int], value: Any) -> Document:
    mutated = copy.deepcopy(document)
    _at(mutated, path[:-1])[path[-1]] = value
    return mutated


def _without(document: Document, path: Sequence[str | int]) -> Document:
    mutated = copy.deepcopy(document)
    del _at(mutated, path[:-1])[path[-1]]
    return mutated


def _rewritten(
    document: Document, pattern: re.Pattern[str], others: Callable[[str], Sequence[str]]
) -> Iterator[tuple[str, Document]]:
    for name, path in _conditions(document):
        written = str(_at(document, path))
        for found in pattern.finditer(written):
            for other in others(found.group()):
                mutated = written[: found.start()] + other + written[found.end() :]
                yield f"{name}: {mutated}", _changed(document, path, mutated)


def _flipped(document: Document, _: Library) -> Iterator[tuple[str, Document]]:
    yield from _rewritten(document, SIGN, lambda sign: [OPPOSITE[sign]])


def _off_by_a_day(document: Document, _: Library) -> Iterator[tuple[str, Document]]:
    yield from _rewritten(document, DAYS, lambda days: [str(int(days) - 1), str(int(days) + 1)])


def _dropped_exceptions(document: Document, _: Library) -> Iterator[tuple[str, Document]]:
    for at, rule in enumerate(document["rules"]):
        for name in rule.get("except", {}):
            yield f"{rule['id']} without {name}", _without(document, ["rules", at, "except", name])


def _swapped_ratings(document: Document, library: Library) -> Iterator[tuple[str, Document]]:
    grades = library.guidelines[document["guideline"]].scale.grades
    for at, rule in enumerate(document["rules"]):
        for number, saying in enumerate(rule["says"]):
            own = grades[saying["grade"]].stance
            others = [
                grade.id for grade in grades.values() if grade.stance is not own and grade.stance is not Stance.SILENT
            ]
            for other in others[:1]:
                mutated = _changed(document, ["rules", at, "says", number, "grade"], other)
                yield f"{rule['id']}: {saying['option']} is {other}", mutated


def _widened(document: Document, _: Library) -> Iterator[tuple[str, Document]]:
    clauses = [clause.strip() for clause in str(document["population"]["when"]).split(" and ")]
    for clause in clauses:
        if len(clauses) > 1 and "(" not in clause and ")" not in clause:
            left = " and ".join(each for each in clauses if each != clause)
            yield f"population without {clause}", _changed(document, ["population", "when"], left)
    yield "population: everybody", _changed(document, ["population", "when"], "age >= 0 years")


def _dropped_citations(document: Document, _: Library) -> Iterator[tuple[str, Document]]:
    """Take away every citation that a thing could stand on: its own, and those it would inherit."""
    bare = _without(document, ["cite"])
    for at, rule in enumerate(document["rules"]):
        mutated = _without(bare, ["rules", at, "cite"]) if "cite" in rule else bare
        for each in mutated["rules"]:
            if each["id"] != rule["id"]:
                each.setdefault("cite", document["cite"])
        for name in ("notes", "reasons"):
            mutated = copy.deepcopy(mutated)
            for remark in mutated.get(name, []):
                remark.setdefault("cite", document["cite"])
        mutated["cite"] = []
        yield f"{rule['id']} without citation", mutated
        for name in rule.get("except", {}):
            yield (
                f"{rule['id']} except {name} without citation",
                _without(document, ["rules", at, "except", name, "cite"]),
            )


def _removed_cautions(document: Document) -> Iterator[tuple[str, Document]]:
    """Take an absolute or relative contraindication out, or an alert."""
    for at, section in enumerate(document["sections"]):
        is_caution = document["kind"] == "alert" or section.get("strength") in ("absolute", "relative")
        for number, statement in enumerate(section["statements"] if is_caution else []):
            yield statement["id"], _without(document, ["sections", at, "statements", number])


_KINDS = {
    "flipped comparison": _flipped,
    "off by one day": _off_by_a_day,
    "dropped exception": _dropped_exceptions,
    "swapped rating": _swapped_ratings,
    "widened population": _widened,
    "dropped citation": _dropped_citations,
}


def _said(rule: Rule) -> list[tuple[str, str, str, str]]:
    return [(saying.option, saying.grade.id, saying.over, saying.note) for saying in rule.says]


class Pen:
    """Where mutants are let loose: the library read again with one file changed, and only that file looked at."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = dict(files)
        self._read: dict[tuple[str, str], Node] = {}
        self._drawn: dict[tuple[Term, ...], Landscape | None] = {}
        self.library = self._library(self.files)

    def is_at_home(self, file: str) -> bool:
        """Say whether a file that is only written anew, with no mistake in it, is caught by nothing."""
        as_it_is = Mutant("", file, "", yaml.load(self.files[file], Loader=yaml.BaseLoader))
        return self.caught(as_it_is) in ("", "nothing to catch")

    def caught(self, mutant: Mutant) -> str:
        """Say what catches a mutant: the loader, a scenario, a proof; or that it says the same; or nothing."""
        try:
            library = self._library({**self.files, mutant.file: mutant.content})
        except Refused:
            return "loader"
        name = mutant.document.get("guideline", "")
        if name:
            guideline = library.guidelines[name]
            if any(unmet_by(scenario, library) for scenario in guideline.scenarios):
                return "scenario"
            if not all(verdict.is_proved for verdict in prove(library, [name])):
                return "proof"
            if self._says_the_same(guideline, library):
                return "nothing to catch"
        return "" if all(verdict.is_proved for verdict in prove_claims(Search(library))) else "proof"

    def _says_the_same(self, mutated: Guideline, library: Library) -> bool:
        """Say whether, for every patient, the same is said, as the solver shows."""
        own = self.library.guidelines[mutated.id]
        if [_said(rule) for rule in own.rules] != [_said(rule) for rule in mutated.rules]:
            return False
        pairs = [(own.population, mutated.population), *zip(own.conditions, mutated.conditions, strict=True)]
        search = Search(library)
        return not any(search.exists([one, Not(other)]) or search.exists([Not(one), other]) for one, other in pairs)

    def _library(self, files: Mapping[str, bytes]) -> Library:
        """Read a library; what was read or drawn before is not read or drawn again."""
        with patch.object(load, "readable", self._document), patch.object(load, "draw", self._landscape):
            return read_library(files)

    def _document(self, content: bytes, file: str, faults: list[Fault]) -> Node | None:
        key = (file, hashlib.sha256(content).hexdigest())
        if key not in self._read:
            node = readable(content, file, faults)
            if node is None:
                return None
            self._read[key] = node
        return self._read[key]

    def _landscape(self, terms: Sequence[Term], lexicon: Lexicon, cut: Cut) -> Landscape | None:
        if tuple(terms) not in self._drawn:
            self._drawn[tuple(terms)] = draw(terms, lexicon, cut)
        return self._drawn[tuple(terms)]
