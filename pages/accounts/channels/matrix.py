"""The card `Messages`: kinds down, email and channels across. A box that is ticked applies at once."""

from collections.abc import Sequence
from typing import Any

from nicegui import html, ui

from oncall_ui.app import App
from oncall_ui.domain.schedules.messages.kinds import EmailKind
from oncall_ui.errors import NotAllowed
from oncall_ui.services.accounts.email_choices import choose_email
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.sharing.channels.manage import choose_kind
from oncall_ui.services.sharing.channels.views import ChannelView
from pages.accounts.channels.words import EMAIL, Mail, matrix
from pages.session import run_as
from pages.widgets.rows import show_rows

# Nicknames are text in the template, never markup.
TABLE = """
<table class="oc-kinds"><thead><tr><th scope="col">Message</th><th v-for="each in props.row.columns" :key="each.id"
  scope="col"><span class="oc-kinds-name">{{ each.name }}</span></th></tr></thead><tbody
  ><tr v-for="message in props.row.messages" :key="message.kind"><th scope="row">{{ message.title
  }}<small>{{ message.line }}</small></th><td v-for="cell in message.cells" :key="cell.id"><input v-if="cell.offered"
  type="checkbox" class="oc-check" :checked="cell.on" :aria-label="message.title + ', ' + cell.name" @change="(event) =>
  $parent.$emit('choose', [message.kind, cell.id, event.target.checked])"><span v-else><span
  class="oc-sub" aria-hidden="true">–</span><span class="oc-hidden">Email only</span></span></td></tr></tbody></table>
"""


class MessagesCard:
    """Draws it; `show` fills it."""

    def __init__(self, app: App, me: LoggedIn) -> None:
        self._app, self._me = app, me
        self._shown: tuple[Mail, Sequence[ChannelView]] | None = None
        self._redrawn = 0
        with html.section().classes("oc-card").props("aria-labelledby=messages"):
            with html.div().classes("oc-card-head"):
                html.h2("Messages").classes("grow").props("id=messages")
                html.span("Changes apply at once").classes("oc-sub")
            self._table = ui.table(rows=[], columns=[], row_key="key").classes("oc-matrix")
            self._table.props("grid hide-header hide-pagination hide-bottom hide-no-data")
            self._table.add_slot("item", TABLE)
            self._table.on("choose", lambda event: self._choose(event.args))

    def show(self, mail: Mail, channels: Sequence[ChannelView]) -> None:
        self._shown = (mail, channels)
        show_rows(self._table, [matrix(mail, channels, self._redrawn)])

    async def _choose(self, chosen: Any) -> None:
        try:
            kind, channel_id, wanted = EmailKind(chosen[0]), int(chosen[1]), bool(chosen[2])
            if channel_id == EMAIL:
                await run_as(self._app, self._me, choose_email, kind, wanted)
            else:
                await run_as(self._app, self._me, choose_kind, channel_id, kind, wanted)
        except (ValueError, TypeError, LookupError, NotAllowed):
            # The channel was removed in another window: the box is set back.
            self._redrawn += 1
            if self._shown:
                self.show(*self._shown)
