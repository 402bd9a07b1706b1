"""Erasing an account: what it means, and the password first."""

import asyncio
from collections.abc import Sequence

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.errors import InvalidInput, LastAdministrator, NotAllowed
from oncall_ui.reporting.log import print_setup_link
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.privacy.erase import ErasureEffects, erase, erasure_effects
from pages.session import run_as, still_here
from pages.widgets.dates import count
from pages.widgets.forms.fields import busy, field, is_busy, refuse

WORD = "Erase everything"


class Erase:
    """The card and its question."""

    def __init__(self, app: App, me: LoggedIn) -> None:
        self._app, self._me = app, me
        self._client = ui.context.client
        with html.section().classes("oc-card oc-erase").props("aria-labelledby=erase"):
            html.h2("Erase").props("id=erase")
            html.p(
                "Disconnecting a calendar immediately deletes its entries and our access. Erasing everything deletes "
                "your account and everything on this page."
            )
            self._refusal = TextElement(tag="p", text="").props("role=alert").classes("oc-error")
            with html.p():
                ui.button(WORD, color=None, on_click=self._ask).props("unelevated no-caps").classes("oc-btn bad")
        self._dialog = ui.dialog().props("role=alertdialog")

    async def _ask(self) -> None:
        self._refusal.set_text("")
        means = await run_as(self._app, self._me, erasure_effects)
        if means.is_last_admin:
            self._refusal.set_text(str(LastAdministrator()))
            return
        self._dialog.clear()
        with self._dialog, html.div().classes("oc-pop oc-ask"):
            title = html.h2("Erase all your data?")
            lines = [html.p(sentence).html_id for sentence in _what_is_lost(means)]
            self._password = field("Your password", kind="password", autocomplete="current-password")
            with html.div().classes("oc-acts wide"):
                keep = ui.button("Cancel", on_click=self._dialog.close, color=None)
                keep.props("unelevated no-caps autofocus").classes("oc-btn")
                self._lose = ui.button(WORD, on_click=self._erase, color=None).props("unelevated no-caps")
                self._lose.classes("oc-btn no")
        self._dialog.props(f'aria-labelledby={title.html_id} aria-describedby="{" ".join(lines)}"')
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
            # All pages, this one too, leave by themselves: their sessions have ended.
            if setup_link is not None:
                await asyncio.to_thread(print_setup_link, setup_link)


def _what_is_lost(means: ErasureEffects) -> Sequence[str]:
    connections = f"your {count(means.connections, 'connection')} with our access, " if means.connections else ""
    sentences = [
        f"This deletes {connections}all availability, your addresses and tokens, the days you added, and your account. "
        "It happens immediately and can’t be undone.",
        "The calendars themselves stay as they are.",
    ]
    if means.is_last:
        sentences.append(
            "You are the only member, so this server returns to its first start: its console shows a link to create "
            "the first account."
        )
    return sentences
