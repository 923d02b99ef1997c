"""Responses arrive from the files of four kinds of programs, every row accounted for."""

import csv
import io
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patency.cli import main
from patency.document import read_document
from patency.fault import Fault, Refused
from patency.instrument.model import ItemKind
from patency.instrument.read import read_instrument
from patency.practice import identity
from patency.practice.arrive import Arrival, arrive
from patency.practice.columns import columns_of
from patency.practice.draft import draft
from patency.practice.layout import Layout, read_layout
from patency.practice.programs import opened
from patency.table import cell, csv_text, read_table, uncell
from patency.vocabulary import Vocabulary

from .small import FILES, SOURCES, STRATA, clinic, layout

QUALTRICS = """
mapping: clinic
items:
  stents: {column: Q1}
  lyses: {column: Q2}
  first_choice: {column: Q3}
  first_other: {column: Q3_3_TEXT}
  segments: {column: Q4}
  children: {column: Q5}
  youngest: {column: Q6}
  began: {column: Q7}
  remarks: {column: Q8}
"""
NUMBERS = QUALTRICS.replace("{column: Q4}", "{columns: {iliac: Q4_1, femoral: Q4_2, caval: Q4_3}}").replace(
    "{column: Q5}", '{column: Q5, answers: {"1": yes, "2": no}}'
)
REDCAP = """
mapping: clinic
event: baseline_arm_1
decimal: comma
items:
  stents: {column: stents}
  lyses: {column: lyses}
  first_choice: {column: first_choice}
  first_other: {column: first_other}
  segments: {columns: {iliac: segments___1, femoral: segments___2, caval: segments___3}}
  children: {column: children}
  youngest: {column: youngest}
  remarks: {column: remarks}
missing: {"-99": declined, "-98": not applicable, UNK: not known}
scores: {zeal: zeal}
"""
PLAIN = """
mapping: clinic
encoding: windows-1252
decimal: comma
dates: day-month-year
items:
  stents: {column: Do you place stents, answers: {Altijd: always, Soms: sometimes}}
  lyses: {column: Lyse, answers: {Nooit: never, Soms: sometimes}, missing: {weet niet: not known}}
  first_choice: {column: Drug, answers: {Anders: other}}
  segments: {column: Segmenten, split: "|"}
  children: {column: Kinderen, answers: {ja: yes, nee: no}}
  youngest: {column: Jongste (maanden), unit: month}
  began: {column: Begin}
  remarks: {column: Opmerking}
finished: {column: Klaar, answers: {ja: yes, nee: no}}
stratum: {column: Regio, answers: {Noord: north, Zuid: south}}
cluster: {column: Ziekenhuis}
"""


def arrived(name: str, mapping: str = "") -> Arrival:
    return arrive((FILES / name).read_bytes(), name, clinic(), layout(mapping) if mapping else None)


def told(arrival: Arrival, row: int) -> str:
    """Say one kept row in short: what was answered, what was ticked, and the reasons in brackets."""
    values = next(each for each in arrival.sheet.frame.iter_rows(named=True) if each["row"] == row)
    said = []
    for item in clinic().items.values():
        value, reason = values[item.name], values[f"{item.name}?"]
        if item.kind is ItemKind.MULTIPLE and value:
            ticked = [each for each in item.choices if values[f"{item.name}/{each}"]]
            value = "+".join(ticked) or "none of them"
        if value not in (None, False):
            said.append(f"{item.name} {value}")
        elif reason:
            said.append(f"{item.name} ({reason})")
    return "; ".join(said)


def reasons(faults: tuple[Fault, ...]) -> list[str]:
    return [fault.what for fault in faults]


