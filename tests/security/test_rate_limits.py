"""How often somebody may try what isn't slowed down but limited."""

from oncall_ui.security.rate_limits import MAILS_PER_ACCOUNT, RateLimiter


def test_the_fourth_email_in_an_hour_is_one_too_many() -> None:
    mails = RateLimiter()
    assert all(mails.allows(MAILS_PER_ACCOUNT, "mail", "alice@example.org") for _ in range(3))
    assert not mails.has_left(MAILS_PER_ACCOUNT, "mail", "alice@example.org")
    assert not mails.allows(MAILS_PER_ACCOUNT, "mail", "alice@example.org")


def test_one_account_does_not_use_up_anothers() -> None:
    mails = RateLimiter()
    for _ in range(20):
        mails.allows(MAILS_PER_ACCOUNT, "mail", "alice@example.org")
    assert mails.has_left(MAILS_PER_ACCOUNT, "mail", "bob@example.org")


def test_looking_counts_nothing() -> None:
    mails = RateLimiter()
    assert all(mails.has_left(MAILS_PER_ACCOUNT, "mail", "alice@example.org") for _ in range(50))
