"""Patency as a process of its own: pipes, terminals, and the keyboard."""

import json
import os
import select
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import DEVNULL, PIPE, CompletedProcess, Popen, run
from typing import IO

import pytest

from .conftest import ROOT

PATENCY = [sys.executable, "-m", "patency"]
WORKED = "examples/acute-severe-adult.yaml"


def patency(*words: str, given: bytes = b"") -> CompletedProcess[bytes]:
    return run([*PATENCY, *words], input=given, capture_output=True, cwd=ROOT, check=False, timeout=60)


def test_a_case_can_come_from_standard_input() -> None:
    """`-` reads it, and the page is the same as from the file."""
    given = (ROOT / WORKED).read_bytes()
    ran = patency("consult", "-", given=given)

    assert (ran.returncode, ran.stderr) == (0, b"")
    assert ran.stdout == patency("consult", WORKED).stdout


def test_a_fault_in_standard_input_says_so() -> None:
    """Its place is `standard input` and the line."""
    ran = patency("consult", "-", given=b"findings:\n  age: 430\n")

    assert ran.returncode == 3
    assert b"standard input:2: 'age' cannot be 430\n" in ran.stderr


@pytest.mark.parametrize(
    "given", [b"", b"\xff\xfe", b"a: [", b"x" * 1_100_000], ids=["empty", "bytes", "yaml", "large"]
)
def test_what_is_no_case_at_all_is_refused(given: bytes) -> None:
    """Whatever arrives, the answer is a fault and never a traceback."""
    ran = patency("consult", "-", given=given)

    assert (ran.returncode, ran.stdout) == (3, b"")
    assert ran.stderr.startswith(b"patency: the case is refused: 1 fault\nstandard input")
    assert b"Traceback" not in ran.stderr


def test_a_reader_who_leaves_early_is_no_fault() -> None:
    """`patency consult ... | head -1` ends quietly."""
    reading, writing = os.pipe()
    os.close(reading)
    with Popen([*PATENCY, "consult", WORKED, "--full"], stdout=writing, stderr=PIPE, cwd=ROOT) as process:
        os.close(writing)
        _, told = process.communicate(timeout=60)

    assert (process.returncode, told) == (0, b"")


