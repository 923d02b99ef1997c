"""What a registry and its outcomes refuse: `registry/NAME.txt` is what is said, by pieces that registry_*.py and outcome_*.py make.

A piece is a function of an empty folder that is refused, or returns what was said. Ids and folders, which differ each
time, are blotted out.
"""

import importlib
import re
from collections.abc import Callable
from pathlib import Path

from patency.fault import Refused

HERE = Path(__file__).parent
Piece = Callable[[Path], object]


def pieces() -> dict[str, Piece]:
    """Return every piece, by its name."""
    found: dict[str, Piece] = {}
    for path in sorted([*HERE.glob("registry_*.py"), *HERE.glob("outcome_*.py")]):
        for name, piece in importlib.import_module(f"refused.{path.stem}").PIECES.items():
            assert name not in found, f"two pieces are called {name}"
            found[name] = piece
    return found


PIECES = pieces()


def registry_answer(name: str, folder: Path) -> str:
    """Return what a piece is refused with."""
    try:
        said = PIECES[name](folder)
    except Refused as refused:
        said = "".join(f"{fault}\n" for fault in refused.faults)
    assert isinstance(said, str), f"{name} is refused, or returns what was said"
    return re.sub(r"\b[0-9a-f]{32}\b", "ID", said.replace(str(folder), "FOLDER"))
