"""Source 002's cohort, put together again, prints what its abstract prints, and comes out of a cut as it went in."""

import csv
import io
import math
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Any

import polars
import pytest

from patency.cut import Cut, open_cut
from patency.registry.cutting.cut import cut
from registry.bringing import brought, said
from registry.made import PASSWORD, made
from registry.reconstruct_002 import FILE, INDEX, LABEL, UNKNOWN, rows, written

ROWS = list(csv.DictReader(io.StringIO(FILE.read_text(encoding="utf-8"))))
TREATED = [row for row in ROWS if row["technical_success"] == "yes"]
MAPPING = FILE.with_name("source-002.map.yaml").read_text(encoding="utf-8")


def percent(share: Fraction, decimals: int = 0) -> str:
    """Round as a paper prints it, a half upward, in whole numbers throughout."""
    of = 10**decimals
    return f"{math.floor(share * 100 * of + Fraction(1, 2)) / of:.{decimals}f}"


def mean_and_deviation(column: str) -> str:
    """Return the mean and standard deviation of a column, as the abstract prints them."""
    values = [int(row[column]) for row in ROWS if row[column]]
    assert len(values) == 36
    mean = sum(values) / 36
    return f"{mean:.1f} ± {math.sqrt(sum((value - mean) ** 2 for value in values) / 35):.1f}"


def test_the_file_is_what_the_script_writes() -> None:
    """Letter by letter: nobody mended a row by hand."""
    assert FILE.read_bytes() == written()


def test_every_row_says_that_it_is_reconstructed() -> None:
    """A row that is copied out of its file still says so."""
    assert {row["label"] for row in ROWS} == {LABEL}
    assert LABEL.startswith("RECONSTRUCTED")


def test_the_figures_are_those_of_the_abstract() -> None:
    """Source 002, abstract, Results: each as it is printed there."""
    assert f"{len(TREATED)} ({percent(Fraction(len(TREATED), len(ROWS)), 1)}%)" == "36 (97.3%)"
    filters = [row["filter"] for row in ROWS if row["filter"]]
    shares = {name: f"{filters.count(name)} ({percent(Fraction(filters.count(name), 36), 1)}%)" for name in filters}
    assert shares == {"infrarenal": "33 (91.7%)", "retrohepatic": "3 (8.3%)"}
    minutes = [int(row["minutes"]) for row in ROWS if row["minutes"]]
    assert f"{sum(minutes) / len(minutes):.0f} ({min(minutes)}-{max(minutes)})" == "71 (35-152)"
    assert mean_and_deviation("vcss") == "5.9 ± 2.6"
    assert mean_and_deviation("villalta") == "3.9 ± 2.2"
    above = sum(int(row["villalta"]) > 4 for row in TREATED)
    assert (above, percent(Fraction(above, 36))) == (8, "22")


def kaplan_meier(seen: Iterable[tuple[list[dict[str, str]], str]], is_lost_by: Any) -> Fraction:
    """Return the product over visits of the share of those at risk who keep what they had."""
    found, lost = Fraction(1), set[str]()
    for present, when in seen:
        at_risk = [row for row in present if row["attempt"] not in lost]
        gone = {row["attempt"] for row in at_risk if is_lost_by(row, when)}
        found *= Fraction(len(at_risk) - len(gone), len(at_risk))
        lost |= gone
    return found


@pytest.mark.parametrize(("vein", "primary", "secondary"), [("cava", "95", "100"), ("iliac", "77", "85")])
def test_the_visits_give_the_printed_patencies(vein: str, primary: str, secondary: str) -> None:
    """Source 002, abstract: 95 and 100% of the vena cava, 77 and 85% of the iliac vein; Kaplan and Meier 1958, by hand.

    Primary patency is lost where a vein is narrowed or shut, secondary where it is shut and not opened again.
    """
    visits = [([row for row in TREATED if row[f"visit_{when}"]], when) for when in ("6", "12")]
    assert [len(present) for present, _ in visits] == [36, 20]
    first = kaplan_meier(visits, lambda row, when: row[f"{vein}_{when}"] != "open")
    second = kaplan_meier(visits, lambda row, when: row[f"{vein}_{when}"] != "open" and not row[f"reopened_{when}"])
    assert (percent(first), percent(second)) == (primary, secondary)


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Cut:
    """Bring the file into a registry by its mapping, and cut it."""
    folder = tmp_path_factory.mktemp("source-002")
    registry = made(folder, label="reconstructed")
    file = folder / FILE.name
    file.write_bytes(FILE.read_bytes())
    account = brought(registry.sign_in("anna", PASSWORD), file, MAPPING)
    assert said(account) == []
    assert next(iter(account.lines())) == "37 rows in = 37 kept + 0 refused"
    cut(registry.sign_in("stat", PASSWORD), folder / "cut")
    registry.close()
    return open_cut(folder / "cut")


