"""How a registry stands: what its operator, who sees no patient, should know of it at a glance."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from patency.cut.signature import fingerprint
from patency.fault import Refused
from patency.registry import schema
from patency.registry.database import is_postgresql, refuse_damaged
from patency.registry.keep.held import Held
from patency.registry.keep.log import last_done
from patency.registry.keep.verify import of_itself
from patency.registry.keep.verify_keys import missing_keys
from patency.registry.keep.verify_people import BEGUN, DONE, erasures, site_findings
from patency.registry.keep.warned import sites_without_key
from patency.registry.kinds import KINDS
from patency.registry.migrate import revision_of, waiting
from patency.registry.papers import papers_of, soon_amiss
from patency.registry.postgres import is_veiled
from patency.registry.registry import Details
from patency.registry.vault import RECOVER
from patency.registry.where import open_to_others
from patency.table import counted


class Status(NamedTuple):
    """Counts are of records that were added, those that are void or whose patient was erased among them."""

    details: Details
    database: str
    revision: str
    steps_waiting: list[str]
    counts: dict[str, dict[str, int]]  # site, then kind
    erased: dict[str, int]  # site
    half_erased: list[tuple[str, str]]  # site and patient
    heads: list[tuple[str, int, str]]  # site, number and moment of the last line
    done: dict[str, dict[str, Any]]  # operation, then its line of the log
    fingerprint: str  # of the key by which cuts and heads are signed
    read_by_others: list[str]  # files and folders
    without_key: list[str]  # sites whose key to names is not beside the others
    findings: list[str]  # of the registry, its sites and keys, and mistyped cells; `verify` tells all others
    papers: list[str]  # what is amiss, or will be within two months, with the sites' approvals and agreements
    is_veiled: bool | None  # whether PostgreSQL keeps its own counts to itself; None on SQLite


def status(held: Held, today: date | None = None) -> Status:
    """Return how a registry stands, by default today; refuse one of which the database's file, or that of patients' keys, is damaged."""
    held.vault.keys()  # refused where one of them is no key
    with held.legible() as connection:
        refuse_damaged(held.engine, connection)
        steps, revision = waiting(connection), revision_of(connection)
        counts: dict[str, dict[str, int]] = {}
        for site in connection.execute(select(schema.site.c.id).order_by(schema.site.c.id)).scalars():
            counts[site] = {}
        for kind in KINDS:
            table = schema.records[kind]
            query = select(table.c.site, func.count()).where(table.c.version == 1).group_by(table.c.site)
            for site, count in connection.execute(query):
                counts.setdefault(site, {})[kind] = count
        come = erasures(connection)
        head = schema.head
        heads = [(row.site, row.seq, row.at) for row in connection.execute(select(head).order_by(head.c.site))]
        return Status(
            held.details, held.engine.dialect.name, revision, steps, counts,
            {site: sum(state == DONE for (where, _), state in come.items() if where == site) for site in counts},
            sorted(who for who, state in come.items() if state == BEGUN), heads, last_done(held.folder),
            fingerprint(held.vault.public.hex()), [str(path) for path in open_to_others(held.folder)],
            sites_without_key(connection, held),
            [str(each) for each in of_itself(held)]
            + [f"{site}: {what}" for site, what in site_findings(connection, held)]
            + [f"{site}: {counted(count, 'key')} {'is' if count == 1 else 'are'} missing of who was never erased: {RECOVER} puts back what "
               "a copy holds; `patency registry verify` tells whose" for site, count in missing_keys(connection, held).items()]
            + [f"cells of the table {table.name} hold what Patency never writes there: `patency registry verify` names each"
               for table in held.mistyped(connection)],
            list(_papers(connection, today or date.today())),
            is_veiled(connection) if is_postgresql(held.engine) else None,
        )  # fmt: skip


def _papers(connection: Connection, today: date) -> Iterator[str]:
    """Yield what is amiss with each site's papers; of what cannot be read the findings tell."""
    for row in connection.execute(select(schema.site).order_by(schema.site.c.id)):
        with suppress(Refused):
            yield from (f"{row.id}: {said}" for said in soon_amiss(papers_of(row), today))
