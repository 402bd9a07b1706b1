"""Errors that services raise and pages turn into sentences or redirects.

Exception
  InvalidInput        a form field can't be taken: names the field and says what to do
  NotAllowed          not the member's, or not there; the two are never told apart
  NotLoggedIn         no session, or it has expired
  SetupClosed         the first account exists, or the set-up link is not the latest
  SignInFailed        an OAuth sign-in ended without a connection
  LastAdministrator   the installation would be left without an administrator

Failures of an import are a family of their own: oncall_ui/domain/imports/failures.py.
"""


class InvalidInput(Exception):
    """Something typed can't be taken. `field` is the field's label, `sentence` says what to do."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(f"{field}: {sentence}")
        self.field = field
        self.sentence = sentence


class NotAllowed(Exception):
    """The member may not do this; what it concerns is theirs no more than it exists."""


class NotLoggedIn(Exception):
    """There is no session, or it is over."""


class SetupClosed(Exception):
    """There is a member already, or the link is not the one printed last."""


class SignInFailed(Exception):
    """Nothing was connected, and what was before is no worse off. Words for the member; `link` may be passed on."""

    def __init__(
        self, sentence: str, *, product: str = "", renews: int | None = None, link: str = "", words: str = ""
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.product = product
        self.renews = renews
        """The connection that was to be renewed."""
        self.link = link
        self.words = words


class LastAdministrator(Exception):
    """Nobody would be left to look after the others. The text is the sentence that says what to do."""

    def __init__(self) -> None:
        super().__init__(
            "You are the only administrator, and others have accounts here. Have whoever runs this server add another "
            "administrator first: run.py user add EMAIL --name NAME --admin --password-stdin"
        )
