"""How a table of Patency's own goes out: CSV that no spreadsheet runs.

Every writer of `practice/` that puts a person's text into a CSV file puts it through `cell`. What it does, and why,
stands in table.py, beside the reading of such files.
"""

from patency.table import cell, csv_text

__all__ = ["cell", "csv_text"]
