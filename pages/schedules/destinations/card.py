"""The card on Publish: which programs and channels the schedule is sent to, and how each is doing."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from nicegui import html, ui

from oncall_ui.app import App
from oncall_ui.domain.schedules.destinations.fields import OFFERED, TITLES
from oncall_ui.domain.schedules.destinations.kinds import DestinationKind
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.schedules.destinations.manage import Added
from oncall_ui.services.schedules.destinations.views import DestinationView
from oncall_ui.services.schedules.published.read import ScheduleView
from pages.schedules.destinations.forms import DestinationForms
from pages.schedules.destinations.words import destination_rows
from pages.schedules.subnav import schedule_route
from pages.widgets.forms.shown_once import ShownOnce
from pages.widgets.rows import show_rows

LEAD = "PagerDuty, GoAlert, webhooks, Slack, Teams and ntfy hear of every change by themselves."
SECRET_HINT = "Copy it now: your program checks signatures with it. It can’t be shown again, only replaced."  # noqa: S105 - words
# Nicknames and sentences are text in the template, never markup.
ROW = """
<div role="listitem" class="oc-svc"><span class="ic" aria-hidden="true"><i :class="props.row.icon"></i></span
  ><div><h3>{{ props.row.name }}</h3><p>{{ props.row.where }}</p
  ><p :class="props.row.css" role="status"><b>{{ props.row.word }}</b><span>{{ props.row.facts }}</span></p
  ><p v-if="props.row.why" class="dest-why">{{ props.row.why }}</p></div
  ><div class="oc-acts"><a class="oc-btn quiet" :href="props.row.href" :aria-label="'Open ' + props.row.name"
  >Open</a></div></div>
"""


class DestinationsCard:
    """For managers. `refresh` is called after a change."""

    def __init__(self, app: App, me: LoggedIn, view: ScheduleView, refresh: Callable[[], None]) -> None:
        self._me, self._id, self._refresh = me, view.id, refresh
        self._client = ui.context.client
        self._forms = DestinationForms(app, me, view)
        with html.section().classes("oc-card").props("aria-labelledby=publish-programs"):
            with html.div().classes("oc-card-head"):
                with html.div().classes("grow"):
                    html.h2("Programs and channels").props("id=publish-programs")
                    html.p(LEAD).classes("oc-sub")
                self._add_menu()
            with html.div().classes("dest-secret"):
                self._secret = ShownOnce("Signing secret", SECRET_HINT)
            self._table = ui.table(rows=[], columns=[], row_key="key").classes("oc-svcs dest-list")
            self._table.props("grid hide-header hide-pagination hide-bottom hide-no-data role=list")
            self._table.props["aria-labelledby"] = "publish-programs"
            self._table.add_slot("item", ROW)

    def show(self, views: Sequence[DestinationView], now: datetime) -> None:
        rows = destination_rows(views, self._me.member.tz, now)
        for row in rows:
            row["href"] = schedule_route(self._id, "publish", row["key"])
        show_rows(self._table, rows)
        self._table.set_visibility(bool(rows))

    def _add_menu(self) -> None:
        button = ui.button("Add", color=None).props("unelevated no-caps aria-haspopup=menu")
        menu = "role=menu aria-label='What to add' anchor='bottom right'"
        with button.classes("oc-btn oc-icon oc-i-plus"), ui.menu().props(menu):
            for kind in OFFERED:
                ui.menu_item(TITLES[kind], partial(self._add, kind)).props("role=menuitem")

    def _add(self, kind: DestinationKind) -> None:
        self._forms.add(kind, self._added)

    def _added(self, name: str, added: Added) -> None:
        if added.secret:
            self._secret.field.props["label"] = f"Signing secret of {name}"
            self._secret.show(added.secret)
        else:
            self._secret.hide()
        self._refresh()
