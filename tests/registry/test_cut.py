"""A cut holds what the registry does, and nothing by which a person could be told: the same registry, the same bytes."""

import hashlib
import hmac
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patency.case import Absence, Span
from patency.cut import Cut, open_cut
from patency.cut.manifest import MANIFEST, RECORD
from patency.instrument.model import ItemKind
from patency.registry.access import Refusal
from patency.registry.cutting.ages import shown_age, shown_ages
from patency.registry.cutting.columns import Shape
from patency.registry.cutting.cut import cut
from patency.registry.cutting.heads import heads_in
from patency.registry.cutting.ids import Codes
from patency.registry.cutting.people import Standing, standings
from patency.registry.entry import ITEMS, New, Value, packed
from patency.registry.keep.erase import erase
from patency.registry.kinds import KINDS
from patency.registry.registry import Registry
from patency.registry.session import Session
from registry.made import PASSWORD, forms, made

INDEX = date(1931, 5, 17)  # a year that stands in no content
ITEMS_OF_VILLALTA = (
    "pain", "cramps", "heaviness", "paraesthesia", "pruritus", "oedema", "induration", "pigmentation", "redness", "ectasia",
    "compression_pain",
)  # fmt: skip


@pytest.fixture
def small(new_registry: Callable[..., Registry]) -> Registry:
    """Return a small registry on the database of the run."""
    return new_registry()


def patient(session: Session, pseudonym: str, values: Mapping[str, Value] = {}, on: date = INDEX) -> tuple[str, str]:
    """Enrol a patient with an episode; return the ids of both."""
    who = session.enrol(pseudonym, {"sex_at_birth": "female"}).id
    return who, session.add(New("episode", {"date": on, "age": 40.0, **values}, who, who)).id


def add(session: Session, kind: str, values: Mapping[str, Value], who: str, of: str) -> str:
    """Add a record as it is, whatever its form says of it."""
    return session.keep([New(kind, values, who, of)], is_checked=True)[0].id


def tables(found: Cut) -> dict[str, polars.DataFrame]:
    """Read every table of a cut."""
    return {name: found.table(name).collect() for name in found.manifest.tables}


# --- the same bytes ------------------------------------------------------------------------------------------------------


def a_little_of_all(session: Session) -> None:
    """Add two patients, of whom something of every kind is known."""
    for pseudonym in ("N-1", "N-2"):
        who, episode = patient(
            session, pseudonym, {"provoking": frozenset({"trauma", "cancer", "surgery"}), "side": "left"}
        )
        parents = {"patient": who, "episode": episode}
        for kind in KINDS:
            if kind not in ("patient", "episode", "screening"):
                parents[kind] = add(session, kind, planted(kind, lambda: "N"), who, parents[KINDS[kind].of])
        add(session, "response", villalta(pain="mild"), who, parents["visit"])
    session.add_all([New("screening", planted("screening", lambda: "N"))], is_checked=True)


def planted(kind: str, text: Callable[[], str]) -> dict[str, Value]:
    """Return a record with an answer to every field of its form: of each text another, of each date one in 1931."""
    values: dict[str, Value] = {}
    for at, item in enumerate(forms().of[kind].items.values()):
        match item.kind:
            case ItemKind.TEXT:
                values[item.name] = text()
            case ItemKind.DATE:
                values[item.name] = INDEX + timedelta(at)
            case ItemKind.NUMBER:
                values[item.name] = 30.0 + at
            case ItemKind.MULTIPLE:
                values[item.name] = frozenset(list(item.choices)[:2])
            case ItemKind.YES_NO:
                values[item.name] = "yes"
            case _:
                values[item.name] = next(iter(item.choices))
    if kind == "consent":
        values["what"] = "consent"
    return values


def villalta(**answers: str) -> dict[str, Value]:
    """Return a filled-in Villalta scale, with no symptom where nothing else is said."""
    said = dict.fromkeys(ITEMS_OF_VILLALTA, "none") | {"ulcer": "no"} | answers
    answered = {ITEMS + name: answer for name, answer in said.items() if answer}
    return {"instrument": "villalta", "date": INDEX, **answered}


_AGAIN = """
import sys
from pathlib import Path
from registry.made import PASSWORD, forms, library
from patency.registry.cutting.cut import cut
from patency.registry.registry import Registry
registry = Registry(Path(sys.argv[1]), library(), forms())
cut(registry.sign_in("stat", PASSWORD), Path(sys.argv[2]))
"""


def test_the_same_registry_gives_the_same_bytes(tmp_path: Path) -> None:
    """Cut in three processes with other hash seeds, days of entry, views and logins apart: only cut.json differs."""
    registry = made(tmp_path)
    a_little_of_all(registry.sign_in("anna", PASSWORD))
    cut(registry.sign_in("stat", PASSWORD), tmp_path / "one")
    registry.close()
    for seed, name in (("1", "two"), ("2", "three")):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)}
        subprocess.run(
            [sys.executable, "-c", _AGAIN, str(registry.folder), str(tmp_path / name)], check=True, env=environment
        )
    first, *others = (bytes_of(tmp_path / name) for name in ("one", "two", "three"))
    assert len(first) == len(KINDS) + 4  # a table each, answers, scores and observations beside, and the manifest
    assert all(other == first for other in others)


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Return the files of a cut that are hashed."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != RECORD}


