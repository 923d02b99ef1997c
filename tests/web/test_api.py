"""What programs are answered: the verbs of the command line, as JSON; and faults where something is wrong."""

import asyncio
import json
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

import patency
from content.test_content import page_of
from patency.bounds import LARGEST_FILE, MOST_VALUES
from patency.casefile import read_case
from patency.cli import main
from patency.consult.json import as_json, to_json
from patency.document import plain, read_bytes, read_document
from patency.guideline.files import content_files
from patency.guideline.load import read_library
from patency.guideline.model import Library
from patency.packed import Packed
from patency.web.api import MOST_KEPT, MOST_WAITING, Interface
from patency.web.body import read_body

from .programs import EXAMPLES, JSON, TODAY, WORKED, YAML, Answer, app_of, ask, asking, fits, interface

BASE = Path(__file__).parents[1] / "refused" / "base"
SOME = [WORKED, *EXAMPLES[::5]]
NAMES = [path.stem for path in SOME]


@pytest.fixture(scope="module")
def asked(library: Library) -> Interface:
    return interface(library)


@pytest.fixture(scope="module")
def app(asked: Interface) -> Starlette:
    return app_of(asked)


@pytest.fixture(scope="module")
def small() -> Starlette:
    return app_of(interface(read_library(content_files(BASE)), {}))


def posted(app: Starlette, verb: str, case: Any) -> Answer:
    return ask(app, f"POST /api/1/{verb}", json.dumps(case), JSON)


# A case.


@pytest.mark.parametrize("path", SOME, ids=NAMES)
def test_the_consult_is_the_one_that_the_command_line_writes(path: Path, app: Starlette, library: Library) -> None:
    """One case file, one answer, whichever way it is asked."""
    answer = ask(app, "POST /api/1/consult", path.read_bytes(), YAML)

    assert (answer.status, answer.headers["content-type"]) == (200, "application/json")
    assert answer.json == json.loads(to_json(page_of(path, library)))


def test_traces_are_added_where_they_are_asked_for(app: Starlette, library: Library) -> None:
    """`explain=true` is `--explain`."""
    explained = ask(app, "POST /api/1/consult?explain=true", WORKED.read_bytes(), YAML).json

    assert explained == json.loads(json.dumps(as_json(page_of(WORKED, library), is_explained=True)))
    assert ask(app, "POST /api/1/consult?explain=false", WORKED.read_bytes(), YAML).json != explained


@pytest.mark.parametrize(
    "media_type", ["application/yaml", "text/yaml", "application/x-yaml", "text/x-yaml; charset=utf-8"]
)
def test_yaml_has_several_names(media_type: str, small: Starlette) -> None:
    """It was written long before its name was agreed on."""
    assert ask(small, "POST /api/1/ask", "findings: {age: 45}", {"content-type": media_type}).status == 200


def test_a_case_means_the_same_in_json_as_in_yaml(app: Starlette) -> None:
    """Its names and values are the same; only the signs around them differ."""
    case = plain(read_document(read_bytes(WORKED), WORKED.name))

    assert posted(app, "consult", case).json == ask(app, "POST /api/1/consult", WORKED.read_bytes(), YAML).json


AS_WRITTEN = """
    45                  45
    45.50               45.50
    4.5e1               4.5e1
    "45 years"          45 years
    "10 to 16 years"    10 to 16 years
    "not known"         not known
"""


@pytest.mark.parametrize("row", AS_WRITTEN.strip().splitlines())
def test_a_number_is_taken_as_it_is_written(row: str, small: Starlette) -> None:
    """What a number means is decided by the concept that it answers, as in a case file."""
    sent, expected = (
        row.strip().split(maxsplit=1)
        if '"' not in row
        else (f'{row.rpartition(chr(34))[0].strip()}"', row.rpartition('"')[2].strip())
    )
    answer = ask(small, "POST /api/1/consult", f'{{"findings": {{"age": {sent}}}}}', JSON)

    (finding,) = answer.json["case"]["findings"]
    assert finding["written"] == expected


