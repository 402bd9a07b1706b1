"""Admin: what an administrator has to know about the installation, and the way to its other pages."""

import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends
from nicegui import ui

from oncall_ui.app import App
from oncall_ui.between.processes import Other
from oncall_ui.doctor.for_administrators import providers_in_use
from oncall_ui.errors import NotAllowed
from oncall_ui.readiness import Readiness
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.help import Remark, Votes, read_remarks, read_votes
from oncall_ui.services.installation.status import Installation, read_installation
from oncall_ui.services.installation.version import app_version
from pages.admin.status.checks import Setup
from pages.admin.status.screen import Screen
from pages.layout import frame
from pages.needs.count import Needs
from pages.opening import page
from pages.refresh import LiveView, Wanted
from pages.session import login_required

TICK_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Seen:
    """What was read."""

    installation: Installation
    votes: Sequence[Votes]
    remarks: Sequence[Remark]
    others: Sequence[Other]


def register(app: App, readiness: Readiness, needs: Needs, others: Callable[[], Sequence[Other]]) -> None:
    """`others`: the processes that share the database."""
    logged_in, setup = login_required(app), _setup(app)

    def administrators(me: Annotated[LoggedIn, Depends(logged_in)]) -> None:
        read_votes(app, me.member.id)

    @page("/admin")
    async def status_page(
        me: Annotated[LoggedIn, Depends(logged_in)], _: Annotated[None, Depends(administrators)]
    ) -> None:
        def read(_wanted: Wanted) -> Seen | None:
            try:
                installation = read_installation(app, me.member.id, datetime.now(UTC))
                return Seen(installation, read_votes(app, me.member.id), read_remarks(app, me.member.id), others())
            except NotAllowed:
                return None  # no longer an administrator

        def show(seen: Seen | None) -> None:
            if seen is None:
                ui.navigate.to("/")
            else:
                screen.show(seen.installation, seen.votes, seen.remarks, seen.others)

        async def tick() -> None:
            await needs.look()
            view.refresh()

        with frame(app, me, "Admin", "/admin"):
            screen = Screen(app, me, readiness, setup, needs)
            view = LiveView(app, me, read, show, of_team=True)
            screen.on_done(view.refresh)
        await readiness.problem()
        await needs.look()
        await view.first()
        ui.context.client.on_delete(readiness.watch(lambda _problem: view.refresh()))
        ui.timer(TICK_SECONDS, tick, immediate=False)


def _setup(app: App) -> Setup:
    settings = app.settings
    return Setup(
        smtp_host=settings.smtp_host if settings.mail_from else "",
        interval=settings.import_interval,
        version=app_version(),
        python=platform.python_version(),
        started=datetime.now(UTC),
        providers=providers_in_use(app),
        metrics_url=f"{settings.public_url}/metrics",
        has_metrics_token=bool(settings.metrics_token.get_secret_value()),
        role=settings.role,
    )
