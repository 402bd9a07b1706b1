"""The frame around every screen: skip link, sidebar, profile menu, the bars of a phone."""

from collections.abc import Iterator
from contextlib import contextmanager

from nicegui import html, ui

from oncall_ui.events import Change, SessionEnded
from oncall_ui.services.installation import Installation
from oncall_ui.services.members import set_theme
from oncall_ui.services.sessions import LoggedIn
from pages.access import act

LINKS = (("Home", "/", "home"), ("Calendars", "/calendars", "calendars"), ("Help", "/help", "help"))
THEMES = {"": "As the system", "light": "Light", "dark": "Dark"}


@contextmanager
def frame(app: Installation, me: LoggedIn, title: str, here: str) -> Iterator[None]:
    """Draws the frame; what is drawn inside the block becomes the page. `here` is the route of the current link."""
    ui.page_title(f"{title} · On-Call Optimizer")
    ui.dark_mode({"light": False, "dark": True}.get(me.member.theme))
    _leave_when_logged_out(app, me)
    ui.link("Skip to content", "#main").classes("oc-skip")
    with ui.header().classes("oc-top"):
        _brand()
        with ui.button(color=None).props(f'flat no-caps aria-label="{me.member.initials}, profile"').classes("oc-face"):
            ui.label(me.member.initials)
            _profile_menu(app, me)
    with ui.left_drawer(value=None).props("width=216 breakpoint=1023").classes("oc-side"):
        _brand()
        with html.nav().classes("oc-nav").props("aria-label=Main"):
            _links(here)
        with ui.button(color=None).props("flat no-caps aria-haspopup=menu").classes("oc-me"):
            html.span(me.member.initials).classes("oc-face")
            with html.span().classes("oc-clip"):
                html.b(me.member.name).classes("oc-clip")
                html.small(me.member.email).classes("oc-clip")
            html.i().classes("oc-i oc-i-updown")
            _profile_menu(app, me)
    with ui.footer().classes("oc-tabs"), html.nav().props("aria-label=Main"):
        _links(here)
    with html.div().classes("oc-page").props("id=main"):
        yield


def _brand() -> None:
    with ui.link(target="/").classes("oc-brand").props('aria-label="On-Call Optimizer"'):
        html.span().classes("oc-mark")
        html.span("On-Call Optimizer")


def _links(here: str) -> None:
    for word, route, icon in LINKS:
        link = ui.link(word, route).classes(f"oc-icon oc-i-{icon}")
        if route == here:
            link.props("aria-current=page")


def _profile_menu(app: Installation, me: LoggedIn) -> None:
    with ui.menu().props("transition-duration=120"):
        if me.member.is_admin:
            ui.menu_item("Members", lambda: ui.navigate.to("/members")).props("role=menuitem")
        for theme, word in THEMES.items():

            async def choose(theme: str = theme) -> None:
                await act(app, me, set_theme, theme)
                ui.navigate.reload()

            ui.menu_item(f"Theme: {word}", choose).props("role=menuitem")
        ui.menu_item("Log out").props("role=menuitem").on("click", js_handler="() => document.forms.logout.submit()")
    html.form().props("name=logout method=post action=/logout")


def _leave_when_logged_out(app: Installation, me: LoggedIn) -> None:
    client = ui.context.client

    def changed(changes: frozenset[Change]) -> None:
        if SessionEnded(me.member.id, me.session_id) in changes:
            with client:
                ui.navigate.to("/login")
            client.delete()

    client.on_delete(app.hub.subscribe(me.member.id, changed))
