"""How often somebody may try what isn't slowed down but limited."""

from oncall_ui.security.rate_limits import EMAIL_CHANGES, RateLimiter


def test_the_sixth_email_in_an_hour_is_one_too_many() -> None:
    mails = RateLimiter()
    assert all(mails.allows(EMAIL_CHANGES, "mail", "alice@example.org") for _ in range(5))
    assert not mails.has_left(EMAIL_CHANGES, "mail", "alice@example.org")
    assert not mails.allows(EMAIL_CHANGES, "mail", "alice@example.org")


def test_one_account_does_not_use_up_anothers() -> None:
    mails = RateLimiter()
    for _ in range(20):
        mails.allows(EMAIL_CHANGES, "mail", "alice@example.org")
    assert mails.has_left(EMAIL_CHANGES, "mail", "bob@example.org")


def test_looking_counts_nothing() -> None:
    mails = RateLimiter()
    assert all(mails.has_left(EMAIL_CHANGES, "mail", "alice@example.org") for _ in range(50))
