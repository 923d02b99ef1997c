"""What the document on the demo registry says is what its model is."""

import os
import re
from pathlib import Path

from patency.registry.demo import LOUD
from patency.registry.demo_page import parameters, tables
from patency.registry.demo_sources import CHOSEN, PUBLISHED, WHY

PAGE = Path(__file__).parents[2] / "docs" / "demo-registry.md"
_TABLE = re.compile(r"(<!-- table: (\w+) -->\n)(.*?)(<!-- end -->)", flags=re.S)


def test_the_tables_of_the_document_are_those_of_the_model() -> None:
    """No number stands in the document that is not the code's; PATENCY_REWRITE=1 writes them anew."""
    made = tables()
    written = PAGE.read_text(encoding="utf-8")
    renewed = _TABLE.sub(lambda found: found[1] + made[found[2]] + found[4], written)
    if os.environ.get("PATENCY_REWRITE") == "1":
        PAGE.write_text(renewed, encoding="utf-8")
        written = renewed

    assert [found[2] for found in _TABLE.finditer(written)] == list(made)
    assert written == renewed


def test_the_document_says_first_that_nobody_in_it_ever_lived() -> None:
    """Whoever opens it reads that before any figure."""
    assert (
        PAGE.read_text(encoding="utf-8").split("\n")[2] == "**Nobody in it ever lived; no figure of it is evidence.**"
    )
    assert LOUD == "*** SYNTHETIC: nobody in it ever lived; no figure of it is evidence ***"


def test_each_source_is_of_a_parameter_that_is_there() -> None:
    """A parameter that was renamed takes its source along."""
    assert set(WHY) <= set(parameters())


def test_each_figure_has_a_study_and_a_mark() -> None:
    """What no study gave is called chosen, and nothing else is."""
    marks = {"original", "second-hand", "inference", "unverified"}
    for cited in (*WHY.values(), *(each.cited for each in PUBLISHED)):
        assert cited.study
        assert cited.figure
        assert cited.mark in marks
    chosen = [line for line in tables()["parameters"].splitlines() if line.endswith(f"| {CHOSEN} |")]
    assert chosen
    assert all("| no study |" in line for line in chosen)
