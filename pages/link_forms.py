"""The forms of people who aren't logged in and have, or want, a link: to log in, reset, join or confirm."""

import asyncio
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from nicegui import app as web
from nicegui import background_tasks

from oncall_ui.app import App
from oncall_ui.domain.accounts.login import LoginMethod
from oncall_ui.domain.schedules.cover.states import Answer
from oncall_ui.errors import AgreeFirst, InvalidInput, InvitationEnded, NotAllowed, RequestClosed, TooManyAttempts
from oncall_ui.origin import come_from, origin_of
from oncall_ui.services.accounts.links.email_change import confirm_email_change
from oncall_ui.services.accounts.links.joining import join
from oncall_ui.services.accounts.links.reset import request_reset, reset_password
from oncall_ui.services.accounts.logging_in.rate_limits import may_set_up
from oncall_ui.services.schedules.cover.links import answer_by_link
from oncall_ui.services.text_input import valid_email
from pages.auth import refuse_form, text_fields
from pages.entering import let_in
from pages.plain import plain_page
from pages.session import FLASH, origin

ANSWERS = {"take": Answer.TAKE, "later": Answer.LATER, "no": Answer.NO}
DONE = {
    Answer.TAKE: ("Done", "The shift has changed hands. You both get an email with a calendar file."),
    Answer.LATER: ("You’ll be asked again", "You get another email if nobody takes it."),
    Answer.NO: ("Declined", "Thank you for answering. The next one is asked."),
}
TOO_MANY = "Too many attempts. Wait 1 minute."


def register(app: App) -> None:
    """After the pages: a page removes other routes of its path."""
    _register_accounts(app)
    _register_asks(app)


def _register_accounts(app: App) -> None:
    @web.post("/login/forgot")
    async def post_forgot(request: Request) -> Response:
        typed = (await text_fields(request)).get("email", "")
        try:
            email = valid_email(typed)
        except InvalidInput as error:
            return refuse_form(request, "/login/forgot", {"email": typed}, error)
        # Answered first: how long it takes to look for an account and to write to it says nothing then.
        background_tasks.create(asyncio.to_thread(request_reset, app, origin(request), email), name="reset link")
        request.session[FLASH] = {"values": {"sent": email}}
        return RedirectResponse("/login/forgot", 303)

    @web.post("/reset/{token}")
    async def post_reset(request: Request, token: str) -> Response:
        here = f"/reset/{quote(token, safe='')}"
        password = (await text_fields(request)).get("password", "")
        if not await asyncio.to_thread(may_set_up, app, origin(request)):
            return refuse_form(request, here, {}, TOO_MANY)
        try:
            member_id = await asyncio.to_thread(reset_password, app, token, password)
        except InvalidInput as error:
            return refuse_form(request, here, {}, error)
        except TooManyAttempts as error:  # too many others are setting theirs at the moment
            return refuse_form(request, here, {}, error.sentence)
        except NotAllowed:
            return RedirectResponse(here, 303)  # which says why
        return await let_in(app, request, member_id, LoginMethod.LINK)

    @web.post("/invite/{token}")
    async def post_invite(request: Request, token: str) -> Response:
        here = f"/invite/{quote(token, safe='')}"
        form = await text_fields(request)
        kept = {key: form.get(key, "") for key in ("name", "zone")}
        if not await asyncio.to_thread(may_set_up, app, origin(request)):
            return refuse_form(request, here, kept, TOO_MANY)
        try:
            member_id = await asyncio.to_thread(join, app, token, password=form.get("password", ""), **kept)
        except InvalidInput as error:
            return refuse_form(request, here, kept, error)
        except InvitationEnded:
            return RedirectResponse(here, 303)  # which says why
        return await let_in(app, request, member_id, LoginMethod.LINK)

    @web.post("/confirm/{token}")
    async def post_confirm(request: Request, token: str) -> Response:
        here = f"/confirm/{quote(token, safe='')}"
        if not await asyncio.to_thread(may_set_up, app, origin(request)):
            return refuse_form(request, here, {}, TOO_MANY)
        try:
            changed = await asyncio.to_thread(confirm_email_change, app, token)
        except InvalidInput as error:
            return refuse_form(request, here, {}, error.sentence)
        except NotAllowed:
            return RedirectResponse(here, 303)
        request.session[FLASH] = {"values": {"confirmed": changed}}
        return RedirectResponse(here, 303)


def _register_asks(app: App) -> None:
    @web.post("/asks/{token}")
    async def post_ask(request: Request, token: str) -> Response:
        here = f"/asks/{quote(token, safe='')}"
        form = await text_fields(request)
        if not await asyncio.to_thread(may_set_up, app, origin(request)):
            return refuse_form(request, here, {}, TOO_MANY)
        if (answer := ANSWERS.get(form.get("answer", ""))) is None:
            return RedirectResponse(here, 303)
        come_from(origin_of(origin(request), request.headers.get("user-agent", "")))
        is_accepted = bool(form.get("accepted"))
        try:
            schedule_id = await asyncio.to_thread(answer_by_link, app, token, answer, is_accepted=is_accepted)
        except AgreeFirst as error:
            return refuse_form(request, here, {"agree": "yes"}, error.sentence)
        except InvalidInput as error:
            return refuse_form(request, here, {}, error.sentence)
        except (NotAllowed, RequestClosed):
            return RedirectResponse(here, 303)  # which says why
        return plain_page(DONE[answer], 200, to=f"/schedules/{schedule_id}/swaps", button="Open Swaps")
