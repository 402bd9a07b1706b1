"""Errors that services raise, and pages turn into sentences or redirects.

Exception
  InvalidInput        a form field is invalid: names the field and says what to do
  NotAllowed          not the member's, or it doesn't exist; callers can't tell which
  NotLoggedIn         no session, or it has expired
  TooManyAttempts     a password, code or link was tried too often: says when to try again
  SecondFactorMissing the member has to set up a second factor before anything else
  LogInAgain          a log-in expired before its second step, or had too many wrong codes
  PasskeyRefused      the answer isn’t genuine, or not to this question
  OnlyWayIn           the passkey can’t be removed: nothing else logs the member in
  SetupClosed         the first account exists, or the set-up link is not the latest
  SignInFailed        an OAuth sign-in ended without a connection
  SingleSignOnFailed  nobody was logged in or linked by single sign-on
  LastAdministrator   there would be no administrator left
  Gone                another administrator was faster: the member or the invitation is no longer there
  InvitationEnded     an invitation's link no longer creates an account
  LastManager         a schedule would have no manager left
  PlanNotReady        a draft can't be changed or published at the moment: says why
  PlanOutdated        the schedule or a calendar has changed since the draft was planned: says what
  RequestClosed       a request for cover is no longer open: says who was faster, or why
  AgreeFirst          it breaks a limit or meets a block, and who it concerns hasn’t agreed: says which

Imports have their own family: oncall_ui/domain/imports/failures.py.
"""

import math
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

T = TypeVar("T")


class InvalidInput(Exception):
    """A form field is invalid. `field` is its label, `sentence` says what to do.

    `sentences` are those of all fields known to be invalid, by label, in the order of the form.
    """

    def __init__(self, field: str, sentence: str, *others: "InvalidInput") -> None:
        super().__init__(f"{field}: {sentence}")
        self.field = field
        self.sentence = sentence
        self.sentences = {field: sentence} | {other.field: other.sentence for other in others}


def all_valid(*checks: Callable[[], T]) -> list[T]:
    """What the checks of a form's fields return. Raises one InvalidInput for all the fields that are invalid."""
    values: list[T] = []
    wrong: list[InvalidInput] = []
    for check in checks:
        try:
            values.append(check())
        except InvalidInput as error:
            wrong.append(error)
    if wrong:
        raise InvalidInput(wrong[0].field, wrong[0].sentence, *wrong[1:])
    return values


class NotAllowed(Exception):
    """The member may not do this, or what it concerns doesn't exist."""


class NotLoggedIn(Exception):
    """There is no session, or it has ended."""


class TooManyAttempts(Exception):
    """Tried too often, or by too many at once. `seconds` until the next try; `sentence` says so."""

    def __init__(self, seconds: float) -> None:
        self.seconds = max(1, math.ceil(seconds))
        self.sentence = f"Too many attempts. Try again in {self.seconds} s."
        super().__init__(self.sentence)


class LogInAgain(Exception):
    """The log-in that waited for its second factor is over. `sentence` says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class SecondFactorMissing(NotLoggedIn):
    """The member has to set up a second factor before anything else."""


class PasskeyRefused(Exception):
    """A passkey's answer isn't genuine, or not to the question that was asked. The message is for the log."""


class OnlyWayIn(Exception):
    """Nothing else logs the member in, so it isn't removed. `sentence` says what to do first."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class SetupClosed(Exception):
    """There is an account already, or the link is not the latest one printed."""


class SignInFailed(Exception):
    """Nothing was connected or changed. `sentence` is for the member, and `link`, if any, to open or pass on."""

    def __init__(
        self, sentence: str, *, product: str = "", reconnects: int | None = None, link: str = "", words: str = ""
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.product = product
        self.reconnects = reconnects
        """The connection that was to be reconnected."""
        self.link = link
        self.words = words


class SingleSignOnFailed(Exception):
    """Nothing was changed, and nobody was logged in. `sentence` is for the person who tried."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.links = False
        """Whether a member wanted to link an account, not to log in."""
        self.target = "/"
        """The page that was asked for before."""


class LastAdministrator(Exception):
    """There would be no administrator left. The message says what to do."""

    def __init__(self) -> None:
        super().__init__(
            "There has to be an administrator. Make someone else an administrator first: under Members, or with "
            "python run.py user role EMAIL admin"
        )


class Gone(Exception):
    """Another administrator was faster: the member or the invitation is no longer there. The message says who."""


class InvitationEnd(StrEnum):
    """Why an invitation's link doesn't work."""

    EXPIRED = "expired"
    USED = "used"
    REVOKED = "revoked"
    REPLACED = "replaced"
    """There is a newer link for the same address."""
    HAS_ACCOUNT = "has_account"
    """The address got an account in another way."""
    UNKNOWN = "unknown"


class InvitationEnded(Exception):
    """A link that no longer creates an account, or never did.

    `ended_at` is when, to be shown in `zone`; `inviter` is the administrator to ask, empty if there is none to name.
    """

    def __init__(
        self,
        end: InvitationEnd,
        *,
        ended_at: datetime | None = None,
        inviter: str = "",
        zone: ZoneInfo = ZoneInfo("UTC"),  # noqa: B008 - immutable
    ) -> None:
        super().__init__(f"invitation {end}")
        self.end = end
        self.ended_at = ended_at
        self.inviter = inviter
        self.zone = zone


class LastManager(Exception):
    """The schedule would have no manager left. The message says what to do."""

    def __init__(self) -> None:
        super().__init__("A schedule needs a manager. Make someone else a manager first.")


class PlanNotReady(Exception):
    """The draft is being planned, or was published or discarded. `sentence` says which."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class PlanOutdated(Exception):
    """Something has changed since the draft was planned, so it wasn't published. `sentence` says what."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class RequestClosed(Exception):
    """The request for cover or a swap is settled, or over. Nothing has changed; `sentence` says why."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class AgreeFirst(Exception):
    """It may be done once the person who does it agrees to what it breaks, which `sentence` says."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
