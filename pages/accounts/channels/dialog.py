"""The dialog in which a channel is added and changed; a test shows whether it works before anything is stored."""

import json
from collections.abc import Awaitable, Callable
from functools import partial

from nicegui import html, ui
from nicegui.element import Element
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.imports.failures import Failure
from oncall_ui.domain.schedules.destinations.fields import TITLES
from oncall_ui.domain.schedules.destinations.kinds import DestinationKind, DestinationState
from oncall_ui.domain.schedules.messages.channels import OFFERED, channel_fields
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.sharing.channels.manage import add_channel, change_channel, remove_channel, switch_channel
from oncall_ui.services.sharing.channels.trying import Tried, try_values
from oncall_ui.services.sharing.channels.views import ChannelView
from pages.session import run_as, still_here
from pages.widgets.forms.dialogs import Question
from pages.widgets.forms.fields import busy, field, is_busy, refuse_all

KEPT = "Leave empty to keep what is stored."
# Names the channel after its kind until it has a name of its own. Here and not by the server, whose answer would take
# the place of a name that is typed meanwhile.
NAME_AFTER_KIND = f"""({{ currentTarget }}) => {{
    const nickname = currentTarget.form.elements.nickname;
    if (!{json.dumps([TITLES[kind] for kind in OFFERED])}.includes(nickname.value)) return;
    nickname.value = currentTarget.textContent;
    nickname.dispatchEvent(new Event("input", {{ bubbles: true }}));
}}"""


