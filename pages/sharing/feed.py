"""The private link: a member's availability for any calendar app, without a login."""

import asyncio

from fastapi import Request
from fastapi.responses import PlainTextResponse, Response
from nicegui import app as web

from oncall_ui.app import App
from oncall_ui.services.accounts.rate_limits import may_send_wrong_key
from oncall_ui.services.sharing.feed import open_feed
from pages.session import origin

# `no-cache`: may be stored, but the tag is checked every time (RFC 9111 section 5.2.2.4).
HEADERS = {"Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex"}


def register(app: App) -> None:
    @web.api_route("/feeds/{key}.ics", methods=["GET", "HEAD"])
    async def feed(request: Request, key: str) -> Response:
        found = await asyncio.to_thread(open_feed, app, key)
        if found is None:
            return _unknown_key(app, request)
        # Weak: a proxy, or we, may compress the same text (RFC 9110 section 8.8.1).
        headers = HEADERS | {"ETag": f'W/"{found.tag}"'}
        if is_known(found.tag, request.headers.get("if-none-match", "")):
            return Response(status_code=304, headers=headers)
        headers["Content-Disposition"] = 'inline; filename="availability.ics"'
        return Response(await asyncio.to_thread(found.text), media_type="text/calendar; charset=utf-8", headers=headers)


def is_known(tag: str, if_none_match: str) -> bool:
    """Whether the header lists `tag`; weak and strong tags compare the same (RFC 9110 section 13.1.2)."""
    listed = [each.strip().removeprefix("W/") for each in if_none_match.split(",")]
    return "*" in listed or f'"{tag}"' in listed


def _unknown_key(app: App, request: Request) -> Response:
    if may_send_wrong_key(app, origin(request)):
        return PlainTextResponse("No calendar here. The link may have been replaced.\n", 404)
    return PlainTextResponse("Too many invalid links. Wait 1 minute.\n", 429, headers={"Retry-After": "60"})
