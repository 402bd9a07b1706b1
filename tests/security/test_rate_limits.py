"""How often somebody may try what isn't slowed down but limited."""

import time
from collections.abc import Iterator

import pytest
from limits import parse
from sqlmodel import select

from oncall_ui.database import counts
from oncall_ui.database.counts import DatabaseCounts
from oncall_ui.database.database import Database
from oncall_ui.models import TryCount
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


@pytest.mark.slow
def test_what_is_over_is_forgotten_and_the_rest_is_bounded(
    shared: DatabaseCounts, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counts, "SWEEP_SECONDS", -1)
    mails = RateLimiter(shared)
    assert mails.allows(EMAIL_CHANGES, "mail", "long ago")
    assert rows(shared) == 0, "by the server's clock"
    clock.now = time.time()
    for name in ("alice", "bob", "carol"):
        assert mails.allows(EMAIL_CHANGES, "mail", name)
        clock.now += 1
    assert rows(shared) == 3
    monkeypatch.setattr(counts, "MOST_ROWS", 2)
    assert mails.allows(parse("1/day"), "mail", "dave")
    assert rows(shared) == 2


def rows(shared: DatabaseCounts) -> int:
    with shared._db.read() as session:
        return len(session.exec(select(TryCount)).all())
