"""What is not as it should be in a registry's folder though nothing was tampered with, said by `status` and by `verify`.

A site may hold its key to names itself: one that is not beside the others is told of, and is no finding.
"""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from patency.registry import schema
from patency.registry.keep.held import Held
from patency.registry.keep.verify_people import is_there
from patency.registry.vault import SITES
from patency.registry.where import open_to_others


def sites_without_key(connection: Connection, held: Held) -> list[str]:
    """Return the sites whose key to the names of their patients is not beside the others."""
    sites = connection.execute(select(schema.site.c.id).order_by(schema.site.c.id)).scalars()
    keys = {site: held.vault.folder / SITES / f"{site}.key" for site in sites}
    return [site for site, key in keys.items() if not (is_there(key) and key.is_file())]


def warned(held: Held) -> Iterator[str]:
    """Yield what to look after: keys that are not there, and files that others can read."""
    with held.legible() as connection:
        sites = sites_without_key(connection, held)
    for site in sites:
        yield (f"! The key of {site} to the names of its patients is not in {held.vault.folder / SITES}: where the site does not hold it "
               f"itself, put {site}.key back from the copy of the keys; without it nobody reads those names")  # fmt: skip
    if others := open_to_others(held.folder):
        yield (f"! Others who use this computer may read {len(others)} of its files and folders, such as "
               f"{others[-1]}: `patency registry migrate` shuts them")  # fmt: skip
