"""What hospital IT is told and given: the page for them, the container, and the lock that both install from."""

import json
import re
import shlex
import subprocess
import sys
import tomllib

import pytest

from patency.cli.serve import arguments
from patency.web.exchange import ALONE, SAFE
from patency.web.guard import Rules, guarded
from patency.web.serve import HEAD_SECONDS, MOST_CONNECTIONS

from .asking import Pages, ask
from .served import ROOT, SERVE, served
from .test_log import APP

PAGE = (ROOT / "docs" / "hospital-it.md").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


def pinned(name: str) -> dict[str, str]:
    lock = (ROOT / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", lock, flags=re.M))


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, flags=re.M | re.S)


def instructions() -> list[tuple[str, str]]:
    """Return the instructions of the Dockerfile, each on one line."""
    lines = re.sub(r"^#.*\n", "", DOCKERFILE, flags=re.M)
    joined = re.sub(r"\\\n\s*", "", lines)
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in joined.splitlines() if line.strip()]


def last(name: str) -> str:
    return [rest for each, rest in instructions() if each == name][-1]


# The page.


def test_the_page_names_every_header_with_its_value() -> None:
    """Nobody has to ask what is set."""
    table = dict(re.findall(r"^\| ([A-Z][A-Za-z-]+) \| (.*?) \|$", PAGE, flags=re.M))
    for name, value in SAFE.items():
        told = table[name.decode().title().replace("Csp", "CSP")]
        assert "off" in told if name == b"permissions-policy" else told == f"`{value.decode()}`"
    header, said = (each.decode() for each in ALONE)
    assert table[header.title()] == f"`{said}`, only over https and under a name of this machine"
    assert table["Cache-Control"].startswith("`no-store`")


def test_the_page_names_every_limit_as_it_is() -> None:
    """A number in the page is a number of the program."""
    rules = Rules()
    large = f"over {rules.largest // 1000} kB"
    limits = dict(re.findall(r"^\| ([a-z][^|]*?) \|[^|]*\| (.*?) \| .*\|$", PAGE, flags=re.M))
    told = {
        "too many requests from one client": f"{rules.a_minute} forms and {rules.a_minute * rules.reads_for_each:,} pages a minute",
        "too many at once from one client": f"{rules.at_once_each} forms and {rules.reads_at_once_each} pages",
        "too many at once": f"{rules.at_once} forms",
        "too many bodies arriving at once": f"{rules.bodies_at_once_each} from one client; {rules.bodies_at_once}",
        "an answer that takes too long": f"{rules.answer_seconds} seconds",
        "a body that does not arrive": f"{rules.body_seconds} seconds; {rules.upload_seconds} for a case file {large}",
        "a body too large": f"{rules.largest // 1000} kB; {rules.largest_upload // 1000:,} kB for an uploaded case file",
        "a question mark with too much after it": f"{rules.longest_query:,} letters",
        "a head that does not arrive": f"{HEAD_SECONDS} seconds",
        "more connections than": f"{MOST_CONNECTIONS}",
    }
    assert {name: limits[name] for name in told} == told


def test_every_option_that_the_page_names_is_there() -> None:
    """And the lines that it shows can be typed."""
    import argparse

    parser = argparse.ArgumentParser()
    arguments(parser)
    typed = [*re.findall(r"patency serve(.*)$", "\n".join([*blocks("sh"), *blocks("ini")]), flags=re.M)]
    assert len(typed) >= 2
    for line in typed:
        parser.parse_args(shlex.split(line))
    known = set(parser.format_help().replace("[", " ").replace("]", " ").split())
    for option in re.findall(r"`(--[a-z]+)", PAGE):
        assert option in known, option


def test_the_log_looks_as_the_page_shows_it() -> None:
    """Line for line the same names."""
    pages = Pages()
    pages.log.note("start", version="0.1.0", content_hash="5cd935eb64cb251e")
    ask(guarded(APP, Rules(), pages.log), "POST /consult")
    shown = [json.loads(line) for line in blocks("json")[0].splitlines()]
    assert [list(line) for line in shown[:2]] == [list(line) for line in pages.lines]
    assert shown[0] == pages.lines[0]
    assert list(shown[2]) == ["time", "event", "incident", "failures"]


# The container.


def test_the_container_runs_as_a_user_without_rights() -> None:
    """By number, so that a cluster can see that it is not the administrator."""
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", last("USER"))
    order = [name for name, _ in instructions()]
    assert order.index("ENTRYPOINT") > len(order) - 1 - order[::-1].index("USER")
    assert "ADD" not in order


def test_the_container_installs_only_what_has_a_hash() -> None:
    """From the lock of what is needed to serve."""
    installs = [rest for name, rest in instructions() if name == "RUN" and "pip" in rest]
    assert len(installs) == 1
    words = json.loads(installs[0])
    assert "--require-hashes" in words
    assert words[words.index("--requirement") + 1] == "/opt/requirements-serve.lock"


def test_the_container_is_made_of_what_is_there() -> None:
    """Each file that is copied exists, and the engine is sent it; both stages begin from one image, by tag."""
    sent = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    copied = [rest.split()[0] for name, rest in instructions() if name == "COPY" and not rest.startswith("--from")]
    assert copied == ["requirements-serve.lock", "src/patency"]
    for each in copied:
        assert (ROOT / each).exists()
        assert f"!{each}" in sent
    assert sent[1] == "*"
    images = {rest.split()[0] for name, rest in instructions() if name == "FROM"}
    assert images == {"python:3.12-slim"}


def test_what_the_container_starts_is_the_command_on_the_port_that_it_opens() -> None:
    """Without a shell, so that a signal reaches it."""
    import argparse

    python, *rest = json.loads(last("ENTRYPOINT"))
    assert rest[:3] == ["-m", "patency", "serve"]
    parser = argparse.ArgumentParser()
    arguments(parser)
    options = parser.parse_args(rest[3:])
    assert (options.host, str(options.port)) == ("0.0.0.0", last("EXPOSE"))
    assert python == json.loads(last("HEALTHCHECK").partition("CMD ")[2])[0]


def test_the_container_knows_whether_it_is_up() -> None:
    """Its check, run against a server, and against none."""
    _, flag, check = json.loads(last("HEALTHCHECK").partition("CMD ")[2])
    assert "8000" in check
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("http_proxy", "http://192.0.2.1:1")  # a hospital may set one, and this must not go through it
        with served(*SERVE) as server:
            command = [sys.executable, flag, check.replace("8000", str(server.port))]
            assert subprocess.run(command, check=False, timeout=30).returncode == 0
            server.end()
        assert subprocess.run(command, check=False, timeout=30, stderr=subprocess.DEVNULL).returncode != 0


def test_what_is_served_is_what_was_tested() -> None:
    """The lock for serving holds what Patency needs to run, in the versions of the lock for its tests, and nothing of these."""
    served_with, tested_with = pinned("requirements-serve.lock"), pinned("requirements.lock")
    assert served_with.items() <= tested_with.items()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = [*project["dependencies"], *project["optional-dependencies"]["proof"]]
    names = {re.split(r"[ <>=]", each)[0].lower() for each in needed}
    assert names <= set(served_with)
    assert not {"pytest", "httpx", "mypy", "ruff", "hypothesis", "playwright"} & set(served_with)
    lock = (ROOT / "requirements-serve.lock").read_text(encoding="utf-8")
    assert all("--hash=sha256:" in each for each in re.split(r"^(?=[a-z])", lock, flags=re.M) if "==" in each)
