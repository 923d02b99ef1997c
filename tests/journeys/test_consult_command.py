"""`patency consult`: one page for one patient."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

from .conftest import Run

Patency = Callable[..., Run]
WORKED = "examples/acute-severe-adult.yaml"


def paragraphs(text: str) -> str:
    """Undo the wrapping of a text page: one line for the whole of it."""
    return " ".join(text.split())


def test_a_case_file_gives_a_page(patency: Patency) -> None:
    """Day, expiry, findings, ratings and sources stand on it, and nothing goes to standard error."""
    ran = patency("consult", WORKED)
    page = paragraphs(ran.out)

    assert (ran.code, ran.err) == (0, "")
    assert page.startswith(
        "PATENCY consult · as of 29 May 2026 · this advice expires 9 Jun 2026: 14 days since the onset"
    )
    assert "age: 45 years · the patient is not pregnant · the affected leg: the left" in page
    assert "the patient is otherwise healthy (asserted)" in page
    assert re.search(
        r"How to treat the clot first: \d+ questions could still change an opinion; \d+ more bear on later decisions",
        page,
    )
    assert "anticoagulation alone: ● ACR 2020 usually appropriate [2 2nd]" in page
    assert "They differ on catheter-directed removal with a lytic: ACR 2020 accepts or favours it; ASH 2020 and" in page
    assert "Superseded: ACR 2013 by ACR 2020;" in page
    assert re.search(r"None of these \d+ rules has been reviewed by a clinician yet", page)
    assert "[1] " in page


def test_no_line_of_a_page_in_a_pipe_is_longer_than_a_hundred_letters(patency: Patency) -> None:
    """It can be read in any window and mailed as it is; only an address that cannot be broken may stick out."""
    for words in ((), ("--full",), ("--explain",)):
        for line in patency("consult", WORKED, *words).out.splitlines():
            assert len(line) <= 100 or len(line.split()) == 1


def test_full_adds_every_statement(patency: Patency) -> None:
    """The short page says how many it leaves out; the full one leaves none."""
    short, full = patency("consult", WORKED), patency("consult", WORKED, "--full")

    assert "This is the short page; --full adds" in paragraphs(short.out)
    assert "--full adds" not in full.out
    assert len(full.out.splitlines()) > 2 * len(short.out.splitlines())


@pytest.mark.parametrize("case", sorted(Path("examples").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_short_page_is_short(patency: Patency, case: Path) -> None:
    """Three screens and a half for three questions, whoever the patient is; what it leaves out is counted and named."""
    page = patency("consult", str(case)).out

    assert len(page.splitlines()) <= 216
    assert re.search(r"--full adds \d+ statements: What each option costs \(\d+\)", paragraphs(page))


def test_full_says_every_opinion_and_short_counts_those_that_hang_on_more(patency: Patency) -> None:
    """What may yet hold stands under its open condition, once; where the short page stops, it counts and names the rest."""
    short, full = (paragraphs(patency("consult", WORKED, *words).out) for words in ((), ("--full",)))
    first = [page.partition("STILL WORTH ASKING")[0] for page in (short, full)]
    shown = [len(re.findall(r"may yet hold, if ", page)) for page in first]
    (rest,) = re.findall(r"(\d+) more may yet hold, if several things do \(--full\)", first[0])

    assert shown[0] < shown[1]
    assert "more may yet hold, if several things do" not in first[1]
    assert "ESVS 2021, early removal of the clot: Class IIa, level A, in selected patients" in first[1]
    opinions = [len(re.findall(r"[●◐○✕] [A-Z][^:;]*, [^:;]*: ", page.partition("may yet hold")[2])) for page in first]
    assert opinions[0] + int(rest) == opinions[1]


def test_explain_adds_the_trace_of_every_rule(patency: Patency) -> None:
    """Why each variant holds or does not, down to the findings, with assertions marked."""
    plain, explained = patency("consult", WORKED), patency("consult", WORKED, "--explain")
    page = paragraphs(explained.out)

    assert "why v2 holds:" not in plain.out
    for line in ("why v2 holds:", "why v4 cannot be told yet:", "why v5 does not hold:"):
        assert line in explained.out
    assert "yes: the patient is otherwise healthy (asserted)" in page
    assert "exception limb-threat: no: the limb is threatened" in page
    assert "yes: the onset of symptoms was less than 14 days ago" in page


def test_on_sees_the_same_findings_on_another_day(patency: Patency) -> None:
    """Eleven days later the window has closed."""
    ran = patency("consult", WORKED, "--on", "2026-06-09")
    page = paragraphs(ran.out)

    assert ran.code == 0
    assert page.startswith("PATENCY consult · as of 9 Jun 2026 ")
    assert "this advice expires 9 Jun" not in page
    assert "ACR 2020 usually appropriate" in paragraphs(patency("consult", WORKED).out)
    assert "ACR 2020 usually appropriate" not in page


def test_on_an_earlier_day_nothing_was_found_yet(patency: Patency) -> None:
    """A finding of the day of the case cannot be known the day before."""
    ran = patency("consult", WORKED, "--on", "2026-05-28")

    assert (ran.code, ran.out) == (3, "")
    assert "nothing from the future can be known" in ran.err


def test_set_puts_a_finding_in_or_replaces_one(patency: Patency) -> None:
    """The last open question can be answered on the command line, and an answer can be tried out."""
    told = """compression_lesion=none bleeding_risk=low phlegmasia=none episode_history=first ambulatory=yes high_pts_risk=no
        endovascular_available=yes patient_fears_pts_more_than_bleeding=no rapid_extension_on_anticoagulation=no
        worse_on_anticoagulation=no anticoagulation_failed=no anticoagulation_complication=no good_function=yes
        anticoagulation_contraindicated=no central_venous_catheter=no catheter_related=no"""
    sets = [word for finding in told.split() for word in ("--set", finding)] + ["--set", "life_expectancy=30 years"]
    page = paragraphs(patency("consult", WORKED, *sets).out)
    assert "How to treat the clot first: settled;" in page
    assert "They agree on" in page
    assert "SVS/AVF 2012 suggested, 2C" in page

    mild = patency("consult", WORKED, "--set", "compression_lesion=none", "--set", "severity=mild")
    assert "✕ ACR 2020 usually not appropriate" in paragraphs(mild.out)
    assert "the severity of symptoms: mild" in paragraphs(mild.out)


def test_set_alone_is_a_case(patency: Patency) -> None:
    """Without a file and with at least one finding, the page is made of those."""
    ran = patency("consult", "--on", "2026-05-29", "--set", "age=12")

    assert ran.code == 0
    assert "age: 12 years" in ran.out
    assert "Out of scope: ACR 2019" in ran.out


def test_a_policy_can_be_set_for_one_page(patency: Patency) -> None:
    """A site that treats from 12 years on sees the ratings for a child of twelve."""
    ran = patency("consult", "examples/child-12.yaml", "--policy", "adult_age=12")

    assert ran.code == 0
    plain = patency("consult", "examples/child-12.yaml")
    assert "ACR 2020 usually appropriate" in paragraphs(ran.out)
    assert "ACR 2020 usually appropriate" not in paragraphs(plain.out)
    assert "ACR 2020" not in ran.out.partition("Out of scope:")[2].partition("Superseded:")[0]
    assert "ACR 2020" in plain.out.partition("Out of scope:")[2].partition("Superseded:")[0]


def test_json_holds_to_its_published_schema(patency: Patency) -> None:
    """What the command prints, with and without the trace, is what `patency schema` says it is."""
    schema = json.loads(patency("schema").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    for words in ([WORKED], [WORKED, "--explain"], ["--set", "age=12"]):
        ran = patency("consult", *words, "--format", "json")
        assert (ran.code, ran.err) == (0, "")
        validator.validate(json.loads(ran.out))


def test_json_says_what_the_page_says(patency: Patency) -> None:
    """The parts that other programs build on are there, under their names."""
    page = json.loads(patency("consult", WORKED, "--format", "json").out)
    current = {advice["guideline"]: advice for advice in page["advice"]}["acr-2020"]
    rules = {rule["id"]: rule for rule in current["rules"]}

    assert page["format"] == "patency-consult/4"
    assert (page["on"], page["case"]["name"]) == ("2026-05-29", "acute-severe-adult")
    assert (current["scope"], current["matches"], current["settled"], current["exact"]) == (
        "in scope",
        ["v2"],
        False,
        True,
    )
    assert current["expires"] == {"on": "2026-06-09", "why": "14 days since the onset of symptoms"}
    assert (rules["v2"]["truth"], rules["v4"]["truth"], rules["v5"]["truth"]) == ("yes", "unknown", "no")
    assert {(opinion["option"], opinion["stance"], opinion["settled"]) for opinion in rules["v2"]["opinions"]} == {
        ("anticoagulation_alone", "for", True),
        ("catheter_removal", "for", True),
        ("surgical_thrombectomy", "conditional", True),
    }
    assert all(citation["mark"] for opinion in rules["v2"]["opinions"] for citation in opinion["citation"])
    assert "compression_lesion" in [question["name"] for question in page["ask"]]
    assert page["ask"][0]["decision"] == page["compare"][0]["decision"] == "first-treatment"
    asked = [question["decision"] for question in page["ask"]]
    assert {each["decision"]: each["questions"] for each in page["compare"] if each["questions"]} == {
        name: asked.count(name) for name in asked
    }
    assert not page["compare"][0]["settled"]
    assert "svs-2012" in page["compare"][0]["untold"]
    would_hold = [each["rule"] for open_one in page["compare"][0]["open"] for each in open_one["would_hold"]]
    assert would_hold.count("early-removal") == 4
    assert all(page[part] for part in ("alerts", "cautions", "sources"))
    assert page["plan"] == []  # both procedures that are told are of a clot that reaches the cava
    assert "trace" not in rules["v2"]


def test_json_explained_holds_the_trace(patency: Patency) -> None:
    """The same tree that the text page prints."""
    page = json.loads(patency("consult", WORKED, "--format", "json", "--explain").out)
    (rule,) = (
        rule
        for advice in page["advice"]
        for rule in advice["rules"]
        if advice["guideline"] == "acr-2020" and rule["id"] == "v2"
    )

    assert [(part["words"], part["truth"], part["asserted"]) for part in rule["trace"]["when"]["because"]] == [
        ("the clot is iliofemoral", "yes", False),
        ("symptoms began less than 14 days ago", "yes", False),
        ("the severity of symptoms is moderate or severe", "yes", False),
        ("the patient is otherwise healthy", "yes", True),
    ]
    assert rule["trace"]["exceptions"]["limb-threat"]["truth"] == "no"


def test_html_is_one_page_that_fetches_nothing(patency: Patency) -> None:
    """It can be kept, mailed and printed by itself."""
    ran = patency("consult", WORKED, "--format", "html")

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("<!DOCTYPE html>")
    assert ran.out.rstrip().endswith("</html>")
    for loaded in ("<script", "<link", "src=", "@import", "url("):
        assert loaded not in ran.out
    assert "as of 29 May 2026" in ran.out


@pytest.mark.parametrize("form", ["text", "json", "html"])
def test_out_writes_what_would_have_been_printed(patency: Patency, tmp_path: Path, form: str) -> None:
    """Then nothing is printed, and the file is what standard output would have been."""
    page = tmp_path / "page"
    ran = patency("consult", WORKED, "--format", form, "--out", str(page))

    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert page.read_text(encoding="utf-8") == patency("consult", WORKED, "--format", form).out


def test_the_same_case_gives_the_same_page_every_time(patency: Patency) -> None:
    """Same inputs, same advice, for ever."""
    for form in ("text", "json", "html"):
        pages = {patency("consult", WORKED, "--format", form, "--explain").out for _ in range(3)}
        assert len(pages) == 1


MISTYPED, CASE_REFUSED, UNREADABLE = 2, 3, 5


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["consult", WORKED, "--format", "pdf"], MISTYPED, "invalid choice: 'pdf'"),
        (["consult", WORKED, "--on", "29/05/2026"], MISTYPED, "'29/05/2026' is not a day; write 2026-05-29"),
        (["consult", WORKED, "--policy", "adult_age=old"], MISTYPED, "'adult_age=old' is not NAME=NUMBER"),
        (["consult", WORKED, "--policy", "adlt_age=16"], MISTYPED, "did you mean 'adult_age'?"),
        (["consult", WORKED, "another.yaml"], MISTYPED, "unrecognized arguments: another.yaml"),
        (["consult"], MISTYPED, "name a case file, or - to read it from standard input"),
        (["consult", WORKED, "--set", "age"], CASE_REFUSED, "there is no '='"),
        (["consult", WORKED, "--set", "age=430"], CASE_REFUSED, "'age' cannot be 430"),
        (["consult", WORKED, "--set", "agee=45"], CASE_REFUSED, "did you mean 'age'?"),
        (["consult", WORKED, "--set", "limb_threat=yes", "--set", "severity=mild"], CASE_REFUSED, "cannot all be true"),
        (["consult", "missing.yaml"], UNREADABLE, "no such file or directory"),
        (["consult", "examples"], UNREADABLE, "this is not a file"),
        (["consult", WORKED, "--out", "missing/folder/page"], UNREADABLE, "the page cannot be written"),
        (["consult", WORKED, "--out", "examples"], UNREADABLE, "the page cannot be written"),
        ([], MISTYPED, "COMMAND"),
        (["consul"], MISTYPED, "invalid choice: 'consul'"),
    ],
)
def test_each_kind_of_failure_has_its_own_exit_code(patency: Patency, words: list[str], code: int, said: str) -> None:
    """Nothing is printed on standard output, and standard error says what to do."""
    ran = patency(*words)

    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
    assert "Traceback" not in ran.err


def test_a_case_with_faults_is_refused_whole_with_all_of_them(patency: Patency, tmp_path: Path) -> None:
    """Three faults, three places; the page is not made of the rest."""
    case = tmp_path / "case.yaml"
    case.write_text("findings:\n  age: 430\n  severty: mild\n  platelets: -3\n")
    ran = patency("consult", str(case))

    assert (ran.code, ran.out) == (3, "")
    assert ran.err.startswith("patency: the case is refused: 3 faults\n")
    assert [line for line in ran.err.splitlines() if line.startswith(str(case))] == [
        f"{case}:2: 'age' cannot be 430",
        f"{case}:3: 'severty' is not in the vocabulary",
        f"{case}:4: 'platelets' cannot be -3",
    ]


def test_findings_that_contradict_each_other_are_refused(patency: Patency, tmp_path: Path) -> None:
    """The fault names what cannot be true together, and why."""
    case = tmp_path / "case.yaml"
    case.write_text("findings:\n  pregnant: yes\n  sex: male\n")
    ran = patency("consult", str(case))

    assert ran.code == 3
    assert (
        f"{case}:3: these findings cannot all be true: the patient is pregnant and (sex at birth is not female"
        in ran.err
    )


def test_what_cannot_wait_is_told_though_the_case_is_refused(patency: Patency, tmp_path: Path) -> None:
    """A blue leg is no moderate one, by two laws; which of the two is wrong nobody knows, and the alert stands meanwhile."""
    case = tmp_path / "case.yaml"
    case.write_text("findings:\n  phlegmasia: cerulea\n  severity: moderate\n")
    ran = patency("consult", str(case))

    assert ran.code == 3
    assert (
        f"{case}:3: no patient can have all of these findings: 'phlegmasia': cerulea and 'severity': moderate\n"
        "  why: Phlegmasia cerulea dolens and venous gangrene are themselves a threat to the limb. No answer to severity"
    ) in ran.err
    said = " ".join(ran.err.partition("What cannot wait until then:")[2].split())
    assert said.startswith("! If phlegmasia: cerulea dolens: Limb-threatening ischaemia is an emergency.")
    assert "[Golshani P 2026, Pitfalls to Avoid, last paragraph]" in said


def test_a_slip_elsewhere_hides_no_alert_and_what_only_watches_is_none(patency: Patency) -> None:
    """The readable findings say what cannot wait; of a limb that is not threatened there is nothing of the kind."""
    threatened = patency("consult", "--set", "limb_threat=yes", "--set", "platelets=ninety").err
    calm = patency("consult", "--set", "limb_threat=no", "--set", "platelets=ninety").err

    assert "! Limb-threatening ischaemia is an emergency." in threatened
    assert "What cannot wait" not in calm


def test_what_an_example_expects_is_no_finding(patency: Patency, tmp_path: Path) -> None:
    """`expect:` is for those who check examples; anything else that has no place is a fault."""
    case = tmp_path / "case.yaml"
    case.write_text("findings: {age: 45}\nexpect: {anything: at all}\n")
    assert patency("consult", str(case)).code == 0
    case.write_text("findings: {age: 45}\nexpects: {anything: at all}\n")
    assert patency("consult", str(case)).code == 3


@pytest.mark.parametrize(
    "words", [(), ("consult",), ("guideline",), ("guideline", "check"), ("concepts",), ("schema",)]
)
def test_every_command_says_how_it_is_used(patency: Patency, words: tuple[str, ...]) -> None:
    """Help is an answer, not a failure."""
    ran = patency(*words, "--help")

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(" ".join(("usage: patency", *words)))
