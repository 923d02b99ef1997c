"""What a browser fetches beside a page: one stylesheet, one script, the mark of the house.

Each is named by its content, so that a browser may keep it for ever and never shows an old one.
"""

import hashlib
from pathlib import Path
from typing import NamedTuple

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from patency.consult.html import HERE as CONSULT

_HERE = Path(__file__).parent / "brought"
_PARTS = {
    "patency.css": (CONSULT / "house.css", CONSULT / "page.css", _HERE / "form.css"),
    "patency.js": (_HERE / "patency.js",),
    "mark.svg": (_HERE / "mark.svg",),
}
_KINDS = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


class Asset(NamedTuple):
    """A file under the name that a page links to."""

    name: str
    kind: str
    content: bytes


def _asset(name: str, paths: tuple[Path, ...]) -> Asset:
    content = b"\n".join(path.read_bytes() for path in paths)
    stem, _, ending = name.partition(".")
    return Asset(f"{stem}-{hashlib.sha256(content).hexdigest()[:12]}.{ending}", _KINDS[ending], content)


ASSETS = {name: _asset(name, paths) for name, paths in _PARTS.items()}
_NAMED = {asset.name: asset for asset in ASSETS.values()}


def asset_path(name: str) -> str:
    """Return where an asset stands, from the root of the application."""
    return f"assets/{ASSETS[name].name}"


async def _fetched(request: Request) -> Response:
    asset = _NAMED.get(request.path_params["name"])
    if asset is None:
        raise HTTPException(404)
    return Response(asset.content, 200, {"Cache-Control": "public, max-age=31536000, immutable"}, asset.kind)


asset_route = Route("/assets/{name}", _fetched, methods=["GET"])
