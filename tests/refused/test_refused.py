"""A museum of mistakes: each file that is refused stands beside the exact words that its author reads.

- `case/NAME.yaml` is a case file, `case/NAME.txt` what `patency consult NAME.yaml` says of it;
- `content/NAME/` holds one bad content file, laid over the small valid content in `base/`, and `content/NAME.txt`
  what `patency guideline check` says of it;
- `instrument/NAME.yaml` is laid among the instruments of `base/`, and `instrument/NAME.txt` is what
  `patency instrument check` says of it;
- `response/NAME.yaml` answers the Leg scale of `base/`, and `response/NAME.txt` is what `patency score leg` says of it;
- `command/NAME.txt` is a command, typed beside `command/case.yaml`, with what it says and its exit code;
- `made/NAME.txt` is the same for what cannot be kept as a file (a pipe, 50 MB, bytes that are no text): MADE makes it;
- `web/NAME.txt` is what the web application answers to a request that it refuses: asked.py asks.
- `asked/NAME.txt` is a request of a program over HTTP, with the status and the faults that answer it: asking.py asks it.
- `form/NAME.txt` is what the page says is wrong when a form is sent: entered.py sends it.
- `survey/NAME.yaml` is a survey's file, `survey/NAME.txt` what is said of it: surveyed.py reads it.
- `registry/NAME.txt` is what a registry says to what it refuses: registering.py, registry_*.py and outcome_*.py make the pieces.

`PATENCY_REWRITE=1 python -m pytest tests/refused` writes the words anew, so that their diff is what is reviewed.
"""

import ast
import io
import os
import shlex
import shutil
import subprocess
import sys
import time
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterable, Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout, suppress
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import patency
from patency.answer import Unreadable
from patency.case import Case
from patency.cli import CASE_REFUSED, CONTENT_REFUSED, Failed, main
from patency.consult.dialogue import converse
from patency.fault import Fault, Refused
from patency.guideline.cache import open_library
from patency.guideline.files import CONTENT, content_files
from patency.guideline.load import read_library
from patency.instrument.redcap_logic import Untranslatable
from patency.language.tokens import Mistyped
from patency.publish.folder import HEAD

from .arriving import ARRIVING
from .asked import ASKED as REQUESTS
from .asking import ASKED, exhibit, small_library
from .entered import FORMS, form_says
from .registering import PIECES, registry_answer
from .surveyed import BESIDE as SURVEYS_BESIDE
from .surveyed import CROSSED, QUESTIONNAIRE, SURVEYS, survey_answer

HERE = Path(__file__).parent
BASE = HERE / "base"
SOURCE = Path(patency.__file__).parent
LONGEST_WAIT = 2  # seconds of work, for any refusal
MAKING = 4  # and for making a registry, or a cut of one, that is then refused

CASES = sorted(path.stem for path in HERE.glob("case/*.yaml"))
CONTENTS = sorted(path.name for path in HERE.glob("content/*/"))
INSTRUMENTS = sorted(path.stem for path in HERE.glob("instrument/*.yaml"))
RESPONSES = sorted(path.stem for path in HERE.glob("response/*.yaml"))
COMMANDS = sorted(path.stem for path in HERE.glob("command/*.txt"))
OF_SURVEYS = (*SURVEYS, *CROSSED, *SURVEYS_BESIDE)


class Refusal(NamedTuple):
    """What a command says and how it ends."""

    code: int
    page: str
    says: str


def patency_says(arguments: list[str], folder: Path, typed: bytes = b"") -> Refusal:
    """Run a command in a folder, away from any terminal, and return what it says."""
    page, says = io.StringIO(), io.StringIO()
    real, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(typed))
    with chdir(folder):
        for site in arguments[arguments.index("--library") + 1 :][:1] if "--library" in arguments else ():
            compiled(Path(site))
    started = time.process_time()
    try:
        with chdir(folder), redirect_stdout(page), redirect_stderr(says):
            code = main(arguments)
    except SystemExit as ended:  # argparse ends so, after its usage lines
        code = int(ended.code or 0)
    finally:
        sys.stdin = real
    assert time.process_time() - started < LONGEST_WAIT, "a refusal is quick"
    assert not (folder / "ran").exists(), "no file that is read can run anything"
    said = "".join(
        line for line in says.getvalue().splitlines(keepends=True) if not line.startswith(("usage:", "  " * 4))
    )
    return Refusal(code, page.getvalue(), said)


