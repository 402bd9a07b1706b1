"""The links between the pages of one area, below the heading."""

from collections.abc import Sequence

from nicegui import html, ui

ADMINISTRATION = (("Status", "/admin"), ("Members", "/members"), ("Audit log", "/admin/audit"))
YOUR_PROFILE = (
    ("Profile", "/you"),
    ("Security", "/you/security"),
    ("Notifications", "/you/notifications"),
    ("Your data", "/privacy"),
    ("Activity", "/you/activity"),
)


def subnav(name: str, links: Sequence[tuple[str, str]], here: str) -> dict[str, ui.link]:
    """Draws a navigation called `name`. `links` are words and routes; `here` is the route of the open page.

    Returns the links by their words.
    """
    drawn: dict[str, ui.link] = {}
    nav = html.nav().classes("oc-subnav")
    nav.props["aria-label"] = name
    with nav:
        for word, route in links:
            link = drawn[word] = ui.link(word, route)
            if route == here:
                link.props("aria-current=page")
    return drawn


def admin_subnav(here: str) -> dict[str, ui.link]:
    """The navigation of the pages for administrators. Returns the links by their words."""
    return subnav("Administration", ADMINISTRATION, here)


def profile_subnav(here: str) -> None:
    """The navigation of the pages about the member's own account."""
    subnav("Your profile", YOUR_PROFILE, here)
