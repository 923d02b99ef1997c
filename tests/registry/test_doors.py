"""No door of the registry shows a user of one site what is another's, or lets them change it; and every door is tried."""

import argparse
import importlib
import inspect
import pkgutil
import random
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager

import pytest

import patency.registry
from patency.cli import registry as registry_command
from patency.registry.database import is_postgresql
from patency.registry.registry import Registry
from patency.registry.session import Session
from registry.doors import COMMANDS_OF_ALL, COMMANDS_OF_ONE, OF_ALL, OF_ONE, OF_SITES, STILL, WRITERS, Doors
from registry.strangers import SITES

Copies = Callable[[str], AbstractContextManager[Registry]]
HOLDER = "who holds the registry's folder does it, and signs in nowhere: there is no user of a site"
NOTHING = "it reads no patient, and writes none"
WITHIN = "it is a part of another door, and takes what that was given: "
ELSEWHERE: dict[str, str] = {  # doors that are not tried, and why
    "Session.need": NOTHING, "Session.note": NOTHING, "Session.sign_out": NOTHING, "Session.id_of": NOTHING,
    "Session.writing": f"{WITHIN}Session.entry, find, erase", "Session.noting_strangers": f"{WITHIN}Session.patient, erase",
    "Session.new_patient": NOTHING, "site_code": NOTHING, "file_named": NOTHING, "said_to": NOTHING, "rules_of": NOTHING,
    "versions": NOTHING, "title": NOTHING, "see": f"{WITHIN}count, due, complete, flowed",
    "count_at": f"{WITHIN}count", "due_at": f"{WITHIN}due", "complete_at": f"{WITHIN}complete",
    "flowed_at": f"{WITHIN}flowed", "close": f"{WITHIN}export", "of_those": f"{WITHIN}export",
    "reader": f"{WITHIN}cut", "Reader": f"{WITHIN}cut", "Reading": f"{WITHIN}cut", "Maker": f"{WITHIN}Import",
    "Standing": f"{WITHIN}Import",
} | dict.fromkeys((
    "init", "site add", "site correct", "site list", "user add", "user stop", "user list", "user password", "user resume", "migrate",
    "verify", "backup", "restore", "recover", "status", "protocol set", "demo",
), HOLDER) | dict.fromkeys((
    "form", "map", "rule list", "rule show", "rule check", "protocol list", "protocol show",
), NOTHING)  # fmt: skip


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, copies: Copies, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    """Return three sites with something of each kind, once on each database."""
    with copies(request.param) as registry:
        found = Doors(registry, 11, tmp_path_factory.mktemp("doors"))
        yield found
        found.owned.close()


@pytest.fixture
def doors(world: Doors, monkeypatch: pytest.MonkeyPatch) -> Doors:
    """Let each user sign in once for every command, for argon2 is slow."""
    for area in ("enter", "look", "import", "cut", "due", "quality", "consult"):
        monkeypatch.setattr(f"patency.cli.registry_{area}.signed_in", lambda options: world.sessions[options.user])
    return world


def test_nothing_that_another_site_does_is_seen_in_any_answer(doors: Doors) -> None:
    """What counts and lists North's patients says the same before and after patients come to South and West."""
    north = doors.sessions["ivo"]
    before = {name: repr(OF_ALL[name](north, doors.folder)) for name in STILL}
    for number in range(6):
        for site in ("south", "west"):
            doors.comes(site, doors.sessions[WRITERS[site]], f"late-{SITES[site]}-{number}")
    assert before == {name: repr(OF_ALL[name](north, doors.folder)) for name in STILL}


def test_no_door_shows_or_changes_what_is_anothers(doors: Doors) -> None:
    """What is another's and what is nowhere are told in the same words, through every door, whoever asks."""
    for name in drawn(doors, doors.acts_of_all()):  # first: a trail holds the ids that its own users will ask for
        for user in askers(doors):
            doors.looks(name, doors.sessions[user])
    for name in drawn(doors, doors.acts_of_one()):
        for user in askers(doors):
            doors.tries(name, doors.sessions[user])


def test_each_door_opens_to_ones_own(doors: Doors) -> None:
    """Each is opened by some record of one's own: a door that nobody can open would hide nothing."""
    for name in doors.acts_of_one():
        for user in 4 * [*WRITERS.values()]:
            if name not in doors.opened_by_own:
                doors.opens(name, doors.sessions[user])
    assert set(doors.acts_of_one()) == doors.opened_by_own


def test_every_door_is_tried_or_it_is_said_why_not() -> None:
    """Whoever adds a method to a session, a function that takes one, or a command, adds the door to those that are tried."""
    tried = {name.partition(",")[0] for name in (*OF_ONE, *OF_ALL, *COMMANDS_OF_ONE, *COMMANDS_OF_ALL)}
    known = {*methods(), *functions(), *commands()}
    assert known - tried - ELSEWHERE.keys() == set(), "doors that nothing tries"
    assert (tried | ELSEWHERE.keys()) - known == set(), "doors that are no more"


def test_who_holds_the_folder_signs_in_nowhere() -> None:
    """Of the commands that are not tried none takes the name of a user who signs in."""
    signing = {
        name
        for name, parser in _parsers(_registry())
        if any("--user" in each.option_strings for each in parser._actions)
    }
    assert signing == {*COMMANDS_OF_ONE, *COMMANDS_OF_ALL}


def askers(doors: Doors) -> set[str]:
    """Draw who opens a door: North's investigator and anybody else; on PostgreSQL one of them, for it takes twice as long."""
    both = {WRITERS["north"], doors.dice.choice(OF_SITES)}
    return {doors.dice.choice(sorted(both))} if is_postgresql(doors.registry.engine) else both


def drawn(doors: Doors, names: Collection[str]) -> list[str]:
    """Return the names in a drawn order, and what takes a patient's key away last."""
    found = random.Random(doors.dice.random()).sample(list(names), len(names))
    return sorted(found, key=lambda name: "erase" in name)


def methods() -> Iterator[str]:
    """Yield each public method and property of a session."""
    yield from (f"Session.{name}" for name, _ in inspect.getmembers(Session) if not name.startswith("_"))


def functions() -> Iterator[str]:
    """Yield each public function of the registry, and each class, that takes a session."""
    for module in pkgutil.walk_packages(patency.registry.__path__, "patency.registry."):
        if ".migrations." in module.name or ".demo." in module.name:
            continue
        of = importlib.import_module(module.name)
        for name, each in vars(of).items():
            is_own = getattr(each, "__module__", "") == module.name and not name.startswith("_")
            if is_own and (inspect.isfunction(each) or inspect.isclass(each)) and _takes_a_session(each):
                yield name


def _takes_a_session(each: object) -> bool:
    taking = each.__init__ if inspect.isclass(each) else each
    return any(
        str(said).strip("'\"").rpartition(".")[2].rstrip("'>") == "Session"
        for said in getattr(taking, "__annotations__", {}).values()
    )


def commands() -> Iterator[str]:
    """Yield each command of `patency registry`."""
    yield from (name for name, _ in _parsers(_registry()))


def _registry() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    registry_command.arguments(parser)
    return parser


def _parsers(parser: argparse.ArgumentParser, before: str = "") -> Iterator[tuple[str, argparse.ArgumentParser]]:
    below = [each for each in parser._actions if isinstance(each, argparse._SubParsersAction)]
    if not below:
        yield before.strip(), parser
    for action in below:
        for name, each in action.choices.items():
            yield from _parsers(each, f"{before} {name}")
