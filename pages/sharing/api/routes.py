"""The read-only API for members' own programs: a separate application, with its own description and errors."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from nicegui import app as web
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from oncall_ui.app import App
from oncall_ui.services.accounts.logging_in.rate_limits import may_send_wrong_key
from oncall_ui.services.accounts.members import MemberView
from oncall_ui.services.connections.views import list_connections
from oncall_ui.services.sharing.api import own_availability, team_availability
from oncall_ui.services.sharing.tokens import member_for_token
from pages.session import origin
from pages.sharing.api import problems, responses
from pages.sharing.api.parameters import End, Start, span
from pages.sharing.api.schedules import routes_of_schedules

V1 = "/api/v1"
PROBLEMS: dict[int | str, dict[str, Any]] = {
    401: {"model": problems.Problem, "description": "The token is missing or invalid."},
    429: {"model": problems.Problem, "description": "Too many invalid tokens from one address. Wait 1 minute."},
}
UNCLEAR: dict[int | str, dict[str, Any]] = {
    422: {"model": problems.Problem, "description": "The span is invalid, empty, or longer than 400 days."}
}
DESCRIPTION = (
    "Members’ availability and on-call shifts for their own programs. Create a token under “Your data” and send it "
    "with every request. Everything is read-only; only GET is supported."
)

_token = HTTPBearer(auto_error=False, scheme_name="token", description="A token from “Your data”.")


def register(app: App) -> None:
    # One route instead of a mount, so that paths stay complete, also in the description.
    web.router.routes.append(Route("/api/{rest:path}", _WhenAsked(app), include_in_schema=False))


class _WhenAsked:
    """The API, put together at its first request: most servers never get one, and it takes as long as many pages."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._api: FastAPI | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._api = self._api or application(self._app)
        await self._api(scope, receive, send)


class _Api(FastAPI):
    """Describes itself when first asked: most servers are never asked, and it takes longer than all their pages."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            _describe_problems(super().openapi())
        return super().openapi()


def application(app: App) -> FastAPI:
    api = _Api(
        title="On-Call Optimizer",
        version="1",
        description=DESCRIPTION,
        openapi_url=f"{V1}/openapi.json",
        docs_url=None,  # they load scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        servers=[{"url": app.settings.public_url}],
    )
    problems.register(api)
    _routes(api, app)
    return api


def _routes(api: FastAPI, app: App) -> None:
    # Not `async`: they wait for the database, in threads.
    def holder(
        request: Request,
        response: Response,
        credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_token)],
    ) -> MemberView:
        """The owner of the token. Cookies are ignored."""
        response.headers["Cache-Control"] = "no-store"
        if credentials is None:
            raise problems.Refused("Send a token: Authorization: Bearer oncall_…", problems.REALM)
        member = member_for_token(app, credentials.credentials)
        if member is not None:
            return member
        if may_send_wrong_key(app, origin(request)):
            raise problems.Refused(
                "This token isn’t valid. It may have been removed; create another one.",
                f'{problems.REALM}, error="invalid_token"',
            )
        raise problems.TooMany

    Me = Annotated[MemberView, Depends(holder)]  # noqa: N806 - a type

    @api.get(
        f"{V1}/me/availability",
        responses=PROBLEMS | UNCLEAR,
        response_description="Your availability.",
        operation_id="my_availability",
    )
    def my_availability(me: Me, start: Start = None, end: End = None) -> responses.Mine:
        """When you can’t, or would like to, be on call."""
        first, last = span(start, end, me.tz, datetime.now(UTC))
        return responses.mine(own_availability(app, me.id, first, last), first, last)

    @api.get(
        f"{V1}/team/availability",
        responses=PROBLEMS | UNCLEAR,
        response_description="Everyone’s availability.",
        operation_id="team_availability",
    )
    def everyones_availability(me: Me, start: Start = None, end: End = None) -> responses.Team:
        """When each member can’t, or would like to, be on call. Days are those of your time zone."""
        first, last = span(start, end, me.tz, datetime.now(UTC))
        members = [responses.availability(each) for each in team_availability(app, first, last)]
        return responses.Team(start=first, end=last, members=members)

    @api.get(f"{V1}/calendars", responses=PROBLEMS, response_description="Your calendars.", operation_id="my_calendars")
    def my_calendars(me: Me) -> responses.Calendars:
        """Your calendars and how they are doing."""
        connections = list_connections(app, me.id)
        return responses.Calendars(
            calendars=[responses.calendar(each, calendar) for each in connections for calendar in each.calendars]
        )

    api.include_router(routes_of_schedules(app, holder, PROBLEMS, UNCLEAR), prefix=V1)


def _describe_problems(description: dict[str, Any]) -> None:
    """FastAPI gives all responses of a route one media type; problems have their own."""
    for path in description["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    response["content"] = {problems.KIND: response["content"]["application/json"]}
