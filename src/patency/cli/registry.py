"""`patency registry`: what happened to every patient, kept safe.

Wiring only: what each area of it may be asked stands in a module of its own, registry_AREA.py.
"""

import argparse
from importlib import import_module
from importlib.util import find_spec

from patency.cli.common import ValuesAnywhere

_AREAS = ("setup", "migrate", "enter", "consult", "import", "quality", "due", "cut", "keep", "demo")


def arguments(registry: argparse.ArgumentParser) -> None:
    """Say what may be asked of it."""
    actions = registry.add_subparsers(title="actions", metavar="ACTION", required=True, parser_class=ValuesAnywhere)
    for area in _AREAS:
        name = f"patency.cli.registry_{area}"
        if find_spec(name):
            import_module(name).arguments(actions)