def test_qualtrics_with_words_arrives() -> None:
    """Three header rows; labels that hold the comma that parts them; a line end, and a formula, within a text."""
    arrival = arrived("qualtrics.csv", QUALTRICS)
    assert (arrival.rows_in, arrival.rows_kept, len(arrival.refused)) == (6, 3, 3)
    assert told(arrival, 1) == (
        "stents always; lyses never; first_choice doac; segments iliac+femoral; children yes; youngest 3.0; "
        "began 2019-02-01; remarks Sometimes we wait.\nThen we treat: naïve “β” — ok"
    )
    assert told(arrival, 2).endswith(
        "first_other Argatroban; segments femoral; children no; began 2001-12-31; remarks =cmd|'/C calc'!A0"
    )
    assert told(arrival, 4) == "stents never; first_choice heparin"
    assert arrival.sheet.frame["finished"].to_list() == [True, True, False]
    assert arrival.refused_by == {
        "the response is a preview": 1, "a cell that cannot be read": 1, "the response is marked as spam": 1,
    }  # fmt: skip
    assert arrival.set_aside_by == {"answers to what was not asked": 1}
    assert [row.row for row in arrival.refused] == [3, 5, 6]


def test_qualtrics_with_numbers_and_a_column_for_each_box_arrives() -> None:
    """Nothing ticked is a blank: nobody can tell it from a question that was passed over."""
    arrival = arrived("qualtrics-numbers.csv", NUMBERS)
    assert told(arrival, 1).startswith(
        "stents always; lyses never; first_choice doac; segments iliac+femoral; children yes"
    )
    assert (
        told(arrival, 2) == "stents sometimes; lyses sometimes; first_choice other; first_other Argatroban; children no"
    )
    assert [row.faults[0].what for row in arrival.refused] == ["row 3, column 'Status': the response is a preview"]


def test_the_legacy_form_of_qualtrics_arrives() -> None:
    """Two header rows, and the program's own columns named V1 to V10."""
    arrival = arrived("qualtrics-legacy.csv", QUALTRICS)
    assert told(arrival, 1) == (
        "stents always; lyses never; first_choice doac; segments iliac+femoral; children yes; youngest 3.0; remarks old"
    )
    assert arrival.left_out["V6"] == "an internet address"
    assert arrival.rows_kept == 1


def test_redcap_arrives_with_repeats_events_and_missing_codes() -> None:
    """Repeats of a record are its cluster, numbered anew; a code for a missing answer is its reason."""
    arrival = arrived("redcap.csv", REDCAP)
    assert told(arrival, 2).startswith(
        "stents always; lyses never; first_choice doac; segments iliac+femoral; children yes; youngest 3.5"
    )
    assert told(arrival, 4) == (
        "stents (declined); lyses (not known); first_choice heparin; segments caval; children (not applicable); remarks (declined)"
    )
    assert arrival.sheet.frame["cluster"].to_list() == ["1", "1", "2"]
    assert arrival.sheet.frame["finished"].to_list() == [True, True, False]
    assert [row.reason for row in arrival.refused] == [
        "the row is the record itself", "the row is of the event 'follow_up_arm_1'", "the row is a repeat of 'stock'",
    ]  # fmt: skip
    assert reasons(arrival.differences) == ["row 3, column 'zeal': the file says '3' for 'zeal', and Patency '2'"]
    assert arrival.left_out["record_id"] == "the number of a record, by which it can be traced"


def test_limesurvey_arrives_without_a_mapping() -> None:
    """Its codes are the names of the items: Q[code], Y for a box, -oth- for other, N/A for what was not shown."""
    arrival = arrived("limesurvey.csv")
    assert told(arrival, 1) == (
        "stents always; lyses never; first_choice doac; segments iliac+femoral; children yes; youngest 3.0; began 2019-02-01; "
        "remarks ja; zeker"
    )
    assert told(arrival, 2) == "stents never; first_choice other; children no"
    assert arrival.sheet.frame["finished"].to_list() == [True, False, True]


