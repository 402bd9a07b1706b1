"""Network errors as Failures.

The libraries' messages are left out, and their exceptions are not chained: both may quote URLs and responses.
"""

import ssl
from typing import TypeVar

import httpcore

from oncall_ui.domain.imports.failures import Cause, Failure, MemberMustAct, TryLater, Unreadable
from oncall_ui.security.http.limits import MEGABYTE
from oncall_ui.security.http.ports import in_words

E = TypeVar("E", bound=BaseException)

NETWORK_ERRORS = (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, ssl.SSLError)
"""Everything the network libraries raise because of the other side; `failure_for` handles each."""

# OpenSSL's verification error codes (X509_V_ERR_…).
_CERTIFICATE_WORDS = {
    9: "is not valid yet",
    10: "has expired",
    18: "is self-signed",
    19: "comes from an authority this server doesn’t know",
    20: "comes from an authority this server doesn’t know",
    21: "comes from an authority this server doesn’t know",
    62: "is for another name",
    64: "is for another address",
}


def failure_for(error: Exception, host: str) -> Failure:
    """The Failure for a network library's error during a conversation with `host`."""
    kind = type(error).__name__
    if certificate := _within(error, ssl.SSLCertVerificationError):
        return _bad_certificate(certificate, host)
    if isinstance(error, httpcore.TimeoutException):
        return too_slow(host)
    if _within(error, ssl.SSLError):
        return TryLater(
            Cause.UNREACHABLE, f"{host} can’t be reached over a secure connection.", detail=f"{host}: TLS, {kind}"
        )
    if isinstance(error, httpcore.ProtocolError):
        return invalid_answer(host, kind)
    return TryLater(Cause.UNREACHABLE, f"{host} can’t be reached.", detail=f"{host}: {kind}")


def unknown_host(host: str) -> Failure:
    return TryLater(Cause.UNKNOWN_HOST, f"We can’t find {host}. Is it spelled right?", detail=f"{host}: no address")


def not_allowed(host: str) -> Failure:
    return MemberMustAct(
        Cause.ADDRESS_NOT_ALLOWED,
        f"{host} is in the server’s own network. Ask your administrator to allow it.",
        detail=f"{host}: not public, not in ONCALL_ALLOWED_PRIVATE_HOSTS",
    )


def port_not_allowed(host: str, port: int, ports: frozenset[int]) -> Failure:
    return MemberMustAct(
        Cause.ADDRESS_NOT_ALLOWED,
        f"{host}:{port} uses a port that this server doesn’t connect to (it uses {in_words(ports)}). "
        "Ask your administrator to allow it.",
        detail=f"{host}:{port}: not in ONCALL_ALLOWED_PORTS or ONCALL_ALLOWED_PRIVATE_HOSTS",
    )


def too_slow(host: str) -> Failure:
    return TryLater(Cause.TOO_SLOW, f"{host} took too long to answer.", detail=f"{host}: out of time")


def silent(host: str, seconds: float | None) -> Failure:
    """`seconds` is the limit that was reached."""
    sentence = f"{host} didn’t respond for {seconds or 0:g} seconds."
    return TryLater(Cause.TOO_SLOW, sentence, detail=f"{host}: silent")


def invalid_answer(host: str, why: str) -> Failure:
    return TryLater(Cause.SERVER_ERROR, f"{host} sent an incomplete or invalid answer.", detail=f"{host}: {why}")


def too_large(host: str, limit: int, *, compressed: bool = False) -> Failure:
    size = f"{_size(limit)} compressed" if compressed else _size(limit)
    sentence = f"This feed is larger than {size}, the most this server reads."
    return MemberMustAct(Cause.TOO_LARGE, sentence, detail=f"{host}: more than {limit} bytes")


def cut_short(host: str) -> Failure:
    return TryLater(Cause.TRUNCATED, f"{host} stopped in the middle of its answer.", detail=f"{host}: cut short")


def cannot_decode(host: str, why: str) -> Failure:
    return Unreadable(
        Cause.UNREADABLE, f"{host} compresses its answer in a way we can’t read.", detail=f"{host}: {why}"
    )


def _size(limit: int) -> str:
    if limit >= MEGABYTE:
        return f"{limit / MEGABYTE:.3g} MB"
    return f"{limit / 1024:.3g} KB"


def _within(error: BaseException | None, kind: type[E]) -> E | None:
    while error is not None and not isinstance(error, kind):
        error = error.__cause__ or error.__context__
    return error


def _bad_certificate(error: ssl.SSLCertVerificationError, host: str) -> Failure:
    words = _CERTIFICATE_WORDS.get(error.verify_code, "can’t be trusted")
    return MemberMustAct(
        Cause.REFUSED,
        f"The certificate of {host} {words}. Only the administrator of {host} can fix it.",
        detail=f"{host}: certificate, code {error.verify_code}",
    )
