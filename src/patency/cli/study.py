"""`patency study`: the published studies, their figures as printed, and what they add up to."""

import argparse
import sys
from collections.abc import Collection
from pathlib import Path

from patency.cli.common import CASE_REFUSED, MISTYPED, Failed, evidence_beside, failing, open_for, width
from patency.cli.dictionary import write_out
from patency.evidence.study import AGES, Evidence, Study
from patency.fault import Fault, Place, nearest
from patency.guideline.files import CONTENT

_PLACE = Place("study")


def arguments(study: argparse.ArgumentParser) -> None:
    """Say what may be asked of it."""
    actions = study.add_subparsers(title="actions", metavar="ACTION", required=True)
    listing = actions.add_parser(
        "list", help="list the studies", epilog="example: patency study list --outcome pts --age child"
    )
    listing.add_argument(
        "--claim", default="", metavar="CLAIM", help="how each study stands to a claim; `claims` lists them"
    )
    listing.add_argument("--outcome", default="", metavar="OUTCOME", help="only those that report it, such as pts")
    listing.add_argument("--age", default="", choices=AGES, help="only those of such people")
    listing.set_defaults(run=_list)
    showing = actions.add_parser(
        "show", help="show one study with every figure", epilog="example: patency study show cavent"
    )
    showing.add_argument("study", metavar="STUDY", help="a study's name")
    showing.set_defaults(run=_show)
    checking = actions.add_parser(
        "check", help="say whether the figures of each study can be", epilog="example: patency study check torpedo"
    )
    checking.add_argument("study", nargs="?", metavar="STUDY", help="a study's name; otherwise all of them")
    checking.set_defaults(run=_check)
    _pool_arguments(actions.add_parser(
        "pool", help="set the studies of an outcome side by side",
        description="Pool the printed counts of an outcome, by one definition; across several only where asked. By inverse variance, "
        "Mantel and Haenszel, and random effects (REML, Hartung and Knapp) with a prediction interval.",
        epilog="example: patency study pool --outcome pts --across-definitions --svg forest.svg"))  # fmt: skip
    claims = actions.add_parser("claims", help="list the claims", epilog="example: patency study claims")
    claims.set_defaults(run=_claims)
    for command in (listing, showing, checking, claims, actions.choices["pool"]):
        command.add_argument("--content", type=Path, metavar="DIR", help="a content directory (Patency's own)")
        command.set_defaults(policy=[], library=None)


def _pool_arguments(pooling: argparse.ArgumentParser) -> None:
    pooling.add_argument("--outcome", required=True, metavar="OUTCOME", help="what is pooled, such as pts")
    which = pooling.add_mutually_exclusive_group()
    which.add_argument("--definition", default="", metavar="NAME", help="the definition by which it was counted")
    which.add_argument(
        "--across-definitions", dest="across", action="store_true", help="pool figures by different definitions"
    )
    pooling.add_argument("--measure", default="risk-ratio", choices=("risk-ratio", "odds-ratio", "difference", "share"),
                         help="what is pooled (risk-ratio); share is of one group alone")  # fmt: skip
    pooling.add_argument(
        "--option", default="", metavar="OPTION", help="the treatment, as Patency names it, such as stent"
    )
    pooling.add_argument("--age", default="", choices=AGES, help="only studies of such people")
    pooling.add_argument("--decoded", action="store_true", help="take counts that were worked out, and mark them")
    pooling.add_argument("--last", action="store_true", help="of a study with several times, the last one (the first)")
    pooling.add_argument("--svg", type=Path, metavar="FILE", help="write the forest plot here")
    pooling.set_defaults(run=_pool)


def _evidence(options: argparse.Namespace) -> Evidence:
    return evidence_beside(options.content or CONTENT, open_for(options))


def _list(options: argparse.Namespace) -> None:
    from patency.evidence.study_text import claim_text, listed_study

    evidence = _evidence(options)
    if options.claim:
        _must_be(options.claim, evidence.terms.claims, "claim", "`patency study claims` lists them")
        sys.stdout.write(claim_text(options.claim, evidence, width()))
        return
    if options.outcome:
        _must_be(
            options.outcome, evidence.terms.outcomes, "outcome", f"use one of: {', '.join(evidence.terms.outcomes)}"
        )
    for study in evidence.studies.values():
        reports = not options.outcome or options.outcome in {each.outcome for each in study.outcomes}
        if reports and options.age in ("", study.population.age):
            print(listed_study(study, evidence))


def _claims(options: argparse.Namespace) -> None:
    from patency.evidence.study_text import listed_claim

    for claim in _evidence(options).terms.claims.values():
        print(listed_claim(claim, width()))


def _must_be(name: str, among: Collection[str], what: str, otherwise: str) -> None:
    if name not in among:
        fault = Fault(_PLACE, f"there is no {what} {name!r}", "only what content holds can be shown",
                      nearest(name, among, otherwise))  # fmt: skip
        raise Failed(MISTYPED, "nothing to show", [fault])


def _named(name: str, evidence: Evidence) -> Study:
    _must_be(name, evidence.studies, "study", "`patency study list` lists them")
    return evidence.studies[name]


def _show(options: argparse.Namespace) -> None:
    from patency.evidence.study_text import to_text

    evidence = _evidence(options)
    sys.stdout.write(to_text(_named(options.study, evidence), evidence, width()))


def _check(options: argparse.Namespace) -> None:
    from patency.cli.audit_numbers import MISFITS
    from patency.evidence.examine import examine
    from patency.evidence.read import read_audits
    from patency.evidence.text import counted, to_text

    evidence = _evidence(options)
    directory = options.content or CONTENT
    audits = {audit.id: audit for audit in read_audits(directory, open_for(options).sources)}
    if options.study:
        study = _named(options.study, evidence)
        audit = audits.get(study.audit or study.id)
        sys.stdout.write(
            to_text(examine(audit), width()) if audit else "There are no shares or intervals to examine.\n"
        )
        return
    for study in evidence.studies.values():
        audit = audits.get(study.audit or study.id)
        examined = examine(audit) if audit else None
        odd = sum(finding.verdict in MISFITS for finding in examined.findings) if examined else 0
        print(
            f"{'!' if odd else ' '} {study.id:26} {counted(examined) if examined else 'no shares or intervals to examine'}"
        )


def _pool(options: argparse.Namespace) -> None:
    from patency.evidence.forest import to_svg, to_text
    from patency.evidence.together import Asked, measures, pool

    evidence = _evidence(options)
    _must_be(options.outcome, evidence.terms.outcomes, "outcome", f"use one of: {', '.join(evidence.terms.outcomes)}")
    if options.definition:
        _must_be(
            options.definition,
            evidence.terms.definitions,
            "definition",
            f"use one of: {', '.join(evidence.terms.definitions)}",
        )
    asked = Asked(options.outcome, measures()[options.measure], options.definition, options.across, options.decoded,
                  options.last, options.option, options.age)  # fmt: skip
    with failing("nothing is pooled", CASE_REFUSED):
        table = pool(evidence, asked)
    sys.stdout.write(to_text(table, width()))
    if options.svg:
        write_out(to_svg(table), options.svg)
