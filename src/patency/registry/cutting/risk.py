"""How easily somebody in a cut could be told again: how few share an age band, a sex and a site.

The count is k of k-anonymity (Sweeney 2002, Int J Uncertain Fuzziness Knowl-Based Syst 10:557) over three facts that an outsider
may know. It is said, not acted upon: taking those few out would bend every figure. Whoever holds a cut must know it.
"""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from patency.cut.manifest import Table

BANDS = ((0.0, "under 1"), (1.0, "1 to 11"), (12.0, "12 to 17"), (18.0, "18 to 64"), (65.0, "65 and over"))


def risk_of(folder: Path, tables: Mapping[str, Table]) -> dict[str, Any]:
    """Return the smallest group of patients of one age band, sex and site, and how many stand alone in theirs."""
    import polars

    patients = polars.read_parquet(folder / tables["patient"].file, columns=["patient", "site", "sex_at_birth"])
    episodes = polars.read_parquet(folder / tables["episode"].file, columns=["patient", "day", "age"])
    first = episodes.sort("patient", "day", nulls_last=True).unique("patient", keep="first", maintain_order=True)
    known = patients.join(first, on="patient", how="left").select("site", "sex_at_birth", "age")
    groups = Counter((site, sex, _band(age)) for site, sex, age in known.iter_rows())
    smallest = min(groups.values(), default=0)
    alone = sum(count == 1 for count in groups.values())
    return {
        "by": ["age band", "sex at birth", "site"],
        "smallest": smallest,
        "alone": alone,
        "patients": sum(groups.values()),
        "said": _said(smallest, alone, sum(groups.values())),
    }


def _band(age: float | None) -> str:
    return "not known" if age is None else next(name for start, name in reversed(BANDS) if age >= start)


def _said(smallest: int, alone: int, patients: int) -> str:
    if not patients:
        return "There is no patient in this cut."
    return (
        f"The smallest group of patients who share an age band, a sex and a site has {smallest}; {alone} of {patients} stand alone "
        "in theirs. Somebody who knows a patient may tell them again by these and by what happened to them, and whoever "
        "holds two cuts may join them by values that are the same in both, such as age, weight and days: keep each cut as "
        "the registry itself is kept, and pass it on only under its data agreement."
    )  # fmt: skip
