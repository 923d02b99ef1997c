"""What is refused of outcome definitions: files that cannot be read, and names that nobody gave."""

from collections.abc import Callable
from pathlib import Path

from patency.outcome.read_definitions import definition_named, definitions_of
from registry.made import library

FILE = """
family: trial
definitions:
  lost:
    title: Lost
    says: It is lost.
    unit: limb
    from: procedure
    RULE
    cite: [{source: registry-data-set, mark: inference}]
"""
SCALE = 'scale: {scale: villalta, score: reaches, is: ["yes"], after: AFTER, until: UNTIL}'


def _read(*rules: str) -> object:
    content = FILE.replace("RULE", "\n    ".join(rules)).encode()
    return definitions_of({"trial.yaml": content}, library().sources)


def _scale(after: str, until: str) -> str:
    return SCALE.replace("AFTER", after).replace("UNTIL", until)


PIECES: dict[str, Callable[[Path], object]] = {
    "outcome-that-is-not-there": lambda _: definition_named("patency-primry", library().sources),
    "outcome-without-a-rule": lambda _: _read("competing: death"),
    "outcome-with-two-rules": lambda _: _read(_scale("3 months", "9 months"), "success: {field: technical_success}"),
    "outcome-window-backwards": lambda _: _read(_scale("9 months", "3 months")),
    "outcome-window-without-a-unit": lambda _: _read(_scale("3", "9 months")),
    "outcome-patency-with-which-death-competes": lambda _: _read(
        "competing: death", "patency: {level: primary, closed_by: occluded, veins: [common_iliac]}"
    ),
    "outcome-bound-that-is-no-number": lambda _: _read("success: {field: lysis_percent, least: half}"),
}
