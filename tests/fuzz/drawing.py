"""Cases drawn from the vocabulary: near enough to what people send that much of it is read, and odd enough that much is not.

A case begins as one of the stated examples, for what they leave open is little and their consult is quick; then some of
its answers are changed, taken out or joined by others. How it is written is drawn as well, and sometimes spoiled.
"""

import json
from collections.abc import Mapping
from typing import Any

import yaml
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from patency.answer import ABSENCES
from patency.vocabulary import Concept, Kind, Vocabulary

DAYS = st.sampled_from(
    [
        "2026-05-29",
        "2026-05-30",
        "2026-02-30",
        "1900-01-01",
        "2200-01-01",
        "2200-01-02",
        "0001-01-01",
        "today",
        "9" * 9,
        "",
    ]
)
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        [
            "²",
            "1e999",
            "-0",
            "nan",
            "<",
            "1 to",
            "5 to 1 years",
            "none",
            "[",
            "{}",
            "'",
            "\ud800",
            "\u202e",
            "\x00",
            "<b>",
            "9" * 400,
        ]
    ),
    st.lists(st.one_of(st.none(), st.text(max_size=5)), max_size=3),
    st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2),
)


def answers(concept: Concept) -> st.SearchStrategy[Any]:
    """Draw an answer to a concept that is, or looks, right."""
    absent = st.sampled_from(list(ABSENCES))
    match concept.kind:
        case Kind.YES_NO:
            plainly: st.SearchStrategy[Any] = st.sampled_from([True, False, "yes", "no", "present", "No"])
        case Kind.NUMBER:
            plainly = _amounts(concept)
        case Kind.DATE:
            plainly = _dates()
        case Kind.SET:
            plainly = _members(list(concept.values))
        case Kind.CHOICE | Kind.ORDERED:
            values = st.sampled_from([*concept.values, *concept.values.values()])
            plainly = st.one_of(values, st.lists(values, min_size=2, max_size=3).map(" or ".join))
    dated = st.fixed_dictionaries(
        {"value": plainly}, optional={"on": DAYS, "from": st.text(max_size=10), "absent": absent}
    )
    why = st.fixed_dictionaries({"absent": absent}, optional={"on": DAYS})
    return st.one_of(plainly, plainly, plainly, absent, dated, why)


def _amounts(concept: Concept) -> st.SearchStrategy[Any]:
    span = concept.highest - concept.lowest
    numbers = st.one_of(
        st.floats(concept.lowest, concept.highest).map(lambda number: round(number, 2)),
        st.integers(int(concept.lowest), int(concept.highest)),
        st.floats(concept.lowest - span, concept.highest + span),
    )
    units = st.sampled_from(["", concept.unit, *concept.units, f"{concept.unit}s", "furlongs"])
    signs = st.sampled_from(["", "", "<", ">=", "> "])
    written = st.builds(lambda sign, number, unit: f"{sign}{number} {unit}".strip(), signs, numbers, units)
    spans = st.builds(lambda low, high, unit: f"{low} to {high} {unit}", numbers, numbers, units)
    return st.one_of(numbers, written, spans)


def _dates() -> st.SearchStrategy[str]:
    units = st.sampled_from(["day", "days", "weeks", "months", "years", "hours"])
    ago = st.builds(lambda number, unit: f"{number} {unit} ago", st.integers(0, 200), units)
    spans = st.builds(
        lambda low, high, unit: f"{low} to {high} {unit} ago", st.integers(0, 60), st.integers(0, 60), units
    )
    return st.one_of(
        ago,
        spans,
        DAYS,
        st.sampled_from(["26 May 2026", "May 2026", "26/05/2026", "2026-05-01 to 2026-05-20", "yesterday"]),
    )


def _members(values: list[str]) -> st.SearchStrategy[Any]:
    some = st.lists(st.sampled_from([*values, values[0], "elsewhere"]), max_size=4)
    return st.one_of(
        some,
        some.map(", ".join),
        st.just("none"),
        st.fixed_dictionaries({}, optional={"includes": some, "excludes": some}),
    )


