"""From the shell: verify, back up, restore, look up and erase; and what is logged of it."""

import json
import os
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import text

from patency.cli import CASE_REFUSED, CONTENT_REFUSED, DONE, UNREADABLE, main
from patency.guideline.files import CONTENT
from patency.registry.cutting.cut import cut
from patency.registry.follow.read_protocol import PROTOCOLS
from patency.registry.keep.backup import backup
from patency.registry.keep.held import Held
from patency.registry.keep.log import LOG, operation
from patency.registry.registry import Registry
from patency.registry.where import OWNER
from registry.made import PASSWORD, by_operator, by_owner, forms, library
from registry.tampering import tampering

Shell = Callable[..., str]


@pytest.fixture
def registry(new_registry: Callable[..., Registry]) -> Registry:
    """A small registry on the database of the run."""
    return new_registry()


@pytest.fixture
def shell(registry: Registry, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Return what types a command for the registry, and gives what it says."""
    monkeypatch.setenv("PATENCY_PASSWORD", PASSWORD)
    by_operator(registry, monkeypatch)

    def typed(action: str, *more: str, code: int = DONE) -> str:
        assert main(["registry", action, str(registry.folder), *more]) == code
        return "".join(capsys.readouterr())

    return typed


def test_a_patient_is_named_found_and_erased(shell: Shell, registry: Registry, tmp_path: Path) -> None:
    """The whole way from the shell; what the log keeps of it tells nobody who it was."""
    ivo = ("--user", "ivo")
    registry.sign_in("ivo", PASSWORD).enrol("N-17")
    named = ("--name", "Quastenflosser, Xaverius", "--born", "1987-05-23", "--number", "hospital=MRN-7")
    assert "It is kept who N-17 is" in shell("identity", "N-17", *ivo, *named)
    assert shell("identity", "N-17", *ivo) == "Quastenflosser, Xaverius, born 1987-05-23, hospital MRN-7\n"
    found = shell("find", *ivo, "--name", "xaver quastenflosser", "--born", "1987-05-23")
    assert found.startswith("N-17  Quastenflosser, Xaverius, born 1987-05-23, hospital MRN-7  (")
    assert "the same day of birth" in found
    assert shell("find", *ivo, "--number", "8") == "Nobody like that is kept at your site.\n"
    assert "ivo added the patient: pseudonym “N-17”." in shell("history", "N-17", *ivo)
    assert main(["registry", "export", str(registry.folder), str(tmp_path / "out"), *ivo]) == DONE
    erased = shell("erase", "N-17", *ivo, "--reason", "asked", "--confirm", "N-17")
    assert "N-17 is erased: their key is destroyed" in erased
    assert "In the open remain" in erased
    assert "while they were in it (1 time):" in erased
    assert "ivo: an export of records\n        patient.csv " in erased
    assert "ivo erased the patient" in shell("trail", *ivo)
    assert "1 patient; 1 erased" in shell("status")
    everything = (registry.folder / LOG).read_text(encoding="utf-8") + shell("trail", *ivo)
    assert not any(word in everything for word in ("Quastenflosser", "Xaverius", "N-17", "MRN", "1987"))


def test_a_registry_is_verified_backed_up_and_restored(
    shell: Shell, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each says what it did; `status` tells when it was last done. It is restored into a file, wherever it was."""
    registry.sign_in("ivo", PASSWORD).enrol("N-17")
    assert "Last backup: never" in shell("status")
    assert shell("verify") == "11 lines of 3 trails fit, with every row.\n"
    assert "No key is in it" in shell("backup", str(tmp_path / "one.zip"), "--keys", str(tmp_path / "safe"))
    assert shell("verify") == "12 lines of 3 trails fit, with every row, and with 6 heads carried out before.\n"
    status = json.loads(shell("status", "--json"))
    assert status["counts"]["north"] == {"patient": 1}
    assert {"backup", "backup of keys", "verify"} == set(status["done"])
    again = [
        "registry",
        "restore",
        str(tmp_path / "one.zip"),
        str(tmp_path / "again"),
        "--keys",
        str(tmp_path / "safe"),
    ]
    monkeypatch.delenv(OWNER, raising=False)
    assert main(again) == DONE
    assert main(["registry", "verify", str(tmp_path / "again"), "--against", str(tmp_path / "one.zip")]) == DONE


def test_what_was_tampered_with_ends_the_command_with_a_code_of_its_own(shell: Shell, registry: Registry) -> None:
    """A program that watches learns it from the exit code; the operation is logged with the number of findings."""
    registry.sign_in("ivo", PASSWORD).enrol("N-17")
    with tampering(registry) as connection:
        connection.execute(text("DELETE FROM patient"))
    said = shell("verify", code=CASE_REFUSED)
    assert "which ivo added on" in said
    assert said.endswith(
        "1 thing does not fit: see above; keep the database as it is, and find out who could write to it\n"
    )
    line = json.loads((registry.folder / LOG).read_text(encoding="utf-8").splitlines()[-1])
    assert (line["operation"], line["ended"], line["findings"]) == ("verify", "done", 1)


def test_the_trail_is_exported_with_its_heads(shell: Shell, registry: Registry, tmp_path: Path) -> None:
    """By an investigator, of their own site; later the registry is verified against it."""
    registry.sign_in("ivo", PASSWORD).enrol("N-17")
    assert "the signed heads in" in shell("trail", "--user", "ivo", "--out", str(tmp_path / "trail.jsonl"))
    lines = [json.loads(line) for line in (tmp_path / "trail.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["action"] for line in lines] == ["login", "add", "login", "export"]
    assert "2 heads carried" in shell("verify", "--against", str(tmp_path / "trail.jsonl.heads.json"))


def test_a_registry_is_verified_against_a_cut(shell: Shell, registry: Registry, tmp_path: Path) -> None:
    """The heads that a cut carries are sealed, for they name sites; the registry opens its own."""
    ivo = registry.sign_in("ivo", PASSWORD)
    ivo.enrol("N-17")
    cut(ivo, tmp_path / "cut")
    for path in (registry.folder / "heads").iterdir():
        path.unlink()
    assert "and with 1 head carried out before" in shell("verify", "--against", str(tmp_path / "cut"))
    with tampering(registry) as connection:
        connection.execute(text("DELETE FROM trail WHERE site = 'north' AND seq > 2"))
    assert "cut carries its head at line 3" in shell("verify", "--against", str(tmp_path / "cut"), code=CASE_REFUSED)


def test_what_is_named_and_carries_no_heads_keeps_nothing_else_from_being_verified(
    shell: Shell, registry: Registry, tmp_path: Path
) -> None:
    """The code tells a program that all else fits; where something does not, it says that before."""
    ivo = registry.sign_in("ivo", PASSWORD)
    ivo.enrol("N-17")
    with closing(by_owner(registry)) as owned:
        backup(Held.of(owned), tmp_path / "one.zip")
    against = ["--against", str(tmp_path / "gone.json"), "--against", str(tmp_path / "one.zip")]
    assert "fit, with every row, and with 6 heads" in shell("verify", *against, code=UNREADABLE)
    with tampering(registry) as connection:
        connection.execute(text("DELETE FROM patient"))
    said = shell("verify", *against, code=CASE_REFUSED)
    assert "which ivo added on" in said
    assert "gone.json: the heads cannot be read" in said


def test_a_site_key_that_is_not_there_is_said_and_is_no_finding(shell: Shell, registry: Registry) -> None:
    """The site may hold it elsewhere; files that others can read are said as well, by `verify` as by `status`."""
    (registry.vault.folder / "sites" / "north.key").unlink()
    (registry.vault.folder / "secret.key").chmod(0o644)
    for verb in ("verify", "status"):
        said = shell(verb)
        assert "! The key of north to the names of its patients is not in" in said
        assert "! Others who use this computer may read 1 of its files" in said
        assert "south" not in "".join(
            line for line in said.splitlines() if line.startswith("!") and "is entered" not in line
        )


def test_a_site_key_that_is_not_its_own_is_told_by_the_status(shell: Shell, registry: Registry) -> None:
    """A site may hold its key itself, but no other in its place: names would be sealed by what nobody else has."""
    (registry.vault.folder / "sites" / "north.key").write_bytes(bytes(32))
    said = shell("status", code=CASE_REFUSED)
    assert "! north: the site's key to the names of its patients was replaced" in said
    assert "1 thing does not fit: see above; `patency registry verify` looks at all the others" in said
    assert '"findings": [\n  "north: the site\'s key' in shell("status", "--json", code=CASE_REFUSED)


def test_the_papers_of_a_site_are_prolonged_and_the_trail_tells_what_stood_before(
    shell: Shell, registry: Registry
) -> None:
    """What is not given stays; the registry still verifies, and a row changed beside Patency is found as before."""
    folder = str(registry.folder)
    for until, reason in (("2026-12-31", "first approval"), ("2029-12-31", "prolonged by amendment 2")):
        asked = ["north", "--ethics", "S-1/2026", "--ethics-until", until, "--reason", reason]
        assert main(["registry", "site", "correct", folder, *asked]) == DONE
    assert main(["registry", "site", "list", folder]) == DONE
    listed = shell("verify")
    assert "ethics until: 2029-12-31" in listed
    assert "north  North Hospital" in listed
    assert "fit, with every row" in listed
    told = shell("trail", "--user", "ada")
    assert (
        "operator administered: site corrected, ethics-until 2029-12-31, ethics-until before 2026-12-31, reason prolonged"
        in told
    )
    with tampering(registry) as connection:
        connection.execute(text("UPDATE site SET details = '{}' WHERE id = 'north'"))
    assert "north: what the database says of the site was changed" in shell("verify", code=CASE_REFUSED)


def test_an_end_day_of_a_site_is_taken_away(shell: Shell, registry: Registry) -> None:
    """A site that was closed by mistake ends on no day; that it was and why it is not stand in the trail."""
    correct = ["registry", "site", "correct", str(registry.folder), "north", "--reason", "closed by mistake"]
    assert main([*correct, "--agreement-until", "2026-12-31"]) == DONE
    assert main([*correct, "--agreement-until="]) == DONE
    assert main(["registry", "site", "list", str(registry.folder)]) == DONE
    assert "until" not in shell("verify")
    assert "agreement-until nothing, agreement-until before 2026-12-31" in shell("trail", "--user", "ada")
    assert main([*correct, "--agreement-until="]) == CASE_REFUSED


def test_a_hospital_keeps_a_name(shell: Shell, registry: Registry) -> None:
    """Neither is a site added without one, nor is it taken away."""
    folder = str(registry.folder)
    assert main(["registry", "site", "correct", folder, "north", "--name", "", "--reason", "away"]) == CASE_REFUSED
    assert main(["registry", "site", "add", folder, "west", "--name", " "]) == CASE_REFUSED
    assert main(["registry", "site", "list", folder]) == DONE
    listed = shell("verify")
    assert "north  North Hospital" in listed
    assert "west" not in listed


def test_a_registry_follows_another_protocol_and_the_trail_tells_which_before(shell: Shell, registry: Registry) -> None:
    """What is due is told by the new one; the registry verifies, and a protocol changed beside Patency is found."""
    known = ["attract", "minimal"]
    folder = str(registry.folder)
    for name in known:
        assert main(["registry", "protocol", "set", folder, name, "--reason", "agreed"]) == DONE
    assert "The registry follows minimal" in shell("verify")
    assert "protocol changed, protocol minimal, protocol before attract, reason agreed" in shell(
        "trail", "--user", "ada"
    )
    assert main(["registry", "protocol", "set", folder, "attract", "--reason", "agreed"]) == DONE
    due = json.loads(
        shell("due", "--user", "ivo", "--on", "2026-11-22", "--json").partition("before, as the trail tells.\n")[2]
    )
    assert "attract" in json.dumps(due)
    with tampering(registry) as connection:
        connection.execute(text("UPDATE registry SET protocol = 'minimal'"))
    assert "what the database says of the registry was changed" in shell("verify", code=CASE_REFUSED)


def test_a_protocol_of_ones_own_is_found_from_wherever_a_command_is_given(
    shell: Shell, registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The registry keeps the file's whole path, so what is due is told from another folder too."""
    (tmp_path / "ours.yaml").write_bytes((CONTENT / PROTOCOLS / "minimal.yaml").read_bytes())
    monkeypatch.chdir(tmp_path)
    assert main(["registry", "protocol", "set", str(registry.folder), "ours.yaml", "--reason", "agreed"]) == DONE
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert "What is due" in shell("due", "--user", "ivo", "--on", "2026-11-22")
    assert str((tmp_path / "ours.yaml").resolve()) in shell("trail", "--user", "ada")


def test_a_protocol_of_ones_own_is_pinned_by_its_hash(shell: Shell, registry: Registry, tmp_path: Path) -> None:
    """A file that was changed since is refused until it is set again; a cut names the file without its folders, and the hash."""
    file = tmp_path / "ours.yaml"
    file.write_bytes((CONTENT / PROTOCOLS / "minimal.yaml").read_bytes())
    before = sha256(file.read_bytes()).hexdigest()
    asked = ("--user", "ivo", "--on", "2026-11-22")
    assert main(["registry", "protocol", "set", str(registry.folder), str(file), "--reason", "agreed"]) == DONE
    assert f"The registry follows {file} (SHA-256 {before[:12]}), " in shell("due", *asked)
    file.write_bytes(file.read_bytes() + b"# another word\n")
    said = shell("due", *asked, code=CONTENT_REFUSED)
    assert (
        f"{file}: it was changed since the registry was set to follow it: its SHA-256 was {before[:12]}, and is" in said
    )
    assert "What is due" in shell("due", *asked, "--protocol", str(file))
    opened = Registry(registry.folder, library(), forms())
    manifest = cut(opened.sign_in("stat", PASSWORD), tmp_path / "cut").manifest
    opened.close()
    assert (manifest.protocol, manifest.made_by["protocol"]) == ("ours.yaml", {"name": "ours.yaml", "hash": before})
    assert str(tmp_path) not in (tmp_path / "cut" / "manifest.json").read_text()
    assert main(["registry", "protocol", "set", str(registry.folder), str(file), "--reason", "another word"]) == DONE
    assert "What is due" in shell("due", *asked)
    assert f"protocol before {file.resolve()}#sha256={before}" in shell("trail", "--user", "ada")
    assert "fit, with every row" in shell("verify")


def test_a_cut_names_the_protocol_by_its_hash(registry: Registry, tmp_path: Path) -> None:
    """One of Patency's own is what that version of Patency has; a registry that names none follows the minimal one."""
    minimal = (CONTENT / PROTOCOLS / "minimal.yaml").read_bytes()
    manifest = cut(registry.sign_in("stat", PASSWORD), tmp_path / "cut").manifest
    assert manifest.made_by["protocol"]["name"] == "minimal"
    assert manifest.made_by["protocol"]["hash"] == sha256(minimal).hexdigest()


def test_a_registry_that_is_synthetic_says_so(shell: Shell, registry: Registry) -> None:
    """Wherever anything of it is shown, the label comes first."""
    with tampering(registry) as connection:
        connection.execute(text("UPDATE registry SET label = 'synthetic'"))
    registry.sign_in("ivo", PASSWORD).enrol("N-17")
    for told in (("status",), ("trail", "--user", "ivo"), ("history", "N-17", "--user", "ivo")):
        assert shell(*told).startswith("*** SYNTHETIC")
    said = shell("verify", code=CASE_REFUSED)  # it was not made with that label
    assert said.startswith("*** SYNTHETIC")
    assert "what the database says of the registry was changed by nobody the trail knows" in said


def test_a_failure_is_logged_by_its_place_and_no_word_of_it(tmp_path: Path) -> None:
    """What an error says could hold what somebody recorded of a patient."""

    def fail() -> None:
        with operation(tmp_path, "backup"):
            raise ValueError("Quastenflosser")

    with pytest.raises(ValueError, match="Quastenflosser"):
        fail()
    (line,) = (tmp_path / LOG).read_text(encoding="utf-8").splitlines()
    told = json.loads(line)
    assert (told["ended"], told["type"]) == ("failed", "ValueError")
    assert told["stack"][-1].endswith(":fail")
    assert "Quastenflosser" not in line
    assert os.path.sep * 2 not in line


@pytest.mark.sqlite("PostgreSQL keeps no file in the folder")
def test_a_lost_database_is_made_by_no_command_and_restored_to_a_new_folder_with_the_keys_of_the_old(
    shell: Shell, registry: Registry, tmp_path: Path
) -> None:
    """An empty one in its place would look like a registry in which nobody ever was."""
    registry.sign_in("ivo", PASSWORD).enrol("N-17")
    safe, again = str(tmp_path / "safe.zip"), tmp_path / "again"
    shell("backup", safe)
    registry.close()
    for file in registry.folder.glob("registry.db*"):
        file.unlink()
    keys = str(registry.folder / "keys")
    for action, *more in (["status"], ["verify"], ["backup", str(tmp_path / "other.zip")], ["migrate"], ["migrate", "--rehearse"],
                          ["list", "--user", "ivo"]):  # fmt: skip
        assert "the database's file is not there" in shell(action, *more, code=UNREADABLE)
    for of in ("user", "site"):
        assert main(["registry", of, "list", str(registry.folder)]) == UNREADABLE
    assert not list(registry.folder.glob("registry.db*"))
    assert main(["registry", "restore", safe, str(registry.folder), "--keys", keys]) == CASE_REFUSED
    assert main(["registry", "restore", safe, str(again), "--keys", keys]) == DONE
    assert main(["registry", "list", str(again), "--user", "ivo"]) == DONE
