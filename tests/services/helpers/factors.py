"""Members with a second factor, for tests."""

import pyotp

from oncall_ui.app import App
from oncall_ui.services.accounts.second_factors import totp
from oncall_ui.services.accounts.second_factors.passkeys import add_passkey, ask_to_create
from oncall_ui.services.accounts.second_factors.totp import begin_setup, confirm_setup
from tests.conftest import Person
from tests.fakes.authenticator import Authenticator

ORIGIN = "http://localhost:8080"
"""Where tests' installations are opened, unless they say otherwise."""


class CodeApp:
    """An authenticator app whose clock the test moves: it never has to wait for the next code."""

    def __init__(self, secret: str) -> None:
        self._totp = pyotp.TOTP(secret)

    def code(self, steps: int = 0) -> str:
        """The code `steps` of 30 seconds from now."""
        return self._totp.at(vars(totp)["now"]().timestamp() + 30 * steps)


def with_app(app: App, person: Person) -> tuple[CodeApp, tuple[str, ...]]:
    """Turns two-factor on with the code of the step before: those of now and of the next still work."""
    codes_app = CodeApp(begin_setup(app, person.id).secret)
    return codes_app, confirm_setup(app, person.id, codes_app.code(-1))


def with_passkey(app: App, person: Person, *, name: str = "Laptop", counts: bool = True) -> Authenticator:
    authenticator = Authenticator(ORIGIN, counts=counts)
    question = ask_to_create(app, person.id)
    add_passkey(app, person.id, question.challenge, authenticator.create(question.options), name=name)
    return authenticator
