"""What a schedule is, apart from its rules and people: read and saved by its managers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from unicodedata import normalize

from sqlmodel import Session

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.planning.problem import DEFAULT_ORDER, LaterStage, Limit, Strength
from oncall_ui.domain.schedules.shifts.rules import USUAL_POINTS, OneOff, Rule
from oncall_ui.errors import InvalidInput
from oncall_ui.hub import ScheduleChanged
from oncall_ui.models import Schedule, now
from oncall_ui.services.accounts.members import valid_zone
from oncall_ui.services.audit.record import record
from oncall_ui.services.availability.holidays import countries, regions
from oncall_ui.services.schedules.access import lock_schedule, open_schedule
from oncall_ui.services.schedules.rules import checked, limits_of, one_offs_of, rules_of
from oncall_ui.services.text_input import checked_line

MOST_ROLES = 5
LONGEST_ROLE = 40
MOST_POINTS = 10_000
PERCENTS = (0, 50, 100)


@dataclass(frozen=True, slots=True)
class Settings:
    """`roles` in order of who is called first, each with the percentage of a shift's points it counts."""

    name: str
    zone: str
    roles: Mapping[str, int] = field(default_factory=lambda: {"primary": 100})
    country: str = ""
    region: str = ""
    points: Mapping[str, int] = field(default_factory=lambda: dict(USUAL_POINTS))
    blocks: Strength = Strength.AVOID
    needs_fresh: bool = False
    """Whether publishing waits until every calendar of its people is up to date."""
    priorities: tuple[LaterStage, ...] = DEFAULT_ORDER
    """In order, without those that are switched off."""
    balance_roles: bool = True
    bend: bool = True
    carry_percent: int = 50
    horizon_days: int = 28
    notice_days: int = 14
    freeze_hours: int = 24


@dataclass(frozen=True, slots=True)
class ScheduleSettings:
    """Everything managers decide about a schedule but its people."""

    settings: Settings
    cycle_from: date
    rules: tuple[Rule, ...]
    one_offs: tuple[OneOff, ...]
    limits: tuple[Limit, ...]
    is_archived: bool


def read_settings(app: App, member_id: int, schedule_id: int) -> ScheduleSettings:
    """Raises NotAllowed unless the member is on the schedule."""
    with app.db.read() as session:
        schedule = open_schedule(session, member_id, schedule_id, Access.MEMBER)
        return ScheduleSettings(
            settings_of(schedule),
            schedule.cycle_from,
            rules_of(session, schedule_id),
            one_offs_of(session, schedule_id),
            limits_of(session, schedule_id),
            schedule.archived_at is not None,
        )


def save_settings(app: App, member_id: int, schedule_id: int, settings: Settings) -> None:
    """From the next draft on. Roles that rules or people use can't be removed. Raises InvalidInput, and NotAllowed."""
    with app.db.write() as session:
        schedule = lock_schedule(session, member_id, schedule_id, Access.MANAGER)
        former = settings_of(schedule)
        _refuse_missing_roles(session, schedule_id, settings)
        apply(schedule, settings)
        checked(session, schedule)
        changed = [name for name in Settings.__slots__ if getattr(former, name) != getattr(settings_of(schedule), name)]
        if changed:
            record(session, AuditAction.SCHEDULE_CHANGED, by=member_id, what=schedule.name, settings=", ".join(changed))
    app.hub.publish(ScheduleChanged(schedule_id))


def archive_schedule(app: App, member_id: int, schedule_id: int) -> None:
    """Nothing of it changes from now on, and it is listed no more. Raises NotAllowed."""
    with app.db.write() as session:
        schedule = lock_schedule(session, member_id, schedule_id, Access.MANAGER)
        schedule.archived_at = now()
        record(session, AuditAction.SCHEDULE_ARCHIVED, by=member_id, what=schedule.name)
    app.hub.publish(ScheduleChanged(schedule_id))


def settings_of(schedule: Schedule) -> Settings:
    return Settings(
        name=schedule.name,
        zone=schedule.zone,
        roles={role["name"]: role["percent"] for role in schedule.roles},
        country=schedule.country,
        region=schedule.region,
        points=dict(schedule.points),
        blocks=schedule.blocks,
        needs_fresh=schedule.needs_fresh,
        priorities=tuple(LaterStage(each) for each in schedule.priorities),
        balance_roles=schedule.balance_roles,
        bend=schedule.bend,
        carry_percent=schedule.carry_percent,
        horizon_days=schedule.horizon_days,
        notice_days=schedule.notice_days,
        freeze_hours=schedule.freeze_hours,
    )


def apply(schedule: Schedule, settings: Settings) -> None:
    """Raises InvalidInput; then the row may have changed in part, so roll back."""
    schedule.name = checked_line(settings.name, "Name", longest=100, sentence="Enter a name of up to 100 characters.")
    schedule.zone = valid_zone(settings.zone)
    schedule.roles = [{"name": name, "percent": percent} for name, percent in _roles(settings.roles).items()]
    schedule.country, schedule.region = _place(settings.country, settings.region)
    schedule.points = _points(settings.points)
    schedule.blocks, schedule.needs_fresh = settings.blocks, settings.needs_fresh
    schedule.priorities = [stage.value for stage in dict.fromkeys(settings.priorities)]
    schedule.balance_roles, schedule.bend = settings.balance_roles, settings.bend
    schedule.carry_percent = _number("Carry over", settings.carry_percent, 0, 1000)
    schedule.horizon_days = _number("Published ahead", settings.horizon_days, 1, 366)
    schedule.notice_days = _number("Notice", settings.notice_days, 0, 366)
    schedule.freeze_hours = _number("Frozen", settings.freeze_hours, 0, 24 * 14)


def _roles(roles: Mapping[str, int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, percent in roles.items():
        word = re.sub(r"\s+", " ", normalize("NFC", name))
        word = checked_line(
            word, "Roles", longest=LONGEST_ROLE, sentence=f"Enter roles of up to {LONGEST_ROLE} characters."
        )
        if word.casefold() in {each.casefold() for each in found}:
            raise InvalidInput("Roles", f"“{word}” is there twice. Remove one.")
        if percent not in PERCENTS:
            raise InvalidInput("Roles", "A role counts 0, 50 or 100 percent of the points.")
        found[word] = percent
    if not 1 <= len(found) <= MOST_ROLES:
        raise InvalidInput("Roles", f"A schedule has 1 to {MOST_ROLES} roles.")
    return found


def _place(country: str, region: str) -> tuple[str, str]:
    if country and country not in countries():
        raise InvalidInput("Country", "Choose a country from the list.")
    return country, region if region in regions(country) else ""


def _points(points: Mapping[str, int]) -> dict[str, int]:
    for kind, number in points.items():
        if not 0 < len(kind) <= LONGEST_ROLE or not kind.isprintable():
            raise InvalidInput("Points", f"Enter types of up to {LONGEST_ROLE} characters.")
        _number("Points", number, 0, MOST_POINTS)
    return dict(points)


def _number(field: str, number: int, least: int, most: int) -> int:
    if not least <= number <= most:
        raise InvalidInput(field, f"Enter a whole number from {least} to {most:,}.")
    return number


def _refuse_missing_roles(session: Session, schedule_id: int, settings: Settings) -> None:
    """Rules name roles; one that loses its role would name nothing."""
    named = {role for rule in rules_of(session, schedule_id) for role in rule.fills}
    named |= {role for one_off in one_offs_of(session, schedule_id) for role in one_off.fills}
    if missing := sorted(named - set(settings.roles)):
        raise InvalidInput("Roles", f"A rule says who fills “{missing[0]}”. Change that rule first.")
