"""Creates the schedule and its first draft from what the form gave. Blocking."""

from oncall_ui.app import App
from oncall_ui.domain.schedules.membership import Terms
from oncall_ui.errors import InvalidInput
from oncall_ui.services.schedules.create import NewSchedule, create_schedule
from oncall_ui.services.schedules.drafts.drafts import create_draft
from oncall_ui.services.schedules.settings import Settings
from pages.schedules.new.choices import Choices
from pages.schedules.subnav import schedule_route


def create(app: App, member_id: int, choices: Choices) -> str:
    """Returns the route of the draft, or of the schedule if it exists and no draft could be asked for.

    Raises InvalidInput, which names a field of the form; then nothing was created.
    """
    schedule_id = create_schedule(app, member_id, new_schedule(choices))
    try:
        number = create_draft(app, member_id, schedule_id, choices.start, choices.end)
    except InvalidInput:
        return schedule_route(schedule_id)
    return schedule_route(schedule_id, "drafts", number)


def new_schedule(choices: Choices) -> NewSchedule:
    return NewSchedule(
        settings=Settings(
            name=choices.name,
            zone=choices.zone.key,
            roles=choices.roles,
            country=choices.country,
            region=choices.region,
            points=choices.points,
            blocks=choices.blocks,
            needs_fresh=choices.needs_fresh,
            priorities=choices.stages,
        ),
        start=choices.start,
        people={member: Terms() for member in choices.people},
        rules=choices.rules,
        limits=choices.limits,
        one_offs=choices.one_offs,
        periods={member: agreed.periods(choices.start) for member, agreed in choices.people.items()},
    )