def test_true_and_false_are_yes_and_no(small: Starlette) -> None:
    """JSON has words of its own for them."""
    answer = ask(small, "POST /api/1/consult", '{"findings": {"swollen": true, "blue": false}}', JSON)

    assert [each["written"] for each in answer.json["case"]["findings"]] == ["yes", "no"]


def test_a_case_without_a_day_is_read_as_of_the_day_of_the_server(small: Starlette) -> None:
    """The clock is the server's, and the answer says which day that was."""
    assert posted(small, "ask", {}).json["on"] == "2026-05-29"
    assert posted(small, "ask", {"on": "2026-01-02"}).json["on"] == "2026-01-02"


def test_the_questions_are_those_of_the_consult(app: Starlette) -> None:
    """Asked alone they are the same, with the same state."""
    whole, questions = (ask(app, f"POST /api/1/{verb}", WORKED.read_bytes(), YAML).json for verb in ("consult", "ask"))

    assert (questions["questions"], questions["state"]) == (whole["ask"], whole["state"])
    assert questions["questions"]


def test_the_comparisons_are_those_of_the_consult_with_its_numbers(app: Starlette) -> None:
    """A source has the number that it has on the whole page, so that the two can be laid side by side."""
    whole, beside = (ask(app, f"POST /api/1/{verb}", WORKED.read_bytes(), YAML).json for verb in ("consult", "compare"))

    assert beside["compare"] == whole["compare"]
    sources = {each["number"]: each for each in whole["sources"]}
    assert beside["sources"]
    assert all(sources[each["number"]] == each for each in beside["sources"])


# The library.


def test_the_guidelines_are_listed(app: Starlette, library: Library) -> None:
    """Each with how far it was reviewed and verified; what is superseded says by what."""
    listed = ask(app, "GET /api/1/guidelines").json["guidelines"]

    assert [each["id"] for each in listed] == list(library.guidelines)
    assert {each["id"]: each["superseded_by"] for each in listed if not each["current"]} == {
        each.id: each.superseded_by for each in library.guidelines.values() if each.superseded_by
    }
    for each in listed:
        rules = library.guidelines[each["id"]].rules
        assert sum(each["opinions_by_mark"].values()) == sum(len(rule.says) for rule in rules)
        assert each["reviewed"] == sum(1 for rule in rules if rule.review)


def test_a_guideline_is_read_aloud_with_its_sources(small: Starlette) -> None:
    """Its rules in words, every citation with its mark, and the sources themselves."""
    guideline = ask(small, "GET /api/1/guidelines/first").json

    (rule,) = guideline["rules"]
    assert rule["when"] == "the clot is acute and clot lies in the iliac vein"
    assert rule["exceptions"][0]["why"] == "The book leaves it out."
    assert rule["reviewed"] == {"by": "A. Reader", "role": "a surgeon", "on": "2026-01-05"}
    assert rule["opinions"][0]["over"] == "drug"
    assert rule["opinions"][0]["note"] == "where it can be done"
    assert {each["id"] for each in guideline["sources"]} == {"book"}


def test_what_can_be_known_is_listed(small: Starlette) -> None:
    """Each question with its type, unit, range, answers and panel; and how an answer is written."""
    concepts = {each["name"]: each for each in ask(small, "GET /api/1/concepts").json["concepts"]}

    assert concepts["age"]["measured"] == {"unit": "year", "also": {"month": 0.0833}, "lowest": 0.0, "highest": 120.0}
    assert concepts["age"]["example"] == "30 years"
    assert [each["value"] for each in concepts["pain"]["values"]] == ["mild", "moderate", "severe"]
    assert concepts["veins"]["example"] == ["femoral", "iliac"]
    assert concepts["swollen"]["panel"] == "looks"
    assert concepts["swollen"]["codes"] == [{"system": "LOCAL", "code": "1", "mark": "second-hand"}]
    assert concepts["acute"]["defined_as"] == "the onset was at most 14 days ago"


def test_every_example_of_an_answer_is_an_answer(app: Starlette, library: Library) -> None:
    """What a concept says of how it is answered can be sent as it stands."""
    for concept in ask(app, "GET /api/1/concepts").json["concepts"]:
        case = read_body(json.dumps({"findings": {concept["name"]: concept["example"]}}).encode(), "application/json")
        assert read_case(case, library.lexicon.vocabulary, TODAY)[1] == [], concept["name"]


