"""From content files to a Library, or every Fault in them at once.

Sources and vocabulary are read first, then decisions and scales, then guidelines and sheets, so
that whatever is mentioned is known by the time it is mentioned. A statement without a citation is
a Fault, and so is an opinion in favour of an option that rests on memory alone.
"""

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from patency.document import Fields, Node, read_document
from patency.fault import Fault, Faults, Place, Refused, nearest
from patency.guideline.files import hash_of
from patency.guideline.model import (
    WATCH,
    Claim,
    Coverage,
    Decision,
    Exclusion,
    Gap,
    Grade,
    Guideline,
    Library,
    Option,
    Overlap,
    PageWords,
    Remark,
    Review,
    Rule,
    Saying,
    Scale,
    Section,
    Sheet,
    SheetKind,
    Stance,
    Statement,
    condition_of,
)  # fmt: skip
from patency.guideline.scenario import read_scenarios
from patency.language.define import build_lexicon
from patency.language.draw import draw
from patency.language.lexicon import Lexicon, Policy
from patency.language.parse import parse
from patency.language.terms import All, Term
from patency.source import Citation, Mark, Source, read_citations, read_source
from patency.vocabulary import read_vocabulary, refuse_odd_name

MOST_GIVEN_UP = 2  # landscapes; each takes seconds before it is given up, and a stranger may bring a thousand
_FOLDERS = ("sources", "vocabulary", "policies", "decisions", "grades", "guidelines", "sheets", "claims", "page")
_ABOUT = ("lysis", "anticoagulation", "anticoagulation-after", "stent")
_STRENGTHS = ("absolute", "relative", "trial-exclusion", "uncertain")
_ASPECTS = ("gain", "harm", "preference", "caveat")


@dataclass(frozen=True)
class _Words:
    """What content may mention, gathered as it is read."""

    sources: dict[str, Source]
    lexicon: Lexicon
    decisions: dict[str, Decision]
    options: dict[str, Option]
    scales: dict[str, Scale]
    faults: list[Fault]


def read_library(files: Mapping[str, bytes], settings: Mapping[str, float] | None = None) -> Library:
    """Read a whole library from its files; refuse it with every Fault found.

    `settings` are the policies that a site sets, by name.
    """
    faults: list[Fault] = Faults()
    documents = _documents(files, faults)
    sources = _read_sources(_under("sources", documents), faults)
    vocabulary = read_vocabulary(_under("vocabulary", documents), sources, faults)
    policies = _read_policies(_under("policies", documents), settings or {}, faults)
    lexicon = build_lexicon(vocabulary, policies, faults)
    words = _Words(sources, lexicon, {}, {}, {}, faults)
    for document in _under("decisions", documents):
        _read_decisions(document, words)
    for document in _under("grades", documents):
        _read_scale(document, words)
    guidelines = [_read_guideline(document, words, files) for document in _under("guidelines", documents)]
    sheets = [_read_sheet(document, words) for document in _under("sheets", documents)]
    _refuse_doubles([(each.id, each.place) for each in guidelines] + [(each.id, each.place) for each in sheets], faults)
    _refuse_circles(guidelines, faults)
    claims = [
        claim for document in _under("claims", documents) for claim in _read_claims(document, guidelines, sheets, words)
    ]
    page = _read_page(_under("page", documents), faults)
    if faults:
        raise Refused(faults)
    return Library(
        sources,
        lexicon,
        words.decisions,
        words.options,
        _with_landscapes(guidelines, lexicon),
        tuple(sheets),
        tuple(claims),
        page,
        hash_of(files),
    )


def _documents(files: Mapping[str, bytes], faults: list[Fault]) -> dict[str, Node]:
    documents = {}
    for name, content in files.items():
        folder = name.partition("/")[0].removesuffix(".yaml")
        if folder not in _FOLDERS:
            faults.append(
                Fault(
                    Place(name),
                    "no content stands in a place of this name",
                    "a file that is not read would be lost in silence",
                    nearest(folder, _FOLDERS, f"the places are: {', '.join(_FOLDERS)}"),
                )
            )
        try:
            documents[name] = read_document(content, name)
        except Refused as refused:
            faults.extend(refused.faults)
    return documents


