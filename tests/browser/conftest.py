"""A real browser. Where there is none its tests are skipped and say so; with PATENCY_BROWSER=required they fail instead."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from patency.evidence.read import read_audits, read_texts
from patency.evidence.read_study import read_evidence
from patency.guideline.files import CONTENT
from patency.guideline.model import Library
from patency.guideline.prove import prove
from patency.publish.folder import write_site
from patency.publish.site import site

from .chromium import flags, installed
from .person import SitDown, somebody
from .serving import serving, whole_application

IS_REQUIRED = os.environ.get("PATENCY_BROWSER") == "required"


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Start Chromium: the one on this machine, or else the one that Playwright has fetched."""
    try:
        from playwright.sync_api import Error, sync_playwright
    except ModuleNotFoundError:
        _without("Playwright is not installed: make test-browser")
    with sync_playwright() as playwright:
        try:
            started = playwright.chromium.launch(executable_path=installed(), args=flags())
        except Error as error:
            _without(f"no browser starts here: {str(error).splitlines()[0]}")
        yield started
        started.close()


def _without(why: str) -> None:
    pytest.fail(why) if IS_REQUIRED else pytest.skip(why)


@pytest.fixture(scope="session")
def tab(browser: Any) -> Iterator[Any]:
    """Open one tab, for one page after another that needs no reader of its own: to sit one down costs more than most pages."""
    page = browser.new_page()
    yield page
    page.close()


@pytest.fixture(scope="session")
def folder(browser: Any, library: Library, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: ARG001  nothing is built for no browser
    """Write Patency's own site."""
    written: Path = tmp_path_factory.mktemp("site")
    audits = read_audits(CONTENT, library.sources)
    evidence = read_evidence(CONTENT, library.sources, read_texts(CONTENT, library.sources), library.options)
    write_site(site(library, list(prove(library)), audits=audits, evidence=evidence), written)
    return written


@pytest.fixture(scope="session")
def served(browser: Any, library: Library) -> Iterator[str]:  # noqa: ARG001  nothing is served for no browser
    """Serve the application, and give its address."""
    with serving(whole_application(library)) as address:
        yield address


@pytest.fixture
def at_the_page(browser: Any, served: str) -> SitDown:
    """Return what sits somebody down at the page."""
    return lambda way: somebody(browser, served, way)
