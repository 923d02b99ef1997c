"""`patency registry enrol|add|correct|void|reinstate|show|list`: one patient at a time, by hand.

A value is written name=value, as in a case file; what a record may say is shown by `patency registry form KIND`. What a
record hangs on is found by itself where the patient has one such; otherwise it is named by its id, which `show` prints.
"""

import argparse
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from typing import TypeAlias

from patency.cli.case import document_named
from patency.cli.instrument import write_lines
from patency.cli.registry_open import add_where, forms_of, refusing, say_approval, say_label, signed_in
from patency.fault import Fault, Place, Refused
from patency.instrument.model import Instrument
from patency.registry.entered import read_corrections, read_file, read_typed
from patency.registry.entry import ITEMS, Entry, New, Value
from patency.registry.forms import Forms
from patency.registry.kinds import KINDS
from patency.registry.oneline import one_line
from patency.registry.pseudonym import TELLING, by_fold, remarks, tells_who
from patency.registry.session import Session, hanging_words
from patency.registry.stands import how_back
from patency.registry.told import in_order, in_words, item_of
from patency.registry.totals import items_words, scored_lines
from patency.registry.valid import no_scale

Actions: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def arguments(actions: Actions) -> None:
    """Say what may be asked of it."""
    enrol = actions.add_parser(
        "enrol", help="add a patient", epilog="example: patency registry enrol our-registry N-17 sex_at_birth=female"
    )
    add_where(enrol)
    enrol.add_argument(
        "pseudonym", metavar="PSEUDONYM", help="by which the site knows the patient; never a name or a number of a file"
    )
    enrol.add_argument("--anyway", default="", metavar="WHY", help="why a pseudonym that looks like a name or a date is neither; it stands "
                       "in the patient's history")  # fmt: skip
    _add_values(enrol)
    enrol.set_defaults(run=_enrol)
    _add_arguments(actions)
    _change_arguments(actions)
    _look_arguments(actions)


