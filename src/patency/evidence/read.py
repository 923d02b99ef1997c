"""From a file of published figures to an Audit, or every Fault in it at once.

Every figure stands as it was printed, so that its decimals are known. The bounds keep a stranger's file from
taking long: how many people, figures and values there may be.
"""

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple, TypeVar

from patency.document import Fields, Node, read_bytes, read_document
from patency.evidence.model import (
    CLAIMS,
    MOST_OTHERS,
    MOST_PEOPLE,
    MOST_POPULATION,
    MOST_SHARES,
    MOST_VALUES,
    Above,
    Arm,
    Audit,
    Claim,
    Group,
    Interval,
    Mean,
    Median,
    Rate,
    Share,
)
from patency.evidence.printed import Printed, printed_in
from patency.evidence.read_study import read_evidence
from patency.evidence.study_audit import audit_of
from patency.fault import Fault, Faults, Refused, nearest
from patency.source import Remark, Source, read_citations

FOLDER = "audits"  # of content
MOST_SIZES = 3  # numbers of people that one mean may be of
INTERVALS = {"share": 1, "difference": 2, "risk ratio": 2, "odds ratio": 2, "other": 0}  # how many arms each has
_MOST_NUMBER = 10**9
_T = TypeVar("_T")


def read_audits(directory: Path, sources: Mapping[str, Source]) -> tuple[Audit, ...]:
    """Read the audits of a content directory, those of whole texts and those of its studies; none where it has none."""
    audits = read_texts(directory, sources)
    studies = read_evidence(directory, sources, audits).studies.values()
    return tuple(sorted((*audits, *filter(None, map(audit_of, studies))), key=lambda audit: audit.id))


def read_texts(directory: Path, sources: Mapping[str, Source]) -> tuple[Audit, ...]:
    """Read the audits of whole texts, which stand in files of their own."""
    faults: list[Fault] = Faults()
    audits = []
    for path in sorted((directory / FOLDER).glob("*.yaml")):
        try:
            audits.append(read_audit(read_document(read_bytes(path), f"{FOLDER}/{path.name}"), sources))
        except Refused as refused:
            faults.extend(refused.faults)
    if faults:
        raise Refused(faults)
    return tuple(audits)


def read_audit(document: Node, sources: Mapping[str, Source]) -> Audit:
    """Read one file of published figures; refuse it with every Fault found."""
    reader = _Reader(document, sources)
    audit = reader.audit()
    if reader.faults:
        raise Refused(reader.faults)
    return audit


class _Default(NamedTuple):
    """What a group takes from its file where it says nothing itself."""

    at_most: int | None
    stated: tuple[int, ...]


