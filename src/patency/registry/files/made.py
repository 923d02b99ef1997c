"""Which records a row makes: whose they are, their ids, what each hangs on, and what stands of them already.

Not here: what the cells say (files/read.py), in which order rows come in and how they are written (files/run.py).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from patency.fault import Place
from patency.registry.entry import Packed, Value, is_id, unpacked
from patency.registry.files.ids import Ids
from patency.registry.files.map import BY_ID, BY_KEY, BY_ROW, OF_NONE, ONLY, SAME_DATE, ImportMap, Part
from patency.registry.files.read import Batch, Drawn
from patency.registry.files.standing import Standing, Stood, mark_of
from patency.registry.kinds import KINDS
from patency.registry.reading import key_missing
from patency.registry.said import written
from patency.registry.session import Session
from patency.registry.stands import command_back
from patency.registry.valid import faults_of, shown

MOST_TOLD = 5  # items of a record that differ, which are told with both values
DIFFERS = "differs from what is there; correct it by `patency registry correct` or import with --correct REASON"


class Unfit(Exception):  # noqa: N818  turned into a Fault by whoever knows the row
    """Why a row cannot come in: the reason in a few words, what, why, how to mend it, the column."""

    def __init__(self, reason: str, what: str, why: str, fix: str, column: str = "") -> None:
        super().__init__(what)
        self.told = (reason, what, why, fix, column)


class Change(NamedTuple):
    """A record that a row makes: packed, its date where it has one, and what stands of it in the registry."""

    record: Packed
    on: date | None
    part: Part
    stood: Stood | None = None
    is_there: bool = False  # as it is, in the registry or from an earlier row


class Given(NamedTuple):
    """What one part makes of each row of a batch, and what of it stands in the registry."""

    drawn: Drawn
    stood: Mapping[str, Stood]


class Maker:
    """Makes the records of rows, against what stands."""

    def __init__(self, session: Session, found: ImportMap, header: Sequence[str], ids: Ids, standing: Standing,
                 today: date, *, corrects: bool) -> None:  # fmt: skip
        self.session, self.found, self.ids, self.standing, self.corrects = session, found, ids, standing, corrects
        self.today = today
        self._one_of: dict[str, dict[str, str]] = {}
        self._place = {name: index for index, name in enumerate(header)}

    def given(self, drawn: Drawn) -> Given:
        """Find what stands of what one part makes of a batch."""
        wanted = (name for name, content in zip(drawn.ids, drawn.contents, strict=True) if content is not None)
        return Given(drawn, self.standing.found(drawn.part.kind, wanted))

    def plain(self, batch: Batch, given: Given) -> dict[int, Packed]:
        """Return the records of those rows that are like most, by the row, all at once: `made` makes the same of each.

        They are rows of a mapping of one part, of patients who are enrolled and not erased, the first under their id, which
        is new, and with one record that theirs can hang on.
        """
        (part, contents, ids, keyless, _), standing = given.drawn, self.standing
        if part.id or part.kind in ("patient", OF_NONE) or (part.parent is not None and part.parent.how != ONLY):
            return {}
        patients = list(map(self.ids.patient, batch.patients))
        parents = patients if part.parent is None else list(map(self._only(KINDS[part.kind].of).get, patients))
        odd = {*given.stood, *standing.met(part.kind, ids)}
        if len(set(ids)) < len(ids):
            odd |= {name for name, count in Counter(ids).items() if count > 1}
        apart = {*batch.refusals.of, *keyless}
        return {
            index: Packed(part.kind, content, patient, parent, name)
            for index, (content, patient, parent, name) in enumerate(zip(contents, patients, parents, ids, strict=True))
            if content is not None
            and parent is not None
            and patient in standing.enrolled
            and name not in odd
            and index not in apart
        }

    def _only(self, kind: str) -> dict[str, str]:
        """Return the one record of a kind that a patient has, of those who have one; a mapping of one part adds none to it."""
        if kind not in self._one_of:
            self._one_of[kind] = self.standing.only(kind)
        return self._one_of[kind]

    def made(self, batch: Batch, index: int, parts: Sequence[Given]) -> list[Change]:
        """Return what a row makes; raises Unfit."""
        if not parts:
            raise Unfit("a row of no part", "it makes no record", "no part of the mapping is meant for it, or all of it is blank",
                        "nothing needs mending, unless it should make one")  # fmt: skip
        made: list[Change] = []
        patient = self.ids.patient(batch.patients[index])
        for (part, contents, ids, keyless, dates), stood in parts:
            content, name, on = contents[index], ids[index], dates[index]
            assert content is not None, "only parts that make something were chosen"
            if index in keyless:
                raise Unfit("a row without a key", f"its key is blank for the {KINDS[part.kind].words}",
                            "by its key a record is known again", "fill it in", part.key[0])  # fmt: skip
            if part.id and not is_id(name):
                raise Unfit("an id that is none", "it has no id of Patency's", "32 letters from 0 to f name a record",
                            "leave the export's ids as they were, or name a 'key' in the mapping", part.id)  # fmt: skip
            if patient not in self.standing.enrolled:
                self._refuse_stranger(part, patient, made)
            if (there := stood.get(name)) and there.void and not there.is_erased:
                raise _void(part, there.void, _telling(part))
            whose = self.session.screening if part.kind == OF_NONE else patient
            parent = self._parent(part, batch, index, whose, made, on)
            record = Packed(part.kind, content, whose, parent, name)
            made.append(self._compared(record, part, on, stood.get(name), made))
        return made

    def _refuse_stranger(self, part: Part, patient: str, made: Sequence[Change]) -> None:
        if patient in self.standing.erased:
            raise Unfit("a patient who was erased", "its patient was erased", "what was erased is never brought back",
                        "take the row out", self.found.patient)  # fmt: skip
        if patient in self.standing.lacking:
            missing = key_missing()
            raise Unfit("a patient whose key is missing", missing.what, missing.why, missing.fix, self.found.patient)
        if part.kind in ("patient", OF_NONE):
            return
        if patient in self.standing.void:
            raise _void(part, ("patient", patient), self.found.patient)
        if not any(change.record.id == patient for change in made):
            raise Unfit("a patient who is not enrolled", "its patient is not enrolled at your site", "a record is somebody's",
                        "enrol the patient first, or add a part of kind patient to the mapping", self.found.patient)  # fmt: skip

    def _parent(
        self, part: Part, batch: Batch, index: int, patient: str, made: Sequence[Change], on: date | None
    ) -> str:
        """Return the id of the record that this one hangs on."""
        above, how = KINDS[part.kind].of, part.parent
        if how is None:
            return patient if above else ""
        if how.how == ONLY and not made:
            found = [name for _, name in self.standing.of_patient(above, patient)]
        elif how.how == BY_ROW:
            found = [change.record.id for change in made if change.part.name == how.part]
        elif how.how in (BY_KEY, BY_ID):
            told = [batch.told[self._place[each]][index].strip() for each in how.columns]
            name = told[0] if how.how == BY_ID else self.ids.record(how.part, batch.patients[index], *told)
            is_own = any(change.record.id == name for change in made)
            found = [name] if is_own or self.standing.stands(above, name, patient) else []
            if not found and (void := self.standing.void_at(above, name, patient)):
                raise _void(part, void, how.columns[0])
        else:
            own = [
                (change.on, change.record.id) for change in made if change.part.kind == above and not change.is_there
            ]
            found = _dated(how.how, [*self.standing.of_patient(above, patient), *own], on)
        if len(found) == 1:
            return found[0]
        words = KINDS[above].words
        what = f"there is no {words}" if not found else f"there are {len(found)} {KINDS[above].plural}"
        raise Unfit("a record that hangs on none" if not found else "a record that may hang on several",
                    f"{what} that the {KINDS[part.kind].words} could hang on ({how.how})", f"it hangs on one {words} of the patient",
                    f"bring the {words} in first, or say in the mapping, under 'parent', how it is found",
                    how.columns[0] if how.columns else "")  # fmt: skip

    def _compared(
        self, record: Packed, part: Part, on: date | None, stood: Stood | None, made: Sequence[Change]
    ) -> Change:
        """Compare a record with what bears its id: in the registry, in an earlier row, in this row."""
        words = KINDS[part.kind].words
        if any(change.record.kind == record.kind and change.record.id == record.id for change in made):
            raise Unfit("a key that is there twice", f"another part of the mapping makes the same {words} of the row",
                        "one key must mean one record", "give each of the parts a key, or an id, of its own",
                        _telling(part))  # fmt: skip
        earlier = self.standing.earlier(record.kind, record.id)
        if earlier is not None:
            if earlier.mark == mark_of(record):
                return Change(record, on, part, is_there=True)
            raise Unfit("a key that is there twice", f"row {earlier.row} makes the same {words}, {_otherwise(part)}",
                        "one key must mean one record",
                        f"look which of the two holds, this row or row {earlier.row}, and take the other out",
                        _telling(part))  # fmt: skip
        if stood is None:
            return Change(record, on, part)
        return self._against(stood, record, part, on)

    def _against(self, stood: Stood, record: Packed, part: Part, on: date | None) -> Change:
        """Compare a record with what stands of it in the registry."""
        words = KINDS[part.kind].words
        if stood.is_erased:
            raise Unfit("a patient who was erased", f"the {words} is that of a patient who was erased",
                        "what was erased is never brought back", "take the row out", _telling(part))  # fmt: skip
        if stood.patient != record.patient:
            raise Unfit("a record of another patient", f"the {words} stands in the registry for another patient",
                        "a record is one patient's, and stays theirs",
                        "look whose it is; if it stands for the wrong one, void it there and give it another id here",
                        _telling(part))  # fmt: skip
        if part.parent is not None and part.parent.how in (BY_ROW, BY_KEY, BY_ID) and stood.parent != record.parent:
            above = KINDS[KINDS[part.kind].of].words
            raise Unfit("a record that hangs on another", f"the {words} stands in the registry, and hangs on another {above}",
                        "what a record hangs on is never changed",
                        f"look which {above} holds; if it stands under the wrong one, void it there and give it another id here",
                        "".join(part.parent.columns[:1]))  # fmt: skip
        told = changed(part, stood.content, record.content)
        if not told:
            return Change(record, on, part, is_there=True)
        if not self.corrects:
            raise Unfit("differs from what is there", f"the {words} {DIFFERS} ({self._told(stood, told, part)})",
                        "what was recorded is never overwritten", "look which of the two holds")  # fmt: skip
        self._refuse_correction(stood, told, part)
        return Change(record, on, part, stood)

    def _told(self, stood: Stood, told: Mapping[str, Value | None], part: Part) -> str:
        """Say which items differ: what stands, and what the row says."""
        before = unpacked(stood.content)[0]
        said = [f"{name}: there {self._shown(before.get(name), name, part)}, here {self._shown(value, name, part)}"
                for name, value in list(told.items())[:MOST_TOLD]]  # fmt: skip
        more = len(told) - len(said)
        return "; ".join([*said, *([f"and {more} more"] if more else [])])

    def _shown(self, value: Value | None, name: str, part: Part) -> str:
        item = self.session.forms.item(part.kind, name, part.scale)
        return "nothing" if value is None else written(value) if item is None else shown(value, item)

    def _refuse_correction(self, stood: Stood, told: Mapping[str, Value | None], part: Part) -> None:
        """Refuse a correction that does not fit what else stands of the record, before anything is written."""
        values = {**unpacked(stood.content)[0], **told}
        said = {name: value for name, value in values.items() if value is not None}
        for fault in faults_of(part.kind, said, self.session.forms, Place(""), self.today):
            raise Unfit("a record that cannot be", f"{fault.what}, with what else stands of the {KINDS[part.kind].words}",
                        fault.why, fault.fix)  # fmt: skip


def _void(part: Part, void: tuple[str, str], column: str) -> Unfit:
    (kind, record), words = void, KINDS[part.kind].words
    is_own = kind == part.kind
    what = (
        f"the {words} was voided"
        if is_own
        else f"the {words} hangs on the {KINDS[kind].words} {record}, which was voided"
    )
    return Unfit("a record that is void", f"{what} in the registry", "no file brings back what somebody voided",
                 f"take the row out; or, where it should stand, bring it back first: {command_back(kind, record)}", column)  # fmt: skip


def _telling(part: Part) -> str:
    return part.id or "".join(part.key[:1])


def _otherwise(part: Part) -> str:
    return "of another patient or with other answers" if part.id else "with other answers"


def _dated(how: str, standing: Sequence[tuple[date | None, str]], on: date | None) -> list[str]:
    """Return which of a patient's records fits a day."""
    if how == ONLY:
        return [name for _, name in standing]
    if how == SAME_DATE:
        return [name for each, name in standing if each == on]
    days = [each for each, _ in standing if each is not None and on is not None and each <= on]
    return [name for each, name in standing if days and each == max(days)]


def changed(part: Part, before: bytes, now: bytes) -> dict[str, Value | None]:
    """Return what a row says otherwise than what stands, of what its part maps; None where it says nothing any more."""
    stood, said = unpacked(before)[0], unpacked(now)[0]
    return {name: said.get(name) for name in (*part.columns, *part.fixed) if said.get(name) != stood.get(name)}
