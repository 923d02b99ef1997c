"""A cut: an immutable, de-identified snapshot of a registry, from which all analysis reads.

Not here: how a cut is taken (registry/cutting/cut.py), what is estimated from one (outcome/).
"""

from patency.cut.manifest import FORMAT, Column, Manifest, Table
from patency.cut.opened import Cut, open_cut

__all__ = ["FORMAT", "Column", "Cut", "Manifest", "Table", "open_cut"]
