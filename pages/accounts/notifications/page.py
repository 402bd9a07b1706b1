"""/you/notifications: which messages a member gets by email and in which of their channels, and when none."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from nicegui import html
from nicegui.elements.mixins.text_element import TextElement

from oncall_ui.app import App
from oncall_ui.domain.schedules.messages.timing import Quiet
from oncall_ui.services.accounts.email_choices import email_choices
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.accounts.quiet_hours import read_quiet_hours
from oncall_ui.services.sharing.channels.views import ChannelView, read_channels
from pages.accounts.channels.card import ChannelsCard
from pages.accounts.channels.matrix import MessagesCard
from pages.accounts.channels.words import Mail, summary
from pages.accounts.notifications.quiet_hours import QuietHoursCard
from pages.layout import frame
from pages.opening import page
from pages.refresh import LiveView, Wanted
from pages.session import login_required, run_as
from pages.widgets.subnav import profile_subnav

ROUTE = "/you/notifications"
TITLE = "Notifications"
ALWAYS = "Messages about your account, such as reset links, always go to your email."


def register(app: App) -> None:
    @page(ROUTE)
    async def notifications_page(me: Annotated[LoggedIn, Depends(login_required(app))]) -> None:
        quiet = await run_as(app, me, read_quiet_hours)
        with frame(app, me, TITLE, "/you"):
            screen = _Screen(app, me, quiet)
        await screen.live.first()


@dataclass(frozen=True, slots=True)
class _Found:
    mail: Mail
    channels: tuple[ChannelView, ...]
    quiet: Quiet


class _Screen:
    """Built once; `_show` updates it."""

    def __init__(self, app: App, me: LoggedIn, quiet: Quiet) -> None:
        self._app, self._me = app, me
        self.live = LiveView(app, me, self._read, self._show)
        with html.header().classes("oc-head"), html.div():
            html.h1(TITLE)
            with html.p().classes("oc-status").props("role=status") as self._status:
                self._word, self._facts = TextElement(tag="b", text=""), TextElement(tag="span", text="")
        profile_subnav(ROUTE)
        with html.div().classes("oc-make oc-notify"):
            with html.div().classes("oc-stack"):
                self._messages = MessagesCard(app, me)
                with html.p().classes("oc-note oc-icon oc-i-lock"):
                    html.span(ALWAYS)
            with html.div().classes("oc-stack"):
                self._channels = ChannelsCard(app, me, self.live.refresh)
                QuietHoursCard(app, me, quiet)

    def _read(self, _: Wanted) -> _Found:
        member_id = self._me.member.id
        mail = Mail(self._me.member.email, email_choices(self._app, member_id), self._app.postbox.is_set_up)
        return _Found(mail, read_channels(self._app, member_id), read_quiet_hours(self._app, member_id))

    def _show(self, found: _Found) -> None:
        css, word, facts = summary(found.mail, found.channels, found.quiet)
        self._status.classes(replace=f"oc-status {css}")
        self._word.set_text(word)
        self._facts.set_text(f" · {facts}" if facts else "")
        self._messages.show(found.mail, found.channels)
        self._channels.show(found.mail, found.channels)
