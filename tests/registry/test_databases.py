"""Both databases do the same."""

from patency.registry.registry import Registry
from registry.made import PASSWORD


def test_a_user_enrols_a_patient_and_sees_them(registry: Registry) -> None:
    """What anna of north enters stands, and is found again by its pseudonym."""
    anna = registry.sign_in("anna", PASSWORD)
    patient = anna.enrol("N-1")
    assert [entry.id for entry in registry.sign_in("ivo", PASSWORD).record_of(anna.patient("N-1"))] == [patient.id]
