"""One page for what doesn't exist and for what belongs to someone else, so that nobody learns which of the two it is.

And pages for our own errors, with an id that is in the log, and for a database that can't be used.
"""

from fastapi import Request
from fastapi.responses import Response
from nicegui import app as web

from oncall_ui.app import App
from oncall_ui.database.problems import DATABASE_ERRORS, DatabaseProblem, problem_of
from oncall_ui.errors import NotAllowed
from oncall_ui.reporting.incidents import INCIDENTS
from pages.plain import error_page, page_name, plain_page

NOT_FOUND = ("Page not found", "The address may be wrong, or the page no longer exists.")
TRY_LATER = "Nothing you saved is lost. Try again in a moment. If it doesn’t get better, tell your administrator."
RETRY_SECONDS = 5


def register(_app: App) -> None:
    @web.exception_handler(404)
    @web.exception_handler(NotAllowed)
    async def not_found(_request: Request, _error: Exception) -> Response:
        return plain_page(NOT_FOUND, 404)  # scanners that try addresses would otherwise fill the memory

    @web.exception_handler(Exception)
    async def broken(request: Request, error: Exception) -> Response:
        return error_page(INCIDENTS.report(error, page_name(request)), request)

    async def unavailable(request: Request, error: Exception) -> Response:
        problem = problem_of(error)
        if problem is None:  # a bug of ours, such as a constraint that doesn't hold
            raise error
        return _unavailable(request, error, problem)

    for kind in DATABASE_ERRORS:
        web.exception_handler(kind)(unavailable)


def _unavailable(request: Request, error: Exception, problem: DatabaseProblem) -> Response:
    incident = INCIDENTS.report(error, page_name(request))
    answer = error_page(incident, request, 503, words=(problem.what.rstrip("."), TRY_LATER))
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    answer.headers["Cache-Control"] = "no-store"
    return answer
