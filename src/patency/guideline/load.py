"""From content files to a Library, or every Fault in them at once.

Sources and vocabulary are read first, then decisions and scales, then guidelines and sheets, so
that whatever is mentioned is known by the time it is mentioned. A statement without a citation is
a Fault, and so is an opinion in favour of an option that rests on memory alone.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from patency.document import Fields, Node, readable
from patency.fault import Fault, Faults, Place, Refused, nearest
from patency.guideline.files import NO_LOCAL, Local, hash_of
from patency.guideline.model import (
    Decision,
    Grade,
    Guideline,
    Library,
    Option,
    PageWords,
    Part,
    Scale,
    SheetKind,
    Stance,
)  # fmt: skip
from patency.guideline.read_claims import read_claims
from patency.guideline.read_guideline import read_guideline
from patency.guideline.read_sheet import ABOUT, read_sheet
from patency.guideline.read_studies import read_studies
from patency.guideline.reading import Words, cited, refuse_doubles
from patency.guideline.scenario import read_patients
from patency.language.define import build_lexicon
from patency.language.draw import Cut, draw, draw_lawful, touching
from patency.language.landscape import Landscape
from patency.language.lexicon import Lexicon, Policy
from patency.language.terms import Compare, Term, walk
from patency.practice.copies import refuse_copies
from patency.practice.published import Published
from patency.practice.read_published import Known, places, read_published
from patency.source import Source, read_source
from patency.vocabulary import read_vocabulary, refuse_odd_name

MOST_GIVEN_UP = 2  # landscapes; each takes seconds before it is given up, and a stranger may bring a thousand
_FOLDERS = (
    "sources", "vocabulary", "policies", "decisions", "grades", "guidelines", "sheets", "claims", "practice", "patients", "page",
    "studies", "study-terms", "audits",
)  # fmt: skip
# A site sets policies by name, and the page says what Patency is for; a site's own figures are those of its registry.
_PATENCYS_OWN = ("policies", "patients", "page", "studies", "study-terms", "audits")


def read_library(
    files: Mapping[str, bytes], settings: Mapping[str, float] | None = None, local: Local = NO_LOCAL
) -> Library:
    """Read a whole library from its files; refuse it with every Fault found.

    `settings` are the policies that a site sets, by name; `local` is a site's own content beside the rest.
    """
    faults: list[Fault] = Faults()
    documents = _documents(files, "", faults) + _documents(local.files, f"{local.directory}/", faults)
    sources = _read_sources(_under("sources", documents), faults)
    vocabulary = read_vocabulary(_under("vocabulary", documents), sources, faults)
    policies = _read_policies(_under("policies", documents), settings or {}, faults)
    lexicon = build_lexicon(vocabulary, policies, faults)
    words = Words(sources, lexicon, {}, {}, {}, faults, f"{local.directory}/" if local.files else "")
    for document in _under("decisions", documents):
        _read_decisions(document, words)
    for document in _under("grades", documents):
        _read_scale(document, words)
    guidelines = [
        read_guideline(each.node, words, hash_of({"": each.content}))
        for each in documents
        if each.folder == "guidelines"
    ]
    sheets = [read_sheet(document, words) for document in _under("sheets", documents)]
    refuse_doubles([(each.id, each.place) for each in guidelines] + [(each.id, each.place) for each in sheets], faults)
    _refuse_circles(guidelines, faults)
    _refuse_overreach(guidelines, words)
    claims = [
        claim for document in _under("claims", documents) for claim in read_claims(document, guidelines, sheets, words)
    ]
    practice = _read_practice(_under("practice", documents), words)
    patients = read_patients(_under("patients", documents), vocabulary, faults)
    page = _read_page(_under("page", documents), faults)
    terms, audits = _under("study-terms", documents), _under("audits", documents)
    studies = read_studies(terms, _under("studies", documents), audits, words)
    if faults:
        raise Refused(faults)
    drawn, lawful = _drawn(guidelines, words)
    return Library(
        sources,
        lexicon,
        words.decisions,
        words.options,
        drawn,
        tuple(sheets),
        tuple(claims),
        page,
        lawful,
        hash_of({**files, **{f"{local.directory}/{name}": content for name, content in local.files.items()}}),
        patients,
        practice,
        studies,
    )


class _Document(NamedTuple):
    """A content file, read as far as its names and values."""

    folder: str
    content: bytes
    node: Node


def _documents(files: Mapping[str, bytes], directory: str, faults: list[Fault]) -> list[_Document]:
    """Read content files; those below a site's directory are shown by their whole names, and may not be of every kind."""
    folders = [folder for folder in _FOLDERS if not directory or folder not in _PATENCYS_OWN]
    documents = []
    for name, content in files.items():
        folder = name.partition("/")[0].removesuffix(".yaml")
        if folder not in folders:
            faults.append(
                Fault(
                    Place(directory + name),
                    "no content stands in a place of this name",
                    "a file that is not read would be lost in silence",
                    nearest(folder, folders, f"the places are: {', '.join(folders)}"),
                )
            )
            folder = ""
        node = readable(content, directory + name, faults)
        if node is not None:
            documents.append(_Document(folder, content, node))
    return documents


def _under(folder: str, documents: Iterable[_Document]) -> list[Node]:
    return [document.node for document in documents if document.folder == folder]


