"""The way between the pages of one schedule, and their addresses."""

from nicegui import ui

from oncall_ui.domain.schedules.access import Access
from oncall_ui.services.schedules.published.read import ScheduleView
from pages.widgets.dates import count
from pages.widgets.subnav import subnav

SCHEDULES = "/schedules"
SWAPS = "Swaps"
REPAIR = "repair"
"""Where what needs a change is shown, with the ways out."""
LINKS = (
    ("Shifts", "", Access.VIEWER),
    ("Fairness", "fairness", Access.MEMBER),
    (SWAPS, "swaps", Access.MEMBER),
    ("Rules", "rules", Access.MEMBER),
    ("Publish", "publish", Access.VIEWER),
    ("History", "history", Access.MEMBER),
)
"""Words, what follows the schedule's own address, and what it takes to see the page."""


def schedule_route(schedule_id: int, *parts: object) -> str:
    """`/schedules/3/drafts/2` of 3, "drafts" and 2."""
    return "/".join((SCHEDULES, str(schedule_id), *(str(part) for part in parts if part != "")))


def schedule_subnav(view: ScheduleView, here: str) -> "Waiting":
    """Draws links to the pages of a schedule that may be seen. `here` is the last part of the open page's address.

    Returns the count beside Swaps, for pages that keep it up to date.
    """
    links = [(word, schedule_route(view.id, part)) for word, part, needed in LINKS if view.access.includes(needed)]
    drawn = subnav(view.name, links, schedule_route(view.id, here))
    waiting = Waiting(drawn.get(SWAPS))
    waiting.show(view.waiting)
    return waiting


class Waiting:
    """How many requests wait for the member's answer; gone where none does."""

    def __init__(self, link: ui.link | None) -> None:
        self._badge: ui.label | None = None
        if link is not None:
            with link:
                self._badge = ui.label().classes("oc-count").props("role=img")
            # The count describes the link, it doesn't rename it.
            link.props["aria-label"], link.props["aria-describedby"] = SWAPS, self._badge.html_id

    def show(self, number: int) -> None:
        if self._badge is not None:
            self._badge.set_text(str(number))
            self._badge.props["aria-label"] = f"{count(number, 'request')} {'waits' if number == 1 else 'wait'} for you"
            self._badge.set_visibility(number > 0)