def compiled(site: Path | None = None) -> None:
    """Compile the content that is sound, once, as on any day but the first: it is the refusal that is to be quick.

    What is refused is not kept, so the work that a stranger's files make is still counted.
    """
    with suppress(Refused):
        open_library({}, CONTENT, site)


def compare(said: str, expected: Path) -> None:
    """Compare what is said with what is written; or write it, when that is asked for."""
    if os.environ.get("PATENCY_REWRITE") == "1":
        expected.write_text(said, encoding="utf-8")
    assert said == expected.read_text(encoding="utf-8")


def transcript(arguments: list[str], folder: Path, typed: bytes = b"") -> str:
    """Show a command as it is typed, what it says, and its exit code."""
    refusal = patency_says(arguments, folder, typed)
    return f"$ patency {shlex.join(arguments)}\n{refusal.page}{refusal.says}exit code {refusal.code}\n"


@pytest.fixture(autouse=True, scope="module")
def _the_museum_is_watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the compiled content of this module apart, and note which lines of Patency speak of a mistake."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        compiled()
        patch.setattr(Fault, "__new__", _watched(Fault.__new__))
        for kind in (Unreadable, Mistyped, Untranslatable, Failed, ArgumentTypeError):
            patch.setattr(kind, "__init__", _watched(kind.__init__))
        yield


SPOKEN: set[tuple[Path, int]] = set()  # the lines from which a mistake was answered
SHOWN: set[tuple[str, str]] = set()  # what has been seen of the museum


def _watched(make: Callable[..., Any]) -> Callable[..., Any]:
    def noted(*arguments: Any, **named: Any) -> Any:
        frame = sys._getframe(1)
        while frame is not None and Path(frame.f_code.co_filename).is_relative_to(SOURCE):
            SPOKEN.add((Path(frame.f_code.co_filename), frame.f_lineno))
            frame = frame.f_back  # type: ignore[assignment]  # the outermost frame has none
        return make(*arguments, **named)

    return noted


# What can be seen, piece by piece. Each is a function, so that the last test can walk through the whole museum.


def case_says(name: str) -> None:
    SHOWN.add(("case", name))
    refusal = patency_says(["consult", f"{name}.yaml"], HERE / "case")
    assert (refusal.code, refusal.page) == (CASE_REFUSED, "")
    compare(refusal.says, HERE / "case" / f"{name}.txt")


def content_says(name: str, folder: Path) -> None:
    SHOWN.add(("content", name))
    shutil.copytree(BASE, folder / "content")
    shutil.copytree(HERE / "content" / name, folder / "content", dirs_exist_ok=True)
    refusal = patency_says(["guideline", "check", "content"], folder)
    assert (refusal.code, refusal.page) == (CONTENT_REFUSED, "")
    compare(refusal.says, HERE / "content" / f"{name}.txt")


def instrument_says(name: str, folder: Path) -> None:
    SHOWN.add(("instrument", name))
    shutil.copytree(BASE, folder / "content")
    shutil.copy(HERE / "instrument" / f"{name}.yaml", folder / "content" / "instruments")
    refusal = patency_says(["instrument", "check", "content"], folder)
    assert (refusal.code, refusal.page) == (CONTENT_REFUSED, "")
    compare(refusal.says, HERE / "instrument" / f"{name}.txt")


def response_says(name: str) -> None:
    SHOWN.add(("response", name))
    refusal = patency_says(["score", "leg", f"{name}.yaml", "--content", str(BASE)], HERE / "response")
    assert (refusal.code, refusal.page) == (CASE_REFUSED, "")
    compare(refusal.says, HERE / "response" / f"{name}.txt")