def _refuse_overreach(guidelines: Iterable[Guideline], words: Words) -> None:
    """Note where a site's own content would change what Patency's says."""
    own = {guideline.id for guideline in guidelines if guideline.is_local}
    for guideline in guidelines:
        if guideline.is_local and guideline.supersedes and guideline.supersedes not in own:
            words.faults.append(
                Fault(
                    guideline.place,
                    f"a site's own {guideline.id!r} supersedes {guideline.supersedes!r}",
                    "a local protocol stands beside the published guidelines and takes none off the page",
                    "leave 'supersedes' out, or name an older edition of your own",
                )
            )
    for constraint in words.lexicon.vocabulary.constraints.values():
        if words.is_local(constraint.place):
            words.faults.append(
                Fault(
                    constraint.place,
                    f"a site's own constraint {constraint.name!r} would bind every patient",
                    "it would silently change what the published guidelines are read to say",
                    "write it as a condition of your own rules",
                )
            )


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
            policies.setdefault(name, Policy(name, number, unit, says, fields.need_text("why", why), node.place))
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


def _read_decisions(document: Node, words: Words) -> None:
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
        words.decisions.setdefault(name, Decision(name, fields.need_text("asks", why), tuple(options)))
        fields.close()
    outer.close()


def _read_options(group: Mapping[str, Node], decision: str, within: str, names: list[str], words: Words) -> None:
    for name, node in group.items():
        fields = Fields(node, words.faults, f"the option {name!r}")
        if name in words.options:
            fields.fault(
                node.place, f"the option {name!r} is given twice", "one name must mean one option", "rename one of them"
            )

        def claims(what: str, fields: Fields = fields) -> bool:
            return fields.choice(what, ["yes", "no"], "it is one or the other", "no") == "yes"

        words.options.setdefault(name, Option(
            name, decision, fields.need_text("words", "the page names it"), within, claims("uses_lytic"), claims("removes_clot"),
            claims("needs_anticoagulation_after"), len(words.options),
        ))  # fmt: skip
        names.append(name)
        _read_options(fields.group("covers"), decision, name, names, words)
        fields.close()


def _read_scale(document: Node, words: Words) -> None:
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
    words.scales.setdefault(name, Scale(name, title, grades, cited(fields, words, ()), document.place))
    fields.close()


def _read_practice(documents: list[Node], words: Words) -> tuple[Published, ...]:
    """Read what was published of what peers do, the latest first, and what has no results yet last."""
    options = {name: decision.options for name, decision in words.decisions.items()}
    known = Known(words.sources, words.lexicon, options, words.faults)
    surveys = [read_published(document, known, words.is_local(document.place)) for document in documents]
    refuse_doubles(places(surveys), words.faults)
    refuse_copies(surveys, words.faults)
    return tuple(sorted(surveys, key=lambda survey: (not survey.questions, -survey.year, survey.id)))


def _read_page(documents: list[Node], faults: list[Fault]) -> PageWords:
    use, headings, about = "", {}, {}
    for document in documents:
        fields = Fields(document, faults, "the file of page words")
        use = fields.need_text("intended_use", "a reader must see what the page is for")
        headings = _read_names(fields, "headings", [kind.value for kind in SheetKind], "the page heads its parts so")
        about = _read_names(fields, "about", ABOUT, "the page heads its lists so")
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


def _drawn(guidelines: list[Guideline], words: Words) -> tuple[dict[str, Guideline], tuple[Landscape, ...]]:
    """Draw what each guideline says on each decision, and the patients that the laws allow."""
    superseded = {guideline.supersedes: guideline.id for guideline in guidelines if guideline.supersedes}
    # Current guidelines share their cells, so that one answer means the same to each of them.
    current = Cut((term for each in guidelines if each.id not in superseded for term in _terms(each)), words.lexicon)
    drawn = {}
    given_up = 0
    for guideline in guidelines:
        cut = Cut(_terms(guideline), words.lexicon) if guideline.id in superseded else current
        spoken = _by_decision(guideline, words)
        in_scope = guideline.in_scope
        wanted: list[list[Term]] = [[guideline.population]]
        wanted += [[in_scope[at] for at in places] for places in spoken.values()]
        landscapes: list[Landscape | None] = []
        for terms in wanted:
            landscapes.append(draw(terms, words.lexicon, cut) if given_up < MOST_GIVEN_UP else None)
            given_up += landscapes[-1] is None
        drawn[guideline.id] = guideline._replace(
            scope=landscapes[0],
            parts=tuple(
                Part(*spoken, landscape) for spoken, landscape in zip(spoken.items(), landscapes[1:], strict=True)
            ),
            clocks=_clocks(_terms(guideline), words.lexicon),
            superseded_by=superseded.get(guideline.id, ""),
        )
    return drawn, draw_lawful(words.lexicon, current)


def _terms(guideline: Guideline) -> tuple[Term, ...]:
    return (guideline.population, *guideline.conditions)


def _by_decision(guideline: Guideline, words: Words) -> dict[str, tuple[int, ...]]:
    """Find, for each decision in the order of the file, the places of the rules that speak on it."""
    spoken: dict[str, dict[int, None]] = {}
    for at, rule in enumerate(guideline.rules):
        for saying in rule.says:
            spoken.setdefault(words.options[saying.option].decision, {}).setdefault(at)
    return {decision: tuple(spoken[decision]) for decision in words.decisions if decision in spoken}


def _clocks(terms: Sequence[Term], lexicon: Lexicon) -> tuple[Compare, ...]:
    """List the comparisons with time in some terms and in the laws and definitions that touch them.

    A law or an assertion may turn with time as well: who is said to be acute cannot be so on day 14.
    """
    clocks: dict[tuple[str, float], Compare] = {}
    for term in (*terms, *touching(terms, lexicon)):
        for atom in walk(term):
            if isinstance(atom, Compare) and atom.is_days_since:
                clocks.setdefault((atom.concept, atom.bound), atom)
    return tuple(clocks.values())
