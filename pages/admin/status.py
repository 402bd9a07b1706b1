"""Admin: what an administrator has to know about the installation, and the way to its other pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends
from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.errors import NotAllowed
from oncall_ui.readiness import NotReady, Readiness
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.accounts.members import list_members
from oncall_ui.services.team.health import BrokenCalendar, broken_calendars
from pages.layout import frame
from pages.opening import page
from pages.refresh import LiveView, Wanted
from pages.session import login_required
from pages.widgets.calendar_status import since_words
from pages.widgets.dates import count
from pages.widgets.subnav import admin_subnav

TICK_SECONDS = 30
WORKING = {
    "database": ("Database", "Working", "it can be read and written"),
    "disk": ("Disk", "Enough space", "in the data folder"),
    "workers": ("Workers", "Running", "the processes that read calendars answer"),
    "looks": ("Imports", "On time", "due calendars are checked every second"),
}
"""By source of a reason: its name, and what is said while nothing is wrong."""
SMTP = "Set ONCALL_SMTP_HOST and ONCALL_MAIL_FROM to send invitations and alerts."
DOCTOR = "python run.py doctor"


@dataclass(frozen=True, slots=True)
class Check:
    """A row: its status in a word and the rest of the sentence, and a link.

    `is_wrong`: not as it should be. `is_off`: not used here.
    """

    name: str
    word: str
    rest: str = ""
    is_wrong: bool = False
    is_off: bool = False
    link: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Installation:
    """What was read."""

    broken: Sequence[BrokenCalendar]
    members: int
    administrators: int


def register(app: App, readiness: Readiness) -> None:
    logged_in = login_required(app)

    def installation(me: Annotated[LoggedIn, Depends(logged_in)]) -> Installation:
        return _read(app, me.member.id)

    @page("/admin")
    async def status_page(
        me: Annotated[LoggedIn, Depends(logged_in)], _: Annotated[Installation, Depends(installation)]
    ) -> None:
        def read(_wanted: Wanted) -> Installation | None:
            try:
                return _read(app, me.member.id)
            except NotAllowed:
                return None  # no longer an administrator

        with frame(app, me, "Admin", "/admin"):
            screen = _Screen(app, me, readiness)
            view = LiveView(app, me, read, screen.show, of_team=True)
        await readiness.problem()
        await view.first()
        ui.context.client.on_delete(readiness.watch(lambda _problem: view.refresh()))
        ui.timer(TICK_SECONDS, view.refresh)


class _Screen:
    """The head is built once; the list of checks when it changes."""

    def __init__(self, app: App, me: LoggedIn, readiness: Readiness) -> None:
        self._app, self._zone, self._readiness = app, me.member.tz, readiness
        self._shown: tuple[Check, ...] = ()
        self._problem: NotReady | None = None
        with html.header().classes("oc-head"), html.div():
            html.h1("Admin")
            with html.p().classes("oc-status is-busy").props("role=status") as self._lead:
                self._words = TextElement(tag="b", text="Checking")
                self._rest = TextElement(tag="span", text="")
        admin_subnav("/admin")
        self._alerts = html.div().classes("home-alerts")
        with html.section().classes("oc-card").props("aria-labelledby=checks"):
            with html.div().classes("oc-card-head"):
                html.h2("Checks").props("id=checks")
            self._list = html.ul().classes("oc-health")
        with html.p().classes("oc-note oc-icon oc-i-server"), html.span("Keys, sign-ins and outbound connections: "):
            html.code(DOCTOR)

    def show(self, seen: Installation | None) -> None:
        if seen is None:
            ui.navigate.to("/")
            return
        problem, checks = self._readiness.shown, self._checks(seen)
        if (problem, checks) != (self._problem, self._shown):
            self._problem, self._shown = problem, checks
            self._show_alerts(problem)
            self._show_checks(checks)
        red, amber = len(problem.reasons) if problem else 0, sum(check.is_wrong for check in checks)
        self._say(red, amber)

    def _say(self, red: int, amber: int) -> None:
        words, css = "Everything works", "is-ok"
        if red:
            words, css = f"{count(red, 'thing')} {'needs' if red == 1 else 'need'} you", "is-bad"
        elif amber:
            words, css = f"{count(amber, 'thing')} to look at", "is-warn"
        self._words.set_text(words)
        self._rest.set_text(" · no data is lost" if red else "")
        self._lead.classes(add=css, remove=" ".join({"is-busy", "is-ok", "is-bad", "is-warn"} - {css}))

    def _checks(self, seen: Installation) -> tuple[Check, ...]:
        """Without what is in an alert: nothing is said twice. What is amber comes first."""
        failing = {reason.source for reason in self._readiness.shown.reasons} if self._readiness.shown else set()
        found = [Check(*words) for source, words in WORKING.items() if source not in failing]
        found += [_calendars(seen), _members(seen), _email(self._app)]
        return tuple(sorted(found, key=lambda check: not check.is_wrong))

    def _show_alerts(self, problem: NotReady | None) -> None:
        self._alerts.clear()
        self._alerts.set_visibility(problem is not None)
        if problem is None:
            return
        since = since_words(problem.since, self._zone, datetime.now(UTC))
        with self._alerts:
            for reason in problem.reasons:
                with html.section().classes("oc-alert") as card:
                    html.i().classes("oc-i oc-i-alert").props("aria-hidden=true")
                    with html.div():
                        with TextElement(tag="h2", text=f"{reason.what} ") as heading:
                            html.span(since)
                        html.p(reason.advice)
                card.props(f"aria-labelledby={heading.html_id}")

    def _show_checks(self, checks: Sequence[Check]) -> None:
        self._list.clear()
        with self._list:
            for check in checks:
                with html.li():
                    html.h3(check.name)
                    css = "is-warn" if check.is_wrong else "is-idle" if check.is_off else "is-ok"
                    with html.div().classes(f"oc-status {css}"):
                        html.b(check.word)
                        html.span(f" · {check.rest}" if check.rest else "")
                    if check.link:
                        ui.link(*check.link).classes("oc-btn quiet")


def _calendars(seen: Installation) -> Check:
    if not seen.broken:
        return Check("Calendars", "Up to date", "none is broken or stale")
    words = f"{len(seen.broken):,} broken or stale"
    rest = "only their owners can fix them"
    return Check("Calendars", words, rest, is_wrong=True, link=("Show them", "/team/calendars"))


def _members(seen: Installation) -> Check:
    rest = count(seen.administrators, "administrator")
    if seen.administrators == 1 and seen.members > 1:
        rest = "1 administrator; a second one is safer"
    return Check("Members", count(seen.members, "account"), rest, link=("Show members", "/members"))


def _email(app: App) -> Check:
    if app.settings.smtp_host and app.settings.mail_from:
        return Check("Email", "Set up", app.settings.smtp_host)
    return Check("Email", "Not set up", SMTP, is_off=True)


def _read(app: App, admin_id: int) -> Installation:
    members = list_members(app, admin_id)
    broken = broken_calendars(app, admin_id, datetime.now(UTC))
    return Installation(broken, len(members), sum(member.is_admin for member in members))
