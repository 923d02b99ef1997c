"""What a person enters wrongly in the form of the consult: each stands in `form/NAME.txt` with the words that answer it."""

from collections.abc import Mapping
from datetime import date

from patency.guideline.model import Library
from patency.web import kept
from patency.web.app import application
from web.visiting import Page, Visitor

ENTERED: Mapping[str, Mapping[str, str | list[str]]] = {
    "an-answer-and-no-answer": {"age": "45", "age.unknown": "yes", "age.why": "declined", "swollen": "maybe"},
    "a-date-and-a-number-of-days": {"onset": "26 May 2026", "onset.ago": "3"},
    "none-of-these-and-one-of-them": {"looks": ["none", "blue"], "veins": ["none", "iliac"]},
    "letters-that-cannot-be-seen": {"pain": "mi\u202eld", ".name": "bed\u200e 4"},
    "a-day-that-is-none": {".on": "yesterday", "age": "45"},
    "several-faults": {
        "age": "240",
        "side": "up",
        "veins": "illiac",
        "looks": "gren",
        "sied": "left",
        "onset": "3/4/2026",
    },
    "what-cannot-all-be-true": {"blue": "yes", "pain": "mild", "age": "45"},
}
KEYS = ("a-key-of-nothing", "a-key-to-forget-of-nothing")
CROWD = b"findings:\n" + b"".join(b"  x%d: 1\n" % number for number in range(600))
FILES = {
    "a-file-of-600-findings": ("a.yaml", CROWD),
    "no-file": ("", b""),
    "a-file-that-is-not-yaml": ("a.yaml", b"a: ["),
    "an-empty-file": ("a.yaml", b""),
}
FORMS = (*ENTERED, *KEYS, *FILES, "a-server-that-is-full")


def form_says(name: str, library: Library) -> str:
    """Return what the page says is wrong, a line each."""
    page = _page(name, Visitor(application(library, {"one": b"findings: {age: 45}"}, today=lambda: date(2026, 5, 29))))
    return "\n".join([f"{page.code}", *page.errors]) + "\n"


def _page(name: str, visitor: Visitor) -> Page:
    start = visitor.open("/")
    if name in ENTERED:
        return visitor.send(start, ENTERED[name])
    if name in FILES:
        return visitor.post("/open", files={"file": FILES[name]})
    if name in KEYS:
        return visitor.post("/forget" if "forget" in name else "/kept", data={"key": "AAAAA-AAAAA-AAAAA-AAAAA"})
    most, kept.MOST_KEPT = kept.MOST_KEPT, 0
    try:
        return visitor.send(start, {"age": "45"}, "keep")
    finally:
        kept.MOST_KEPT = most
