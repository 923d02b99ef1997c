"""Figures as a test writes them."""

from patency.document import read_document
from patency.evidence.model import Above, Audit, Group, Mean, Share
from patency.evidence.printed import Printed, read_number
from patency.evidence.read import read_audit


def number(text: str) -> Printed:
    printed = read_number(text)
    assert printed is not None, text
    return printed


def group(percentages: str, at_most: int, *, is_one: bool = False, total: int | None = None) -> Group:
    """Return a group of shares: "44 35 12"."""
    shares = tuple(Share(f"share-{at}", text, number(text)) for at, text in enumerate(percentages.split()))
    return Group("group", "a question", shares, at_most, None, (), is_one, total)


def mean(
    text: str, sd: str | None, of: int, *, ends: tuple[int, int] | None = None, above: str = "", items: int = 1
) -> Mean:
    """Return a mean of whole numbers; `above` is written as "4 22": 22% above 4."""
    bound, _, percent = above.partition(" ")
    share = Above(int(bound), number(percent)) if above else None
    least, most = ends or (None, None)
    return Mean("mean", text, number(text), number(sd) if sd else None, (of,), True, items, least, most, share)


def audit(written: str) -> Audit:
    """Read a file as its author writes it; `audit` and `title` are added."""
    return read_audit(read_document(f"audit: test\ntitle: a text\n{written}".encode(), "figures.yaml"), {})
