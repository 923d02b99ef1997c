"""By which criteria the figures of one outcome are shown: as narrowly as they may be shown of enough people.

In: what a definition finds, its people in the groups to which they may be told apart (parted.py), and the levels of a case.
Out: the levels that are matched on, and why each of the others is not. The criterion that counts least gives way first: each
is taken up in the order of content, and kept where enough people are left, and half of the options can be told that the
population alone allows, at half of the months. Two reasons are kept apart: too few (not enough people match) and withheld
(people enough, but two answers could be subtracted from one another). Whichever are left out, an answer is of whole groups
(parted.py).
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from patency.outcome.estimated import ALL
from patency.outcome.follow import Followed
from patency.outcome.parted import told_of

if TYPE_CHECKING:
    import polars

WITHHELD = "withheld, so that answers cannot be subtracted from one another"

_IS_FOLLOWED = "is_followed"


class Told(NamedTuple):
    """What a definition finds, and the people with the groups to which they may be told apart by it, and at each month."""

    followed: Followed
    rows: "polars.DataFrame"
    by_month: "Mapping[float, polars.DataFrame]"


class Widened(NamedTuple):
    """The levels that are matched on, by criterion; and of each criterion that is not, why."""

    levels: Mapping[str, str]
    left_out: Mapping[str, str]


class _Among(NamedTuple):
    """The people, each with whether the definition found anything of the episode, and every option among them."""

    told: Told
    rows: "polars.DataFrame"
    options: tuple[str, ...]


class _Counted(NamedTuple):
    """How many people of each option the definition counts, and of all; None where that may not be told.

    `months` is at how many months these are told, each option and all together by itself.
    """

    options: tuple[int | None, ...]
    everybody: int | None
    months: int

    @property
    def told(self) -> int:
        return sum(bool(each) for each in self.options)

    @property
    def people(self) -> int:
        return sum(each or 0 for each in self.options) if self.everybody is None else self.everybody


def widened(told: Told, levels: Mapping[str, str], held: Sequence[str], enough: int) -> Widened:
    """Return by which of the levels of a case an outcome is shown; what is held is always matched on."""
    kept, left_out = {name: levels[name] for name in held}, {}
    among = _among(told)
    widest = _counted(among, kept)
    for name in levels:
        if name in held:
            continue
        tried = {**kept, name: levels[name]}
        why = _why_not(_counted(among, tried), widest, enough)
        if why:
            left_out[name] = why
        else:
            kept = tried
    return Widened(kept, left_out)


def _among(told: Told) -> _Among:
    """Look up once what is counted for each criterion: of the definition's own episodes, for of the others nothing is on record."""
    episodes = told.followed.frame["episode"].unique()
    rows = told.rows.with_columns(told.rows["episode"].is_in(episodes.implode()).alias(_IS_FOLLOWED))
    return _Among(told, rows, tuple(sorted(rows["option"].unique())))


def _counted(among: _Among, levels: Mapping[str, str]) -> _Counted:
    asked = ({"option": option, **levels} for option in among.options)
    options = tuple(_people(among.rows, each) for each in asked)
    return _Counted(options, _people(among.rows, levels), _months(among, levels))


def _months(among: _Among, levels: Mapping[str, str]) -> int:
    groups = (ALL, *among.options)
    return sum(is_told_at(among.told, month, group, levels) for month in among.told.by_month for group in groups)


def _people(rows: "polars.DataFrame", asked: Mapping[str, str]) -> int | None:
    found = told_of(rows, asked)
    return None if found is None else found.filter(_IS_FOLLOWED)["patient"].n_unique()


def _why_not(found: _Counted, widest: _Counted, enough: int) -> str:
    is_told = found.told >= _half(widest.told) if widest.told else found.everybody is not None
    if (not is_told and (None in found.options)) or (is_told and found.months < _half(widest.months)):
        return WITHHELD
    if found.people < enough or not is_told:
        return f"too few: {found.people} are left of whom it is known, and {enough} are wanted"
    return ""


def _half(many: int) -> int:
    return (many + 1) // 2


def told_group(told: Told, group: str, levels: Mapping[str, str]) -> "polars.DataFrame | None":
    """Return those of an option, or all, who have the levels; None where they may not be told."""
    return told_of(told.rows, dict(levels) if group == ALL else {"option": group, **levels})


def is_told_at(told: Told, month: float, group: str, levels: Mapping[str, str]) -> bool:
    """Whether those of an option, or all, who have the levels may be told at a month as well."""
    rows = told.by_month.get(month)
    return rows is not None and told_group(told._replace(rows=rows), group, levels) is not None
