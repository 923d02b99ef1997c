"""`patency registry demo`: a synthetic registry, from a model whose truth is known."""

import argparse
import os
from pathlib import Path
from typing import TypeAlias

from patency.cli.common import open_for
from patency.cli.registry_open import PASSWORD, refusing

Actions: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def arguments(actions: Actions) -> None:
    """Say what may be asked of it."""
    demo = actions.add_parser(
        "demo",
        help="make a synthetic registry, to try things out",
        description="Make a synthetic registry of several sites from a model whose truth is known (docs/demo-registry.md). "
        "Nobody in it ever lived; no figure of it is evidence. The same seed gives the same values.",
        epilog="example: patency registry demo demo-registry --patients 500 --seed 1",
    )
    demo.add_argument("folder", type=Path, metavar="DIR", help="a new folder")
    demo.add_argument("--patients", type=int, required=True, metavar="N", help="how many")
    demo.add_argument(
        "--seed", type=int, required=True, metavar="S", help="a whole number, from which all chance follows"
    )
    demo.add_argument("--sites", type=int, default=5, metavar="K", help="of how many sites (5)")
    demo.set_defaults(run=_demo, policy=[], library=None)


def _demo(options: argparse.Namespace) -> None:
    from patency.registry.demo.make import BROKEN, LOUD, Wanted, make
    from patency.registry.forms import read_forms

    library = open_for(options)
    given = os.environ.get(PASSWORD, "")
    with refusing("the registry is not made"):
        wanted = Wanted(options.patients, options.seed, options.sites)
        made = make(options.folder, library, read_forms(library), wanted, given)
    print(LOUD)
    print(
        f"The registry in {options.folder} is made up, seed {options.seed}: {made.patients} patients of {len(made.sites)} sites,"
    )
    print(
        f"{made.records} records, of which {made.screened} are entries of screening logs. {made.corrected} records were corrected,"
    )
    print(f"1 patient withdrew, 1 was erased. {made.broken} records break rules on purpose: {'; '.join(BROKEN)}.")
    print(f"Users: {', '.join(made.users)}.")
    if given:
        print(f"The password of each is the one in {PASSWORD}.")
    else:
        print(f"The password of each, shown this once: {made.password}")
    print("What is true in it, and where each number comes from: docs/demo-registry.md.")