def _under(folder: str, documents: Mapping[str, Node]) -> list[Node]:
    return [
        document for name, document in documents.items() if name == f"{folder}.yaml" or name.startswith(f"{folder}/")
    ]


def _refuse_doubles(named: Iterable[tuple[str, Place]], faults: list[Fault]) -> None:
    known: dict[str, Place] = {}
    for name, place in named:
        if name in known:
            faults.append(
                Fault(
                    place,
                    f"{name!r} is the name of two things (first at {known[name]})",
                    "a citation or a command could mean either",
                    "rename one of them",
                )
            )
        known.setdefault(name, place)


def _refuse_circles(guidelines: Iterable[Guideline], faults: list[Fault]) -> None:
    older = {guideline.id: guideline.supersedes for guideline in guidelines}
    for guideline in guidelines:
        at, passed = guideline.supersedes, {guideline.id}
        while at in older and at not in passed:
            passed.add(at)
            at = older[at]
        if at and at == guideline.id:
            faults.append(
                Fault(
                    guideline.place,
                    f"{at!r} supersedes itself in the end",
                    "no edition would be left to follow",
                    "leave 'supersedes' out of the oldest one",
                )
            )


def _read_sources(documents: list[Node], faults: list[Fault]) -> dict[str, Source]:
    sources: dict[str, Source] = {}
    for document in documents:
        fields = Fields(document, faults, "a file of sources")
        for name, node in fields.group("sources").items():
            if name in sources:
                faults.append(
                    Fault(
                        node.place,
                        f"the source {name!r} is given twice (first at {sources[name].place})",
                        "one name must mean one document",
                        "remove one of them",
                    )
                )
            sources.setdefault(name, read_source(name, node, faults))
        fields.close()
    return sources


def _read_policies(documents: list[Node], settings: Mapping[str, float], faults: list[Fault]) -> dict[str, Policy]:
    policies: dict[str, Policy] = {}
    for document in documents:
        outer = Fields(document, faults, "the file of policies")
        for name, node in outer.group("policies").items():
            fields = Fields(node, faults, f"the policy {name!r}")
            refuse_odd_name(name, node.place, faults)
            why = "a reader must see what Patency itself decided, and why"
            if name in policies:
                fields.fault(
                    node.place,
                    f"the policy {name!r} is given twice (first at {policies[name].place})",
                    "only one of the two could count",
                    "remove one of them",
                )
            value = fields.need_text("value", why)
            number = settings.get(name, _policy_number(fields, value))
            unit, says = fields.need_text("unit", why), fields.need_text("says", why)
            policies[name] = Policy(name, number, unit, says, fields.need_text("why", why), node.place)
            fields.close()
        outer.close()
    for name in settings:
        if name not in policies:
            faults.append(
                Fault(
                    Place(f"--policy {name}"),
                    f"there is no policy {name!r}",
                    "only stated policies can be set",
                    nearest(name, policies, f"the policies are: {', '.join(policies)}"),
                )
            )
    return policies


def _policy_number(fields: Fields, text: str) -> float:
    try:
        number = float(text or "0")
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        fields.fault(
            fields.named["value"].place,
            f"{fields.what} is {text!r}, not a number",
            "conditions compare with it",
            "write digits",
        )
    return number


def _read_decisions(document: Node, words: _Words) -> None:
    outer = Fields(document, words.faults, "the file of decisions")
    why = "a consult answers it"
    for name, node in outer.group("decisions").items():
        fields = Fields(node, words.faults, f"the decision {name!r}")
        options: list[str] = []
        if name in words.decisions:
            fields.fault(
                node.place,
                f"the decision {name!r} is given twice",
                "one name must mean one decision",
                "rename one of them",
            )
        _read_options(fields.group("options"), name, "", options, words)
        words.decisions[name] = Decision(name, fields.need_text("asks", why), tuple(options))
        fields.close()
    outer.close()


def _read_options(group: Mapping[str, Node], decision: str, within: str, names: list[str], words: _Words) -> None:
    for name, node in group.items():
        fields = Fields(node, words.faults, f"the option {name!r}")
        if name in words.options:
            fields.fault(
                node.place, f"the option {name!r} is given twice", "one name must mean one option", "rename one of them"
            )

        def claims(what: str, fields: Fields = fields) -> bool:
            return fields.choice(what, ["yes", "no"], "it is one or the other", "no") == "yes"

        words.options[name] = Option(
            name, decision, fields.need_text("words", "the page names it"), within, claims("uses_lytic"), claims("removes_clot"),
            claims("needs_anticoagulation_after"), len(words.options),
        )  # fmt: skip
        names.append(name)
        _read_options(fields.group("covers"), decision, name, names, words)
        fields.close()


