"""`patency guideline`: list, show, check, prove and publish the guidelines."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from patency.casefile import case_file
from patency.cli.common import (
    CONTENT_REFUSED,
    UNREADABLE,
    Failed,
    add_site,
    audits_beside,
    evidence_beside,
    failing,
    guideline_named,
    open_for,
    write_into,
)  # fmt: skip
from patency.document import read_bytes
from patency.guideline.files import CONTENT
from patency.guideline.model import Library

if TYPE_CHECKING:
    from patency.guideline.prove import Verdict


def arguments(guideline: argparse.ArgumentParser) -> None:
    """Say what may be asked of it."""
    actions = guideline.add_subparsers(title="actions", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="list the guidelines", epilog="example: patency guideline list")
    listing.set_defaults(run=_list)
    show = actions.add_parser("show", help="read a guideline aloud", epilog="example: patency guideline show acr-2020")
    show.add_argument("id", metavar="ID")
    show.set_defaults(run=_show)
    check = actions.add_parser(
        "check", help="check content and scenarios", epilog="example: patency guideline check --unsigned"
    )
    check.add_argument(
        "directory",
        nargs="?",
        type=Path,
        metavar="DIR",
        help="a content directory (Patency's own), or your own protocols",
    )
    check.add_argument("--unsigned", action="store_true", help="also list the rules that no clinician has reviewed")
    check.set_defaults(run=_check)
    prove = actions.add_parser(
        "prove",
        help="prove what can be proved of the rules",
        description="Prove that every rule is reachable, that no two clash undeclared, that stated coverage holds, and the claims. "
        "Where a claim fails, a counterexample is printed as a case file. Needs the solver: pip install patency[proof].",
        epilog="example: patency guideline prove acr-2020",
    )
    prove.add_argument("ids", nargs="*", metavar="ID", help="only these guidelines, without the library's own claims")
    prove.add_argument("--content", type=Path, metavar="DIR", help="a content directory (Patency's own)")
    prove.add_argument(
        "--keep", action="store_true", help="add each counterexample to its guideline's file, as a scenario"
    )
    prove.set_defaults(run=_prove)
    publish = actions.add_parser(
        "publish",
        help="write the library as a static site",
        description="Write pages that need no server, no script and nothing from elsewhere: each guideline with its rules, chart, "
        "scenarios and proofs, and all of them side by side. A site written before is replaced; other files are never mixed with it.",
        epilog="example: patency guideline publish site",
    )
    publish.add_argument(
        "directory", type=Path, metavar="DIR", help="where to write it: a new or empty folder, or an earlier site"
    )
    publish.add_argument("--content", type=Path, metavar="DIR", help="a content directory (Patency's own)")
    publish.set_defaults(run=_publish)
    for action in (listing, show, check, prove, publish):
        add_site(action)


def _list(options: argparse.Namespace) -> None:
    for guideline in open_for(options).guidelines.values():
        by = f", superseded by {guideline.superseded_by}" if guideline.superseded_by else ""
        print(
            f"{guideline.id:12} {guideline.publisher} {guideline.edition}, {len(guideline.rules)} rules{by}: {guideline.title}"
        )


def _show(options: argparse.Namespace) -> None:
    from patency.guideline.show import guideline_words

    library = open_for(options)
    print(guideline_words(guideline_named(options.id, library), library))


def _check(options: argparse.Namespace) -> None:
    from patency.guideline.check import unsigned

    own = options.directory is not None and options.library is None and _is_of_a_site(options.directory)
    if own:
        options.library, options.directory = options.directory, None
    library = open_for(options, options.directory)
    _refuse_unmet(library)
    if own:
        print(
            f"{options.library} has no vocabulary of its own: it was checked beside Patency's content, as with --library"
        )
    scenarios = sum(len(guideline.scenarios) for guideline in library.guidelines.values())
    statements = sum(len(section.statements) for sheet in library.sheets for section in sheet.sections)
    rules = [rule for guideline in library.guidelines.values() for rule in guideline.rules]
    print(f"{len(library.guidelines)} guidelines, {len(rules)} rules, {scenarios} scenarios met; {len(library.sheets)} sheets, "
          f"{statements} statements; {len(library.lexicon.vocabulary.concepts)} concepts; "
          f"{len(library.sources)} sources: no fault")  # fmt: skip
    names = unsigned(library)
    print(f"{len(names)} of {len(rules)} rules are not yet reviewed by a clinician")
    if options.unsigned:
        for name in names:
            print(f"  {name}")


def _is_of_a_site(directory: Path) -> bool:
    """Whether a folder holds guidelines and no vocabulary: those of a site, which speak in Patency's words."""
    return (directory / "guidelines").is_dir() and not any(directory.glob("vocabulary*"))


