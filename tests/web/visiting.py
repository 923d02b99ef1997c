"""Visit the application as a browser without JavaScript does: open a page, fill its form, press a button."""

import asyncio
import re
from collections.abc import Mapping
from html import unescape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urljoin

import httpx
from starlette.types import ASGIApp


class Page:
    """One page as it was answered, with the controls of its form."""

    def __init__(self, answer: httpx.Response, path: str) -> None:
        self.answer, self.path, self.text, self.code = answer, path, answer.text, answer.status_code
        self.form = _Form()
        if answer.headers.get("content-type", "").startswith("text/html"):
            self.form.feed(answer.text)

    @property
    def errors(self) -> list[str]:
        """What the summary at the top of the page says is wrong."""
        listed = self.text.partition('id="errors"')[2].partition("</div>")[0].split("<li>")[1:]
        return [unescape(re.sub("<[^>]*>", "", each)).strip() for each in listed]

    @property
    def words(self) -> str:
        """The text of the page, with single spaces."""
        return " ".join(" ".join(self.form.words).split())


class _Form(HTMLParser):
    """Collects what a browser would post of the form of the consult."""

    def __init__(self) -> None:
        super().__init__()
        self.posted: list[tuple[str, str]] = []
        self.buttons: list[dict[str, str]] = []
        self.words: list[str] = []
        self.ids: list[str] = []
        self._is_inside = False
        self._select = ""
        self._options: list[tuple[str | None, bool, str]] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "form":
            self._is_inside = given.get("id") == "form"
        if tag in ("script", "style"):
            self._silent += 1
        if not self._is_inside and given.get("form") != "form":
            return
        if tag == "input" and given.get("name"):
            kind = given.get("type", "text")
            if kind in ("radio", "checkbox") and "checked" in given:
                self.posted.append((given["name"], given.get("value", "on")))
            elif kind not in ("radio", "checkbox", "file"):
                self.posted.append((given["name"], given.get("value", "")))
        elif tag == "select":
            self._select, self._options = given["name"], []
        elif tag == "option" and self._select:
            self._options.append((given.get("value"), "selected" in given, ""))
        elif tag == "button":
            self.buttons.append(given)

    def handle_data(self, words: str) -> None:
        if not self._silent:
            self.words.append(words)
        if self._select and self._options:
            value, is_selected, said = self._options[-1]
            self._options[-1] = (value, is_selected, said + words)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._silent -= 1
        if tag == "form":
            self._is_inside = False
        if tag == "select" and self._select:
            chosen = [each for each in self._options if each[1]] or self._options[:1]
            self.posted.extend((self._select, said.strip() if value is None else value) for value, _, said in chosen)
            self._select = ""


class Visitor:
    """Somebody at a browser."""

    def __init__(self, app: ASGIApp, **headers: str) -> None:
        self.app, self.headers = app, headers

    def open(self, path: str) -> Page:
        """Open an address."""
        return self._ask("GET", path)

    def post(self, path: str, **sent: Any) -> Page:
        """Post whatever to an address."""
        return self._ask("POST", path, **sent)

    def send(self, page: Page, changed: Mapping[str, str | list[str]] | None = None, press: str = "consult") -> Page:
        """Send the form of a page with some answers changed, to where a button sends it."""
        changed = changed or {}
        posted = [(name, value) for name, value in page.form.posted if name not in changed]
        for name, value in changed.items():
            posted += [(name, each) for each in ([value] if isinstance(value, str) else value)]
        body = urlencode(posted)
        return self._ask(
            "POST", f"/{press}", content=body, headers={"content-type": "application/x-www-form-urlencoded"}
        )

    def _ask(self, method: str, path: str, headers: dict[str, str] | None = None, **sent: Any) -> Page:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
                return await client.request(method, path, headers={**self.headers, **(headers or {})}, **sent)

        return Page(asyncio.run(ask()), urljoin("/", path))
