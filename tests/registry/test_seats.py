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