def command_says(name: str) -> None:
    SHOWN.add(("command", name))
    expected = HERE / "command" / f"{name}.txt"
    arguments = shlex.split(expected.read_text(encoding="utf-8").splitlines()[0])[2:]
    compare(transcript(arguments, HERE / "command"), expected)


def made_says(name: str, folder: Path) -> None:
    SHOWN.add(("made", name))
    make, command = MADE[name]
    typed = make(folder) or b""
    compare(transcript(shlex.split(command), folder, typed), HERE / "made" / f"{name}.txt")


def request_says(name: str) -> None:
    SHOWN.add(("web", name))
    compare(REQUESTS[name](), HERE / "web" / f"{name}.txt")


def asked_says(name: str) -> None:
    SHOWN.add(("asked", name))
    started = time.process_time()
    said = exhibit(name, small_library(BASE))
    assert time.process_time() - started < LONGEST_WAIT, "a refusal is quick"
    compare(said, HERE / "asked" / f"{name}.txt")


def entered_says(name: str) -> None:
    SHOWN.add(("form", name))
    compare(form_says(name, small_library(BASE)), HERE / "form" / f"{name}.txt")


def survey_says(name: str) -> None:
    SHOWN.add(("survey", name))
    compare(survey_answer(name), HERE / "survey" / f"{name}.txt")


def registry_says(name: str, folder: Path) -> None:
    SHOWN.add(("registry", name))
    started = time.process_time()
    said = registry_answer(name, folder)
    assert time.process_time() - started < LONGEST_WAIT + MAKING, "a refusal is quick"
    compare(said, HERE / "registry" / f"{name}.txt")


def answers_say() -> None:
    """Answer the questions of the small content with what fits none of them."""
    SHOWN.add(("made", "answers-that-fit-no-question"))
    answers = iter(["green", "45 years", "maybe", "9", "severe", "05/06/2026", "stop"])
    lines: list[str] = []

    def hear(prompt: str) -> str:
        answer = next(answers)
        lines.append(prompt + answer)
        return answer

    converse(read_library(content_files(BASE)), Case(date(2026, 5, 29)), hear, lines.append)
    compare("\n".join(lines) + "\n", HERE / "made" / "answers-that-fit-no-question.txt")


# What cannot be kept as a file.

Maker = Callable[[Path], bytes | None]  # makes files in a folder, or returns what is typed


def with_file(name: str, content: bytes) -> Maker:
    return lambda folder: _write(folder / name, content)


def with_content(name: str, content: bytes) -> Maker:
    def make(folder: Path) -> None:
        shutil.copytree(BASE, folder / "content")
        _write(folder / "content" / name, content)

    return make


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def with_large_file(folder: Path) -> None:
    with (folder / "patient.yaml").open("wb") as file:
        file.truncate(50_000_000)


def with_pipe(folder: Path) -> None:
    os.mkfifo(folder / "patient.yaml")


def with_folder(folder: Path) -> None:
    (folder / "patient.yaml").mkdir()


def with_odd_files_in_content(folder: Path) -> None:
    shutil.copytree(BASE, folder / "content")
    (folder / "content" / "sheets" / "folder.yaml").mkdir()
    os.mkfifo(folder / "content" / "sheets" / "pipe.yaml")
    _write(folder / "content" / "sheets" / "large.yaml", b"#" * 1_000_001)


def without_page(folder: Path) -> None:
    shutil.copytree(BASE, folder / "content")
    (folder / "content" / "page.yaml").unlink()


def with_other_files(folder: Path) -> None:
    shutil.copytree(BASE, folder / "content")
    _write(folder / "site" / "index.html", b"<p>A page of somebody else's.</p>")


def with_a_file_for_a_site(folder: Path) -> None:
    shutil.copytree(BASE, folder / "content")
    _write(folder / "site", b"")


SURVEY = """
survey: one
title: One survey
instrument: small
frame: {population: people, reached: open link, through: a page}
responses: {file: answers.csv}
"""
SPEAKING = "practice: {swells: {decision: first-treatment, when: adult, means: {yes: itself, no: itself}}}\n"