def findings(vocabulary: Vocabulary) -> st.SearchStrategy[tuple[str, Any]]:
    """Draw one finding: of a concept, of a panel, or of something that nobody knows."""
    concepts = st.sampled_from(list(vocabulary.concepts.values())).flatmap(
        lambda concept: st.tuples(st.just(concept.name), answers(concept))
    )
    panels = st.sampled_from(list(vocabulary.panels.values())).flatmap(
        lambda panel: st.tuples(st.just(panel.name), _members(list(panel.members)))
    )
    names = st.one_of(st.sampled_from([*vocabulary.concepts, *vocabulary.panels]), st.text(max_size=12))
    return st.one_of(concepts, concepts, concepts, panels, st.tuples(names, ODD))


def cases(vocabulary: Vocabulary, examples: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Draw a case: an example with some of its findings changed; seldom something else altogether."""

    def changed(
        example: dict[str, Any], new: list[tuple[str, Any]], gone: int, beside: dict[str, Any]
    ) -> dict[str, Any]:
        known = dict(list(example["findings"].items())[gone:])
        return {**example, **beside, "findings": {**known, **dict(new)}}

    beside = st.fixed_dictionaries({}, optional={"on": DAYS, "case": ODD, "about": ODD, "expect": ODD, "findngs": ODD})
    near = st.builds(changed, st.sampled_from(list(examples.values())), st.lists(findings(vocabulary), max_size=3),
                     st.sampled_from([0, 0, 0, 1]), st.one_of(st.just({}), st.just({}), beside))  # fmt: skip
    far = st.recursive(
        ODD,
        lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=6), inner, max_size=4)),
    )
    return st.one_of(near, near, near, near, near, near, near, far)


JSON_TYPES = ["application/json", "application/json; charset=utf-8", "Application/JSON"]
YAML_TYPES = ["application/yaml", "text/yaml", "application/x-yaml"]
OTHER_TYPES = [
    "",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/xml",
    ";",
    "*/*",
]


@st.composite
def bodies(draw: DrawFn, vocabulary: Vocabulary, examples: Mapping[str, Any]) -> tuple[bytes, dict[str, str]]:
    """Draw a case as it is sent, with its headers; of ten, some are spoiled on the way, and some called what they are not."""
    case = draw(cases(vocabulary, examples))
    is_json = draw(st.booleans())
    written = (
        json.dumps(case, ensure_ascii=draw(st.booleans())) if is_json else yaml.safe_dump(case, allow_unicode=True)
    )
    sent = written.encode("utf-8", "surrogatepass")
    if seldom(draw):
        sent = draw(_spoiled(sent))
    right, wrong = (JSON_TYPES, YAML_TYPES) if is_json else (YAML_TYPES, JSON_TYPES)
    headers = {"content-type": draw(st.sampled_from(right * 8 + wrong + OTHER_TYPES[:2]))}
    if seldom(draw):
        headers["content-type"] = draw(st.sampled_from(OTHER_TYPES))
    if seldom(draw):
        headers["content-encoding"] = draw(st.sampled_from(["gzip", "identity", "br, gzip", ""]))
    return sent, headers


def seldom(draw: DrawFn) -> bool:
    """Draw yes once in twenty times or so; of whole numbers hypothesis would draw the first too often."""
    return draw(st.sampled_from([False] * 19 + [True]))


@st.composite
def _spoiled(draw: DrawFn, sent: bytes) -> bytes:
    """Cut, doubled, overwritten, or in letters of another kind."""
    at = draw(st.integers(0, len(sent)))
    how = draw(st.sampled_from(["cut", "doubled", "overwritten", "utf-16", "marked", "deep"]))
    match how:
        case "cut":
            return sent[:at]
        case "doubled":
            return sent[:at] + sent[at // 2 :]
        case "overwritten":
            return sent[:at] + draw(st.binary(min_size=1, max_size=4)) + sent[at + 4 :]
        case "utf-16":
            return sent.decode("utf-8", "replace").encode("utf-16")
        case "marked":
            return b"\xef\xbb\xbf" + sent
    return draw(st.sampled_from([b"[", b'{"a":', b"- "])) * draw(st.sampled_from([3, 40, 4_000]))
