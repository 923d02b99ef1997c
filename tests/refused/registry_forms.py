"""What the forms of a registry refuse: what is typed, what is to be kept, and a case that contradicts itself."""

import shutil
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from patency.case import Absence, Span
from patency.document import read_document
from patency.guideline.files import CONTENT
from patency.registry.case import seen_from
from patency.registry.entered import read_file, read_typed
from patency.registry.entry import Entry
from patency.registry.forms import read_forms
from patency.registry.valid import check
from registry.made import forms, library

TODAY = date(2026, 5, 29)
DAY = date(2026, 5, 1)
Piece = Callable[[Path], object]


def _kept(*said: tuple[str, Mapping[str, Any]]) -> Piece:
    return lambda _: check(said, forms(), TODAY)


def _typed(kind: str, *pairs: str) -> Piece:
    return lambda _: read_typed(kind, pairs, forms(), TODAY)


def _filed(kind: str, text: str) -> Piece:
    return lambda _: read_file(kind, read_document(text.encode(), f"{kind}.yaml"), forms(), TODAY)


def _case(*findings: tuple[str, str, str]) -> Piece:
    """Make an episode with findings of one day, and a scale whose file is gone."""
    at = datetime(2026, 5, 1, tzinfo=UTC)
    first = Entry("episode", "e", 1, "north", "p", "p", {"date": DAY, "age": 45.5}, "anna", at)
    said: Iterable[dict[str, Any]] = [{"concept": each, "date": DAY, "written": text} for _, each, text in findings]
    entries = [
        first._replace(kind="finding", id=name, parent="e", values=values)
        for (name, _, _), values in zip(findings, said, strict=True)
    ]
    visit = first._replace(kind="visit", id="v", parent="e", values={"date": DAY})
    scale = first._replace(kind="response", id="r", parent="v", values={"date": DAY, "instrument": "of-the-site"})
    return lambda _: seen_from([first, *entries, visit, scale], "e", DAY, forms())


def _without_a_form(folder: Path) -> None:
    shutil.copytree(CONTENT / "registry", folder / "registry")
    form = (folder / "registry" / "forms" / "stent.yaml").rename(folder / "registry" / "forms" / "balloon.yaml")
    form.write_text(form.read_text(encoding="utf-8").replace("instrument: stent", "instrument: balloon"))
    read_forms(library(), folder)


SCALE = {"date": DAY, "instrument": "villalta", "side": "left"}

PIECES: dict[str, Piece] = {
    "forms-without-one-of-a-kind": _without_a_form,
    "record-of-no-kind": _kept(("vist", {"date": DAY})),
    "record-without-what-everybody-is-asked": _kept(("episode", {})),
    "record-of-values-that-cannot-be": _kept(
        ("visit", {
            "date": date(2026, 6, 9), "wieght": 52.0, "height": 1700.0, "planned": "V4", "ulcer": "opn", "pain": "3",
            "note": "a\u202eb", "last_contact": "2026-05-01", "weight": Span(60, 50), "how": Absence.NOT_ASKED,
        }),
        ("event", {"date": Absence.NOT_KNOWN, "what": "reintervention", "reintervention_type": frozenset({"stnt"}), "note": " "}),
        ("consult", {"date": Span(739000, 739005), "why": "a" * 20_001}),
    ),
    "record-that-answers-what-is-not-asked": _kept(("event", {"date": DAY, "what": "death", "overt": "yes"})),
    "record-that-cannot-be-together": _kept(("visit", {"date": DAY, "ulcer": "none", "ulcer_size_cm": 2.0})),
    "record-with-answers-to-a-scale": _kept(("visit", {"date": DAY, "answers.pain": "mild"})),
    "finding-of-no-concept": _kept(("finding", {"date": DAY, "concept": "severety", "written": "mild"})),
    "finding-that-cannot-be-read": _kept(
        ("finding", {"date": DAY, "concept": "onset", "written": "05/06/2026"}),
        ("finding", {"date": DAY, "concept": "segments", "written": "{includes: [calf"}),
    ),
    "scale-that-is-none": _kept(("response", {**SCALE, "instrument": "vilalta"})),
    "scale-of-no-leg": _kept(("response", {**SCALE, "instrument": "isth-bleeding"})),
    "scale-of-another-version": _kept(("response", {**SCALE, "version": "of 1994", "answers.pain": "mild"})),
    "scale-answered-with-what-is-none": _kept(("response", {**SCALE, "answers.spain": "mild", "answers.cramps": "some"})),
    "typed-in-part": _typed("episode", "date", "age=14 years", "age=15 years", "haemoglobin=", "plateletts=200",
                            "pulmonary_embolism=none or incidental", "first_treatment=pcdtt"),
    "typed-for-a-scale-that-is-none": _typed("response", "date=2026-05-01", "instrument=vilalta", "answers.pain=mild"),
    "typed-for-no-item-of-a-scale": _typed("response", "date=2026-05-01", "instrument=villalta", "answers.spain=mild"),
    "typed-for-an-item-without-its-scale": _typed("response", "date=2026-05-01", "answers.pain=mild"),
    "typed-for-an-item-as-if-of-the-form": _typed("response", "date=2026-05-01", "instrument=villalta", "pain=mild",
        "answers.cramps=mildd"),
    "typed-as-declined": _typed("screening", "date=2026-05-01", "enrolled=no", "reason=declined"),
    "filed-with-a-blank": _filed("visit", "date: 2026-05-01\nweight:\nheight: 170 kg\n"),
    "case-that-contradicts-itself": _case(("a", "severity", "mild"), ("b", "severity", "severe")),
}  # fmt: skip