def test_content_is_the_hash_of_all(small: Registry, tmp_path: Path) -> None:
    """The manifest bears the SHA-256 of each file, and `content` stands for all of them."""
    a_little_of_all(small.sign_in("anna", PASSWORD))
    found = cut(small.sign_in("stat", PASSWORD), tmp_path / "cut")
    for table in found.manifest.tables.values():
        assert hashlib.sha256((tmp_path / "cut" / table.file).read_bytes()).hexdigest() == table.sha256
    assert found.manifest == open_cut(tmp_path / "cut").manifest
    assert found.record["content"] == found.manifest.content


def test_every_row_that_stands_is_in_it(registry: Registry, tmp_path: Path) -> None:
    """Kind for kind as many as the pool holds; so no row is lost between a database and its reader."""
    a_little_of_all(registry.sign_in("anna", PASSWORD))
    statistician = registry.sign_in("stat", PASSWORD)
    found = cut(statistician, tmp_path / "cut").manifest.tables
    for kind in KINDS:
        if kind not in ("query", "finding"):
            assert found[kind].rows == len({each.id for each in statistician.pooled(kind)}) > 0, kind


def test_rows_stand_in_the_order_of_opaque_ids(small: Registry, tmp_path: Path) -> None:
    """So the order does not tell who came first."""
    session = small.sign_in("anna", PASSWORD)
    for number in range(20):
        patient(session, f"N-{number}")
    ids = cut(small.sign_in("stat", PASSWORD), tmp_path / "cut").table("patient").collect()["patient"].to_list()
    assert ids == sorted(ids)
    assert len(set(ids)) == 20


# --- nothing by which a person could be told -----------------------------------------------------------------------------


def test_no_text_date_pseudonym_or_name_is_in_any_byte(tmp_path: Path) -> None:
    """Something distinctive is planted in every text field and every date of every kind; then all files are searched.

    Parquet packs its columns, so each is read and searched as text too, and each number is held against the days of 1931 by
    any count: from 1970, from year 1, as a year.
    """
    registry = made(tmp_path)
    session = registry.sign_in("anna", PASSWORD)
    texts = planted_everywhere(session)
    found = cut(registry.sign_in("stat", PASSWORD), tmp_path / "cut")
    assert len(texts) > 30
    words = [*texts, "1931-", "north", "south", "North Hospital", "anna"]
    days = {INDEX + timedelta(day) for day in range(-400, 400)}
    counted = {each for day in days for each in (day.toordinal(), (day - date(1970, 1, 1)).days, day.year)}
    for path in (tmp_path / "cut").iterdir():
        assert not [word for word in words if word.encode() in path.read_bytes()], path.name
    for name, frame in tables(found).items():
        for column in frame.columns:
            said = " ".join(map(str, frame[column].to_list()))
            assert not [word for word in words if word in said], f"{name}.{column}"
            assert not counted & set(_numbers(frame[column].to_list())), f"{name}.{column}"


def _numbers(values: object) -> Iterator[float]:
    if isinstance(values, (int, float)) and not isinstance(values, bool):
        yield values
    elif isinstance(values, list):
        for each in values:
            yield from _numbers(each)
    elif isinstance(values, dict):
        yield from _numbers(list(values.values()))


def planted_everywhere(session: Session) -> list[str]:
    """Add a patient with a planted text in every text field of every kind, and one that would pass for a name; return them."""
    texts: list[str] = []

    def text() -> str:
        texts.append(f"zq-planted-{len(texts):03}")
        return texts[-1]

    who = session.enrol(text(), planted("patient", text) | {"pseudonym": texts[-1]}).id
    parents = {"patient": who}
    for kind in KINDS:
        if kind not in ("patient", "screening"):
            parents[kind] = add(session, kind, planted(kind, text), who, parents[KINDS[kind].of])
    scale = planted("response", text) | {"instrument": "ceap"}
    answers = {
        ITEMS + name: text() for name, item in forms().scales["ceap"].items.items() if item.kind is ItemKind.TEXT
    }
    assert answers, "some scale has free text"
    add(session, "response", {**scale, **answers}, who, parents["visit"])
    add(session, "finding", {"concept": "onset", "date": INDEX, "written": "1931-05-10"}, who, parents["episode"])
    add(
        session,
        "visit",
        {"date": INDEX, "last_contact": Span(INDEX.toordinal(), INDEX.toordinal() + 9)},
        who,
        parents["episode"],
    )
    session.add_all([New("screening", planted("screening", text))], is_checked=True)
    return texts


def test_two_cuts_of_other_content_share_no_id(registry: Registry, tmp_path: Path) -> None:
    """One record more, and every id is another, the sites' too: the cuts cannot be joined."""
    session = registry.sign_in("anna", PASSWORD)
    a_little_of_all(session)
    statistician = registry.sign_in("stat", PASSWORD)
    before = _ids(cut(statistician, tmp_path / "before"))
    patient(session, "N-3")
    after = _ids(cut(statistician, tmp_path / "after"))
    assert before
    assert not before & after


def _ids(found: Cut) -> set[str]:
    ids: set[str] = set()
    for name, table in found.manifest.tables.items():
        columns = [column.name for column in table.columns if column.type == "id"]
        for column in columns:
            ids |= set(found.table(name).collect()[column].to_list())
    return ids


