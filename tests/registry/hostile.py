"""Hostile and broken files that come in, each as its bytes, with how many of its rows are kept and how many are refused.

All are read by the mapping below, unless a file says what is otherwise in its own. Patients A1 to A5 are enrolled, each with one
episode; B2 has two episodes. What each is refused with, word for word, stands in `hostile/NAME.txt`.
"""

import datetime
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

MAPPING = """registry map: patency-registry-map/1
source: hostile
missing: {NK: not known, "-99": declined}
patient: {column: patient}
records:
  - kind: visit
    key: [visit]
    parent: only one
    items:
      date: {column: date}
      pain: {column: pain}
      weight: {column: weight}
      ulcer: {column: ulcer}
      note: {column: note}
"""
HEADER = "patient,visit,date,pain,weight,ulcer,note"
GOOD = "A1,1,2024-03-01,3,62.5,none,well"


class File(NamedTuple):
    """A file: its bytes, its ending, what its mapping says otherwise, the rows kept and refused; None where it is refused whole."""

    content: bytes
    kept: int | None
    refused: int | None
    otherwise: tuple[tuple[str, str], ...] = ()
    ending: str = "csv"
    already: int = 0


def csv(*rows: str, kept: int | None, refused: int | None, header: str = HEADER, end: str = "\n", encoding: str = "utf-8",
        otherwise: Sequence[tuple[str, str]] = (), already: int = 0) -> File:  # fmt: skip
    """Return a CSV file of some lines."""
    return File((end.join([header, *rows]) + end).encode(encoding), kept, refused, tuple(otherwise), already=already)


def excel(*rows: Sequence[Any], kept: int | None, refused: int | None, header: Sequence[Any] = tuple(HEADER.split(",")),
          dress: Callable[[Any, Any], None] = lambda *_: None, otherwise: Sequence[tuple[str, str]] = ()) -> File:  # fmt: skip
    """Return an Excel file of some rows; `dress` may do more to it."""
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Visits"
    for row in (header, *rows):
        sheet.append(list(row))
    dress(book, sheet)
    written = io.BytesIO()
    book.save(written)
    return File(written.getvalue(), kept, refused, tuple(otherwise), "xlsx")


def _with_error(_: Any, sheet: Any) -> None:
    sheet["D3"].value, sheet["D3"].data_type = "#DIV/0!", "e"
    sheet["E4"] = "=1+1"


def _far(_: Any, sheet: Any) -> None:
    sheet["XFD1048576"] = "x"


def _rewritten(change: Callable[[str], str], content: bytes) -> bytes:
    """Return a workbook whose first sheet's XML is another."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as now:
        for name in before.namelist():
            text = before.read(name)
            now.writestr(name, change(text.decode()).encode() if name == "xl/worksheets/sheet1.xml" else text)
    return written.getvalue()


def _prefixed(content: bytes) -> bytes:
    """Return a workbook whose sheet is written with a prefix, and whose cells do not say where they stand."""
    return _rewritten(lambda text: re.sub(r' r="[A-Z]+\d+"', "", re.sub(r"<(/?)(?=\w)", r"<\1x:", text))
                      .replace("xmlns=", "xmlns:x="), content)  # fmt: skip


def _bomb() -> bytes:
    """Return a workbook that says it holds little and unpacks to much more."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", "<workbook/>" + " " * 3_000_000)
    content = bytearray(written.getvalue())
    size = (3_000_011).to_bytes(4, "little")
    return bytes(content).replace(size, (11).to_bytes(4, "little"))


DECIMAL = [("missing:", "decimal: comma\nmissing:")]
DAY_FIRST = [("missing:", "dates: day-month-year\nmissing:")]
SEMICOLON = [("missing:", "separator: semicolon\ndecimal: comma\nmissing:")]
ON = datetime.date(2024, 3, 1)
WIDE = ",".join(f"field_{number}" for number in range(395))
REDCAP = [(MAPPING, """registry map: patency-registry-map/1
source: redcap
missing: {UNK: not known}
patient: {column: record_id}
records:
  - kind: patient
    rows: {redcap_event_name: base_arm_1, redcap_repeat_instrument: blank}
    items: {sex_at_birth: {column: sex, answers: {"1": female, "2": male}}}
  - kind: episode
    rows: {redcap_repeat_instrument: blank, diagnosed: filled}
    items: {date: {column: diagnosed}, age: {column: age}}
  - kind: visit
    rows: {redcap_repeat_instrument: visit}
    key: [redcap_repeat_instance]
    parent: only one
    items: {date: {column: visit_date}, pain: {column: pain}}
  - kind: imaging
    rows: {redcap_repeat_instrument: imaging}
    key: [redcap_repeat_instance]
    parent: same date
    items: {date: {column: visit_date}, method: {is: duplex}, status: {column: status}}
""")]  # fmt: skip
REDCAP_HEADER = "record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,sex,diagnosed,age,visit_date,pain,status"
STOCKINGS = [("note}\n", "note}\n      compression: {column: worn}\n      compression_class: {column: class}\n")]
WEIGHT_NOT_KNOWN = [('"-99": declined', '"-99": declined, "30": not known')]