def _read_scale(document: Node, words: _Words) -> None:
    fields = Fields(document, words.faults, "a scale")
    why = "a grade is shown in its source's own words and read by one stated mapping"
    grades = {}
    for name, node in fields.group("grades").items():
        entry = Fields(node, words.faults, f"the grade {name!r}")
        stance = entry.choice("stance", [stance.value for stance in Stance], why)
        grades[name] = Grade(name, entry.need_text("words", why), Stance(stance))
        entry.close()
    name, title = fields.need_text("scale", why), fields.need_text("title", why)
    if name in words.scales:
        fields.fault(
            document.place,
            f"the scale {name!r} is given twice (first at {words.scales[name].place})",
            "one name must mean one scale",
            "rename one of them",
        )
    words.scales[name] = Scale(name, title, grades, _cited(fields, words, ()), document.place)
    fields.close()


def _cited(fields: Fields, words: _Words, inherited: tuple[Citation, ...]) -> tuple[Citation, ...]:
    """Read citations, or inherit them; nothing stands without one."""
    citations = read_citations(fields, words.sources) or inherited
    if not citations and fields.is_readable:
        fields.fault(
            fields.place,
            f"{fields.what} has no citation",
            "nothing is said here without its source and how it was verified",
            "add 'cite:' with source, at and mark",
        )
    return citations


def _condition(fields: Fields, name: str, words: _Words) -> Term | None:
    node = fields.get(name)
    if node is None:
        return None
    return parse(fields.as_text(node, name), node.place, words.lexicon, words.faults)


def _needed_condition(fields: Fields, name: str, words: _Words) -> Term:
    fields.need(name, "it says when this applies")
    return _condition(fields, name, words) or All(())


def _remarks(fields: Fields, name: str, words: _Words, inherited: tuple[Citation, ...]) -> tuple[Remark, ...]:
    remarks = []
    for node in fields.items(name):
        entry = Fields(node, words.faults, "a remark")
        remarks.append(Remark(entry.need_text("text", "a remark says something"), _cited(entry, words, inherited)))
        entry.close()
    return tuple(remarks)


def _named(fields: Fields, name: str, known: Mapping[str, object], what: str) -> str:
    text = fields.need_text(name, f"it must name {what}")
    if text and text not in known:
        otherwise = f"use one of: {', '.join(known)}" if known else "none is known yet: add it first"
        fields.fault(
            fields.named[name].place,
            f"{text!r} is not {what}",
            "it must be one that is known",
            nearest(text, known, otherwise),
        )
    return text


def _read_guideline(document: Node, words: _Words, files: Mapping[str, bytes]) -> Guideline:
    fields = Fields(document, words.faults, "the guideline")
    why = "a reader must know which document this is"
    scale = words.scales.get(_named(fields, "scale", words.scales, "a scale"))
    scale = scale or Scale("", "", {}, (), document.place)
    citations = _cited(fields, words, ())
    population, says_who, notes = _read_population(fields, words, citations)
    year = fields.need_text("year", why)
    if year and not (year.isdecimal() and len(year) == 4):
        fields.fault(fields.named["year"].place, f"the year {year!r} is not a year", why, "write four digits")
    rules = tuple(_read_rule(node, scale, words, citations) for node in fields.items("rules"))
    _refuse_doubles([(rule.id, rule.place) for rule in rules], words.faults)
    name = fields.need_text("guideline", why)
    guideline = Guideline(
        id=name,
        title=fields.need_text("title", why),
        publisher=fields.need_text("publisher", why),
        year=int(year) if year.isdecimal() and len(year) == 4 else 0,
        edition=fields.need_text("edition", why),
        supersedes=fields.text("supersedes"),
        decision=_named(fields, "decision", words.decisions, "a decision"),
        scale=scale,
        population=population,
        population_words=says_who,
        population_note=notes[0] if notes else None,
        citations=citations,
        rules=rules,
        notes=_remarks(fields, "notes", words, citations),
        reasons=_remarks(fields, "reasons", words, citations),
        overlaps=_read_overlaps(fields, rules, words, citations),
        coverage=_read_coverage(fields, words, citations),
        scenarios=read_scenarios(fields.items("scenarios"), name, words.lexicon.vocabulary, words.faults),
        content_hash=hashlib.sha256(files[document.place.file]).hexdigest(),
        place=document.place,
        conditions=(population, *(All((population, condition_of(rule))) for rule in rules)),
        landscape=None,
    )
    if not fields.items("rules") and fields.is_readable:
        fields.fault(document.place, "the guideline has no rules", "it would say nothing", "add 'rules:'")
    fields.close()
    return guideline