def with_survey(more: str, survey: str = SURVEY) -> Maker:
    """Make a survey of one question, with an answer, in a site's library."""

    def make(folder: Path) -> None:
        questionnaire = QUESTIONNAIRE.replace(b"made-up", b"elite-kids-2025")
        _write(folder / "library" / "instruments" / "small.yaml", questionnaire)
        _write(folder / "library" / "surveys" / "one.yaml", (survey + more).encode())
        _write(folder / "library" / "surveys" / "answers.csv", b"swells\nyes\n")

    return make


def with_a_copied_survey(short: str) -> Maker:
    """Lay a survey of Patency's into a site's library, under another name."""

    def make(folder: Path) -> None:
        shipped = (SOURCE / "content" / "practice" / "elite-kids-2025.yaml").read_text(encoding="utf-8")
        copied = shipped.replace("survey: elite-kids-2025", "survey: ours").replace(
            "short: ELITE-Kids 2025", f"short: {short}"
        )
        _write(folder / "library" / "practice" / "ours.yaml", copied.encode())

    return make


def with_answers_elsewhere(folder: Path) -> None:
    with_survey("")(folder)
    answers = folder / "library" / "surveys" / "answers.csv"
    answers.symlink_to(answers.rename(folder / "elsewhere.csv"))


def with_a_folder_for_a_page(folder: Path) -> None:
    shutil.copytree(BASE, folder / "content")
    _write(folder / "site" / "patency-site.txt", f"{HEAD}\nindex.html\n".encode())
    (folder / "site" / "index.html").mkdir()


LEG_CASE = b"on: 2026-05-29\nfindings: {age: 45 years, pain: {value: mild, on: 2026-05-01}}\n"
LEG_RESPONSE = b"instrument: leg\non: 2026-05-29\nanswers: {years: 46, ache: mild, cramps: mild, ulcer: yes}\n"


def with_response(response: bytes, case: bytes = LEG_CASE) -> Maker:
    """Make a case, and a response whose scores are to be findings of it."""

    def make(folder: Path) -> None:
        shutil.copytree(BASE, folder / "content")
        _write(folder / "patient.yaml", case)
        _write(folder / "leg.yaml", response)

    return make


def formula(number: str) -> bytes:
    text = (BASE / "instruments" / "leg.yaml").read_text(encoding="utf-8").replace("sum(ache, cramps)", number)
    return text.replace("instrument: leg", "instrument: odd").encode()


def nothing(folder: Path) -> None:
    """Make nothing: there is no such file."""


def definition(when: str) -> bytes:
    return f"definitions:\n  odd: {{asks: q, says: [it is odd, it is not odd], cost: history, when: {when}}}\n".encode()


FIRST = (BASE / "guidelines" / "first.yaml").read_text(encoding="utf-8")
SECOND = FIRST.replace("guideline: first", "guideline: second\nsupersedes: first").replace("acute and", "swollen and")
SECOND = SECOND[: SECOND.index("scenarios:")]


def with_second_edition(folder: Path) -> None:
    with_content("guidelines/second.yaml", SECOND.encode())(folder)
    _write(folder / "notes.txt", b"to be written")


def with_tangled_edition(folder: Path) -> None:
    """Make a second edition whose rules tell thousands of answers to one question apart."""
    spots = [f"spot_{number}" for number in range(20)]
    values = ", ".join(f"{spot}: {spot}" for spot in spots)
    spotted = f"concepts:\n  spots: {{type: set, asks: q, words: there is, cost: history, values: {{{values}}}}}\n"
    rule = SECOND[SECOND.index("  - id: r1") :]
    rules = [rule.replace("r1", spot).replace("swollen and", f"spots has {spot} and") for spot in spots]
    with_content("guidelines/second.yaml", (SECOND + "".join(rules)).encode())(folder)
    _write(folder / "content" / "vocabulary" / "spots.yaml", spotted.encode())


