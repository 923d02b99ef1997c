"""What axe, which checks pages for accessibility, finds wrong with one."""

from functools import cache
from typing import Any

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
EVERY_RULE = {"type": "tag", "values": RULES}
# Only what is wrong is told whole: of ten thousand elements with nothing wrong the telling would take longer than the looking.
ASK = """([part, options]) => axe.run(part ? { include: [part] } : document, { resultTypes: ['violations'], ...options }).then(
    found => [found.passes.length, found.violations.map(
        fault => [fault.id, fault.nodes.slice(0, 3).map(node => node.html.slice(0, 200))])])"""


@cache
def _axe() -> str:
    from axe_playwright_python.base import AXE_SCRIPT

    return str(AXE_SCRIPT)


def faults_of(page: Any, part: str = "", rules: Any = EVERY_RULE) -> list[tuple[str, list[str]]]:
    """Ask axe what is wrong with a page, or a part of it: each fault, with the first elements that have it."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    looked, found = page.evaluate(ASK, [part, {"runOnly": rules}])
    assert looked, "axe has looked"
    return [(fault, elements) for fault, elements in found]
