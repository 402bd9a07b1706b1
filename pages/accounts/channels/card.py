"""The card `Channels`: email and the member's own channels, how each is doing, and a test of it."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

from nicegui import html, ui

from oncall_ui.app import App
from oncall_ui.domain.imports.failures import Failure
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.sharing.channels.trying import try_channel
from oncall_ui.services.sharing.channels.views import ChannelView
from pages.accounts.channels.dialog import ChannelDialog, answered
from pages.accounts.channels.words import Mail, channel_rows
from pages.session import still_here
from pages.widgets.rows import show_rows

# Nicknames and sentences are text in the template, never markup.
ROW = """
<div role="listitem" class="oc-svc"><span class="ic" aria-hidden="true"><i :class="props.row.icon"></i></span
  ><div><h3>{{ props.row.name }}<span v-if="props.row.tag" :class="props.row.tagCss">{{ props.row.tag }}</span></h3
  ><p role="status" :class="props.row.css">{{ props.row.facts }}</p></div><div v-if="props.row.key" class="oc-acts"
  ><button type="button" class="oc-btn quiet" :aria-label="'Test ' + props.row.name" @click="() =>
  $parent.$emit('test', props.row.key)">Test</button><button type="button" class="oc-btn quiet" :aria-label="'Edit ' +
  props.row.name" @click="() => $parent.$emit('edit', props.row.key)">Edit</button></div></div>
"""


class ChannelsCard:
    """Draws it; `show` fills it. `refresh` is called after a change."""

    def __init__(self, app: App, me: LoggedIn, refresh: Callable[[], None]) -> None:
        self._app, self._me, self._refresh = app, me, refresh
        self._client = ui.context.client
        self._channels: dict[int, ChannelView] = {}
        self._dialog = ChannelDialog(app, me, refresh)
        with html.section().classes("oc-card").props("aria-labelledby=channels"):
            with html.div().classes("oc-card-head"):
                with html.div().classes("grow"):
                    html.h2("Channels").props("id=channels")
                    html.p("Slack, Teams or ntfy").classes("oc-sub")
                add = ui.button("Add channel", color=None, on_click=self._dialog.add)
                add.props("unelevated no-caps").classes("oc-btn small oc-icon oc-i-plus")
            self._table = ui.table(rows=[], columns=[], row_key="key").classes("oc-svcs oc-channels")
            self._table.props("grid hide-header hide-pagination hide-bottom hide-no-data role=list")
            self._table.props["aria-labelledby"] = "channels"
            self._table.add_slot("item", ROW)
            self._table.on("test", lambda event: self._test(event.args))
            self._table.on("edit", lambda event: self._edit(event.args))

    def show(self, mail: Mail, channels: Sequence[ChannelView]) -> None:
        self._channels = {each.id: each for each in channels}
        show_rows(self._table, channel_rows(mail, channels, self._me.member.tz, datetime.now(UTC)))

    def _edit(self, key: object) -> None:
        if isinstance(key, int) and (view := self._channels.get(key)):
            self._dialog.change(view)

    async def _test(self, key: object) -> None:
        if not isinstance(key, int) or (view := self._channels.get(key)) is None:
            return
        await still_here(self._app, self._me)
        say = partial(ui.notify, position="bottom-right")
        try:
            words = answered(await try_channel(self._app, self._me.member.id, view.id))
        except InvalidInput as wrong:
            words = wrong.sentence
        except Failure as failure:
            words = failure.sentence
        except NotAllowed:
            words = f"{view.name} was removed."
        if not self._client.is_deleted:
            with self._client:
                say(words)
        self._refresh()
