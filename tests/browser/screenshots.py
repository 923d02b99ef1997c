"""Take a picture of each kind of page: desktop and phone, light and dark, and print.

make screenshots      writes them into screenshots/ and lists them, for somebody to look at
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from patency.guideline.files import CONTENT, content_files
from patency.guideline.load import read_library

from .chromium import flags, installed
from .looking import PAGES, seen
from .serving import serving, whole_application

FOLDER = Path("screenshots")
SCREENS = {"desktop": (1280, 900), "phone": (360, 740)}
MOST = 6_000  # pixels of a page from its top; what a consult has below is lists and sources
PRINTED = ("worked adult", "child", "limb threat")


def pictures(browser: Any, address: str, name: str) -> Iterator[Path]:
    """Take the pictures of one page."""
    stem = name.replace(", ", " ").replace(" ", "-")
    for screen, (width, height) in SCREENS.items():
        with seen(browser, address, PAGES[name], width, height) as page:
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                path = FOLDER / f"{stem}-{screen}-{scheme}.png"
                long = page.evaluate("document.scrollingElement.scrollHeight")
                is_over = page.locator(":popover-open").count() or page.locator("#alarm:not([hidden])").count()
                clip = {"x": 0, "y": 0, "width": width, "height": min(long, MOST)}
                page.screenshot(path=path, **({} if is_over else {"full_page": True, "clip": clip}))
                yield path
            if name in PRINTED and screen == "desktop":
                page.emulate_media(color_scheme="light")
                yield from sheets(page, stem)


def sheets(page: Any, stem: str) -> Iterator[Path]:
    """Print a page on A4, and turn each sheet into a picture where this machine can."""
    paper = FOLDER / f"{stem}-print.pdf"
    page.pdf(path=paper, format="A4", prefer_css_page_size=False)
    yield paper
    if shutil.which("pdftoppm"):
        subprocess.run(["pdftoppm", "-png", "-r", "110", str(paper), str(paper.with_suffix(""))], check=True)
        yield from sorted(FOLDER.glob(f"{stem}-print-*.png"))


def main(wanted: list[str]) -> None:
    """Take the pictures of all pages, or of those whose names begin as asked."""
    FOLDER.mkdir(exist_ok=True)
    library = read_library(content_files(CONTENT))
    with serving(whole_application(library)) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=installed(), args=flags())
        for name in PAGES:
            if not wanted or name.startswith(tuple(wanted)):
                for path in pictures(browser, address, name):
                    sys.stdout.write(f"{path}  {path.stat().st_size // 1024} kB\n")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
