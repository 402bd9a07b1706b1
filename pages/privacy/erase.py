"""Taking everything back: what it means, and the password before it happens."""

import asyncio
from collections.abc import Sequence

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.errors import InvalidInput, LastAdministrator, NotAllowed
from oncall_ui.log import say_setup_link
from oncall_ui.services.accounts.sessions import LoggedIn
from oncall_ui.services.privacy.erase import Prospect, erase, prospect
from pages.session import run_as, still_here
from pages.widgets.dates import count
from pages.widgets.forms import busy, field, is_busy, refuse

WORD = "Erase everything"


class Erase:
    """The card and its question."""

    def __init__(self, app: App, me: LoggedIn) -> None:
        self._app, self._me = app, me
        self._client = ui.context.client
        with html.section().classes("oc-card oc-erase").props("aria-labelledby=erase"):
            html.h2("Erase").props("id=erase")
            html.p(
                "Disconnecting a calendar deletes what was read from it and our access, at once. Erasing everything "
                "deletes your account with all that is on this page."
            )
            self._refusal = TextElement(tag="p", text="").props("role=alert").classes("oc-error")
            with html.p():
                ui.button(WORD, color=None, on_click=self._ask).props("unelevated no-caps").classes("oc-btn bad")
        self._dialog = ui.dialog().props("role=alertdialog transition-duration=120")

    async def _ask(self) -> None:
        self._refusal.set_text("")
        means = await run_as(self._app, self._me, prospect)
        if means.is_last_admin:
            self._refusal.set_text(str(LastAdministrator()))
            return
        self._dialog.clear()
        with self._dialog, html.div().classes("oc-pop oc-ask"):
            title = html.h2("Erase everything we keep about you?")
            told = [html.p(sentence).html_id for sentence in _what_is_lost(means)]
            self._password = field("Your password", kind="password", autocomplete="current-password")
            with html.div().classes("oc-acts wide"):
                keep = ui.button("Keep my account", on_click=self._dialog.close, color=None)
                keep.props("unelevated no-caps autofocus").classes("oc-btn")
                self._lose = ui.button(WORD, on_click=self._erase, color=None).props("unelevated no-caps")
                self._lose.classes("oc-btn no")
        self._dialog.props(f'aria-labelledby={title.html_id} aria-describedby="{" ".join(told)}"')
        self._dialog.open()

    async def _erase(self) -> None:
        if is_busy(self._lose):
            return
        try:
            with busy(self._lose):
                await still_here(self._app, self._me)
                setup_link = await erase(self._app, self._me.member.id, self._password.value or "")
        except InvalidInput as error:
            refuse(self._password, error.sentence)
        except LastAdministrator as error:
            self._dialog.close()
            self._refusal.set_text(str(error))
        except NotAllowed:
            ui.navigate.to("/login")
        else:
            # The pages, this one too, go by themselves: their logins are over.
            if setup_link is not None:
                await asyncio.to_thread(say_setup_link, setup_link)


def _what_is_lost(means: Prospect) -> Sequence[str]:
    connections = f"your {count(means.connections, 'connection')} and our access to them, " if means.connections else ""
    sentences = [
        f"This deletes {connections}all availability, your addresses, tokens and entries by hand, and your account. At "
        "once, and nobody can bring it back.",
        "The calendars themselves stay as they are.",
    ]
    if means.is_last:
        sentences.append(
            "Nobody else has an account, so this server goes back to its first start: its console shows the link that "
            "creates the first account."
        )
    return sentences
