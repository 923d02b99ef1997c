"""The ids of what comes in: they follow from the source, the part, the patient and the key, so the same row is the same record."""

from collections.abc import Callable
from hashlib import sha256

_OF_PATIENT = 12  # letters of the patient's id that a record's id begins with
_LONG = 32  # letters of an id
_UNIT = "\x1f"  # parts one part of a key from the next


class Ids:
    """Makes ids, for one source at one site; `id_of` is the session's, which knows the registry's secret."""

    def __init__(self, id_of: Callable[..., str], source: str) -> None:
        self._id_of, self._source = id_of, source
        self._patients: dict[str, str] = {}
        self._whose: dict[str, tuple[str, str]] = {}

    def patient(self, pseudonym: str) -> str:
        """Return the id of a patient."""
        known = self._patients.get(pseudonym)
        if known is None:
            known = self._patients[pseudonym] = self._id_of("patient", pseudonym)
        return known

    def record(self, part: str, pseudonym: str, *key: str) -> str:
        """Return the id of a record; who has not the registry's secret can neither tell nor guess from it what it is of."""
        whose = self._whose.get(pseudonym)
        if whose is None:
            # Those of one patient begin alike, so that the database finds room for them side by side, which spares it a tenth
            # of the time. It tells nothing: whose a record is stands beside it.
            secret = self._id_of("import", self._source, pseudonym)
            whose = self._whose[pseudonym] = (self.patient(pseudonym)[:_OF_PATIENT], secret)
        beginning, secret = whose
        said = f"{secret}{_UNIT}{part}{_UNIT}{_UNIT.join(map(_apart, key))}"
        return beginning + sha256(said.encode()).hexdigest()[_OF_PATIENT:_LONG]


def _apart(text: str) -> str:
    """Return a part of a key so that it holds no sign that parts one from the next: else two keys could be one id."""
    return text.replace("\x1b", "\x1b\x1b").replace(_UNIT, "\x1b1") if _UNIT in text or "\x1b" in text else text
