"""From the files of quality rules to Rules, or every Fault in them at once.

In: YAML files of content/registry/quality, the forms of all kinds of record, and the sources that may be cited. Out: each
rule by its name, with the examples that it was tried on.

A rule without a citation, without an example that fires it, or without one that does not, is refused: what nobody tried
cannot be trusted, and a rule that never fires or always does would still look like a check.

Not here: whether the examples come out so (try_rules.py).
"""

from collections.abc import Mapping
from pathlib import Path

from patency.document import Fields, Node, readable
from patency.fault import Fault, Faults, Place, Refused
from patency.guideline.files import CONTENT, folder_files
from patency.registry.forms import Forms
from patency.registry.kinds import KINDS, lineage
from patency.registry.quality.read_measures import Measures
from patency.registry.quality.read_written import read_patient
from patency.registry.quality.rule import Example, Rule, Sort, Written
from patency.source import Citation, Source, read_citations, read_cited
from patency.vocabulary import refuse_odd_name

QUALITY = "registry/quality"
FIRES = ("yes", "no", "unknown")


def read_rules(sources: Mapping[str, Source], forms: Forms, directory: Path = CONTENT) -> dict[str, Rule]:
    """Read the quality rules of a content directory, or refuse them with every Fault found."""
    files = folder_files(directory, QUALITY)
    if not files:
        raise Refused([Fault(Place(str(directory / QUALITY)), "there are no quality rules here", "nothing could be checked",
                             "name a content directory, or add a file of rules")])  # fmt: skip
    return rules_of(files, sources, forms)


def rules_of(files: Mapping[str, bytes], sources: Mapping[str, Source], forms: Forms) -> dict[str, Rule]:
    """Read files of quality rules, or refuse them with every Fault found."""
    faults: list[Fault] = Faults()
    rules: dict[str, Rule] = {}
    for name, content in files.items():
        node = readable(content, name, faults)
        for rule in _read_file(node, dict(sources), forms, faults) if node else ():
            if rule.name in rules:
                faults.append(Fault(rule.place, f"the rule {rule.name!r} is given twice (first at {rules[rule.name].place})",
                                    "a query names its rule", "rename one of them"))  # fmt: skip
            rules.setdefault(rule.name, rule)
    if faults:
        raise Refused(faults)
    return rules


def _read_file(node: Node, sources: dict[str, Source], forms: Forms, faults: list[Fault]) -> list[Rule]:
    fields = Fields(node, faults, "the file of rules")
    fields.need_text("rules_of", "a list of rules has a name")
    fields.text("about")
    inherited = read_citations(fields, sources)
    measures = Measures(fields.group("measures"), forms, faults)
    fields.need("rules", "a file of rules has some")
    found = [
        _read_rule(name, each, sources, inherited, measures, faults) for name, each in fields.group("rules").items()
    ]
    for name, draft in measures.drafts.items():
        if name not in measures.used:
            faults.append(Fault(draft.node.place, f"no rule uses the measure {name!r}", "one that is not used may be a slip",
                                "mention it in a rule, or remove it"))  # fmt: skip
    fields.close()
    return [rule for rule in found if rule is not None]


def _read_rule(
    name: str,
    node: Node,
    sources: dict[str, Source],
    inherited: tuple[Citation, ...],
    measures: Measures,
    faults: list[Fault],
) -> Rule | None:
    fields = Fields(node, faults, f"the rule {name!r}")
    refuse_odd_name(name, node.place, faults, "a query names its rule")
    kinds = [kind for kind in measures.forms.of if "patient" in lineage(kind) and kind != "query"]
    kind = fields.choice("of", kinds, "a rule is of one kind of record")
    sort = Sort(
        fields.choice("kind", [sort.value for sort in Sort], "a reader must see how sure it is that something is wrong")
    )
    text = fields.need_text("when", "a rule says when it fires")
    says = fields.need_text("says", "whoever is asked must see what is wrong")
    fix = fields.need_text("fix", "whoever is asked must see what to do")
    citations = read_cited(fields, sources, inherited)
    is_readable = bool(text) and kind in fields.text("of")
    condition = measures.condition(kind, text, fields.named["when"].place) if is_readable else None
    examples = tuple(_read_example(name, kind, each, measures.forms, faults) for each in fields.items("examples"))
    for wanted, what in (("yes", "fires it"), ("no", "does not")):
        if fields.is_readable and all(example.fires != wanted for example in examples):
            fields.fault(node.place, f"{fields.what} has no example that {what}", "what nobody tried cannot be trusted",
                         f"add one with 'fires: {wanted}'")  # fmt: skip
    fields.close()
    return None if condition is None else Rule(name, kind, sort, condition, says, fix, citations, examples, node.place)


def _read_example(name: str, kind: str, node: Node, forms: Forms, faults: list[Fault]) -> Example:
    fields = Fields(node, faults, f"an example of {name!r}")
    fires = fields.choice("fires", FIRES, "an example says whether the rule fires")
    fields.known |= set(fields.named)  # all that is left is the patient's
    rest = {each: value for each, value in fields.named.items() if each != "fires"}
    patient = read_patient(node._replace(value=rest), forms, faults)
    if fields.is_readable and not any(each.kind == kind for each in _all(patient)):
        fields.fault(node.place, f"{fields.what} has no {KINDS[kind].words}", "the rule is of one",
                     f"add '{kind}:' with what it says")  # fmt: skip
    fields.close()
    return Example(patient, fires, node.place)


def _all(written: Written) -> list[Written]:
    return [written, *(each for below in written.below for each in _all(below))]