def with_a_clash_and_scenarios_in_one_line(folder: Path) -> None:
    rule = SECOND[SECOND.index("  - id: r1") :].replace("r1", "r2").replace("grade: good", "grade: bad")
    inline = "scenarios: [{case: a leg, on: 2026-05-29, findings: {age: 45}, expect: {scope: yes}}]\n"
    with_content("guidelines/second.yaml", f"{SECOND}{rule}{inline}".encode())(folder)


CONSULT = "consult patient.yaml"
CHECK = "guideline check content"
SCORES = "instrument check content"
BESIDE = "compare patient.yaml --response leg.yaml --content content"
PUBLISH = "guideline publish site --content content"
MADE: dict[str, tuple[Maker, str]] = {
    "case-of-fifty-megabytes": (with_large_file, CONSULT),
    "case-of-fifty-megabytes-typed": (lambda _: b"#" * 50_000_000, "consult -"),
    "case-that-is-missing": (nothing, CONSULT),
    "case-that-is-a-folder": (with_folder, CONSULT),
    "case-that-is-a-pipe": (with_pipe, CONSULT),
    "case-of-a-name-too-long": (nothing, f"consult {'patient' * 50}.yaml"),
    "case-that-is-empty": (with_file("patient.yaml", b""), CONSULT),
    "case-that-is-not-utf-8": (with_file("patient.yaml", "on: 2026-05-29\nabout: naïf\n".encode("latin-1")), CONSULT),
    "case-that-is-utf-16": (with_file("patient.yaml", "on: 2026-05-29\n".encode("utf-16")), CONSULT),
    "case-with-nul-bytes": (with_file("patient.yaml", b"on: 2026-05-29\0\n"), CONSULT),
    "case-nested-1000-deep": (with_file("patient.yaml", b"findings: " + b"[" * 1000 + b"]" * 1000), CONSULT),
    "case-nested-a-million-deep": (with_file("patient.yaml", b"[" * 999_999), CONSULT),
    "case-of-many-values": (with_file("patient.yaml", b"findings: [" + b"a, " * 200_000 + b"]"), CONSULT),
    "case-of-one-endless-number": (
        with_file("patient.yaml", b'on: 2026-05-29\nfindings:\n  age: "' + b"1" * 500_000 + b'\n\n    x"\n'),
        CONSULT,
    ),
    "case-of-one-endless-name": (
        with_file("patient.yaml", b"on: 2026-05-29\nfindings:\n  ? " + b"a" * 500_000 + b"\n  : 1\n"),
        CONSULT,
    ),
    "content-that-is-missing": (nothing, CHECK),
    "content-that-holds-nothing": (with_file("content/notes.txt", b"to be written"), CHECK),
    "content-of-odd-files": (with_odd_files_in_content, CHECK),
    "content-without-page": (without_page, CHECK),
    "content-that-is-not-utf-8": (with_content("sheets/odd.yaml", "sheet: naïf\n".encode("latin-1")), CHECK),
    "content-of-more-faults-than-are-shown": (
        with_content("guidelines/odd.yaml", b"guideline: odd\ncite: [" + b"book, " * 1000 + b"]\n"),
        CHECK,
    ),
    "counterexample-that-fits-nowhere": (
        with_a_clash_and_scenarios_in_one_line,
        "guideline prove second --content content --keep",
    ),
    "edition-named-twice": (with_second_edition, "compare --editions second second --content content"),
    "edition-that-is-not-there": (with_second_edition, "compare --editions first secnd --content content"),
    "editions-too-tangled": (with_tangled_edition, "compare --editions first second --content content"),
    "examples-written-onto-a-file": (
        with_second_edition,
        "compare --editions first second --content content --examples notes.txt",
    ),
    "condition-of-5000-letters": (
        with_content("vocabulary/odd.yaml", definition(" or ".join(["swollen"] * 456) + " or   blue")),
        CHECK,
    ),
    "condition-100-deep": (
        with_content("vocabulary/odd.yaml", definition("(" * 100 + "swollen" + ")" * 100)),
        CHECK,
    ),
    "formula-of-5000-letters": (with_content("instruments/odd.yaml", formula(f"ache{' ' * 5000}+ cramps")), SCORES),
    "formula-of-600-parts": (with_content("instruments/odd.yaml", formula(" + ".join(["ache"] * 301))), SCORES),
    "formula-100-deep": (with_content("instruments/odd.yaml", formula("(" * 100 + "ache" + ")" * 100)), SCORES),
    "form-of-no-kind": (
        with_content("registry/forms/leg.yaml", (BASE / "instruments" / "leg.yaml").read_bytes()),
        SCORES,
    ),
    "instrument-of-600-items": (
        with_content(
            "instruments/odd.yaml",
            "".join(
                ["instrument: odd\nitems:\n", *(f"  i{number}: {{asks: q, type: yes/no}}\n" for number in range(600))]
            ).encode(),
        ),
        SCORES,
    ),
    "response-against-the-case": (with_response(LEG_RESPONSE), BESIDE),
    "response-from-the-future": (with_response(LEG_RESPONSE.replace(b"05-29", b"06-29"), b"on: 2026-05-29\n"), BESIDE),
    "response-that-feeds-nothing": (with_response(b"instrument: leg\nanswers: {why: it hurts}\n"), BESIDE),
    "response-of-some-drafts": (
        with_response(b"instrument: modified-villalta\nanswers: {pain: yes}\n"),
        "consult --on 2026-05-29 --response leg.yaml",
    ),
    "response-of-drafts": (
        with_response(b"instrument: sir\nanswers: {}\n"),
        "consult --on 2026-05-29 --response leg.yaml",
    ),
    "response-of-the-other-leg": (
        with_response(b"instrument: phlegmasia\nside: left\nanswers: {colour: blue, dying_skin: yes}\n"),
        "consult --on 2026-05-29 --set side=right --response leg.yaml",
    ),
    "response-of-a-leg-to-what-has-none": (
        with_response(b"instrument: riete\nside: left\nanswers: {age: 45}\n"),
        "score riete leg.yaml",
    ),
    "response-by-a-number-of-two-answers": (
        with_content(
            "instruments/odd.yaml",
            formula("sum(ache, cramps)").replace(b"{words: mild, points: 1}", b"{words: mild, points: 1, code: '2'}"),
        ),
        "score odd --set ache=2 --set cramps=1 --content content",
    ),
    "response-to-nothing-known": (with_response(b"instrument: lge\nanswers: {}\n"), BESIDE),
    "response-to-nothing-named": (with_response(b"answers: {}\n"), BESIDE),
    "response-with-a-fault": (with_response(b"instrument: leg\nanswers: {ache: awful}\n"), BESIDE),
    "response-that-is-missing": (with_content("x.txt", b""), "score leg nobody.yaml --content content"),
    "response-not-named": (with_content("x.txt", b""), "score leg --content content"),
    "response-of-a-book": (
        with_response(f"on: 2026-05-29\nanswers: {{why: {'a' * 4000}}}\n".encode()),
        "score leg leg.yaml --content content",
    ),
    "response-of-400-odd-items": (
        with_response(("answers:\n" + "".join(f"  odd{number}: yes\n" for number in range(400))).encode()),
        "score leg leg.yaml --content content",
    ),
    "scale-that-is-not-there": (with_content("x.txt", b""), "score lge --set ache=mild --content content"),
    "answer-without-a-sign": (with_content("x.txt", b""), "score leg --set ache --content content"),
    "answers-typed-wrongly": (
        with_content("x.txt", b""),
        "score leg --set ache=awful --set 'veins=[femoral, ilac]' --content content",
    ),
    "practice-of-a-survey-that-speaks-to-nobody": (
        with_survey(""),
        "survey practice library/surveys/one.yaml --library library",
    ),
    "practice-of-a-survey-without-a-day": (
        with_survey(SPEAKING),
        "survey practice library/surveys/one.yaml --library library",
    ),
    "survey-that-passes-for-a-published-one": (
        with_a_copied_survey("ELITE-Kids 2025 (published)"),
        "guideline list --library library",
    ),
    "survey-that-counts-the-same-people-twice": (
        with_a_copied_survey("Our survey"),
        "guideline list --library library",
    ),
    "survey-whose-answers-lie-elsewhere": (with_answers_elsewhere, "survey check one --library library"),
    "survey-that-is-missing": (nothing, "survey check nobody.yaml"),
    "survey-of-odd-parts": (with_survey("odd: yes\n"), "survey check library/surveys/one.yaml --library library"),
    "surveys-of-a-site-that-are-odd": (with_survey("odd: yes\n"), "survey list --library library"),
    "survey-without-its-mapping": (
        with_survey("", SURVEY.replace("answers.csv", "answers.csv, mapping: answers.map.yaml")),
        "survey check one --library library",
    ),
    "survey-crossed-with-a-number": (with_survey(""), "survey report one --by years --library library --out report"),
    "report-among-other-files": (with_other_files, "survey report elite-kids --out site"),
    "site-among-other-files": (with_other_files, PUBLISH),
    "site-in-the-place-of-a-file": (with_a_file_for_a_site, PUBLISH),
    "site-with-a-folder-for-a-page": (with_a_folder_for_a_page, PUBLISH),
    "condition-of-100-denials": (with_content("vocabulary/odd.yaml", definition("not " * 100 + "swollen")), CHECK),
} | ARRIVING


