"""What is refused of protocols of follow-up, and of what is asked of it."""

import io
import os
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from datetime import date
from pathlib import Path

from patency.cli import main
from patency.registry.admin import Admin
from patency.registry.create import create
from patency.registry.follow.counts import count
from patency.registry.follow.follow_up import due
from patency.registry.follow.read_protocol import lasting_name, protocol_named, read_protocol, read_protocols
from patency.registry.registry import Registry
from patency.registry.session import Session
from registry.made import PASSWORD, USERS, forms, library
from registry.made_follow_up import protocol

Piece = Callable[[Path], object]

CITED = "cite: [{source: registry-data-set, at: day, mark: inference}]"
PLAN = f"""
protocol: plan
title: A plan
version: "1"
starts: diagnosis
ends: [death]
overdue: 30
{CITED}
expected:
  duplex: {{words: a duplex scan, kind: imaging, fields: [method], any_of: [duplex]}}
visits:
  V10: {{at: 10 days, before: 3, after: 4, planned: V10, {CITED}}}
  V30: {{at: 30 days, before: 9, after: 15, expects: [duplex], {CITED}}}
targets:
  side: {{words: the side, of: episodes, kind: episode, fields: [side], least: 95, {CITED}}}
"""


def _read(*changes: tuple[str, str]) -> Piece:
    text = PLAN
    for before, after in changes:
        assert before in text, f"{before!r} is in the plan"
        text = text.replace(before, after)
    return lambda _: read_protocol(text.encode(), "plan.yaml", library().sources, forms())


def _two_of_one_name(folder: Path) -> None:
    (folder / "registry" / "protocols").mkdir(parents=True)
    for name in ("one", "two"):
        (folder / "registry" / "protocols" / f"{name}.yaml").write_text(PLAN)
    (folder / "registry" / "protocols" / "three.yaml").write_text("protocol: [")
    read_protocols(library().sources, forms(), folder)


def _with(folder: Path, name: str) -> Registry:
    """Make a registry with one user, for each password takes its time."""
    create(folder / "registry", "Test registry")
    registry = Registry(folder / "registry", library(), forms())
    role, site = USERS[name]
    admin = Admin(registry, "operator")
    admin.add_site("north", "North Hospital", "DE")
    admin.add_user(name, role, site, PASSWORD)
    return registry


def _asked(name: str, ask: Callable[[Session], object]) -> Piece:
    return lambda folder: ask(_with(folder, name).sign_in(name, PASSWORD))


def _typed(*words: str) -> Piece:
    """Type a command, and return what it says beside how it is used."""

    def typed(folder: Path) -> str:
        said = io.StringIO()
        os.environ["PATENCY_PASSWORD"] = PASSWORD
        try:
            with redirect_stderr(said), redirect_stdout(io.StringIO()):
                main(["registry", *(word.replace("FOLDER", str(folder)) for word in words)])
        except SystemExit:  # argparse ends so, after its usage lines
            pass
        finally:
            del os.environ["PATENCY_PASSWORD"]
        return said.getvalue().partition("patency registry due: ")[2] or said.getvalue()

    return typed


def _in_a_registry(name: str, *words: str) -> Piece:
    def typed(folder: Path) -> object:
        _with(folder, name).close()
        return _typed(words[0], "FOLDER/registry", *words[1:], "--user", name)(folder)

    return typed


def _changed_since(folder: Path) -> object:
    """Look by a file that a registry pinned, and that says one word more now."""
    (folder / "ours.yaml").write_text(PLAN)
    pinned = lasting_name(str(folder / "ours.yaml"), read_protocol(PLAN.encode(), "", library().sources, forms()))
    (folder / "ours.yaml").write_text(f"{PLAN}\n# a word\n")
    return protocol_named(pinned, library().sources, forms())


PIECES: dict[str, Piece] = {
    "protocol-of-odd-times": _read(("at: 10 days", "at: ten days"), ("before: 9", "before: some"), ("least: 95", "least: 101")),
    "protocol-of-windows-that-overlap": _read(("before: 9", "before: 20")),
    "protocol-of-names-that-are-none": _read(
        ("ends: [death]", "ends: [deth]"), ("kind: imaging", "kind: imagin"), ("[side]", "[syde]"), ("planned: V10", "planned: V11"),
        ("expects: [duplex]", "expects: [duplx], only_after: consent"),
    ),
    "protocol-of-answers-that-are-none": _read(("any_of: [duplex]", "any_of: [dupleks]")),
    "protocol-that-cites-nothing": _read((f"planned: V10, {CITED}", "planned: V10")),
    "protocol-that-does-not-say-how-often": _read(("at: 30 days", "at: 30 days, every: 1 year")),
    "protocols-of-one-name": _two_of_one_name,
    "protocol-that-is-none": lambda _: protocol_named("minimum", library().sources, forms()),
    "protocol-that-was-changed-since": _changed_since,
    "protocol-shown-that-is-none": _typed("protocol", "show", "minimum"),
    "pool-on-another-day": _asked("stat", lambda stat: due(stat, protocol_named("", library().sources, forms()), date(1990, 1, 1))),
    "pool-by-another-protocol": _asked("stat", lambda stat: due(stat, protocol("attract"))),
    "due-list-of-an-administrator": _in_a_registry("ada", "due"),
    "due-on-no-day": _typed("due", "FOLDER", "--on", "yesterday"),
    "count-of-no-kind": _asked("ivo", lambda ivo: count(ivo, "episodes.side")),
    "count-of-no-field": _in_a_registry("ivo", "count", "episode.syde"),
    "count-by-what-makes-no-groups": _asked("ivo", lambda ivo: count(ivo, "episode.side", by="age")),
    "count-where-nothing-is-said": _asked("ivo", lambda ivo: count(ivo, "episode.side", where="caval and syde = left")),
    "pool-counted-by-a-number": _asked("stat", lambda stat: count(stat, "episode.side", where="age < 30 years")),
}  # fmt: skip
