"""The one look of the house: its colours can be read in light and dark, and every page takes them from one place."""

import re
from datetime import date
from pathlib import Path

import pytest

from patency.case import Case
from patency.consult.html import HOUSE, to_html
from patency.consult.page import consult
from patency.guideline.load import read_library

from .small import files

LOOK = HOUSE.read_text(encoding="utf-8")
OTHERS = {path.name: path.read_text(encoding="utf-8")
          for path in (HOUSE.with_name("page.css"), HOUSE.parents[1] / "publish" / "patency.css")}  # fmt: skip

# What is written in which colour on which grounds, and the contrast that WCAG 2.2 AA asks: 4.5 for text (1.4.3),
# 3 for what marks a control off (1.4.11).
READ = """
ink     paper sheet tint deep-tint alarm-tint   4.5
soft    paper sheet tint deep-tint              4.5
deep    paper sheet tint deep-tint alarm-tint   4.5
alarm   paper sheet tint alarm-tint             4.5
on-deep deep deeper                             4.5
edge    paper sheet                             3
strong  paper sheet                             3
"""
PAIRS = [
    (row.split()[0], ground, float(row.split()[-1]))
    for row in READ.strip().splitlines()
    for ground in row.split()[1:-1]
]
SCHEMES = ("light", "dark", "print")


def colours(scheme: str) -> dict[str, str]:
    """Return the colours of a scheme by name; dark and paper change those of the light."""
    light, dark, paper = (
        dict(re.findall(r"--([a-z-]+): (#\w+);", block)) for block in re.findall(r":root \{(.*?)\}", LOOK, re.S)
    )
    return {"light": light, "dark": {**light, **dark}, "print": {**light, **paper}}[scheme]


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour, as WCAG 2.2 defines it."""
    digits = colour.removeprefix("#")
    full = digits if len(digits) == 6 else "".join(each * 2 for each in digits)
    parts = [int(full[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_computed_as_the_standard_says() -> None:
    """Black on white is 21; #767676 on white is the palest grey that passes."""
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#fff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", SCHEMES[:2])
@pytest.mark.parametrize(("colour", "ground", "least"), PAIRS, ids=str)
def test_what_is_written_can_be_read(scheme: str, colour: str, ground: str, least: float) -> None:
    """In light and in dark."""
    named = colours(scheme)
    assert contrast(named[colour], named[ground]) >= least


def test_every_colour_stands_in_one_place() -> None:
    """No stylesheet has a colour of its own but paper's grey lines, nor a name that the house does not give."""
    known = set(re.findall(r"(--[a-z-]+):", LOOK))
    for name, style in {"house.css": LOOK, **OTHERS}.items():
        assert set(re.findall(r"var\((--[a-z-]+)\)", style)) <= known, name
    for name, style in OTHERS.items():
        assert re.findall(r"#[0-9a-f]{3,6}\b", style.partition("@media print")[0]) == [], name


def test_dark_is_for_the_screen_alone() -> None:
    """Who reads in the dark prints on white."""
    assert re.findall(r"@media ([^{]*dark[^{]*) \{", LOOK) == ["screen and (prefers-color-scheme: dark)"]
    assert colours("print")["paper"] == "#fff"


def test_the_consult_as_a_file_brings_the_look_of_the_house() -> None:
    """All of it, in the file itself, and nothing from elsewhere."""
    library = read_library(files())
    page = to_html(consult(library, Case(date(2026, 5, 29), {})))
    style = page.partition("<style>")[2].partition("</style>")[0]
    assert LOOK.strip() in style
    assert OTHERS["page.css"].strip() in style
    assert not re.search(r"url\(|@import|@font-face|<link|<script", page)
    assert Path(HOUSE).stat().st_size < 20_000
