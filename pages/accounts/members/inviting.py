"""The dialog that invites somebody, and the one that shows a new link."""

from collections.abc import Callable

from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.errors import InvalidInput
from oncall_ui.services.accounts.links.invitation_emails import send_invitation
from oncall_ui.services.accounts.links.invitations import InvitationLink, invite
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from pages.accounts.members.dialogs import Opened, answer, dialog, role_choice, shown_once
from pages.session import run_as
from pages.widgets.dates import clock, day_words
from pages.widgets.forms.fields import busy, field, is_busy, refuse


class Inviting:
    """Opens both dialogs. `refresh` is called when something has changed."""

    def __init__(self, app: App, me: LoggedIn, refresh: Callable[[], None]) -> None:
        self._app, self._me, self._refresh = app, me, refresh
        self._sends = app.postbox.is_set_up
        # Dialogs are drawn on the page itself: what they are opened from may be gone.
        self._client = ui.context.client

    def ask(self) -> None:
        """For whom, and in which role."""
        lead = "They get a link that works once, within 72 hours. They choose their own password."
        with (
            self._client,
            dialog("Invite a colleague", lead) as shown,
            html.form().classes("oc-form").props("novalidate") as form,
        ):
            form.on("submit", js_handler="(event) => event.preventDefault()")
            email = field("Email", kind="email", autocomplete="off").props("autofocus")
            role = role_choice(is_admin=False)
            with html.div().classes("oc-acts wide"):
                answer("Cancel").props("type=button").on_click(shown.close)
                create = answer("Send invitation" if self._sends else "Create link", "main").props("type=submit")
            create.on_click(lambda: self._invite(shown, email, role, create))

    async def show_link(self, link: InvitationLink, *, may_invite_another: bool = False) -> None:
        """Shows the link, and emails it where email is set up; a failed email says so and changes nothing."""
        heading = f"Invitation for {link.email}" if self._sends else f"Link for {link.email}"
        with self._client, dialog(heading) as shown:
            said = TextElement(tag="p", text=f"Sending it. {self._until(link)}" if self._sends else self._pass(link))
            said.props("role=status")
            shown_once(link.url, "invitation link")
            with html.p().classes("oc-note oc-icon oc-i-lock members-note"):
                html.span("We don’t store the link. For another one, use New link on this page.")
            with html.div().classes(f"oc-acts {'split' if may_invite_another else 'wide'}"):
                if may_invite_another:
                    another = answer("Invite another").classes("oc-icon oc-i-plus")
                    another.on_click(lambda: self._again(shown))
                answer("Done", "main").props("autofocus").on_click(shown.close)
        if self._sends:
            with self._client:
                await self._send(link, shown, said)

    async def _invite(self, shown: Opened, email: ui.input, role: ui.radio, button: ui.button) -> None:
        if is_busy(button):
            return
        try:
            with busy(button):
                link = await run_as(self._app, self._me, invite, email.value or "", is_admin=bool(role.value))
        except InvalidInput as error:
            if not email.is_deleted:
                refuse(email, error.sentence)
            return
        shown.close()
        self._refresh()
        await self.show_link(link, may_invite_another=True)

    def _again(self, shown: Opened) -> None:
        shown.close()
        self.ask()

    async def _send(self, link: InvitationLink, shown: Opened, said: TextElement) -> None:
        failure = await run_as(self._app, self._me, send_invitation, link)
        self._refresh()
        if said.is_deleted:
            return
        if failure:
            said.classes("oc-error")
            said.set_text(f"{failure} The email was not sent. {self._pass(link)}")
        else:
            shown.title.set_text(f"Invitation sent to {link.email}")
            said.set_text(f"Or pass this link on yourself. {self._until(link)}")

    def _pass(self, link: InvitationLink) -> str:
        return f"Pass it on yourself. {self._until(link)}"

    def _until(self, link: InvitationLink) -> str:
        zone = self._me.member.tz
        local = link.expires_at.astimezone(zone)
        return f"It works once, until {day_words(local.date(), local.date())}, {clock(link.expires_at, zone)}."