def test_an_id_is_an_hmac_of_the_secret_the_content_and_the_true_id() -> None:
    """HMAC(HMAC(secret, digest), id) with SHA-256, RFC 2104: held against Python's own."""
    secret, digest = b"s" * 32, b"d" * 32
    key = hmac.digest(secret, b"patency-cut/1" + digest, "sha256")
    expected = hmac.digest(key, b"visit\x1fabc", "sha256").hex()[:32]
    assert Codes(secret, digest).of("visit", ["abc"]) == [expected]
    assert Codes(secret, b"e" * 32).of("visit", ["abc"]) != [expected]


def test_an_erased_patient_is_not_in_it(registry: Registry, tmp_path: Path) -> None:
    """Neither they nor anything that hung on them; the manifest says that there are fewer than five."""
    a_little_of_all(registry.sign_in("anna", PASSWORD))
    investigator = registry.sign_in("ivo", PASSWORD)
    erase(investigator, investigator.patient("N-1"), "asked")
    found = cut(registry.sign_in("stat", PASSWORD), tmp_path / "cut")
    assert found.manifest.people["patients"] == 1
    assert found.manifest.people["erased"] == "fewer than 5"
    for name, frame in tables(found).items():
        if "patient" in frame.columns:
            assert frame["patient"].n_unique() == 1, name


def test_a_site_cuts_its_own_patients_alone(registry: Registry, tmp_path: Path) -> None:
    """Nothing of another site is in it, not even how many they are; who enters data may not cut."""
    patient(registry.sign_in("anna", PASSWORD), "N-1")
    patient(registry.sign_in("sam", PASSWORD), "S-1")
    patient(registry.sign_in("sam", PASSWORD), "S-2")
    counts = {
        name: cut(registry.sign_in(name, PASSWORD), tmp_path / name).manifest.people["patients"]
        for name in ("ivo", "sam", "stat")
    }
    assert counts == {"ivo": 1, "sam": 2, "stat": 3}
    for name in ("anna", "rita", "ada"):
        with pytest.raises(Refusal):
            cut(registry.sign_in(name, PASSWORD), tmp_path / name)
        assert not (tmp_path / name).exists()


# --- who is in it --------------------------------------------------------------------------------------------------------

CONSENTS = """
consent                                     in
consent assent                              in
refusal assent                              out
withdrawal,no assent                        out
refusal                                     out
withdrawal                                  out
withdrawal,no                               out
withdrawal,yes                              until 1
consent withdrawal                          out
consent withdrawal,yes                      until 2
consent withdrawal,yes reconsent            in
withdrawal consent                          in
consent refusal                             out
consent refusal reconsent                   in
"""


@pytest.mark.parametrize("row", CONSENTS.strip().split("\n"))
def test_the_last_word_of_a_patient_decides(row: str) -> None:
    """Day by day from left to right; of a withdrawal, whether what was recorded may stay. Not to know it is no yes."""
    said, _, expected = row.partition("  ")
    consents: list[tuple[str, dict[str, Value]]] = []
    for day, word in enumerate(said.split(), start=1):
        what, _, may_keep = word.partition(",")
        told: dict[str, Value] = {"what": what, "date": date(2025, 1, day)}
        if may_keep:
            told["may_keep"] = may_keep
        consents.append(("p", told))
    found = standings(reversed(consents))["p"]
    until = found.until and f"until {found.until.day}"
    assert (until or ("in" if found.is_in else "out")) == expected.strip()


def test_of_two_words_on_a_day_the_stricter_counts() -> None:
    """And a withdrawal whose day is not known counts as the last."""
    both: list[tuple[str, dict[str, Value]]] = [
        ("p", {"what": what, "date": INDEX}) for what in ("withdrawal", "consent")
    ]
    assert standings(both)["p"] == standings(reversed(both))["p"] == Standing(False, None, "withdrawal")
    undated: list[tuple[str, dict[str, Value]]] = [
        ("p", {"what": "withdrawal", "may_keep": "yes", "date": Absence.NOT_KNOWN})
    ]
    assert standings([*undated, ("p", {"what": "reconsent", "date": INDEX})])["p"].is_in is False


def test_what_came_after_a_withdrawal_is_not_in_it(small: Registry, tmp_path: Path) -> None:
    """Nor what has no day by which it could be told, nor what hangs on either; what was recorded up to then stays."""
    session = small.sign_in("anna", PASSWORD)
    who, episode = patient(session, "N-1")
    for days in (10, 20, 30):
        visit = add(session, "visit", {"date": INDEX + timedelta(days), "pain": float(days)}, who, episode)
        add(session, "response", villalta() | {"date": INDEX + timedelta(days)}, who, visit)
    add(session, "visit", {"date": Absence.NOT_KNOWN, "pain": 1.0}, who, episode)
    add(session, "consent", {"date": INDEX + timedelta(20), "what": "withdrawal", "may_keep": "yes"}, who, who)
    found = cut(small.sign_in("stat", PASSWORD), tmp_path / "cut")
    assert sorted(found.table("visit").collect()["pain"]) == [10.0, 20.0]
    assert found.manifest.tables["response"].rows == 2
    assert found.manifest.tables["answer"].rows == 24


