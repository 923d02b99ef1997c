"""Files of answers, mappings and data dictionaries that cannot be read as they stand, each with the command that reads it.

They are laid beside a survey of the Leg scale of `base/`. What is said of them stands in `made/`.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

BASE = Path(__file__).parent / "base"
Maker = Callable[[Path], bytes | None]

SURVEY = """\
survey: legs
title: What was found of legs
short: Legs
instrument: leg
frame:
  population: nobody
  reached: named list
  through: a list that was made up
  invited: 30
  strata: {north: {words: the north, invited: 20}}
responses: {file: answers.csv, mapping: answers.map.yaml}
"""
PLAIN = "mapping: leg\nitems:\n  ache: {column: ache}\n  cramps: {column: cramps}\n"
ARRIVE = "survey arrive survey.yaml --content content"
MAP = "survey map survey.yaml answers.csv --content content"
IMPORT = "instrument import fields.csv --on 2026-05-29"


def answers(content: bytes | str, mapping: str = PLAIN, survey: str = SURVEY) -> Maker:
    """Make a survey with a file of answers and its mapping."""

    def make(folder: Path) -> None:
        shutil.copytree(BASE, folder / "content")
        (folder / "survey.yaml").write_text(survey, encoding="utf-8")
        (folder / "answers.map.yaml").write_text(mapping, encoding="utf-8")
        (folder / "answers.csv").write_bytes(content.encode() if isinstance(content, str) else content)

    return make


def beside(maker: Maker, path: str, text: str) -> Maker:
    """Make one file more."""

    def make(folder: Path) -> None:
        maker(folder)
        _laid(folder / path, text)

    return make


def items(*lines: str) -> str:
    return "mapping: leg\nitems:\n" + "".join(f"  {line}\n" for line in lines)


HEAD = (
    'Variable / Field Name,Form Name,Section Header,Field Type,Field Label,"Choices, Calculations, OR Slider Labels",'
    "Field Note,Text Validation Type OR Show Slider Number,Text Validation Min,Text Validation Max,Identifier?,"
    "Branching Logic (Show field only if...),Required Field?,Custom Alignment,Question Number (surveys only),"
    "Matrix Group Name,Matrix Ranking?,Field Annotation\n"
)


def field(name: str, kind: str, **more: str) -> str:
    """Write one row of a data dictionary."""
    told = {"name": name, "form": "ward", "type": kind, "label": name.capitalize()} | more
    order = (
        "name",
        "form",
        "section",
        "type",
        "label",
        "choices",
        "help",
        "validation",
        "least",
        "most",
        "identifier",
        "when",
        "required",
        "alignment",
        "number",
        "matrix",
        "ranking",
        "annotation",
    )
    return ",".join('"' + told.get(part, "").replace('"', '""') + '"' for part in order) + "\n"


def dictionary(*rows: str) -> Maker:
    """Make a data dictionary, with the record's own number before its fields."""

    def make(folder: Path) -> None:
        (folder / "fields.csv").write_text(HEAD + field("record_id", "text") + "".join(rows), encoding="utf-8")

    return make


GRADED = "0, None | 1, Mild | 2, Severe"
KNOWN = (
    field("pain", "radio", choices=GRADED),
    field("ulcer", "yesno"),
    field("veins", "checkbox", choices="1, Femoral | 2, Iliac"),
    field("width", "text", validation="number", least="0", most="30"),
    field("began", "text", validation="date_dmy"),
    field("why", "notes"),
    field("total", "calc", choices="[pain] + [width]"),
)


def branching(*logics: str) -> Maker:
    """Make a dictionary with a text field for each branching."""
    return dictionary(*KNOWN, *(field(f"more_{number}", "text", when=logic) for number, logic in enumerate(logics, 1)))


def calculations(*formulas: str) -> Maker:
    """Make a dictionary with a calculated field for each formula."""
    return dictionary(
        *KNOWN, *(field(f"sum_{number}", "calc", choices=each) for number, each in enumerate(formulas, 1))
    )


def with_a_folder_for_a_dictionary(folder: Path) -> None:
    shutil.copytree(BASE, folder / "content")
    (folder / "out.csv").mkdir()


def qualtrics(*rows: str) -> str:
    return 'Status,Finished,ache\nResponse Type,Finished,Ache\n"{""ImportId"":""status""}","{}","{}"\n' + "".join(rows)


REDCAP = "record,redcap_event_name,ache,ward_complete\n"