def _read_population(
    fields: Fields, words: _Words, citations: tuple[Citation, ...]
) -> tuple[Term, str, tuple[Remark, ...]]:
    node = fields.need("population", "it says for whom the guideline speaks")
    if node is None:
        return All(()), "", ()
    about = Fields(node, words.faults, "the population")
    population = _needed_condition(about, "when", words)
    notes = _remarks(about, "note", words, citations)
    says_who = about.need_text("words", "a reader must see for whom the guideline speaks")
    about.close()
    return population, says_who, notes


def _read_overlaps(
    fields: Fields, rules: tuple[Rule, ...], words: _Words, inherited: tuple[Citation, ...]
) -> tuple[Overlap, ...]:
    overlaps = []
    names = [rule.id for rule in rules]
    for node in fields.items("overlaps"):
        entry = Fields(node, words.faults, "an overlap")
        named = entry.texts("rules")
        for name in named:
            if name not in names:
                entry.fault(node.place, f"there is no rule {name!r} to overlap", "a declared overlap names rules",
                            nearest(name, names, f"the rules are: {', '.join(names)}"))  # fmt: skip
        why = entry.need_text("why", "a reader must see why the source says both")
        overlaps.append(Overlap(named, why, _cited(entry, words, inherited)))
        entry.close()
    return tuple(overlaps)


def _read_coverage(fields: Fields, words: _Words, inherited: tuple[Citation, ...]) -> Coverage | None:
    node = fields.get("coverage")
    if node is None:
        return None
    entry = Fields(node, words.faults, "the coverage")
    gaps = []
    for each in entry.items("gaps"):
        gap = Fields(each, words.faults, "a gap")
        when = _needed_condition(gap, "when", words)
        gaps.append(Gap(when, gap.need_text("why", "a reader must see what is missing"), _cited(gap, words, inherited)))
        gap.close()
    coverage = Coverage(
        entry.need_text("says", "a claim is read aloud"), _needed_condition(entry, "of", words), tuple(gaps)
    )
    entry.close()
    return coverage


def _read_claims(document: Node, guidelines: list[Guideline], sheets: list[Sheet], words: _Words) -> list[Claim]:
    outer = Fields(document, words.faults, "the file of claims")
    claims = []
    statements = {(sheet.id, each.id) for sheet in sheets for section in sheet.sections for each in section.statements}
    for name, node in outer.group("claims").items():
        fields = Fields(node, words.faults, f"the claim {name!r}")
        path = fields.text("shows")
        sheet, _, statement = path.partition("/")
        if path and (sheet, statement) not in statements:
            known = [f"{each}/{other}" for each, other in statements]
            fields.fault(node.place, f"there is no statement {path!r}", "a claim names what must be shown",
                         nearest(path, known, "write sheet/statement"))  # fmt: skip
        silences = "silences_all_but" in fields.named
        but = fields.texts("silences_all_but")
        for each in but:
            if each not in {guideline.id for guideline in guidelines}:
                fields.fault(node.place, f"there is no guideline {each!r}", "a claim names guidelines",
                             nearest(each, [guideline.id for guideline in guidelines], "`patency guideline list` lists them"))  # fmt: skip
        if not path and not silences:
            fields.fault(node.place, f"the claim {name!r} claims nothing", "there would be nothing to prove",
                         "add 'shows: sheet/statement' or 'silences_all_but: [...]'")  # fmt: skip
        says = fields.need_text("says", "a clinician must be able to read it")
        when = _needed_condition(fields, "if", words)
        claims.append(Claim(name, says, when, (sheet, statement) if path else None, silences, but, node.place))
        fields.close()
    outer.close()
    return claims


