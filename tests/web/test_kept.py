"""A case is kept only for whoever has its key, and only for the time that was asked for."""

from datetime import date

import pytest

from patency.guideline.model import Library
from patency.web import kept
from patency.web.app import application
from patency.web.kept import ALPHABET, Full, Kept

from .visiting import Page, Visitor


class Clock:
    """A clock that a test winds."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_a_key_opens_what_it_locks_however_it_is_typed() -> None:
    cases = Kept(Clock())
    key = cases.keep(b"a case", 1)

    assert cases.open(key) == b"a case"
    assert cases.open(f"  {key.lower().replace('-', ' ')} ") == b"a case"
    assert cases.open(key) == b"a case"


def test_a_key_is_a_hundred_random_bits_and_never_the_same() -> None:
    cases = Kept(Clock())
    keys = {cases.keep(b"", 1) for _ in range(50)}

    assert len(keys) == 50
    assert all(len(key.replace("-", "")) == 20 and set(key) <= {*ALPHABET, "-"} for key in keys)
    assert len(ALPHABET) == 32


def test_when_the_time_is_over_the_case_is_gone() -> None:
    clock = Clock()
    cases = Kept(clock)
    key = cases.keep(b"a case", 8)
    clock.seconds = 8 * 3600 - 1
    assert cases.open(key) == b"a case"
    clock.seconds += 1

    assert cases.open(key) is None
    assert len(cases) == 0


def test_what_is_forgotten_is_gone_at_once() -> None:
    cases = Kept(Clock())
    key = cases.keep(b"a case", 8)

    assert cases.forget(key)
    assert cases.open(key) is None
    assert not cases.forget(key)


@pytest.mark.parametrize("typed", ["", "-", "AAAAA-AAAAA-AAAAA-AAAAA", "x" * 10_000, "\x00"])
def test_another_key_opens_nothing(typed: str) -> None:
    cases = Kept(Clock())
    cases.keep(b"a case", 8)

    assert cases.open(typed) is None


def test_without_the_key_what_the_server_holds_says_nothing() -> None:
    cases = Kept(Clock())
    key = cases.keep(b"age: 45 years, severe", 8)
    held = repr(vars(cases))

    assert "45 years" not in held
    assert key not in held
    assert key.replace("-", "") not in held


def test_a_full_store_refuses_and_gives_nobody_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_KEPT", 2)
    cases = Kept(Clock())
    keys = [cases.keep(b"one", 1), cases.keep(b"two", 1)]

    with pytest.raises(Full):
        cases.keep(b"three", 1)
    assert [cases.open(key) for key in keys] == [b"one", b"two"]


@pytest.fixture
def visitor(library: Library) -> Visitor:
    return Visitor(application(library, today=lambda: date(2026, 5, 29), clock=Clock()))


def key_on(page: Page) -> str:
    return page.text.partition('class="kept-key">')[2].partition("<")[0]


def typed(key: str) -> dict[str, str]:
    return {"key": key}


def test_a_case_that_is_kept_comes_back_by_its_key_with_what_was_ticked(visitor: Visitor) -> None:
    page = visitor.open("/examples/into-the-cava")
    tick = next(name for name in page.form.ids if "/" in name)
    shown = visitor.send(page, {".done": tick, ".hours": "8"}, press="keep")
    again = visitor.post("/kept", data=typed(key_on(shown)))

    assert "Kept for 8 hours" in shown.words
    assert (".done", tick) in again.form.posted
    assert [each for each in again.form.posted if each[0] not in (".done", ".hours")] == [
        each for each in page.form.posted if each[0] not in (".done", ".hours")
    ]


def test_nobody_sees_a_case_without_its_key(visitor: Visitor) -> None:
    visitor.send(visitor.open("/examples/healthy-severe"), press="keep")
    page = visitor.post("/kept", data=typed("AAAAA-AAAAA-AAAAA-AAAAA"))

    assert "no case is kept here under this key" in page.words
    assert "45 years" not in page.words.partition("Or open an example")[0]


def test_a_case_can_be_forgotten_before_its_time(visitor: Visitor) -> None:
    key = key_on(visitor.send(visitor.open("/examples/healthy-severe"), press="keep"))

    assert "The case is forgotten" in visitor.post("/forget", data=typed(key)).words
    assert "no case is kept here under this key" in visitor.post("/kept", data=typed(key)).words
    assert "no case is kept here under this key" in visitor.post("/forget", data=typed(key)).words
