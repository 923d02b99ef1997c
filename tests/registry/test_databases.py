"""Both databases do the same."""

from datetime import date

import pytest

from patency.fault import Refused
from patency.registry.entry import New
from patency.registry.registry import Registry
from registry.made import PASSWORD


def test_a_user_enrols_a_patient_and_sees_them(registry: Registry) -> None:
    """What anna of north enters stands, and is found again by its pseudonym."""
    anna = registry.sign_in("anna", PASSWORD)
    patient = anna.enrol("N-1")
    assert [entry.id for entry in registry.sign_in("ivo", PASSWORD).record_of(anna.patient("N-1"))] == [patient.id]


def test_a_patient_keeps_the_pseudonym(registry: Registry) -> None:
    """By another, two could bear the same, and none be found."""
    anna = registry.sign_in("anna", PASSWORD)
    patient = anna.enrol("N-1").id
    for other in ("N-2", None):
        with pytest.raises(Refused, match="it cannot be corrected"):
            anna.correct("patient", patient, {"pseudonym": other}, "mistyped")
    assert anna.correct("patient", patient, {"pseudonym": "N-1", "sex_at_birth": "female"}, "left out").version == 2


def test_nothing_hangs_on_what_is_void(registry: Registry) -> None:
    """It would be in no cut, and nobody would be told."""
    ivo = registry.sign_in("ivo", PASSWORD)
    patient = ivo.enrol("N-1").id
    episodes = [ivo.add(New("episode", {"date": date(2024, 3, 1), "age": 40.0}, patient, patient)).id for _ in range(2)]
    ivo.void("episode", episodes[0], "of another patient")
    with pytest.raises(Refused, match="it is void"):
        ivo.add(New("limb", {"side": "left"}, patient, episodes[0]))
    assert ivo.add(New("limb", {"side": "left"}, patient, episodes[1])).version == 1
    ivo.void("patient", patient, "enrolled twice", with_hanging=True)
    for kind, values, parent in (("limb", {"side": "right"}, episodes[1]), ("episode", {"age": 40.0}, patient)):
        with pytest.raises(Refused, match="void"):
            ivo.add_all([New(kind, values, patient, parent)], is_checked=True)
    with pytest.raises(Refused, match="it is void"):
        ivo.patient("N-1")