def _add_values(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("values", nargs="*", metavar="NAME=VALUE")
    parser.add_argument("--file", default="", metavar="FILE", help="a YAML file of names and values instead")


def _add_arguments(actions: Actions) -> None:
    add = actions.add_parser(
        "add",
        help="add a record to a patient",
        description="Add a record. A filled-in scale names its instrument, and each of its items is answered by answers.ITEM=VALUE, as "
        "`patency registry form response SCALE` lists them; what it scores is said at once.",
        epilog="example: patency registry add our-registry N-17 visit date=2026-11-20 planned=V3 ulcer=none; patency registry add "
        "our-registry N-17 response instrument=villalta date=2026-11-20 side=left answers.pain=mild answers.cramps=none",
    )
    add_where(add)
    add.add_argument("pseudonym", metavar="PSEUDONYM")
    add.add_argument("kind", metavar="KIND", choices=[kind for kind in KINDS if KINDS[kind].of], help=", ".join(KINDS))
    _add_values(add)
    add.add_argument("--of", default="", metavar="ID", help="what it hangs on, where the patient has several")
    add.set_defaults(run=_add)
    screen = actions.add_parser(
        "screen",
        help="note somebody who was seen, enrolled or not",
        epilog="example: patency registry screen our-registry date=2026-11-20 age_band=12_to_17 enrolled=no reason=refused",
    )
    add_where(screen)
    _add_values(screen)
    screen.set_defaults(run=_screen)


def _change_arguments(actions: Actions) -> None:
    correct = actions.add_parser(
        "correct",
        help="correct a record: a new version, with its reason",
        epilog="example: patency registry correct our-registry visit ID weight='61 kg' --reason mistyped",
    )
    void = actions.add_parser("void", help="say that a record should never have been there")
    reinstate = actions.add_parser(
        "reinstate",
        help="bring back a record that was voided, and what hangs on it",
        epilog="example: patency registry reinstate our-registry visit ID --reason 'voided by mistake'",
    )
    void.add_argument("--with-what-hangs-on-it", action="store_true",
                      help="void it though other records hang on it, which then count no more either")  # fmt: skip
    for parser, run in ((correct, _correct), (void, _void), (reinstate, _reinstate)):
        add_where(parser)
        parser.add_argument("kind", metavar="KIND", choices=list(KINDS))
        parser.add_argument("record", metavar="ID", help="as many letters of it as tell it from others")
        if parser is correct:
            parser.add_argument("values", nargs="+", metavar="NAME=VALUE", help="NAME= takes a value away")
        parser.add_argument("--reason", required=True, help="why; it stands in the history")
        parser.set_defaults(run=run)


def _look_arguments(actions: Actions) -> None:
    listing = actions.add_parser("list", help="list your site's patients, or its screening log")
    add_where(listing)
    listing.add_argument(
        "--screening",
        action="store_true",
        help="list the screening log, each entry with the id by which it is corrected",
    )
    listing.set_defaults(run=_list)
    show = actions.add_parser("show", help="show all that stands of a patient")
    add_where(show)
    show.add_argument("pseudonym", metavar="PSEUDONYM")
    show.set_defaults(run=_show)
    form = actions.add_parser(
        "form",
        help="show what a record of a kind may say, or the items of a scale",
        epilog="example: patency registry form visit; patency registry form response villalta",
    )
    form.add_argument("kind", metavar="KIND", choices=list(KINDS), help=", ".join(KINDS))
    form.add_argument("scale", metavar="SCALE", nargs="?", default="",
                      help="of a response, the scale whose items are meant, as `patency instrument list` names it")  # fmt: skip
    form.set_defaults(run=_form, policy=[], library=None)


def _values(kind: str, options: argparse.Namespace, session: Session) -> dict[str, Value]:
    if options.file:
        return read_file(kind, document_named(options.file, "record"), session.forms, date.today())
    return read_typed(kind, options.values, session.forms, date.today())


def _enrol(options: argparse.Namespace) -> None:
    session = signed_in(options)
    with refusing("nobody is enrolled"):
        pseudonym = options.pseudonym.strip()  # as an import reads it
        tells = tells_who(pseudonym)
        if tells and not options.anyway.strip():
            raise Refused([_pseudonym_fault(tells)])
        new = session.new_patient(pseudonym, _values("patient", options, session))
        others = by_fold(str(entry.values.get("pseudonym", "")) for entry in session.entries("patient"))
        # Kept where it was not needed too: what is typed is not lost, and another version may know more spellings.
        session.add(new, options.anyway.strip())
    print(f"{pseudonym} is enrolled.")
    for remark in remarks(pseudonym, others):
        if remark != TELLING:  # of which --anyway said why
            print(f"! it is a pseudonym that {remark}; it cannot be corrected", file=sys.stderr)
    say_approval(session)


def _pseudonym_fault(tells: str) -> Fault:
    return Fault(Place("pseudonym"), f"it looks like {tells}", "it is shown wherever the patient is, and cannot be corrected later",
                 "choose one that tells nothing of who the patient is; where this one does not, write --anyway and why")  # fmt: skip


def _add(options: argparse.Namespace) -> None:
    session = signed_in(options)
    with refusing("nothing is added"):
        patient = session.patient(options.pseudonym)
        parent = parent_of(session, options.kind, patient, options.of)
        waiting = _waiting(session, patient)
        entry = session.add(New(options.kind, _values(options.kind, options, session), patient, parent))
    print(f"The {KINDS[options.kind].words} {entry.id} is added to {options.pseudonym}.")
    _say_scores(session, entry)
    _say_hits(session, patient, waiting)


def parent_of(session: Session, kind: str, patient: str, named: str, asks: str = "") -> str:
    """Return what a record is to hang on: what is named, or the only one there is; refuse where it cannot be told.

    `asks` is what else asks for it than a record of that kind.
    """
    above = KINDS[kind].of
    if above == "patient":
        return patient
    if named:
        return session.id_beginning(above, named)
    found = sorted(session.entries(above, patient), key=lambda entry: str(entry.values.get("date", "")))
    if len(found) == 1:
        return found[0].id
    words = KINDS[above].words
    what = f"the patient has {len(found)} {KINDS[above].plural}" if found else f"the patient has no {words} yet"
    fix = f"name one with --of: {'; '.join(map(_line, found))}" if found else f"add the {words} first"
    hangs = asks or f"a {KINDS[kind].words}"
    raise Refused([Fault(Place(words), what, f"{hangs} is of one {words}", fix)])


def _screen(options: argparse.Namespace) -> None:
    session = signed_in(options)
    with refusing("nothing is noted"):
        entry = session.add(New("screening", _values("screening", options, session)))
    print(f"The {KINDS['screening'].words} {entry.id} stands in the screening log.")


def _correct(options: argparse.Namespace) -> None:
    session = signed_in(options)
    with refusing("nothing is corrected"):
        record = session.id_beginning(options.kind, options.record)
        before = session.entry(options.kind, record)
        waiting = _waiting(session, before.patient)
        scale = str(before.values.get("instrument", ""))
        values = read_corrections(options.kind, options.values, session.forms, date.today(), scale)
        entry = session.correct(options.kind, record, values, options.reason, before.version)
    print(f"Version {entry.version} stands.")
    _say_scores(session, entry)
    _say_hits(session, entry.patient, waiting)


def _say_scores(session: Session, entry: Entry) -> None:
    """Say what a filled-in scale adds up to; of other records nothing."""
    if entry.kind == "response":
        say_label(session.registry.details.label)
        write_lines("\n".join(scored_lines(entry.values, session.forms)))


def _void(options: argparse.Namespace) -> None:
    session = signed_in(options)
    with refusing("nothing is changed"):
        record = session.id_beginning(options.kind, options.record)
        hanging = session.hanging_on(options.kind, record)
        session.void(options.kind, record, options.reason, options.with_what_hangs_on_it)
    too = f"What hangs on it counts no more either: {hanging_words(hanging)}. " if hanging else ""
    print(f"It is void; its history stays. {too}{how_back(options.kind, record)}.")


def _reinstate(options: argparse.Namespace) -> None:
    session = signed_in(options)
    with refusing("nothing is changed"):
        record = session.id_beginning(options.kind, options.record)
        entry = session.reinstate(options.kind, record, options.reason)
        hanging = session.hanging_on(options.kind, record)
    too = f" With it counts what hangs on it: {hanging_words(hanging)}." if hanging else ""
    print(f"It stands again, as version {entry.version}.{too}")
    if KINDS[options.kind].of or options.kind == "patient":
        _say_hits(session, entry.patient, _waiting(session, entry.patient))


def _waiting(session: Session, patient: str) -> frozenset[str]:
    """Return the queries of a patient that wait for an answer or a decision already."""
    return frozenset(
        each.id for each in session.entries("query", patient) if each.values.get("status") in ("open", "answered")
    )


def _say_hits(session: Session, patient: str, waiting: frozenset[str]) -> None:
    """Run the quality rules over a patient who was changed; say what they find that is new, and count what waits already."""
    from patency.registry.quality.check import check_patient

    with refusing("the record is kept; the quality rules could not be run"):
        hits = check_patient(session, patient)
    new = [hit for hit in hits if session.id_of("query", hit.rule, hit.record) not in waiting]
    for hit in new:
        print(f"  query: {hit.says}")
    if left := len(hits) - len(new):
        said = "1 query of this patient was open before, and still is" if left == 1 else (
            f"{left} queries of this patient were open before, and still are")  # fmt: skip
        print(f"  {said}: patency registry query list")


def _list(options: argparse.Namespace) -> None:
    session = signed_in(options)
    if options.screening:
        _list_screening(session)
        return
    with refusing("nothing to list"):
        episodes: dict[str, list[str]] = {}
        for entry in session.entries("episode"):
            episodes.setdefault(entry.patient, []).append(str(entry.values.get("date", "no day")))
        names = {entry.patient: str(entry.values.get("pseudonym", "")) for entry in session.entries("patient")}
        session.note("view", "patient", details={"what": "list of patients", "patients": len(names)})
    for patient, name in sorted(names.items(), key=lambda pair: pair[1]):
        print(f"{one_line(name)}  {', '.join(sorted(episodes.get(patient, []))) or 'no episode'}")


def _list_screening(session: Session) -> None:
    """List who was seen, of whom the registry knows no more: the entries in the order of their days."""
    kind = KINDS["screening"]
    with refusing("nothing to list"):
        found = sorted(session.entries(kind.name), key=lambda entry: (str(entry.values.get("date", "")), entry.id))
        session.note("view", kind.name, details={"what": f"list of {kind.plural}", kind.plural: len(found)})
    say_label(session.registry.details.label)
    for entry in found:
        print(f"{kind.words} {_line(entry)}")
        for name, said in _answers(entry, session.forms):
            print(f"    {name}: {said}")


def _show(options: argparse.Namespace) -> None:
    session = signed_in(options)
    with refusing("nothing to show"):
        patient = session.patient(options.pseudonym)
        found, void = session.record_of(patient), session.void_of(patient)
    say_label(session.registry.details.label)
    for line in _tree(found, session.forms):
        print(line)
    for entry in void:
        print(f"void: {KINDS[entry.kind].words} {_line(entry)}")
    if void:
        print("What is void counts nowhere; history tells why, and `patency registry reinstate` brings it back.")


def _tree(found: Iterable[Entry], forms: Forms, parent: str = "", depth: int = 0) -> Iterator[str]:
    """Lay the records out, each below what it hangs on."""
    every = list(found)
    for entry in sorted(
        (each for each in every if each.parent == parent), key=lambda each: str(each.values.get("date", ""))
    ):
        yield f"{'  ' * depth}{KINDS[entry.kind].words} {_line(entry)}"
        yield from (f"{'  ' * depth}    {name.removeprefix(ITEMS)}: {said}" for name, said in _answers(entry, forms))
        yield from _tree(every, forms, entry.id, depth + 1)


def _answers(entry: Entry, forms: Forms) -> Iterator[tuple[str, str]]:
    """Yield each value by the name that a correction gives it, in words with its unit."""
    for name in in_order(entry, entry.values, forms):
        if name != "date":
            yield name, in_words(entry.values[name], item_of(entry, name, forms))


def _line(entry: Entry) -> str:
    day = entry.values.get("date", "")
    return f"{entry.id}{f' of {day}' if day else ''}{f', version {entry.version}' if entry.version > 1 else ''}"


def _form(options: argparse.Namespace) -> None:
    from patency.instrument.show import instrument_words

    forms = forms_of(options)
    if not options.scale:
        print(instrument_words(forms.of[options.kind]))
        if options.kind == "response":
            print("\nthe items of a scale: patency registry form response SCALE, such as villalta")
        return
    with refusing("nothing to show"):
        write_lines("\n".join(items_words(_scale_named(options.kind, options.scale, forms))))


def _scale_named(kind: str, name: str, forms: Forms) -> Instrument:
    if kind != "response":
        raise Refused([Fault(Place(name), f"the {KINDS[kind].words} is of no scale", "only a filled-in scale has the items of one",
                             f"write `patency registry form {kind}`, or `patency registry form response {name}`")])  # fmt: skip
    if name not in forms.scales:
        raise Refused([no_scale(name, Place("scale"), forms.scales)])
    return forms.scales[name]
