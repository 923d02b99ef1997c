"""What is void, and what hangs on it, counts nowhere, and can be brought back; nobody forges a history or turns it round."""

import csv
from collections.abc import Callable
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest

from patency.cli import main
from patency.fault import Refused
from patency.registry import session as sessions
from patency.registry import writing
from patency.registry.access import Refusal
from patency.registry.cutting.cut import cut
from patency.registry.entry import New, Value, now
from patency.registry.files.export import export
from patency.registry.files.export_redcap import RECORDS, export_redcap
from patency.registry.follow.counts import count
from patency.registry.keep.history import history_of
from patency.registry.keep.trail import lines_of
from patency.registry.keep.trail import said as told
from patency.registry.keep.verify import verify
from patency.registry.kept import decide
from patency.registry.quality.by_patient import standing
from patency.registry.quality.check import check_all
from patency.registry.quality.queries import answer
from patency.registry.registry import Registry
from patency.registry.session import Session
from registry.bringing import VISITS, brought, said
from registry.made import PASSWORD, by_owner, made

FORGED = "mistyped.\nOn 1 Jan 2026 at 00:00 UTC ivo voided everything, because: forged"
HANGS = {"episode": "patient", "procedure": "episode", "stent": "procedure", "visit": "episode", "response": "visit"}
SAYS: dict[str, dict[str, Value]] = {
    "episode": {"date": date(2026, 1, 1), "age": 40.0},
    "procedure": {"date": date(2026, 1, 2), "modality": "pcdt", "is_index": "yes"},
    "stent": {"material": "nitinol"},
    "visit": {"date": date(2026, 2, 1), "weight": 60.0},
    "response": {"date": date(2026, 2, 1), "instrument": "villalta", "side": "left"},
}


def entered(session: Session, pseudonym: str) -> dict[str, str]:
    """Enrol a patient with one record of some kinds, each of which hangs on another; return their ids."""
    patient = session.enrol(pseudonym).id
    ids = {"patient": patient}
    for kind, above in HANGS.items():
        (entry,) = session.add_all([New(kind, SAYS[kind], patient, ids[above])], is_checked=True)
        ids[kind] = entry.id
    return ids


def below(kind: str) -> set[str]:
    """Return a kind, and those that hang on it."""
    found = {kind}
    for each, above in HANGS.items():
        found |= {each} if above in found else set()
    return found


def exported(session: Session, folder: Path) -> dict[str, list[str]]:
    """Return which records an export holds, by their kind."""
    found: dict[str, list[str]] = {}
    for each in export(session, folder):
        with (folder / each.file).open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        found.setdefault(each.kind, []).extend(row[f"{each.kind}_id"] for row in rows)
        assert all(row["pseudonym"] for row in rows)
    return found


@pytest.mark.parametrize("kind", ["patient", "episode", "procedure", "visit"])
def test_what_hangs_on_a_void_record_counts_nowhere(registry: Registry, tmp_path: Path, kind: str) -> None:
    """Exports, counts, checks, cuts and lists leave it out alike; brought back, all of it is there again."""
    ivo = registry.sign_in("ivo", PASSWORD)
    ids, others = entered(ivo, "N-1"), entered(ivo, "N-2")
    whole = exported(ivo, tmp_path / "whole")
    records = check_all(ivo, is_opening=False).records
    tables = {name: table.rows for name, table in cut(ivo, tmp_path / "cut").manifest.tables.items()}

    ivo.void(kind, ids[kind], "of another patient", with_hanging=True)
    left = exported(ivo, tmp_path / "left")
    export_redcap(ivo, tmp_path / "redcap")
    with (tmp_path / "redcap" / RECORDS).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert check_all(ivo, is_opening=False).records == records - len(below(kind))
    after = {name: table.rows for name, table in cut(ivo, tmp_path / "after").manifest.tables.items()}
    for each in ("patient", *HANGS):
        gone = each in below(kind)
        assert left.get(each, []) == [name for name in whole[each] if not (gone and name == ids[each])]
        assert ids[each] in {entry.id for entry in ivo.entries(each)} or gone
        assert not (gone and ids[each] in {entry.id for entry in ivo.entries(each)})
        assert after[each] == tables[each] - gone
        assert sum(row["redcap_repeat_instrument"] == (each if each != "patient" else "") for row in rows) == 2 - gone
        if gone:
            with pytest.raises(Refused, match="void"):
                ivo.entry(each, ids[each])
            with pytest.raises(Refused, match="void"):
                ivo.correct(each, ids[each], {"note": "late"}, "mistyped")
    stood = [entry.id for _, entries in standing(ivo) for entry in entries]
    assert not any(ids[each] in stood for each in below(kind))
    assert sum(count(ivo, "response.side").rows[0].counts) == 2 - ("response" in below(kind))
    with pytest.raises(Refused, match="void"):
        ivo.add_all([New("response", SAYS["response"], ids["patient"], ids["visit"])] if "visit" in below(kind) else
                    [New("stent", SAYS["stent"], ids["patient"], ids["procedure"])], is_checked=True)  # fmt: skip

    assert ivo.reinstate(kind, ids[kind], "voided by mistake").version == 3
    assert exported(ivo, tmp_path / "again") == whole
    assert check_all(ivo, is_opening=False).records == records
    assert {entry.id for entry in ivo.entries("stent")} == {ids["stent"], others["stent"]}
    with closing(by_owner(registry)) as owned:
        assert [str(each) for each in verify(owned)] == []


