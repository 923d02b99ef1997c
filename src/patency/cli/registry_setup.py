"""`patency registry init|site|user`: make a registry, and say which sites and people belong to it.

Who holds the registry's folder is its operator, and needs no password for this. On PostgreSQL the operator's database
role owns the tables.
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from patency.cli.case import day_typed
from patency.cli.common import open_for
from patency.cli.registry_open import add_where, as_operator, forms_of, password, refuse_no_letters, refusing
from patency.cut.label import LABELS
from patency.registry import access
from patency.registry.oneline import one_line

Actions: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def arguments(actions: Actions) -> None:
    """Say what may be asked of it."""
    init = actions.add_parser(
        "init",
        help="make a registry",
        description="Make a registry in a new folder: its database, a file, or a PostgreSQL where "
        "PATENCY_DATABASE names one by the role that uses it and PATENCY_OWNER_DATABASE by the role that owns its tables; and "
        "its keys, which no backup of the database holds.",
        epilog="example: patency registry init our-registry --name 'Our registry'",
    )
    init.add_argument("folder", type=Path, metavar="DIR", help="a new folder")
    init.add_argument("--name", required=True, help="what the registry is called")
    init.add_argument(
        "--protocol", default="", metavar="NAME", help="its protocol of visits; `protocol list` lists them"
    )
    init.add_argument(
        "--label", default="", choices=list(LABELS), help="where no row of it is to be a patient; it is said everywhere"
    )
    init.set_defaults(run=_init, policy=[], library=None)
    _site_arguments(actions)
    _user_arguments(actions)


def _site_arguments(actions: Actions) -> None:
    site = actions.add_parser("site", help="add, correct or list sites").add_subparsers(metavar="ACTION", required=True)
    add = site.add_parser(
        "add", help="add a site", epilog="example: patency registry site add our-registry north --name North"
    )
    add_where(add, is_signed_in=False)
    add.add_argument("site", metavar="SITE", help="a short name, by which users are bound to it")
    add.add_argument("--name", required=True, help="the name of the hospital")
    add.add_argument("--country", default="")
    _add_papers(add)
    add.set_defaults(run=_add_site)
    correct = site.add_parser(
        "correct",
        help="correct what is said of a site, or prolong its papers",
        description="Correct the name, the country or the papers of a site, and nothing that is not given; --ethics-until= takes a value "
        "away, as of a paper that ends on no day. What stood before stays in the registry's trail, with the time and the reason.",
        epilog="example: patency registry site correct our-registry north --ethics-until 2029-12-31 --reason prolonged",
    )
    add_where(correct, is_signed_in=False)
    correct.add_argument("site", metavar="SITE")
    correct.add_argument("--name", help="the name of the hospital")
    correct.add_argument("--country")
    _add_papers(correct, _day_or_none)
    correct.add_argument("--reason", required=True, help="why; it stands in the trail")
    correct.set_defaults(run=_correct_site)
    listing = site.add_parser("list", help="list the sites")
    add_where(listing, is_signed_in=False)
    listing.set_defaults(run=_list_sites)


def _add_papers(parser: argparse.ArgumentParser, day: Callable[[str], object] = day_typed) -> None:
    for name, says in _PAPERS.items():
        is_day = name.endswith(("-from", "-until"))
        parser.add_argument(f"--{name}", type=day if is_day else str, metavar="DAY" if is_day else "WHAT", help=says)


def _day_or_none(text: str) -> object:
    """Return a day that is typed, or the nothing that takes one away."""
    return day_typed(text) if text else ""


_PAPERS = {
    "ethics": "the approval of the ethics committee, such as 'S-123/2026'",
    "ethics-from": "from which day it holds",
    "ethics-until": "until which day",
    "agreement": "the data agreement with the consortium",
    "agreement-from": "from which day it holds",
    "agreement-until": "until which day",
}


def _user_arguments(actions: Actions) -> None:
    user = actions.add_parser("user", help="add, stop, let in again or list users").add_subparsers(
        metavar="ACTION", required=True
    )
    add = user.add_parser(
        "add",
        help="add a user",
        epilog="example: patency registry user add our-registry anna --role entry --site north",
    )
    add_where(add, is_signed_in=False)
    add.add_argument("name", metavar="NAME")
    add.add_argument(
        "--role", required=True, help=", ".join(f"{role} ({words})" for role, words in access.WORDS.items())
    )
    add.add_argument("--site", default="", help="the site they act for")
    add.set_defaults(run=_add_user)
    for name, says, run in (
        ("stop", "let a user in no more", _stop_user),
        ("resume", "let a user who was stopped in again, by a new password", _resume_user),
        ("password", "give a user a new password", _new_password),
    ):
        parser = user.add_parser(name, help=says)
        add_where(parser, is_signed_in=False)
        parser.add_argument("name", metavar="NAME")
        parser.set_defaults(run=run)
    listing = user.add_parser("list", help="list the users")
    add_where(listing, is_signed_in=False)
    listing.set_defaults(run=_list_users)


def _init(options: argparse.Namespace) -> None:
    from patency.cut.signature import fingerprint
    from patency.registry.create import create
    from patency.registry.follow.read_protocol import lasting_name, protocol_named
    from patency.registry.registry import KEYS
    from patency.registry.vault import Vault

    with refusing("the registry is not made"):
        protocol = options.protocol
        if protocol:
            protocol = lasting_name(protocol, protocol_named(protocol, open_for(options).sources, forms_of(options)))
        create(options.folder, options.name, label=options.label, protocol=protocol)
    print(
        f"The registry stands in {options.folder}. Its keys are in {options.folder / 'keys'}: keep a copy in a safe, apart from"
    )
    print("the backups of the database. Next: patency registry site add, patency registry user add.")
    print(f"Fingerprint of the key that signs its cuts: {fingerprint(Vault(options.folder / KEYS).public.hex())}")
    print("Tell it to those who get a cut: `patency registry cut show` prints that of the cut's signer.")


def _add_site(options: argparse.Namespace) -> None:
    details = {name: said for name, said in _papers_typed(options).items() if said}
    with as_operator(options, "the site is not added") as admin:
        admin.add_site(options.site, options.name, options.country, details)
    print(
        f"The site {options.site} is added. Its key to the names of its patients is in keys/sites/{options.site}.key: the site"
    )
    print("may hold it elsewhere.")


def _papers_typed(options: argparse.Namespace) -> dict[str, str]:
    typed = {name: getattr(options, name.replace("-", "_")) for name in _PAPERS}
    return {name: str(said) for name, said in typed.items() if said is not None}


def _correct_site(options: argparse.Namespace) -> None:
    refuse_no_letters(options)
    typed = {"name": options.name, "country": options.country, **_papers_typed(options)}
    with as_operator(options, "the site is not corrected") as admin:
        admin.correct_site(
            options.site, {name: said for name, said in typed.items() if said is not None}, options.reason
        )
    print(f"What is said of {options.site} is corrected; what stood before stays in the trail.")


def _add_user(options: argparse.Namespace) -> None:
    with as_operator(options, "the user is not added") as admin:
        admin.add_user(options.name, options.role, options.site, password(f"New password of {options.name}: "))
    print(f"{options.name} may sign in: {access.WORDS[options.role]}{f' of {options.site}' if options.site else ''}.")


def _stop_user(options: argparse.Namespace) -> None:
    with as_operator(options, "nothing was changed") as admin:
        admin.stop_user(options.name)
    print(f"{options.name} is let in no more.")


def _resume_user(options: argparse.Namespace) -> None:
    with as_operator(options, "nothing was changed") as admin:
        admin.resume_user(options.name, password(f"New password of {options.name}: "))
    print(f"{options.name} is let in again, by the new password.")


def _new_password(options: argparse.Namespace) -> None:
    with as_operator(options, "nothing was changed") as admin:
        admin.new_password(options.name, password(f"New password of {options.name}: "))
    print(f"{options.name} has a new password.")


def _list_sites(options: argparse.Namespace) -> None:
    with as_operator(options, "nothing to list") as admin:
        for site in admin.sites():
            print(one_line(f"{site.id}  {site.name}{f', {site.country}' if site.country else ''}"))
            for name, text in site.details.items():
                print(one_line(f"    {name.replace('-', ' ')}: {text}"))


def _list_users(options: argparse.Namespace) -> None:
    with as_operator(options, "nothing to list") as admin:
        for user, is_active in admin.users():
            print(
                f"{user.name}  {access.WORDS[user.role]}{f' of {user.site}' if user.site else ''}{'' if is_active else '  (stopped)'}"
            )
