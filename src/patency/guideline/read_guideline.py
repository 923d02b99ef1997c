"""From one guideline file to a Guideline: population, rules, exceptions, reviews, coverage, overlaps."""

from datetime import date

from patency.document import Fields, Node
from patency.fault import nearest
from patency.guideline.model import (
    Coverage,
    Exclusion,
    Gap,
    Grade,
    Guideline,
    Overlap,
    Reason,
    Review,
    Rule,
    Saying,
    Scale,
    Stance,
    condition_of,
)
from patency.guideline.reading import Words, cited, known_name, needed_condition, refuse_doubles
from patency.guideline.scenario import read_scenarios
from patency.language.terms import All, Term
from patency.packed import Packed
from patency.source import Citation, Mark, Remark, read_remarks
from patency.vocabulary import refuse_odd_name


def read_guideline(document: Node, words: Words, content_hash: str) -> Guideline:
    """Read one guideline file."""
    fields = Fields(document, words.faults, "the guideline")
    why = "a reader must know which document this is"
    scale = words.scales.get(known_name(fields, "scale", words.scales, "a scale"))
    scale = scale or Scale("", "", {}, (), document.place)
    citations = cited(fields, words, ())
    population, says_who, notes = _read_population(fields, words, citations)
    year = fields.need_text("year", why)
    if year and not (year.isdecimal() and len(year) == 4):
        fields.fault(fields.named["year"].place, f"the year {year!r} is not a year", why, "write four digits")
    rules = tuple(_read_rule(node, scale, words, citations) for node in fields.items("rules"))
    refuse_doubles([(rule.id, rule.place) for rule in rules], words.faults)
    name = fields.need_text("guideline", why)
    decision = known_name(fields, "decision", words.decisions, "a decision")
    if name:
        refuse_odd_name(name, fields.named["guideline"].place, words.faults, "its published page bears this name")
    guideline = Guideline(
        id=name,
        title=fields.need_text("title", why),
        publisher=fields.need_text("publisher", why),
        year=int(year) if year.isdecimal() and len(year) == 4 else 0,
        edition=fields.need_text("edition", why),
        supersedes=fields.text("supersedes"),
        decision=decision,
        scale=scale,
        population=population,
        population_words=says_who,
        population_note=notes[0] if notes else None,
        citations=citations,
        rules=rules,
        notes=read_remarks(fields, "notes", words.sources, citations),
        reasons=_read_reasons(fields, decision, rules, words, citations),
        overlaps=_read_overlaps(fields, rules, words, citations),
        coverage=_read_coverage(fields, words, citations),
        scenarios=Packed(read_scenarios(fields.items("scenarios"), name, words.lexicon.vocabulary, words.faults)),
        content_hash=content_hash,
        place=document.place,
        is_local=words.is_local(document.place),
        conditions=tuple(condition_of(rule) for rule in rules),
    )
    if not fields.items("rules") and fields.is_readable:
        fields.fault(document.place, "the guideline has no rules", "it would say nothing", "add 'rules:'")
    fields.close()
    return guideline


def _read_population(
    fields: Fields, words: Words, citations: tuple[Citation, ...]
) -> tuple[Term, str, tuple[Remark, ...]]:
    node = fields.need("population", "it says for whom the guideline speaks")
    if node is None:
        return All(()), "", ()
    about = Fields(node, words.faults, "the population")
    population = needed_condition(about, "when", words)
    notes = read_remarks(about, "note", words.sources, citations)
    if len(notes) > 1:
        about.fault(node.place, "the population has more than one note", "the page has room for one, and the others would be lost",
                    "make one of them, or write the others under 'notes'")  # fmt: skip
    says_who = about.need_text("words", "a reader must see for whom the guideline speaks")
    about.close()
    return population, says_who, notes


