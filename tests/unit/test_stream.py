"""A file that is read a row at a time: its rows are counted as they are read, whatever is quoted and however lines end."""

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from patency.fault import Refused
from patency.table import Stream

PIECES = ("a", ",", '"', '""', "\n", "\r\n", "\r", " ", '"x,y"', '"x\ny"', '5" pipe')


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
@example('a\n"b\n\n"\n\nc')
@example('a\r"b\r\r"\r\rc\r')
def test_the_count_is_that_of_the_rows_which_are_read(text: str) -> None:
    """Or the file is refused, where Python's strict reader refuses it."""
    content = f"first,second\n{text}"
    try:
        expected = [row for row in csv.reader(io.StringIO(content, newline=""), strict=True) if row]
    except csv.Error:
        expected = []
    with TemporaryDirectory() as folder:
        path = Path(folder) / "visits.csv"
        path.write_bytes(content.encode())
        if not expected:
            with pytest.raises(Refused):
                Stream(path, ",")
            return
        stream = Stream(path, ",")
        assert stream.count == len(expected) - 1 == sum(1 for _ in stream.rows())