def _read_rule(node: Node, scale: Scale, words: _Words, inherited: tuple[Citation, ...]) -> Rule:
    fields = Fields(node, words.faults, "a rule")
    name = fields.need_text("id", "a trace and a proof name it")
    fields.what = f"the rule {name!r}" if name else "a rule"
    citations = _cited(fields, words, inherited)
    says = tuple(_read_saying(each, scale, words, citations) for each in fields.items("says"))
    if not says:
        fields.fault(
            node.place, f"{fields.what} says nothing of any option", "it would match in silence", "add 'says:'"
        )
    for at, saying in enumerate(says):
        if (saying.option, saying.over) in [(each.option, each.over) for each in says[:at]]:
            fields.fault(
                saying.place,
                f"{fields.what} speaks of {saying.option!r} twice",
                "a reader could not tell which it means",
                "leave one of them",
            )
    rule = Rule(
        id=name,
        title=fields.need_text("title", "a reader must see what kind of patient it is for"),
        when=_needed_condition(fields, "when", words),
        exclusions=_read_exclusions(fields, words),
        says=says,
        notes=_remarks(fields, "notes", words, citations),
        citations=citations,
        review=_read_review(fields),
        place=node.place,
    )
    fields.close()
    return rule


def _read_saying(node: Node, scale: Scale, words: _Words, inherited: tuple[Citation, ...]) -> Saying:
    fields = Fields(node, words.faults, "what is said of an option")
    option = _named(fields, "option", words.options, "an option")
    over = fields.text("over")
    if over and over not in words.options:
        _named(fields, "over", words.options, "an option")
    # Of a scale that is not known no grade is known either; that is said once, where the scale is named.
    named = _named(fields, "grade", scale.grades, f"a grade of {scale.title}") if scale.id else fields.text("grade")
    grade = scale.grades.get(named) or Grade("", "", Stance.SILENT)
    citations = _cited(fields, words, inherited)
    if grade.stance.supports and citations and not any(citation.mark.may_support for citation in citations):
        fields.fault(
            node.place,
            f"{option!r} is supported by what is {Mark.UNVERIFIED.value}",
            "a statement from memory may raise a caution, labelled as such; it may never support an option",
            "verify it and raise its mark, or take it out",
        )
    saying = Saying(option, grade, over, fields.text("note"), citations, node.place)
    fields.close()
    return saying


def _read_exclusions(fields: Fields, words: _Words) -> tuple[Exclusion, ...]:
    exclusions = []
    for name, node in fields.group("except").items():
        entry = Fields(node, words.faults, f"the exception {name!r}")
        when = _needed_condition(entry, "when", words)
        exclusions.append(
            Exclusion(name, when, entry.need_text("why", "a reader must see why"), _cited(entry, words, ()))
        )
        entry.close()
    return tuple(exclusions)


def _read_review(fields: Fields) -> Review | None:
    node = fields.need("reviewed", "a reader must see which clinician has checked it, or that nobody has")
    if node is None or node.value == "nobody":
        return None
    why = "a review says who, in what role, and when; or 'nobody'"
    if not isinstance(node.value, dict):
        found = repr(node.value) if isinstance(node.value, str) else node.kind
        fields.fault(
            node.place,
            f"the review is {found}",
            why,
            "write reviewed: nobody, or reviewed: {by: ..., role: ..., on: ...}",
        )
        return None
    entry = Fields(node, fields.faults, "the review")
    by, role, day = entry.need_text("by", why), entry.need_text("role", why), entry.need_text("on", why)
    entry.close()
    try:
        return Review(by, role, date.fromisoformat(day))
    except ValueError:
        if day:
            entry.fault(node.place, f"the day of review {day!r} is not a date", why, "write it as 2026-05-29")
        return None


