"""Who a pseudonym is: kept by the site for itself, found by what somebody remembers of it."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from patency.fault import Refused
from patency.registry import schema
from patency.registry.access import Refusal
from patency.registry.database import transaction
from patency.registry.keep.alike import Sought, weighed
from patency.registry.keep.held import hold
from patency.registry.keep.identity import Identity, find, identity_of, set_identity
from patency.registry.keep.verify import verify
from patency.registry.registry import Registry
from registry.made import PASSWORD, owner_url

MUELLER = Identity("Müller, Änne Katharina", date(1990, 3, 12), {"hospital": "00-4711"})

NAMES = """
sought                    known                      found
Müller Anne               Müller, Änne Katharina     yes
Katharina Mueller         Müller, Änne Katharina     yes
MULLER ÄNNE               Müller, Änne Katharina     yes
Mueler Anne               Müller, Änne Katharina     yes
Nguyễn Văn Minh           Van Minh Nguyen            yes
Søren Kierkegård          Kierkegaard Soeren         yes
Łukasz Żółć               Zolc Lukasz                yes
O'Neill Sinéad            Sinead O Neill             yes
Meier Anne                Müller, Änne Katharina     no
Anna Schmidt              Müller, Änne Katharina     no
李小龍                    李小龍                     yes
Ян Петров                 Петров, Ян                 yes
"""
DAYS = """
1990-03-12    100   the same day of birth
1990-12-03     90   day and month of birth the other way round
1909-03-12     80   two figures of the day of birth the other way round
1991-03-12     70   one figure of the day of birth is another
1985-07-30      0   another day of birth
"""


@pytest.mark.parametrize("row", NAMES.strip().splitlines()[1:])
def test_a_name_is_found_however_it_is_written(row: str) -> None:
    """Accents, capitals, order and umlauts do not matter, a slip little; another name is another."""
    sought, known, found = row[:26].strip(), row[26:53].strip(), row[53:].strip()
    assert bool(weighed(Sought(sought), known, None, ())) is (found == "yes")


@pytest.mark.parametrize("row", DAYS.strip().splitlines())
def test_a_day_of_birth_that_was_transposed_is_found(row: str) -> None:
    """What is told as the reason is what was found."""
    day, score, why = row.split(maxsplit=2)
    found = weighed(Sought("Müller Änne Katharina", date.fromisoformat(day)), MUELLER.name, MUELLER.born, ())
    assert found == ((3 * 100 + 2 * float(score)) / 5, ("the same name", why))


def test_what_is_not_known_of_a_patient_speaks_neither_for_nor_against_them() -> None:
    """A day of birth that nobody wrote down is no other day of birth."""
    assert weighed(Sought("Anne Müller", date(1990, 3, 12)), "Anne Müller", None, ()) == (100.0, ("the same name",))
    assert weighed(Sought(number="4711"), "Anne Müller", None, ()) is None
    assert weighed(Sought(number="47.11"), "", None, ["00-4711"]) == (100.0, ("the same number",))
    assert weighed(Sought(number="4712"), "", None, ["4711"]) == (70.0, ("a number that differs in one place",))


def test_a_site_keeps_and_finds_the_names_of_its_own_patients(registry: Registry) -> None:
    """The likest comes first, with its score and why."""
    anna = registry.sign_in("anna", PASSWORD)
    one, two = anna.enrol("N-1").id, anna.enrol("N-2").id
    set_identity(anna, one, MUELLER)
    set_identity(anna, two, Identity("Miller, Anna", date(1990, 12, 3)))
    assert identity_of(registry.sign_in("ivo", PASSWORD), one) == MUELLER
    hits = find(anna, Sought("Mueller Aenne", date(1990, 3, 12)))
    assert (hits[0].patient, hits[0].identity, hits[0].why[1]) == (one, MUELLER, "the same day of birth")
    assert [hit.patient for hit in find(anna, Sought(number="4711"))] == [one]
    assert find(anna, Sought("Zebra")) == []


def test_names_that_are_kept_anew_stand_in_place_of_the_old(registry: Registry) -> None:
    """Of names there is no history: who was corrected is not found by the old name."""
    anna = registry.sign_in("anna", PASSWORD)
    patient = anna.enrol("N-1").id
    set_identity(anna, patient, MUELLER)
    set_identity(anna, patient, Identity("Schmidt, Anne"))
    assert identity_of(anna, patient) == Identity("Schmidt, Anne")
    assert find(anna, Sought("Müller Änne Katharina")) == []
    assert identity_of(anna, anna.enrol("N-2").id) is None


def test_no_other_site_and_no_other_role_reaches_a_name(registry: Registry) -> None:
    """A site's names are its own; a reader, a statistician and an administrator see none."""
    anna, sam = registry.sign_in("anna", PASSWORD), registry.sign_in("sam", PASSWORD)
    patient = anna.enrol("N-1").id
    set_identity(anna, patient, MUELLER)
    with pytest.raises(Refused, match="no such patient at your site"):
        identity_of(sam, patient)
    with pytest.raises(Refused, match="no such patient at your site"):
        set_identity(sam, patient, MUELLER)
    assert find(sam, Sought(MUELLER.name)) == []
    for name in ("rita", "stat", "ada"):
        with pytest.raises(Refusal):
            find(registry.sign_in(name, PASSWORD), Sought(MUELLER.name))


def test_every_search_and_view_is_noted_without_what_was_sought(registry: Registry) -> None:
    """The trail says who looked, and whom they saw; and nothing anybody is called."""
    anna = registry.sign_in("anna", PASSWORD)
    patient = anna.enrol("N-1").id
    set_identity(anna, patient, MUELLER)
    find(anna, Sought("Mueller", date(1990, 3, 12), "4711"))
    identity_of(anna, patient)
    held = hold(registry.folder, owner_url(registry))
    with transaction(held.engine) as connection:
        lines = [
            tuple(row) for row in connection.execute(select(schema.trail).where(schema.trail.c.kind == "identity"))
        ]
    assert [(line[4], line[8] == patient, line[10]) for line in lines] == [
        ("add", True, ""),
        ("view", False, '{"found":1,"what":"search"}'),
        ("view", True, '{"what":"found by a search"}'),
        ("view", True, ""),
    ]
    assert not any(word in str(lines).lower() for word in ("mueller", "müller", "4711", "1990"))
    assert list(verify(held)) == []
    held.close()


def test_a_key_that_the_site_holds_elsewhere_opens_its_names_and_no_other_does(
    registry: Registry, tmp_path: Path
) -> None:
    """Where the key is not in the registry's folder, nobody who has only that folder reads a name."""
    anna = registry.sign_in("anna", PASSWORD)
    patient = anna.enrol("N-1").id
    at_the_site = (registry.folder / "keys" / "sites" / "north.key").rename(tmp_path / "ours.key")
    with pytest.raises(Refused, match="the site's key cannot be read"):
        set_identity(anna, patient, MUELLER)
    set_identity(anna, patient, MUELLER, at_the_site)
    assert identity_of(anna, patient, at_the_site) == MUELLER
    (tmp_path / "another.key").write_bytes(bytes(32))
    for refused in (lambda key: identity_of(anna, patient, key), lambda key: find(anna, Sought("Müller"), key),
                    lambda key: set_identity(anna, patient, MUELLER, key)):  # fmt: skip
        with pytest.raises(Refused, match=r"another\.key: it is not the key of north"):
            refused(tmp_path / "another.key")