@pytest.mark.parametrize("name", CASES)
def test_a_case_file_with_a_mistake_is_refused_in_these_words(name: str) -> None:
    """A case file with faults is refused whole, with all of them."""
    case_says(name)


@pytest.mark.parametrize("name", CONTENTS)
def test_a_content_file_with_a_mistake_is_refused_in_these_words(name: str, tmp_path: Path) -> None:
    """Content with faults is refused whole, with all of them."""
    content_says(name, tmp_path)


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_an_instrument_with_a_mistake_is_refused_in_these_words(name: str, tmp_path: Path) -> None:
    """An instrument with faults is refused whole, with all of them."""
    instrument_says(name, tmp_path)


@pytest.mark.parametrize("name", RESPONSES)
def test_a_response_with_a_mistake_is_refused_in_these_words(name: str) -> None:
    """A response with faults is refused whole, with all of them, and nothing of it is scored."""
    response_says(name)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_mistyped_command_is_answered_in_these_words(name: str) -> None:
    """A command that cannot be carried out says why, and each kind of failure has its exit code."""
    command_says(name)


@pytest.mark.parametrize("name", MADE)
def test_what_is_hardly_a_file_is_refused_in_these_words(name: str, tmp_path: Path) -> None:
    """Whatever lies under a name, it is read or refused, and nothing is waited for."""
    made_says(name, tmp_path)


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_that_is_refused_is_answered_in_these_words(name: str) -> None:
    """A person reads them on a page and a program in JSON; the words are the same."""
    request_says(name)


