"""Two web processes on one PostgreSQL let nobody guess twice as often, and without it nobody guesses at all."""

import asyncio

import pytest
from sqlalchemy.exc import OperationalError
from sqlmodel import select

from oncall_ui.app import App
from oncall_ui.errors import TooManyAttempts
from oncall_ui.models import Connection, Totp
from oncall_ui.security.rate_limits import CODES
from oncall_ui.services.accounts.logging_in.rate_limits import Kind, may_log_in, may_try
from oncall_ui.services.accounts.logging_in.throttled_log_in import throttled_log_in
from oncall_ui.services.accounts.second_factors.totp import reseal_secrets
from oncall_ui.services.connections.credentials import rekey
from oncall_ui.services.schedules.destinations.secrets import reseal_destinations
from tests.conftest import PASSWORD, Person
from tests.two_processes import other, settings

__all__ = ["other", "settings"]

pytestmark = pytest.mark.slow

STRANGER = "198.51.100.7"


async def test_passwords_sent_to_both_at_once_are_checked_as_often_as_sent_to_one(
    app: App, other: App, alice: Person
) -> None:
    async def guess(at: App) -> bool:
        try:
            return await throttled_log_in(at, STRANGER, alice.email, "a wrong password") is None
        except TooManyAttempts:
            return False

    checked = await asyncio.gather(*(guess(each) for _ in range(10) for each in (app, other)))
    assert sum(checked) == 5


async def test_the_right_password_at_one_process_is_forgiven_at_the_other(app: App, other: App, alice: Person) -> None:
    for _ in range(4):
        await throttled_log_in(app, STRANGER, alice.email, "a wrong password")
    assert await throttled_log_in(other, STRANGER, alice.email, PASSWORD) is not None
    for _ in range(4):
        assert await throttled_log_in(app, STRANGER, alice.email, "a wrong password") is None


def test_a_second_factor_has_ten_tries_an_hour_at_all_processes_together(app: App, other: App, alice: Person) -> None:
    for at in (app, other) * 5:
        assert at.rate_limits.allows(CODES, "code", str(alice.id), "")
    assert not app.rate_limits.allows(CODES, "code", str(alice.id), "")
    assert not other.rate_limits.allows(CODES, "code", str(alice.id), "")


def test_without_the_database_nothing_is_tried_and_who_is_in_stays_in(app: App, alice: Person) -> None:
    attempt = may_log_in(app, STRANGER, alice.email)
    app.db.close()  # no connection opens any more
    with pytest.raises(OperationalError):
        may_try(app, Kind.LINK, STRANGER)
    attempt.succeeded()
    attempt.was_not_checked()


def test_starting_waits_for_no_row_that_another_process_is_changing(app: App, other: App, alice: Person) -> None:
    with app.db.write() as session:
        session.add(
            Connection(
                member_id=alice.id,
                product="ics",
                nickname="Work",
                account="",
                fingerprint="f",
                sealed=app.vault.seal("{}"),
            )
        )
        session.add(Totp(member_id=alice.id, sealed=app.vault.seal("x")))
    with app.db.write() as session:
        session.exec(select(Connection).with_for_update()).one()
        session.exec(select(Totp).with_for_update()).one()
        assert rekey(other) + reseal_secrets(other) + reseal_destinations(other) == 0
