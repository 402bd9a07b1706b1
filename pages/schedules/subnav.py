"""The way between the pages of one schedule, and their addresses."""

from oncall_ui.domain.schedules.access import Access
from oncall_ui.services.schedules.published.read import ScheduleView
from pages.widgets.subnav import subnav

SCHEDULES = "/schedules"
REPAIR = "repair"
"""Where what needs a change is shown, with the ways out."""
LINKS = (
    ("Shifts", "", Access.VIEWER),
    ("Fairness", "fairness", Access.MEMBER),
    ("Swaps", "swaps", Access.MEMBER),
    ("Rules", "rules", Access.MEMBER),
    ("Publish", "publish", Access.VIEWER),
    ("History", "history", Access.MEMBER),
)
"""Words, what follows the schedule's own address, and what it takes to see the page."""


def schedule_route(schedule_id: int, *parts: object) -> str:
    """`/schedules/3/drafts/2` of 3, "drafts" and 2."""
    return "/".join((SCHEDULES, str(schedule_id), *(str(part) for part in parts if part != "")))


def schedule_subnav(view: ScheduleView, here: str) -> None:
    """Draws links to the pages of a schedule that may be seen. `here` is the last part of the open page's address."""
    links = [(word, schedule_route(view.id, part)) for word, part, needed in LINKS if view.access.includes(needed)]
    subnav(view.name, links, schedule_route(view.id, here))