@pytest.mark.parametrize("name", ASKED)
def test_what_a_program_asks_wrongly_is_answered_in_these_words(name: str) -> None:
    """Over HTTP a mistake is answered with its faults, and a status that says of which kind it is."""
    asked_says(name)


@pytest.mark.parametrize("name", FORMS)
def test_what_is_entered_wrongly_is_answered_in_these_words(name: str) -> None:
    """At the form every mistake is named at once, and what was typed stays where it is."""
    entered_says(name)


@pytest.mark.parametrize("name", OF_SURVEYS)
def test_a_survey_with_a_mistake_is_refused_in_these_words(name: str) -> None:
    """A survey's file with faults is refused whole, and questions are crossed only with what makes groups."""
    survey_says(name)


@pytest.mark.parametrize("name", PIECES)
def test_what_a_registry_may_not_keep_or_show_is_refused_in_these_words(name: str, tmp_path: Path) -> None:
    """A registry says what it refuses, why, and how to mend it."""
    registry_says(name, tmp_path)


def test_an_answer_that_fits_no_question_is_asked_again_in_these_words() -> None:
    """In conversation a mistake is said at once, and the question stays."""
    answers_say()


def test_every_exhibit_has_its_words() -> None:
    """No words stand beside a file that is gone."""
    assert sorted(path.stem for path in HERE.glob("case/*.txt")) == CASES
    assert sorted(path.stem for path in HERE.glob("content/*.txt")) == CONTENTS
    assert sorted(path.stem for path in HERE.glob("instrument/*.txt")) == INSTRUMENTS
    assert sorted(path.stem for path in HERE.glob("response/*.txt")) == RESPONSES
    made = {path.stem for path in HERE.glob("made/*.txt")}
    assert made == {*MADE, "answers-that-fit-no-question"}
    assert {path.stem for path in HERE.glob("web/*.txt")} == {*REQUESTS}
    assert {path.stem for path in HERE.glob("asked/*.txt")} == set(ASKED)
    assert {path.stem for path in HERE.glob("form/*.txt")} == set(FORMS)
    assert {path.stem for path in HERE.glob("survey/*.txt")} == set(OF_SURVEYS)
    assert {path.stem for path in HERE.glob("registry/*.txt")} == set(PIECES)