def test_concepts_are_found_by_a_word(small: Starlette) -> None:
    """As `patency concepts WORD` finds them: in the name or the question."""
    found = ask(small, "GET /api/1/concepts?words=LEG").json

    assert [each["name"] for each in found["concepts"]] == ["swollen", "blue", "side"]
    assert found["panels"] == []
    assert [each["name"] for each in ask(small, "GET /api/1/concepts?words=look").json["panels"]] == ["looks"]
    assert ask(small, "GET /api/1/concepts?words=nothing-of-this").json["concepts"] == []


def test_one_concept_is_as_in_the_list(small: Starlette) -> None:
    """Asked alone it says the same."""
    concepts = ask(small, "GET /api/1/concepts").json["concepts"]

    assert [ask(small, f"GET /api/1/concepts/{each['name']}").json["concept"] for each in concepts] == concepts


def test_the_schema_is_the_one_that_the_command_line_prints(app: Starlette) -> None:
    """`patency schema`."""
    printed = StringIO()
    with redirect_stdout(printed):
        main(["schema"])

    answer = ask(app, "GET /api/1/schema")
    assert (answer.headers["content-type"], answer.json) == ("application/schema+json", json.loads(printed.getvalue()))


def test_editions_are_compared_as_on_the_command_line(app: Starlette) -> None:
    """In either order, for the older one is the older one."""
    printed = StringIO()
    with redirect_stdout(printed):
        main(["compare", "--editions", "sir-2009", "sir-2023", "--format", "json"])

    for pair in ("sir-2009/sir-2023", "sir-2023/sir-2009"):
        assert ask(app, f"GET /api/1/compare/editions/{pair}").json == json.loads(printed.getvalue())


def test_editions_that_were_compared_are_kept_and_only_so_many(library: Library) -> None:
    """What took long is not worked out twice, and what is kept does not grow for ever."""
    asked = interface(library, {})
    app = app_of(asked)
    ask(app, "GET /api/1/compare/editions/sir-2009/sir-2023")
    (kept,) = asked._editions.values()
    ask(app, "GET /api/1/compare/editions/sir-2009/sir-2023")
    assert [kept] == list(asked._editions.values())
    assert asked._editions["sir-2009", "sir-2023"] is kept

    asked._editions.update({(f"{number}", ""): {} for number in range(MOST_KEPT)})
    ask(app, "GET /api/1/compare/editions/nice-ipg651/nice-ipg523")
    assert len(asked._editions) == MOST_KEPT
    assert ("nice-ipg651", "nice-ipg523") in asked._editions
    assert ("sir-2009", "sir-2023") not in asked._editions


def test_few_may_wait_for_editions_and_nobody_else_waits_for_them(library: Library) -> None:
    """One pair is worked out at a time; whoever comes after several others is asked to come again."""
    asked = interface(library, {})
    app = app_of(asked)

    async def crowd() -> list[Answer]:
        somebody = object()
        await asked.comparing.acquire_on_behalf_of(somebody)
        pairs = [
            f"nice-ipg523/{name}"
            for name in ("nice-ipg651", "sir-2009", "asco-2013", "isth-2018", "sir-2023", "sir-2009")
        ]
        waiting = [asyncio.ensure_future(asking(app, f"GET /api/1/compare/editions/{pair}")) for pair in pairs]
        others = await asking(app, "GET /api/1/guidelines/nice-ipg523")
        asked.comparing.release_on_behalf_of(somebody)
        return [others, *await asyncio.gather(*waiting)]

    others, *answers = asyncio.run(crowd())
    assert others.status == 200
    assert [answer.status for answer in answers] == [200] * (1 + MOST_WAITING) + [429]
    assert answers[-1].headers["retry-after"] == "10"


# What is the same for all.


EVERYWHERE = [
    "GET /api/1/guidelines", "GET /api/1/guidelines/first", "GET /api/1/concepts", "GET /api/1/concepts/age",
    "POST /api/1/consult", "POST /api/1/ask", "POST /api/1/compare",
]  # fmt: skip


