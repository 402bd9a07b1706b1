"""The texts of the emails that administrators cause: an invitation, a reminder, a removal."""

from oncall_ui.domain.accounts.emails import Email, one_line, text_of


def invitation_email(inviter: str, *, host: str, url: str, until: str) -> Email:
    """`until` is a time in words, with its zone."""
    return Email(
        f"Invitation to On-Call Optimizer at {host}",
        text_of(
            "Hello,",
            f"{one_line(inviter)} invited you to On-Call Optimizer, where your team plans who is on call.",
            f"Create your account: {url}",
            f"The link works once, until {until}. You choose your own password.\n"
            "If you didn’t expect this email, no action is needed.",
        ),
    )


def reminder_email(name: str, inviter: str, *, url: str) -> Email:
    """To a member who has no calendar yet; `url` is where to connect one."""
    return Email(
        "Connect a calendar to On-Call Optimizer",
        text_of(
            f"Hello {one_line(name)},",
            f"{one_line(inviter)} asks you to connect a calendar, so that your team knows when you can’t be on call. "
            f"It takes about 2 minutes:\n{url}",
            "We keep only when you’re blocked or would like to be on call. Never titles.",
        ),
    )


def removal_email(name: str, by: str, *, host: str) -> Email:
    """`by` is empty for the command line."""
    return Email(
        f"Your account at {host} was removed",
        text_of(
            f"Hello {one_line(name)},",
            f"{one_line(by) or 'An administrator'} removed your account from On-Call Optimizer at {host}. Your "
            "availability, calendar connections, links and tokens are deleted. The calendars themselves stay as they "
            "are.",
        ),
    )