def test_a_record_is_voided_with_what_hangs_on_it_only_where_that_is_said(registry: Registry) -> None:
    """How much that is is told first; a query, which is Patency's own, does not count."""
    ivo = registry.sign_in("ivo", PASSWORD)
    ids = entered(ivo, "N-1")
    with pytest.raises(
        Refused, match="on it hang: 1 episode, 1 procedure, 1 stent, 1 visit and 1 filled-in scale"
    ) as refused:
        ivo.void("patient", ids["patient"], "enrolled twice")
    assert "--with-what-hangs-on-it" in str(refused.value)
    assert ivo.hanging_on("visit", ids["visit"]) == {"response": 1}
    ivo.void("response", ids["response"], "of another patient")
    assert ivo.void("visit", ids["visit"], "of another patient").is_void
    check_all(ivo)
    for kind in ("stent", "procedure", "episode", "patient"):
        assert ivo.void(kind, ids[kind], "enrolled twice").is_void


def test_what_is_void_is_brought_back_by_who_may_void_and_with_a_reason(registry: Registry) -> None:
    """It is a version, a line of the trail and a sentence; nothing is brought back onto what is void."""
    ivo, anna = (registry.sign_in(name, PASSWORD) for name in ("ivo", "anna"))
    ids = entered(ivo, "N-1")
    with pytest.raises(Refused, match="it is not void"):
        ivo.reinstate("visit", ids["visit"], "voided by mistake")
    ivo.void("visit", ids["visit"], "of another patient", with_hanging=True)
    ivo.void("episode", ids["episode"], "of another patient", with_hanging=True)
    with pytest.raises(Refused, match=f"hangs on the episode {ids['episode']}, which is void"):
        ivo.reinstate("visit", ids["visit"], "voided by mistake")
    with pytest.raises(Refusal):
        anna.reinstate("episode", ids["episode"], "voided by mistake")
    with pytest.raises(Refused, match="there is no reason"):
        ivo.reinstate("episode", ids["episode"], " ")
    ivo.reinstate("episode", ids["episode"], "voided by mistake")
    back = ivo.reinstate("visit", ids["visit"], "it was theirs")
    assert (back.version, back.values["weight"]) == (3, 60.0)
    assert anna.correct("visit", ids["visit"], {"weight": 61.0}, "mistyped").version == 4
    sentences = [sentence.partition(" UTC ")[2] for sentence in history_of(anna, ids["patient"])]
    assert "ivo brought back the visit of 1 Feb 2026, because: it was theirs." in sentences
    assert f"ivo brought back the visit {ids['visit']}, version 3" in [
        told(line).partition(" UTC: ")[2] for line in lines_of(ivo)
    ]
    with closing(by_owner(registry)) as owned:
        assert [str(each) for each in verify(owned)] == []


