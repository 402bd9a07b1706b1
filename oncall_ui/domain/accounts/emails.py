"""The texts of the emails about a member's account. A name is on one line; nothing else in them was typed by others."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Email:
    """Plain text."""

    subject: str
    text: str


def reset_email(name: str, link: str) -> Email:
    """To a member who forgot the password."""
    return Email(
        "Set a new password",
        text_of(
            f"Hello {one_line(name)},",
            f"Set a new password here. The link works once, for 1 hour:\n{link}",
            "Your old password works until then. If you didn’t ask for this link, no action is needed.",
        ),
    )


def password_changed_email(name: str, url: str) -> Email:
    """To a member whose password was just set. `url` is the address of this app."""
    return Email(
        "Your password was changed",
        text_of(
            f"Hello {one_line(name)},",
            f"The password of your account at {url} was changed, and your other browsers were logged out.",
            f"If that wasn’t you, set a new one now: {url}/login/forgot",
        ),
    )


def delivery_test_email(name: str, url: str) -> Email:
    """To an administrator who looks whether email arrives."""
    return Email(
        "Test from On-Call Optimizer",
        text_of(
            f"Hello {one_line(name)},",
            f"Email from {url} arrives here. You asked for this test under Admin:\n{url}/admin",
        ),
    )


def confirm_email(link: str, url: str) -> Email:
    """To a new address: it may be anybody's, so it names nobody."""
    return Email(
        "Confirm your email address",
        text_of(
            "Hello,",
            f"Confirm that you want to log in to {url} with this address. The link works once, for 24 hours:\n{link}",
            "If you didn’t ask for this, no action is needed: nothing changes without your confirmation.",
        ),
    )


def email_change_notice(name: str, new: str, url: str) -> Email:
    """To the old address, as soon as a change was asked for."""
    return Email(
        "Your email address is about to change",
        text_of(
            f"Hello {one_line(name)},",
            f"You asked to log in to {url} with {new} instead of this address. It changes once {new} is confirmed.",
            f"If that wasn’t you, change your password now, under Security: {url}/you/security",
        ),
    )


def email_changed_notice(name: str, new: str, url: str) -> Email:
    """To the old address, once an administrator has changed it."""
    return Email(
        "Your email address was changed",
        text_of(
            f"Hello {one_line(name)},",
            f"An administrator changed the address of your account at {url} to {new}. Log in with it from now on.",
            "If you didn’t expect this, ask your administrator.",
        ),
    )


def text_of(*paragraphs: str) -> str:
    return "\n\n".join(paragraphs) + "\n"


def one_line(text: str) -> str:
    return " ".join(text.split())