class ChannelDialog:
    """One per page, drawn again each time it is opened. `done` is called after a change."""

    def __init__(self, app: App, me: LoggedIn, done: Callable[[], None]) -> None:
        self._app, self._me, self._done = app, me, done
        self._client = ui.context.client
        self._question = Question()
        self._kind = OFFERED[0]
        self._view: ChannelView | None = None
        self._entries: dict[str, ui.input] = {}
        self._segments: dict[DestinationKind, Element] = {}
        self._dialog = ui.dialog()
        self._dialog.on_value_change(self._forget)

    def add(self) -> None:
        self._open(OFFERED[0], None)

    def change(self, view: ChannelView) -> None:
        self._open(view.kind, view)

    def _open(self, kind: DestinationKind, view: ChannelView | None) -> None:
        self._kind, self._view = kind, view
        self._dialog.clear()
        with self._dialog, html.div().classes("oc-pop oc-ask"):
            title = html.h2(f"Edit {view.name}" if view else "Add a channel")
            with html.form().classes("oc-form").props("novalidate") as form:
                form.on("submit", js_handler="(event) => event.preventDefault()")
                if view is None:
                    self._kinds()
                self._fields = html.div().classes("oc-form")
                self._name = field("Nickname", maxlength="80", autocomplete="off", name="nickname")
                self._draw_fields()
                self._name.set_value(view.name if view else TITLES[kind])
                self._draw_result()
                self._draw_buttons(view)
        self._dialog.props(f"aria-labelledby={title.html_id}")
        self._dialog.open()

    def _kinds(self) -> None:
        with html.fieldset().classes("oc-channel-kind"):
            html.legend("Kind")
            with html.div().classes("oc-seg"):
                for kind in OFFERED:
                    segment = html.button(TITLES[kind]).props("type=button").on("click", js_handler=NAME_AFTER_KIND)
                    self._segments[kind] = segment.on("click", partial(self._choose, kind))
        self._press(self._kind)

    def _press(self, kind: DestinationKind) -> None:
        for each, segment in self._segments.items():
            segment.props["aria-pressed"] = "true" if each is kind else "false"

    def _choose(self, kind: DestinationKind) -> None:
        self._kind = kind
        self._press(kind)
        self._draw_fields()
        self._result.set_visibility(False)

    def _draw_fields(self) -> None:
        self._fields.clear()
        with self._fields:
            self._entries = {
                each.key: field(
                    each.label,
                    value="" if self._view else each.usual,
                    hint=KEPT if self._view else each.hint,
                    kind="password" if each.is_hidden else "text",
                    autocomplete="off",
                    spellcheck="false",
                )
                for each in channel_fields(self._kind)
            }

    def _draw_result(self) -> None:
        with html.div().classes("oc-calm").props("role=status") as self._result:
            self._icon = html.i().props("aria-hidden=true")
            with html.div():
                self._word = TextElement(tag="b", text="")
                self._sentence = TextElement(tag="span", text="")
        self._result.set_visibility(False)

    def _draw_buttons(self, view: ChannelView | None) -> None:
        with html.div().classes("oc-acts oc-channel-acts"):
            test = ui.button("Send test", color=None).props("unelevated no-caps")
            test.classes("oc-btn oc-icon oc-i-send").on_click(lambda: self._submit(test, self._test))
            if view:
                is_off = view.state is DestinationState.OFF
                self._quiet("Resume" if is_off else "Pause", self._switch)
                self._quiet("Remove", self._remove)
            main = ui.button("Save" if view else "Add", color=None).props("unelevated no-caps type=submit")
            main.classes("oc-btn main").on_click(lambda: self._submit(main, self._save))

    def _quiet(self, words: str, act: Callable[[], Awaitable[None]]) -> None:
        button = ui.button(words, color=None).props("flat no-caps").classes("oc-btn quiet")
        button.on_click(lambda: self._submit(button, act))

    async def _submit(self, button: ui.button, act: Callable[[], Awaitable[None]]) -> None:
        if is_busy(button):
            return
        # On the page, not at the button: that is gone once the dialog is closed.
        with self._client:
            try:
                with busy(button):
                    await act()
            except InvalidInput as wrong:
                self._refuse(wrong)
            except NotAllowed:
                # Removed in another window.
                self._dialog.close()
                self._done()

    @property
    def _values(self) -> dict[str, str]:
        return {key: str(entry.value or "") for key, entry in self._entries.items()}

    async def _test(self) -> None:
        await still_here(self._app, self._me)
        channel_id = self._view.id if self._view else 0
        try:
            tried = await try_values(self._app, self._me.member.id, self._kind, self._values, channel_id)
        except Failure as failure:
            self._say("is-bad", "alert", "Test message not delivered", failure.sentence)
        else:
            words = f"{answered(tried)} Check that you can see it in {TITLES[self._kind]}."
            self._say("is-good", "ok", "Test message delivered", words)

    async def _save(self) -> None:
        name = str(self._name.value or "")
        if self._view:
            await run_as(self._app, self._me, change_channel, self._view.id, name, self._values)
        else:
            await run_as(self._app, self._me, add_channel, self._kind, name, self._values)
        self._dialog.close()
        self._done()

    async def _switch(self) -> None:
        if (view := self._view) is not None:
            self._dialog.close()
            await run_as(self._app, self._me, switch_channel, view.id, view.state is DestinationState.OFF)
            self._done()

    async def _remove(self) -> None:
        if (view := self._view) is None:
            return
        self._dialog.close()
        lost = f"Nothing more is sent to {view.account}, and its address and token are erased here."
        if await self._question.ask(f"Remove {view.name}?", [lost], keep="Cancel", lose="Remove"):
            await run_as(self._app, self._me, remove_channel, view.id)
            self._done()

    def _refuse(self, wrong: InvalidInput) -> None:
        entries = [self._name, *self._entries.values()]
        refuse_all(entries, wrong.sentences)
        if not {entry.label for entry in entries} & wrong.sentences.keys():
            self._say("is-bad", "alert", "Not now", wrong.sentence)

    def _say(self, css: str, icon: str, word: str, sentence: str) -> None:
        if self._client.is_deleted or not self._dialog.value:
            return
        self._result.classes(replace=f"oc-calm {css}")
        self._icon.classes(replace=f"oc-i oc-i-{icon}")
        self._word.set_text(word)
        self._sentence.set_text(sentence)
        self._result.set_visibility(True)

    def _forget(self) -> None:
        """Addresses and tokens that were typed don't stay on the page, nor on the server."""
        if not self._dialog.value:
            self._dialog.clear()


def answered(tried: Tried) -> str:
    return f"{tried.host} answered in {tried.milliseconds} ms."
