"""The two downloads of a schedule's Fairness page."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends
from fastapi.responses import Response, StreamingResponse
from nicegui import app as web

from oncall_ui.app import App
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.schedules.ledger.csv_export import export_ledger, export_shifts
from oncall_ui.services.schedules.published.read import read_schedule
from pages.session import login_required

NAME = "{schedule}-{what}-{day}.csv"


def register(app: App) -> None:
    logged_in = login_required(app)

    # Not `async`: they wait for the database, in threads.
    @web.get("/schedules/{schedule_id}/fairness/shifts.csv")
    def shifts_as_csv(schedule_id: int, me: Annotated[LoggedIn, Depends(logged_in)]) -> Response:
        name = read_schedule(app, me.member.id, schedule_id).name
        return _file(export_shifts(app, me.member.id, schedule_id), name, "shifts")

    @web.get("/schedules/{schedule_id}/fairness/ledger.csv")
    def ledger_as_csv(schedule_id: int, me: Annotated[LoggedIn, Depends(logged_in)]) -> Response:
        name = read_schedule(app, me.member.id, schedule_id).name
        return _file(export_ledger(app, me.member.id, schedule_id), name, "ledger")


def _file(lines: Iterator[str], schedule: str, what: str) -> Response:
    # Headers hold ASCII only, and a name may be in any script.
    plain = re.sub(r"[^a-z0-9]+", "-", schedule.lower()).strip("-") or "schedule"
    name = NAME.format(schedule=plain, what=what, day=datetime.now(UTC).date())
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)
