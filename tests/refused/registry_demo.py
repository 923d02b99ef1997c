"""What the demo registry refuses to be made as."""

from collections.abc import Callable
from pathlib import Path

from patency.registry.demo.make import Wanted, make
from registry.made import PASSWORD, forms, library

PIECES: dict[str, Callable[[Path], object]] = {
    "demo-of-nobody-nowhere": lambda folder: make(folder / "demo", library(), forms(), Wanted(3, -1, 99), PASSWORD),
    "demo-by-a-short-password": lambda folder: make(folder / "demo", library(), forms(), Wanted(20, 1, 1), "secret"),
    "demo-in-a-folder-of-others": lambda folder: (
        ((folder / "notes.txt").write_text("") and None) or make(folder, library(), forms(), Wanted(20, 1, 1), PASSWORD)
    ),
}
