"""Which servers may be shown a password, given the address the member typed."""

import re

import httpx

_HOST = re.compile(r"[a-z0-9._:-]+")
FAMILIES = ("icloud.com", "icloud.com.cn")
"""Domains whose servers redirect accounts to one another; every host below them belongs to the same company."""


def may_see_password(typed: str, url: str) -> bool:
    """Whether the password entered for the server `typed` may be sent to `url`.

    Yes for the typed server itself, and over https for the same host on another port, hosts below it, and hosts of a
    known family. Sibling hosts are not trusted, since they may be two customers of one provider; the member can enter
    the other address instead.
    """
    here, there = _parsed(typed), _parsed(url)
    if here is None or there is None:
        return False
    if (here.scheme, _host(here), here.port) == (there.scheme, _host(there), there.port):
        return True
    if there.scheme != "https":
        return False
    if _is_within(_host(there), _host(here)):
        return True
    return any(_is_within(_host(here), family) and _is_within(_host(there), family) for family in FAMILIES)


def host_of(url: str) -> str:
    """The host name to show; empty if there is none."""
    found = _parsed(url)
    return found.host if found is not None else ""


def origin_of(url: str) -> str:
    """Scheme, host and port to show, such as https://cal.example.org:8443; empty if there is no host."""
    found = _parsed(url)
    return f"{found.scheme}://{found.netloc.decode('ascii')}" if found is not None else ""


def _parsed(url: str) -> httpx.URL | None:
    """Parsed by the library that will connect to it, so that both see the same host."""
    try:
        found = httpx.URL(url)
    except httpx.InvalidURL:
        return None
    is_plain = found.scheme in ("http", "https") and not found.userinfo and _HOST.fullmatch(_host(found))
    return found if is_plain else None


def _host(url: httpx.URL) -> str:
    return url.raw_host.decode("ascii").lower().rstrip(".")


def _is_within(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")