@pytest.mark.parametrize(("many", "told"), [(1, 0), (4, 0), (5, 5)])
def test_few_withdrawals_have_no_row(small: Registry, tmp_path: Path, many: int, told: int) -> None:
    """What the manifest calls fewer than five is not counted by the rows either; who renewed their consent once refused."""
    session = small.sign_in("anna", PASSWORD)
    for number in range(many):
        who, _ = patient(session, f"N-{number}")
        for word in ("consent", "withdrawal"):
            add(session, "consent", {"date": INDEX, "what": word, "may_keep": "yes"}, who, who)
    who, _ = patient(session, "N-9")
    for day, word in enumerate(("refusal", "reconsent")):
        add(session, "consent", {"date": INDEX + timedelta(day), "what": word}, who, who)
    found = cut(small.sign_in("stat", PASSWORD), tmp_path / "cut").table("consent").collect()["what"].to_list()
    assert {word: found.count(word) for word in ("consent", "reconsent", "withdrawal", "refusal")} == {
        "consent": many, "reconsent": 1, "withdrawal": told, "refusal": 0,
    }  # fmt: skip


def test_a_cut_that_was_made_anew_is_signed_by_no_registry(small: Registry, tmp_path: Path) -> None:
    """A table is changed, the label goes, all is hashed again: the signature does not fit, and without it none is told."""
    from patency.cut.manifest import from_json, hashed, to_json
    from patency.fault import Refused

    folder = tmp_path / "cut"
    patient(small.sign_in("anna", PASSWORD), "N-1")
    found = cut(small.sign_in("stat", PASSWORD), folder)
    assert found.signer == small.public_key.hex()
    frame = polars.read_parquet(folder / "patient.parquet").with_columns(site=polars.lit("another"))
    frame.write_parquet(folder / "patient.parquet")
    said = json.loads((folder / MANIFEST).read_bytes())
    said["tables"]["patient"]["sha256"] = hashlib.sha256((folder / "patient.parquet").read_bytes()).hexdigest()
    manifest = hashed(from_json(said | {"label": ""}))
    (folder / MANIFEST).write_bytes(to_json(manifest))
    (folder / RECORD).write_text(json.dumps({**found.record, "content": manifest.content}))
    with pytest.raises(Refused, match="signature of the cut does not fit"):
        open_cut(folder)
    (folder / RECORD).unlink()
    assert open_cut(folder).signer == ""


def test_nothing_of_a_consult_dates_it(small: Registry, tmp_path: Path) -> None:
    """The library's hash and Patency's version were in use between two days: of a consult the guidelines' names are told."""
    session = small.sign_in("anna", PASSWORD)
    who, episode = patient(session, "N-1")
    name = next(iter(small.library.guidelines))
    given = {"library_hash": "a" * 64, "patency_version": "1.2.3", "guidelines": json.dumps({name: "b" * 64})}
    add(session, "consult", {"date": INDEX, **given}, who, episode)
    found = cut(small.sign_in("stat", PASSWORD), tmp_path / "cut").table("consult").collect()
    assert found["guidelines"].to_list() == [[name]]
    assert not {"library_hash", "patency_version"} & set(found.columns)


def test_the_manifest_counts_who_is_not_in_it(small: Registry, tmp_path: Path) -> None:
    """From one to four it does not say how many; none and five are said."""
    session = small.sign_in("anna", PASSWORD)
    for number in range(12):
        who, _ = patient(session, f"N-{number}")
        if (
            number == 11
        ):  # of which nobody knows what it was, is no consent; a note of it that speaks of withdrawal is none
            add(session, "consent", {"date": INDEX, "form_version": 'the "withdrawal"'}, who, who)
        if number < 7:
            what: dict[str, Value] = {"what": "withdrawal", "may_keep": "no"} if number < 5 else {"what": "refusal"}
            add(session, "consent", {"date": INDEX} | what, who, who)
    assert dict(cut(small.sign_in("stat", PASSWORD), tmp_path / "cut").manifest.people) == {
        "patients": 5, "withdrawn": 5, "withdrawn, and what was recorded up to then stays": 0, "refused": "fewer than 5",
        "no consent recorded": 5, "erased": 0,
    }  # fmt: skip


def test_the_latest_version_is_in_it_and_nothing_void(registry: Registry, tmp_path: Path) -> None:
    """A correction shows its last word; what hangs on a void record is not there either."""
    session, investigator = registry.sign_in("anna", PASSWORD), registry.sign_in("ivo", PASSWORD)
    who, episode = patient(session, "N-1")
    visits = [add(session, "visit", {"date": INDEX, "pain": 1.0}, who, episode) for _ in range(3)]
    for visit in visits:
        add(session, "response", villalta(), who, visit)
    session.correct("visit", visits[0], {"pain": 7.0}, "mistyped")
    investigator.void("visit", visits[1], "another patient's", with_hanging=True)
    investigator.void("visit", visits[2], "another patient's", with_hanging=True)
    found = cut(registry.sign_in("stat", PASSWORD), tmp_path / "cut")
    assert found.table("visit").collect()["pain"].to_list() == [7.0]
    assert found.manifest.tables["response"].rows == 1


# --- values --------------------------------------------------------------------------------------------------------------


