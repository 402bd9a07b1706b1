"""How every message ends: why it came, and how to stop its kind."""

from collections.abc import Mapping

from oncall_ui.domain.accounts.emails import one_line
from oncall_ui.domain.schedules.messages.kinds import EmailKind

ABOUT: Mapping[EmailKind, str] = {
    EmailKind.SHIFT_CHANGES: "changes of your shifts",
    EmailKind.SHIFT_STARTS: "shifts that start soon",
    EmailKind.HANDOFFS: "handoffs",
    EmailKind.REQUESTS: "requests and answers",
    EmailKind.CONFLICTS: "conflicts and gaps",
    EmailKind.WEEK_AHEAD: "the week ahead",
    EmailKind.PLANS: "plans",
    EmailKind.CALENDARS: "your calendars",
}
YOU_ARE_ON, YOU_MANAGE = "you are on", "you manage"


def foot(kind: EmailKind, schedule: str, stop_url: str, why: str = YOU_ARE_ON) -> str:
    """The last paragraph. `schedule` empty: it is about several."""
    name = one_line(schedule) or "a schedule"
    return f"You get this email because {why} {name}. Stop emails about {ABOUT[kind]}:\n{stop_url}"
