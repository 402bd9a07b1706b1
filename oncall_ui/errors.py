"""Errors that services raise, and pages turn into sentences or redirects.

Exception
  InvalidInput        a form field is invalid: names the field and says what to do
  NotAllowed          not the member's, or it doesn't exist; callers can't tell which
  NotLoggedIn         no session, or it has expired
  SetupClosed         the first account exists, or the set-up link is not the latest
  SignInFailed        an OAuth sign-in ended without a connection
  LastAdministrator   the other members would be left without an administrator

Imports have their own family: oncall_ui/domain/imports/failures.py.
"""


class InvalidInput(Exception):
    """A form field is invalid. `field` is its label, `sentence` says what to do."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(f"{field}: {sentence}")
        self.field = field
        self.sentence = sentence


class NotAllowed(Exception):
    """The member may not do this, or what it concerns doesn't exist."""


class NotLoggedIn(Exception):
    """There is no session, or it has ended."""


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


class LastAdministrator(Exception):
    """The other members would be left without an administrator. The message says what to do."""

    def __init__(self) -> None:
        super().__init__(
            "You are the only administrator, and others have accounts here. Add another administrator first: "
            "python run.py user add EMAIL --name NAME --admin --password-stdin"
        )