@settings(max_examples=50, deadline=None)
@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.lists(st.integers(-9000, 9000), min_size=1, max_size=20))
def test_days_are_counted_from_the_index_date(index: date, days: list[int]) -> None:
    """Of any date, across leap days and centuries; of two ends as well."""
    shape = Shape(forms().of["visit"])
    seen = [min(max(index + timedelta(day), date(1900, 1, 1)), date(2100, 1, 1)) for day in days]
    lines = [packed({"date": day, "last_contact": Span(day.toordinal(), day.toordinal() + 3)}) for day in seen]
    start = (index - date(1970, 1, 1)).days
    frame = shape.read(lines).with_columns(index=polars.lit(start, polars.Int32()))
    found = shape.converted(frame)
    assert found["day"].to_list() == [(day - index).days for day in seen]
    ends = [[(each["field"], each["low"], each["high"]) for each in row] for row in found["between"].to_list()]
    assert ends == [[("last_contact_day", (day - index).days, (day - index).days + 3)] for day in seen]


def test_without_an_index_date_no_day_is_told() -> None:
    """Null, for nobody knows; never the day itself."""
    shape = Shape(forms().of["visit"])
    frame = shape.read([packed({"date": INDEX, "last_contact": Span(5.0, 9.0)})])
    found = shape.converted(frame.with_columns(index=polars.lit(None, polars.Int32())))
    assert found["day"].to_list() == [None]
    assert found["between"].to_list() == [[]]


def test_what_was_not_answered_is_null_and_a_reason_stands_beside() -> None:
    """Neither no nor nought: five lines of one form, field by field."""
    shape = Shape(forms().of["episode"])
    said: list[dict[str, Value]] = [
        {},
        {"caval": "no", "provoking": frozenset(), "weight": 0.5},
        {"caval": Absence.NOT_KNOWN, "provoking": Absence.NOT_ASKED, "weight": Span(60.0, 70.0), "rutherford": "IIa"},
        {"age": Span(88.0, 97.0), "provoking": frozenset({"trauma", "cancer"})},
        {"age": Absence.DECLINED},
    ]
    frame = shape.read([packed(each) for each in said]).with_columns(index=polars.lit(0, polars.Int32()))
    rows = (
        shape.converted(frame).select("caval", "provoking", "weight", "rutherford", "age", "absent", "between").rows()
    )
    unknown = [{"field": "caval", "reason": "not known"}, {"field": "provoking", "reason": "not asked"}]
    assert rows == [
        (None, None, None, None, None, [], []),
        (False, [], 0.5, None, None, [], []),
        (None, None, None, "IIa", None, unknown, [{"field": "weight", "low": 60.0, "high": 70.0}]),
        (None, ["cancer", "trauma"], None, None, None, [], [{"field": "age", "low": 88.0, "high": 90.0}]),
        (None, None, None, None, None, [{"field": "age", "reason": "declined"}], []),
    ]


AGES = "0.019 0.01  0.29 0.29  0.999 0.99  1 1  1.25 1.2  17.99 17.9  18 18  18.9 18  89.99 89  90 90  90.5 90  117 90".split()


@pytest.mark.parametrize(("age", "shown"), [(float(AGES[at]), float(AGES[at + 1])) for at in range(0, len(AGES), 2)])
def test_ages_are_rounded_downward_and_end_at_90(age: float, shown: float) -> None:
    """45 CFR 164.514(b)(2)(i)(C) for 90; below by steps. One by one and as a column alike."""
    assert shown_age(age) == shown
    column = polars.DataFrame({"age": [age, None]}).select(shown_ages(polars.col("age"))).to_series()
    assert column.to_list() == [shown, None]


def test_a_blank_leaves_a_total_open(small: Registry, tmp_path: Path) -> None:
    """Villalta: 11 items of 0 to 3. All answered, one blank, and one of an unknown version, of which nothing is scored."""
    session = small.sign_in("anna", PASSWORD)
    who, episode = patient(session, "N-1")
    visit = add(session, "visit", {"date": INDEX}, who, episode)
    add(session, "response", villalta(pain="severe", cramps="moderate") | {"total": 9.0}, who, visit)
    add(session, "response", villalta(pain="severe", cramps=""), who, visit)
    add(session, "response", villalta(pain="severe") | {"version": "the first"}, who, visit)
    found = cut(small.sign_in("stat", PASSWORD), tmp_path / "cut").table("response").collect()
    columns = ("total", "total_low", "total_high", "category", "category_may_be", "total_as_written")
    rows = {row[0] if row[0] is not None else row[1]: row for row in found.select(columns).iter_rows()}
    assert rows == {
        5.0: (5.0, 5.0, 5.0, "mild", ["mild"], 9.0),
        3.0: (None, 3.0, 6.0, None, ["none", "mild"], None),
        None: (None, None, None, None, None, None),
    }


def test_findings_are_read_by_the_vocabulary(small: Registry, tmp_path: Path) -> None:
    """What was written stays out; what cannot be read says so, and a reason for no value stands in its place."""
    session = small.sign_in("anna", PASSWORD)
    who, episode = patient(session, "N-1")
    written = {
        "onset": "3 days ago",
        "age": "95 years",
        "platelets": "not known",
        "pregnant": "yes",
        "haemoglobin": "pale",
    }
    for concept, said in written.items():
        add(session, "finding", {"concept": concept, "date": INDEX + timedelta(2), "written": said}, who, episode)
    add(session, "finding", {"concept": "shoe-size", "date": INDEX, "written": "44"}, who, episode)
    frame = cut(small.sign_in("stat", PASSWORD), tmp_path / "cut").table("finding").collect()
    found = {
        row[0]: row[1:] for row in frame.select("concept", "is_read", "truth", "low", "high", "absence").iter_rows()
    }
    assert found == {
        "onset": (True, None, -1.0, -1.0, None),
        "age": (True, None, 90.0, 90.0, None),
        "platelets": (True, None, None, None, "not known"),
        "pregnant": (True, True, None, None, None),
        "haemoglobin": (False, None, None, None, None),
        None: (False, None, None, None, None),
    }


