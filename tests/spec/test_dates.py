"""Chapter 6. Dates, and how long ago they are on the day of the page."""

from datetime import date

import pytest

from patency.language.evaluate import evaluate

from .reading import condition, differences, language, patient, rows

LANGUAGE = language("""
concepts:
  onset:
    asks: On what day did symptoms of this clot begin?
    words: the onset of symptoms
    type: date
    cost: history
""")

SIGNS = """
  onset is             |     < 14 |    <= 14 |     = 14 |    != 14 |    >= 14 |     > 14
            today      |      yes |      yes |       no |      yes |       no |       no
       3 days ago      |      yes |      yes |       no |      yes |       no |       no
      13 days ago      |      yes |      yes |       no |      yes |       no |       no
      14 days ago      |       no |      yes |      yes |       no |      yes |       no
      15 days ago      |       no |       no |       no |      yes |      yes |      yes
10 to 13 days ago      |      yes |      yes |       no |      yes |       no |       no
10 to 14 days ago      |  unknown |      yes |  unknown |  unknown |  unknown |       no
10 to 16 days ago      |  unknown |  unknown |  unknown |  unknown |  unknown |  unknown
14 to 16 days ago      |       no |  unknown |  unknown |  unknown |      yes |  unknown
15 to 16 days ago      |       no |       no |       no |      yes |      yes |      yes
       2026-05-16      |      yes |      yes |       no |      yes |       no |       no
      15 May 2026      |       no |      yes |      yes |       no |      yes |       no
    4 to 5 weeks ago   |       no |       no |       no |      yes |      yes |      yes
         2 weeks ago   |  unknown |  unknown |  unknown |  unknown |  unknown |  unknown
         May 2026      |  unknown |  unknown |  unknown |  unknown |  unknown |  unknown
       April 2026      |       no |       no |       no |      yes |      yes |      yes
        not known      |  unknown |  unknown |  unknown |  unknown |  unknown |  unknown
"""


@pytest.mark.parametrize("row", rows(SIGNS)[1:], ids=lambda row: row[0])
def test_days_since_a_date_compare_in_three_values(row: list[str]) -> None:
    """A date that is known only within limits decides where both of its ends agree (seen on 29 May 2026)."""
    written, *expected = row
    for sign, truth in zip(rows(SIGNS)[0][1:], expected, strict=True):
        assert not differences(f"days_since(onset) {sign} days", f"onset: {written} | {truth}\n | unknown", LANGUAGE)


SEEN = """
          day | days_since(onset) < 14 days
   2026-05-29 | yes
   2026-06-02 | yes
   2026-06-03 | unknown
   2026-06-08 | unknown
   2026-06-09 | no
   2027-01-01 | no
"""


@pytest.mark.parametrize(("day", "truth"), rows(SEEN)[1:])
def test_the_same_case_is_read_anew_on_another_day(day: str, truth: str) -> None:
    """Symptoms that began 3 to 9 days before 29 May 2026 pass day 14 somewhere between 3 and 9 June."""
    case = patient("onset: 3 to 9 days ago", LANGUAGE)
    term = condition("days_since(onset) < 14 days", LANGUAGE)

    assert str(evaluate(term, case.seen_on(date.fromisoformat(day)))) == truth


def test_weeks_months_and_years_are_counted_in_days() -> None:
    """A month has 30.4375 days and a year 365.25, so 3 months have passed from day 92 on."""
    table = """
        onset: 91 days ago         | no
        onset: 92 days ago         | yes
        onset: 2 months ago        | no
        onset: 3 months ago        | unknown
        onset: 4 months ago        | yes
        onset: 1 year ago          | yes
        onset: 2025-05-29          | yes
    """
    assert not differences("days_since(onset) >= 3 months", table, LANGUAGE)
    table = """
        onset: 41 days ago | yes
        onset: 42 days ago | no
    """
    assert not differences("days_since(onset) < 6 weeks", table, LANGUAGE)
    table = """
        onset: 365 days ago | yes
        onset: 366 days ago | no
    """
    assert not differences("days_since(onset) < 1 year", table, LANGUAGE)
