"""What a member reads when connecting fails. They wait for it: nothing is tried again by itself, and nothing was saved.

An import that fails is tried again by the job, so the sentences of failures don't say it. Here a person has to.
"""

from oncall_ui.domain.imports.failures import Cause, Failure, MemberMustAct, TryLater

_REDIRECTED = "{name} redirects this server to another address. Ask your administrator to check its settings."
_SIGNING_IN = {
    Cause.ACCESS_LOST: "{name} let you sign in, but then refused to show us your calendars. Sign in again; if that "
    "doesn’t help, ask your administrator.",
    Cause.BUSY: "{name} gets too many requests from this server. Wait a few minutes, then sign in again.",
    Cause.TOO_SLOW: "{name} took too long to answer. Wait a few minutes, then sign in again.",
    Cause.TRUNCATED: "{name} stopped in the middle of its answer. Wait a few minutes, then sign in again.",
    Cause.UNREACHABLE: "This server can’t reach {name}. Wait a few minutes, then sign in again; if that doesn’t help, "
    "ask your administrator.",
    Cause.UNKNOWN_HOST: "This server can’t find {name}. Ask your administrator to check its network.",
    Cause.ADDRESS_NOT_ALLOWED: "This server must not connect to {name}. Ask your administrator to allow it.",
    Cause.REDIRECTS: _REDIRECTED,
    Cause.REDIRECT_LOOP: _REDIRECTED,
}
"""Instead of what speaks of hosts that members don't know, or of access they never had."""
_BY_OPERATOR = {Cause.NOT_REGISTERED}
"""Waiting doesn't help: the sentence says who can fix it."""
_NAMELESS = {"This address": "{name}", "This feed": "The feed at {name}", "This calendar": "The calendar at {name}"}


def on_signing_in(failure: Failure, name: str) -> str:
    """For a sign-in at `name`: Google, Microsoft."""
    instead = _SIGNING_IN.get(failure.cause) if not _is_the_members(failure) else None
    return instead.format(name=name) if instead else _complete(failure, name, "sign in again")


def on_entering(failure: Failure, host: str) -> str:
    """For an address and a password that were entered in a form; `host` is the server's name."""
    return _complete(failure, host, "try again")


def _is_the_members(failure: Failure) -> bool:
    return isinstance(failure, MemberMustAct) and failure.cause in {Cause.REFUSED, Cause.NOT_FOUND}


def _complete(failure: Failure, name: str, again: str) -> str:
    sentence = _naming(failure.sentence, name)
    if not isinstance(failure, TryLater) or failure.cause in _BY_OPERATOR | {Cause.UNKNOWN_HOST}:
        return sentence
    return f"{sentence} Wait a few minutes, then {again}."


def _naming(sentence: str, name: str) -> str:
    """The sentence with the name of the server, which failures below the connection don't know."""
    if not name or name in sentence:
        return sentence
    for start, named in _NAMELESS.items():
        if sentence.startswith(start):
            return named.format(name=name) + sentence.removeprefix(start)
    return f"{name} can’t be connected. {sentence}"
