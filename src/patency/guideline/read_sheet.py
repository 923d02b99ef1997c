"""From one sheet file to a Sheet."""

from patency.document import Fields, Node
from patency.guideline.model import (
    WATCH,
    Section,
    Sheet,
    SheetKind,
    Statement,
)  # fmt: skip
from patency.guideline.reading import (
    Words,
    cited,
    condition,
    known_name,
    refuse_doubles,
)
from patency.source import Citation, read_citations, read_remarks
from patency.vocabulary import refuse_odd_name

ABOUT = ("lysis", "anticoagulation", "anticoagulation-after", "stent")
_STRENGTHS = ("absolute", "relative", "trial-exclusion", "uncertain")
_ASPECTS = ("gain", "harm", "preference", "caveat")


def read_sheet(document: Node, words: Words) -> Sheet:
    """Read one sheet file."""
    fields = Fields(document, words.faults, "the sheet")
    name = fields.need_text("sheet", "a citation names it")
    if name:
        refuse_odd_name(name, fields.named["sheet"].place, words.faults, "its published page bears this name")
    kind = SheetKind(fields.choice("kind", [kind.value for kind in SheetKind], "the page lays sheets out by kind"))
    why = "the page names it"
    citations = read_citations(fields, words.sources)
    is_list = kind is SheetKind.CONTRAINDICATIONS
    about = fields.choice("about", ABOUT, "a reader must see what it is a contraindication to", "" if is_list else "-")
    sections = tuple(_read_section(node, kind, words, citations) for node in fields.items("sections"))
    title = fields.need_text("title", why)
    local = words.label(document.place)
    sheet = Sheet(
        name, kind, f"{title}{local}", f"{fields.text('short') or title}{local}", about if is_list else "",
        condition(fields, "when", words), condition(fields, "unless", words), citations, sections, document.place,
    )  # fmt: skip
    refuse_doubles([(each.id, each.place) for section in sections for each in section.statements], words.faults)
    fields.close()
    return sheet


def _read_section(node: Node, kind: SheetKind, words: Words, inherited: tuple[Citation, ...]) -> Section:
    fields = Fields(node, words.faults, "a section")
    is_list = kind is SheetKind.CONTRAINDICATIONS
    strength = fields.choice("strength", _STRENGTHS, "absolute and relative are shown apart", "" if is_list else "-")
    citations = read_citations(fields, words.sources) or inherited
    section = Section(
        fields.need_text("id", "a citation names it"),
        fields.need_text("title", "the page heads it so"),
        strength if is_list else "",
        condition(fields, "when", words),
        tuple(_read_statement(each, kind, words, citations) for each in fields.items("statements")),
    )
    fields.close()
    return section


def _read_statement(node: Node, kind: SheetKind, words: Words, inherited: tuple[Citation, ...]) -> Statement:
    fields = Fields(node, words.faults, "a statement")
    name = fields.need_text("id", "a citation names it")
    fields.what = f"the statement {name!r}" if name else "a statement"
    if kind in (SheetKind.CONTRAINDICATIONS, SheetKind.ALERT):
        fields.need("when", "it is shown as present, absent or not known")
    citations = cited(fields, words, inherited)
    option, aspect = fields.text("option"), fields.text("aspect")
    if aspect and kind is SheetKind.ALERT:
        fields.choice("aspect", [WATCH], "an alert is an alarm, or says what to watch for")
    if kind is SheetKind.TRADE_OFF:
        option = known_name(fields, "option", words.options, "an option")
        aspect = fields.choice("aspect", _ASPECTS, "gains, harms and preferences are weighed apart")
    elif option and option not in words.options:
        known_name(fields, "option", words.options, "an option")
    statement = Statement(
        name, fields.need_text("text", "a statement is its text") + words.label(node.place), condition(fields, "when", words), citations,
        read_remarks(fields, "but", words.sources, ()), fields.text("flag"), option, aspect,
        fields.choice("key", ["yes", "no"], "it stands on the short page, or not", "no") == "yes", node.place,
    )  # fmt: skip
    fields.close()
    return statement
