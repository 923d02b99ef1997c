"""From `content/studies/*.yaml` and `content/study-terms/*.yaml` to Evidence, or every Fault in them at once.

    study: a-trial                     # its name, and that of the audit of its figures
    short: A trial
    title: What it is called
    design: randomised trial           # one of DESIGNS
    setting: 20 hospitals in Norway    # or: not stated
    enrolled: 2006 to 2009             # or: not stated
    population: {age: adult, extent: iliofemoral, phase: acute, begun: as first treatment, compression: not stated,
                 words: "first clot, up to 21 days"}
    cite: [{source: a-trial-2012, at: abstract, mark: original}]
    part_of: a-larger-trial            # only where its patients are some of another study's
    audit: a-cohort                    # only where an audit of the whole text stands in content/audits
    groups:                            # arms, or groups that are reported by themselves
      lysis: {words: lysis by catheter, option: catheter_lysis, of: 101}
      control: {words: anticoagulation alone, option: anticoagulation_alone, of: not stated}
      other: {words: much left after lysis, option: lysis, of: 8, part: yes}  # some of an option's patients
    outcomes:
      - id: pts-24
        outcome: pts                   # of content/study-terms
        definition: pts-attract        # likewise; not-stated is a value
        at: 24 months
        unit: patient
        is: share                      # or cumulative: an estimate over time, no share of people
        figures:
          lysis: {percent: "41.1", count: 37, of: 90}
          control: {percent: "55.6", count: 55, of: 99, counts: decoded, denominator: decoded}   # worked out, not printed
          other: {from: share-of-the-audit}                                   # as it stands in the audit that is named
        effects: [{kind: difference, of: [control, lysis], estimate: "14.4", low: "0.2", high: "27.9", p: "0.047"}]
        remarks: [{text: A trap., cite: [...]}]
    stands:
      - {claim: lysis-less-pts, stance: supports, on: pts-24, says: Why.}
    flags: [{text: A warning., cite: [...]}]

Percentages are checked against counts by the number auditor (study_audit.py), which does not refuse but tells: what is
printed wrongly stands as it is printed.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple, TypeVar

from patency.document import Fields, Node, read_bytes, read_document
from patency.evidence.model import MOST_PEOPLE, Audit, Share
from patency.evidence.printed import printed_in
from patency.evidence.read_expected import read_expected
from patency.evidence.study import (
    AGES,
    BEGUN,
    COMPRESSIONS,
    DESIGNS,
    EFFECTS,
    EXTENTS,
    PHASES,
    UNITS,
    Asserted,
    Compared,
    Counts,
    Definition,
    Evidence,
    Figure,
    Group,
    Outcome,
    Population,
    Reported,
    Stance,
    Stands,
    Study,
    Terms,
)  # fmt: skip
from patency.fault import Fault, Faults, Refused, nearest
from patency.source import Citation, Source, read_citations, read_cited, read_remarks

STUDIES, TERMS = "studies", "study-terms"  # folders of content
_T = TypeVar("_T")
_WHOSE = "a reader must see whom it is about; 'not stated' is an answer"


class Known(NamedTuple):
    """What a study may mention; `options` is None where the decisions are not at hand, and then none is looked up."""

    sources: dict[str, Source]
    audits: Mapping[str, Audit]
    options: Collection[str] | None
    faults: list[Fault]


def read_evidence(
    directory: Path, sources: Mapping[str, Source], audits: Iterable[Audit], options: Collection[str] | None = None
) -> Evidence:
    """Read the studies of a content directory and the terms in which they are told; none where it has none."""
    known = Known(dict(sources), {audit.id: audit for audit in audits}, options, Faults())
    terms = _documents(directory / TERMS, TERMS, known.faults)
    evidence = evidence_of(terms, _documents(directory / STUDIES, STUDIES, known.faults), known)
    if known.faults:
        raise Refused(known.faults)
    return evidence


def evidence_of(terms_of: Iterable[Node], studies_of: Iterable[Node], known: Known) -> Evidence:
    """Read studies and their terms from documents; Faults go where `known` gathers them."""
    terms = Terms({}, {}, {})
    for node in terms_of:
        terms = _terms(node, known, terms)
    for expected in (each for claim in terms.claims.values() for each in claim.expects):
        for name in sorted(set(expected.reported) - set(terms.outcomes)):
            known.faults.append(Fault(expected.place, f"there is no outcome {name!r} that studies count",
                                      "no study's figure could be judged by it",
                                      nearest(name, terms.outcomes, "leave 'reported' out")))  # fmt: skip
    studies: dict[str, Study] = {}
    for node in studies_of:
        study = _study(node, terms, known)
        if study.id in studies:
            known.faults.append(Fault(study.place, f"{study.id!r} is the name of two studies",
                                      "a stance could be of either", "rename one"))  # fmt: skip
        studies[study.id] = study
    for study in studies.values():
        if study.part_of and study.part_of not in studies:
            known.faults.append(Fault(study.place, f"it is part of {study.part_of!r}, which is no study here",
                                      "patients of both would be counted twice",
                                      nearest(study.part_of, studies, "leave 'part_of' out")))  # fmt: skip
    return Evidence(studies, terms)


def _documents(folder: Path, name: str, faults: list[Fault]) -> list[Node]:
    found = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            found.append(read_document(read_bytes(path), f"{name}/{path.name}"))
        except Refused as refused:
            faults.extend(refused.faults)
    return found


def _terms(node: Node, known: Known, before: Terms) -> Terms:
    fields = Fields(node, known.faults, "the terms of studies")

    def each(name: str, read: Callable[[str, Fields], _T]) -> dict[str, _T]:
        found = {}
        for key, entry_node in fields.group(name).items():
            entry = Fields(entry_node, known.faults, f"{key!r}")
            found[key] = read(key, entry)
            entry.close()
        return found

    why = "a reader must see what it means"
    terms = Terms(
        {**before.outcomes, **each("outcomes", lambda key, entry: Outcome(
            key, entry.need_text("words", why), entry.choice("more_is", ("good", "bad"), why) == "good",
            entry.choice("key", ("yes", "no"), "it is one or the other", "no") == "yes"))},
        {**before.definitions, **each("definitions", lambda key, entry: Definition(
            key, entry.need_text("words", why), read_citations(entry, known.sources)))},
        {**before.claims, **each("claims", lambda key, entry: Asserted(
            key, entry.need_text("words", why), read_citations(entry, known.sources),
            read_expected(entry, known.sources, known.options), entry.text("no_registry")))},
    )  # fmt: skip
    fields.close()
    return terms


def _study(node: Node, terms: Terms, known: Known) -> Study:
    fields = Fields(node, known.faults, "the study")
    why = "nobody can weigh a figure without it"
    citations = read_cited(fields, known.sources, ())
    groups = {name: _group(name, each, known) for name, each in fields.group("groups").items()}
    audit = fields.text("audit")
    if audit and audit not in known.audits:
        fields.fault(fields.named["audit"].place, f"there is no audit {audit!r}", "its figures would stand nowhere",
                     nearest(audit, known.audits, "leave the line out, and write the figures here"))  # fmt: skip
    reader = _Outcomes(terms, known, groups, citations, _shares(known.audits.get(audit)))
    outcomes = tuple(map(reader.read, fields.items("outcomes")))
    reader.refuse_twice(outcomes)
    ids = [each.id for each in outcomes]
    study = Study(
        fields.need_text("study", "it is known by this name"), fields.need_text("short", "a line names it so"),
        fields.need_text("title", "a reader must be able to find it"), fields.choice("design", DESIGNS, why),
        fields.need_text("setting", why), fields.need_text("enrolled", why), _population(fields, known), groups, outcomes,
        tuple(_stands(each, terms, ids, known, citations) for each in fields.items("stands")),
        read_remarks(fields, "flags", known.sources, citations), citations, fields.text("part_of"), audit, node.place,
    )  # fmt: skip
    fields.close()
    return study


def _shares(audit: Audit | None) -> dict[str, Share]:
    return {share.id: share for group in audit.groups for share in group.shares} if audit else {}


def _population(fields: Fields, known: Known) -> Population:
    node = fields.need("population", _WHOSE)
    if node is None:
        return Population("", "", "", "", "", "")
    entry = Fields(node, known.faults, "'population'")
    population = Population(
        entry.choice("age", AGES, _WHOSE), entry.choice("extent", EXTENTS, _WHOSE), entry.choice("phase", PHASES, _WHOSE),
        entry.choice("begun", BEGUN, _WHOSE), entry.choice("compression", COMPRESSIONS, _WHOSE), entry.need_text("words", _WHOSE),
    )  # fmt: skip
    entry.close()
    return population


def _group(name: str, node: Node, known: Known) -> Group:
    fields = Fields(node, known.faults, f"the group {name!r}")
    option = fields.text("option")
    if option and known.options is not None and option not in known.options:
        fields.fault(fields.named["option"].place, f"there is no option {option!r}", "a consult could not show it there",
                     nearest(option, known.options, "leave it out, where no option fits"))  # fmt: skip
    of = None if fields.text("of", "not stated") == "not stated" else _whole(fields, "of", 1)
    words = fields.need_text("words", "a reader must see who they are")
    group = Group(
        name, words, option, of, fields.choice("part", ("yes", "no"), "it is one or the other", "no") == "yes"
    )
    fields.close()
    return group


def _stands(node: Node, terms: Terms, ids: list[str], known: Known, inherited: tuple[Citation, ...]) -> Stands:
    fields = Fields(node, known.faults, "a stance")
    claim, on = fields.need_text("claim", "it is a stance to one"), fields.text("on")
    if claim and claim not in terms.claims:
        fields.fault(fields.place, f"there is no claim {claim!r}", "nobody could see what it stands to",
                     nearest(claim, terms.claims, f"add it to content/{TERMS} first"))  # fmt: skip
    if on and on not in ids:
        fields.fault(fields.place, f"the study has no outcome {on!r}", "a stance rests on a figure",
                     nearest(on, ids, "add the outcome, or say in 'says' what it rests on"))  # fmt: skip
    says = fields.text("says")
    if fields.is_readable and not on and not says:
        fields.fault(fields.place, "a stance has neither 'on' nor 'says'", "nobody could see on what it rests",
                     "name the outcome in 'on', or say in 'says' what was read")  # fmt: skip
    stance = Stance(fields.choice("stance", [each.value for each in Stance], "a reader must see which way it points"))
    stands = Stands(claim, stance, on, says, read_cited(fields, known.sources, inherited))
    fields.close()
    return stands


class _Outcomes:
    """Reads the outcomes of one study."""

    def __init__(self, terms: Terms, known: Known, groups: Mapping[str, Group], citations: tuple[Citation, ...],
                 shares: Mapping[str, Share]) -> None:  # fmt: skip
        self.terms, self.known, self.groups, self.citations, self.shares = terms, known, groups, citations, shares

    def read(self, node: Node) -> Reported:
        fields = Fields(node, self.known.faults, "an outcome")
        name = fields.need_text("id", "a stance rests on it by this name")
        fields.what = f"the outcome {name!r}" if name else fields.what
        citations = read_cited(fields, self.known.sources, self.citations)
        figures = {key: self._figure(key, each, citations) for key, each in fields.group("figures").items()}
        effects = tuple(self._effect(each) for each in fields.items("effects"))
        if fields.is_readable and not figures and not effects:
            fields.fault(fields.place, f"{fields.what} has neither figures nor effects", "it would say nothing",
                         "write what is printed, or leave it out")  # fmt: skip
        self._refuse_two_wholes(fields, figures)
        reported = Reported(
            name, self._term(fields, "outcome", self.terms.outcomes), self._term(fields, "definition", self.terms.definitions),
            fields.need_text("at", "a share of events is a share by some time; 'not stated' is an answer"),
            fields.choice("unit", UNITS, "limbs and patients are not the same"),
            fields.choice("is", ("share", "cumulative"), "an estimate over time is no share", "share") == "cumulative",
            figures, effects, read_remarks(fields, "remarks", self.known.sources, citations), citations, fields.place,
        )  # fmt: skip
        fields.close()
        return reported

    def refuse_twice(self, outcomes: Iterable[Reported]) -> None:
        seen: set[str] = set()
        for each in outcomes:
            if each.id in seen:
                self.known.faults.append(Fault(each.place, f"{each.id!r} is the name of two outcomes",
                                               "a stance could rest on either", "rename one"))  # fmt: skip
            seen.add(each.id)

    def _refuse_two_wholes(self, fields: Fields, told: Iterable[str]) -> None:
        """Note two groups after one option of which neither is said to be a part: one would stand for both."""
        wholes: dict[str, str] = {}
        for group in (self.groups[name] for name in told if name in self.groups):
            if group.option and not group.is_part:
                other = wholes.setdefault(group.option, group.id)
                if other != group.id:
                    fields.fault(fields.place, f"{other!r} and {group.id!r} are both after {group.option!r}",
                                 "a consult tells a study by its whole group, or by all of its parts",
                                 "write 'part: yes' in each group that is not everybody")  # fmt: skip

    def _term(self, fields: Fields, name: str, among: Mapping[str, object]) -> str:
        text = fields.need_text(name, "figures are set side by side by it; 'not-stated' is a definition")
        if text and text not in among:
            fields.fault(fields.named[name].place, f"there is no {name} {text!r}", "figures are set side by side by it",
                         nearest(text, among, f"add it to content/{TERMS} first"))  # fmt: skip
        return text

    def _figure(self, group: str, node: Node, inherited: tuple[Citation, ...]) -> Figure:
        fields = Fields(node, self.known.faults, f"the figure of {group!r}")
        self._refuse_stranger(fields, group)
        printed = self._from_audit(fields)
        percent = printed.percent if printed else printed_in(fields, "percent")
        count = _whole(fields, "count", 0) if "count" in fields.named or not printed else printed.counted
        of = _whole(fields, "of", 1) if "of" in fields.named or not printed else printed.of
        told = Counts.NOT_GIVEN if count is None else Counts.PRINTED
        counts = Counts(
            fields.choice("counts", [each.value for each in Counts], "what is worked out must look so", told.value)
        )
        is_of_printed = fields.choice("denominator", ("printed", "decoded"), "likewise", "printed") == "printed"
        figure = Figure(group, percent, count, of, counts, is_of_printed, printed_in(fields, "low"), printed_in(fields, "high"),
                        read_cited(fields, self.known.sources, inherited))  # fmt: skip
        fields.close()
        if fields.is_readable and percent is None and count is None:
            fields.fault(fields.place, f"{fields.what} has neither 'percent' nor 'count'", "it would say nothing",
                         "write what is printed")  # fmt: skip
        if count is not None and of is not None and count > of:
            fields.fault(fields.place, f"{count} of {of} is more than all of them", "no share is",
                         "check which of the two is the denominator")  # fmt: skip
        if (counts is Counts.NOT_GIVEN) != (count is None) and fields.is_readable:
            fields.fault(fields.place, f"'counts' says {counts.value!r}, and 'count' does not", "one of them is wrong",
                         "write 'count', or 'counts: not given'")  # fmt: skip
        return figure

    def _from_audit(self, fields: Fields) -> Share | None:
        name = fields.text("from")
        if name and name not in self.shares:
            fields.fault(fields.named["from"].place, f"its audit has no share {name!r}", "a figure stands in one place",
                         nearest(name, self.shares, "name the audit in 'audit', and one of its shares here"))  # fmt: skip
        return self.shares.get(name)

    def _refuse_stranger(self, fields: Fields, group: str) -> None:
        if group not in self.groups:
            fields.fault(fields.place, f"the study has no group {group!r}", "a figure is of somebody",
                         nearest(group, self.groups, "add it to 'groups'"))  # fmt: skip

    def _effect(self, node: Node) -> Compared:
        fields = Fields(node, self.known.faults, "an effect")
        of = fields.texts("of")
        for name in of:
            self._refuse_stranger(fields, name)
        effect = Compared(
            fields.choice("kind", EFFECTS, "it says what is compared"), of, printed_in(fields, "estimate"), printed_in(fields, "low"),
            printed_in(fields, "high"), printed_in(fields, "p"), fields.text("adjusted"),
        )  # fmt: skip
        fields.close()
        if len(of) != 2 and fields.is_readable:
            fields.fault(fields.place, f"an effect is of {len(of)} groups", "it compares one with another",
                         "write 'of: [the first, the second]'")  # fmt: skip
        if effect.low and effect.high and effect.low.value > effect.high.value:
            fields.fault(fields.place, f"the interval runs from {effect.low.text} to {effect.high.text}",
                         "its lower end comes first", "exchange the two, or look them up again")  # fmt: skip
        return effect


def _whole(fields: Fields, name: str, least: int) -> int | None:
    node = fields.get(name)
    if node is None:
        return None
    text = fields.as_text(node, name)
    if text.isascii() and text.isdecimal() and len(text) <= 10 and least <= int(text) <= MOST_PEOPLE:
        return int(text)
    if isinstance(node.value, str):
        fields.fault(node.place, f"{name!r} is {text!r}, not a whole number from {least} to {MOST_PEOPLE}",
                     "people are counted one by one", "write digits alone, or leave it out")  # fmt: skip
    return None
