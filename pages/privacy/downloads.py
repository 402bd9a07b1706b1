"""The two downloads of /privacy: everything about the logged-in member, and about nobody else."""

import json
from typing import Annotated

from fastapi import Depends
from fastapi.responses import Response
from nicegui import app as web

from oncall_ui.app import App
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.privacy.export import export, export_ics
from pages.session import login_required


def register(app: App) -> None:
    logged_in = login_required(app)

    # Not `async`: reading and writing it out may take a while, so it happens in a thread.
    @web.get("/privacy/export.json")
    def as_json(me: Annotated[LoggedIn, Depends(logged_in)]) -> Response:
        text = json.dumps(export(app, me.member.id), ensure_ascii=False, indent=2)
        return _file(text.encode(), "application/json", "on-call-optimizer.json")

    @web.get("/privacy/export.ics")
    def as_ics(me: Annotated[LoggedIn, Depends(logged_in)]) -> Response:
        return _file(export_ics(app, me.member.id), "text/calendar; charset=utf-8", "on-call-optimizer.ics")


def _file(content: bytes, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(content, media_type=kind, headers=headers)