def _refuse_unmet(library: Library) -> None:
    from patency.guideline.check import unmet

    faults = unmet(library)
    if faults:
        raise Failed(CONTENT_REFUSED, "the content does not do what its scenarios expect", faults)


def _prove(options: argparse.Namespace) -> None:
    try:
        from patency.guideline.prove import fault_of, prove
    except ModuleNotFoundError:
        raise SystemExit("patency: the solver is not installed: pip install patency[proof]") from None
    library = open_for(options)
    for name in options.ids:
        guideline_named(name, library)
    verdicts = []
    for verdict in prove(library, options.ids):
        verdicts.append(verdict)
        print(f"{'proved' if verdict.is_proved else 'NOT PROVED'}  {verdict.subject}: {verdict.says}")
        if verdict.counterexample:
            print(case_file(verdict.counterexample))
    failed = [verdict for verdict in verdicts if not verdict.is_proved]
    if options.keep:
        _keep(failed, library, options)
    if failed:
        raise Failed(CONTENT_REFUSED, "not everything is proved", [fault_of(verdict) for verdict in failed])
    print(f"{len(verdicts)} claims proved")


def _keep(failed: Sequence["Verdict"], library: Library, options: argparse.Namespace) -> None:
    from patency.guideline.keep import scenario_name, with_scenario

    directory = options.content or CONTENT
    for verdict in failed:
        case = verdict.counterexample
        if case is None:
            continue
        if not verdict.guideline:
            print(f"not kept: {case.name} is of no single guideline; the claim itself will find it again")
            continue
        guideline = library.guidelines[verdict.guideline]
        path = Path(guideline.place.file) if guideline.is_local else directory / guideline.place.file
        content = read_bytes(path)
        if scenario_name(case) in content.decode("utf-8-sig"):
            print(f"kept already, in {guideline.place.file}: {scenario_name(case)}")
            continue
        with failing("a counterexample was not kept", CONTENT_REFUSED):
            kept = with_scenario(content, guideline, case, library)
        write_into(path.parent, path.name, kept)
        print(f"kept in {guideline.place.file}: {scenario_name(case)}")


def _publish(options: argparse.Namespace) -> None:
    from patency.guideline.check import proofs
    from patency.publish.folder import refuse_folder, write_site
    from patency.publish.site import site

    with failing("the site was not written", UNREADABLE):
        refuse_folder(options.directory)  # before the work, which takes a while
        library = open_for(options)
        if not options.policy:  # scenarios are written for Patency's own policies
            _refuse_unmet(library)
        verdicts = proofs(library)
        content = options.content or CONTENT
        pages = site(
            library, verdicts, audits=audits_beside(content, library), evidence=evidence_beside(content, library)
        )
        write_site(pages, options.directory)
    if options.policy:
        print("scenarios are written for Patency's own policies and were not tried with these")
    print(f"{len(pages)} files for {len(library.guidelines)} guidelines; open {options.directory / 'index.html'}")
    if verdicts is None:
        print("proofs were not run, and the site says so: pip install patency[proof]")
    else:
        print(f"{sum(1 for verdict in verdicts if verdict.is_proved)} of {len(verdicts)} claims proved")