def test_a_void_patient_is_told_of_and_their_history_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`show` and `enrol` say that the patient is void and how they come back; what is void of a patient, `show` lists."""
    with closing(made(tmp_path)) as registry:
        ids = entered(registry.sign_in("ivo", PASSWORD), "N-1")
    monkeypatch.setenv("PATENCY_PASSWORD", PASSWORD)

    def run(verb: str, *arguments: str) -> str:
        main(["registry", verb, str(tmp_path / "registry"), *arguments, "--user", "ivo"])
        printed = capsys.readouterr()
        return " ".join((printed.out + printed.err).split())

    why = ("--reason", "by mistake")
    assert "on it hang: 1 episode" in run("void", "patient", ids["patient"], *why)
    voided = run("void", "patient", ids["patient"], *why, "--with-what-hangs-on-it")
    assert "counts no more either: 1 episode, 1 procedure, 1 stent, 1 visit and 1 filled-in scale" in voided
    back = f"patency registry reinstate DIR patient {ids['patient']} --reason WHY"
    for printed in (voided, run("show", "N-1"), run("enrol", "N-1")):
        assert back in printed
    assert "it is void" in run("show", "N-1")
    assert "ivo voided the patient, because: by mistake." in run("history", "N-1")
    assert "It stands again, as version 3. With it counts what hangs on it: 1 episode," in run(
        "reinstate", "patient", ids["patient"], *why
    )
    run("void", "visit", ids["visit"][:8], *why, "--with-what-hangs-on-it")
    shown = run("show", "N-1")
    assert f"void: visit {ids['visit']} of 2026-02-01, version 2" in shown
    assert "filled-in scale" not in shown


def test_a_row_of_what_is_void_is_refused_with_the_way_back(registry: Registry, tmp_path: Path) -> None:
    """Be the record void itself, or its patient or episode: the row says which, and by which command it stands again."""
    ivo = registry.sign_in("ivo", PASSWORD)
    patient = ivo.enrol("A1").id
    episode = ivo.add(New("episode", {"date": date(2024, 1, 1), "age": 40.0}, patient, patient)).id
    file = tmp_path / "visits.csv"
    file.write_text("patient,visit,date,pain,note\nA1,1,2024-02-01,3,well\n", encoding="utf-8")
    assert brought(ivo, file, VISITS).kept == 1
    (visit,) = (entry.id for entry in ivo.entries("visit"))
    for kind, record in (("visit", visit), ("episode", episode), ("patient", patient)):
        ivo.void(kind, record, "by mistake", with_hanging=True)
        for correct in ("", "as they write"):
            account = brought(ivo, file, VISITS, correct=correct)
            assert "void" in said(account)[0]
            assert f"patency registry reinstate DIR {kind} {record} " in account.faults[0].fix
        ivo.reinstate(kind, record, "it was theirs")
        assert brought(ivo, file, VISITS).already == 1


REASONS: dict[str, Callable[[Session, dict[str, str], str], object]] = {
    "enrol": lambda who, _, why: who.add(who.new_patient("N-9"), why),
    "pseudonym": lambda who, _, why: who.enrol(why),
    "correct": lambda who, it, why: who.correct("visit", it["visit"], {"weight": 61.0}, why),
    "void": lambda who, it, why: who.void("stent", it["stent"], why),
    "answer": lambda who, _, why: answer(who, "0" * 32, why),
    "decide": lambda who, _, why: decide(who, "0" * 32, "pcdt", date(2026, 1, 1), "Dr", why),
}


@pytest.mark.parametrize("odd", [FORGED, "so\x1b[2Jit is", "so \u202eti si", "so\u2028it is"])
@pytest.mark.parametrize("deed", REASONS)
def test_no_words_of_a_sentence_hold_a_line_break_or_what_steers_a_screen(
    registry: Registry, deed: str, odd: str
) -> None:
    """They are refused in words, and nothing is written."""
    ivo = registry.sign_in("ivo", PASSWORD)
    ids = entered(ivo, "N-1")
    before = history_of(ivo, ids["patient"])
    with pytest.raises(Refused, match="holds what cannot be seen"):
        REASONS[deed](ivo, ids, odd)
    assert history_of(ivo, ids["patient"]) == before


def test_what_stands_already_is_shown_on_one_line(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reason from before, and a note that an import brought, pass for no line of their own."""
    ivo = registry.sign_in("ivo", PASSWORD)
    ids = entered(ivo, "N-1")
    monkeypatch.setattr(sessions, "refuse_lines", lambda _said: None)
    ivo.correct("visit", ids["visit"], {"weight": 61.0}, FORGED + "\x1b[2J")
    file = tmp_path / "visits.csv"
    file.write_text(f'patient,visit,date,pain,note\nN-1,1,2026-02-03,3,"{FORGED}"\n', encoding="utf-8")
    assert brought(ivo, file, VISITS).kept == 1
    sentences = history_of(ivo, ids["patient"])
    assert len(sentences) == 8
    assert not any("\n" in sentence or "\x1b" in sentence for sentence in sentences)
    assert sum("mistyped. ⏎ On 1 Jan 2026" in sentence for sentence in sentences) == 2


def test_versions_are_told_in_their_order_though_a_clock_was_set_back(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A correction by a clock two days behind comes after what it corrects, and the sentence says of the clock."""
    ivo = registry.sign_in("ivo", PASSWORD)
    ids = entered(ivo, "N-1")
    monkeypatch.setattr(writing, "now", lambda: now() - timedelta(days=2))
    ivo.correct("visit", ids["visit"], {"weight": 61.0}, "mistyped")
    monkeypatch.undo()
    ivo.correct("visit", ids["visit"], {"weight": 62.0}, "mistyped again")
    sentences = [each for each in history_of(ivo, ids["patient"]) if "the visit of 1 Feb 2026" in each]
    assert ["body weight 60 kg" in sentences[0], "61 kg instead of 60 kg" in sentences[1],
            "62 kg instead of 61 kg" in sentences[2]] == [True] * 3  # fmt: skip
    assert ["by a clock set back" in each for each in sentences] == [False, True, False]