def test_episodes_are_counted_from_the_first(small: Registry, tmp_path: Path) -> None:
    """The consent too; all else is counted from its own episode."""
    session = small.sign_in("anna", PASSWORD)
    who, first = patient(session, "N-1", on=INDEX)
    second = session.add(New("episode", {"date": INDEX + timedelta(400), "age": 41.0}, who, who)).id
    for episode in (first, second):
        add(session, "visit", {"date": INDEX + timedelta(410)}, who, episode)
    add(session, "consent", {"date": INDEX - timedelta(3), "what": "consent"}, who, who)
    found = tables(cut(small.sign_in("stat", PASSWORD), tmp_path / "cut"))
    assert sorted(found["episode"]["day"]) == [0, 400]
    assert sorted(found["visit"]["day"]) == [10, 410]
    assert found["consent"]["day"].to_list() == [-3]


def test_the_smallest_group_is_said(small: Registry, tmp_path: Path) -> None:
    """Three women of 18 to 64, and one whose age is not known, at one site."""
    session = small.sign_in("anna", PASSWORD)
    ages: list[Value] = [40.0, 50.0, 60.0, Absence.NOT_KNOWN]
    for number, age in enumerate(ages):
        patient(session, f"N-{number}", {"age": age})
    risk = cut(small.sign_in("stat", PASSWORD), tmp_path / "cut").manifest.risk
    assert (risk["smallest"], risk["alone"], risk["patients"]) == (1, 1, 4)


# --- what a bleed is called ----------------------------------------------------------------------------------------------

FALL = "overt=yes haemoglobin_before=12.4 haemoglobin_after=10.3"
OTHERWISE = "red_cell_units=0 other_product=no reversal=no medical_treatment=no procedures= fatal=no"
BLEEDS = f"""
{FALL} hours_between=20                                  | major        major
{FALL} {OTHERWISE} sites=gut hours_between=90  | major        minor
{FALL} {OTHERWISE} sites=gut                             | major        minor,major
overt=yes {OTHERWISE} sites=gut seen=yes                 | crnm,major   minor,major
overt=no                                                 | none         none,major
fatal=yes overt=yes                                      | major        major
class_as_written=major                                   | none,minor,crnm,major  none,minor,crnm,major
"""


@pytest.mark.parametrize("row", BLEEDS.strip().split("\n"))
def test_a_bleed_is_classed_from_its_facts(small: Registry, tmp_path: Path, row: str) -> None:
    """By the definitions for adults (2005) and for children (2011): the class, or all that the missing facts leave open.

    The scale's own examples ISTH-01, -03 and -12, and what follows from its conditions where facts are left out. What the
    site calls a bleed decides nothing.
    """
    said, _, expected = row.partition("|")
    values: dict[str, Value] = {"what": "bleeding", "date": INDEX}
    for name, _, value in (each.partition("=") for each in said.split()):
        item = forms().of["event"].items[name]
        amount: Value = float(value) if item.kind is ItemKind.NUMBER else value
        values[name] = frozenset(value.split()) if item.kind is ItemKind.MULTIPLE else amount
    session = small.sign_in("anna", PASSWORD)
    who, episode = patient(session, "N-1")
    session.add(New("event", values, who, episode))
    add(session, "event", {"what": "readmission", "date": INDEX}, who, episode)
    found = cut(small.sign_in("stat", PASSWORD), tmp_path / "cut").table("event").collect()
    for name, may_be in zip(("bleeding_adult_2005", "bleeding_paediatric_2011"), expected.split(), strict=True):
        row_of = {
            what: (called, left) for what, called, left in found.select("what", name, f"{name}_may_be").iter_rows()
        }
        left = may_be.split(",")
        assert row_of == {"readmission": (None, None), "bleeding": (left[0] if len(left) == 1 else None, left)}


def test_what_a_committee_or_a_core_laboratory_said_stands_beside_the_site(small: Registry, tmp_path: Path) -> None:
    """One row each, so that no event is counted twice; a total worked out elsewhere says where."""
    session = small.sign_in("anna", PASSWORD)
    who, episode = patient(session, "N-1")
    visit = add(session, "visit", {"date": INDEX}, who, episode)
    judged: dict[str, Value] = {"adjudicated": "yes", "adjudicated_what": "none"}
    session.add(
        New("event", {"what": "recurrent_thrombosis", "date": INDEX, "read_by": "site", **judged}, who, episode)
    )
    read: dict[str, Value] = {"lysis_percent": 90.0, "read_by": "site", "core_lysis_percent": 60.0}
    session.add(New("procedure", {"date": INDEX, **read}, who, episode))
    total: dict[str, Value] = {"instrument": "villalta", "total": 9.0, "total_from": "letter"}
    session.add(New("response", {"date": INDEX, **total}, who, visit))
    found = cut(small.sign_in("stat", PASSWORD), tmp_path / "cut")
    assert found.table("event").select("what", "adjudicated_what").collect().rows() == [
        ("recurrent_thrombosis", "none")
    ]
    procedure = found.table("procedure").select("read_by", "lysis_percent", "core_lysis_percent").collect()
    assert procedure.rows() == [("site", 90.0, 60.0)]
    columns = ("total", "total_low", "total_high", "total_as_written", "total_from")
    assert found.table("response").select(columns).collect().rows() == [(None, 0.0, 33.0, 9.0, "letter")]


