"""Checks of outbound connections, the clock, and this server's registration with Google and Microsoft."""

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
from oncall_ui.services.connections.oauth_tokens import provider_client
from oncall_ui.settings import OAuthClient
from providers.base import Product

FALLBACK_URL = "https://example.com/"
"""Requested if no provider is set up; IANA keeps it for such purposes (RFC 2606)."""
MAX_CLOCK_OFFSET = timedelta(seconds=60)
INVALID_CODE = "doctor"
"""An authorization code that no provider issued: one that knows this server refuses the code, others the client."""
CODE_REFUSED = "invalid_grant"


def outbound(app: App) -> Iterator[Finding]:
    """One request to the internet, and the clock compared with the response's date."""
    name = "Outbound"
    token_urls = [client.token_url for client in app.settings.oauth_clients.values() if client.is_set_up]
    url = token_urls[0] if token_urls else FALLBACK_URL
    host = urlsplit(url).hostname
    try:
        response = asyncio.run(_head(app, url))
    except Failure as failure:
        # A server that only reads calendars in its own network needs no internet access.
        verdict = Verdict.FAULT if token_urls else Verdict.NOTE
        text = f"{host} can’t be reached ({failure.cause}). Check this machine’s DNS, firewall and routes."
        yield Finding(name, verdict, text)
        return
    yield Finding(name, Verdict.GOOD, f"{host} answers")
    yield clock(response.headers.get("date", ""), host or "")


def clock(date: str, host: str) -> Finding:
    """Tokens and sign-ins expire by the clock. `date` is an HTTP date (RFC 9110 section 5.6.7)."""
    name = "Clock"
    try:
        offset = abs(datetime.now(UTC) - parsedate_to_datetime(date))
    except (ValueError, TypeError):
        return Finding(name, Verdict.NOTE, f"{host} doesn’t send the time")
    if offset > MAX_CLOCK_OFFSET:
        text = f"It is {int(offset.total_seconds()):,} seconds off. Synchronise this machine’s clock by NTP."
        return Finding(name, Verdict.FAULT, text)
    return Finding(name, Verdict.GOOD, f"within {int(MAX_CLOCK_OFFSET.total_seconds())} seconds of {host}")


def registration(app: App, product: Product) -> Finding:
    """Whether the provider accepts this server's registration, and the redirect URL to register."""
    client = app.oauth_client(product)
    assert client is not None and product.sign_in is not None  # the caller checks
    redirect = f"Redirect address: {client.redirect_url}"
    if not client.client_id and not client.client_secret.get_secret_value():
        guide = product.sign_in.guide.rpartition("/")[2]
        return Finding(product.name, Verdict.NOTE, f"not set up. {redirect}. How: docs/guides/{guide}.md")
    key = product.sign_in.authority.upper()
    if fault := _misconfigured(product, client, key) or _rejected(app, product, client, key):
        return Finding(product.name, Verdict.FAULT, fault)
    return Finding(product.name, Verdict.GOOD, f"{product.company} accepts this server. {redirect}")


def _misconfigured(product: Product, client: OAuthClient, key: str) -> str:
    if not client.is_set_up:
        return f"Only one of ONCALL_{key}_CLIENT_ID and ONCALL_{key}_CLIENT_SECRET is set. Set both."
    url = urlsplit(client.redirect_url)
    if url.scheme != "https" and url.hostname not in LOOPBACK:
        return f"{product.company} requires a redirect address with https://, not {url.geturl()}. Set ONCALL_BASE_URL."
    return ""


def _rejected(app: App, product: Product, client: OAuthClient, key: str) -> str:
    try:
        error = asyncio.run(_token_error(app, client))
    except Failure as failure:
        return failure.sentence
    if error == CODE_REFUSED:
        return ""
    if error == "redirect_uri_mismatch":
        return f"{product.company} has another redirect address for this server. Register {client.redirect_url}"
    # Deleted clients and unknown tenants have error codes of their own, too.
    return (
        f"{product.company} doesn’t accept this server ({error}). Check ONCALL_{key}_CLIENT_ID and "
        f"ONCALL_{key}_CLIENT_SECRET; the secret may have expired."
    )


async def _head(app: App, url: str) -> httpx.Response:
    async with provider_client(app) as client:
        return await client.head(url)


async def _token_error(app: App, oauth_client: OAuthClient) -> str:
    async with provider_client(app) as client:
        try:
            await oauth.exchange_code(client, oauth_client, INVALID_CODE, oauth.new_secret())
        except oauth.OAuthError as error:
            return error.error
    return ""
