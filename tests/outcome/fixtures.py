"""What R was given and what it answered (r/*.R writes r/*.json)."""

import json
from pathlib import Path
from typing import Any

import numpy

R = Path(__file__).parent / "r"


def read(name: str) -> Any:
    return json.loads((R / f"{name}.json").read_text(encoding="utf-8"))


def columns(row: dict[str, Any]) -> dict[str, Any]:
    return {name: numpy.array(values) for name, values in row.items() if values}


def numbers(values: Any) -> Any:
    """R writes what is not available as null."""
    return numpy.array(values, dtype=float)


def agrees(found: Any, expected: Any, within: float = 1e-10) -> None:
    numpy.testing.assert_allclose(numbers(found), numbers(expected), rtol=within, atol=within, equal_nan=True)
