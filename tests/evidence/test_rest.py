"""Medians, rates, claims, the layouts, the draft, and whatever a stranger may write."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agreement.strategies import examples
from patency.document import read_document
from patency.evidence.draft import draft
from patency.evidence.examine import examine
from patency.evidence.finding import Examined, Verdict
from patency.evidence.read import read_audit
from patency.evidence.text import CAUTION, to_json, to_text
from patency.fault import Refused

from .figures import audit

ROWS = """
medians: [{id: a, says: b, median: "9.0", lower: "4", upper: "12"}]                   | FITS | marks are in order
medians: [{id: a, says: b, median: "9", least: "10", most: "12"}]                     | ODD  | least 10 is above median 9
medians: [{id: a, says: b, median: "9.5", of: 37}]                                    | ODD  | an odd number of people (37)
medians: [{id: a, says: b, median: "9.3"}]                                            | ODD  | any number of people
rates: [{id: a, says: b, rate: "7.8", events: 39, time: "500"}]                       | FITS | which is what is printed
rates: [{id: a, says: b, rate: "7.8", events: 49, time: "500"}]                       | ODD  | is 9.800 per 100, not 7.8
rates: [{id: a, says: b, rate: "7.8", events: 3, time: "0"}]                          | ODD  | no time at risk
claims: [{id: a, says: b, kind: effect, gives: [comparison, interval]}]               | FITS | gives what that needs
claims: [{id: a, says: b, kind: none, of: 20, gives: [definition]}]                   | FITS | gives what that needs
means: [{id: a, says: b, mean: "3.33", sd: "1.0", of: [7], values: any}]              | FITS | not whole leave nothing
groups: [{id: a, title: b, answers: several, shares: [{id: c, says: d, percent: "51.3", count: 631, of: 1213}]}]       | ODD | 631 of 1213 is not printed as 51.3%
groups: [{id: a, title: b, of: 34, answers: one, shares: [{id: c, says: d, percent: "62"}, {id: e, says: f, percent: "53"}]}] | ODD | add up to 39, 5 more than the 34
groups: [{id: a, title: b, of: 34, answers: one, shares: [{id: c, says: d, percent: "44"}, {id: e, says: f, percent: "35"}]}] | FITS | 27: 7 of 34 gave another
groups: [{id: a, title: b, at_most: 9, answers: one, shares: [{id: c, says: d, percent: "60"}, {id: e, says: f, percent: "60"}]}] | ODD | add up to more people than there are
groups: [{id: a, title: b, at_most: 12, answers: several, shares: [{id: c, says: d, percent: "97.3"}]}] | ODD | No number of people up to 12 gives it
"""  # noqa: E501  a row is one line


@pytest.mark.parametrize("row", ROWS.strip().splitlines(), ids=range(len(ROWS.strip().splitlines())))
def test_what_is_found_of_a_figure(row: str) -> None:
    """The verdict, and what its sentence says. 631 of 1213 is 52.02%."""
    written, verdict, says = (part.strip() for part in row.split("|"))
    (found,) = examine(audit(f"{written}\n")).findings
    assert found.verdict is Verdict[verdict]
    assert says in found.answer


def test_byars_interval_of_a_rate() -> None:
    """R: 100/500 * 39 * (1 - 1/(9*39) - qnorm(.975)/(3*sqrt(39)))^3 is 5.546; the upper end, of 40, is 10.663."""
    (found,) = examine(audit('rates: [{id: a, says: b, rate: "7.8", events: 39, time: "500"}]\n')).findings
    assert "its 95% interval is 5.55 to 10.66" in found.answer


def test_no_line_is_wider_than_the_terminal(examined: dict[str, Examined]) -> None:
    """At 60 letters as at 100; the caution stands at the end, and each part's answer is there."""
    for each in examined.values():
        for width in (60, 100):
            lines = to_text(each, width).splitlines()
            assert max(map(len, lines)) <= width
            assert " ".join(" ".join(lines).split()).endswith(CAUTION)


def test_every_percentage_that_is_worked_out_stands_beside_its_division(examined: dict[str, Examined]) -> None:
    """No share is given without its count and denominator: a percentage follows `count/n =`, or is quoted as printed."""
    for each in examined.values():
        for finding in each.findings:
            for part in (finding, *finding.parts):
                for line in part.workings:
                    for computed in re.findall(r"= (?=\d)[^%,;]*%", line):
                        assert re.search(rf"\d+/\d+ {re.escape(computed)}", line), line


def test_the_data_hold_what_the_text_says(examined: dict[str, Examined]) -> None:
    """Findings, verdicts, arithmetic and remarks with their sources, and every count with its denominator."""
    written = json.loads(to_json(examined["elite-kids"]))
    assert [each["id"] for each in written["findings"]] == [each.id for each in examined["elite-kids"].findings]
    modality = next(each for each in written["findings"] if each["id"] == "without-mts")
    assert modality["parts"][0]["fits"][-1] == {"low": 15, "high": 15, "of": 34}
    assert written["remarks"][0]["cite"] == [{"source": "elite-kids-2025", "at": "abstract", "mark": "inference"}]


TEXT = """The response rate was 58% (69 emailed).
Of these 15/34 (44.1%) and 12 of 34 (35%) chose it, 36 patients (97.3%) had it,
the score was 3.9 ± 2.2 and \u202ethe dose 7.1.
"""


