"""Why a log-in at an OpenID provider ended, named by who can act.

The messages are for the operator: the log and `run.py doctor` show them. They contain no code, token or secret, and
what a provider wrote only as `quoted` returns it. Where the provider can't be reached, requests raise a Failure
of oncall_ui/domain/imports/failures.py.
"""


class OidcError(Exception):
    """Only its subclasses are raised."""


class OperatorMustAct(OidcError):
    """The provider or this server's registration there isn't set up as it has to be."""


class Untrusted(OidcError):
    """An answer failed a check. It may be an attack, a clock that is off, or a provider that breaks the rules."""


class Refused(OidcError):
    """The provider answered with an error code (RFC 6749 sections 4.1.2.1 and 5.2; OpenID Connect Core 3.1.2.6)."""

    def __init__(self, error: str) -> None:
        super().__init__(quoted(error))
        self.error = error


def quoted(text: object) -> str:
    """What another server wrote, short and on one line."""
    return "".join(each if each.isprintable() else "?" for each in str(text)[:200])
