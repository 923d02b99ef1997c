"""`patency schema`: the JSON Schema of what Patency writes for programs, of the consult where nothing else is named."""

import argparse
from pathlib import Path

CONSULT = "consult"
OF_OUTCOMES = ("alike", "against", "compare")  # patency outcome like, against and compare


def arguments(schema: argparse.ArgumentParser) -> None:
    """Say what may be asked of it."""
    schema.add_argument("of", nargs="?", choices=(CONSULT, *OF_OUTCOMES), default=CONSULT,
                        help="the consult; alike, of `outcome like --json`; against, of `outcome against --json`; or compare, of "
                             "`outcome compare --json` (consult)")  # fmt: skip
    schema.set_defaults(run=_schema)


def _schema(options: argparse.Namespace) -> None:
    print(_file(options.of).read_text(encoding="utf-8"), end="")


def _file(of: str) -> Path:
    if of == CONSULT:
        from patency.consult.json import SCHEMA

        return SCHEMA
    import patency.outcome

    return Path(patency.outcome.__file__).with_name(f"{of}.schema.json")