def _read_reasons(
    fields: Fields, decision: str, rules: tuple[Rule, ...], words: Words, inherited: tuple[Citation, ...]
) -> tuple[Reason, ...]:
    """Read why the guideline stands where it stands: on its main decision, and for all its rules, where a reason names no other."""
    reasons = []
    for node in fields.items("reasons"):
        entry = Fields(node, words.faults, "a reason")
        other = known_name(entry, "decision", words.decisions, "a decision") if "decision" in entry.named else ""
        text = entry.need_text("text", "a reason says something")
        named = _rules_named(entry, rules, "to be a reason for", "a reason that names rules stands beside them alone")
        reasons.append(Reason(text, cited(entry, words, inherited), other or decision, named))
        entry.close()
    return tuple(reasons)


def _read_overlaps(
    fields: Fields, rules: tuple[Rule, ...], words: Words, inherited: tuple[Citation, ...]
) -> tuple[Overlap, ...]:
    overlaps = []
    for node in fields.items("overlaps"):
        entry = Fields(node, words.faults, "an overlap")
        named = _rules_named(entry, rules, "to overlap", "a declared overlap names rules")
        why = entry.need_text("why", "a reader must see why the source says both")
        overlaps.append(Overlap(named, why, cited(entry, words, inherited)))
        entry.close()
    return tuple(overlaps)


def _rules_named(entry: Fields, rules: tuple[Rule, ...], what_for: str, why: str) -> tuple[str, ...]:
    """Return the rules that an entry names; note those that are none."""
    names = [rule.id for rule in rules]
    named = entry.texts("rules")
    for name in named:
        if name not in names:
            entry.fault(entry.node.place, f"there is no rule {name!r} {what_for}", why,
                        nearest(name, names, f"the rules are: {', '.join(names)}"))  # fmt: skip
    return named


def _read_coverage(fields: Fields, words: Words, inherited: tuple[Citation, ...]) -> Coverage | None:
    node = fields.get("coverage")
    if node is None:
        return None
    entry = Fields(node, words.faults, "the coverage")
    gaps = []
    for each in entry.items("gaps"):
        gap = Fields(each, words.faults, "a gap")
        when = needed_condition(gap, "when", words)
        gaps.append(Gap(when, gap.need_text("why", "a reader must see what is missing"), cited(gap, words, inherited)))
        gap.close()
    coverage = Coverage(
        entry.need_text("says", "a claim is read aloud"), needed_condition(entry, "of", words), tuple(gaps)
    )
    entry.close()
    return coverage


def _read_rule(node: Node, scale: Scale, words: Words, inherited: tuple[Citation, ...]) -> Rule:
    fields = Fields(node, words.faults, "a rule")
    name = fields.need_text("id", "a trace and a proof name it")
    fields.what = f"the rule {name!r}" if name else "a rule"
    citations = cited(fields, words, inherited)
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
        when=needed_condition(fields, "when", words),
        exclusions=_read_exclusions(fields, words),
        says=says,
        notes=read_remarks(fields, "notes", words.sources, citations),
        citations=citations,
        review=_read_review(fields),
        place=node.place,
    )
    fields.close()
    return rule


def _read_saying(node: Node, scale: Scale, words: Words, inherited: tuple[Citation, ...]) -> Saying:
    fields = Fields(node, words.faults, "what is said of an option")
    option = known_name(fields, "option", words.options, "an option")
    over = fields.text("over")
    if over and over not in words.options:
        known_name(fields, "over", words.options, "an option")
    # Of a scale that is not known no grade is known either; that is said once, where the scale is named.
    named = known_name(fields, "grade", scale.grades, f"a grade of {scale.title}") if scale.id else fields.text("grade")
    grade = scale.grades.get(named) or Grade("", "", Stance.SILENT)
    citations = cited(fields, words, inherited)
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


def _read_exclusions(fields: Fields, words: Words) -> tuple[Exclusion, ...]:
    exclusions = []
    for name, node in fields.group("except").items():
        entry = Fields(node, words.faults, f"the exception {name!r}")
        when = needed_condition(entry, "when", words)
        exclusions.append(
            Exclusion(name, when, entry.need_text("why", "a reader must see why"), cited(entry, words, ()))
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
