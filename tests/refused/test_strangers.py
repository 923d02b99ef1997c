"""Files from a stranger: whatever they hold, they are read or refused, soon, and nothing in them runs.

First every value of the small valid content in `base/` is put out of shape, one at a time. Then come files written to
keep the program busy for ever; each is read or refused within seconds of work.
"""

import copy
import os
import random
import time
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from patency.casefile import read_case
from patency.document import read_document
from patency.fault import MOST_FAULTS, Fault, Refused
from patency.guideline.check import unmet
from patency.guideline.contradict import contradictions
from patency.guideline.files import content_files
from patency.guideline.load import read_library
from patency.guideline.model import Library

BASE = content_files(Path(__file__).parent / "base")
LONGEST_WORK = 8  # seconds of work; each takes two or so, where the machine is not slow
GONE = object()
SHAPES: list[Any] = [GONE, "", "²", [], {"x": "y"}]
if os.environ.get("PATENCY_EXAMPLES", "1") != "1":
    SHAPES += [
        *(
            "x",
            {},
            ["x"],
            "nan",
            "9" * 5000,
            "-1",
            "inf",
            "1e999",
            "none",
            "unknown",
            "a b",
            "(",
            "x" * 5000,
            [[]],
            [{"x": "y"}],
        ),
        *("age", "acute", "not swollen", "99999999999 days", "days_since(onset) < 99999999999999 days"),
        *("days_since(onset) < nan days", "2026-02-30", "0001-01-01", "9999-12-31"),
    ]


def faults_of(files: Mapping[str, bytes]) -> list[Fault]:
    """Read and try content, and return whatever is wrong with it."""
    try:
        return unmet(read_library(files))
    except Refused as refused:
        return list(refused.faults)


