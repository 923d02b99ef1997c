"""`patency schema`: the JSON Schema of what Patency writes for programs, of the consult where nothing else is named."""

import argparse
import json
from pathlib import Path

CONSULT = "consult"
OF_REGISTRY = "registry-consult"
OF_OUTCOMES = ("alike", "against", "compare")  # patency outcome like, against and compare


def arguments(schema: argparse.ArgumentParser) -> None:
    """Say what may be asked of it."""
    schema.add_argument("of", nargs="?", choices=(CONSULT, OF_REGISTRY, *OF_OUTCOMES), default=CONSULT,
                        help="the consult; registry-consult, of `registry consult --format json`; alike, of `outcome like --json`; "
                             "against, of `outcome against --json`; or compare, of `outcome compare --json` (consult)")  # fmt: skip
    schema.set_defaults(run=_schema)


def _schema(options: argparse.Namespace) -> None:
    print(_of_registry() if options.of == OF_REGISTRY else _file(options.of).read_text(encoding="utf-8"), end="")


def _of_registry() -> str:
    """Return the schema with that of the consult within it, to which it refers, so that it can be used by itself."""
    from patency.cli.registry_page import SCHEMA

    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    consult = {"$id": schema["properties"]["consult"]["$ref"], **json.loads(_file(CONSULT).read_text(encoding="utf-8"))}
    return json.dumps({**schema, "$defs": {CONSULT: consult}}, ensure_ascii=False, indent=2) + "\n"


def _file(of: str) -> Path:
    if of == CONSULT:
        from patency.consult.json import SCHEMA

        return SCHEMA
    import patency.outcome

    return Path(patency.outcome.__file__).with_name(f"{of}.schema.json")