def test_a_page_is_utf_8_in_any_locale() -> None:
    """Also where the environment asks for plain ASCII."""
    environment = {**os.environ, "LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    ran = run([*PATENCY, "consult", WORKED], env=environment, cwd=ROOT, capture_output=True, check=True, timeout=60)

    assert "PATENCY consult · as of 29 May 2026" in ran.stdout.decode("utf-8")


def test_without_a_case_and_without_a_terminal_it_asks_for_a_file() -> None:
    """Nobody is there to answer questions."""
    ran = run([*PATENCY, "consult"], stdin=DEVNULL, capture_output=True, cwd=ROOT, check=False, timeout=60)

    assert (ran.returncode, ran.stdout) == (2, b"")
    assert ran.stderr == b"patency: name a case file, or - to read it from standard input\n"


def test_the_version_is_told() -> None:
    """One line."""
    ran = patency("--version")

    assert (ran.returncode, ran.stderr) == (0, b"")
    assert ran.stdout.startswith(b"patency ")


pty = pytest.importorskip("pty", reason="terminals of this kind exist on Unix alone")

ANSWERS = {
    "How old is the patient?": "45",
    "Which veins of this leg": "5, 6, 7",
    "Is the limb threatened?": "n",
    "On what day did symptoms of this clot begin?": "3 days ago",
    "Is the patient pregnant?": "n",
    "Apart from this clot, is the patient healthy?": "y",
    "Is lysis absolutely contraindicated?": "n",
    "How severe are the symptoms in the limb?": "4",
    "Is the iliac vein compressed from outside?": "1",
    "How high is the patient's risk of bleeding?": "low",
    "The limb since the clot was found": "none",
    "Is there phlegmasia?": "1",
    "How long is the patient expected to live": "30 years",
    "Is this the first deep vein thrombosis?": "1",
    "Could the patient walk before this clot?": "y",
    "Can this hospital take out venous clot by catheter?": "y",
    "Do you judge the risk of severe": "n",
    "Does the patient fear a lasting bad leg": "n",
    "": "stop",
}


class Terminal:
    """A process with somebody at its keyboard."""

    def __init__(self, words: Sequence[str], stdout: IO[bytes] | None = None) -> None:
        self.keyboard, inner = pty.openpty()
        # A test run in the background may have been told to ignore interrupts, and its children would inherit that.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        self.process = Popen([*PATENCY, *words], stdin=inner, stdout=stdout or inner, stderr=inner, cwd=ROOT)
        signal.signal(signal.SIGINT, before)
        os.close(inner)
        self.shown = ""

    def read(self, until: str, seconds: float = 30) -> str:
        """Return what is shown until a text appears, the process ends, or time is up."""
        start = len(self.shown)
        deadline = time.monotonic() + seconds
        while until not in self.shown[start:] and time.monotonic() < deadline:
            if not select.select([self.keyboard], [], [], 0.1)[0]:
                continue
            try:
                more = os.read(self.keyboard, 65536)
            except OSError:  # Linux says so when the last process has let go of the terminal
                break
            if not more:
                break
            self.shown += more.decode("utf-8", "replace").replace("\r\n", "\n")
        return self.shown[start:]

    def type(self, text: str) -> None:
        os.write(self.keyboard, text.encode())

    def end(self) -> tuple[int, str]:
        """Return the exit code and all that was shown."""
        self.read("(nothing ever says this)")
        try:
            return self.process.wait(timeout=10), self.shown
        finally:
            self.process.kill()
            os.close(self.keyboard)

    def answer(self, answers: Mapping[str, str]) -> None:
        """Answer each question as it comes, until one has no answer here or none is asked."""
        while "   > " in (asked := self.read("   > ")):
            answer = next((said for question, said in answers.items() if question in asked), None)
            if answer is None:
                return
            self.type(f"{answer}\n")


def test_at_a_terminal_it_asks_and_then_prints_the_page() -> None:
    """Eighteen short answers settle the first decision for the worked patient; one stops before the next."""
    terminal = Terminal(["consult", "--on", "2026-05-29"])
    terminal.answer(ANSWERS)
    code, shown = terminal.end()

    assert code == 0
    assert "How to treat the clot first: settled (18 questions)." in shown
    assert "WHETHER TO STENT THE VEIN\n\n19. " in shown
    assert "PATENCY consult · as of 29 May 2026" in shown
    assert "How to treat the clot first: settled; " in " ".join(shown.split())


def test_questions_never_mix_with_a_page_that_goes_elsewhere(tmp_path: Path) -> None:
    """With standard output in a file the questions still stand on the terminal, and the file holds JSON alone."""
    with (tmp_path / "page.json").open("wb") as file:
        terminal = Terminal(["consult", "--on", "2026-05-29", "--format", "json"], stdout=file)
        terminal.answer(ANSWERS)
        code, shown = terminal.end()

    assert code == 0
    assert "1. How old is the patient?" in shown
    assert json.loads((tmp_path / "page.json").read_text(encoding="utf-8"))["on"] == "2026-05-29"


def test_the_end_of_input_prints_the_page_of_what_is_known() -> None:
    """Control-D after the first answer."""
    terminal = Terminal(["consult", "--on", "2026-05-29"])
    terminal.read("   > ")
    terminal.type("45\n")
    terminal.read("   > ")
    terminal.type("\x04")
    code, shown = terminal.end()

    assert code == 0
    assert "age: 45 years" in shown
    assert "questions could still change an opinion" in " ".join(shown.split())


def test_an_interrupt_stops_without_a_page_and_without_a_traceback() -> None:
    """Control-C has an exit code of its own."""
    terminal = Terminal(["consult"])
    terminal.read("   > ")
    # A signal in the instant before the process waits for the keyboard is not noticed until a key is pressed.
    for _ in range(50):
        terminal.process.send_signal(signal.SIGINT)
        if "stopped" in terminal.read("stopped", 0.2):
            break
    code, shown = terminal.end()

    assert code == 130
    assert shown.endswith("stopped\n")
    assert "Traceback" not in shown