def places(tree: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Walk through every value of a file."""
    yield at
    if isinstance(tree, dict | list):
        for name, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
            yield from places(value, (*at, name))


def put(tree: Any, place: tuple[Any, ...], shape: Any) -> Any:
    """Return the file with another value at one place, or with none."""
    if not place:
        return "" if shape is GONE else shape
    tree = copy.deepcopy(tree)
    inner = tree
    for name in place[:-1]:
        inner = inner[name]
    if shape is GONE:
        del inner[place[-1]]
    else:
        inner[place[-1]] = shape
    return tree


@pytest.mark.parametrize("name", BASE)
def test_content_with_any_one_value_out_of_shape_is_read_or_refused(name: str) -> None:
    """Whatever stands where something else should, it ends in faults at places of the content, and never otherwise."""
    tree = yaml.load(BASE[name], yaml.BaseLoader)  # makes text, lists and groups only
    found = 0
    for place in places(tree):
        for shape in SHAPES:
            text = yaml.safe_dump(put(tree, place, shape), allow_unicode=True, width=10_000)
            faults = faults_of({**BASE, name: text.encode()})
            found += len(faults)
            assert all(fault.where.file in BASE for fault in faults), faults
            assert all(fault.what and fault.why and fault.fix for fault in faults), faults
    assert found


ANSWERS = """
''
x
yes
-1
1e999
nan
²
1 to ²
<
9 9 9
2026-02-30
0000-00-00
9999-12-31
31 June 2026
² days ago
99999999 years ago
1 January 0001 to 31 December 9999
to
or
none
not known
[]
{}
[x]
[[x], {x: y}]
{x: y}
{value: x}
{value: }
{value: {x: y}}
{absent: yes}
{absent: [x]}
{on: x, value: yes}
{on: 1899-01-01, value: 3 days ago}
{includes: x}
{includes: {x: y}}
{includes: [], excludes: []}
{includes: [x], without: [y]}
"""


def test_any_answer_to_any_question_is_read_or_refused(library: Library) -> None:
    """Whatever is answered to whichever question, it ends in a case or in faults with their line."""
    vocabulary = library.lexicon.vocabulary
    refused = 0
    for name in (*vocabulary.concepts, *vocabulary.panels):
        for answer in [*ANSWERS.strip().splitlines(), "9" * 5000, "9" * 400 + " days ago", "x" * 5000]:
            document = read_document(f"on: 2026-05-29\nfindings:\n  {name}: {answer}\n".encode(), "case.yaml")
            case, faults = read_case(document, vocabulary, date(2026, 5, 29))
            faults = faults or contradictions(case, library)
            refused += bool(faults)
            assert all(str(fault.where) == "case.yaml:3" for fault in faults), faults
    assert refused


@pytest.mark.parametrize("name", ["case", "about", "on", "findings"])
def test_any_shape_of_any_part_of_a_case_is_read_or_refused(name: str, library: Library) -> None:
    """The parts around the findings are no safer a place."""
    for answer in ANSWERS.strip().splitlines():
        document = read_document(f"{name}: {answer}\n".encode(), "case.yaml")
        _, faults = read_case(document, library.lexicon.vocabulary, date(2026, 5, 29))
        assert all(str(fault.where) == "case.yaml:1" for fault in faults), faults


def yes_no(count: int, first: str = "c") -> str:
    rows = (f"  {first}{at}: {{asks: q, says: [y, n], type: yes/no, cost: history}}\n" for at in range(count))
    return f"concepts:\n{''.join(rows)}"


def derived(**conditions: str) -> str:
    rows = (f"  {name}: {{asks: q, says: [y, n], cost: history, when: {when}}}\n" for name, when in conditions.items())
    return f"definitions:\n{''.join(rows)}"


def guideline(*conditions: str) -> str:
    rows = "".join(
        f"  - {{id: r{at}, title: t, when: {when}, says: [{{option: drug, grade: good}}], reviewed: nobody}}\n"
        for at, when in enumerate(conditions)
    )
    return f"""
guideline: odd
title: t
publisher: p
year: 2020
edition: "1"
decision: treatment
scale: plain
cite: [{{source: book, at: p. 1, mark: original}}]
population: {{words: all, when: swollen}}
rules:
{rows}
scenarios:
  - {{case: nothing is known, on: 2026-01-01, findings: {{swollen: yes}}, expect: {{scope: yes, asks_first: [c0]}}}}
"""


def tangle(concepts: int, clauses: int, seed: int) -> str:
    """Join many clauses over a few concepts in no order, which is hard to decide."""
    rng = random.Random(seed)
    names = ([rng.choice(["", "not "]) + f"c{rng.randrange(concepts)}" for _ in range(3)] for _ in range(clauses))
    return " and ".join(f"({' or '.join(each)})" for each in names)


def laws(count: int, write: str) -> str:
    rng = random.Random(1)
    picked = ({"at": at, "next": at + 1, **{name: rng.randrange(200) for name in "abxy"}} for at in range(count))
    return "constraints:\n" + "".join(
        "  l{at}: {{{write}, why: w}}\n".format(at=each["at"], write=write.format(**each)) for each in picked
    )


def doubling(steps: int) -> str:
    return derived(d0="swollen", **{f"d{at}": f"d{at - 1} and not d{at - 1} or blue" for at in range(1, steps)})


TWELVE = f"{{{', '.join(f'm{at}: m' for at in range(12))}}}"
ENDLESS: dict[str, Mapping[str, str]] = {
    "a tangle of sixty concepts": {"vocabulary/odd": yes_no(60), "guidelines/odd": guideline(tangle(60, 100, 1))},
    "thirty guidelines of tangles": {
        "vocabulary/odd": yes_no(40),
        **{f"guidelines/{at}": guideline(tangle(40, 80, at)).replace("odd", f"odd{at}") for at in range(30)},
    },
    "a tangle of laws": {
        "vocabulary/odd": yes_no(200) + laws(400, "if: c{a} and c{b}, then: c{x} or c{y}"),
        "guidelines/odd": guideline("c0"),
    },
    "a chain of three thousand laws": {
        "vocabulary/odd": yes_no(3001),
        "vocabulary/laws": laws(3000, "if: c{at}, then: c{next}"),
        "guidelines/odd": guideline("c0"),
    },
    "two thousand concepts in five rules": {
        "vocabulary/odd": yes_no(2000),
        "guidelines/odd": guideline(*(" or ".join(f"c{at}" for at in range(k, k + 400)) for k in range(0, 2000, 400))),
    },
    "two thousand thresholds of one number": {
        "guidelines/odd": guideline(*(f"age < {at / 100} years" for at in range(1, 2000))),
    },
    "twenty sets of twelve members": {
        "vocabulary/odd": "concepts:\n"
        + "".join(f"  s{k}: {{asks: q, words: w, type: set, cost: history, values: {TWELVE}}}\n" for k in range(20)),
        "guidelines/odd": guideline(*(" or ".join(f"s{k} has m{at}" for k in range(20)) for at in range(12))),
    },
    "a thousand rules on a doubled definition": {
        "vocabulary/odd": doubling(8),
        "guidelines/odd": guideline(*["d7"] * 1000),
    },
    "definitions that double forty times": {"vocabulary/odd": doubling(40)},
    "conditions that mention a long definition often": {
        "vocabulary/odd": doubling(8),
        "guidelines/odd": guideline(*[" and ".join(["d7"] * 500)] * 50),
    },
    "deep conditions on deep definitions": {
        "vocabulary/odd": derived(
            d0="swollen",
            **{f"d{at}": "(" * 11 + f"d{at - 1}" + " or blue and swollen) and acute" * 11 for at in range(1, 10)},
        ),
        "guidelines/odd": guideline("d9"),
    },
    "deeper conditions on deeper definitions": {
        "vocabulary/odd": derived(
            **{f"d{at}": "(" * 38 + f"d{at - 1}" + " or blue and swollen)" * 38 for at in range(400, 0, -1)},
            d0="swollen",
        ),
    },
    "a definition of five hundred others, one upon another": {
        "vocabulary/odd": derived(d0="swollen", **{f"d{at}": f"d{at - 1}" for at in range(1, 500)}),
    },
    "nine thousand concepts": {"vocabulary/odd": yes_no(9000), "vocabulary/even": yes_no(9000, "d")},
    "twenty thousand empty concepts": {
        "vocabulary/odd": "concepts:\n" + "".join(f"  c{at}:\n" for at in range(20_000)),
    },
    "three thousand unknown names beside two thousand known": {
        "vocabulary/odd": yes_no(2000),
        "guidelines/odd": guideline(*(f"d{at}" for at in range(3000))),
    },
    "names of half a million letters": {
        "sources/odd": "sources:\n  ? " + "a" * 400_000 + "\n  : {kind: note, title: t, year: 2020}\n",
        "guidelines/odd": guideline("swollen").replace("book", "a" * 400_001),
    },
    "five thousand scenarios": {
        "guidelines/odd": guideline("swollen")
        + "  - {case: c, on: 2026-01-01, findings: {swollen: yes}, expect: {rules: {r0: yes}}}\n" * 5000,
    },
}


@pytest.mark.parametrize("name", ENDLESS)
def test_content_made_to_keep_the_program_busy_is_read_or_refused_soon(name: str) -> None:
    """The work that content can cause is bounded, and so are the faults that are shown."""
    started = time.process_time()
    faults = faults_of({**BASE, **{f"{file}.yaml": text.encode() for file, text in ENDLESS[name].items()}})
    assert len("\n".join(map(str, faults))) < 1_000_000
    assert time.process_time() - started < LONGEST_WORK


LENGTHY = {
    "forty thousand unknown findings": "findings:\n" + "".join(f"  agee{at}: 1\n" for at in range(40_000)),
    "forty thousand unknown parts": "".join(f"agee{at}: 1\n" for at in range(40_000)),
    "a number of half a million digits": 'findings:\n  age: "' + "1" * 500_000 + '\n\n\n  b"\n',
    "a word of half a million letters": "findings:\n  severity: " + "a" * 500_000 + "\n",
    "a finding named by half a million letters": "findings:\n  ? " + "a" * 500_000 + "\n  : 1\n",
    "forty thousand members": f"findings:\n  segments: [{', '.join(f'a{at}' for at in range(40_000))}]\n",
    "forty thousand members of a panel": f"findings:\n  child_only: [{', '.join(f'a{at}' for at in range(40_000))}]\n",
    "one finding forty thousand times": "findings:\n" + "  age: 4 years\n" * 40_000,
    "ninety thousand aliases": "a: &a [1]\nb: [" + "*a, " * 90_000 + "]\n",
    "a million brackets": "[" * 999_999,
    "a million braces": "{" * 999_999,
    "half a million dashes": "- " * 499_999,
    "half a million question marks": "? " * 499_999,
    "a quote that never ends": '"' + "a" * 999_998,
    "half a million colons": ": " * 499_999,
    "three hundred thousand anchors": "a: " + "&a " * 300_000,
    "a thousand steps to the right": "\n".join(" " * at + "a:" for at in range(1300)),
}


@pytest.mark.parametrize("name", LENGTHY)
def test_a_case_file_made_to_keep_the_program_busy_is_refused_soon(name: str, library: Library) -> None:
    """A case file costs no more work than it has letters, and never more words than anybody reads."""
    started = time.process_time()
    try:
        _, faults = read_case(
            read_document(LENGTHY[name].encode(), "case.yaml"), library.lexicon.vocabulary, date(2026, 5, 29)
        )
    except Refused as refused:
        faults = list(refused.faults)
    assert 0 < len(faults) <= MOST_FAULTS + 1
    assert len("\n".join(map(str, faults))) < 1_000_000
    assert time.process_time() - started < LONGEST_WORK / 4
