"""What HTTP adds to a consult, and what a page weighs: measured against `patency serve` itself, with its guard and its log.

A consult over HTTP is POST /api/1/consult on a connection that is kept, as a warm client asks: the case file of an
example goes, the JSON of its consult comes back and is read to its end. The same in process, in the same run and in
turn, so that a machine that slows down slows both: the same bytes are read, consulted and laid out as the same JSON.
Of an example's rounds the quickest counts, for it was disturbed least. Limit: the median over all examples is at most
1.20 times as long, whether the answer comes packed or plain.

The weight of a page is every byte that a browser fetches to show it, with the heads of the answers, packed where the
browser can unpack it: the page of each stated example with its style, script and images, nothing of it kept from
before. Limit: 200 kB.

    make bench            prints both; exits 1 if a limit is passed
"""

import gc
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

import httpx
from anyio import CapacityLimiter

from patency.guideline.cache import open_library
from patency.web.api import Interface, as_bytes
from patency.web.verb import Asked

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
ROUNDS, AT_A_TURN = 8, 3
HTTP_LIMIT, WEIGHT_LIMIT = 1.20, 200_000
YAML = "application/yaml"
OVER_HTTP = {"plain": "identity", "packed": "gzip"}


@contextmanager
def served() -> Iterator[str]:
    """Serve the house as a person does, in a process of its own, and say where."""
    command = [sys.executable, "-m", "patency", "serve", "--port", "0", "--rate", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None, "it was asked for"
        found = re.search(r"http://\S+", server.stdout.readline())
        if found is None:
            raise SystemExit("the server did not open")
        try:
            yield found[0]
        finally:
            server.terminate()


def seconds(what: Callable[[], object]) -> float:
    """Time something once."""
    start = time.perf_counter()
    what()
    return time.perf_counter() - start


def consults(client: httpx.Client) -> dict[str, dict[str, float]]:
    """Time the consult of each example in three ways, in turn: in process, over HTTP, and over HTTP packed."""
    interface = Interface(open_library(), {}, date.today, CapacityLimiter(1))
    gc.collect()
    gc.freeze()  # as the server does: the library stays
    found = {}
    for path in EXAMPLES:
        content = path.read_bytes()
        asked = Asked(body=content, media_type=YAML)

        def over_http(packing: str, content: bytes = content) -> bytes:
            headers = {"content-type": YAML, "accept-encoding": packing}
            return client.post("api/1/consult", content=content, headers=headers).raise_for_status().content

        def in_process(asked: Asked = asked) -> bytes:
            return as_bytes(interface.consult(asked))

        assert in_process() == over_http("identity") == over_http("gzip"), "the same consult, byte for byte"
        ways: dict[str, Callable[[], bytes]] = {"in process": in_process}
        ways |= {way: partial(over_http, packing) for way, packing in OVER_HTTP.items()}
        times: dict[str, list[float]] = {way: [] for way in ways}
        for _ in range(ROUNDS):
            for way, what in ways.items():
                # Several at a turn: whoever waited while another worked begins with cold caches.
                times[way] += [seconds(what) for _ in range(AT_A_TURN)]
        found[path.stem] = {way: min(each) for way, each in times.items()}
    return found


class Fetched(HTMLParser):
    """What a browser fetches to show a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Note what a tag brings along."""
        given = dict(attributes)
        source = given.get("src") if tag in ("script", "img", "source", "iframe") else None
        if tag == "link" and {"stylesheet", "icon", "preload", "modulepreload", "manifest"} & set(
            (given.get("rel") or "").split()
        ):
            source = given.get("href")
        if source:
            self.links.append(source)


def weigh(client: httpx.Client, path: str) -> tuple[int, int]:
    """Return the bytes that are fetched to show a page, and of how many files."""
    waiting, seen, weight = [urljoin(str(client.base_url), path)], set[str](), 0
    while waiting:
        url = waiting.pop()
        if url in seen:
            continue
        seen.add(url)
        with client.stream("GET", url, headers={"accept-encoding": "gzip"}) as answer:
            answer.raise_for_status()
            content = b"".join(answer.iter_raw())
            weight += len(content) + sum(len(name) + len(value) + 4 for name, value in answer.headers.raw)
            kind = answer.headers["content-type"].partition(";")[0]
            text = httpx.Response(200, headers=answer.headers, content=content).text if kind.startswith("text/") else ""
        brought = (
            Fetched(text).links if kind == "text/html" else re.findall(r"(?:url\(|@import )['\"]?([^'\")]+)", text)
        )
        waiting += [urljoin(url, link) for link in brought if not link.startswith("data:")]
    return weight, len(seen)


def pages(client: httpx.Client) -> dict[str, tuple[int, int]]:
    """Weigh the page of each example that the start page opens."""
    names = dict.fromkeys(re.findall(r'href="(?:\./)?(examples/[^"#?]+)"', client.get("").raise_for_status().text))
    return {name: weigh(client, name) for name in names}


def main() -> int:
    """Print what HTTP adds and what pages weigh, and say whether the limits hold."""
    with served() as address, httpx.Client(base_url=address, timeout=60) as client:
        times, weights = consults(client), pages(client)
    for name, each in sorted(times.items(), key=lambda each: each[1]["in process"]):
        print(f"  {name}: {', '.join(f'{way} {1000 * least:.1f} ms' for way, least in each.items())}")
    taken = statistics.median(each["in process"] for each in times.values())
    print(f"consult in process, median of {len(times)} examples: {1000 * taken:.1f} ms")
    ratios = {way: statistics.median(each[way] / each["in process"] for each in times.values()) for way in OVER_HTTP}
    for way, ratio in ratios.items():
        print(f"the same over HTTP, {way}: {ratio:.2f} times as long (at most {HTTP_LIMIT:.2f})")
    heaviest, (weight, files) = max(weights.items(), key=lambda each: each[1])
    limit = f"at most {WEIGHT_LIMIT / 1000:.0f}"
    print(f"the heaviest of {len(weights)} pages, {heaviest}: {weight / 1000:.0f} kB in {files} files ({limit})")
    return int(max(ratios.values()) > HTTP_LIMIT or weight > WEIGHT_LIMIT)


if __name__ == "__main__":
    sys.exit(main())