def test_a_file_of_qualtrics_without_its_headers_loses_nobody() -> None:
    """Its first rows are somebody's answers: named as Qualtrics' it is refused, and read as plain it says what it looks like."""
    rows = b"Status,ResponseId,Finished,stents\n0,R_1,1,Always\nSurvey Preview,R_2,1,Never\n0,R_3,0,Never\n"
    with pytest.raises(Refused, match="the file has none of Qualtrics' header rows"):
        arrive(
            rows, "a.csv", clinic(), layout("mapping: clinic\nformat: qualtrics\nitems: {stents: {column: stents}}\n")
        )
    for mapping in (None, layout("mapping: clinic\nformat: plain\nitems: {stents: {column: stents}}\n")):
        arrival = arrive(rows, "a.csv", clinic(), mapping)
        assert [told(arrival, row) for row in (1, 3)] == ["stents always", "stents never"]
        assert arrival.refused_by == {"the response is a preview": 1}
        assert arrival.sheet.frame["finished"].to_list() == [True, False]
        assert "looks like a file of Qualtrics" in arrival.notes[0]


@pytest.mark.parametrize("gone", [1, 2])
def test_each_header_row_of_qualtrics_is_known_by_itself(gone: int) -> None:
    """Who deleted one of the two loses no answer."""
    with (FILES / "qualtrics.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    content = csv_text([row for at, row in enumerate(rows) if at != gone]).encode()
    arrival = arrive(content, "a.csv", clinic(), layout(QUALTRICS + "format: qualtrics\n"))
    assert arrival.sheet.frame.equals(arrived("qualtrics.csv", QUALTRICS).sheet.frame)


FACTORS = """
instrument: clinic
title: A small questionnaire
version: "1"
unit: one clinician
licence: made up for tests
cite: [{source: nobody, mark: unverified}]
items:
  all_factors: {asks: What weighs?, type: multiple, answers: {age: {words: Age, code: A1}, other: "Other, please specify"}}
  factors_other: {asks: Which other?, type: text, when: all_factors has other}
  how_often: {asks: How often?, type: ordered, answers: {never: Never, always: Always}}
examples:
  blank: {answers: {}, scores: {}}
"""
WRITTEN = (
    "id,submitdate,allfactors[A1],allfactors[other],howoften\n"
    "1,x,Y,,Always\n2,x,,no,Never\n3,x,,0,Never\n4,x,,my aunt,Never\n5,x,N/A,N/A,\n"
)


def test_what_is_written_beside_other_is_a_tick_and_a_text() -> None:
    """LimeSurvey keeps the words in factors[other]; the draft guesses it, though LimeSurvey's codes have no "_"."""
    faults: list[Fault] = []
    asked = read_instrument(read_document(FACTORS.encode(), "a"), b"", SOURCES, Vocabulary(), faults)
    assert faults == []
    text = draft(opened(read_table(WRITTEN.encode(), "a.csv"), None, "clinic"), asked)
    assert text.count("guessed: yes") == 1 + 3  # the head of the draft names it too
    arrival = arrive(WRITTEN.encode(), "a.csv", asked, layout(text.replace("guessed: yes", ""), asked))
    frame = arrival.sheet.frame
    assert arrival.refused == ()
    assert frame["all_factors/other"].to_list() == [False, True, True, True, None]
    assert frame["factors_other"].to_list() == [None, "no", "0", "my aunt", None]
    assert frame["how_often"].to_list() == ["always", "never", "never", "never", None]


def test_a_box_with_words_in_it_does_not_repeat_them() -> None:
    """What somebody wrote stands in no message."""
    mapping = "mapping: clinic\nitems: {segments: {columns: {iliac: a, femoral: b}}}\n"
    arrival = arrive(b"a,b\n1,my own words\n", "a.csv", clinic(), layout(mapping))
    assert "my own words" not in str(arrival.refused)
    assert "neither ticked nor unticked" in str(arrival.refused)


TWICE = {
    "qualtrics": "Status,ResponseId,stents\nResponse Type,Response ID,Stents\n0,{0},Always\n0,{1},Always\n0,{2},Never\n",
    "limesurvey": "id,submitdate,stents\n{0},2026-01-01,Always\n{1},2026-01-01,Always\n{2},2026-01-01,Never\n",
    "redcap": "record_id,stents,clinic_complete\n{0},Always,2\n{1},Always,2\n{2},Never,2\n",
    "plain": "number,stents\n{0},Always\n{1},Always\n{2},Never\n",
}


@pytest.mark.parametrize("program", TWICE)
def test_a_response_that_is_there_twice_counts_once(program: str) -> None:
    """The later rows of one number are refused, whether they are copies or say something else; rows without a number stay."""
    mapping = f"mapping: clinic\nformat: {program}\nitems: {{stents: {{column: stents}}}}\n"
    mapping += "id: {column: number}\n" if program == "plain" else ""
    arrival = arrive(TWICE[program].format("R1", "R1", "R1").encode(), "a.csv", clinic(), layout(mapping))
    assert arrival.refused_by == {"a response that is there twice": 2}
    assert [row.faults[0].what for row in arrival.refused] == [
        "row 2: it bears the number of row 1, and is a copy of it", "row 3: it bears the number of row 1, with other answers",
    ]  # fmt: skip
    assert arrival.sheet.frame["cluster"].to_list() == [None]
    blank = arrive(TWICE[program].format("", "", "R1").encode(), "a.csv", clinic(), layout(mapping))
    assert (blank.rows_kept, blank.refused) == (3, ())


def test_rows_of_redcap_without_a_record_are_responses_by_themselves() -> None:
    """And it is said; a record whose rows are repeats is a cluster, and no row is a copy."""
    head = b"record_id,redcap_repeat_instrument,redcap_repeat_instance,stents\n"
    rows = head + b",clinic,1,Always\n,clinic,2,Never\n7,clinic,1,Never\n7,clinic,2,Never\n"
    arrival = arrive(rows, "a.csv", clinic(), layout("mapping: clinic\nitems: {stents: {column: stents}}\n"))
    assert arrival.sheet.frame["cluster"].to_list() == ["1", "2", "3", "3"]
    note, unmapped = arrival.notes
    assert note == "2 rows without a record: each is taken for a response by itself"
    assert unmapped.startswith("no column is mapped to 'lyses', ")
    assert arrival.sheet.unmapped == frozenset(clinic().items) - {"stents"}


def test_a_plain_file_arrives_by_its_mapping() -> None:
    """Semicolons, decimal commas, windows-1252, days first, another unit, answers in another language."""
    arrival = arrived("plain.csv", PLAIN)
    assert told(arrival, 1) == (
        "stents always; lyses never; first_choice heparin; segments iliac+femoral; children yes; youngest 1.54166666605; "
        'began 2019-02-01; remarks Hij zei: "nee"\nen ging'
    )
    assert (
        told(arrival, 3) == "stents sometimes; lyses (not known); first_choice doac; segments none of them; children no"
    )
    assert arrival.sheet.frame["stratum"].to_list() == ["north", "south", "north"]
    assert arrival.sheet.frame["cluster"].to_list() == ["1", "1", "2"]
    assert arrival.left_out == {"nr": "no item is mapped to it", "Naam": "a name", "E-mail": "an e-mail address"}
    assert any(note.startswith("mapped to nothing, and not said to be left out: 'nr'; ") for note in arrival.notes)


@pytest.mark.parametrize("encode", [lambda text: text.encode("utf-16"), lambda text: b"\xef\xbb\xbf" + text.encode()])
def test_a_file_that_names_its_encoding_is_read(encode: Callable[[str], bytes]) -> None:
    """UTF-16 and UTF-8 say so in their first bytes."""
    arrival = arrive(encode("stents;remarks\nAlways;naïve β\n"), "a.csv", clinic(), None)
    assert told(arrival, 1) == "stents always; remarks naïve β"


def test_several_ticked_boxes_may_mean_none_where_the_mapping_says_so() -> None:
    """Boxes that were all denied are then "none of them"; boxes that are all empty stay a blank."""
    mapping = "mapping: clinic\nitems: {segments: {columns: {iliac: a, femoral: b}, unticked: none}}\n"
    arrival = arrive(b"a,b,c\n0,0,x\n,,x\n1,0,x\n", "a.csv", clinic(), layout(mapping))
    assert [told(arrival, row) for row in (1, 2, 3)] == ["segments none of them", "", "segments iliac"]


def test_a_missing_code_that_could_be_an_answer_is_refused_in_the_mapping() -> None:
    """The code 9 among ages to 18 would take answers away."""
    faults: list[Fault] = []
    text = 'mapping: clinic\nitems: {youngest: {column: a}}\nmissing: {"9": not known}\n'
    read_layout(read_document(text.encode(), "m.yaml"), clinic(), STRATA, faults)
    assert reasons(tuple(faults)) == ["'9' is missing by 'missing', and a possible number of 'youngest'"]
    own = 'mapping: clinic\nitems: {youngest: {column: a, missing: {"99": not known}}}\nmissing: {"9": not known}\n'
    assert arrive(b"a,b\n99,x\n9,x\n", "a.csv", clinic(), layout(own)).sheet.frame["youngest?"].to_list() == [
        "not known",
        None,
    ]


@pytest.mark.parametrize(
    ("header", "label", "what"),
    [
        ("RecipientEmail", "", "an e-mail address"),
        ("Q7", "What is your e-mail address?", "an e-mail address"),
        ("IPAddress", "", "an internet address"),
        ("participant_last_name", "", "a name"),
        ("Naam", "", "a name"),
        ("LocationLatitude", "", "a place on the map"),
        ("Survey link", "", "a link to one response"),
        ("date_of_birth", "", "a date of birth"),
        ("Hospital", "", "an institution: it rides with an answer only as a stratum"),
        ("drug_name", "", ""),
        ("Q3", "Do you treat patients whose hospital has a response team?", ""),
        ("ipc", "Do you use intermittent pneumatic compression?", ""),
    ],
)
def test_what_looks_like_an_identity_is_seen(header: str, label: str, what: str) -> None:
    """A survey program exports who answered beside the answers."""
    assert identity.named(header, label) == what


def test_a_text_that_holds_an_address_is_set_aside() -> None:
    """Its row is kept, and the message does not repeat it."""
    arrival = arrive(b"stents,remarks\nAlways,ask me: nobody@example.org\nNever,I wait\n", "a.csv", clinic(), None)
    assert [told(arrival, row) for row in (1, 2)] == ["stents always", "stents never; remarks I wait"]
    assert reasons(arrival.set_aside) == [
        "row 1, column 'remarks': the answer to 'remarks' holds an e-mail address and was set aside"
    ]


@pytest.mark.parametrize(
    "name", ["qualtrics.csv", "qualtrics-numbers.csv", "qualtrics-legacy.csv", "redcap.csv", "limesurvey.csv"]
)
def test_a_draft_finds_every_item_and_no_identity(name: str) -> None:
    """By names or by words; what is not the very name bears 'guessed: yes', and every other column has its reason."""
    table = read_table((FILES / name).read_bytes(), name)
    document = read_document(draft(opened(table, None, "clinic"), clinic()).encode(), "draft.yaml").value
    assert isinstance(document, dict)
    items = document["items"].value
    assert isinstance(items, dict)
    assert list(items) == list(clinic().items)
    left_out = document["left_out"].value
    mapped = str(document["items"]) + str(document.get("scores", ""))
    assert all(column in left_out or repr(column) in mapped for column in table.header)
    for column in ("IPAddress", "RecipientEmail", "V6", "ipaddr", "refurl", "record_id", "ResponseId"):
        assert column not in table.header or column in left_out


def test_a_draft_is_refused_until_somebody_has_looked() -> None:
    """A guess and a '?' are Faults; taken out and answered, the draft is a mapping."""
    table = read_table(b"id,What place do you give stents?\n1,Always\n2,Mostly\n3,-99\n", "a.csv")
    text = draft(opened(table, None, "clinic"), clinic())
    assert text.splitlines()[0] == "# The mapping of a.csv to clinic, drafted from its headers."
    faults: list[Fault] = []
    read_layout(read_document(text.encode(), "draft.yaml"), clinic(), STRATA, faults)
    assert sorted(reasons(tuple(faults))) == [
        "'-99' cannot mean '?'", "nobody has said what 'Mostly' means", "the mapping of 'stents' is a guess",
    ]  # fmt: skip
    mended = (
        text.replace("guessed: yes", "").replace("Mostly: '?'", "Mostly: always").replace("-99: '?'", "-99: declined")
    )
    arrival = arrive(
        b"id,What place do you give stents?\n1,Always\n2,Mostly\n3,-99\n", "a.csv", clinic(), layout(mended)
    )
    assert [told(arrival, row) for row in (1, 2, 3)] == ["stents always", "stents always", "stents (declined)"]


RUN = ["=1+1", "+1", "-1", "@sum(a)", "\tx", "\rx", "=cmd|'/C calc'!A0", " =1", "'=1", "''+1", "＝1"]


@pytest.mark.parametrize("text", [*RUN, "plain", "a=b", "", "'quoted'", "3 - 1"])
def test_no_spreadsheet_runs_what_patency_writes(text: str) -> None:
    """OWASP, CSV Injection: a single quote before it makes it text; and it comes back as it was."""
    written = cell(text)
    assert written.startswith("'") or not written.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "＝"))
    assert uncell(written) == text.replace("\r", "�")
    assert (written == text) is (text not in RUN)


