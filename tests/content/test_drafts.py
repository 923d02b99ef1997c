"""Guidelines that are encoded and not yet on the page do not rot."""

from pathlib import Path

from patency.guideline.check import unmet
from patency.guideline.files import CONTENT, content_files
from patency.guideline.load import read_library

DRAFTS = Path(__file__).parents[2] / "drafts" / "library"


def test_the_drafts_load_and_do_what_their_scenarios_expect() -> None:
    """Laid over the content, every draft is read without a fault and meets each of its scenarios."""
    library = read_library(content_files(CONTENT) | content_files(DRAFTS))
    assert len(library.guidelines) >= 34
    assert all(guideline.landscape is not None for guideline in library.guidelines.values())
    assert unmet(library) == []
