"""The way out, the clock, and whether Google and Microsoft know this server."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import httpx

from oncall_ui.app import App
from oncall_ui.doctor.finding import Finding, Verdict
from oncall_ui.doctor.machine import LOOPBACK
from oncall_ui.domain.imports.failures import Failure
from oncall_ui.security import oauth
from oncall_ui.services.connections.oauth_tokens import vendor_client
from oncall_ui.settings import Authority
from providers.base import Product

ANYWHERE = "https://example.com/"
"""Asked where no vendor is set up; kept by IANA for such purposes (RFC 2606)."""
CLOCK_MAY_DIFFER = timedelta(seconds=60)
NO_CODE = "doctor"
"""What no vendor has given out: one that knows us refuses the code, one that doesn't refuses us."""
CODE_REFUSED = "invalid_grant"


def outbound(app: App) -> Iterator[Finding]:
    """One request to the outside, and the clock by what it answers."""
    used = [authority.token_url for authority in app.settings.authorities.values() if authority.is_set_up]
    url = used[0] if used else ANYWHERE
    host = urlsplit(url).hostname
    try:
        answer = asyncio.run(_head(app, url))
    except Failure as failure:
        # A server that only reads calendars of its own network needs no way out of it.
        verdict = Verdict.FAULT if used else Verdict.NOTE
        said = f"{host} can’t be reached ({failure.cause}). Look at DNS, firewall and routes of this machine."
        yield Finding("Way out", verdict, said)
        return
    yield Finding("Way out", Verdict.GOOD, f"{host} answers")
    yield clock(answer.headers.get("date", ""), host or "")


def clock(date: str, host: str) -> Finding:
    """Tokens and sign-ins run out by the clock (RFC 9110 section 6.6.1 for what `date` looks like)."""
    try:
        off = abs(datetime.now(UTC) - parsedate_to_datetime(date))
    except (ValueError, TypeError):
        return Finding("Clock", Verdict.NOTE, f"{host} doesn’t say what time it is")
    if off > CLOCK_MAY_DIFFER:
        said = f"It is {int(off.total_seconds()):,} seconds off. Let this machine keep its time by NTP."
        return Finding("Clock", Verdict.FAULT, said)
    return Finding("Clock", Verdict.GOOD, f"within {int(CLOCK_MAY_DIFFER.total_seconds())} seconds of {host}")


def registration(app: App, product: Product) -> Finding:
    """Whether the vendor knows this server, and the address to register there."""
    authority = app.authority(product)
    assert authority is not None and product.sign_in is not None  # the caller asked
    here = f"Redirect address: {authority.redirect_url}"
    if not authority.client_id and not authority.client_secret.get_secret_value():
        said = f"not set up. {here}. How: docs/guides/{product.sign_in.guide.rpartition('/')[2]}.md"
        return Finding(product.name, Verdict.NOTE, said)
    key = product.sign_in.authority.upper()
    if fault := _misconfigured(product, authority, key) or _unknown(app, product, authority, key):
        return Finding(product.name, Verdict.FAULT, fault)
    return Finding(product.name, Verdict.GOOD, f"{product.company} knows this server. {here}")


def _misconfigured(product: Product, authority: Authority, key: str) -> str:
    ours = f"ONCALL_{key}_CLIENT_ID and ONCALL_{key}_CLIENT_SECRET"
    if not authority.is_set_up:
        return f"Only one of {ours} is set. Set both."
    url = urlsplit(authority.redirect_url)
    if url.scheme != "https" and url.hostname not in LOOPBACK:
        return f"{product.company} wants a redirect address with https://, not {url.geturl()}. Set ONCALL_BASE_URL."
    return ""


def _unknown(app: App, product: Product, authority: Authority, key: str) -> str:
    try:
        refusal = asyncio.run(_refusal(app, authority))
    except Failure as failure:
        return failure.sentence
    if refusal == CODE_REFUSED:
        return ""
    if refusal == "redirect_uri_mismatch":
        return f"{product.company} knows this server under another address. Register {authority.redirect_url}"
    # A client that was removed and a tenant that isn't there have words of their own.
    return (
        f"{product.company} does not know this server ({refusal}). Check ONCALL_{key}_CLIENT_ID and "
        f"ONCALL_{key}_CLIENT_SECRET; a secret may have run out."
    )


async def _head(app: App, url: str) -> httpx.Response:
    async with vendor_client(app) as client:
        return await client.head(url)


async def _refusal(app: App, authority: Authority) -> str:
    async with vendor_client(app) as client:
        try:
            await oauth.redeem(client, authority, NO_CODE, oauth.new_secret())
        except oauth.Refused as refused:
            return refused.error
    return ""