CELLS = st.one_of(
    st.sampled_from(
        [
            "",
            "Always",
            "never",
            "2",
            "Heparin",
            "yes",
            "no",
            "3",
            "17.5",
            "99",
            "2019-02-01",
            "Iliac,Vena cava",
            "x",
            "=1",
            "a\nb",
        ]
    ),
    st.text(max_size=6),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=1, max_size=11), max_size=12), st.booleans())
def test_rows_in_are_rows_kept_and_rows_refused(rows: list[list[str]], is_full: bool) -> None:
    """Whatever stands in a file, each of its rows is kept or refused with reasons; or the file is, whole."""
    names = list(clinic().items)
    rows = [(row + [""] * len(names))[: len(names)] for row in rows] if is_full else rows
    text = csv_text([names, *rows])
    counted = sum(1 for row in csv.reader(io.StringIO(text, newline="")) if row) - 1
    try:
        arrival = arrive(text.encode(), "a.csv", clinic(), None)
    except Refused:
        return
    kept = arrival.sheet.frame["row"].to_list()
    assert arrival.rows_in == counted
    assert sorted([*kept, *(row.row for row in arrival.refused)]) == list(range(1, counted + 1))
    assert all(row.faults and row.reason for row in arrival.refused)
    assert sum(arrival.refused_by.values()) == len(arrival.refused)
    assert arrival.sheet.frame.columns == [
        "row",
        "stratum",
        "cluster",
        "finished",
        *(column for item in clinic().items.values() for column in columns_of(item)),
    ]


