"""The addresses members type: which can be fetched at all, and how each is written once and for all."""

import re

import httpx

from oncall_ui.domain.imports.failures import Cause, Failure, MemberMustAct
from oncall_ui.security.http.public_addresses import is_host

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):(?![0-9])", re.IGNORECASE)
_MEANT_AS_HTTPS = {"webcal", "webcals"}


def normalise(url: str) -> str:
    """The address to store and fetch: http or https, without fragment. Raises MemberMustAct for any other.

    `webcal` becomes https, and so does an address typed without a scheme.
    """
    text = url.strip()
    if not text:
        raise _bad("There is no address here yet.")
    match = _SCHEME.match(text)
    if match is None:
        text = f"https://{text.removeprefix('//')}"
    elif match[1].lower() in _MEANT_AS_HTTPS:
        text = f"https:{text[match.end() :]}"
    return str(checked(parsed(text)).copy_with(fragment=None))


def parsed(url: str) -> httpx.URL:
    """Raises MemberMustAct for what is no URL; httpx's own error would quote it."""
    try:
        return httpx.URL(url)
    except httpx.InvalidURL:
        raise _bad("We can’t read this address. Copy it once more, from its beginning to its end.") from None


def checked(url: httpx.URL) -> httpx.URL:
    """The same URL, its host without the dot at the end; raises MemberMustAct unless it can be fetched over the web."""
    if url.scheme not in ("http", "https"):
        raise _bad("An address of a calendar starts with https://, http:// or webcal://")
    if url.userinfo:
        raise _bad("This address contains a user name or a password. Put them into their own fields.")
    host = url.raw_host.decode("ascii").rstrip(".")
    if not is_host(host) or (url.port is not None and not 0 < url.port <= 65535):
        raise _bad("This address names no server. Copy it once more, from its beginning to its end.")
    return url if host == url.raw_host.decode("ascii") else url.copy_with(host=host)


def _bad(sentence: str) -> Failure:
    return MemberMustAct(Cause.BAD_ADDRESS, sentence, detail="not an address that can be fetched")
