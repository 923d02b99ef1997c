"""What quality rules refuse: files of rules that cannot be used, and what cannot be done with a query."""

from collections.abc import Callable
from contextlib import redirect_stderr
from datetime import date
from io import StringIO
from pathlib import Path

from patency.cli import main
from patency.fault import Fault
from patency.registry.entry import New
from patency.registry.quality.check import check_patient
from patency.registry.quality.queries import accept, answer, query_named
from patency.registry.quality.read_rules import read_rules, rules_of
from patency.registry.quality.try_rules import unmet
from patency.registry.session import Session
from registry.made import PASSWORD, forms, library, made

FILE = """
rules_of: trial
cite: [{source: registry-data-set, mark: inference}]
measures:
  MEASURES
rules:
  r:
    of: visit
    kind: implausible
    when: WHEN
    says: It fires.
    fix: Mend it.
    examples: EXAMPLES
"""
EXAMPLES = "[{fires: yes, episode: {date: 2024-01-01, visit: {pain: 9}}}, {fires: no, episode: {date: 2024-01-01, visit: {pain: 2}}}]"


def _read(when: str = "pain > 5", examples: str = EXAMPLES, **measures: str) -> list[Fault]:
    """Read a file of one rule, and return what its examples do not meet."""
    lines = "\n  ".join(f"{name}: {measure}" for name, measure in measures.items())
    content = FILE.replace("MEASURES", lines or "{}").replace("WHEN", when).replace("EXAMPLES", examples)
    content = content.replace("measures:\n  {}\n", "")
    return unmet(rules_of({"trial.yaml": content.encode()}, library().sources, forms()), forms())


def _twice(_folder: Path) -> None:
    content = (
        FILE.replace("measures:\n  MEASURES\n", "").replace("WHEN", "pain > 5").replace("EXAMPLES", EXAMPLES).encode()
    )
    rules_of({"one.yaml": content, "two.yaml": content}, library().sources, forms())


def _asked(folder: Path, name: str = "ivo") -> tuple[Session, str]:
    """Return a session and a query that a stent 60 mm wide has raised."""
    session = made(folder).sign_in(name, PASSWORD)
    patient = session.enrol("P-001").id
    episode = session.add(New("episode", {"date": date(2024, 3, 1), "age": 40.0}, patient, patient))
    procedure = session.add(New("procedure", {"date": date(2024, 3, 2)}, patient, episode.id))
    session.add(New("stent", {"segment": "common_iliac", "diameter_mm": 60.0}, patient, procedure.id))
    check_patient(session, patient, today=date(2026, 1, 1))
    return session, next(session.entries("query")).id


def _answered_after_it_was_accepted(folder: Path) -> None:
    session, query = _asked(folder)
    accept(session, query, "The label says so.")
    answer(session, query, "It was a slip.")


def _said(*arguments: str) -> str:
    """Return what a command ends with."""
    said = StringIO()
    with redirect_stderr(said):
        main(["registry", "rule", *arguments])
    return said.getvalue()


def _tried(folder: Path, when: str) -> str:
    """Write a file of one rule into a folder, and try it from the shell."""
    rules = folder / "registry" / "quality"
    rules.mkdir(parents=True)
    content = FILE.replace("measures:\n  MEASURES\n", "").replace("WHEN", when).replace("EXAMPLES", EXAMPLES)
    (rules / "own.yaml").write_text(content)
    return _said("check", "--content", str(folder))


def _by_hand(folder: Path, kind: str) -> None:
    made(folder).sign_in("ivo", PASSWORD).add(New(kind, {}, "1" * 32, "1" * 32))


PIECES: dict[str, Callable[[Path], object]] = {
    "query-by-hand": lambda folder: _by_hand(folder, "query"),
    "consult-by-hand": lambda folder: _by_hand(folder, "consult"),
    "rules-in-no-folder": lambda folder: read_rules(library().sources, forms(), folder),
    "rule-given-twice": _twice,
    "rule-without-examples": lambda _: _read(examples="[]"),
    "rule-whose-example-is-of-no-such-record": lambda _: _read(examples="[{fires: yes, episode: {date: 2024-01-01}}]"),
    "rule-whose-examples-are-mistyped": lambda _: _read(
        examples="[{fires: yes, episode: {visit: {pian: 9}}}, {fires: no, episode: {visit: {pain: eleven}}}, "
        "{fires: no, episode: {visit: {ulcer: none or healed}}}, "
        "{fires: no, episode: {visit: {response: {instrument: villalta, answers: {pains: mild}}}}}]"
    ),
    "rule-that-does-not-do-what-its-examples-say": lambda _: "".join(f"{fault}\n" for fault in _read("pain < 5")),
    "rule-of-a-mistyped-item": lambda _: _read("pian > 5"),
    "measure-that-no-rule-uses": lambda _: _read(m="{count: imaging, words: so many}"),
    "measure-of-nothing": lambda _: _read("m > 5", m="{words: so many}"),
    "measure-of-two-things": lambda _: _read(
        "m > 5", m="{count: imaging, days: date, from: episode_date, words: so many}"
    ),
    "measure-of-a-mistyped-date": lambda _: _read("m > 5 days", m="{days: date, from: episode_dat, words: so long}"),
    "measure-of-what-is-no-date": lambda _: _read("m > 5 days", m="{days: date, from: pain, words: so long}"),
    "measure-of-two-units": lambda _: _read("m > 5 kg", m="{difference: weight, from: height, words: so much}"),
    "measure-that-adds-what-are-no-days": lambda _: _read("m > 5 kg", m="{sum: weight, and: height, words: so much}"),
    "measure-of-one-further-down": lambda _: _read(
        "m > 5 days", m="{days: date, from: n, words: so long}", n="{latest: event, take: date, words: the last}"
    ),
    "measure-without-clauses": lambda _: _read("m", m="{any: imaging}"),
    "measure-in-a-place-of-others": lambda _: _read("m > 5", m="{count: stent, within: procedure, words: so many}"),
    "measure-of-several-that-asks-of-several": lambda _: _read(
        "m > 5", n="{count: imaging, words: so many}", m="{count: visit, where: n > 1, words: so many}"
    ),
    "measure-of-a-class-by-no-scale": lambda _: _read(
        "m", m="{class: ulcer, scale: isth-bleding, by: adult_2005, says: [a, b]}"
    ),
    "measure-of-a-class-by-no-classes": lambda _: _read(
        "m", m="{class: ulcer, scale: isth-bleeding, by: adult_2015, says: [a, b]}"
    ),
    "measure-of-a-class-of-other-classes": lambda _: _read(
        "m", m="{class: ulcer, scale: isth-bleeding, by: adult_2005, says: [a, b]}"
    ),
    "measure-of-items-otherwise": lambda _: _read("m > 5", m="{items: sad, words: so many}"),
    "measure-of-what-cannot-be-likened": lambda _: _read(
        "m > 5", m="{count: imaging, same: [dat], alike: [sides], words: so many}"
    ),
    "query-answered-with-nothing": lambda folder: answer(*_asked(folder), " "),
    "query-accepted-by-data-entry": lambda folder: accept(*_asked(folder, "anna"), "It is so."),
    "query-answered-after-it-was-accepted": _answered_after_it_was_accepted,
    "query-of-no-such-id": lambda folder: query_named(made(folder).sign_in("anna", PASSWORD), "3f2a"),
    "rule-of-no-such-name": lambda _: _said("show", "weight-leap"),
    "rules-refused-at-the-shell": lambda folder: _tried(folder, "pian > 5"),
    "rules-that-fail-at-the-shell": lambda folder: _tried(folder, "pain < 5"),
}
