"""How often somebody may try what isn't slowed down but limited."""

from collections.abc import Iterator

import pytest
from limits import parse

from oncall_ui.database.counts import DatabaseCounts
from oncall_ui.database.database import Database
from oncall_ui.security.rate_limits import EMAIL_CHANGES, RateLimiter
from tests.postgres import Cluster


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def shared(clock: Clock, postgres_cluster: Cluster, migrated_postgres: str) -> Iterator[DatabaseCounts]:
    db = Database(postgres_cluster.emptied_database(like=migrated_postgres))
    yield DatabaseCounts(db, clock)
    db.close()


@pytest.fixture(params=["here", pytest.param("database", marks=pytest.mark.slow)])
def mails(request: pytest.FixtureRequest) -> RateLimiter:
    return RateLimiter(request.getfixturevalue("shared") if request.param == "database" else None)


def test_the_sixth_email_in_an_hour_is_one_too_many(mails: RateLimiter) -> None:
    assert all(mails.allows(EMAIL_CHANGES, "mail", "alice@example.org") for _ in range(5))
    assert not mails.allows(EMAIL_CHANGES, "mail", "alice@example.org")


def test_one_account_does_not_use_up_anothers(mails: RateLimiter) -> None:
    for _ in range(6):
        mails.allows(EMAIL_CHANGES, "mail", "alice@example.org")
    assert mails.allows(EMAIL_CHANGES, "mail", "bob@example.org")


@pytest.mark.slow
def test_an_hour_is_counted_back_from_each_try(shared: DatabaseCounts, clock: Clock) -> None:
    mails = RateLimiter(shared)
    for _ in range(5):
        assert mails.allows(EMAIL_CHANGES, "mail", "alice@example.org")
        clock.now += 600
    assert not mails.allows(EMAIL_CHANGES, "mail", "alice@example.org")
    clock.now += 601
    assert mails.allows(EMAIL_CHANGES, "mail", "alice@example.org"), "the first is an hour ago"
    assert not mails.allows(EMAIL_CHANGES, "mail", "alice@example.org")


@pytest.mark.slow
def test_limits_with_the_same_number_are_counted_apart(shared: DatabaseCounts) -> None:
    mails = RateLimiter(shared)
    assert mails.allows(parse("1/hour"), "mail", "alice")
    assert mails.allows(parse("1/hour"), "test mail", "alice")
    assert not mails.allows(parse("1/hour"), "mail", "alice")