def answers_of(kind: ItemKind) -> st.SearchStrategy[str]:
    words = {
        ItemKind.ORDERED: ["Never", "Sometimes, rarely", "Always"],
        ItemKind.SINGLE: ["Heparin", "A DOAC (apixaban, rivaroxaban)", "Other, please specify"],
        ItemKind.YES_NO: ["yes", "no"],
        ItemKind.MULTIPLE: [
            "Iliac",
            "Femoral, common or deep",
            "Iliac,Femoral, common or deep",
            "Femoral, common or deep,Vena cava",
        ],
        ItemKind.NUMBER: ["0", "3", "17.5"],
        ItemKind.DATE: ["2019-02-01", "2001-12-31"],
        ItemKind.TEXT: ["naïve", 'a "b"\nc', "=1+1", "-"],
    }[kind]
    return st.sampled_from(["", *words])


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.tuples(*(answers_of(item.kind) for item in clinic().items.values())), min_size=1, max_size=8),
    st.sampled_from(",;\t"),
)
def test_what_was_answered_is_what_arrives(rows: list[tuple[str, ...]], separator: str) -> None:
    """By words and by codes, with any separator, the sheet is the same; only what was not asked is set aside."""
    items = clinic().items
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=separator).writerows([list(items), *rows])
    by_words = arrive(written.getvalue().encode(), "a.csv", clinic(), None)
    codes = {choice.words: choice.code for item in items.values() for choice in item.choices.values()}
    codes |= {"Iliac,Femoral, common or deep": "1,2", "Femoral, common or deep,Vena cava": "2,3"}
    coded = [[codes.get(cell, cell) for cell in row] for row in rows]
    by_codes = arrive(csv_text([list(items), *coded]).encode(), "a.csv", clinic(), None)
    assert by_words.sheet.frame.equals(by_codes.sheet.frame)
    for row in by_words.sheet.frame.iter_rows(named=True):
        given_answers = dict(zip(items, rows[row["row"] - 1], strict=True))
        assert (row["remarks"] or "") == given_answers["remarks"]
        assert (row["began"] is None) == (given_answers["began"] == "")
        assert row["began"] is None or row["began"] == date.fromisoformat(given_answers["began"])
        assert row["first_other"] is None or row["first_choice"] in ("other", None)
        assert row["segments"] is (given_answers["segments"] != "")


