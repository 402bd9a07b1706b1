"""The one family of import errors, named by who can act. Code that reads a calendar raises these, and only these.

`sentence` is for the member: what happened, starting with the name of the server, and what to do. It never contains a
URL, a password, a token or a response body. `detail` is for the log, under the same rule.
"""

from datetime import timedelta
from enum import StrEnum


class Cause(StrEnum):
    """Why a calendar is not up to date; stable snake_case values for the database, logs, tests and the API."""

    NOT_FOUND = "not_found"
    NEEDS_PASSWORD = "needs_password"  # noqa: S105 - a cause, not a secret
    REFUSED = "refused"
    ACCESS_LOST = "access_lost"
    NOT_REGISTERED = "not_registered"
    """The provider doesn't know this installation, or its client secret has expired: for the operator."""
    WEB_PAGE = "web_page"
    UNREADABLE = "unreadable"
    TRUNCATED = "truncated"
    TOO_SLOW = "too_slow"
    TOO_LARGE = "too_large"
    ADDRESS_NOT_ALLOWED = "address_not_allowed"
    BAD_ADDRESS = "bad_address"
    UNREACHABLE = "unreachable"
    UNKNOWN_HOST = "unknown_host"
    REDIRECTS = "redirects"
    """To where we don't go."""
    REDIRECT_LOOP = "redirect_loop"
    """Too many redirects, or in a circle."""
    BUSY = "busy"
    SERVER_ERROR = "server_error"
    KEY_LOST = "key_lost"
    """The credentials can't be decrypted: the secret key they were sealed with is gone."""
    BAD_RECORD = "bad_record"
    """Something this server stores about the calendar, its member or the team can’t be used; the sentence says what."""
    SUSPECTED_LOSS = "suspected_loss"
    """An import was held back; the member is asked."""
    LOSS_KEPT = "loss_kept"
    """An import was held back; the member chose to keep the old data."""


_MEMBER_ASKED_AFTER = {Cause.REDIRECT_LOOP: 8, Cause.REFUSED: 8}
"""Attempts in a row, about two hours, after which it no longer looks like something that passes."""


class Failure(Exception):
    """A calendar could not be read. Only its three subclasses are raised; they say who can act."""

    def __init__(self, cause: Cause, sentence: str, *, detail: str = "") -> None:
        super().__init__(f"{cause}: {detail or sentence}")
        self.cause = cause
        self.sentence = sentence
        self.detail = detail

    def needs_member(self, attempts: int) -> bool:
        """Whether the member has to act, once so many `attempts` in a row have failed like this."""
        return False

    def __reduce__(self) -> tuple[object, ...]:
        # Failures cross from the worker process; the default would call __init__ with the message alone.
        return (_rebuild, (type(self), self.cause, self.sentence, self.detail))


class MemberMustAct(Failure):
    """Only the member can fix it: access lost, password changed, feed gone. It isn't tried again by itself."""

    def needs_member(self, attempts: int) -> bool:
        return True


class TryLater(Failure):
    """Trying again may fix it: slow, busy, 5xx, network."""

    def __init__(self, cause: Cause, sentence: str, *, detail: str = "", retry_after: timedelta | None = None) -> None:
        super().__init__(cause, sentence, detail=detail)
        self.retry_after = retry_after

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.cause, self.sentence, self.detail, self.retry_after))

    def needs_member(self, attempts: int) -> bool:
        return attempts >= _MEMBER_ASKED_AFTER.get(self.cause, attempts + 1)


class Unreadable(Failure):
    """The answer is not a readable calendar. Says what is wrong and where."""


def _rebuild(
    kind: type[Failure], cause: Cause, sentence: str, detail: str, retry_after: timedelta | None = None
) -> Failure:
    failure = kind(cause, sentence, detail=detail)
    if isinstance(failure, TryLater):
        failure.retry_after = retry_after
    return failure
