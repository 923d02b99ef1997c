"""How a command finds a registry, opens it, and lets its user in."""

import argparse
import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

from patency.cli.common import CASE_REFUSED, MISTYPED, UNREADABLE, Failed, open_for
from patency.cut.label import banner
from patency.fault import Fault, Place, Refused
from patency.registry.access import Refusal
from patency.registry.admin import Admin
from patency.registry.forms import Forms, read_forms
from patency.registry.papers import ETHICS, said_to
from patency.registry.registry import Registry
from patency.registry.session import Session
from patency.registry.where import owner_url_of

OPERATOR = "operator"  # whom the trail names
PASSWORD, USER = "PATENCY_PASSWORD", "PATENCY_USER"


def add_where(parser: argparse.ArgumentParser, is_signed_in: bool = True) -> None:
    """Let a command name its registry, and who uses it."""
    parser.add_argument("folder", type=Path, metavar="DIR", help="the registry's folder")
    if is_signed_in:
        parser.add_argument("--user", default=os.environ.get(USER, ""), metavar="NAME",
                            help=f"who you are (or {USER}); the password is asked for, or read from {PASSWORD}")  # fmt: skip
    parser.set_defaults(policy=[], library=None)


def opened(options: argparse.Namespace, url: str = "") -> Registry:
    """Open the registry that a command names."""
    library = open_for(options)
    with refusing("the registry cannot be opened", UNREADABLE):
        return Registry(options.folder, library, read_forms(library), url)


def signed_in(options: argparse.Namespace) -> Session:
    """Open the registry that a command names, and let its user in until the command has ended."""
    refuse_no_letters(options)
    if not options.user:
        fault = Fault(Place("--user"), "nobody is named", "a registry shows each only what they may see",
                      f"write --user NAME, or set {USER}")  # fmt: skip
        raise Failed(MISTYPED, "nobody signed in", [fault])
    registry = opened(options)
    options.ended.callback(registry.close)
    with refusing("nobody signed in", UNREADABLE):
        session = registry.sign_in(options.user, password(f"Password of {options.user}: "))
    options.ended.callback(_give_back, session)
    return session


def _give_back(session: Session) -> None:
    """End what the session's token allows; where the database cannot be reached it ends by itself, in time."""
    with suppress(Refused):
        session.registry.sign_out(session.token)


def refuse_no_letters(options: argparse.Namespace) -> None:
    """Refuse what was typed and is no text: bytes that are no UTF-8 can be neither kept nor shown."""
    typed = {name: each if isinstance(each, list) else [each] for name, each in vars(options).items()}
    faults = [Fault(Place(name), "it holds bytes that are no letters", "what is typed is read as UTF-8, and kept as text",
                    "type it anew, at a terminal that writes UTF-8")
              for name, every in typed.items() if any(isinstance(each, str) and _is_no_text(each) for each in every)]  # fmt: skip
    if faults:
        raise Failed(MISTYPED, "nothing was done", faults)


def _is_no_text(text: str) -> bool:
    return any("\ud800" <= letter <= "\udfff" for letter in text)  # how Python holds a byte that is no letter


def password(prompt: str) -> str:
    """Return the password that is set, or ask for it."""
    given = os.environ.get(PASSWORD)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        fault = Fault(Place("password"), "there is no password", "it is asked for at a terminal alone",
                      f"set {PASSWORD} for a program")  # fmt: skip
        raise Failed(MISTYPED, "nobody signed in", [fault])
    return getpass.getpass(prompt)


def say_label(label: str) -> None:
    """Print loudly what a registry says of itself where no row of it is a patient; nothing where it has no label."""
    if label:
        print(banner(label))


def say_approval(session: Session) -> None:
    """Say beside an enrolment where today the site has no approval to ask patients; whom it asked before may be entered."""
    with refusing("the patients are kept; whether the site has an approval cannot be told"):
        for said in said_to(session, ETHICS, date.today()):
            print(f"! {said}: who did not consent while one held may not be enrolled; `patency registry site correct` enters its dates",
                  file=sys.stderr)  # fmt: skip


@contextmanager
def refusing(summary: str, code: int = CASE_REFUSED) -> Iterator[None]:
    """End the command with what a registry refuses, by a code of its own where it is not who asks that is refused."""
    try:
        yield
    except Refused as refused:
        code = CASE_REFUSED if isinstance(refused, Refusal) else code
        raise Failed(code, summary, refused.faults, refused.meanwhile) from None


@contextmanager
def as_operator(options: argparse.Namespace, summary: str) -> Iterator[Admin]:
    """Act as who holds the registry's folder and owns its database."""
    with refusing(summary):
        registry = opened(options, owner_url_of(options.folder))
        try:
            yield Admin(registry, OPERATOR)
        finally:
            registry.close()


def forms_of(options: argparse.Namespace) -> Forms:
    """Read Patency's forms, without any registry."""
    refuse_no_letters(options)
    return read_forms(open_for(options))