@pytest.mark.parametrize("line", EVERYWHERE)
def test_every_answer_says_by_what_it_was_made(line: str, small: Starlette) -> None:
    """The format with its version, Patency's version, the hash of the content, and what it is meant for."""
    answer = ask(small, line, "{}", JSON).json

    assert answer["format"].startswith("patency-")
    assert answer["patency"] == patency.__version__
    assert len(answer["content_hash"]) == 64
    assert answer["intended_use"]


@pytest.mark.parametrize("line", [*EVERYWHERE, "GET /api/1/nothing", "PUT /api/1/consult"])
def test_what_is_said_of_a_patient_is_stored_by_nobody_on_the_way(line: str, small: Starlette) -> None:
    """Neither a page nor its refusal; and no page of another site may read what is answered."""
    headers = ask(small, line, "{}", JSON).headers

    assert headers["cache-control"] == ("no-store" if line.startswith("POST") else "no-cache")
    assert not any(name.startswith("access-control") for name in headers)


def test_head_is_get_without_its_body(small: Starlette) -> None:
    """Whoever asks only whether it is there is told so."""
    assert ask(small, "HEAD /api/1/guidelines").status == 200
    assert ask(small, "HEAD /api/1/guidelines/nothing").status == 404


# What is refused.


def test_a_case_is_refused_in_the_words_of_the_command_line(app: Starlette, tmp_path: Path) -> None:
    """All faults at once, what the readable findings contradict among them; only the place is named otherwise."""
    written = "on: 2026-05-29\nfindings:\n  age: 12\n  adult: yes\n  severity: sever\n  pregnat: no\n"
    (tmp_path / "the case").write_text(written, encoding="utf-8")
    said = StringIO()
    with redirect_stderr(said):
        assert main(["consult", str(tmp_path / "the case")]) == 3
    answer = ask(app, "POST /api/1/consult", written, YAML)

    assert answer.status == 422
    assert answer.faults == said.getvalue().replace(f"{tmp_path}/", "").partition("\n")[2]
    assert "you assert 'adult': yes, but the other findings say: the patient is a child" in answer.faults
    assert answer.json["format"] == "patency-faults/1"


def test_what_cannot_wait_stands_beside_the_faults(app: Starlette, asked: Interface) -> None:
    """A blue leg of moderate severity can be nobody's; the answer is refused and names what the blue leg calls for."""
    answer = posted(app, "consult", {"findings": {"phlegmasia": "cerulea", "severity": "moderate"}})

    assert answer.status == 422
    (fault,) = answer.json["faults"]
    assert fault["what"] == "no patient can have all of these findings: 'phlegmasia': cerulea and 'severity': moderate"
    (alert,) = answer.json["alerts"]
    assert alert.startswith("If phlegmasia: cerulea dolens: Limb-threatening ischaemia is an emergency.")
    fits(answer.json, "faults", asked.description)


def test_a_fault_says_where_in_the_body_it_is(small: Starlette) -> None:
    """By the way to it in JSON, by its line in YAML."""
    assert posted(small, "ask", {"findings": {"age": 200}}).json["faults"][0]["where"] == "findings.age"
    assert ask(small, "POST /api/1/ask", "findings:\n  age: 200\n", YAML).json["faults"][0]["where"] == "the case:2"


def test_a_name_too_long_to_read_is_cut_in_the_fault(small: Starlette) -> None:
    """What a stranger wrote cannot make the answer long."""
    case = {"findings": {"x" * 100_000: "y" * 100_000}}
    answer = posted(small, "ask", case)

    assert answer.status == 422
    assert len(answer.body) < 2_000


@pytest.mark.parametrize("sent", ['{"about": "\\ud800"}', '{"\\ud800": 1}', '{"findings": {"age": "\\u202e45"}}'])
def test_half_letters_and_letters_that_cannot_be_seen_are_refused(sent: str, small: Starlette) -> None:
    """Half a letter could not even be written out again."""
    answer = ask(small, "POST /api/1/consult", sent, JSON)

    assert answer.status == 400
    assert "a letter here cannot be seen" in answer.faults


