"""The rows of the card `Log-in methods` for the member's accounts at the OpenID provider: linked and unlinked."""

from collections.abc import Sequence
from datetime import UTC, datetime

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.errors import NotAllowed, SingleSignOnFailed
from oncall_ui.services.accounts.logging_in.identities import IdentityView, identities_of, unlink
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.accounts.logging_in.single_sign_on import begin_link, offered
from pages.accounts.security.card import SecurityRow, row_button, security_list
from pages.refresh import LiveView, Wanted
from pages.session import pop_flash, run_as, still_here
from pages.widgets.dates import ago
from pages.widgets.forms.dialogs import Question

ICON = "shield"


def method(app: App, me: LoggedIn) -> LiveView[Sequence[IdentityView]] | None:
    """Draws nothing where single sign-on isn't set up and nothing is linked."""
    request = ui.context.client.request
    refusal = pop_flash(request).get("sentence", "") if request is not None else ""
    return _Identities(app, me, refusal).view


class _Identities:
    def __init__(self, app: App, me: LoggedIn, refusal: str) -> None:
        self._app, self._me = app, me
        self._question = Question()
        self._list = security_list("Single sign-on")
        with html.div():
            self._refusal = TextElement(tag="p", text="").classes("oc-error oc-icon oc-i-alert").props("role=alert")
        self._refuse(refusal)
        self._list.set_visibility(False)
        self.view = LiveView(app, me, self._read, self._show)

    def _read(self, _wanted: Wanted) -> Sequence[IdentityView]:
        return identities_of(self._app, self._me.member.id)

    def _show(self, linked: Sequence[IdentityView]) -> None:
        name = offered(self._app)
        self._list.clear()
        with self._list:
            for identity in linked:
                self._linked(identity)
            if name and name not in {identity.provider for identity in linked}:
                self._unlinked(name)
        self._list.set_visibility(bool(linked or name))

    def _linked(self, identity: IdentityView) -> None:
        row = SecurityRow(ICON, identity.provider)
        row.show(_words(identity, self._me))
        with row.buttons:
            row_button("Unlink", lambda: self._unlink(identity), f"Unlink {identity.provider}")

    def _unlinked(self, name: str) -> None:
        row = SecurityRow(ICON, name)
        row.show("Not linked")
        with row.buttons:
            row_button("Link", self._link, f"Link {name}")

    async def _link(self) -> None:
        await still_here(self._app, self._me)
        try:
            ui.navigate.to(await begin_link(self._app, self._me))
        except SingleSignOnFailed as failed:
            self._refuse(failed.sentence)

    async def _unlink(self, identity: IdentityView) -> None:
        self._refuse("")
        what = f"It no longer logs you in{f' as {identity.email}' if identity.email else ''}. You can link it again."
        if not await self._question.ask(f"Unlink {identity.provider}?", [what], keep="Cancel", lose="Unlink"):
            return
        try:
            await run_as(self._app, self._me, unlink, identity.id)
        except SingleSignOnFailed as failed:
            self._refuse(failed.sentence)
        except NotAllowed:  # unlinked in another browser
            self.view.refresh()

    def _refuse(self, sentence: str) -> None:
        self._refusal.set_text(sentence)
        self._refusal.set_visibility(bool(sentence))


def _words(identity: IdentityView, me: LoggedIn) -> str:
    linked = f"Linked to {identity.email}" if identity.email else "Linked"
    if identity.last_used_at is None:
        return linked
    return f"{linked} · last used {ago(identity.last_used_at, me.member.tz, datetime.now(UTC))}"
