"""The report of a survey: no percentage alone, no answer that could be known for somebody's, the label everywhere."""

import csv
import io
import os
import re
from collections.abc import Iterator
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import polars
import pytest

from patency.guideline.model import Library
from patency.percent import ratio
from patency.practice.markdown import to_markdown
from patency.practice.report import Report, report
from patency.practice.sheet import Sheet
from patency.practice.tally import tabulate
from patency.practice.tidy import to_csv
from patency.publish.press import Press
from patency.publish.survey import figures, page

from .made_up import HOSTILE, INSTRUMENT, LABEL, SOURCES, WRITTEN, made_up, survey

HERE = Path(__file__).parent
END = r"[\d.]+%"
SHARE = rf"(\d+) of (\d+), ([<>]?{END}) \({END} to {END}\)"
BOUNDS = rf"[<>]?{END} to [<>]?{END} \(\d+ to \d+ of \d+\)"
CELLS = rf"\| ([\d.]+) \| ([\d.]+) \| ([<>]?{END}) \| ({END} to {END}|none: a number is assumed)(?= \|)"
WORDS = r"interval at 95%|95% interval"


@pytest.fixture(scope="module")
def press(library: Library) -> Press:
    return Press(library)


class Text(HTMLParser):
    """What a page says: the cells of a row between bars, everything else line by line."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._is_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._is_style = tag == "style"
        self.said.append("| " if tag in ("td", "th") else "")
        self.said += [f"\n{value}\n" for name, value in attrs if value and name in ("aria-label", "title", "alt")]

    def handle_endtag(self, tag: str) -> None:
        self._is_style = False
        if tag in ("td", "th"):
            self.said.append(" ")
        elif tag == "tr":
            self.said.append("|\n")
        elif tag in ("p", "li", "text", "desc", "title", "h1", "h2", "h3", "caption"):
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._is_style:
            self.said.append(data.strip("\n"))


def read(content: bytes) -> tuple[str, list[tuple[str, dict[str, str | None]]]]:
    parser = Text()
    parser.feed(content.decode())
    return "".join(parser.said), parser.tags


def alone(text: str) -> list[str]:
    """Return the percentages that stand without what they are of, and those that are not what they say."""
    found = [f"{count} of {of} is not {written}"
             for count, of, written, *_ in (*re.findall(SHARE, text), *re.findall(CELLS, text))
             if ratio(Fraction(count), Fraction(of)) != written]  # fmt: skip
    for pattern in (SHARE, BOUNDS, CELLS, WORDS):
        text = re.sub(pattern, "", text)
    return found + [line for line in text.splitlines() if "%" in line]


def written(made: Report, press: Press) -> dict[str, str]:
    """Return all that is written of a survey, as text."""
    files = {f"{name}.svg": content.decode() for name, content in figures(made).items()}
    return files | {
        "html": page(made, press).decode(),
        "md": to_markdown(made, {name: f"figures/{name}.svg" for name in figures(made)}),
        "csv": to_csv(made).decode(),
    }


def counted_report(label: str = LABEL) -> Report:
    """Return the report of three answers that are really counted, one with words of its own."""
    columns: dict[str, list[object]] = {"row": [1, 2, 3], "stratum": ["north", "south", None], "cluster": [None] * 3,
                                        "finished": [True, True, True], "uses": ["yes", "yes", "no"], "years": [1.0, 2.5, None],
                                        "since": [None] * 3, "first": ["one", "hostile", None], "how_often": ["rarely", "always", None],
                                        "why": [True, None, None], "remarks": [WRITTEN, None, None]}  # fmt: skip
    columns |= {f"why/{name}": [name == "because", None, None] for name in ("because", "therefore", "whatever")}
    columns |= {f"{name}?": [None, None, None] for name in INSTRUMENT.items}
    kinds = {"since": polars.Date, "cluster": polars.String, "stratum": polars.String}
    kinds |= {f"{name}?": polars.String for name in INSTRUMENT.items}
    frame = polars.DataFrame(columns, schema_overrides=kinds)
    return report(survey(label), tabulate(Sheet(INSTRUMENT, frame), survey(label)), SOURCES)


# No percentage alone.


@pytest.mark.parametrize("made", [made_up(), counted_report()], ids=["made by hand", "counted"])
def test_every_percentage_on_the_page_stands_with_what_it_is_of(made: Report, press: Press) -> None:
    """Count, denominator and interval in the same sentence, label or row; and it is the percentage of that count."""
    text, _ = read(page(made, press))
    assert len(re.findall(SHARE, text)) > 10
    assert len(re.findall(CELLS, text)) > 5
    assert alone(text) == []


@pytest.mark.parametrize("made", [made_up(), counted_report()], ids=["made by hand", "counted"])
def test_every_percentage_in_markdown_stands_with_what_it_is_of(made: Report) -> None:
    """Markdown says the same, with its brackets escaped."""
    text = re.sub(r"\\([<>])", r"\1", to_markdown(made))
    assert len(re.findall(CELLS, text)) > 5
    assert alone(text) == []


def test_the_walk_finds_a_percentage_that_stands_alone() -> None:
    """The test above would see one: without its count, without its interval, or of another count."""
    assert alone("15 of 34, 44% (29% to 61%)") == []
    assert alone("44% chose it") == ["44% chose it"]
    assert alone("| 15 | 34 | 44% | |") == ["| 15 | 34 | 44% | |"]
    assert alone("15 of 34, 45% (29% to 61%)") == ["15 of 34 is not 45%"]


def rows_of(made: Report) -> Iterator[dict[str, str]]:
    yield from csv.DictReader(io.StringIO(to_csv(made).decode()))


@pytest.mark.parametrize("made", [made_up(), counted_report()], ids=["made by hand", "counted"])
def test_every_percentage_in_the_csv_stands_with_what_it_is_of(made: Report) -> None:
    """Count and denominator beside it, and its interval or why there is none."""
    with_percent = [row for row in rows_of(made) if row["percent"]]
    assert len(with_percent) > 20
    for row in with_percent:
        assert row["count"], row
        assert row["denominator"], row
        assert (row["low"] and row["high"]) or "interval" in row["note"] or "assumed" in row["note"], row


def test_a_figure_says_what_its_table_says() -> None:
    """Each answer's words and numbers are text in the figure, and in what is read aloud of it."""
    made = made_up()
    drawn = figures(made)
    parts = {part.item.name: part for section in made.sections for part in section.parts}
    assert set(drawn) == {"uses", "years", "since", "first", "how_often", "why"}
    for name, content in drawn.items():
        said, tags = read(content)
        assert [tag for tag, _ in tags].count("desc") == 1
        for row in parts[name].question.rows:
            assert f"{row.share.count} of {row.share.of}" in said
            assert row.words.split()[0] in said


