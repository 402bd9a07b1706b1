"""The links between the pages of one area, below the heading."""

from collections.abc import Sequence

from nicegui import html, ui

ADMINISTRATION = (("Status", "/admin"), ("Members", "/members"), ("Audit log", "/admin/audit"))


def subnav(name: str, links: Sequence[tuple[str, str]], here: str) -> None:
    """Draws a navigation called `name`. `links` are words and routes; `here` is the route of the open page."""
    nav = html.nav().classes("oc-subnav")
    nav.props["aria-label"] = name
    with nav:
        for word, route in links:
            link = ui.link(word, route)
            if route == here:
                link.props("aria-current=page")


def admin_subnav(here: str) -> None:
    """The navigation of the pages for administrators."""
    subnav("Administration", ADMINISTRATION, here)
