"""A sign-in ends on either database by the same rule, and is told in the same words."""

from collections.abc import Callable
from contextlib import closing

import pytest
from sqlalchemy import text

from patency.cli import CASE_REFUSED, DONE, main
from patency.fault import Refused
from patency.registry.access import Refusal
from patency.registry.admin import Admin
from patency.registry.database import is_postgresql, transaction
from patency.registry.keep.held import Held
from patency.registry.keep.trail import lines_of
from patency.registry.keep.verify import verify
from patency.registry.registry import Registry
from patency.registry.session import Session
from registry.made import PASSWORD, by_owner

ENDS: dict[str, Callable[[Admin, Session], None]] = {
    "the user is stopped": lambda admin, _: admin.stop_user("ivo"),
    "the password is another": lambda admin, _: admin.new_password("ivo", "another horse battery"),
    "the user signs out": lambda _, session: session.sign_out(),
}


@pytest.mark.parametrize("ends", ENDS)
def test_a_sign_in_lasts_no_longer_than_its_reason(ends: str, registry: Registry) -> None:
    """Who is stopped, has another password or signed out writes nothing more by the session they had."""
    session = registry.sign_in("ivo", PASSWORD)
    session.enrol("N-1")
    owner = by_owner(registry) if is_postgresql(registry.engine) else registry
    ENDS[ends](Admin(owner, "operator"), session)
    if owner is not registry:
        owner.close()
    with pytest.raises(Refusal, match="your sign-in has ended"):
        session.enrol("N-2")


def test_who_is_let_in_again_has_a_new_password_and_no_old_seat(registry: Registry) -> None:
    """What was held before somebody was stopped, a sign-in or a password, lets nobody in after it; the trail fits."""
    session = registry.sign_in("ivo", PASSWORD)
    owner = by_owner(registry) if is_postgresql(registry.engine) else registry
    admin = Admin(owner, "operator")
    admin.stop_user("ivo")
    with pytest.raises(Refused, match="a new password alone would let nobody in"):
        admin.new_password("ivo", "another horse battery")
    admin.resume_user("ivo", "another horse battery")
    with pytest.raises(Refused, match="was not stopped"):
        admin.resume_user("ivo", "another horse battery")
    with pytest.raises(Refusal, match="your sign-in has ended"):
        session.enrol("N-1")
    with pytest.raises(Refusal, match="the name or the password is wrong"):
        registry.sign_in("ivo", PASSWORD)
    registry.sign_in("ivo", "another horse battery").enrol("N-1")
    assert list(verify(Held.of(owner))) == []
    if owner is not registry:
        owner.close()


def test_an_administrator_lets_a_stopped_user_in_again(registry: Registry) -> None:
    """As they stop them: by their own token, and in the trail by their own name."""
    ada = registry.sign_in("ada", PASSWORD)
    admin = Admin(registry, "ada", ada.token)
    admin.stop_user("rita")
    admin.resume_user("rita", "another horse battery")
    assert registry.sign_in("rita", "another horse battery").user.name == "rita"
    assert [line.note for line in lines_of(ada) if line.user == "ada" and '"user resumed"' in line.note]


@pytest.mark.sqlite("on PostgreSQL the policies refuse each row, as test_row_security.py shows")
def test_who_is_no_administrator_keeps_no_users(new_registry: Callable[..., Registry]) -> None:
    """A token is asked whose it is and what they may; and nobody acts by another's name."""
    registry = new_registry()
    anna, ada = registry.sign_in("anna", PASSWORD), registry.sign_in("ada", PASSWORD)
    for name, token in (("anna", anna.token), ("ada", anna.token), ("sam", ada.token)):
        with pytest.raises(Refused, match="may not keep sites and users"):
            Admin(registry, name, token)
    Admin(registry, "ada", ada.token).stop_user("anna")
    with pytest.raises(Refusal, match="your sign-in has ended"):
        list(anna.entries("patient"))


def test_a_command_that_has_ended_leaves_no_seat(
    new_registry: Callable[..., Registry], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither one that was done nor one that was refused: on PostgreSQL a token would hold for hours after it."""
    registry = new_registry("postgresql")
    monkeypatch.setenv("PATENCY_PASSWORD", PASSWORD)
    assert main(["registry", "due", str(registry.folder), "--user", "anna"]) == DONE
    assert main(["registry", "show", str(registry.folder), "N-1", "--user", "anna"]) == CASE_REFUSED
    with closing(by_owner(registry)) as owned, transaction(owned.engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM seat")).scalar() == 0
