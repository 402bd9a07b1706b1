"""Whether a guide helped: Yes or No, and then a sentence about it, for those who have one."""

from nicegui import html, ui

from oncall_ui.app import App
from oncall_ui.errors import InvalidInput
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.help import FIELD, LONGEST, say, vote
from pages.session import run_as
from pages.widgets.forms.fields import busy, field, is_busy, refuse
from pages.widgets.guides import Guide

COUNTED = "Thanks. Counted without your name."
SAID = "Thanks. Your administrators can read it now."
ASKED = {True: "What could still be better? (optional)", False: "What was missing or wrong? (optional)"}
PRIVACY = "Your administrators read it without your name. It’s deleted after a year, or with your account."


class Opinion:
    """At the end of a guide. An answer counts at once; the sentence is asked for afterwards."""

    def __init__(self, app: App, me: LoggedIn, guide: Guide) -> None:
        self._app, self._me, self._guide = app, me, guide
        self._has_answered = False
        with html.div().classes("oc-was").props("role=group aria-labelledby=was") as self._box:
            html.b("Was this page helpful?").props("id=was")
            self._buttons = [
                ui.button(word, color=None, on_click=lambda helped=helped: self._answer(helped=helped))
                .props("unelevated no-caps")
                .classes("oc-btn small")
                for word, helped in (("Yes", True), ("No", False))
            ]
            self._thanks = ui.label().classes("oc-sub").props("role=status")

    async def _answer(self, *, helped: bool) -> None:
        if self._has_answered:
            return
        self._has_answered = True
        for button in self._buttons:
            button.set_visibility(False)
        self._thanks.set_text(COUNTED)
        with self._box:
            self._ask(helped=helped)
        await run_as(self._app, self._me, vote, self._guide.key, helped=helped)

    def _ask(self, *, helped: bool) -> None:
        with html.div().classes("oc-remark") as self._form:
            self._field = field(ASKED[helped], hint=PRIVACY, maxlength=str(LONGEST), autocomplete="off")
            self._field.on("keydown.enter", lambda: self._say(helped=helped))
            self._send = ui.button("Send", color=None, on_click=lambda: self._say(helped=helped))
            self._send.props("unelevated no-caps").classes("oc-btn")
        self._field.run_method("focus")

    async def _say(self, *, helped: bool) -> None:
        if is_busy(self._send):
            return
        try:
            with busy(self._send):
                await run_as(self._app, self._me, say, self._guide.key, self._field.value or "", helped=helped)
        except InvalidInput as error:
            assert error.field == FIELD
            refuse(self._field, error.sentence)
            return
        self._form.set_visibility(False)
        self._thanks.set_text(SAID)
