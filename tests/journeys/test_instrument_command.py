"""`patency instrument`, `patency score` and `--response`, run as their users run them, over the museum's small content."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from .conftest import Run

Patency = Callable[..., Run]
BASE = Path(__file__).parents[1] / "refused" / "base"


@pytest.fixture
def content(tmp_path: Path) -> str:
    return str(shutil.copytree(BASE, tmp_path / "content"))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Make a site's own library that holds an instrument and its source, and nothing else."""
    folder = tmp_path_factory.mktemp("leg") / "site"
    (folder / "instruments").mkdir(parents=True)
    (folder / "sources").mkdir()
    shutil.copy(BASE / "sources" / "books.yaml", folder / "sources" / "books.yaml")
    leg = (BASE / "instruments" / "leg.yaml").read_text(encoding="utf-8")
    own = leg.replace("instrument: leg", "instrument: our-leg").replace(", feeds: pain", "")
    (folder / "instruments" / "our-leg.yaml").write_text(own, encoding="utf-8")
    return str(folder)


def write(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_site_has_instruments_of_its_own_labelled_local(patency: Patency, site: str) -> None:
    """They stand beside Patency's, with the sources of the site."""
    listed = patency("instrument", "list", "--library", site)
    assert (listed.code, listed.err) == (0, "")
    assert "our-leg          Leg scale (local) (1): 8 items, 2 scores; free to use" in listed.out.split("\n")
    scored = patency("score", "our-leg", "--set", "ache=mild", "--set", "cramps=severe", "--library", site)
    assert "Leg total: 4" in scored.out


def test_an_instrument_is_shown_in_words(patency: Patency, site: str) -> None:
    """Items with their branching, scores with formula and bands, checks, and each source with its mark."""
    shown = patency("instrument", "show", "our-leg", "--library", site).out
    for line in (
        "ache: Ache (ordered)",
        "  none = 0; mild = 1; moderate = 2; severe = 3",
        "  asked when “Ulcer” is yes",
        "never: “Ulcer” is yes and Ache is none",
        "  = sum(ache, cramps), from 0 to 6",
        "  severe when Leg total is at least 4 or “Ulcer” is yes",
        "  [book, p. 2: read in the original]",
    ):
        assert line in shown.split("\n")
    whole = json.loads(patency("instrument", "show", "our-leg", "--json", "--library", site).out)
    assert [item["item"] for item in whole["items"]] == [
        "ache",
        "cramps",
        "ulcer",
        "size",
        "years",
        "veins",
        "since",
        "why",
    ]
    assert whole["scores"][0]["formula"] == "sum(ache, cramps)"
    assert whole["scores"][0]["range"] == [0, 6]


def test_instruments_are_checked_and_what_no_example_shows_is_listed(patency: Patency, content: str) -> None:
    """What is not shown is no fault."""
    checked = patency("instrument", "check", content)
    assert (checked.code, checked.err) == (0, "")
    assert checked.out.split("\n") == [
        "1 instruments, 8 items, 2 scores (0 of them drafts), 1 examples met: no fault",
        "leg: no example shows worst: severe",
        "",
    ]


def test_a_response_is_scored_with_what_it_waits_for(patency: Patency, content: str, tmp_path: Path) -> None:
    """The total of an unfinished response is null with a range; what was answered by a reason says so."""
    response = write(
        tmp_path / "r.yaml",
        "instrument: leg\non: 2026-05-29\nabout: left leg\nanswers: {ache: declined, cramps: mild}\n",
    )
    page = patency("score", "leg", response, "--content", content)
    assert (page.code, page.err) == (0, "")
    assert page.out.split("\n")[:5] == [
        "Leg scale (1)",
        "left leg, 2026-05-29; about one leg",
        "",
        "Leg total: 1 to 4: not told, 1 item is blank",
        "  blank: Ache (declined)",
    ]
    told = json.loads(patency("score", "leg", response, "--content", content, "--json").out)["scores"]["total"]
    assert (told["total"], told["range"], told["missing"]) == (None, [1, 4], ["ache"])
    filled = patency("score", "leg", response, "--content", content, "--set", "ache=mild", "--json")
    assert json.loads(filled.out)["scores"]["total"]["total"] == 2


def findings(patency: Patency, *arguments: str) -> dict[str, dict[str, str]]:
    """Return the findings of a consult, as its JSON has them."""
    ran = patency("consult", *arguments, "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    return {each["concept"]: each for each in json.loads(ran.out)["case"]["findings"]}


CASE = "on: 2026-05-29\nfindings: {sex: female}\n"
RESPONSE = "instrument: our-leg\non: 2026-05-20\nanswers: {years: 45, ache: severe}\n"


def test_answers_become_findings_of_the_case_with_their_day_and_source(
    patency: Patency, site: str, tmp_path: Path
) -> None:
    """They stand beside those of the case file, and `--set` still replaces them."""
    case, response = write(tmp_path / "case.yaml", CASE), write(tmp_path / "r.yaml", RESPONSE)
    given = ("--response", response, "--library", site)
    found = findings(patency, case, *given)
    assert found["sex"]["on"] == "2026-05-29"
    assert (found["age"]["written"], found["age"]["on"], found["age"]["source"]) == (
        "45",
        "2026-05-20",
        "Leg scale (local), 1",
    )
    assert findings(patency, *given, "--on", "2026-05-29")["age"]["written"] == "45", "no case file is needed"
    assert findings(patency, case, *given, "--set", "age=50")["age"]["written"] == "50"


def test_what_case_and_response_say_alike_is_said_once(patency: Patency, site: str, tmp_path: Path) -> None:
    """Where value and day agree there is nothing to ask about, and a 'not known' is filled in."""
    response = write(tmp_path / "r.yaml", RESPONSE.replace("-20", "-29"))
    for age in ("45 years", "not known"):
        case = write(tmp_path / "case.yaml", f"on: 2026-05-29\nfindings: {{age: {age}}}\n")
        found = findings(patency, case, "--response", response, "--library", site)
        assert found["age"]["written"].removesuffix(" years") == "45"


def test_a_consult_reads_no_instrument_unless_a_response_is_given() -> None:
    """A page at night does not wait for what it does not need."""
    asks = "import sys\nfrom patency.cli import main\nmain(['consult', '--set', 'age=45'])\n"
    asks += "print([name for name in sys.modules if name.startswith('patency.instrument')], file=sys.stderr)"
    ran = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=True)
    assert ran.stderr.strip() == "[]"


THREATENED = "instrument: rutherford\non: 2026-05-29\nanswers: {sensory_loss: beyond_toes, weakness: partial}\n"


def test_a_rutherford_category_of_a_threatened_limb_threatens_the_limb(patency: Patency, tmp_path: Path) -> None:
    """The alert is the first thing on the page, and nobody can say beside IIb that the limb is not threatened."""
    response = write(tmp_path / "r.yaml", THREATENED)
    page = patency("consult", "--on", "2026-05-29", "--response", response)
    assert (page.code, page.err) == (0, "")
    first = page.out.partition("FIRST\n")[2].split("\n")[0]
    assert first.startswith("  ! Limb-threatening ischaemia is an emergency.")
    assert "limb ischaemia is irreversible" in page.out.partition("? Not known, and decisive: whether ")[2]
    denied = patency("consult", "--on", "2026-05-29", "--response", response, "--set", "limb_threat=no")
    assert denied.code != 0
    assert (
        "the Rutherford category is at least IIa, marginally threatened, and the limb is not threatened" in denied.err
    )
    viable = write(tmp_path / "v.yaml", THREATENED.replace("beyond_toes", "none").replace("partial", "none, "
                   "arterial_signal: audible, venous_signal: audible"))  # fmt: skip
    assert patency("consult", "--on", "2026-05-29", "--response", viable, "--set", "limb_threat=no").code == 0


VILLALTA = (
    "instrument: villalta\non: 2019-01-01\nside: left\nanswers: {pain: severe, cramps: severe, heaviness: severe, "
    "paraesthesia: severe, pruritus: severe, oedema: mild, induration: none, pigmentation: none, redness: none, "
    "ectasia: none, compression_pain: none, ulcer: no}\n"
)


@pytest.mark.parametrize("layout", [["--format", "text"], ["--format", "html"]])
def test_a_response_of_another_day_says_its_day(patency: Patency, tmp_path: Path, layout: list[str]) -> None:
    """A total of 2019 is not read as one of today; of the day of the page nothing more is said."""
    response = write(tmp_path / "r.yaml", VILLALTA)
    given = ("consult", "--response", response, "--set", "side=left", *layout)
    scale = "Villalta scale of post-thrombotic syndrome"
    later = " ".join(patency(*given, "--on", "2026-05-29").out.split())
    assert f"the Villalta total: 16 ({scale}, 1 Jan 2019)" in later
    assert f"the Villalta category: severe ({scale}, 1 Jan 2019)" in later
    same = " ".join(patency(*given, "--on", "2019-01-01").out.split())
    assert "the Villalta total: 16" in same
    assert scale not in same


def test_a_response_of_one_leg_is_held_against_the_leg_of_the_case(patency: Patency, tmp_path: Path) -> None:
    """The same leg goes without saying; the other is refused; what is not known of either is said."""
    told = write(tmp_path / "r.yaml", VILLALTA)
    untold = write(tmp_path / "u.yaml", VILLALTA.replace("side: left\n", ""))
    day = ("--on", "2019-01-01")
    left = ("--set", "side=left")
    scale = "Villalta scale of post-thrombotic syndrome"

    def words(*given: str) -> str:
        return findings(patency, *day, *given)["villalta_total"]["words"]

    assert words("--response", told, *left) == "the Villalta total: 16"
    assert words("--response", told) == f"the Villalta total: 16 ({scale}, left leg)"
    assert words("--response", untold, *left) == f"the Villalta total: 16 ({scale}, which leg was not told)"
    refused = patency("consult", *day, "--response", told, "--set", "side=right")
    assert (refused.code, refused.out) == (3, "")
    assert f"the response to the {scale} is of the left leg, and the case is about the other" in refused.err
    assert patency("score", "villalta", told).out.split("\n")[1] == "left leg, 2019-01-01; about one leg"


def test_what_is_typed_stands_beside_the_words(patency: Patency) -> None:
    """Of one answer, of several and of ordered ones: the name, wherever the words are others."""
    shown = patency("instrument", "show", "rutherford").out.split("\n")
    assert "    beyond_toes: more than the toes" in shown
    assert "    paralysed: paralysed or nearly so" in shown
    assert "  audible; inaudible" in shown
    assert "    gut: into the gut" in patency("instrument", "show", "isth-bleeding").out.split("\n")


def test_a_score_says_the_first_note_of_its_scale(patency: Patency) -> None:
    """A Villalta total in the first weeks is no syndrome; the rest of the notes is named."""
    said = " ".join(
        patency("score", "villalta", "--set", "pain=2", "--set", "cramps=Mild", "--set", "ulcer=no").out.split()
    )
    assert "Villalta total: 3 to 30: not told" in said
    note = "1 of 9 notes; `patency instrument show villalta` has all: Not to be called post-thrombotic syndrome before"
    assert note in said
