"""What a schedule is, apart from its rules and people: read and saved by its managers."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from unicodedata import normalize

from sqlmodel import Session

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.planning.problem import DEFAULT_ORDER, LaterStage, Limit, Strength
from oncall_ui.domain.schedules.shadows.shadow import Shadow, Shadows
from oncall_ui.domain.schedules.shifts.rules import USUAL_POINTS, OneOff, Rule
from oncall_ui.errors import InvalidInput
from oncall_ui.hub import ScheduleChanged
from oncall_ui.models import Schedule, now
from oncall_ui.services.accounts.members import valid_zone
from oncall_ui.services.audit.record import record
from oncall_ui.services.availability.holidays import countries, regions
from oncall_ui.services.schedules.access import lock_schedule, open_schedule
from oncall_ui.services.schedules.rules import checked, limits_of, one_offs_of, rules_of, shadows_of
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
    shadows: Mapping[str, Shadow] = field(default_factory=dict)
    """Of the roles those that learn beside another. They count 0 percent."""
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
    swaps_need_approval: bool = False
    is_automatic: bool = False
    """Whether the next weeks are planned, and published where nothing needs a decision, without anybody."""


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
        refuse_missing_roles(session, schedule_id, settings)
        apply(schedule, settings)
        checked(session, schedule)
        changed = [name for name in Settings.__slots__ if getattr(former, name) != getattr(settings_of(schedule), name)]
        if changed:
            facts = facts_of(former, settings_of(schedule), changed)
            record(
                session,
                AuditAction.SCHEDULE_CHANGED,
                by=member_id,
                what=schedule.name,
                also=facts,
                schedule=schedule_id,
            )
    app.hub.publish(ScheduleChanged(schedule_id))


def archive_schedule(app: App, member_id: int, schedule_id: int) -> None:
    """Nothing of it changes from now on, and it is listed no more. Raises NotAllowed."""
    with app.db.write() as session:
        schedule = lock_schedule(session, member_id, schedule_id, Access.MANAGER)
        schedule.archived_at = now()
        record(session, AuditAction.SCHEDULE_ARCHIVED, by=member_id, what=schedule.name, schedule=schedule_id)
    app.hub.publish(ScheduleChanged(schedule_id))


def settings_of(schedule: Schedule) -> Settings:
    return Settings(
        name=schedule.name,
        zone=schedule.zone,
        roles={role["name"]: role["percent"] for role in schedule.roles},
        shadows=shadows_of(schedule),
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
        swaps_need_approval=schedule.swaps_need_approval,
        is_automatic=schedule.is_automatic,
    )


def facts_of(former: Settings, settings: Settings, changed: Sequence[str]) -> dict[str, str | int]:
    """For the audit log: which of them changed, and of each what it was and what it is."""
    found: dict[str, str | int] = {"settings": ", ".join(changed)}
    for name in changed:
        found[f"{name}_was"], found[f"{name}_is"] = _fact(getattr(former, name)), _fact(getattr(settings, name))
    return found


def _fact(value: object) -> str | int:
    if isinstance(value, int):
        return int(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {each}" if isinstance(each, int) else str(key) for key, each in value.items())
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def apply(schedule: Schedule, settings: Settings) -> None:
    """Raises InvalidInput; then the row may have changed in part, so roll back."""
    schedule.name = checked_line(settings.name, "Name", longest=100, sentence="Enter a name of up to 100 characters.")
    schedule.zone = valid_zone(settings.zone)
    schedule.roles = _rows(_roles(settings.roles), {_word(role): each for role, each in settings.shadows.items()})
    schedule.country, schedule.region = _place(settings.country, settings.region)
    schedule.points = _points(settings.points)
    schedule.blocks, schedule.needs_fresh = settings.blocks, settings.needs_fresh
    schedule.priorities = [stage.value for stage in dict.fromkeys(settings.priorities)]
    schedule.balance_roles, schedule.bend = settings.balance_roles, settings.bend
    schedule.carry_percent = _number("Carry over", settings.carry_percent, 0, 1000)
    schedule.horizon_days = _number("Published ahead", settings.horizon_days, 1, 366)
    schedule.notice_days = _number("Notice", settings.notice_days, 0, 366)
    schedule.freeze_hours = _number("Frozen", settings.freeze_hours, 0, 24 * 14)
    schedule.swaps_need_approval = settings.swaps_need_approval
    schedule.is_automatic = settings.is_automatic


def _roles(roles: Mapping[str, int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, percent in roles.items():
        word = checked_line(
            _word(name), "Roles", longest=LONGEST_ROLE, sentence=f"Enter roles of up to {LONGEST_ROLE} characters."
        )
        if word.casefold() in {each.casefold() for each in found}:
            raise InvalidInput("Roles", f"“{word}” is there twice. Remove one.")
        if percent not in PERCENTS:
            raise InvalidInput("Roles", "A role counts 0, 50 or 100 percent of the points.")
        found[word] = percent
    if not 1 <= len(found) <= MOST_ROLES:
        raise InvalidInput("Roles", f"A schedule has 1 to {MOST_ROLES} roles.")
    return found


def _word(role: str) -> str:
    return re.sub(r"\s+", " ", normalize("NFC", role))


def _rows(roles: Mapping[str, int], shadows: Shadows) -> list[dict[str, str | int | None]]:
    """As the row keeps them. Raises InvalidInput for a shadow of nothing that is on call."""
    rows: list[dict[str, str | int | None]] = []
    for name, percent in roles.items():
        shadow = shadows.get(name)
        if shadow is None:
            rows.append({"name": name, "percent": percent})
            continue
        beside = _word(shadow.beside)
        if beside not in roles or beside in shadows:
            raise InvalidInput("Roles", f"“{name}” needs a role to learn beside. Choose one that isn’t a shadow.")
        until = shadow.until.isoformat() if shadow.until else None
        rows.append({"name": name, "percent": 0, "beside": beside, "until": until})
    return rows


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


def refuse_missing_roles(session: Session, schedule_id: int, settings: Settings) -> None:
    """Rules name roles; one that loses its role would name nothing. Raises InvalidInput."""
    named = {role for rule in rules_of(session, schedule_id) for role in rule.fills}
    named |= {role for one_off in one_offs_of(session, schedule_id) for role in one_off.fills}
    if missing := sorted(named - set(settings.roles)):
        raise InvalidInput("Roles", f"A rule says who fills “{missing[0]}”. Change that rule first.")
