"""What the tests of content share."""

import pytest

from patency.guideline.files import CONTENT
from patency.guideline.model import Library
from patency.instrument.read import read_instruments

from .scaling import Scales

SCALES = (
    "villalta", "vcss", "ceap", "manco-johnson", "modified-villalta", "isth-bleeding", "marder", "removal", "let",
    "rutherford", "phlegmasia", "vte-bleed", "riete", "cirse", "sir", "svs-thrombus",
)  # fmt: skip


@pytest.fixture(scope="session")
def scales(library: Library) -> Scales:
    """Return the scales, read from their files."""
    files = {f"{name}.yaml": (CONTENT / "instruments" / f"{name}.yaml").read_bytes() for name in SCALES}
    return read_instruments(files, library.sources, library.lexicon.vocabulary)
