"""Creates the schedule and its first draft from what the form gave. Blocking."""

from oncall_ui.app import App
from oncall_ui.domain.schedules.membership import Terms
from oncall_ui.domain.schedules.rota_import.rota import Rota
from oncall_ui.errors import InvalidInput
from oncall_ui.services.schedules.create import NewSchedule, create_schedule
from oncall_ui.services.schedules.drafts.drafts import create_draft
from oncall_ui.services.schedules.rota_import.names import Choices as Answers
from oncall_ui.services.schedules.rota_import.start import StartPreview, preview_start, start_from_rota
from oncall_ui.services.schedules.settings import Settings
from pages.schedules.new.choices import Choices
from pages.schedules.new.old_rota import OldRota
from pages.schedules.subnav import schedule_route


def create(app: App, member_id: int, choices: Choices, old: OldRota | None = None) -> str:
    """Returns the route of the draft, or of the schedule if it exists and no draft could be asked for.

    With an old rota it begins with its history.

    Raises InvalidInput, which names a field of the form; then nothing was created.
    """
    if old is not None:
        answers, draft = answers_of(old, choices), old.draft(choices)
        started = start_from_rota(app, member_id, new_schedule(choices), rota_for(old, choices), answers, draft)
        draft_path = ("drafts", started.draft) if started.draft is not None else ()
        return schedule_route(started.schedule_id, *draft_path)
    schedule_id = create_schedule(app, member_id, new_schedule(choices))
    try:
        number = create_draft(app, member_id, schedule_id, choices.start, choices.end)
    except InvalidInput:
        return schedule_route(schedule_id)
    return schedule_route(schedule_id, "drafts", number)


def preview(app: App, member_id: int, choices: Choices, old: OldRota) -> StartPreview:
    """What `create` would bring of the old rota. Raises InvalidInput."""
    answers, draft = answers_of(old, choices), old.draft(choices)
    return preview_start(app, member_id, new_schedule(choices), rota_for(old, choices), answers, draft)


def answers_of(old: OldRota, choices: Choices) -> Answers:
    """Of the names of which somebody has said who they are."""
    people = {key: who for key, who in old.who(choices).items() if who is not None}
    return Answers(people, old.role if old.role in choices.roles else "", old.months)


def rota_for(old: OldRota, choices: Choices) -> Rota:
    """Roles that were renamed or removed since count as those the rota doesn't say."""
    return old.rota.with_roles(tuple(choices.roles))


def new_schedule(choices: Choices) -> NewSchedule:
    return NewSchedule(
        settings=Settings(
            name=choices.name,
            zone=choices.zone.key,
            roles=choices.roles,
            shadows=choices.shadows,
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
