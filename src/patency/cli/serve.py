"""`patency serve`: the consult and the library as pages in a browser."""

import argparse
import re
import sys
from collections.abc import Collection
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

import patency
from patency.cli.case import add_cut, own_of
from patency.cli.common import (
    CASE_REFUSED,
    UNREADABLE,
    Failed,
    add_site,
    audits_beside,
    evidence_beside,
    failing,
    open_for,
)
from patency.fault import Fault, Place, Refused
from patency.guideline.contradict import contradictions
from patency.guideline.files import CONTENT
from patency.guideline.model import Library

MOST_A_MINUTE = 1_000_000


def arguments(serve: argparse.ArgumentParser) -> None:
    """Say what may be asked of it."""
    serve.description = (
        "Open the consult and the library as pages in a browser, on this machine alone unless --host says otherwise. "
        "There is no account; nothing is stored, and nothing is fetched from elsewhere."
    )
    serve.epilog = "example: patency serve --port 8000"
    serve.add_argument("--host", default="127.0.0.1", metavar="ADDRESS",
                       help="the address to listen on (127.0.0.1, this machine alone)")  # fmt: skip
    serve.add_argument("--port", type=_port, default=8000, help="the port to listen on (8000); 0 finds a free one")
    serve.add_argument("--name", action="append", default=[], type=_name,
                       help="a name that it may be opened under, beside localhost; * for any; may be given again")  # fmt: skip
    serve.add_argument("--proxy", action="store_true",
                       help="believe what one proxy in front says: X-Forwarded-For, -Host and -Proto")  # fmt: skip
    serve.add_argument("--rate", type=_rate, default=240, metavar="PER_MINUTE",
                       help="forms from one client in a minute, and five times as many pages (240); 0 for no limit")  # fmt: skip
    serve.add_argument("--under", type=_path, default="", metavar="PATH",
                       help="a path that a proxy leaves in front, such as /patency; / (the default) where it takes it off")  # fmt: skip
    serve.add_argument("--examples", type=Path, metavar="DIR",
                       help="case files of made-up patients to offer (the library's own patients)")  # fmt: skip
    add_cut(serve)
    add_site(serve)
    serve.set_defaults(run=_serve)


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a port: a number from 0 to 65535")


def _rate(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) <= MOST_A_MINUTE:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a number of requests from 0 to {MOST_A_MINUTE:,}")


def _name(text: str) -> str:
    from patency.web.names import name_given

    if name := name_given(text):
        return name
    raise argparse.ArgumentTypeError(
        f"{text!r} is not a name: write it without http://, port or path, such as patency.ward.example"
    )


def _path(text: str) -> str:
    path = text.rstrip("/")  # / is no path in front at all
    is_plain = not path or re.fullmatch(r"(/[A-Za-z0-9._~-]+)+", path)
    if is_plain and not {".", ".."} & set(path.split("/")):  # a browser takes these away and asks for another path
        return path
    raise argparse.ArgumentTypeError(f"{text!r} is not a path such as /patency, nor / for none")


def _serve(options: argparse.Namespace) -> None:
    from patency.web.app import STYLE, application
    from patency.web.guard import Rules
    from patency.web.log import Log
    from patency.web.schemas import stamp
    from patency.web.serve import is_for_this_machine, listen, serve

    with failing("the page was not opened", UNREADABLE):
        listening = listen(options.host, options.port)  # before the library, for this is soon told
    with listening:
        library = open_for(options)
        own = own_of(options, library)
        examples = _examples(options.examples, library)
        rules = Rules(names_of(options), options.proxy, options.under, options.rate, style=STYLE, stamp=stamp(library))
        if not is_for_this_machine(options.host) and not options.name:
            _warn(options.host, rules.names)
        audits, evidence = audits_beside(CONTENT, library), evidence_beside(CONTENT, library)
        app = application(library, examples, audits=audits, own=own, evidence=evidence)
        serve(app, listening, rules, Log(sys.stderr, lambda: datetime.now(UTC)), _say,
              version=patency.__version__, content_hash=library.content_hash)  # fmt: skip


def _examples(folder: Path | None, library: Library) -> dict[str, bytes]:
    """Read the case files of a folder, or end the command with what is wrong with them."""
    from patency.casefile import read_case
    from patency.document import read_bytes, read_document

    paths = sorted(folder.glob("*.yaml")) if folder else []
    faults: list[Fault] = []
    for path in paths:
        try:
            document = read_document(read_bytes(path), str(path))
        except Refused as refused:
            faults += refused.faults
        else:
            case, found = read_case(document, library.lexicon.vocabulary, date.today(), also=("expect",))
            faults += sorted({*found, *contradictions(case, library)})
    if folder and not paths:
        faults.append(Fault(Place(str(folder)), "there is no case file in it", "there would be no example to offer",
                            "name a folder with files that end in .yaml, or leave --examples out"))  # fmt: skip
    if faults:
        raise Failed(CASE_REFUSED, "the examples are refused", faults)
    return {path.stem: path.read_bytes() for path in paths}


def names_of(options: argparse.Namespace) -> frozenset[str]:
    """Return the names to answer to: those given, and the address to listen on where it is a certain one."""
    from patency.web.names import name_given

    host = name_given(options.host)
    is_certain = host not in (None, "*", "0.0.0.0", "::")  # noqa: S104  which is the point
    return frozenset([*options.name, *([host] if host and is_certain else [])])


def _say(line: str) -> None:
    with suppress(OSError):  # nobody may be listening, and that stops no server
        print(line, flush=True)


def _warn(host: str, names: Collection[str]) -> None:
    only = " or ".join(["localhost", *sorted(names)])
    print(
        f"patency: WARNING: {host} can be reached by other machines, and no --name was given\n"
        "  why: whoever reaches it can open it, there is no password, and without a proxy what is entered crosses the\n"
        f"       network unencrypted; it answers only as {only}, to keep other sites out\n"
        "       (in a container these are the addresses of the container; who reaches it is said by what publishes its port)\n"
        "  fix: give the name it is to be opened under, such as --name patency.ward.example, and put a proxy with TLS in front\n"
        "       (docs/hospital-it.md); or leave --host away; a container needs it, so publish that to this machine alone:\n"
        "       --publish 127.0.0.1:8000:8000",
        file=sys.stderr,
    )