ODD = """\
instrument: odd-one
title: What REDCap has no place for
version: "1"
unit: one leg
licence: free to use
cite: [{source: book, at: p. 2, mark: original}]
items:
  the-veins: {asks: Which?, type: multiple, answers: {one: {words: "One | two", points: 1}, two: {words: Two, points: 2, code: a b}}}
  years: {asks: Age, type: number, unit: year, range: [0, 120], feeds: age}
  more: {asks: Which?, type: text, when: answered(the-veins)}
  turn: {asks: Which way?, type: single, answers: {left: {words: right, code: l}, right: {words: straight, code: r}}}
checks:
  odd: {when: years > 100 years and the-veins has two, says: nobody has}
scores:
  number: {words: Number, number: "mean(the-veins, years)", prorate: 1}
  worst: {words: Worst, bands: {mild: mild, severe: {words: severe, when: number >= 40}}, feeds: pain}
  both: {words: Both, when: "the-veins has all [one, two]", says: [both are, not both are]}
  kinds: {words: Kinds, members: {first: {words: I, when: the-veins has one}, second: {words: II, when: not the-veins has one}}}
examples:
  one: {answers: {the-veins: [one], years: 41}, scores: {worst: mild}}
"""

ARRIVING: dict[str, tuple[Maker, str]] = {
    # The file itself
    "answers-that-are-missing": (answers("", survey=SURVEY.replace("answers.csv", "others.csv")), ARRIVE),
    "answers-that-are-empty": (answers(""), ARRIVE),
    "answers-that-are-not-utf-8": (answers("ache,cramps\nmild,naïf\n".encode("latin-1")), ARRIVE),
    "answers-that-are-utf-16-unsaid": (answers("ache,cramps\nmild,mild\n".encode("utf-16-le")), ARRIVE),
    "answers-that-are-utf-32": (answers("ache,cramps\n".encode("utf-32")), ARRIVE),
    "answers-with-nul-bytes": (answers("ache,cramps\nmild,mi\0ld\n"), ARRIVE),
    "answers-with-an-open-quote": (answers('ache,cramps\nmild,"mild\nnone,none\n'), ARRIVE),
    "answers-with-a-quote-amiss": (answers('ache,cramps\nmild,"mild"er\n'), ARRIVE),
    "answers-with-two-separators": (answers("ache;a,b\nmild;mild,c\n"), MAP),
    "answers-of-6000-columns": (answers(",".join(f"c{number}" for number in range(6000)) + "\n"), ARRIVE),
    "answers-of-600000-rows": (answers("ache,cramps\n" + ",\n" * 600_000), ARRIVE),
    "answers-of-a-hundred-megabytes": (answers(b"," * 100_000_001), ARRIVE),
    "answers-with-odd-headers": (answers("ache,,ache\nmild,x,mild\n"), ARRIVE),
    # Its rows
    "answers-that-are-ragged": (answers("ache,cramps\nmild\nmild,mild,mild\n,\nmild,none\n"), ARRIVE),
    "answers-with-a-cell-of-ten-megabytes": (
        answers("ache,cramps\nmild,none\n" + "a" * 10_000_000 + ",none\n"),
        ARRIVE,
    ),
    "answers-that-fit-no-item": (
        answers(
            "ache,cramps,ulcer,veins,size,since,why,years\n"
            "awful,mild,yes,the femoral vein,3,2026-01-01,a,\n"
            'mild,mild,perhaps,"the femoral vein,the tibial vein",four,2026-13-01,b,\n'
            "mild,mild,yes,iliac,31,2026-01-01,c,\n"
            "mild,NK,no,iliac,3,,d,\n"
            "mild,mild,no,,3,,write to nobody@example.org,\n"
            "none,mild,yes,,3,,e,\n" + "mild,mild,yes,,3,," + "f,47 years\n" + f"{'x' * 100},mild,yes,,3,,g,\n",
            items(
                "ache: {column: ache}",
                "cramps: {column: cramps, missing: {NK: not known}}",
                "ulcer: {column: ulcer}",
                "veins: {column: veins}",
                "size: {column: size}",
                "since: {column: since}",
                "why: {column: why}",
                "years: {column: years}",
            ),
        ),
        ARRIVE,
    ),
    "answers-with-boxes-amiss": (
        answers(
            "f,i\n1,perhaps\n0,NK\n0,0\n", items("veins: {columns: {femoral: f, iliac: i}, missing: {NK: not known}}")
        ),
        ARRIVE,
    ),
    "answers-of-two-meanings": (
        answers(
            'veins,ulcer\nboth,x\n"a,b",no\n',
            items("veins: {column: veins, answers: {a: femoral, b: iliac, 'a,b': iliac}}", "ulcer: {column: ulcer}"),
        ),
        ARRIVE,
    ),
    "answers-that-are-two-names": (
        beside(
            answers(
                "turn\nright\nr\n",
                "mapping: odd-one\nitems: {turn: {column: turn}}\n",
                SURVEY.replace("instrument: leg", "instrument: odd-one"),
            ),
            "content/instruments/odd-one.yaml",
            ODD,
        ),
        ARRIVE,
    ),
    "answers-with-two-decimals": (
        answers('size,ulcer\n"1,5",yes\n2.5,yes\n', items("size: {column: size}", "ulcer: {column: ulcer}")),
        ARRIVE,
    ),
    "answers-with-decimal-commas-only": (
        answers('size,years\n"1,5","12,0"\nx,3\n', items("size: {column: size}", "years: {column: years}")),
        ARRIVE,
    ),
    "answers-of-an-unknown-stratum": (
        answers("ache,cramps,where\nmild,mild,south\nmild,mild,north\n", PLAIN + "stratum: {column: where}\n"),
        ARRIVE,
    ),
    "answers-with-other-totals": (
        answers("ache,cramps,sum\nmild,mild,2\nmild,,1\nmild,mild,x\n", PLAIN + "scores: {total: sum}\n"),
        ARRIVE,
    ),
    "answers-by-nobody": (
        answers(
            qualtrics("IP Address,True,mild\n", "Survey Preview,True,mild\n", "9,True,mild\n", "odd,True,mild\n"),
            items("ache: {column: ache}"),
        ),
        ARRIVE,
    ),
    "answers-of-qualtrics-without-its-headers": (
        answers("Status,ResponseId,ache\n0,R_1,mild\n", items("ache: {column: ache}") + "format: qualtrics\n"),
        ARRIVE,
    ),
    "answers-that-are-there-twice": (
        answers("no,ache,cramps\n1,mild,mild\n1,mild,mild\n1,none,mild\n2,none,mild\n", PLAIN + "id: {column: no}\n"),
        ARRIVE,
    ),
    "answers-of-two-events": (
        answers(REDCAP + "1,first_arm_1,mild,2\n1,later_arm_1,none,2\n", items("ache: {column: ache}")),
        ARRIVE,
    ),
    "answers-of-another-event": (
        answers(
            REDCAP + "1,first_arm_1,mild,2\n1,later_arm_1,none,2\n",
            items("ache: {column: ache}") + "event: later_arm_1\n",
        ),
        ARRIVE,
    ),
    "answers-of-no-such-event": (
        answers(REDCAP + "1,first_arm_1,mild,2\n", items("ache: {column: ache}") + "event: last_arm_1\n"),
        ARRIVE,
    ),
    "answers-of-other-repeats": (
        answers(
            "record,redcap_repeat_instrument,redcap_repeat_instance,ache\n1,,,\n1,leg,1,mild\n1,stock,1,\n",
            items("ache: {column: ache}"),
        ),
        ARRIVE,
    ),
    # Its mapping
    "mapping-of-another-instrument": (
        answers("ache\nmild\n", "mapping: arm\nitems: {elbow: {column: ache}}\n"),
        ARRIVE,
    ),
    "mapping-of-no-such-columns": (answers("ache,cramp\nmild,mild\n"), ARRIVE),
    "mapping-of-an-identity": (
        answers("ache,cramps,Full name\nmild,mild,Nobody\n", PLAIN + "  why: {column: Full name}\n"),
        ARRIVE,
    ),
    "mapping-that-is-a-guess": (
        answers(
            "ache\nmild\n",
            items(
                "ache: {column: ache, guessed: yes}", "cramps: {column: cramps, answers: {Soms: '?', Altijd: severest}}"
            ),
        ),
        ARRIVE,
    ),
    "mapping-that-cannot-be": (
        answers(
            "ache\nmild\n",
            items(
                "ache: {column: ache, columns: {none: b}}",
                "cramps: {split: ','}",
                "veins: {columns: {femoral: f, tibial: t}}",
                "size: {column: size, unit: inch}",
                "why: {column: why, unit: m}",
                "ulcer: yes",
            )
            + 'missing: {none: declined, "9": not known, gone: away}\nformat: excel\nseparator: "#"\nscores: {worst: w}\n'
            "finished: {column: ache}\nleft_out: {why: it was}\nstratum: {column: w, answers: {S: south}}\ndate: today\n",
        ),
        ARRIVE,
    ),
    "mapping-that-is-not-yaml": (answers("ache\nmild\n", "mapping: [leg\n"), ARRIVE),
    "survey-of-no-answers": (answers("", survey=SURVEY[: SURVEY.index("responses")]), ARRIVE),
    "survey-that-is-not-among-them": (answers(""), "survey arrive leg --content content"),
    "survey-file-that-is-not-there": (answers(""), "survey arrive other.yaml --content content"),
    "survey-that-is-wrong": (answers("", survey="survey: legs\n"), ARRIVE),
    "surveys-that-are-wrong": (
        beside(answers(""), "content/surveys/odd.yaml", "survey: odd\n"),
        "survey list --content content",
    ),
    # Data dictionaries
    "dictionary-that-is-none": (lambda folder: _laid(folder / "fields.csv", "record_id,ache\n1,2\n"), IMPORT),
    "dictionary-that-is-missing": (lambda _: None, IMPORT),
    "dictionary-of-two-forms": (dictionary(*KNOWN, field("other", "yesno", form="home")), IMPORT),
    "dictionary-without-such-a-form": (dictionary(*KNOWN), f"{IMPORT} --form wrad"),
    "dictionary-of-odd-fields": (
        dictionary(
            field("scan", "file"),
            field("words", "descriptive"),
            field("look", "sql", choices="select 1"),
            field("thing", "signature"),
            field("Sum", "yesno"),
            field("sum", "yesno"),
            field("twice", "yesno"),
            field("twice", "yesno"),
            field("silent", "yesno", label=""),
            field("endless", "text", validation="number"),
            field("bent", "text", validation="number", least="low", most="3"),
            field("bar", "slider", choices="little | much"),
            field("lonely", "radio", choices="1, One | two"),
            field("order", "radio", choices=GRADED, ranking="y"),
            field("greeting", "yesno", label="Dear [name], do you ache?"),
            field("made", "text", annotation='@CALCTEXT("x")'),
            field("short", "yesno").replace(',""\n', "\n"),
        ),
        IMPORT,
    ),
    "dictionary-of-odd-branchings": (
        branching(
            "[pain] = '9'",
            "[pain] > '9'",
            "[veins(3)] = '1'",
            "[veins(1)] = '2'",
            "[why] = 'x'",
            "[gone] = '1'",
            "[total] > 4",
            "[first_arm_1][pain] = '1'",
            "[user-name] = 'x'",
            "[pain:label] = '1'",
            "[veins(1):checked] = '1'",
            "[pain] > [width]",
            "[pain] + 1 > 2",
            "[pain] + 1",
            "datediff([began], [began], 'd') > 3",
            "datediff([began], 'today', 'w') > 3",
            "datediff([pain], 'today', 'd') > 3",
            "[width] > 'x'",
            "[pain] = '1' [ulcer]",
            "([pain] = '1'",
            "[pain] =",
            "[pain] = ;",
            "(" * 50 + "[ulcer]",
            "[ulcer] and )",
            "isblankormissingcode([pain], [ulcer])",
            "[ulcer] >= '0'",
            "[pain]" + " " * 10_000 + "= '1'",
            "[why] > 'x' or [total] = ''",
        ),
        IMPORT,
    ),
    "dictionary-of-odd-calculations": (
        calculations(
            "[width] ^ 2",
            "roundup([width])",
            "[why] + 1",
            "if([pain] = '', 1, 2)",
            "if([pain] = '1', '', 2)",
            "[pain] = '1'",
            "[veins(9)] * 2",
            "",
            "if([total] = '', 1, 2)",
            "if([veins] > 3, 1, 2)",
            "'many'",
            "sum([gone], 1)",
            "if(isblankormissingcode([pain]), 1, 2)",
        ),
        IMPORT,
    ),
    "dictionary-with-words-of-a-text-as-codes": (
        dictionary(field("kind", "radio", choices="a, Apple | b, Pear"), field("more", "text", when="[kind] > 'a'")),
        IMPORT,
    ),
    "dictionary-that-is-carried-over-otherwise": (
        dictionary(
            field("name", "text", identifier="y"),
            field("mail", "text", validation="email"),
            field("call", "text", validation="phone"),
            field(
                "pain",
                "radio",
                choices=GRADED,
                required="y",
                alignment="LH",
                number="1",
                matrix="pains",
                annotation="@HIDDEN Patency: {oh",
            ),
            field("ache", "radio", choices=GRADED, required="y", matrix="pains"),
            field("true", "truefalse"),
            field("width", "text", validation="number_1dp_comma_decimal", least="0,5", most="30"),
            field("seen", "text", validation="datetime_dmy", least="2001-01-01"),
            field("hour", "text", validation="time"),
            field("total", "calc", choices="[pain] + [ache]", when="[true] = '1'"),
        ),
        IMPORT,
    ),
    "dictionary-carried-over-in-part": (dictionary(*KNOWN[:2], field("scan", "file")), f"{IMPORT} --partly"),
    "dictionary-that-makes-no-instrument": (
        dictionary(field("width", "text", validation="number", least="3", most="1")),
        IMPORT,
    ),
    "export-of-no-such-instrument": (with_a_folder_for_a_dictionary, "instrument export lge --content content"),
    "export-onto-a-folder": (with_a_folder_for_a_dictionary, "instrument export leg --content content --out out.csv"),
    "export-of-what-has-no-place": (
        beside(with_a_folder_for_a_dictionary, "content/instruments/odd-one.yaml", ODD),
        "instrument export odd-one --content content",
    ),
}


def _laid(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
