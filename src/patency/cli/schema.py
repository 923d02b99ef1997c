"""`patency schema`: the JSON Schema of the consult."""

import argparse


def arguments(schema: argparse.ArgumentParser) -> None:
    """Say what may be asked of it."""
    schema.set_defaults(run=_schema)


def _schema(_: argparse.Namespace) -> None:
    from patency.consult.json import SCHEMA

    print(SCHEMA.read_text(encoding="utf-8"), end="")
