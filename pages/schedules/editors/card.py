"""A card with a heading and what it is about, as forms of schedules have them."""

from nicegui import html


def card(key: str, heading: str, small: str = "") -> html.section:
    """Drawn where it is called; `key` becomes the id of the heading."""
    found = html.section().classes("oc-card").props(f"aria-labelledby={key}")
    with found, html.div().classes("oc-card-head"), html.div().classes("grow"):
        html.h2(heading).props(f"id={key}")
        if small:
            html.p(small).classes("oc-sub")
    return found
