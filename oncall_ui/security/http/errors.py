"""What can go wrong on the wire, in the words of the one error family.

The library's own texts are left out, and so are its exceptions as causes: they may quote addresses and answers.
"""

import ssl
from typing import TypeVar

import httpcore

from oncall_ui.domain.imports.failures import Cause, Failure, MemberMustAct, TryLater, Unreadable
from oncall_ui.security.http.limits import MEGABYTE

E = TypeVar("E", bound=BaseException)

NETWORK_ERRORS = (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException, ssl.SSLError)
"""All that the network libraries raise for what the other side does; `mishap` knows each."""

# OpenSSL's numbers for what is wrong with a certificate (X509_V_ERR_…).
_CERTIFICATE_WORDS = {
    9: "is not valid yet",
    10: "has expired",
    18: "is signed by nobody but itself",
    19: "is signed by an authority this server doesn’t know",
    20: "is signed by an authority this server doesn’t know",
    21: "is signed by an authority this server doesn’t know",
    62: "belongs to another name",
    64: "belongs to another address",
}


def mishap(error: Exception, host: str) -> Failure:
    """The failure for an error of the network libraries while talking to `host`."""
    kind = type(error).__name__
    if certificate := _within(error, ssl.SSLCertVerificationError):
        return _bad_certificate(certificate, host)
    if isinstance(error, httpcore.TimeoutException):
        return too_slow(host)
    if _within(error, ssl.SSLError):
        return TryLater(
            Cause.UNREACHABLE, f"No secure connection to {host} can be made.", detail=f"{host}: TLS, {kind}"
        )
    if isinstance(error, httpcore.ProtocolError):
        return TryLater(Cause.SERVER_ERROR, f"{host} broke off or garbled its answer.", detail=f"{host}: {kind}")
    return TryLater(Cause.UNREACHABLE, f"{host} can’t be reached.", detail=f"{host}: {kind}")


def unknown_host(host: str) -> Failure:
    return TryLater(Cause.UNKNOWN_HOST, f"We can’t find {host}. Is it spelled right?", detail=f"{host}: no address")


def not_allowed(host: str) -> Failure:
    return MemberMustAct(
        Cause.ADDRESS_NOT_ALLOWED,
        "This address leads into the server’s own network. Whoever runs this server can allow it.",
        detail=f"{host}: not public, not in ONCALL_ALLOWED_PRIVATE_HOSTS",
    )


def too_slow(host: str) -> Failure:
    return TryLater(Cause.TOO_SLOW, f"{host} takes too long to answer.", detail=f"{host}: out of time")


def too_large(host: str, limit: int, *, packed: bool = False) -> Failure:
    size = f"{_size(limit)} compressed" if packed else _size(limit)
    sentence = f"This feed is larger than {size}, more than this server reads."
    return MemberMustAct(Cause.TOO_LARGE, sentence, detail=f"{host}: more than {limit} bytes")


def cut_short(host: str) -> Failure:
    return TryLater(Cause.TRUNCATED, f"{host} broke off in the middle of its answer.", detail=f"{host}: cut short")


def cannot_unpack(host: str, why: str) -> Failure:
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
        f"The certificate of {host} {words}. Whoever runs {host} can mend it.",
        detail=f"{host}: certificate, code {error.verify_code}",
    )
