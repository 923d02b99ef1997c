"""What several tests share."""

import pytest

from patency.guideline.files import CONTENT, content_files
from patency.guideline.load import read_library
from patency.guideline.model import Library


@pytest.fixture(scope="session")
def library() -> Library:
    """Return Patency's own library, read from its files."""
    return read_library(content_files(CONTENT))