# What could be known for somebody's.


def test_what_people_wrote_themselves_is_nowhere(press: Press) -> None:
    """The words of an answer in free text are counted, and in no file; nor is what stood in a row that was refused."""
    for made in (made_up(), counted_report()):
        for name, text in written(made, press).items():
            assert "Somebody" not in text, name
    assert "1 answered" in to_markdown(counted_report())
    assert "an answer is one of those offered" in to_markdown(made_up())


def test_a_table_that_is_withheld_is_said_to_be_and_is_nowhere(press: Press) -> None:
    """Neither its answers nor the sizes of its groups; how many tables are not shown stands where it is said what is not."""
    text, _ = read(page(made_up(), press))
    few = "Not shown by group: some group has fewer than 5 people in it."
    for said in (text, to_markdown(made_up())):
        assert few in said
        assert "1 table by groups is not shown" in said
    assert to_markdown(made_up()).count("from the north (16)") == 1
    by_stratum = [
        (row["question"], row["count"], row["note"]) for row in rows_of(made_up()) if row["measure"] == "by stratum"
    ]
    assert by_stratum == [
        ("first", "7", ""),
        ("first", "8", ""),
        ("first", "6", ""),
        ("first", "6", ""),
        ("how_often", "", few),
    ]


# The label.


def test_the_label_stands_everywhere(press: Press) -> None:
    """On the page and its title, before every section of the Markdown, in every row of the CSV, above every figure."""
    made = made_up()
    files = written(made, press)
    banner = "made up for tests, no real responses."
    assert made.banner == banner
    said = {name: " ".join(re.sub(r"<[^>]*>", " ", text).split()).lower() for name, text in files.items()}
    assert [name for name, text in said.items() if banner.rstrip(".") not in text] == []
    _, tags = read(files["html"].encode())
    assert [named["class"] for tag, named in tags if tag == "aside"] == ["loud"]
    sections = files["md"].split("\n## ")[1:]
    assert len(sections) > 8
    assert [each for each in sections if f"> **{banner}**" not in each] == []
    assert LABEL in files["md"]
    assert {row["label"] for row in rows_of(made)} == {LABEL}


def test_real_answers_have_no_label(press: Press) -> None:
    """Where a survey has no label nothing warns, and nothing is empty where it would stand."""
    files = written(made_up(""), press)
    assert "<aside" not in files["html"]
    assert "> **" not in files["md"]
    assert 'class="loud"' not in files["first.svg"]


# What anybody may have written into a survey.


