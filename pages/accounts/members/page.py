"""Members, for administrators: everybody with an account or an invitation, live, and what can be done about each."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends
from nicegui import html, ui
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.errors import NotAllowed
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.accounts.member_list import MemberList, read_members
from pages.accounts.members.actions import Actions
from pages.accounts.members.inviting import Inviting
from pages.accounts.members.list import MembersTable
from pages.accounts.members.login_rules import login_rules_card
from pages.accounts.members.menu import Entry, RowMenu
from pages.accounts.members.words import Reader, Row, lead, rows_of
from pages.layout import frame
from pages.opening import page
from pages.refresh import LiveView, Wanted
from pages.session import login_required
from pages.widgets.subnav import admin_subnav

TICK_SECONDS = 30


def register(app: App) -> None:
    logged_in = login_required(app)

    def everyone(me: Annotated[LoggedIn, Depends(logged_in)]) -> MemberList:
        return read_members(app, me.member.id, _now())

    @page("/members")
    async def members_page(
        me: Annotated[LoggedIn, Depends(logged_in)], _: Annotated[MemberList, Depends(everyone)]
    ) -> None:
        def read(_wanted: Wanted) -> MemberList | None:
            try:
                return read_members(app, me.member.id, _now())
            except NotAllowed:
                return None  # no longer an administrator

        with frame(app, me, "Members", "/admin"):
            screen = _Screen(app, me, lambda: view.refresh())  # noqa: PLW0108 - it isn't there yet
            view = LiveView(app, me, read, screen.show, of_accounts=True)
            rules = login_rules_card(app, me)
        await asyncio.gather(view.first(), rules.first())
        # Not before: a timer that waits for its browser has the page sent at once.
        ui.timer(TICK_SECONDS, view.refresh, immediate=False)


class _Screen:
    """The elements, built once; `show` patches them."""

    def __init__(self, app: App, me: LoggedIn, refresh: Callable[[], None]) -> None:
        self._app, self._me = app, me.member
        self._admins = 0
        inviting = Inviting(app, me, refresh)
        with html.header().classes("oc-head"):
            with html.div():
                html.h1("Members")
                with html.p().classes("oc-status is-idle oc-i-team"):
                    self._words = TextElement(tag="b", text="Loading members")
                    self._rest = TextElement(tag="span", text="")
            with html.div().classes("oc-acts wide"):
                invite = ui.button("Invite", color=None, on_click=inviting.ask).props("unelevated no-caps")
                invite.classes("oc-btn main oc-icon oc-i-plus")
        admin_subnav("/members")
        self._actions = Actions(app, me, inviting, refresh)
        self._table = MembersTable(self._open_menu, self._actions.act)
        self._menu = RowMenu(self._entries())
        self._empty = html.section().classes("oc-card oc-start members-empty").props("aria-labelledby=nobody")
        with self._empty, html.div():
            html.h2("Your colleagues will be listed here").props("id=nobody")
            html.p(
                "Invite each by email. You see when they sign in, connect a calendar and were last here. "
                "Nobody sees anyone else’s events."
            ).classes("oc-lead")
        for each in (self._table.card, self._empty):
            each.set_visibility(False)

    def show(self, found: MemberList | None) -> None:
        if found is None:
            ui.navigate.to("/")
            return
        name = self._app.settings.oidc_name
        sso_name = name[:1].upper() + name[1:]
        reader = Reader(self._me.id, self._me.tz, _now(), self._app.postbox.is_set_up, sso_name)
        rows = rows_of(found, reader)
        self._admins = sum(each.is_admin for each in found.members)
        words, rest = lead(found, reader)
        self._words.set_text(words)
        self._rest.set_text(rest)
        self._table.show(rows)
        self._table.card.set_visibility(len(rows) > 1)
        self._empty.set_visibility(len(rows) == 1)

    def _entries(self) -> list[Entry]:
        do = self._actions
        return [
            Entry("New link", "link", do.new_link, for_members=False, for_invited=True),
            Entry("Remind", "mail", do.remind, for_invited=True),
            Entry("Change role", "person", do.ask_role, for_invited=True),
            Entry("Reset password", "key", do.reset_password),
            Entry("Reset second factor", "shield", do.reset_second_factor),
            Entry("Log out everywhere", "out", do.log_out),
            Entry("Activity", "clock", do.show_activity),
            Entry("Remove", "x", do.remove),
            Entry("Revoke", "x", do.revoke, for_members=False, for_invited=True),
        ]

    def _open_menu(self, row: Row, button: str) -> None:
        absent = set()
        if not self._app.postbox.is_set_up or not row.is_waiting or row.is_you:
            absent.add("Remind")
        if not row.has_second_factor or row.is_you:
            absent.add("Reset second factor")
        is_last = row.is_admin and not row.is_invited and self._admins == 1
        self._menu.open(row, button, absent=frozenset(absent), is_last=is_last)


def _now() -> datetime:
    return datetime.now(UTC)
