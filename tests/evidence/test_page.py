"""The page of the site, and what content needs of the audits."""

import html
import re

from patency.evidence.finding import Examined
from patency.evidence.model import CLAIMS, Audit
from patency.guideline.files import CONTENT, content_files
from patency.guideline.model import Library
from patency.publish.site import Site


def test_the_page_says_everything_that_is_found(
    library: Library, audits: dict[str, Audit], examined: dict[str, Examined]
) -> None:
    """Each figure with its answer and its arithmetic, and each remark; what a claim is about stays the text's own words."""
    printed = Site(library, lambda: None, None, list(audits.values())).printed("audit.html").decode()
    shown = " ".join(html.unescape(re.sub(r"<[^>]*>", " ", printed)).split())
    for each in examined.values():
        assert each.audit.title in shown
        for finding in each.findings:
            for part in (finding, *finding.parts):
                assert part.answer in shown
                assert all(line in shown for line in part.workings)
            assert all(" ".join(remark.text.split()) in shown for remark in finding.remarks)
    names = re.findall(r' id="([^"]*)"', printed)
    assert len(names) == len(set(names))


def test_a_library_without_audits_says_so(library: Library) -> None:
    """The page is there, since every page links to it."""
    assert b"No published figures are audited here." in Site(library, lambda: None).printed("audit.html")


def test_where_a_source_is_audited_stands_beside_it(library: Library, audits: dict[str, Audit]) -> None:
    """The page of sources links to the figures."""
    printed = Site(library, lambda: None, None, list(audits.values())).printed("sources.html").decode()
    assert 'href="audit.html#elite-kids"' in printed


def test_a_consult_keeps_the_printed_figures_under_the_hash_of_its_content() -> None:
    """What a consult shows of studies is content like the rest: its hash covers them, and the texts that were audited."""
    folders = {name.partition("/")[0] for name in content_files(CONTENT)}
    assert {"studies", "study-terms", "audits"} <= folders
    assert not {"surveys", "instruments", "registry", "outcomes"} & folders


def test_every_audit_cites_and_every_name_is_its_own(audits: dict[str, Audit]) -> None:
    """A reader finds the source of every figure; each kind of claim that is known of is in use or says what it needs."""
    assert {path.stem for path in (CONTENT / "audits").glob("*.yaml")} < set(audits)
    assert all(audit.citations for audit in audits.values())
    assert all(kind.needs and kind.words for kind in CLAIMS.values())