def test_a_draft_has_the_figures_with_their_lines_and_leaves_the_rest_to_a_person() -> None:
    """Counts and denominators where they are written, means with SDs; it is refused until it is completed."""
    written = draft(TEXT, "article.txt")
    document = read_document(written.encode(), "draft.yaml")
    assert "4 figures" not in written
    assert "5 figures were recognised in article.txt" in written
    with pytest.raises(Refused) as refused:
        read_audit(document, {})
    assert {fault.what.partition(" ")[0] for fault in refused.value.faults} == {"'at_most'", "'of'", "an", "neither"}
    completed = written.replace("at_most: how many people there may be", "at_most: 69").replace(
        "sd: 2.2", "sd: 2.2, of: [36], values: whole"
    )
    read = read_audit(read_document(completed.encode(), "draft.yaml"), {})
    (shares,) = (group.shares for group in read.groups)
    assert [(share.counted, share.of, share.percent.text if share.percent else "") for share in shares] == [
        (None, None, "58"), (15, 34, "44.1"), (12, 34, "35"), (36, None, "97.3")]  # fmt: skip
    assert shares[1].says.startswith("line 2: Of these 15/34 (44.1%)")
    assert (read.means[0].mean.text, read.means[0].sd and read.means[0].sd.text) == ("3.9", "2.2")


NO_COUNTS = """for 6-12 weeks (47%) | for 6–12 weeks (47%) | 6 to 12 (47%) | from 6 to 12 people (47%) | centres of ≥12 (47%)
| under < 12 (47%) | > 12 cases (47%) | after 12 months (47%) | at 12 h (47%) | of 12 Fr (47%) | in 12 years old (47%) | 12 mg (47%)"""


@pytest.mark.parametrize("said", [said.strip() for said in NO_COUNTS.split("|")])
def test_the_end_of_a_range_a_bound_and_a_time_are_no_counts(said: str) -> None:
    """Of "6-12 weeks (47%)" the percentage alone is drafted: nobody was counted twelve."""
    written = draft(said, "article.txt")
    assert "percent: 47" in written
    assert "count:" not in written


def test_a_range_of_percentages_is_not_drafted_as_its_end() -> None:
    """Of "70-90% patency" nobody was counted; "compared to 45%" says a share."""
    written = draft("10-20% of all, 70-90% patency, in > 50%, compared to 45%", "article.txt")
    assert "1 figures were" in written
    assert "percent: 45" in written


@pytest.mark.parametrize("said", ["12 (47%)", "in 12 patients (47%)", "and 12 young children (47%)", "12 of 25 (47%)"])
def test_a_count_stays_a_count(said: str) -> None:
    """Before a percentage a number of people, or of nothing that is named, counts them."""
    assert "count: 12" in draft(said, "article.txt")


WORDS = st.sampled_from(
    "groups means medians intervals rates claims id title says shares percent count of at_most answers one several mean sd "
    "least most above more_than kind share difference other low high p arms events time rate per gives before stated total "
    "97.3 44 35 0 100 5000 -1 9999999999 3.9 1/2 ± a".split()
)
NESTED = st.recursive(
    WORDS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=6), max_leaves=25
)
SHARES = st.fixed_dictionaries({}, optional=dict.fromkeys(("percent", "count", "of"), WORDS))
GROUPS = st.fixed_dictionaries(
    {"shares": st.lists(SHARES, max_size=4)},
    optional=dict.fromkeys(("at_most", "of", "answers", "total"), WORDS),
)
MEANS = st.fixed_dictionaries(
    {"mean": WORDS, "of": st.lists(WORDS, max_size=2)},
    optional=dict.fromkeys(("sd", "least", "most", "items"), WORDS),
)
INTERVALS = st.fixed_dictionaries(
    {"kind": st.sampled_from(["share", "difference", "risk ratio", "odds ratio", "other"]), "low": WORDS, "high": WORDS,
     "arms": st.lists(st.fixed_dictionaries({"count": WORDS, "of": WORDS}), max_size=2)},
    optional=dict.fromkeys(("estimate", "p", "level"), WORDS),
)  # fmt: skip
RATES = st.fixed_dictionaries({"rate": WORDS, "events": WORDS, "time": WORDS}, optional={"per": WORDS})


@examples(200)
@given(
    NESTED,
    st.lists(GROUPS, max_size=3),
    st.lists(MEANS, max_size=2),
    st.lists(INTERVALS, max_size=3),
    st.lists(RATES, max_size=2),
)
def test_whatever_a_stranger_writes_is_refused_with_reasons_or_examined(
    wild: object, groups: list[dict[str, Any]], means: list[dict[str, Any]],
    intervals: list[dict[str, Any]], rates: list[dict[str, Any]],
) -> None:  # fmt: skip
    """Nothing fails in another way; and what is examined can be laid out."""
    named = {"groups": groups, "means": means, "intervals": intervals, "rates": rates}
    for kind, entries in named.items():
        for at, entry in enumerate(entries):
            entry |= {"id": f"{kind}-{at}", "title" if kind == "groups" else "says": "words"}
            entry |= {"groups": {"answers": "one"}, "means": {"values": "whole"}}.get(kind, {})
            for number, share in enumerate(entry.get("shares", [])):
                share |= {"id": f"{kind}-{at}-{number}", "says": "words"}
    for document in (wild, {"audit": "a", "title": "b", "at_most": "40", **named}):
        try:
            read = read_audit(read_document(json.dumps(document).encode(), "stranger.yaml"), {})
        except Refused:
            continue
        assert to_text(examine(read))
        assert to_json(examine(read))
