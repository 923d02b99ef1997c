"""Under which names the page may be asked for, and whether a form comes from one of its own pages.

In: what stands in a request's Host, Origin and X-Forwarded-Host, which a stranger may have written.
Out: an Authority, or None where it is no name at all. Nothing is looked up: a name is compared as it
is written, after letter case, the dot at the end and the ways to write an address are made one.
"""

import re
from collections.abc import Collection, Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple

ANY = "*"
LOCALHOST = "localhost"
_PORTS = {"http": "80", "https": "443"}  # a browser leaves these out
_WRITTEN = re.compile(
    r"(?P<name>[a-z0-9_](?:[a-z0-9._-]{0,252}[a-z0-9_-])?\.?|\[(?P<address>[0-9a-f:.]{2,45})\])(?::(?P<port>[0-9]{0,5}))?",
    re.IGNORECASE | re.ASCII,
)


class Authority(NamedTuple):
    """A name or address as it is compared (an IPv6 address without its brackets), and the port if one is given."""

    name: str
    port: str = ""


def authority(written: str) -> Authority | None:
    """Read 'name', 'name:port', '[address]' or '[address]:port'; anything else is None."""
    found = _WRITTEN.fullmatch(written)
    if not found:
        return None
    port = (found["port"] or "").lstrip("0")
    if found["address"]:
        address = _address(found["address"])
        return Authority(address.compressed, port) if isinstance(address, IPv6Address) else None
    return Authority(found["name"].lower().removesuffix("."), port)


def name_given(written: str) -> str | None:
    """Return a name as it is compared, from one that a person gave; None where it is none."""
    if written == ANY:
        return ANY
    here = authority(written) or authority(f"[{written}]")
    return here.name if here and not here.port else None


def is_known(name: str, names: Collection[str]) -> bool:
    """Say whether the page answers to a name: to this machine's own always, to others when they were given."""
    return ANY in names or name in names or is_this_machine(name)


def is_this_machine(name: str) -> bool:
    """Say whether a name leads every machine to itself, so that nobody in between can read along."""
    address = _address(name)
    return name == LOCALHOST or (address is not None and address.is_loopback)


def is_own_page(origin: str, asked: Iterable[Authority], scheme: str | None) -> bool:
    """Say whether an Origin is that of the page that was asked; `scheme` is None where a proxy may have changed it."""
    of, _, rest = origin.lower().partition("://")
    here = authority(rest)
    if here is None or of not in _PORTS or scheme not in (None, of):  # 'null' is of no page that can be named
        return False
    port = here.port or _PORTS[of]
    return any(each.name == here.name and (each.port or _PORTS[of]) == port for each in asked)


def one_client(written: str) -> str | None:
    """Return by what a client is told from others, from its address with or without a port; None where it is none.

    Whoever has an IPv6 address has a network of 2**64 of them, so that the network counts as one client.
    """
    here = authority(written)
    address = _address(written) or (_address(here.name) if here else None)
    if isinstance(address, IPv6Address):
        whole = address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64)
        return whole.compressed
    return address.compressed if address else None


def _address(written: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(written)
    except ValueError:
        return None
