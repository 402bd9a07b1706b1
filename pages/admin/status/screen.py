"""What /admin shows: the head and the figures are built once; alerts, checks and guides follow what is read."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.between.processes import Other
from oncall_ui.doctor.for_administrators import check_providers
from oncall_ui.errors import NotAllowed
from oncall_ui.readiness import Readiness
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.help import Remark, Votes
from oncall_ui.services.installation.backups import back_up_now
from oncall_ui.services.installation.status import Installation
from oncall_ui.services.installation.try_email import send_test_email
from pages.admin.status.checks import SMTP_FIX, Check, Setup, checks, with_result
from pages.admin.status.figures import Figures
from pages.admin.status.guides import GuidesCard
from pages.admin.status.hours import HoursCard
from pages.admin.status.monitoring import copy_report_button, monitoring_card
from pages.admin.status.rows import UNDER_WAY, Rows, set_busy
from pages.needs.alerts import Act, Alert, alerts
from pages.needs.count import Needs, NeedsCount
from pages.session import run_as
from pages.widgets.dates import clock, count
from pages.widgets.subnav import admin_subnav

DOCTOR = "python run.py doctor"
VERBS = {Act.BACK_UP: back_up_now, Act.SEND_TEST: send_test_email, Act.CHECK: check_providers}


class Screen:
    def __init__(self, app: App, me: LoggedIn, readiness: Readiness, setup: Setup, needs: Needs) -> None:
        self._app, self._me, self._readiness, self._setup, self._needs = app, me, readiness, setup, needs
        self._zone = me.member.tz
        self._seen: Installation | None = None
        self._others: Sequence[Other] = ()
        self._shown: tuple[Alert, ...] = ()
        self._acts: list[ui.button] = []
        self._advices: list[TextElement] = []
        self._busy: Act | None = None
        self._results: dict[Act, Check] = {}
        self._refresh: Callable[[], None] = lambda: None
        with html.header().classes("oc-head"):
            with html.div():
                html.h1("Admin")
                with html.p().classes("oc-status is-busy").props("role=status") as self._lead:
                    self._words = TextElement(tag="b", text="Checking")
                    self._rest = TextElement(tag="span", text="")
                    self._at = TextElement(tag="span", text="").props("aria-live=off")
            copy_report_button()
        self._count = NeedsCount()
        link = admin_subnav("/admin")["Status"]
        with link:
            link.props["aria-label"], link.props["aria-describedby"] = "Status", self._count.add()
        self._alerts = html.div().classes("oc-alerts").props("aria-live=polite")
        self._alerts.set_visibility(False)
        self._figures = Figures()
        with html.div().classes("oc-make oc-state"):
            with html.section().classes("oc-card").props("aria-labelledby=checks"):
                with html.div().classes("oc-card-head"):
                    self._heading = TextElement(tag="h2", text="Checks").props("id=checks")
                self._rows = Rows(self._do)
            with html.div().classes("oc-stack"):
                self._hours = HoursCard(self._zone)
                self._guides = GuidesCard(self._zone)
                monitoring_card(setup)
        with html.p().classes("oc-note oc-icon oc-i-server"), html.span("The same and more, on the server: "):
            html.code(DOCTOR)

    def on_done(self, refresh: Callable[[], None]) -> None:
        """Calls `refresh` when something was tried that changes what is shown."""
        self._refresh = refresh

    def show(
        self, seen: Installation, votes: Sequence[Votes], remarks: Sequence[Remark], others: Sequence[Other]
    ) -> None:
        self._seen, self._others = seen, others
        self._figures.show(seen, self._setup)
        self._hours.show(seen.hours)
        self._guides.show(votes, remarks)
        self._draw()

    def _draw(self) -> None:
        if self._seen is None:
            return
        problem, findings = self._readiness.shown, self._needs.findings
        found = alerts(self._seen, problem, self._zone, findings)
        listed = checks(self._seen, problem, self._setup, self._zone, self._others, findings)
        rows = [with_result(check, self._results) for check in listed]
        if found != self._shown:
            self._shown = found
            self._show_alerts(found)
            self._heading.set_text("Everything else" if found else "Checks")
        for alert, advice in zip(found, self._advices, strict=True):
            advice.set_text(self._advice(alert))
        self._rows.show(rows, self._busy)
        for button in self._acts:
            set_busy(button, is_busy=self._busy is not None)
            button.set_text(UNDER_WAY[Act.BACK_UP] if self._busy is Act.BACK_UP else Act.BACK_UP.value)
        self._say(len(found), sum(check.is_wrong for check in rows))

    def _say(self, red: int, amber: int) -> None:
        words, css = "Everything works", "is-ok"
        if red:
            words, css = f"{count(red, 'thing')} {'needs' if red == 1 else 'need'} you", "is-bad"
        elif amber:
            words, css = f"{count(amber, 'thing')} to look at", "is-warn"
        self._words.set_text(words)
        self._rest.set_text(" · no data is lost" if red else "")
        self._at.set_text(f" · checked {clock(self._seen.at, self._zone)}" if self._seen else "")
        self._count.show(red)
        self._lead.classes(add=css, remove=" ".join({"is-busy", "is-ok", "is-bad", "is-warn"} - {css}))

    def _show_alerts(self, found: Sequence[Alert]) -> None:
        self._alerts.clear()
        self._alerts.set_visibility(bool(found))
        self._acts, self._advices = [], []
        with self._alerts:
            for alert in found:
                self._show_alert(alert)

    def _show_alert(self, alert: Alert) -> None:
        with html.section().classes("oc-alert") as card:
            html.i().classes("oc-i oc-i-alert").props("aria-hidden=true")
            with html.div():
                with TextElement(tag="h2", text=f"{alert.what} ") as heading:
                    html.span(alert.since)
                self._advices.append(TextElement(tag="p", text=""))
            if (act := alert.act) is not None:
                with html.div().classes("oc-acts"):
                    button = ui.button(act.value, color=None, on_click=lambda: self._do(act))
                    self._acts.append(button.props("unelevated no-caps").classes("oc-btn main"))
        card.props(f"aria-labelledby={heading.html_id}")

    def _advice(self, alert: Alert) -> str:
        """What went wrong last, if somebody has just tried."""
        result = self._results.get(alert.act) if alert.act else None
        return result.word if result else alert.advice

    async def _do(self, act: Act) -> None:
        if self._busy is not None:
            return
        self._busy = act
        self._draw()
        try:
            failure = await run_as(self._app, self._me, VERBS[act])
        except NotAllowed:
            ui.navigate.to("/")
            return
        finally:
            self._busy = None
        self._keep(act, failure)
        self._needs.look_again()
        self._draw()
        self._refresh()

    def _keep(self, act: Act, failure: str) -> None:
        self._results.pop(act, None)
        if failure and act is Act.SEND_TEST:
            self._results[act] = Check("", "Failed", failure, SMTP_FIX, is_wrong=True)
        elif failure and act is Act.CHECK:
            self._results[act] = Check("", "Not working", "", failure, is_wrong=True)
        elif failure:
            self._results[act] = Check("", failure, is_wrong=True)
        elif act is Act.SEND_TEST:
            self._results[act] = Check("", f"Sent to {self._me.member.email}", self._now())
        elif act is Act.CHECK:
            names = ", ".join(self._setup.providers) or "Internet and clock"
            self._results[act] = Check("", names, f"all working, {self._now()}")

    def _now(self) -> str:
        return clock(datetime.now(UTC), self._zone)
