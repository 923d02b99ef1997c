"""What is said of a site's ethics approval and data agreement, and to whom; nothing is refused by them."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from patency.cli import DONE, main
from patency.fault import Refused
from patency.registry.admin import Admin
from patency.registry.follow.follow_up import complete, due, flowed
from patency.registry.follow.read_protocol import protocol_named
from patency.registry.papers import AGREEMENT, ETHICS, amiss, said_to, soon_amiss
from patency.registry.registry import Registry
from registry.made import PASSWORD, by_operator, by_owner, forms, library, made

DAY = date(2026, 6, 1)
HELD = {"ethics": "S-1/2026", "ethics-from": "2026-01-01", "ethics-until": "2026-12-31", "agreement": "signed"}
NOW = date.today()


def test_a_paper_holds_from_its_first_day_to_its_last() -> None:
    """One without days holds on all of them; one that has days and no name is none."""
    assert amiss(HELD, ETHICS, date(2026, 1, 1)) == amiss(HELD, ETHICS, date(2026, 12, 31)) == ""
    assert amiss(HELD, ETHICS, date(2025, 12, 31)) == "the approval of its ethics committee holds only from 2026-01-01"
    assert amiss(HELD, ETHICS, date(2027, 1, 1)) == "the approval of its ethics committee ended on 2026-12-31"
    assert amiss(HELD, AGREEMENT, DAY) == ""
    assert amiss({"agreement-from": "2020-01-01"}, AGREEMENT, DAY) == "no data agreement is entered"


def test_what_ends_within_two_months_is_said_before() -> None:
    """So that it can be prolonged; what ends later is not said."""
    assert list(soon_amiss(HELD, date(2026, 12, 31) - timedelta(days=61))) == []
    assert list(soon_amiss(HELD, date(2026, 12, 31) - timedelta(days=60))) == [
        "the approval of its ethics committee ends on 2026-12-31"
    ]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a registry of which the northern site's approval ended, and the southern's holds."""
    registry = made(tmp_path)
    admin = Admin(owned := by_owner(registry), "operator")
    admin.correct_site("north", {"ethics": "S-1", "ethics-until": "2021-12-31", "agreement": "signed"}, "entered")
    admin.correct_site("south", {"ethics": "S-2", "ethics-until": str(NOW + timedelta(days=30))}, "entered")
    by_operator(registry, monkeypatch)
    owned.close()
    registry.close()
    monkeypatch.setenv("PATENCY_PASSWORD", PASSWORD)
    return str(tmp_path / "registry")


def test_each_is_told_of_the_sites_that_they_may_enter_or_cut(registry: Registry) -> None:
    """On either database: a user of a site of theirs, a statistician of all."""
    told = {name: [each.partition(":")[0] for each in said_to(registry.sign_in(name, PASSWORD), ETHICS, DAY)]
            for name in ("anna", "sam", "stat")}  # fmt: skip
    assert told == {"anna": ["north"], "sam": ["south"], "stat": ["north", "south"]}


def test_whoever_enrols_is_told_where_no_approval_holds(
    folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By hand and from a file, once, beside what is printed; the patients are enrolled, and of another site nothing is said."""
    told = "! north: the approval of its ethics committee ended on 2021-12-31: who did not consent while one held may not be enrolled"
    assert main(["registry", "enrol", folder, "N-1", "--user", "ivo"]) == DONE
    assert capsys.readouterr().err.count(told) == 1
    assert main(["registry", "enrol", folder, "S-1", "--user", "sam"]) == DONE
    assert capsys.readouterr().err == ""
    (tmp_path / "p.csv").write_text("code,sex\nN-2,female\nN-3,male\n")
    (tmp_path / "p.yaml").write_text("registry map: patency-registry-map/1\nsource: clinic\npatient: {column: code}\n"
                                     "records: [{kind: patient, items: {sex_at_birth: {column: sex}}}]\n")  # fmt: skip
    bring = [
        "registry",
        "import",
        folder,
        str(tmp_path / "p.csv"),
        str(tmp_path / "p.yaml"),
        "--user",
        "ivo",
        "--write",
    ]
    assert main(bring) == DONE
    assert capsys.readouterr().err.count(told) == 1
    assert main(bring) == DONE  # nobody new
    assert capsys.readouterr().err == ""


def test_status_lists_what_ended_is_missing_or_ends_soon(folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It is a notice: all that stands fits."""
    assert main(["registry", "status", folder]) == DONE
    said = capsys.readouterr().out
    assert "! north: the approval of its ethics committee ended on 2021-12-31\n" in said
    assert f"! south: the approval of its ethics committee ends on {NOW + timedelta(days=30)}\n" in said
    assert "! south: no data agreement is entered\n" in said
    assert "! north: no data agreement" not in said


def test_whoever_cuts_is_told_whose_agreement_does_not_hold(
    folder: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The cut itself does not say it, for by it the code of a site could be told."""
    assert main(["registry", "cut", folder, str(tmp_path / "cut"), "--user", "stat"]) == DONE
    said = capsys.readouterr().out
    assert "! south: no data agreement is entered: its patients are in the cut" in said
    assert "! north" not in said
    assert main(["registry", "cut", "show", str(tmp_path / "cut")]) == DONE
    assert "agreement is entered" not in capsys.readouterr().out


@pytest.mark.parametrize("ask", [due, complete, flowed])
def test_no_day_of_the_pool_is_chosen(folder: str, ask: Callable[..., object]) -> None:
    """It is refused in words, where it was left unheard before; a user of a site chooses."""
    registry = Registry(Path(folder), library(), forms())
    protocol = protocol_named(registry.details.protocol, library().sources, forms())
    with pytest.raises(Refused, match="over the pool no day is chosen"):
        ask(registry.sign_in("stat", PASSWORD), protocol, date(1990, 1, 1))
    ask(registry.sign_in("ivo", PASSWORD), protocol, date(1990, 1, 1))
    registry.close()
