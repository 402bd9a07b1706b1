"""How often somebody may try."""

from oncall_ui.security.rate_limits import PER_ACCOUNT, RateLimiter


def test_the_eleventh_wrong_password_in_ten_minutes_is_one_too_many() -> None:
    attempts = RateLimiter()
    assert all(attempts.allows(PER_ACCOUNT, "account", "alice@example.org") for _ in range(10))
    assert not attempts.has_left(PER_ACCOUNT, "account", "alice@example.org")
    assert not attempts.allows(PER_ACCOUNT, "account", "alice@example.org")


def test_one_account_does_not_use_up_anothers_attempts() -> None:
    attempts = RateLimiter()
    for _ in range(20):
        attempts.allows(PER_ACCOUNT, "account", "alice@example.org")
    assert attempts.has_left(PER_ACCOUNT, "account", "bob@example.org")


def test_looking_counts_nothing() -> None:
    attempts = RateLimiter()
    assert all(attempts.has_left(PER_ACCOUNT, "account", "alice@example.org") for _ in range(50))
