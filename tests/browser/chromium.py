"""The browser that the tests and the pictures are made with."""

import os
import shutil

# The first is Chromium without the window around a page, the kind that Playwright fetches too. The others draw that
# window for each reader, with all that unfolds from its address line, and take six times as long to sit one down.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
WARD = "ward.example"  # a name that the browser takes for this machine


def installed() -> str | None:
    """Find the browser on this machine; None is the one that Playwright has fetched."""
    return next((found for name in NAMES if (found := shutil.which(name))), None)


def flags() -> list[str]:
    """Say how it is started."""
    ward = f"--host-resolver-rules=MAP {WARD} 127.0.0.1"
    return ["--disable-gpu", "--disable-quic", ward, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
