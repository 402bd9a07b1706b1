"""Where what is being done comes from: the browser of a request or of an open page, or the command line.

Pages set it before they call a service, the command line once; the audit log and the list of sessions read it. It is
a context variable, so that it also holds in the threads that services run in (`asyncio.to_thread` copies the context).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

LONGEST_USER_AGENT = 400


@dataclass(frozen=True, slots=True)
class Origin:
    """`address` is an IP address; both are empty on the command line and in jobs."""

    address: str = ""
    user_agent: str = ""


NOWHERE = Origin()
_current: ContextVar[Origin] = ContextVar("origin", default=NOWHERE)


def current_origin() -> Origin:
    """The origin of what is being done."""
    return _current.get()


def come_from(origin: Origin) -> None:
    """Everything the current task does from here on comes from `origin`."""
    _current.set(origin)


@contextmanager
def coming_from(origin: Origin) -> Iterator[None]:
    """What is done inside the block comes from `origin`."""
    token = _current.set(origin)
    try:
        yield
    finally:
        _current.reset(token)


def origin_of(address: str, user_agent: str) -> Origin:
    """An origin with what a browser sent, shortened and on one line: both are shown and stored."""
    return Origin(_one_line(address)[:64], _one_line(user_agent)[:LONGEST_USER_AGENT])


def _one_line(text: str) -> str:
    return "".join(each if each.isprintable() else " " for each in text).strip()