def test_the_sheet_of_an_empty_file_has_its_columns() -> None:
    """No row is no fault: nobody has answered yet."""
    arrival = arrive(b"stents,lyses\n", "a.csv", clinic(), None)
    assert (arrival.rows_in, arrival.rows_kept) == (0, 0)
    assert "segments/iliac" in arrival.sheet.frame.columns


def test_a_layout_is_empty_where_nothing_is_sure() -> None:
    """Without a mapping only the very names are read; what is alike is left out, and listed."""
    arrival = arrive(b"What place do you give stents?,b\nAlways,x\n", "a.csv", clinic(), None)
    assert told(arrival, 1) == ""
    assert list(arrival.left_out) == ["What place do you give stents?", "b"]
    assert isinstance(layout("mapping: clinic\n"), Layout)


def test_one_reason_for_many_rows_is_told_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the number of rows, and the fix as one writes it."""
    (tmp_path / "survey.yaml").write_text(
        "survey: many\ntitle: Many\nshort: Many\ninstrument: elite-kids\n"
        "frame: {population: nobody, reached: named list, through: a list}\n"
        "responses: {file: a.csv, mapping: a.map.yaml}\n"
    )
    (tmp_path / "a.map.yaml").write_text("mapping: elite-kids\nfinished: {column: fertig}\nitems: {}\n")
    (tmp_path / "a.csv").write_text("x,fertig\n" + "1,ja\n" * 40 + "2,nein\n")
    main(["survey", "check", str(tmp_path / "survey.yaml")])
    said = capsys.readouterr().out

    assert "row 1 and 39 rows more, column 'fertig': 'ja' does not say whether it was finished" in said
    assert "row 41, column 'fertig': 'nein' does not say" in said
    assert said.count("finished: {column: fertig, answers: {ja: yes, nein: no}}") == 2
    assert "! 41 of 41 responses refused" in said


def test_a_draft_proposes_the_stratum_and_what_finished_says() -> None:
    """Where the cells are the survey's strata, and in the form that one would write by hand."""
    content = b"no,region,fertig,stents\n1,North,ja,Always\n2,south,nein,Never\n3,,vielleicht,Never\n"
    text = draft(opened(read_table(content, "a.csv"), None, "clinic"), clinic(), "", STRATA)
    assert "stratum: {column: region}" in text
    assert "column: fertig\n" in text
    assert "answers: {ja: yes, nein: no, vielleicht: '?'}" in text
    arrival = arrive(content, "a.csv", clinic(), layout(text.replace("'?'", "no")))
    assert arrival.sheet.frame["stratum"].to_list() == ["north", "south", None]
    assert arrival.sheet.frame["finished"].to_list() == [True, False, False]
