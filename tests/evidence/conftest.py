"""Patency's own audits, and how a figure is written in a test."""

import pytest

from patency.evidence.examine import examine
from patency.evidence.finding import Examined
from patency.evidence.model import Audit
from patency.evidence.read import read_audits
from patency.guideline.files import CONTENT
from patency.guideline.model import Library


@pytest.fixture(scope="session")
def audits(library: Library) -> dict[str, Audit]:
    """Return Patency's own audits by name."""
    return {audit.id: audit for audit in read_audits(CONTENT, library.sources)}


@pytest.fixture(scope="session")
def examined(audits: dict[str, Audit]) -> dict[str, Examined]:
    """Return what is found of each."""
    return {name: examine(audit) for name, audit in audits.items()}
