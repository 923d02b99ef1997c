"""Small cells cannot be given back by what is printed beside them."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patency.practice.hidden import hidden_cells

SMALLEST = 5
tables = st.integers(1, 3).flatmap(
    lambda columns: st.lists(
        st.lists(st.sampled_from([0, 0, 1, 2, 3, 4, 5, 6, 7, 9]), min_size=columns, max_size=columns),
        min_size=1,
        max_size=3,
    )
)


def fillings(table: list[list[int]], hidden: frozenset[tuple[int, int]]) -> Iterator[dict[tuple[int, int], int]]:
    """Every way to fill the hidden cells in with whole numbers that keeps all totals: what a reader could work out."""
    lines = [sum(table[at[0]][at[1]] for at in hidden if at[0] == line) for line in range(len(table))]
    columns = [sum(table[at[0]][at[1]] for at in hidden if at[1] == column) for column in range(len(table[0]))]

    def fill(cells: list[tuple[int, int]], filled: dict[tuple[int, int], int]) -> Iterator[dict[tuple[int, int], int]]:
        if not cells:
            if not any(lines) and not any(columns):
                yield dict(filled)
            return
        line, column = cells[0]
        is_last_of_line = not any(at[0] == line for at in cells[1:])
        for size in range(min(lines[line], columns[column]) + 1):
            if is_last_of_line and size != lines[line]:
                continue
            lines[line] -= size
            columns[column] -= size
            yield from fill(cells[1:], {**filled, cells[0]: size})
            lines[line] += size
            columns[column] += size

    return fill(sorted(hidden), {})


@given(tables)
def test_no_hidden_cell_can_be_worked_out(table: list[list[int]]) -> None:
    """For all that is printed, totals among it, each hidden cell could be of at least two sizes."""
    hidden = hidden_cells(table, SMALLEST)
    sizes: dict[tuple[int, int], set[int]] = {at: set() for at in hidden}
    for filled in fillings(table, hidden):
        for at, size in filled.items():
            sizes[at].add(size)
        if all(len(each) > 1 for each in sizes.values()):
            break

    assert all(len(each) > 1 for each in sizes.values()), (table, hidden)


@given(tables)
def test_every_small_cell_is_hidden(table: list[list[int]]) -> None:
    """But where a table has one line or one column of people, for then each cell is a total."""
    hidden = hidden_cells(table, SMALLEST)
    is_crossed = min(sum(any(line) for line in table), sum(any(column) for column in zip(*table, strict=True))) > 1
    small = {
        (line, column) for line, each in enumerate(table) for column, size in enumerate(each) if 0 < size < SMALLEST
    }

    assert small <= hidden if is_crossed else not hidden
    assert small or not hidden


@given(tables)
def test_a_table_turned_on_its_side_hides_the_same(table: list[list[int]]) -> None:
    """Else the two together would give away what each hides."""
    turned = [list(line) for line in zip(*table, strict=True)]

    assert hidden_cells(turned, SMALLEST) == {(column, line) for line, column in hidden_cells(table, SMALLEST)}


@pytest.mark.parametrize(
    ("table", "shown"),
    [
        ([[9, 8], [7, 6]], "9 8 / 7 6"),
        ([[9, 3], [7, 6]], ". . / . ."),
        ([[9, 3, 20], [7, 6, 30]], ". . 20 / . . 30"),
        ([[9, 0], [7, 6]], "9 0 / 7 6"),
        ([[3, 0], [0, 9]], ". . / . ."),
        ([[3, 4, 9], [2, 4, 9], [9, 9, 9]], ". . 9 / . . 9 / 9 9 9"),
    ],
)
def test_as_few_others_are_hidden_as_it_takes(table: list[list[int]], shown: str) -> None:
    """Shown as a reader sees the tables; a dot is hidden."""
    hidden = hidden_cells(table, SMALLEST)
    said = (
        " ".join("." if (at, column) in hidden else str(size) for column, size in enumerate(line))
        for at, line in enumerate(table)
    )

    assert " / ".join(said) == shown
