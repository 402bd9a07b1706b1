"""URLs that members type: which of them can be fetched, and the normal form of each."""

import re

import httpx

from oncall_ui.domain.imports.failures import Cause, Failure, MemberMustAct
from oncall_ui.security.http.public_addresses import is_host

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):(?![0-9])", re.IGNORECASE)
_ALIASES_OF_HTTPS = {"webcal", "webcals"}


def normalise_url(url: str) -> str:
    """The URL to store and fetch: http or https, without fragment. Raises MemberMustAct for any other.

    `webcal` and a missing scheme become https.
    """
    text = url.strip()
    if not text:
        raise _bad("Enter an address.")
    match = _SCHEME.match(text)
    if match is None:
        text = f"https://{text.removeprefix('//')}"
    elif match[1].lower() in _ALIASES_OF_HTTPS:
        text = f"https:{text[match.end() :]}"
    return str(checked_url(parsed_url(text)).copy_with(fragment=None))


def parsed_url(url: str) -> httpx.URL:
    """Raises MemberMustAct for an invalid URL; httpx's own error would quote it."""
    try:
        return httpx.URL(url)
    except httpx.InvalidURL:
        raise _bad("We can’t read this address. Copy the whole address again.") from None


def checked_url(url: httpx.URL) -> httpx.URL:
    """The URL without a trailing dot in its host. Raises MemberMustAct unless it can be fetched over HTTP."""
    if url.scheme not in ("http", "https"):
        raise _bad("Calendar addresses start with https://, http:// or webcal://")
    if url.userinfo:
        raise _bad("This address contains a user name or password. Enter them in their own fields.")
    host = url.raw_host.decode("ascii").rstrip(".")
    if not is_host(host) or (url.port is not None and not 0 < url.port <= 65535):
        raise _bad("This address has no valid server name. Copy the whole address again.")
    return url if host == url.raw_host.decode("ascii") else url.copy_with(host=host)


def _bad(sentence: str) -> Failure:
    return MemberMustAct(Cause.BAD_ADDRESS, sentence, detail="not a URL that can be fetched")
