"""What several tests share."""

import pytest

from patency.guideline.files import CONTENT, content_files
from patency.guideline.load import read_library
from patency.guideline.model import Library


@pytest.fixture(scope="session")
def library() -> Library:
    """Return Patency's own library, read from its files."""
    return read_library(content_files(CONTENT))


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let one say on which database the tests of a registry make theirs."""
    parser.addoption("--database", choices=["sqlite", "postgresql"], default="sqlite")


def pytest_configure(config: pytest.Config) -> None:
    """Let a registry that a test leaves open be closed by Python, as on SQLite: psycopg tells of it in whatever test is next.

    That a command leaves none open is what test_seats.py shows.
    """
    if config.option.database == "postgresql":
        config.addinivalue_line("filterwarnings", "ignore:.*was deleted while still open:ResourceWarning")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run on PostgreSQL what makes a registry, and has not been there anyway."""
    if config.option.database == "postgresql":
        from registry.second_run import second_run

        items[:], left_out = second_run(items)
        config.hook.pytest_deselected(items=left_out)