FILES: dict[str, Callable[[], File]] = {
    "plain": lambda: csv(GOOD, "A2,1,2024-03-01,NK,62.5,none,", kept=2, refused=0),
    # encodings
    "utf-8-mark": lambda: csv(GOOD, kept=1, refused=0, encoding="utf-8-sig"),
    "utf-16": lambda: csv(GOOD, "A2,1,2024-03-01,3,62.5,none,Müdigkeit", kept=2, refused=0, encoding="utf-16"),
    "utf-16-unmarked": lambda: csv(GOOD, kept=None, refused=None, encoding="utf-16-le"),
    "utf-32": lambda: csv(GOOD, kept=None, refused=None, encoding="utf-32"),
    "latin-1-unnamed": lambda: csv(GOOD, "A2,1,2024-03-01,3,62.5,none,Müdigkeit", kept=None, refused=None, encoding="latin-1"),
    "latin-1-named": lambda: csv("A2,1,2024-03-01,3,62.5,none,Müdigkeit", kept=1, refused=0, encoding="latin-1",
                                 otherwise=[("missing:", "encoding: latin-1\nmissing:")]),
    "windows-1252-named": lambda: csv("A2,1,2024-03-01,3,62.5,none,“worse” – 5 €", kept=1, refused=0, encoding="cp1252",
                                      otherwise=[("missing:", "encoding: windows-1252\nmissing:")]),
    "nul": lambda: csv(GOOD, "A2,1,2024-03-01,3,62.5,none,a\0b", kept=None, refused=None),
    "a-picture": lambda: File(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", None, None),
    "unseen-letters": lambda: csv("A1,1,2024-03-01,3,62.5,none,right\u202eleft", "A2,1,2024-03-01,3,62.5,none,bell\x07",
                                  "A3\u200b,1,2024-03-01,3,62.5,none,", kept=0, refused=3),
    # numbers
    "decimal-commas-unnamed": lambda: csv('A1,1,2024-03-01,3,"62,5",none,', GOOD.replace("A1", "A2"), kept=1, refused=1),
    "decimal-commas-named": lambda: csv("A1;1;2024-03-01;3;62,5;none;", "A2;1;2024-03-01;3;62.5;none;", kept=1, refused=1,
                                        header=HEADER.replace(",", ";"), otherwise=SEMICOLON),
    "thousands": lambda: csv('A1,1,2024-03-01,3,"1,062.5",none,', "A2,1,2024-03-01,3,1 062,none,", "A3,1,2024-03-01,3,1'062,none,",
                             kept=0, refused=3),
    "exponents": lambda: csv("A1,1,2024-03-01,1e5,62.5,none,", "A2,1,2024-03-01,5e0,6.25e1,none,", "A3,1,2024-03-01,1e999,62,none,",
                             kept=1, refused=2),
    "percent": lambda: csv("A1,1,2024-03-01,30%,62.5,none,", "A2,1,2024-03-01,3,62.5 kg,none,", "A3,1,2024-03-01,>3,62,none,",
                           kept=0, refused=3),
    "nan-and-inf": lambda: csv("A1,1,2024-03-01,NaN,62.5,none,", "A2,1,2024-03-01,inf,62,none,", "A3,1,2024-03-01,-Infinity,62,none,",
                               "A4,1,2024-03-01,NULL,62,none,", "A5,1,2024-03-01,#N/A,62,none,", kept=0, refused=5),
    "blanks-that-do-not-break": lambda: csv("A1\u00a0,1,2024-03-01,\u00a03,62.5\u00a0,none,", "A2,1,2024-03-01,3,6\u00a02,none,",
                                            kept=1, refused=1),
    "out-of-range": lambda: csv("A1,1,2024-03-01,11,62.5,none,", "A2,1,2024-03-01,-1,62.5,none,", "A3,1,2024-03-01,3,0.1,none,",
                                "A4,1,2024-03-01,3,651,none,", kept=0, refused=4),
    "odd-digits": lambda: csv("A1,1,2024-03-01,０x3,62.5,none,", "A2,1,2024-03-01,²,62.5,none,", "A3,1,2024-03-01,½,62.5,none,",
                              kept=0, refused=3),
    "missing-codes": lambda: csv("A1,1,2024-03-01,-99,NK,NK,", "A2,1,2024-03-01,-98,62.5,none,", "A3,1,2024-03-01,,,,",
                                 "A4,1,-99,3,62.5,none,", kept=2, refused=2),
    "missing-code-that-is-an-answer": lambda: csv(GOOD, kept=None, refused=None, otherwise=WEIGHT_NOT_KNOWN),
    # dates
    "dates-in-five-formats": lambda: csv(*(f"A{nth},1,{day},3,62.5,none," for nth, day in enumerate(
        ("2024-03-01", "01.03.2024", "03/01/2024", "1-Mar-2024", "20240301"), 1)), kept=1, refused=4),
    "dates-day-first": lambda: csv(*(f"A{nth},1,{day},3,62.5,none," for nth, day in enumerate(
        ("2024-03-01", "01.03.2024", "13/01/2024", "01/13/2024", "1.3.2024 10:30"), 1)), kept=3, refused=2, otherwise=DAY_FIRST),
    "30-february": lambda: csv("A1,1,2024-02-30,3,62.5,none,", "A2,1,2023-02-29,3,62.5,none,", "A3,1,2024-02-29,3,62.5,none,",
                               "A4,1,2024-13-01,3,62.5,none,", "A5,1,0000-00-00,3,62.5,none,", kept=1, refused=4),
    "two-digit-years": lambda: csv("A1,1,24-03-01,3,62.5,none,", "A2,1,01.03.24,3,62.5,none,", kept=0, refused=2),
    "years-that-cannot-be": lambda: csv("A1,1,1066-10-14,3,62.5,none,", "A2,1,2924-03-01,3,62.5,none,", kept=0, refused=2),
    "excel-serial-dates": lambda: csv("A1,1,45352,3,62.5,none,", "A2,1,45352.4375,3,62.5,none,", kept=0, refused=2),
    # rows and cells
    "ragged": lambda: csv(GOOD, "A2,1,2024-03-01,3,62.5", "A3,1,2024-03-01,3,62.5,none,well,and more", kept=1, refused=2),
    "trailing-separators": lambda: csv("A1,1,2024-03-01,3,62.5,none,well,,,", "A2,1,2024-03-01,3,62.5,none,well,,x", kept=1, refused=1,
                                       header=HEADER + ",,,"),
    "mixed-line-ends": lambda: File(f"{HEADER}\r\n{GOOD}\r{GOOD.replace('A1', 'A2')}\n\n\r\n{GOOD.replace('A1', 'A3')}".encode(), 3, 0),
    "blank-rows": lambda: csv("", GOOD, ",,,,,,", " ,,,,,, ", "", kept=1, refused=2),
    "header-again": lambda: csv(GOOD, HEADER, GOOD.replace("A1", "A2"), kept=2, refused=1),
    "header-alone": lambda: csv(kept=0, refused=0),
    "header-missing": lambda: csv(GOOD, kept=None, refused=None, header=GOOD.replace("A1", "A2")),
    "header-twice-named": lambda: csv(GOOD + ",x", kept=None, refused=None, header=HEADER + ",pain"),
    "header-unnamed": lambda: csv("A1,1,2024-03-01,3,62.5,none,well,x,y", kept=None, refused=None, header=HEADER + ",,last"),
    "empty": lambda: File(b"", None, None),
    "blank-lines-alone": lambda: File(b"\n\n\r\n", None, None),
    "sep-line": lambda: File(f"sep=;\n{HEADER}\n{GOOD}\n".encode(), None, None),
    "tabs": lambda: csv(GOOD.replace(",", "\t"), kept=1, refused=0, header=HEADER.replace(",", "\t")),
    "two-separators": lambda: csv("A1,1;2024-03-01", kept=None, refused=None, header="patient,visit;date"),
    "quote-unclosed": lambda: csv(GOOD, 'A2,1,2024-03-01,3,62.5,none,"never closed', GOOD.replace("A1", "A3"), kept=None, refused=None),
    "quote-within": lambda: csv('A1,1,2024-03-01,3,62.5,none,"so "he" said"', kept=None, refused=None),
    "lines-within-a-cell": lambda: csv('A1,1,2024-03-01,3,62.5,none,"one\ntwo, ""three"""', GOOD.replace("A1", "A2"), kept=2, refused=0),
    "huge-cell": lambda: csv("A1,1,2024-03-01,3,62.5,none," + "x" * 40_000, "A2,1,2024-03-01,3,62.5,none," + "x" * 21_000,
                             "A3,1,2024-03-01," + "9" * 5_000 + ",62.5,none,", GOOD.replace("A1", "A4"), kept=1, refused=3),
    "402-columns": lambda: csv(f"{GOOD}," + "," * 394, "A2,1,2024-03-01,3,62.5,none,," + "," * 393, kept=1, refused=1,
                               header=f"{HEADER},{WIDE}"),
    "6000-columns": lambda: csv(GOOD, kept=None, refused=None, header=HEADER + "".join(f",c{nth}" for nth in range(6_000))),
    "formulas": lambda: csv('A1,1,2024-03-01,3,62.5,none,"=HYPERLINK(""x"";""y"")"', "A2,1,2024-03-01,=1+2,62.5,none,",
                            "A3,1,2024-03-01,3,62.5,@SUM(1),", "'=A4,1,2024-03-01,3,62.5,none,'+cmd", kept=1, refused=3),
    # whose, which, and on what it hangs
    "strangers": lambda: csv("Z9,1,2024-03-01,3,62.5,none,", ",1,2024-03-01,3,62.5,none,", "a1,1,2024-03-01,3,62.5,none,",
                             kept=0, refused=3),
    "identities": lambda: csv("ann@example.org,1,2024-03-01,3,62.5,none,", "A2,1,2024-03-01,3,62.5,none,write to ann@example.org",
                              kept=0, refused=2),
    "identity-mapped": lambda: csv(GOOD, kept=None, refused=None, header=HEADER.replace("note", "patient_name"),
                                   otherwise=[("{column: note}", "{column: patient_name}")]),
    "keys-twice": lambda: csv(GOOD, GOOD, GOOD.replace("62.5", "63"), "A1,2,2024-03-01,3,62.5,none,well", kept=3, refused=1, already=1),
    "keys-blank": lambda: csv("A1,,2024-03-01,3,62.5,none,", GOOD, kept=1, refused=1),
    "no-episode": lambda: csv("C3,1,2024-03-01,3,62.5,none,", kept=0, refused=1),
    "two-episodes": lambda: csv("B2,1,2024-03-01,3,62.5,none,", kept=0, refused=1),
    "nothing-said": lambda: csv("A1,1,,,,,", "A2,1,,3,62.5,none,", kept=0, refused=2),
    "column-missing": lambda: csv("A1,1,2024-03-01,3,62.5,none", kept=None, refused=None, header="patient,visit,date,pains,weight,ulcer"),
    "answers-mistyped": lambda: csv("A1,1,2024-03-01,3,62.5,None,", "A2,1,2024-03-01,3,62.5, OPEN ,", "A3,1,2024-03-01,3,62.5,nome,",
                                    "A4,1,2024-03-01,3,62.5,keine,", kept=2, refused=2),
    "not-asked": lambda: csv(GOOD + ",none,2", GOOD.replace("A1", "A2") + ",daily,2", GOOD.replace("A1", "A3") + ",,2", kept=2, refused=1,
                             header=f"{HEADER},worn,class", otherwise=STOCKINGS),
    "cannot-be-together": lambda: csv("A1,1,2024-03-01,3,62.5,none,,2", "A2,1,2024-03-01,3,62.5,active,,2", kept=1, refused=1,
                                      header=f"{HEADER},size", otherwise=[("note}", "note}\n      ulcer_size_cm: {column: size}")]),
    "repeats-out-of-order": lambda: csv(
        "R1,base_arm_1,imaging,1,,,,2024-04-01,,open", "R1,base_arm_1,visit,2,,,,2024-04-01,3,", "R1,base_arm_1,visit,1,,,,2024-03-01,4,",
        "R2,base_arm_1,imaging,1,,,,2024-04-01,,open", "R1,base_arm_1,,,1,2024-02-01,14.5,,,", "R2,base_arm_1,,,2,2024-02-01,15,,,",
        "R3,base_arm_1,visit,1,,,,2024-03-01,4,", "R2,base_arm_1,lab,1,,,,,,", kept=5, refused=3, header=REDCAP_HEADER, otherwise=REDCAP),
    "guess-unconfirmed": lambda: csv(GOOD, kept=None, refused=None, otherwise=[("{column: pain}", "{column: pain, guessed: yes}")]),
    # Excel
    "excel-dates": lambda: excel(["A1", 1, ON, 3, 62.5, "none", "well"], ["A2", 1, "2024-03-01", "3", "62.5", "none", None],
                                 ["A3", 1, datetime.datetime(2024, 3, 1, 10, 30), 3, 62, "none", ""],
                                 ["A4", 1, 45352, 3, 62, "none", ""], ["A5", 1, "01.03.2024", 3, 62, "none", ""], kept=3, refused=2),
    "excel-day-first": lambda: excel(["A1", 1, ON, 3, 62.5, "none", "well"], ["A2", 1, "01.03.2024", 3, "62,5", "none", None],
                                     ["A3", 1, "2024-03-01", 3, "62.5", "none", None], kept=2, refused=1,
                                     otherwise=[("missing:", "dates: day-month-year\ndecimal: comma\nmissing:")]),
    "excel-merged": lambda: excel(["A1", 1, ON, 3, 62.5, "none", ""], ["A1", 2, ON, 3, 62.5, "none", ""],
                                  ["A2", 1, ON, 3, 62.5, "none", ""],
                                  kept=1, refused=2, dress=lambda _, sheet: sheet.merge_cells("A2:A3")),
    "excel-errors": lambda: excel(["A1", 1, ON, 3, 62.5, "none", ""], ["A2", 1, ON, 3, 62.5, "none", ""],
                                  ["A3", 1, ON, 3, 62.5, "none", ""],
                                  kept=1, refused=2, dress=_with_error),
    "excel-booleans": lambda: excel(["A1", True, ON, True, 62.5, "none", ""], ["A2", 1, ON, datetime.time(3, 4), 62.5, "none", ""],
                                    kept=0, refused=2),
    "excel-sheets": lambda: excel(["A1", 1, ON, 3, 62.5, "none", ""], kept=None, refused=None,
                                  dress=lambda book, _: book.create_sheet("Other")),
    "excel-sheet-named": lambda: excel(["A1", 1, ON, 3, 62.5, "none", ""], kept=1, refused=0,
                                       dress=lambda book, _: book.create_sheet("Other"),
                                       otherwise=[("missing:", "sheet: Visits\nmissing:")]),
    "excel-title-above": lambda: excel(tuple(HEADER.split(",")), ["A1", 1, ON, 3, 62.5, "none", ""], kept=None, refused=None,
                                       header=["Visits of our clinic"]),
    "excel-empty": lambda: excel(kept=None, refused=None, header=()),
    "excel-far-corner": lambda: excel(["A1", 1, ON, 3, 62.5, "none", ""], kept=None, refused=None, dress=_far),
    "excel-far-corner-odd": lambda: File(_rewritten(lambda text: text.replace('r="XFD', 's=">"\n r="XFD'),
                                                    excel(["A1"], kept=None, refused=None, dress=_far).content),
                                         None, None, ending="xlsx"),
    "excel-merged-far": lambda: File(_rewritten(lambda text: text.replace(
        "</sheetData>", '</sheetData><mergeCells><mergeCell ref="A2:XFD1048576"/></mergeCells>'), excel(
            ["A1", 1, ON, 3, 62.5, "none", ""], kept=0, refused=1).content), 0, 1, ending="xlsx"),
    "excel-errors-unplaced": lambda: File(_prefixed(excel(["A1", 1, ON, 3, 62.5, "none", ""], ["A2", 1, ON, 3, 62.5, "none", ""],
                                                          ["A3", 1, ON, 3, 62.5, "none", "well"], kept=1, refused=2,
                                                          dress=_with_error).content), 1, 2, ending="xlsx"),
    "excel-error-in-a-text": lambda: excel(["A1", 1, ON, 3, 62.5, "none", "#REF!"], ["A2", 1, ON, 3, 62.5, "none", "=1+1"],
                                           kept=0, refused=2),
    "excel-bomb": lambda: File(_bomb(), None, None, ending="xlsx"),
    "excel-that-is-none": lambda: File(f"{HEADER}\n{GOOD}\n".encode(), None, None, ending="xlsx"),
    "excel-broken": lambda: File(b"PK\x03\x04 this was a workbook once", None, None, ending="xlsx"),
}  # fmt: skip
