"""The one error family, named by who can act. Whoever reads a calendar raises these, and only these.

`sentence` is what a member reads: what happened, named after the other side, and the one thing to do. It never holds an
address, a password, a token or a response body. `detail` is what the log gets; it follows the same prohibition.
"""

from datetime import timedelta
from enum import StrEnum


class Cause(StrEnum):
    """Why a calendar could not be read; stable names for logs, tests and the API."""

    NOT_FOUND = "not_found"
    NEEDS_PASSWORD = "needs_password"  # noqa: S105 - a cause, not a secret
    REFUSED = "refused"
    ACCESS_LOST = "access_lost"
    NOT_REGISTERED = "not_registered"
    """This server is unknown to the vendor, or its secret has expired: for the operator."""
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
    BUSY = "busy"
    SERVER_ERROR = "server_error"
    KEY_MISSING = "key"
    """No secret key of this server opens the connection's credentials; 'key' is what the database holds."""


class Failure(Exception):
    """A calendar was not read. Never raised itself: one of the three below says who can act."""

    def __init__(self, cause: Cause, sentence: str, *, detail: str = "") -> None:
        super().__init__(f"{cause}: {detail or sentence}")
        self.cause = cause
        self.sentence = sentence
        self.detail = detail

    def __reduce__(self) -> tuple[object, ...]:
        # Failures cross from the worker process; the default would call __init__ with the message alone.
        return (_rebuild, (type(self), self.cause, self.sentence, self.detail))


class MemberMustAct(Failure):
    """Only the member can mend it: access lost, password changed, address gone. The schedule stops."""


class TryLater(Failure):
    """The job mends it by trying again: slow, busy, 5xx, network."""

    def __init__(self, cause: Cause, sentence: str, *, detail: str = "", retry_after: timedelta | None = None) -> None:
        super().__init__(cause, sentence, detail=detail)
        self.retry_after = retry_after


class Unreadable(Failure):
    """Something was answered, and it is not a calendar anybody could read. Says what and where."""


def _rebuild(kind: type[Failure], cause: Cause, sentence: str, detail: str) -> Failure:
    return kind(cause, sentence, detail=detail)
