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


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run on PostgreSQL what makes a registry, and has not been there anyway."""
    if config.option.database == "postgresql":
        from registry.second_run import second_run

        items[:], left_out = second_run(items)
        config.hook.pytest_deselected(items=left_out)
