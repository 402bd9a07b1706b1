"""The audit log as a CSV file, filtered as on its page."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import Response, StreamingResponse
from nicegui import app as web

from oncall_ui.app import App
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.audit.csv_writer import export_log, export_own
from pages.admin.address import Chosen
from pages.session import login_required

NAME = "on-call-optimizer-{what}-{day}.csv"


def register(app: App) -> None:
    logged_in = login_required(app)

    # Not `async`: they wait for the database, in threads.
    @web.get("/admin/audit.csv")
    def log_as_csv(request: Request, me: Annotated[LoggedIn, Depends(logged_in)]) -> Response:
        today = datetime.now(UTC).astimezone(me.member.tz).date()
        wanted = Chosen.of(request.query_params).wanted(me.member.tz, today)
        return _file(export_log(app, me.member.id, wanted), "audit-log")

    @web.get("/you/activity.csv")
    def own_as_csv(me: Annotated[LoggedIn, Depends(logged_in)]) -> Response:
        return _file(export_own(app, me.member.id), "activity")


def _file(lines: Iterator[str], what: str) -> Response:
    name = NAME.format(what=what, day=datetime.now(UTC).date())
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)
