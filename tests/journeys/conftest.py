"""The command line, run as its users run it."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from patency.cli import main

ROOT = Path(__file__).parents[2]


class Run(NamedTuple):
    """What a command answered."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the library in a folder of its own, so that no test touches the home of whoever runs it."""
    before = os.environ.get("XDG_CACHE_HOME")
    os.environ["XDG_CACHE_HOME"] = str(tmp_path_factory.mktemp("cache"))
    yield
    if before is None:
        del os.environ["XDG_CACHE_HOME"]
    else:
        os.environ["XDG_CACHE_HOME"] = before


@pytest.fixture
def patency(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Run]:
    """Run a command in this process, from the folder of the project, without a terminal."""
    monkeypatch.chdir(ROOT)

    def command(*words: str) -> Run:
        try:
            code = main(words)
        except SystemExit as stopped:  # how argparse ends a command that it cannot read
            code = stopped.code if isinstance(stopped.code, int) else -1
        return Run(code, *capsys.readouterr())

    return command
