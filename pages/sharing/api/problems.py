"""Error responses of the API: problem details for HTTP (RFC 9457)."""

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from oncall_ui.database.problems import DATABASE_ERRORS, problem_of
from oncall_ui.errors import NotAllowed
from oncall_ui.reporting.incidents import INCIDENTS, Incident
from pages.sharing.api.parameters import Unclear

KIND = "application/problem+json"
REALM = 'Bearer realm="On-Call Optimizer"'


class Problem(BaseModel):
    """Why a request failed (RFC 9457)."""

    type: str = Field(description="Always `about:blank`: the status says what kind of problem it is.")
    title: str
    status: int
    detail: str = Field(description="What is wrong, and what to do about it.")


class Refused(Exception):
    """The token is missing or invalid. `challenge` is the WWW-Authenticate header (RFC 6750 section 3)."""

    def __init__(self, sentence: str, challenge: str) -> None:
        super().__init__(sentence)
        self.challenge = challenge


class TooMany(Exception):
    """Too many invalid tokens came from one address."""


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    found = Problem(type="about:blank", title=HTTPStatus(status).phrase, status=status, detail=detail)
    return JSONResponse(
        found.model_dump(), status, headers={"Cache-Control": "no-store", **(headers or {})}, media_type=KIND
    )


def register(api: FastAPI) -> None:
    @api.exception_handler(Refused)
    async def refused(_request: Request, error: Refused) -> Response:
        return problem(401, str(error), {"WWW-Authenticate": error.challenge})

    @api.exception_handler(NotAllowed)
    async def gone(_request: Request, _error: NotAllowed) -> Response:
        return problem(
            401, "The account of this token no longer exists.", {"WWW-Authenticate": f'{REALM}, error="invalid_token"'}
        )

    @api.exception_handler(TooMany)
    async def too_many(_request: Request, _error: TooMany) -> Response:
        return problem(429, "Too many invalid tokens from this address. Wait 1 minute.", {"Retry-After": "60"})

    @api.exception_handler(Unclear)
    async def unclear(_request: Request, error: Unclear) -> Response:
        return problem(422, str(error))

    @api.exception_handler(RequestValidationError)
    async def invalid(_request: Request, _error: RequestValidationError) -> Response:
        return problem(422, "A parameter is invalid. /api/v1/openapi.json describes what each may be.")

    @api.exception_handler(HTTPException)
    async def other(_request: Request, error: HTTPException) -> Response:
        sentence = {
            404: "Nothing found at this address. /api/v1/openapi.json lists what exists.",
            405: "This API is read-only. Use GET.",
        }.get(error.status_code, str(error.detail))
        return problem(error.status_code, sentence, error.headers)

    async def unavailable(_request: Request, error: Exception) -> Response:
        found = problem_of(error)
        if found is None:
            raise error
        sentence = _incident_sentence(f"{found.what} Try again in a moment.", INCIDENTS.report(error, "the API"))
        return problem(503, sentence, {"Retry-After": "5"})

    for kind in DATABASE_ERRORS:
        api.exception_handler(kind)(unavailable)

    @api.exception_handler(Exception)
    async def broken(_request: Request, error: Exception) -> Response:
        incident = INCIDENTS.report(error, "the API")
        return problem(500, _incident_sentence("Something went wrong on this server.", incident))


def _incident_sentence(sentence: str, incident: Incident) -> str:
    return f"{sentence} Error id {incident.id}: it leads to the entry in the log."
