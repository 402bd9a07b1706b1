"""Private links for any calendar app, without a login: a member's availability, and on-call shifts."""

import asyncio
from typing import Protocol

from fastapi import Request
from fastapi.responses import PlainTextResponse, Response
from nicegui import app as web

from oncall_ui.app import App
from oncall_ui.services.accounts.logging_in.rate_limits import may_send_wrong_key
from oncall_ui.services.sharing.feed import open_feed
from oncall_ui.services.sharing.shift_feed import open_shift_feed
from pages.session import origin

# `no-cache`: may be stored, but the tag is checked every time (RFC 9111 section 5.2.2.4).
HEADERS = {"Cache-Control": "private, no-cache", "X-Robots-Tag": "noindex"}


class _Feed(Protocol):
    @property
    def tag(self) -> str: ...

    def text(self) -> bytes: ...


def register(app: App) -> None:
    @web.api_route("/feeds/{key}.ics", methods=["GET", "HEAD"])
    async def feed(request: Request, key: str) -> Response:
        return await _answer(app, request, await asyncio.to_thread(open_feed, app, key), "availability")

    @web.api_route("/feeds/shifts/{key}.ics", methods=["GET", "HEAD"])
    async def shift_feed(request: Request, key: str) -> Response:
        return await _answer(app, request, await asyncio.to_thread(open_shift_feed, app, key), "shifts")


async def _answer(app: App, request: Request, found: _Feed | None, name: str) -> Response:
    if found is None:
        return _unknown_key(app, request)
    # Weak: a proxy, or we, may compress the same text (RFC 9110 section 8.8.1).
    headers = HEADERS | {"ETag": f'W/"{found.tag}"'}
    if is_known(found.tag, request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = f'inline; filename="{name}.ics"'
    return Response(await asyncio.to_thread(found.text), media_type="text/calendar; charset=utf-8", headers=headers)


def is_known(tag: str, if_none_match: str) -> bool:
    """Whether the header lists `tag`; weak and strong tags compare the same (RFC 9110 section 13.1.2)."""
    listed = [each.strip().removeprefix("W/") for each in if_none_match.split(",")]
    return "*" in listed or f'"{tag}"' in listed


def _unknown_key(app: App, request: Request) -> Response:
    if may_send_wrong_key(app, origin(request)):
        return PlainTextResponse("No calendar here. The link may have been replaced.\n", 404)
    return PlainTextResponse("Too many invalid links. Wait 1 minute.\n", 429, headers={"Retry-After": "60"})
