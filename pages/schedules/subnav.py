"""The way between the pages of one schedule, and their addresses."""

from oncall_ui.services.schedules.read import ScheduleView
from pages.widgets.subnav import subnav

SCHEDULES = "/schedules"
LINKS = (
    ("Shifts", ""),
    ("Fairness", "fairness"),
    ("Rules", "rules"),
    ("Publish", "publish"),
    ("History", "history"),
)
"""Words, and what follows the schedule's own address."""


def schedule_route(schedule_id: int, *parts: object) -> str:
    """`/schedules/3/drafts/2` of 3, "drafts" and 2."""
    return "/".join((SCHEDULES, str(schedule_id), *(str(part) for part in parts if part != "")))


def schedule_subnav(view: ScheduleView, here: str) -> None:
    """Draws the links between a schedule's pages. `here` is the last part of the open page's address, see LINKS."""
    links = [(word, schedule_route(view.id, part)) for word, part in LINKS]
    subnav(view.name, links, schedule_route(view.id, here))
