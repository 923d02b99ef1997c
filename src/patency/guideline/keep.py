"""A counterexample kept as a scenario: put at the end of its guideline's own file, as text.

Nothing else of the file is touched, so that its comments and its layout stay. What the scenario expects
is what the rules say today; the clinician corrects that, and mends the rules until it is met.
"""

import re

from patency.case import Case
from patency.casefile import case_file, read_case
from patency.document import Node, read_document
from patency.fault import Fault, Refused
from patency.guideline.advise import Reading, advise
from patency.guideline.model import Guideline, Library

ASKS = "as the rules stand today; correct what is expected, and mend the rules until it is met"


def scenario_name(case: Case) -> str:
    """Return the name under which a counterexample is kept."""
    return f"counterexample: {case.name}"


def with_scenario(content: bytes, guideline: Guideline, case: Case, library: Library) -> bytes:
    """Return a guideline's file with one scenario more; refuse it where the file cannot take one by adding lines."""
    text = content.decode("utf-8-sig")
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines()
    at, indent = _place_for(lines)
    added = [indent + line if line else line for line in _scenario(guideline, case, library)]
    if at is None:
        at, added = len(lines), ["", "scenarios:", *added]
    kept = newline.join([*lines[:at], *added, *lines[at:]]) + newline
    before, after = read_document(content, guideline.place.file), _read(kept, guideline)
    if after is None or not _is_one_more(_plain(before), _plain(after)):
        raise Refused([
            Fault(guideline.place, "the counterexample cannot be put at the end of its scenarios",
                  "they are not written one under another", "add the case that is printed above yourself")
        ])  # fmt: skip
    return kept.encode("utf-8")


def _place_for(lines: list[str]) -> tuple[int | None, str]:
    """Find the line after the last scenario, and how far scenarios are indented."""
    heads = [number for number, line in enumerate(lines) if re.match(r"scenarios:\s*(#.*)?$", line)]
    if not heads:
        return None, "  "
    start = heads[0] + 1
    end = next((number for number in range(start, len(lines)) if re.match(r"[^\s#-]|---", lines[number])), len(lines))
    while end > start and not re.match(r"\s*[^\s#]", lines[end - 1]):  # comments and blank lines belong to what follows
        end -= 1
    items = (re.match(r"(\s*)- ", line) for line in lines[start:end])
    return end, next((item[1] for item in items if item), "  ")


def _scenario(guideline: Guideline, case: Case, library: Library) -> list[str]:
    """Write the scenario, with what the rules say of it now."""
    written = case_file(case).splitlines()
    findings = written[written.index("findings:") :]
    seen, _ = read_case(read_document(case_file(case).encode(), "counterexample"), library.lexicon.vocabulary, case.on)
    advice = advise(guideline, Reading(seen, library))
    rules = ", ".join(f"{each.rule.id}: {each.holds}" for each in advice.rules)
    return [
        f'- case: "{scenario_name(case)}"',
        f"  # {ASKS}",
        f"  on: {case.on.isoformat()}",
        *(f"  {line}" for line in findings),
        "  expect:",
        f"    scope: {advice.scope}",
        f"    rules: {{{rules}}}",
    ]


def _read(text: str, guideline: Guideline) -> Node | None:
    try:
        return read_document(text.encode("utf-8"), guideline.place.file)
    except Refused:
        return None


Plain = str | list["Plain"] | dict[str, "Plain"]


def _plain(node: Node) -> Plain:
    if isinstance(node.value, str):
        return node.value
    if isinstance(node.value, tuple):
        return [_plain(each) for each in node.value]
    return {name: _plain(each) for name, each in node.value.items()}


def _is_one_more(before: Plain, after: Plain) -> bool:
    """Say whether a file differs from what it was by one scenario at the end, and by nothing else."""
    if not isinstance(before, dict) or not isinstance(after, dict):
        return False
    earlier, later = before.get("scenarios", []), after.get("scenarios")
    if not isinstance(earlier, list) or not isinstance(later, list):
        return False
    return {**before, "scenarios": later} == after and later[:-1] == earlier
