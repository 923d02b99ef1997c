"""A YAML file is read as plain text that remembers its lines."""

from pathlib import Path

import pytest

from patency.bounds import DEEPEST, LARGEST_FILE
from patency.document import Fields, Node, read_bytes, read_document
from patency.fault import Fault, Refused

TEXT = """\
# a comment counts as a line
case: worked

findings:
  age: 45 years
  segments: [femoral,
    popliteal]
  long: >-
    a sentence
    of two lines
"""


def lines(node: Node, name: str = "") -> list[tuple[str, int]]:
    """List every value of a document with the line it stands on."""
    if isinstance(node.value, dict):
        return [found for key, value in node.value.items() for found in lines(value, f"{name}.{key}".strip("."))]
    if isinstance(node.value, tuple):
        return [found for at, value in enumerate(node.value) for found in lines(value, f"{name}[{at}]")]
    return [(f"{name} = {node.value}", node.place.line)]


READ = [
    ("case = worked", 2),
    ("findings.age = 45 years", 5),
    ("findings.segments[0] = femoral", 6),
    ("findings.segments[1] = popliteal", 7),
    ("findings.long = a sentence of two lines", 8),
]


def test_every_value_remembers_its_line() -> None:
    """A fault can say where it is."""
    assert lines(read_document(TEXT.encode(), "case.yaml")) == READ


def test_a_byte_order_mark_and_windows_line_ends_change_nothing() -> None:
    """A file from any editor reads the same."""
    assert lines(read_document(b"\xef\xbb\xbf" + TEXT.encode(), "case.yaml")) == READ
    assert lines(read_document(TEXT.replace("\n", "\r\n").encode(), "case.yaml")) == READ
    assert lines(read_document(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode(), "case.yaml")) == READ


def test_a_name_remembers_its_line_too() -> None:
    """A name that has no place is shown where it stands, not where its value begins."""
    faults: list[Fault] = []
    fields = Fields(read_document(b"known: 1\nunkown:\n  - 2\n", "x.yaml"), faults, "the file")
    fields.get("known")
    fields.close()

    assert [str(fault.where) for fault in faults] == ["x.yaml:2"]


@pytest.mark.parametrize("written", ["yes", "no", "null", "~", "1e3", "0x1F", "2026-05-29", "12:30", "1_000", ".5"])
def test_a_value_stays_the_text_that_was_written(written: str) -> None:
    """What it means is decided by whoever knows which question it answers."""
    assert read_document(f"a: {written}\n".encode(), "x.yaml").value == {
        "a": Node(read_document(b"a: b", "x.yaml").place, written)
    }


def refusal(content: bytes) -> list[str]:
    with pytest.raises(Refused) as refused:
        read_document(content, "x.yaml")
    return [f"{fault.where}: {fault.what}" for fault in refused.value.faults]


@pytest.mark.parametrize(
    ("content", "faults"),
    [
        (b"", ["x.yaml: the file is empty"]),
        (b"# only a comment\n", ["x.yaml: the file is empty"]),
        (b"a: 1\nb: 2\na: 3\n", ["x.yaml:3: 'a' is given twice (first on line 1)"]),
        (b"a: 1\n---\nb: 2\n", ["x.yaml:2: a second document starts here"]),
        (b"a: !!str x\n", ["x.yaml:1: the tag 'tag:yaml.org,2002:str' is not read here"]),
        (b"a: &x 1\n", ["x.yaml:1: '&' and '*' (anchors and aliases) are not read here"]),
        (b"a: [1]\nb: [*a]\n", ["x.yaml:2: '&' and '*' (anchors and aliases) are not read here"]),
        (b"a: !!python/object/apply:os.system [ls]\n",
         ["x.yaml:1: the tag 'tag:yaml.org,2002:python/object/apply:os.system' is not read here"]),
        (b"a: 1\n\xff\n", ["x.yaml:2: the file is not UTF-8: byte 0xff cannot be read"]),
        (b"? [1, 2]\n: 3\n", ["x.yaml:1: a name must be a single word here"]),
        (b"a: [1\nb: 2\n", ["x.yaml:2: this is not YAML: did not find expected ',' or ']'"]),
        (b"[" * 30 + b"]" * 30, [f"x.yaml:1: it is nested more than {DEEPEST} deep"]),
        (b"x" * (LARGEST_FILE + 1), ["x.yaml: the file is 1.0 MB"]),
    ],
    ids=["empty", "comment", "twice", "second", "tag", "anchor", "alias", "code", "bytes", "name",
         "yaml", "deep", "large"],
)  # fmt: skip
def test_what_plain_content_never_needs_is_refused(content: bytes, faults: list[str]) -> None:
    """Neither code nor a bomb, and no silent choice between two readings."""
    assert refusal(content) == faults


def test_a_file_too_large_is_never_read(tmp_path: Path) -> None:
    """Its size is looked at first; a hole of a gigabyte is refused at once."""
    with (tmp_path / "hole.yaml").open("wb") as file:
        file.truncate(10**9)
    with pytest.raises(Refused, match=r"the file is 1000\.0 MB"):
        read_bytes(tmp_path / "hole.yaml")


def test_what_is_not_a_file_is_refused(tmp_path: Path) -> None:
    """A folder or a missing name says so."""
    with pytest.raises(Refused, match="this is not a file"):
        read_bytes(tmp_path)
    with pytest.raises(Refused, match="the file cannot be read: no such file or directory"):
        read_bytes(tmp_path / "missing.yaml")
