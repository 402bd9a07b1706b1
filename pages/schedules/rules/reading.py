"""What the Rules page shows, read in one go, and how a part of the settings is saved without touching the others."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from oncall_ui.app import App
from oncall_ui.domain.availability.window import Window, zone_of
from oncall_ui.domain.schedules.shifts.from_rules import Pattern
from oncall_ui.services.availability.holidays import holidays_between
from oncall_ui.services.schedules.access import AccessLine, read_access
from oncall_ui.services.schedules.people import ParticipantView, read_people
from oncall_ui.services.schedules.published.read import list_schedules
from oncall_ui.services.schedules.settings import ScheduleSettings, Settings, read_settings, save_settings
from oncall_ui.services.team.grid import read_team
from pages.schedules.editors.fillers import schedule_fillers

AHEAD = timedelta(days=60)
"""For which holidays are read: longer than the picture of the next weeks."""


@dataclass(frozen=True, slots=True)
class Now:
    """As of `today`, a day of the schedule's zone."""

    stored: ScheduleSettings
    people: tuple[ParticipantView, ...]
    access: tuple[AccessLine, ...]
    today: date
    holidays: Mapping[date, str]
    schedules: Mapping[str, str]
    """Roles of other schedules that may fill one of this, see Fillers."""

    @property
    def settings(self) -> Settings:
        return self.stored.settings

    @property
    def names(self) -> dict[str, str]:
        """Of everybody who was ever on the schedule, by participant id as text."""
        return {str(each.id): each.name for each in self.people}

    @property
    def on_call(self) -> dict[str, str]:
        """Of those who are on it today or later."""
        return {
            str(each.id): each.name
            for each in self.people
            if any(period.to_day is None or period.to_day > self.today for period in each.periods)
        }

    def pattern(self) -> Pattern:
        """What the shifts follow from."""
        settings = self.settings
        return Pattern(
            zone_of(settings.zone),
            tuple(settings.roles),
            self.stored.rules,
            self.stored.cycle_from,
            self.stored.one_offs,
            settings.points,
            frozenset(self.holidays),
        )


def read_rules(app: App, member_id: int, schedule_id: int) -> Now:
    """Blocking. Raises NotAllowed unless the member is on the schedule."""
    stored = read_settings(app, member_id, schedule_id)
    settings = stored.settings
    today = datetime.now(UTC).astimezone(zone_of(settings.zone)).date()
    return Now(
        stored,
        read_people(app, member_id, schedule_id, today),
        read_access(app, member_id, schedule_id),
        today,
        holidays_between(settings.country, settings.region, today - timedelta(days=8), today + AHEAD),
        schedule_fillers(list_schedules(app, member_id, datetime.now(UTC)), but=schedule_id),
    )


def change_settings(app: App, member_id: int, schedule_id: int, change: Callable[[Settings], Settings]) -> None:
    """Applies `change` to what is stored by now: what others saved meanwhile stays. Raises as `save_settings`."""
    save_settings(app, member_id, schedule_id, change(read_settings(app, member_id, schedule_id).settings))


def members_of(app: App, member_id: int) -> dict[int, str]:
    """Everybody on the team, by id."""
    now = datetime.now(UTC)
    return {each.id: each.name for each in read_team(app, member_id, Window(now, now + timedelta(days=1)), now).members}
