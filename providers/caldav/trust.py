"""Which servers may be shown a password, given the address the member typed."""

from urllib.parse import SplitResult, urlsplit

FAMILIES = ("icloud.com", "icloud.com.cn")
"""Domains of one company whose servers send each other's accounts on: every host below them is its own."""


def may_see_password(typed: str, url: str) -> bool:
    """Whether what was typed for `typed` may be sent to `url`.

    The typed server itself, and over https also: the same host, hosts below it, and those of a known family. Two hosts
    side by side are strangers, for they may be two customers of one provider; the member can type the other address.
    """
    here, there = _parts(typed), _parts(url)
    if here is None or there is None:
        return False
    if _origin(here) == _origin(there):
        return True
    if there.scheme != "https":
        return False
    host, other = here.hostname or "", there.hostname or ""
    return _within(other, host) or any(_within(host, family) and _within(other, family) for family in FAMILIES)


def _parts(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts if parts.hostname and parts.scheme in ("http", "https") else None


def _origin(parts: SplitResult) -> tuple[str, str | None, int]:
    return parts.scheme, parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)


def _within(host: str, domain: str) -> bool:
    return host == domain or host.endswith(f".{domain}")