def _read_sheet(document: Node, words: _Words) -> Sheet:
    fields = Fields(document, words.faults, "the sheet")
    name = fields.need_text("sheet", "a citation names it")
    kind = SheetKind(fields.choice("kind", [kind.value for kind in SheetKind], "the page lays sheets out by kind"))
    why = "the page names it"
    citations = read_citations(fields, words.sources)
    is_list = kind is SheetKind.CONTRAINDICATIONS
    about = fields.choice("about", _ABOUT, "a reader must see what it is a contraindication to", "" if is_list else "-")
    sections = tuple(_read_section(node, kind, words, citations) for node in fields.items("sections"))
    title = fields.need_text("title", why)
    sheet = Sheet(
        name, kind, title, fields.text("short") or title, about if is_list else "", _condition(fields, "when", words),
        _condition(fields, "unless", words), citations, sections, document.place,
    )  # fmt: skip
    _refuse_doubles([(each.id, each.place) for section in sections for each in section.statements], words.faults)
    fields.close()
    return sheet


def _read_section(node: Node, kind: SheetKind, words: _Words, inherited: tuple[Citation, ...]) -> Section:
    fields = Fields(node, words.faults, "a section")
    is_list = kind is SheetKind.CONTRAINDICATIONS
    strength = fields.choice("strength", _STRENGTHS, "absolute and relative are shown apart", "" if is_list else "-")
    citations = read_citations(fields, words.sources) or inherited
    section = Section(
        fields.need_text("id", "a citation names it"),
        fields.need_text("title", "the page heads it so"),
        strength if is_list else "",
        _condition(fields, "when", words),
        tuple(_read_statement(each, kind, words, citations) for each in fields.items("statements")),
    )
    fields.close()
    return section


def _read_statement(node: Node, kind: SheetKind, words: _Words, inherited: tuple[Citation, ...]) -> Statement:
    fields = Fields(node, words.faults, "a statement")
    name = fields.need_text("id", "a citation names it")
    fields.what = f"the statement {name!r}" if name else "a statement"
    if kind in (SheetKind.CONTRAINDICATIONS, SheetKind.ALERT):
        fields.need("when", "it is shown as present, absent or not known")
    citations = _cited(fields, words, inherited)
    option, aspect = fields.text("option"), fields.text("aspect")
    if aspect and kind is SheetKind.ALERT:
        fields.choice("aspect", [WATCH], "an alert is an alarm, or says what to watch for")
    if kind is SheetKind.TRADE_OFF:
        option = _named(fields, "option", words.options, "an option")
        aspect = fields.choice("aspect", _ASPECTS, "gains, harms and preferences are weighed apart")
    elif option and option not in words.options:
        _named(fields, "option", words.options, "an option")
    statement = Statement(
        name, fields.need_text("text", "a statement is its text"), _condition(fields, "when", words), citations,
        _remarks(fields, "but", words, ()), fields.text("flag"), option, aspect,
        fields.choice("key", ["yes", "no"], "it stands on the short page, or not", "no") == "yes", node.place,
    )  # fmt: skip
    fields.close()
    return statement


def _read_page(documents: list[Node], faults: list[Fault]) -> PageWords:
    use, headings, about = "", {}, {}
    for document in documents:
        fields = Fields(document, faults, "the file of page words")
        use = fields.need_text("intended_use", "a reader must see what the page is for")
        headings = _read_names(fields, "headings", [kind.value for kind in SheetKind], "the page heads its parts so")
        about = _read_names(fields, "about", _ABOUT, "the page heads its lists so")
        fields.close()
    return PageWords(use, headings, about)


def _read_names(fields: Fields, group: str, names: Iterable[str], why: str) -> dict[str, str]:
    node = fields.need(group, why)
    if node is None:
        return {}
    given = Fields(node, fields.faults, f"the group {group!r}")
    texts = {name: given.need_text(name, why) for name in names}
    given.close()
    return texts


def _with_landscapes(guidelines: list[Guideline], lexicon: Lexicon) -> dict[str, Guideline]:
    superseded = {guideline.supersedes: guideline.id for guideline in guidelines if guideline.supersedes}
    # Current guidelines share their cells, so that one answer means the same to each of them.
    current = [term for guideline in guidelines if guideline.id not in superseded for term in guideline.conditions]
    drawn = {}
    given_up = 0
    for guideline in guidelines:
        landscape = None
        if given_up < MOST_GIVEN_UP:
            landscape = draw(guideline.conditions, lexicon, () if guideline.id in superseded else current)
        given_up += landscape is None
        drawn[guideline.id] = guideline._replace(landscape=landscape, superseded_by=superseded.get(guideline.id, ""))
    return drawn
