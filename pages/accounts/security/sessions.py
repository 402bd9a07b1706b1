"""The card `Sessions`: the browsers a member is logged in with."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from nicegui import ui

from oncall_ui.app import App
from oncall_ui.domain.accounts.login import LoginMethod
from oncall_ui.errors import NotAllowed
from oncall_ui.services.accounts.logging_in.sessions import (
    LoggedIn,
    SessionView,
    end_session,
    list_sessions,
    log_out_others,
)
from pages.accounts.security.card import security_card
from pages.refresh import LiveView, Wanted
from pages.session import run_as
from pages.widgets.dates import ago, count

METHODS = {
    LoginMethod.PASSWORD: "password",
    LoginMethod.SINGLE_SIGN_ON: "single sign-on",
    LoginMethod.PASSKEY: "passkey",
    LoginMethod.LINK: "link",
}
NOW = timedelta(minutes=2)
"""Use is noted once a minute."""
# One element, however many there are; Vue escapes what is in braces.
ROW = """
<div class="oc-svc" role="listitem">
  <span class="ic" aria-hidden="true"><i :class="'oc-i oc-i-' + props.row.icon"></i></span>
  <div>
    <h3><span class="oc-clip">{{ props.row.browser }}</span
      ><span v-if="props.row.is_here" class="oc-tag">This browser</span></h3>
    <p>{{ props.row.facts }}</p>
  </div>
  <div class="oc-acts"><button v-if="!props.row.is_here" type="button" class="oc-btn quiet"
    :aria-label="'Log out ' + props.row.browser"
    @click="() => $parent.$emit('end', props.row.key)">Log out</button></div>
</div>
"""


def card(app: App, me: LoggedIn) -> LiveView[Sequence[SessionView]]:
    return _Sessions(app, me).view


class _Sessions:
    def __init__(self, app: App, me: LoggedIn) -> None:
        self._app, self._me = app, me
        with security_card("sessions", "Sessions", "Don’t recognise one? Log it out.") as buttons:
            with buttons:
                self._others = ui.button("Log out others", color=None, on_click=self._log_out_others)
                self._others.props("unelevated no-caps").classes("oc-btn small")
            self.table = ui.table(columns=[], rows=[], row_key="key")
            self.table.props("grid hide-header hide-pagination role=list aria-labelledby=security-sessions")
            self.table.classes("oc-list oc-svcs").add_slot("item", ROW)
            self.table.on("end", lambda event: self._end(str(event.args)))
        self._others.set_visibility(False)
        self.view = LiveView(app, me, self._read, self._show)

    def _read(self, _wanted: Wanted) -> Sequence[SessionView]:
        return list_sessions(self._app, self._me.member.id)

    def _show(self, sessions: Sequence[SessionView]) -> None:
        here = [each for each in sessions if each.id == self._me.session_id]
        others = [each for each in sessions if each.id != self._me.session_id]
        moment = datetime.now(UTC)
        self.table.rows = [self._row(each, moment) for each in (*here, *others)]
        self._others.set_visibility(bool(others))

    def _row(self, session: SessionView, moment: datetime) -> dict[str, object]:
        is_recent = moment - session.last_used_at < NOW
        used = "now" if is_recent else ago(session.last_used_at, self._me.member.tz, moment)
        return {
            "key": session.id,
            "icon": "phone" if session.is_phone else "browser",
            "browser": session.browser,
            "is_here": session.id == self._me.session_id,
            "facts": " · ".join(filter(None, (session.address, used, f"logged in with {METHODS[session.method]}"))),
        }

    async def _end(self, session_id: str) -> None:
        try:
            await run_as(self._app, self._me, end_session, session_id)
        except NotAllowed:  # it ended by itself, or in another browser
            self.view.refresh()

    async def _log_out_others(self) -> None:
        number = await run_as(self._app, self._me, log_out_others, self._me.session_id)
        ui.notify(f"{count(number, 'browser')} logged out", position="bottom-right")
