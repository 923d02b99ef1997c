"""From the file of claims to Claims: what must always be true of the library."""

from collections.abc import Sequence

from patency.document import Fields, Node
from patency.fault import nearest
from patency.guideline.model import Claim, Guideline, Sheet
from patency.guideline.reading import Words, needed_condition
from patency.language.terms import All
from patency.source import Mark

_KINDS = {
    "uses_lytic": lambda option: option.uses_lytic,
    "removes_clot": lambda option: option.removes_clot,
    "needs_anticoagulation_after": lambda option: option.needs_anticoagulation_after,
}
_CLAIMS = ("shows", "never_favoured", "silences_all_but", "favour_rests_on")


def read_claims(document: Node, guidelines: Sequence[Guideline], sheets: Sequence[Sheet], words: Words) -> list[Claim]:
    """Read the claims that must hold of the whole library."""
    outer = Fields(document, words.faults, "the file of claims")
    claims: list[Claim] = []
    for name, node in outer.group("claims").items():
        if isinstance(node.value, dict) and "each" in node.value:
            claims += _read_series(name, node, sheets, words)
        else:
            claims.append(_read_claim(name, node, guidelines, sheets, words))
    outer.close()
    return claims


def _read_series(name: str, node: Node, sheets: Sequence[Sheet], words: Words) -> list[Claim]:
    """Read one sentence that is claimed of one statement after another."""
    fields = Fields(node, words.faults, f"the claim {name!r}")
    says = fields.need_text("says", "a clinician must be able to read it")
    claims = []
    for each in fields.items("each"):
        entry = Fields(each, words.faults, f"an entry of the claim {name!r}")
        when = needed_condition(entry, "if", words)
        entry.need("shows", "it says what must be on the page")
        shows = _statements(entry, sheets)
        of = ", ".join(statement for _, statement in shows)
        claims.append(Claim(name, says, when, each.place, shows, of=of))
        entry.close()
    fields.close()
    return claims


def _read_claim(name: str, node: Node, guidelines: Sequence[Guideline], sheets: Sequence[Sheet], words: Words) -> Claim:
    fields = Fields(node, words.faults, f"the claim {name!r}")
    if not any(each in fields.named for each in _CLAIMS):
        fields.fault(node.place, f"the claim {name!r} claims nothing", "there would be nothing to prove",
                     f"add one of {', '.join(_CLAIMS)}")  # fmt: skip
    rests_on = _marks(fields)
    known = [guideline.id for guideline in guidelines]
    claim = Claim(
        name,
        fields.need_text("says", "a clinician must be able to read it"),
        All(()) if rests_on else needed_condition(fields, "if", words),
        node.place,
        _statements(fields, sheets),
        _options(fields, "where_favoured", words),
        _options(fields, "never_favoured", words),
        "silences_all_but" in fields.named,
        tuple(_known(fields, fields.texts("silences_all_but"), known, "guideline")),
        rests_on,
    )
    fields.close()
    return claim


def _known(fields: Fields, names: Sequence[str], known: Sequence[str], what: str) -> Sequence[str]:
    for name in names:
        if name not in known:
            fields.fault(fields.place, f"there is no {what} {name!r}", "a claim names what is there, so that it can be proved",
                         nearest(name, known, f"it is one of {', '.join(list(known)[:20])}"))  # fmt: skip
    return names


def _statements(fields: Fields, sheets: Sequence[Sheet]) -> tuple[tuple[str, str], ...]:
    known = [f"{sheet.id}/{each.id}" for sheet in sheets for section in sheet.sections for each in section.statements]
    paths = _known(fields, fields.texts("shows"), known, "statement")
    return tuple((sheet, statement) for sheet, _, statement in (path.partition("/") for path in paths))


def _options(fields: Fields, name: str, words: Words) -> frozenset[str]:
    """Read options by name, or all of a kind, such as those that use a lytic."""
    named = _known(fields, fields.texts(name), [*_KINDS, *words.options], "option, or kind of option,")
    return frozenset(
        option.id
        for each in named
        for option in words.options.values()
        if option.id == each or (each in _KINDS and _KINDS[each](option))
    )


def _marks(fields: Fields) -> frozenset[Mark]:
    named = _known(fields, fields.texts("favour_rests_on"), [mark.value for mark in Mark], "mark")
    return frozenset(mark for mark in Mark if mark.value in named)