def test_the_facts_of_a_bleed_are_the_items_of_the_scale_that_reads_them() -> None:
    """Of the same kind, unit and answers: so nothing that is asked of a bleed is lost on the way to its class."""
    asked, scale = forms().of["event"].items, forms().scales["isth-bleeding"]
    for name, item in scale.items.items():
        own = asked[name]
        assert own.kind is item.kind, name
        assert own.concept is not None, name
        assert item.concept is not None, name
        assert (own.concept.unit, list(own.choices)) == (item.concept.unit, list(item.choices)), name


# --- until when each was observed ----------------------------------------------------------------------------------------

ENDS = """
                                             | 0  0  episode    -  0   0   data_cut          0
visit@30                                     | 0  30 visit      30 30  30  data_cut          0
visit@30 unplanned@90                        | 0  90 visit      30 90  90  data_cut          0
visit@30 bleeding@60                         | 0  60 event      30 60  60  data_cut          0
visit@30 scan@30                             | 0  30 visit      30 30  30  data_cut          0
visit@30 drug@-5                             | -5 30 visit      30 30  30  data_cut          0
visit@30 death@60                            | 0  60 event      30 60  60  death             0
visit@30 lost@90                             | 0  30 visit      30 30  90  lost              0
visit@30 lost@90/50                          | 0  50 event      30 50  90  lost              0
visit@30 refused@90                          | 0  30 visit      30 30  90  follow_up_refused 0
visit@30 lost@90 visit@120                   | 0  120 visit    120 120 120 data_cut          92
visit@30 lost@90 death@200                   | 0  200 event     30 200 200 death             90
visit@100 death@200                          | 0  200 event    100 200 200 death             183
visit@366                                    | 0  366 visit    366 366 366 data_cut          366
visit@366 unplanned@800 unplanned@1100       | 0  1100 visit   366 1100 1100 data_cut        914
visit@366 death@1100                         | 0  1100 event   366 1100 1100 death           914
visit@366 visit@914 visit@1100               | 0  1100 visit  1100 1100 1100 data_cut        1096
visit@366 visit@915 visit@1100               | 0  1100 visit  1100 1100 1100 data_cut        914
"""


@pytest.mark.parametrize("row", ENDS.strip("\n").split("\n"))
def test_each_episode_says_until_when_it_was_observed(small: Registry, tmp_path: Path, row: str) -> None:
    """Left what was recorded, kind@day (of a loss /last contact). Right the columns of `observed` in their order."""
    said, _, expected = row.partition("|")
    session = small.sign_in("anna", PASSWORD)
    who, episode = patient(session, "N-1")
    for each in said.split():
        _record(session, who, episode, each)
    found = cut(small.sign_in("stat", PASSWORD), tmp_path / "cut").table("observed").collect()
    values = found.select(found.columns[3:]).row(0)
    assert ["-" if value is None else str(value) for value in values] == expected.split()


def _record(session: Session, who: str, episode: str, told: str) -> None:
    word, _, days = told.partition("@")
    day, _, contact = days.partition("/")
    on: dict[str, Value] = {"date": INDEX + timedelta(int(day))}
    match word:
        case "visit" | "unplanned":
            planned: dict[str, Value] = {"planned": "unplanned"} if word == "unplanned" else {}
            add(session, "visit", on | planned, who, episode)
        case "scan":
            visit, *_ = session.entries("visit")
            add(session, "imaging", on, who, visit.id)
        case "drug":
            add(session, "medication", {"drug": "apixaban", "start": on["date"]}, who, episode)
        case "lost" | "refused":
            last: dict[str, Value] = {"last_contact": INDEX + timedelta(int(contact))} if contact else {}
            why: dict[str, Value] = {"lost_because": "follow_up_refused"} if word == "refused" else {}
            add(session, "event", {"what": "lost", **on, **last, **why}, who, episode)
        case _:
            add(session, "event", {"what": word, **on}, who, episode)


def test_the_day_until_which_it_is_known_who_lived_knows_nothing_of_the_death(small: Registry, tmp_path: Path) -> None:
    """Of patients seen alike one died between two visits: she is followed for as long as the others, and for no longer."""
    session = small.sign_in("anna", PASSWORD)
    for number, told in enumerate(
        ("visit@366", "visit@366 death@700", "visit@366 death@780", "visit@366 visit@731 visit@800")
    ):
        who, episode = patient(session, f"N-{number}")
        for each in told.split():
            _record(session, who, episode, each)
    found = cut(small.sign_in("stat", PASSWORD), tmp_path / "cut").table("observed").collect()
    assert set(found["vital_day"]) == {731}


def test_a_loss_recorded_with_one_episode_ends_what_is_known_of_all(small: Registry, tmp_path: Path) -> None:
    """Lost 500 days after the first, 100 after the second; another patient is still seen years later."""
    session = small.sign_in("anna", PASSWORD)
    who, _ = patient(session, "N-1")
    second = session.add(New("episode", {"date": INDEX + timedelta(400), "age": 41.0}, who, who)).id
    add(session, "event", {"what": "lost", "date": INDEX + timedelta(500)}, who, second)
    other, episode = patient(session, "N-2")
    add(session, "visit", {"date": INDEX + timedelta(1200)}, other, episode)
    found = cut(small.sign_in("stat", PASSWORD), tmp_path / "cut").table("observed").collect()
    assert sorted(found["vital_day"]) == [100, 500, 548]


