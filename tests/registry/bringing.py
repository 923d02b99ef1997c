"""For tests: a file brought into a small registry by a mapping."""

from pathlib import Path

from patency.cli.registry_import import account_for, opened
from patency.document import read_document
from patency.registry.files.account import Account, refused_beside
from patency.registry.files.map import ImportMap, read_map
from patency.registry.files.run import Import
from patency.registry.session import Session

# Visits of patients who have one episode each.
VISITS = """registry map: patency-registry-map/1
source: clinic
missing: {NK: not known}
patient: {column: patient}
records:
  - kind: visit
    key: [visit]
    parent: only one
    items: {date: {column: date}, pain: {column: pain}, note: {column: note}}
"""


def mapped(session: Session, text: str) -> ImportMap:
    """Read a mapping."""
    return read_map(read_document(text.encode(), "map.yaml"), session.forms)


def brought(session: Session, file: Path, mapping: str, *, write: bool = True, correct: str = "") -> Account:
    """Bring a file in, or try it."""
    found = mapped(session, mapping)
    rows = opened(file, found)
    account = account_for(rows, found, refused_beside(file))
    Import(session, rows, found, account, is_written=write, correct=correct).run()
    return account


def said(account: Account) -> list[str]:
    """Return what was refused, each in a line: row, column, what."""
    return [fault.what for fault in account.faults]
