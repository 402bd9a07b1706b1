"""What Home knows of a member: read in a thread, and only what has changed."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from oncall_ui.app import App
from oncall_ui.domain.availability.agenda import AgendaLine, coming_up
from oncall_ui.domain.availability.coverage import Coverage, coverage_of
from oncall_ui.domain.availability.day_grid import strip
from oncall_ui.domain.availability.window import DAYS_AHEAD, Window, days_from
from oncall_ui.services.accounts.members import MemberView
from oncall_ui.services.availability.personal_days import PersonalDays, read_personal_days
from oncall_ui.services.availability.query import SourcedSpan, calendar_spans, personal_spans
from oncall_ui.services.connections.views import CalendarView, ConnectionView
from oncall_ui.services.schedules.published.overview import SchedulesOverview, read_overview
from pages.home.agenda import Calm
from pages.widgets.calendar_status import Status
from pages.widgets.calendar_summary import IN_PROGRESS, Condition, condition_of, summary_of
from pages.widgets.dates import count
from pages.widgets.duties import duties_of
from pages.widgets.own_shifts import lead_of_shifts
from pages.widgets.strip import Picture, picture

NOT_CONNECTED = "No calendar connected yet"


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything the page shows, except for words that change by the minute."""

    today: date
    zone: ZoneInfo
    connections: Sequence[ConnectionView]
    own: PersonalDays
    coverage: Coverage
    picture: Picture
    lines: Sequence[AgendaLine[SourcedSpan]]
    first_end: datetime | None
    schedules: SchedulesOverview = SchedulesOverview()  # noqa: RUF009 - immutable

    def to_come(self, now: datetime) -> Sequence[AgendaLine[SourcedSpan]]:
        """The lines that aren't over yet; the same object until one is."""
        if self.first_end is None or now < self.first_end:
            return self.lines
        return [line for line in self.lines if line.end > now]

    def holds(self, now: datetime) -> bool:
        """Whether it is still the day it was read on, and nobody has handed over since."""
        handoff = self.schedules.holds_until
        return self.today == now.astimezone(self.zone).date() and (handoff is None or now < handoff)

    @property
    def watched(self) -> list[tuple[ConnectionView, CalendarView]]:
        """The calendars that are imported, each with its connection."""
        return [(each, calendar) for each in self.connections for calendar in each.calendars if calendar.is_read]

    @property
    def unused(self) -> list[ConnectionView]:
        """Connections none of whose calendars is imported, such as one that was created and not saved."""
        return [each for each in self.connections if not any(calendar.is_read for calendar in each.calendars)]

    @property
    def calendars(self) -> list[CalendarView]:
        return [calendar for _, calendar in self.watched]


def look(
    app: App, me: MemberView, connections: Sequence[ConnectionView], now: datetime, before: Overview | None
) -> Overview:
    """Blocking. Takes availability from `before` unless a calendar was read, or manual days changed, since."""
    today = now.astimezone(me.tz).date()
    own = read_personal_days(app, me.id, _shown(today, me.tz), today)
    on = [calendar.health for each in connections for calendar in each.calendars if calendar.is_read]
    coverage = coverage_of(on, now, me.tz)
    schedules = read_overview(app, me.id, now)
    is_same = before is not None and (before.today, before.own, before.coverage) == (today, own, coverage)
    is_same = is_same and before is not None and before.schedules.shifts == schedules.shifts
    if before and is_same and _readings(before.connections) == _readings(connections):
        return replace(before, connections=connections, schedules=schedules)
    entries = calendar_spans(app, me.id, days_from(today, me.tz)) + personal_spans(own)
    days = strip(entries, today=today, zone=me.tz, known_until=coverage.known_until(me.tz))
    lines = coming_up(entries, now, me.tz)
    first_end = min((line.end for line in lines), default=None)
    duties = duties_of(((each.start, each.end, each.role, each.level) for each in schedules.shifts), me.tz)
    shown = picture(days, today, me.tz, own.holidays, coverage.unknown_since, duties)
    return Overview(today, me.tz, connections, own, coverage, shown, lines, first_end, schedules)


def _shown(today: date, zone: ZoneInfo) -> Window:
    """The days of the strip, which begins with the Monday."""
    return days_from(today - timedelta(days=today.weekday()), zone, today.weekday() + DAYS_AHEAD)


def lead(seen: Overview, now: datetime) -> Status:
    """Whether the calendars are up to date, in the words of Calendars."""
    calendars = summary_of(seen.calendars, seen.zone, now) if seen.connections else Status("is-off", NOT_CONNECTED)
    first = lead_of_shifts(seen.schedules.shifts, seen.zone, now)
    if first is None:
        return calendars
    # When they are on call comes first, unless a calendar needs them.
    if calendars.css not in {"is-ok", "is-busy", "is-off"}:
        return calendars
    return Status(first.css, first.word, f"{first.facts}. {calendars.word}{calendars.facts}")


def calm(seen: Overview, now: datetime) -> Calm:
    """Why nothing is coming up."""
    calendars = seen.calendars
    if not calendars:
        return Calm("No calendar is switched on.", "Choose calendars")
    if any(calendar.last_read_at is None and calendar.state in IN_PROGRESS for calendar in calendars):
        return Calm("The import is running. Events that count will appear here.")
    if unread := sum(condition_of(calendar, now) is not Condition.GOOD for calendar in calendars):
        return Calm(f"Nothing coming up, but {count(unread, 'calendar')} couldn’t be read.")
    link = "Choose how events count" if any(calendar.should_choose for calendar in calendars) else ""
    return Calm("Nothing coming up: no event in the next 90 days counts.", link)


def _readings(connections: Sequence[ConnectionView]) -> list[tuple[object, ...]]:
    """Differs whenever availability may: a calendar was read, switched on or off, or renamed."""
    return [
        (each.id, calendar.id, calendar.is_on, calendar.name, calendar.entries, calendar.last_read_at)
        for each in connections
        for calendar in each.calendars
    ]
