"""What follows from the findings by the vocabulary's laws and by what was asserted.

A limb that is not threatened is not phlegmasia cerulea; a patient asserted to be otherwise healthy
has no active cancer. What follows is exact: an answer is ruled out when no patient whom the laws
allow could have it beside the findings. Numbers, dates and sets are left as they were found.
"""

from patency.case import Case, Finding, Value
from patency.language.landscape import Piece, Reach, Variable
from patency.truth import Truth
from patency.vocabulary import Kind

FOLLOWS = "follows from the other findings"


def following(case: Case, reach: Reach) -> list[Finding]:
    """List what follows from a case by the laws of one landscape."""
    variables = reach.landscape.variables
    if not any(case.value(variable.concept) is not None for variable in variables):
        return []  # a law none of whose concepts is known rules nothing out
    found = []
    for variable, outcomes, is_open in zip(variables, reach.by_cell(), reach.open_cells, strict=True):
        left = sum(1 << cell for cell, each in enumerate(outcomes) if each)
        if left != is_open:
            pieces = [piece for cell, pieces in enumerate(variable.cells) if left >> cell & 1 for piece in pieces]
            value = _narrowed(variable, pieces, case.value(variable.concept))
            if value is not None:
                found.append(Finding(variable.concept, value, case.on, "", FOLLOWS))
    return found


def _narrowed(variable: Variable, pieces: list[Piece], found: Value | None) -> Value | None:
    """Return what is left of a concept's answers, where that can be said."""
    if variable.kind is Kind.YES_NO:
        return pieces[0] if isinstance(pieces[0], Truth) else None
    if variable.kind in (Kind.CHOICE, Kind.ORDERED):
        left = frozenset().union(*(piece for piece in pieces if isinstance(piece, frozenset)))
        return left & found if isinstance(found, frozenset) else left
    return None
