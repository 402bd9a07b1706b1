"""The questions and answers of passkeys, as JSON, between pages/static/passkeys.js and the services.

SameOrigin refuses posts from other sites. The challenge of a question is in the browser's session until the answer.
"""

import asyncio
import json
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import JSONResponse, Response
from nicegui import app as web

from oncall_ui.app import App
from oncall_ui.errors import NotAllowed, PasskeyRefused
from oncall_ui.services.accounts.logging_in.rate_limits import may_open_page
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.accounts.second_factors.passkeys import (
    Question,
    add_passkey,
    ask_to_create,
    ask_to_log_in,
    log_in_with_passkey,
)
from pages.entering import enter
from pages.known_browser import browser_cookie
from pages.session import NEXT, PENDING, login_required, origin, own_page

CHALLENGE = "passkey"
"""The key in the browser's session."""
LONGEST = 64 * 1024
"""Bytes of an answer; browsers send a few thousand."""


def register(app: App) -> None:
    @web.post("/login/passkey/options")
    async def login_options(request: Request) -> Response:
        if not may_open_page(app, origin(request)):
            return _refuse("busy", 429)
        pending = request.session.get(PENDING, "")
        try:
            question = await asyncio.to_thread(ask_to_log_in, app, pending)
        except NotAllowed:
            return _refuse("refused", 404)
        return _ask(request, question)

    @web.post("/login/passkey")
    async def post_login(request: Request) -> Response:
        if not may_open_page(app, origin(request)):
            return _refuse("busy", 429)
        said = await _json(request)
        try:
            outcome = await asyncio.to_thread(
                log_in_with_passkey,
                app,
                request.session.pop(CHALLENGE, ""),
                _answer(said),
                pending=request.session.get(PENDING, ""),
                browser=browser_cookie(request),
                trust=said.get("trust") is True,
            )
        except (PasskeyRefused, NotAllowed):
            return _refuse("refused", 400)
        return await enter(app, request, outcome, JSONResponse({"to": own_page(str(said.get(NEXT, "")))}))

    _register_adding(app)


def _register_adding(app: App) -> None:
    logged_in = login_required(app, for_setup=True)

    @web.post("/you/passkeys/options")
    async def options(request: Request, me: Annotated[LoggedIn, Depends(logged_in)]) -> Response:
        try:
            question = await asyncio.to_thread(ask_to_create, app, me.member.id)
        except NotAllowed:
            return _refuse("refused", 404)
        return _ask(request, question)

    @web.post("/you/passkeys")
    async def post_passkey(request: Request, me: Annotated[LoggedIn, Depends(logged_in)]) -> Response:
        said, challenge = await _json(request), request.session.pop(CHALLENGE, "")
        try:
            codes = await asyncio.to_thread(add_passkey, app, me.member.id, challenge, _answer(said))
        except (PasskeyRefused, NotAllowed):
            return _refuse("refused", 400)
        return JSONResponse({"codes": codes})


def _ask(request: Request, question: Question) -> Response:
    request.session[CHALLENGE] = question.challenge
    return JSONResponse(question.options)


def _refuse(why: str, status: int) -> Response:
    """`why` is a word that passkey_button.py has a sentence for."""
    return JSONResponse({"error": why}, status)


def _answer(said: Mapping[str, Any]) -> Mapping[str, Any]:
    answer = said.get("answer")
    if not isinstance(answer, dict):
        raise PasskeyRefused("no answer")
    return answer


async def _json(request: Request) -> Mapping[str, Any]:
    """What was posted; empty unless it is an object of a sensible size."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST:
            return {}
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}
