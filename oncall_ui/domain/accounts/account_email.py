"""Emails about accounts, in plain text: an invitation, a reminder, a removal. Names from outside stay on one line."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AccountEmail:
    """Subject and text."""

    subject: str
    text: str


def invitation(inviter: str, *, host: str, url: str, until: str) -> AccountEmail:
    """`until` is a time in words, with its zone; `inviter` is empty for the command line."""
    who = one_line(inviter) or "The administrator"
    return AccountEmail(
        f"Invitation to On-Call Optimizer at {host}",
        f"Hello,\n\n{who} invited you to On-Call Optimizer, where your team plans who is on call.\n\n"
        f"Create your account: {url}\n\n"
        f"The link works once, until {until}. You choose your own password.\n"
        "If you didn’t expect this email, you can ignore it.\n",
    )


def reminder(name: str, inviter: str, *, url: str) -> AccountEmail:
    """For a member who has no calendar yet; `url` is where to connect one."""
    return AccountEmail(
        "Connect a calendar to On-Call Optimizer",
        f"Hello {one_line(name)},\n\n{one_line(inviter)} asks you to connect a calendar, so that your team knows when "
        f"you can’t be on call. It takes about 2 minutes:\n\n{url}\n\n"
        "We keep only when you’re blocked or would like to be on call. Never titles.\n",
    )


def removal(name: str, by: str, *, host: str) -> AccountEmail:
    """`by` is empty for the command line."""
    who = one_line(by) or "The administrator"
    return AccountEmail(
        f"Your account at {host} was removed",
        f"Hello {one_line(name)},\n\n{who} removed your account from On-Call Optimizer at {host}. Your availability, "
        "calendar connections, links and tokens are deleted. Your calendars themselves stay as they are.\n",
    )


def one_line(text: str) -> str:
    """A name that spans lines must not look like part of the email."""
    return " ".join(text.split())
