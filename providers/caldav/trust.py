"""Which servers may be shown a password, given the address the member typed."""

import re

import httpx

_HOST = re.compile(r"[a-z0-9._:-]+")
FAMILIES = ("icloud.com", "icloud.com.cn")
"""Domains of one company whose servers send each other's accounts on: every host below them is its own."""


def may_see_password(typed: str, url: str) -> bool:
    """Whether what was typed for `typed` may be sent to `url`.

    The typed server itself, and over https also: the same host, hosts below it, and those of a known family. Two hosts
    side by side are strangers, for they may be two customers of one provider; the member can type the other address.
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
    """The host's name as it may be shown; empty where there is none."""
    found = _parsed(url)
    return found.host if found is not None else ""


def _parsed(url: str) -> httpx.URL | None:
    """Read by whoever will dial it, so that both see the same host."""
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