def test_the_cut_says_that_it_is_reconstructed(cohort: Cut) -> None:
    """Wherever a cut of this registry appears, it says so."""
    assert "RECONSTRUCTED" in cohort.manifest.warning


def days(written: str) -> int | None:
    """Return how a date of the file stands in a cut."""
    return (date.fromisoformat(written) - date.fromisoformat(INDEX)).days if written else None


def test_every_field_comes_out_of_the_cut_as_it_went_in(cohort: Cut) -> None:
    """Row for row, but for the pseudonym and the label, which are in no cut; dates come out as days since the index date."""
    expected = sorted(map(_as_in_a_cut, rows()), key=str)
    assert len(expected) == 37
    assert sorted(_from(cohort), key=str) == expected


def _as_in_a_cut(row: dict[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {name: value or None for name, value in row.items() if name not in ("attempt", "label")}
    for name in ("index_date", "procedure_date", "filter_date", "visit_6", "visit_12"):
        found[name] = days(row[name])
    for name in ("minutes", "vcss", "villalta"):
        found[name] = float(row[name]) if row[name] else None
    return found


def _from(cohort: Cut) -> Iterable[dict[str, Any]]:
    """Put each row of the file together again from the tables of the cut."""
    tables = {name: cohort.table(name).collect() for name in cohort.manifest.tables}
    for patient in tables["patient"].iter_rows(named=True):
        theirs = polars.col("patient") == patient["patient"]
        of = {name: frame.filter(theirs) for name, frame in tables.items() if "patient" in frame.columns}
        episode, procedure = of["episode"].row(0, named=True), of["procedure"].row(0, named=True)
        assert episode["caval"] is True
        assert procedure["is_index"] is True
        steps = dict(of["step"].select("what", "number").iter_rows())
        filters = of["filter"].row(0, named=True) if of["filter"].height else {"day": None, "position": None}
        found = {
            "index_date": episode["day"], "age": _absent(episode, "age"), "sex_at_birth": _absent(patient, "sex_at_birth"),
            "procedure_date": procedure["day"], "technical_success": "yes" if procedure["technical_success"] else "no",
            "minutes": procedure["minutes"], "aspiration": "yes" if steps.pop("aspiration") == 1.0 else None,
            "lysis": "yes" if steps.pop("lysis_infusion") == 2.0 else None, "filter_date": filters["day"],
            "filter": filters["position"],
        }  # fmt: skip
        assert steps == {}
        assert set(of["response"]["total_from"]) <= {"reconstructed"}
        totals = dict(of["response"].select("instrument", "total_as_written").iter_rows())
        yield found | {name: totals.get(name) for name in ("vcss", "villalta")} | _seen(of)


def _absent(row: dict[str, Any], field: str) -> str | None:
    reasons = [each["reason"] for each in row["absent"] if each["field"] == field]
    assert row[field] is None
    return UNKNOWN if reasons == ["not known"] else None


def _seen(of: dict[str, polars.DataFrame]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for when, planned in (("6", "V6"), ("12", "V12")):
        visits = of["visit"].filter(polars.col("planned") == planned)
        imaging = of["imaging"].join(visits.select("visit"), on="visit")
        status = dict(imaging.select("segment", "status").iter_rows())
        day = visits["day"][0] if visits.height else None
        again = of["event"].filter((polars.col("what") == "reintervention") & polars.col("day").is_in([day]))
        found |= {f"visit_{when}": day, f"cava_{when}": status.get("cava_infrarenal"), f"iliac_{when}": status.get("common_iliac"),
                  f"reopened_{when}": "yes" if again.height else None}  # fmt: skip
    return found