BOUNDS = [
    (b"{" + b'"a":{' * 30 + b"}" * 30 + b"}", "it is nested more than 20 deep"),
    (b"[" * 900_000, "it is nested more than 20 deep"),
    (b"[" + b"1," * MOST_VALUES + b"1]", "it holds more than 100,000 values"),
    (b'{"findings": [' + b"null," * 5_000 + b"null]}", "reading stopped here, after 300 faults"),
    (
        b'{"findings": {"age": ' + b"9" * 500_000 + b"}}",
        "'age' cannot be '99999999999999999999' and 499,980 letters more",
    ),
]


@pytest.mark.parametrize(("sent", "what"), BOUNDS, ids=[what for _, what in BOUNDS])
def test_what_no_case_needs_is_refused_before_it_costs_much(sent: bytes, what: str, small: Starlette) -> None:
    """The bounds are those of a case file."""
    answer = ask(small, "POST /api/1/ask", sent, JSON)

    assert answer.status in (400, 422)
    assert what in answer.faults


def test_no_more_of_a_body_is_read_than_a_case_may_have(small: Starlette) -> None:
    """Whether its length is said or not; what comes after is not waited for."""
    said = ask(small, "POST /api/1/ask", b"{}", {**JSON, "content-length": "50000000"})
    unsaid = ask(small, "POST /api/1/ask", [b" " * LARGEST_FILE, b" ", b" " * 10_000_000], JSON)

    assert (said.status, unsaid.status) == (413, 413)
    assert said.json["faults"][0]["what"] == "the file is 50.0 MB"


def test_only_so_many_faults_are_told(small: Starlette) -> None:
    """More than anybody reads at once help nobody."""
    answer = ask(small, "GET /api/1/guidelines?" + "&".join(f"a{number}" for number in range(1_000)))

    assert answer.status == 400
    assert len(answer.json["faults"]) == 301
    assert "reading stopped here, after 300 faults" in answer.faults


def test_a_fault_of_patency_itself_rises(small: Starlette, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong in the program is not dressed up as the asker's mistake: whoever serves the application sees it."""

    def broken(_: object) -> None:
        raise ZeroDivisionError("a mistake of ours")

    monkeypatch.setattr("patency.web.api.guidelines_as_json", broken)
    with pytest.raises(ZeroDivisionError, match="a mistake of ours"):
        ask(small, "GET /api/1/guidelines")


def test_several_threads_may_unpack_the_same_thing() -> None:
    """Consults are worked out in several threads, and each looks into the same library."""
    for _ in range(50):
        packed: Packed[int] = pickle.loads(pickle.dumps(Packed(range(2_000))))
        start = threading.Barrier(4)

        def look(_: int, packed: Packed[int] = packed, start: threading.Barrier = start) -> int:
            start.wait()
            return sum(packed)

        with ThreadPoolExecutor(4) as threads:
            assert list(threads.map(look, range(4))) == [1_999_000] * 4


# The description.


@pytest.mark.parametrize("path", SOME, ids=NAMES)
def test_each_answer_to_an_example_fits_its_schema(path: Path, app: Starlette, asked: Interface) -> None:
    """What is described is what is answered."""
    for verb, schema in (("consult?explain=true", "consult"), ("ask", "questions"), ("compare", "comparisons")):
        fits(ask(app, f"POST /api/1/{verb}", path.read_bytes(), YAML).json, schema, asked.description)


def test_each_answer_about_the_library_fits_its_schema(app: Starlette, asked: Interface, library: Library) -> None:
    """Every guideline, and all that can be known."""
    fits(ask(app, "GET /api/1/guidelines").json, "guidelines", asked.description)
    fits(ask(app, "GET /api/1/concepts").json, "concepts", asked.description)
    fits(ask(app, "GET /api/1/concepts/age").json, "concept", asked.description)
    fits(ask(app, "GET /api/1/compare/editions/sir-2009/sir-2023").json, "editions", asked.description)
    fits(ask(app, "GET /api/1/guidelines/nothing").json, "faults", asked.description)
    for name in library.guidelines:
        fits(ask(app, f"GET /api/1/guidelines/{name}").json, "guideline", asked.description)