def test_nothing_in_a_survey_is_taken_for_code(press: Press) -> None:
    """Answers and facts are text: in HTML, in SVG, in Markdown, and in a spreadsheet."""
    files = written(made_up(), press)
    assert HOSTILE.startswith("=cmd|")
    for name in ("html", "first.svg"):
        assert "<script" not in files[name]
        assert "&lt;script&gt;" in files[name]
    assert "<script" not in re.sub(r"\\.", "", files["md"])
    rows = [line for line in files["md"].splitlines() if "alert" in line and line.startswith("|")]
    assert [len(re.findall(r"(?<!\\)\|", line)) for line in rows] == [7, 3]
    cells = [cell for row in rows_of(made_up()) for cell in row.values()]
    assert [cell for cell in cells if cell.lstrip().startswith(("=", "+", "@"))] == []
    assert f"'{HOSTILE}" in cells


def test_the_page_needs_nothing_from_anywhere(press: Press) -> None:
    """No script, and no address but of the page's own parts."""
    content = page(made_up(), press)
    _, tags = read(content)
    assert "script" not in {tag for tag, _ in tags}
    addresses = [
        value for _, named in tags for name, value in named.items() if name in ("href", "src", "srcset", "action")
    ]
    assert len(addresses) > 20
    assert [each for each in addresses if each is None or not each.startswith("#")] == []
    assert re.findall(r"url\((?!#)|@import", content.decode()) == []
    targets = {named["id"] for _, named in tags if named.get("id")}
    assert {str(each).removeprefix("#") for each in addresses} <= targets


def test_the_same_answers_give_the_same_bytes(press: Press) -> None:
    """No page knows the time or the machine."""
    assert written(made_up(), press) == written(made_up(), press)


# What the survey states, and what it does not.


def test_what_is_not_stated_is_said_to_be_not_stated() -> None:
    """Neither a review's decision nor incentives stand in the survey: the first is left out of its sentence, the second said."""
    made = made_up()
    (methods,) = [said.text for said in made.methods if said.text.startswith("Ethics")]
    assert methods == "Ethics review: No board. Consent: none was needed."
    rows = {cells[0]: cells[1] for _, rows in made.checklist.groups for cells in rows}
    assert rows["Incentives (name from memory, not confirmed)"] == "not stated"
    assert rows["Contact mode"] == f"by letter {HOSTILE}"
    assert rows["Open survey or closed survey"] == "closed"
    assert rows["Adaptive questioning"] == "3 of 7 questions are asked only of some"
    silent = survey()._replace(ethics={}, field=survey().field._replace(first=None, last=None))
    said = " ".join(each.text for each in report(silent, made.tables, SOURCES).methods)
    assert "Ethics review: not stated. Consent: not stated." in said
    assert "Answers were taken at a time that is not stated." in said


def test_a_question_says_of_whom_it_was_asked_and_who_gave_no_answer() -> None:
    """Branching in words; those not asked, those of whom that cannot be told, and each reason for silence are counted apart."""
    parts = [part for section in made_up().sections for part in section.parts]
    assert parts[0].who == "Asked of all."
    assert parts[3].who == "Asked only if “Do you use it” is yes."
    assert parts[2].reached == "35 of 35 were asked. Of these 35, 30 answered, 3 did not know and 2 left it blank."
    assert parts[5].reached == (
        "33 of 35 were asked; 1 was not, for it did not apply; of 1 that cannot be told. "
        "Of these 33, 32 answered and 1 left it blank."
    )


def test_the_small_report_reads_so() -> None:
    """The whole Markdown, word for word; PATENCY_REWRITE=1 writes it anew, so that its diff is what is reviewed."""
    said, kept = to_markdown(made_up()), HERE / "made-up.md"
    if os.environ.get("PATENCY_REWRITE") == "1":
        kept.write_text(said, encoding="utf-8")
    # Patency's own version changes with every release; the report's words do not.
    assert re.sub(r"Patency [\d.]+\w*", "Patency", said) == re.sub(
        r"Patency [\d.]+\w*", "Patency", kept.read_text(encoding="utf-8")
    )


def test_few_numbers_are_hidden(press: Press) -> None:
    """Of two who told their years, least, median and most are what they told: none is in any file."""
    made = counted_report()
    (part,) = [part for section in made.sections for part in section.parts if part.item.name == "years"]
    assert part.question.reach.answered == 2
    assert part.tables == ()
    assert part.remarks == ("Hidden: so few answered that a summary would give their answers away.",)
    assert "years.svg" not in written(made, press)
    assert [row for row in rows_of(made) if row["measure"] == "number"] == []


def test_on_a_phone_every_cell_says_what_it_is(press: Press) -> None:
    """There a row is a card, and the heads of the columns stand in its cells: no interval is cut off unseen."""
    cells = [dict(attributes) for tag, attributes in read(page(made_up(), press))[1] if tag == "td"]
    assert cells
    assert all("data-head" in each for each in cells)
    assert any(each["data-head"] == "95% interval" for each in cells)
