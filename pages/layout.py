"""The frame around every page: skip link, sidebar, profile menu, and the bars on a phone."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from nicegui import html, ui

from oncall_ui.app import App
from oncall_ui.hub import Change, SessionEnded
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.accounts.members import set_theme
from oncall_ui.services.connections.views import ConnectionView
from pages.needs.count import NeedsCount, follow_needs
from pages.plain import ADMIN, LINKS
from pages.refresh import LiveConnections
from pages.session import login_route_here, run_as
from pages.widgets.calendar_summary import attention
from pages.widgets.forms.leaving import leave_unasked


class MenuItem(ui.menu_item):
    def __init__(self, words: str, on_click: Any = None) -> None:
        super().__init__(on_click=on_click)
        self._text = words
        self.props("role=menuitem")


COUNTED = "/calendars"
THEMES = {"": "System", "light": "Light", "dark": "Dark"}
# Hung up first: the end of the session would otherwise send this page to /login and back here after the next log-in.
LOG_OUT = "() => { window.socket.disconnect(); document.forms.logout.submit() }"
DARK = {"": None, "light": False, "dark": True}


@contextmanager
def frame(app: App, me: LoggedIn, title: str, here: str) -> Iterator[LiveConnections]:
    """Draws the frame; what is drawn inside the block is the page. `here` is the route of the current link.

    Yields the member's connections, kept up to date, see `LiveConnections.watch`.
    """
    ui.page_title(f"{title} · On-Call Optimizer")
    live = LiveConnections(app, me)
    theme = _Theme(app, me)
    counts = _Counts()
    _leave_when_logged_out(app, me)
    with ui.header(wrap=False).classes("oc-top"):
        _brand()
        needed = NeedsCount()
        if me.member.is_admin:
            needed.add()
        face = ui.button(me.member.initials, color=None).props("flat no-caps aria-haspopup=menu").classes("oc-face")
        face.props["aria-label"] = f"{me.member.name}, profile"
        with face:
            theme.menu(me.member.is_admin)
    # Never asks the browser whether it is open: it always is, and CSS hides it on narrow screens.
    with ui.left_drawer(value=True).props("width=216 behavior=desktop").classes("oc-side"):
        _brand()
        with html.nav().classes("oc-nav").props("aria-label=Main"):
            _links(here, counts)
            if me.member.is_admin:
                with _link(*ADMIN, here).classes("admin") as admin:
                    admin.props["aria-describedby"] = needed.add()
        with ui.button(color=None).props("flat no-caps aria-haspopup=menu").classes("oc-me"):
            html.span(me.member.initials).classes("oc-face").props("aria-hidden=true")
            with html.span().classes("oc-clip"):
                html.b(me.member.name).classes("oc-clip")
                html.small(me.member.email).classes("oc-clip")
            theme.menu(me.member.is_admin)
    with ui.footer(wrap=False).classes("oc-tabs"), html.nav().props("aria-label=Main"):
        _links(here, counts)
    html.form().props("name=logout method=post action=/logout")
    live.watch(counts.show)
    if me.member.is_admin:
        follow_needs(app, needed, live)
    page = html.div().classes("oc-page")
    with page:
        yield live
    # Created last: each of the others moves itself to the top.
    ui.skip_link("Skip to content", target=page).classes("oc-skip")
    live.refresh()


def _brand() -> None:
    ui.link("On-Call Optimizer", "/").classes("oc-brand")


def _links(here: str, counts: "_Counts") -> None:
    for word, route, icon in LINKS:
        with _link(word, route, icon, here) as link:
            if route == COUNTED:
                link.props["aria-describedby"] = counts.add()


def _link(word: str, route: str, icon: str, here: str) -> ui.link:
    link = ui.link(word, route).classes(f"oc-icon oc-i-{icon}")
    link.props["aria-label"] = word  # the count next to it describes the link, it doesn't rename it
    if route == here:
        link.props("aria-current=page")
    return link


class _Counts:
    """The number at each link to Calendars: those that need the member or are stale."""

    def __init__(self) -> None:
        self._badges: list[ui.label] = []
        self._shown = (0, "")

    def add(self) -> str:
        """The badge's id."""
        badge = ui.label().classes("oc-count").props("role=img")
        badge.set_visibility(False)
        self._badges.append(badge)
        return badge.html_id

    def show(self, connections: Sequence[ConnectionView]) -> None:
        calendars = [calendar for connection in connections for calendar in connection.calendars]
        if (found := attention(calendars, _now())) == self._shown:
            return
        self._shown = number, words = found
        for badge in self._badges:
            badge.set_text(str(number))
            badge.props["aria-label"] = words
            badge.set_visibility(number > 0)


def _now() -> datetime:
    return datetime.now(UTC)


class _Theme:
    """Light, dark or the system’s; chosen in the profile menu, stored for the member."""

    def __init__(self, app: App, me: LoggedIn) -> None:
        self._app, self._me = app, me
        self._mode = ui.dark_mode(DARK[me.member.theme])
        self._items: list[tuple[str, MenuItem]] = []

    def menu(self, is_admin: bool) -> None:
        with ui.menu().props("role=menu aria-label=Profile"):
            MenuItem("Your profile", lambda: ui.navigate.to("/you"))
            if is_admin:
                MenuItem("Admin", lambda: ui.navigate.to("/admin"))
                MenuItem("Members", lambda: ui.navigate.to("/members"))
            MenuItem("Your data", lambda: ui.navigate.to("/privacy"))
            for theme, word in THEMES.items():
                self._add(theme, word)
            log_out = MenuItem("Log out").classes("oc-last")
            log_out.on("click", js_handler=LOG_OUT)
        self._mark(self._me.member.theme)

    def _add(self, theme: str, word: str) -> None:
        async def choose() -> None:
            await run_as(self._app, self._me, set_theme, theme)
            self._mode.set_value(DARK[theme])
            self._mark(theme)

        item = MenuItem(f"Theme: {word}", choose).props("role=menuitemradio").classes("oc-theme")
        self._items.append((theme, item))

    def _mark(self, chosen: str) -> None:
        for theme, item in self._items:
            item.props(f"aria-checked={'true' if theme == chosen else 'false'}")


def _leave_when_logged_out(app: App, me: LoggedIn) -> None:
    client = ui.context.client

    def changed(changes: frozenset[Change]) -> None:
        if SessionEnded(me.member.id, me.session_id) not in changes:
            return
        with client:
            leave_unasked(login_route_here())

    client.on_delete(app.hub.subscribe(me.member.id, changed))