class _Reader:
    def __init__(self, document: Node, sources: Mapping[str, Source]) -> None:
        self.document, self.sources = document, dict(sources)
        self.faults: list[Fault] = Faults()
        self.names: set[str] = set()

    def audit(self) -> Audit:
        fields = Fields(self.document, self.faults, "the file of published figures")
        default = _Default(self._whole(fields, "at_most", 1), self._wholes(fields, "stated"))
        audit = Audit(
            fields.need_text("audit", "it is known by this name"),
            fields.need_text("title", "a reader must see what was published"),
            read_citations(fields, self.sources),
            tuple(self._group(node, default) for node in fields.items("groups")),
            self._each(fields, "means", self._mean),
            self._each(fields, "medians", self._median),
            self._each(fields, "intervals", self._interval),
            self._each(fields, "rates", self._rate),
            self._each(fields, "claims", self._claim),
            self._remarks(fields),
            fields.choice("people", ("apart", "same"), "the same people have one denominator", "apart") == "same",
            self.document.place,
        )
        fields.close()
        self._refuse_too_many(sum(len(group.shares) for group in audit.groups), MOST_SHARES, "percentages")
        return audit

    def _refuse_too_many(self, many: int, most: int, what: str) -> None:
        if many > most:
            self.faults.append(Fault(self.document.place, f"there are {many} {what}", f"at most {most} are worked out at once",
                                     "write them into several files"))  # fmt: skip

    def _each(self, fields: Fields, name: str, read: Callable[[Fields], _T]) -> tuple[_T, ...]:
        nodes = fields.items(name)
        self._refuse_too_many(len(nodes), MOST_OTHERS, name)
        found = []
        for node in nodes[:MOST_OTHERS]:
            entry = Fields(node, self.faults, f"an entry of {name!r}")
            found.append(read(entry))
            entry.close()
        return tuple(found)

    def _id(self, fields: Fields) -> str:
        name = fields.need_text("id", "a finding is known by this name")
        if name and name in self.names:
            fields.fault(
                fields.place, f"{name!r} is the name of two figures", "a finding could be of either", "rename one"
            )
        self.names.add(name)
        return name

    def _says(self, fields: Fields) -> str:
        return fields.need_text("says", "a reader must see of what it is said")

    def _group(self, node: Node, default: _Default) -> Group:
        fields = Fields(node, self.faults, "a group")
        at_most, of = self._whole(fields, "at_most", 1), self._whole(fields, "of", 1)
        shares = tuple(self._share(each) for each in fields.items("shares"))
        group = Group(
            self._id(fields),
            fields.need_text("title", "a reader must see what was asked"),
            shares,
            at_most or default.at_most,
            of,
            self._wholes(fields, "stated") or default.stated,
            fields.choice("answers", ("one", "several"), "answers of people who gave one each add up") == "one",
            self._whole(fields, "total"),
            at_most is not None,
            self._remarks(fields),
        )
        fields.close()
        is_bound = of or group.at_most or all(share.of for share in shares)
        if fields.is_readable and not shares:
            fields.fault(
                fields.place, "the group has no shares", "there is nothing to work out", "list them under 'shares'"
            )
        elif fields.is_readable and not is_bound:
            fields.fault(fields.place, "neither 'of' nor 'at_most' says how many people there may be",
                         "with enough people anything fits", "write 'at_most', for the group or for the whole file")  # fmt: skip
        return group

    def _share(self, node: Node) -> Share:
        fields = Fields(node, self.faults, "a share")
        share = Share(self._id(fields), self._says(fields), printed_in(fields, "percent"),
                      self._whole(fields, "count"), self._whole(fields, "of", 1))  # fmt: skip
        fields.close()
        if fields.is_readable and not {"percent", "count"} & set(fields.named):
            fields.fault(fields.place, "a share has neither 'percent' nor 'count'", "there is nothing to work out",
                         "write what is printed")  # fmt: skip
        if share.counted is not None and share.of is not None and share.counted > share.of:
            fields.fault(fields.place, f"{share.counted} of {share.of} is more than all of them", "no share is",
                         "check which of the two is the denominator")  # fmt: skip
        return share

    def _mean(self, fields: Fields) -> Mean:
        why = "there is nothing to work out"
        mean = self._need_printed(fields, "mean", why)
        least, most = (self._whole(fields, name, -_MOST_NUMBER, _MOST_NUMBER) for name in ("least", "most"))
        of = self._wholes(fields, "of")
        if fields.is_readable and not 0 < len(of) <= MOST_SIZES:
            fields.fault(fields.place, f"'of' gives {len(of)} numbers of people", f"a mean may be of 1 to {MOST_SIZES}",
                         "write 'of: [36]', or the numbers in question")  # fmt: skip
        if least is not None and most is not None and not 0 <= most - least <= MOST_VALUES:
            fields.fault(fields.place, f"the scale runs from {least} to {most}",
                         f"it must rise, and by at most {MOST_VALUES}", "check the two ends")  # fmt: skip
        return Mean(self._id(fields), self._says(fields), mean, printed_in(fields, "sd"), of,
                    fields.choice("values", ("whole", "any"), "a mean of whole numbers cannot be any") == "whole",
                    self._whole(fields, "items", 1, 100) or 1, least, most, self._above(fields), self._remarks(fields))  # fmt: skip

    def _above(self, fields: Fields) -> Above | None:
        node = fields.get("above")
        if node is None:
            return None
        entry = Fields(node, self.faults, "'above'")
        more_than = self._whole(entry, "more_than", -_MOST_NUMBER, _MOST_NUMBER)
        if entry.is_readable and more_than is None:
            entry.need("more_than", "it is a share above a bound")
        above = Above(more_than or 0, self._need_printed(entry, "percent", "it is a share"))
        entry.close()
        return above

    def _median(self, fields: Fields) -> Median:
        return Median(self._id(fields), self._says(fields),
                      self._need_printed(fields, "median", "there is nothing to work out"),
                      printed_in(fields, "least"), printed_in(fields, "most"), printed_in(fields, "lower"),
                      printed_in(fields, "upper"), self._whole(fields, "of", 1), self._remarks(fields))  # fmt: skip

    def _interval(self, fields: Fields) -> Interval:
        why = "an interval has two ends"
        kind = fields.choice("kind", INTERVALS, "how wide it can be depends on what it is of")
        arms = tuple(self._arm(node) for node in fields.items("arms"))
        if arms and len(arms) != INTERVALS[kind]:
            fields.fault(fields.place, f"there are {len(arms)} arms to a {kind}", f"it takes {INTERVALS[kind]}",
                         "list each as {count: ..., of: ...}")  # fmt: skip
            arms = ()
        return Interval(self._id(fields), self._says(fields), kind, printed_in(fields, "estimate"),
                        self._need_printed(fields, "low", why), self._need_printed(fields, "high", why),
                        self._whole(fields, "level", 50, 99) or 95, arms, printed_in(fields, "p"), self._remarks(fields))  # fmt: skip

    def _arm(self, node: Node) -> Arm:
        fields = Fields(node, self.faults, "an arm")
        count, of = self._whole(fields, "count"), self._whole(fields, "of", 1)
        for name in ("count", "of"):
            fields.need(name, "an interval is of a count of so many")
        # Who was drawn is fewer than there were: of all of them there is no interval to give.
        population = self._whole(fields, "population", (of or 0) + 1, MOST_POPULATION)
        fields.close()
        if count is not None and of is not None and count > of:
            fields.fault(fields.place, f"{count} of {of} is more than all of them", "no share is",
                         "check which of the two is the denominator")  # fmt: skip
        return Arm(count or 0, of or 1, population)

    def _rate(self, fields: Fields) -> Rate:
        why = "a rate is events over time"
        events = self._whole(fields, "events")
        if events is None:
            fields.need("events", why)
        return Rate(self._id(fields), self._says(fields), self._need_printed(fields, "rate", why), events or 0,
                    self._need_printed(fields, "time", why), self._whole(fields, "per", 1, 1_000_000) or 100,
                    self._remarks(fields))  # fmt: skip

    def _claim(self, fields: Fields) -> Claim:
        kind = fields.choice("kind", CLAIMS, "what a claim needs depends on its kind")
        gives = fields.texts("gives")
        for name in gives:
            if name not in CLAIMS[kind].needs:
                fields.fault(fields.place, f"a claim {CLAIMS[kind].words} does not need {name!r}",
                             "only what it needs is looked for",
                             nearest(name, CLAIMS[kind].needs, f"it needs: {', '.join(CLAIMS[kind].needs)}"))  # fmt: skip
        return Claim(
            self._id(fields), self._says(fields), kind, gives, self._whole(fields, "of", 1), self._remarks(fields)
        )

    def _remarks(self, fields: Fields) -> tuple[Remark, ...]:
        remarks = []
        for node in fields.items("remarks"):
            entry = Fields(node, self.faults, "a remark")
            text = entry.need_text("text", "it says something")
            remarks.append(Remark(text, read_citations(entry, self.sources)))
            if entry.is_readable and not remarks[-1].citations:
                entry.fault(entry.place, "a remark cites nothing", "it is a person's, not the arithmetic's",
                            "add 'cite', with how it was verified")  # fmt: skip
            entry.close()
        return tuple(remarks)

    def _need_printed(self, fields: Fields, name: str, why: str) -> Printed:
        if name not in fields.named:
            fields.need(name, why)
        return printed_in(fields, name) or _NOTHING

    def _whole(self, fields: Fields, name: str, least: int = 0, most: int = MOST_PEOPLE) -> int | None:
        node = fields.get(name)
        return None if node is None else self._as_whole(fields, node, name, least, most)

    def _as_whole(self, fields: Fields, node: Node, name: str, least: int, most: int) -> int | None:
        text = fields.as_text(node, name)
        if text.removeprefix("-").isdecimal() and text.isascii() and len(text) <= 10 and least <= int(text) <= most:
            return int(text)
        if isinstance(node.value, str):
            fields.fault(node.place, f"{name!r} is {text!r}", f"it must be a whole number from {least} to {most}",
                         "write it so, or leave the line out")  # fmt: skip
        return None

    def _wholes(self, fields: Fields, name: str) -> tuple[int, ...]:
        found: Iterable[int | None] = (
            self._as_whole(fields, node, name, 1, MOST_PEOPLE) for node in fields.items(name)
        )
        return tuple(dict.fromkeys(each for each in found if each is not None))


_NOTHING = Printed("0", Fraction(0), 0)  # stands where a Fault says that nothing does
