"""What the menu of a row does."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Concatenate, ParamSpec, TypeVar

from nicegui import html, ui

from oncall_ui.app import App
from oncall_ui.errors import Gone, LastAdministrator, NotAllowed
from oncall_ui.services.accounts.administrators import check_account
from oncall_ui.services.accounts.links.invitation_emails import remind_to_connect, tell_removed
from oncall_ui.services.accounts.links.invitations import change_invited_role, renew, revoke
from oncall_ui.services.accounts.links.reset import create_reset_link, email_reset_link
from oncall_ui.services.accounts.logging_in.login_rules import reset_second_factor
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.accounts.removal import RemovalEffects, removal_effects, remove_member
from oncall_ui.services.accounts.roles import change_role, log_out_everywhere
from pages.accounts.members.dialogs import Opened, answer, dialog, role_choice, shown_once
from pages.accounts.members.inviting import Inviting
from pages.accounts.members.removing import ask_to_remove
from pages.accounts.members.words import Row
from pages.session import run_as, still_here
from pages.widgets.dates import count
from pages.widgets.forms.dialogs import Question
from pages.widgets.people import first_name
from pages.widgets.toast import Toast

P = ParamSpec("P")
T = TypeVar("T")


class Actions:
    """One per page. `refresh` is called when something has changed."""

    def __init__(self, app: App, me: LoggedIn, inviting: Inviting, refresh: Callable[[], None]) -> None:
        self._app, self._me, self._inviting, self._refresh = app, me, inviting, refresh
        self._client = ui.context.client
        self._question = Question()
        self._toast = Toast()

    async def act(self, row: Row) -> None:
        """The row's button."""
        await (self.new_link(row) if row.act == "New link" else self.remind(row))

    async def new_link(self, row: Row) -> None:
        """Ends the old link; the new one is shown once, and emailed where email is set up."""
        if link := await self._run(renew, row.id):
            self._refresh()
            await self._inviting.show_link(link)

    async def remind(self, row: Row) -> None:
        """The link itself isn't stored, so that who is invited gets a new one."""
        if row.is_invited:
            await self.new_link(row)
            return
        failure = await self._run(remind_to_connect, row.id)
        if failure is not None:
            self._say(f"{failure} The email was not sent." if failure else f"{first_name(row.name)} gets an email.")

    def ask_role(self, row: Row) -> None:
        """Administrator or member."""
        lead = "It takes effect with their next click." if not row.is_invited else "The link stays the same."
        with self._client, dialog(f"Role of {row.name}", lead) as shown:
            role = role_choice(is_admin=row.is_admin)
            with html.div().classes("oc-acts wide"):
                answer("Cancel").on_click(shown.close)
                save = answer("Save", "main")
        save.on_click(lambda: self._change_role(row, shown, is_admin=bool(role.value)))

    async def reset_password(self, row: Row) -> None:
        """A link with which they set a new password."""
        link = await self._caught(lambda: self._of_account(row, create_reset_link))
        if link is None:
            return
        name = first_name(row.name)
        lead = f"Pass it on yourself. It works once, for 1 hour. {name}’s password still works until a new one is set."
        with self._client, dialog(f"Reset link for {row.name}", lead) as shown:
            shown_once(link, "reset link")
            sends = self._app.postbox.is_set_up
            with html.div().classes(f"oc-acts {'split' if sends else 'wide'}"):
                if sends:
                    email = answer(f"Email it to {name}").classes("oc-icon oc-i-mail")
                    email.on_click(lambda: self._email_reset(row, link, shown))
                answer("Done", "main").props("autofocus").on_click(shown.close)

    async def reset_second_factor(self, row: Row) -> None:
        """Deletes app, codes and passkeys, after a question."""
        name = first_name(row.name)
        sentences = [
            f"This deletes {name}’s authenticator app, recovery codes and passkeys.",
            f"{name} logs in with the password alone, and can set up a new one under Security.",
        ]
        if await self._ask(f"Reset the second factor of {row.name}?", sentences, "Reset"):
            if await self._caught(lambda: self._of_account(row, _reset_second_factor)):
                self._say(f"The second factor of {row.name} is reset.")
            self._refresh()

    async def log_out(self, row: Row) -> None:
        """Ends all their sessions, after a question."""
        sentences = [f"{first_name(row.name)} has to log in again in every browser.", "Nothing is deleted."]
        if await self._ask(f"Log out {row.name} everywhere?", sentences, "Log out"):
            ended = await self._run(log_out_everywhere, row.id)
            if ended is not None:
                self._say(f"{row.name} is logged out in {count(ended, 'browser')}.")

    async def revoke(self, row: Row) -> None:
        """Ends the invitation, after a question."""
        if await self._ask(f"Revoke the invitation of {row.name}?", ["The link stops working immediately."], "Revoke"):
            if await self._run(revoke, row.id):
                self._say(f"The invitation of {row.name} is revoked.")
            self._refresh()

    def show_activity(self, row: Row) -> None:
        """What they did, in the audit log."""
        ui.navigate.to(f"/admin/audit?who={row.id}")

    async def remove(self, row: Row) -> None:
        """Asks what it means first. One's own account is erased under Your data, with the password."""
        if row.is_you:
            ui.navigate.to("/privacy")
            return
        if effects := await self._run(removal_effects, row.id):
            with self._client:
                ask_to_remove(effects, lambda: self._remove(row, effects), sends_email=self._app.postbox.is_set_up)

    async def _remove(self, row: Row, effects: RemovalEffects) -> None:
        async def removed() -> str:
            await still_here(self._app, self._me)
            return await remove_member(self._app, self._me.member.id, row.id)

        sentence = await self._caught(removed)
        if sentence is not None:
            await asyncio.to_thread(tell_removed, self._app, self._me.member.id, effects.name, effects.email)
            self._say(f"{effects.name} is removed. {sentence}".strip())
        self._refresh()

    async def _change_role(self, row: Row, shown: Opened, *, is_admin: bool) -> None:
        verb = change_invited_role if row.is_invited else change_role
        await self._run(verb, row.id, is_admin=is_admin)
        shown.close()
        self._refresh()

    async def _email_reset(self, row: Row, link: str, shown: Opened) -> None:
        shown.close()
        if await self._run(_email_reset_link, row.id, link):
            self._say(f"{first_name(row.name)} gets the link by email.")

    async def _ask(self, heading: str, sentences: list[str], lose: str) -> bool:
        with self._client:
            return await self._question.ask(heading, sentences, keep="Cancel", lose=lose)

    async def _of_account(self, row: Row, verb: Callable[[App, int, int], T]) -> T:
        """For verbs that don't say who removed the member."""
        await run_as(self._app, self._me, check_account, row.id)
        return await run_as(self._app, self._me, verb, row.id)

    async def _run(self, verb: Callable[Concatenate[App, int, P], T], *args: P.args, **kw: P.kwargs) -> T | None:
        return await self._caught(lambda: run_as(self._app, self._me, verb, *args, **kw))

    async def _caught(self, do: Callable[[], Awaitable[T]]) -> T | None:
        """None if it was refused, which is said."""
        try:
            with self._client:  # the dialog it was asked for in may be gone
                return await do()
        except (Gone, LastAdministrator) as error:
            self._say(str(error))
            self._refresh()
        except NotAllowed:
            with self._client:
                ui.navigate.to("/")  # no longer an administrator
        return None

    def _say(self, sentence: str) -> None:
        if not self._client.is_deleted:
            with self._client:
                self._toast.say(sentence)


def _reset_second_factor(app: App, admin_id: int, member_id: int) -> bool:
    reset_second_factor(app, admin_id, member_id)
    return True


def _email_reset_link(app: App, admin_id: int, member_id: int, link: str) -> bool:
    email_reset_link(app, admin_id, member_id, link)
    return True