def test_a_death_ends_all_episodes_of_a_patient(small: Registry, tmp_path: Path) -> None:
    """Recorded with the second, 400 days after the first; the patient was seen until then though the first episode was not."""
    session = small.sign_in("anna", PASSWORD)
    who, _ = patient(session, "N-1")
    second = session.add(New("episode", {"date": INDEX + timedelta(400), "age": 41.0}, who, who)).id
    add(session, "event", {"what": "death", "date": INDEX + timedelta(410)}, who, second)
    found = cut(small.sign_in("stat", PASSWORD), tmp_path / "cut").table("observed").collect()
    rows = found.select("last_day", "patient_last_day", "end_day", "end_why").rows()
    assert sorted(rows) == [(0, 410, 410, "death"), (10, 10, 10, "death")]


@pytest.mark.parametrize(("many", "why"), [(4, "data_cut"), (5, "withdrawal")])
def test_an_end_tells_of_a_withdrawal_only_where_its_rows_do(
    small: Registry, tmp_path: Path, many: int, why: str
) -> None:
    """Of fewer than five it looks as if the cut had ended it, with the last day on which anything was seen."""
    session = small.sign_in("anna", PASSWORD)
    for number in range(many):
        who, episode = patient(session, f"N-{number}")
        add(session, "visit", {"date": INDEX + timedelta(20)}, who, episode)
        drug: dict[str, Value] = {"drug": "apixaban", "start": INDEX, "stop": INDEX + timedelta(70)}
        add(session, "medication", drug, who, episode)
        withdrawn: dict[str, Value] = {"date": INDEX + timedelta(30), "what": "withdrawal", "may_keep": "yes"}
        add(session, "consent", withdrawn, who, who)
    found = cut(small.sign_in("stat", PASSWORD), tmp_path / "cut").table("observed").collect()
    assert set(found.select("last_day", "end_day", "end_why").rows()) == {(20, 30 if why == "withdrawal" else 20, why)}
    assert set(found["vital_day"]) == {0}  # the day of a withdrawal is not told by it


# --- the folder, the trail, the heads ------------------------------------------------------------------------------------


def test_a_cut_is_two_lines_of_the_trail(registry: Registry, tmp_path: Path) -> None:
    """One before it is written, one after, which names the content and how many rows there are."""
    from sqlalchemy import select

    from patency.registry import schema
    from patency.registry.database import transaction
    from registry.made import by_owner

    patient(registry.sign_in("anna", PASSWORD), "N-1")
    content = cut(registry.sign_in("stat", PASSWORD), tmp_path / "cut").manifest.content
    owned = by_owner(registry)
    with transaction(owned.engine) as connection:
        query = select(schema.trail.c.note).where(schema.trail.c.action == "cut").order_by(schema.trail.c.seq)
        before, after = (row.note for row in connection.execute(query))
    owned.close()
    assert before == '{"what":"begun"}'
    assert content in after
    assert '"patient":1' in after


def test_the_registry_reads_the_heads_that_a_cut_carries(tmp_path: Path) -> None:
    """Signed by it, and sealed: nobody else reads a site or a count from them."""
    registry = made(tmp_path)
    found = cut(registry.sign_in("stat", PASSWORD), tmp_path / "cut")
    heads = heads_in(tmp_path / "cut", registry)
    assert [carried.head.site for carried in heads] == ["", "north", "south"]
    assert all(carried.is_by(registry.public_key) for carried in heads)
    assert b"north" not in bytes.fromhex(found.record["heads"])


def test_a_cut_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    """Here on an answer that the form does not have."""
    from patency.fault import Refused

    registry = made(tmp_path)
    session = registry.sign_in("anna", PASSWORD)
    who, episode = patient(session, "N-1")
    add(session, "visit", {"date": INDEX, "planned": "V99"}, who, episode)
    (tmp_path / "cuts").mkdir()
    with pytest.raises(Refused):
        cut(registry.sign_in("stat", PASSWORD), tmp_path / "cuts" / "one")
    assert list((tmp_path / "cuts").iterdir()) == []


def test_the_columns_of_a_table_are_those_of_its_manifest(tmp_path: Path) -> None:
    """Name for name, with types, so that nothing leaves that was not said."""
    registry = made(tmp_path)
    a_little_of_all(registry.sign_in("anna", PASSWORD))
    found = cut(registry.sign_in("stat", PASSWORD), tmp_path / "cut")
    kinds: dict[str, Any] = {"number": (polars.Float64, polars.Int64), "day": (polars.Int32,), "yes/no": (polars.Boolean,),
                             "id": (polars.String,), "text": (polars.String,)}  # fmt: skip
    for name, table in found.manifest.tables.items():
        schema = found.table(name).collect_schema()
        assert list(schema) == [column.name for column in table.columns]
        for column in table.columns:
            assert schema[column.name] in kinds.get(column.type, (schema[column.name],)), f"{name}.{column.name}"
    assert (tmp_path / "cut" / MANIFEST).exists()