def test_the_content_that_mistakes_are_laid_over_is_valid() -> None:
    """What is refused is refused for its mistake alone."""
    assert patency_says(["guideline", "check", "base"], HERE).code == 0
    assert patency_says(["instrument", "check", "base"], HERE).code == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["consult", "case/several-faults.yaml"], 3),
        (["guideline", "check", "content"], 4),
        (["consult", "nobody.yaml"], 5),
        (["consult"], 2),
    ],
)
def test_the_process_itself_ends_with_that_code_and_without_a_traceback(arguments: list[str], code: int) -> None:
    """What is seen in the shell is what was seen here."""
    command = [sys.executable, "-m", "patency", *arguments]
    run = subprocess.run(command, cwd=HERE, capture_output=True, stdin=subprocess.DEVNULL, check=False)
    assert run.returncode == code
    assert b"Traceback" not in run.stderr
    assert run.stdout == b""


KINDS: tuple[tuple[str, Iterable[str], Callable[[str], None]], ...] = (
    ("case", CASES, case_says),
    ("command", COMMANDS, command_says),
    ("web", REQUESTS, request_says),
    ("asked", ASKED, asked_says),
    ("form", FORMS, entered_says),
    ("survey", OF_SURVEYS, survey_says),
)
SPEAKERS = (
    "Fault",
    "fault",
    "_fault",
    "row_fault",
    "Mistyped",
    "Unreadable",
    "Untranslatable",
    "Failed",
    "ArgumentTypeError",
)


def silent_places() -> Iterator[str]:
    """Find every call in the program that makes a Fault, or what becomes one, and has not been heard."""
    for path in sorted(SOURCE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in SPEAKERS:
                lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
                if not any((path, line) in SPOKEN for line in lines):
                    yield f"{path.relative_to(SOURCE)}:{node.lineno}: {ast.get_source_segment(text, node)}"


def test_every_mistake_that_the_program_speaks_of_is_in_the_museum(tmp_path: Path) -> None:
    """A message is part of the interface: none is without its exact words here."""
    plain: tuple[tuple[str, Iterable[str], Callable[[str], None]], ...] = (
        *KINDS,
        ("response", RESPONSES, response_says),
    )
    for kind, names, says in plain:
        for name in names:
            if (kind, name) not in SHOWN:
                says(name)
    in_folders: tuple[tuple[str, Iterable[str], Callable[[str, Path], None]], ...] = (
        ("content", CONTENTS, content_says),
        ("instrument", INSTRUMENTS, instrument_says),
        ("made", MADE, made_says),
        ("registry", PIECES, registry_says),
    )
    for kind, names, says_in in in_folders:
        for name in names:
            if (kind, name) not in SHOWN:
                folder = tmp_path / kind / name
                folder.mkdir(parents=True)
                says_in(name, folder)
    answers_say()
    silent = list(silent_places())
    assert silent == [], "\n".join(silent)
