"""The forms of the Rules page. Each is drawn where it is called, and returns what saves it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from nicegui import html, ui

from oncall_ui.app import App
from oncall_ui.domain.availability.window import zone_of
from oncall_ui.domain.schedules.planning.problem import Strength
from oncall_ui.errors import InvalidInput
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn
from oncall_ui.services.schedules.rules import save_limits, save_one_offs, save_rules
from oncall_ui.services.schedules.settings import Settings
from pages.schedules.editors.blocks import BlocksEditor
from pages.schedules.editors.fillers import Fillers
from pages.schedules.editors.holidays import HolidaysEditor, Known
from pages.schedules.editors.limits import LimitsEditor
from pages.schedules.editors.live_picture import LivePicture
from pages.schedules.editors.one_offs import OneOffsEditor
from pages.schedules.editors.picture import preview
from pages.schedules.editors.points import PointsEditor
from pages.schedules.editors.priorities import PrioritiesEditor
from pages.schedules.editors.roles import RolesEditor
from pages.schedules.editors.rules import RulesEditor
from pages.schedules.rules.reading import Now, change_settings
from pages.schedules.rules.section import Save
from pages.session import run_as
from pages.widgets.dates import zone_words
from pages.widgets.forms.fields import field, zone_field

SAVED = "Saved. It applies from the next draft on."
BEGINS = time(9)
A_DAY = timedelta(days=1)
AUTOMATIC = "Plan and publish the next weeks automatically"
AUTOMATIC_SMALL = (
    "On a weekday morning, in time for the notice. Where a shift would be empty or on a blocked day, a limit broken or "
    "a calendar out of date, managers learn why and decide."
)
CARRY = "How much of a balance a plan may repay, in percent of what is due in it"


@dataclass(frozen=True, slots=True)
class Forms:
    """`now` gives what was read last, whenever a form opens."""

    app: App
    me: LoggedIn
    schedule_id: int
    now: Callable[[], Now]
    known: Callable[[], Known]

    def shifts(self) -> Save:
        """Rules and one-off shifts, with a picture of what they give."""
        now = self.now()
        zone = zone_of(now.settings.zone)
        fillers = Fillers(tuple(now.settings.roles), now.on_call, now.schedules, tuple(now.settings.shadows))
        html.p(f"Shifts begin, {zone_words(zone)} time. Each lasts until the next one begins.").classes("rules-hint")

        def show() -> None:
            found = rules.read(), one_offs.read()
            if found[0] is not None and found[1] is not None:
                picture.show(preview(replace(now.pattern(), rules=found[0], one_offs=found[1]), monday))

        rules = RulesEditor(now.stored.rules, fillers, lambda _: show())
        html.h3("One-off shifts").classes("rules-sub")
        monday = now.today + timedelta(days=-now.today.weekday() % 7)
        first = datetime.combine(now.today + A_DAY, BEGINS, zone).astimezone(UTC)
        one_offs = OneOffsEditor(now.stored.one_offs, fillers, zone, first, lambda _: show())
        picture = LivePicture()
        show()

        async def save() -> str | None:
            wanted, extra = rules.read(), one_offs.read()
            if wanted is None or extra is None:
                return None
            warnings: Sequence[str] = ()
            if wanted != now.stored.rules:
                warnings = await run_as(self.app, self.me, save_rules, self.schedule_id, wanted)
            if extra != now.stored.one_offs:
                await run_as(self.app, self.me, save_one_offs, self.schedule_id, extra)
            return " ".join([SAVED, *warnings])

        return save

    def limits(self) -> Save:
        """The rules about people."""
        now = self.now()
        html.p("Avoid: kept wherever possible. Never: kept, even if a shift stays empty.").classes("rules-hint")
        named = {person for limit in now.stored.limits for person in limit.people}
        people = {key: name for key, name in now.names.items() if key in now.on_call or key in named}
        editor = LimitsEditor(now.stored.limits, people, lambda _: None)

        async def save() -> str | None:
            limits = editor.read()
            if limits is None:
                return None
            await run_as(self.app, self.me, save_limits, self.schedule_id, limits)
            return SAVED

        return save

    def priorities(self) -> Save:
        """What wins where two pull apart, and how fairness counts."""
        settings = self.now().settings
        html.p("The first wins where two pull apart.").classes("rules-hint")
        editor = PrioritiesEditor(settings.priorities, lambda _: None)
        roles = _switch("Balance shares by role, too", "Else only in all and by type", settings.balance_roles)
        bend = _switch(
            "Bend limits a little for fairer shares",
            "Where limits can’t all be kept: up to a fifth more, never those set to “never”",
            settings.bend,
        )
        carry = _number("Carry over", settings.carry_percent, CARRY)

        async def save() -> str | None:
            percent = _whole(carry)
            return await self._change(
                lambda stored: replace(
                    stored,
                    priorities=editor.read(),
                    balance_roles=bool(roles.value),
                    bend=bool(bend.value),
                    carry_percent=percent,
                )
            )

        return save

    def publishing(self) -> Save:
        """Blocks, fresh calendars, and how far ahead."""
        settings = self.now().settings
        chosen: list[tuple[Strength, bool]] = [(settings.blocks, settings.needs_fresh)]

        def choose(blocks: Strength, needs_fresh: bool) -> None:
            chosen[0] = (blocks, needs_fresh)

        BlocksEditor(settings.blocks, needs_fresh=settings.needs_fresh, changed=choose)
        ahead = _number("Published ahead", settings.horizon_days, "Days that should always be published")
        notice = _number("Notice", settings.notice_days, "Days between publishing and the start of a shift")
        frozen = _number(
            "Frozen", settings.freeze_hours, "Hours before its start from which a shift moves only if it must"
        )
        approval = _switch(
            "A manager approves swaps and cover",
            "What members agree on waits until then",
            settings.swaps_need_approval,
        )

        automatic = _switch(AUTOMATIC, AUTOMATIC_SMALL, settings.is_automatic)

        async def save() -> str | None:
            blocks, needs_fresh = chosen[0]
            numbers = _whole(ahead), _whole(notice), _whole(frozen)
            return await self._change(
                lambda stored: replace(
                    stored,
                    blocks=blocks,
                    needs_fresh=needs_fresh,
                    horizon_days=numbers[0],
                    notice_days=numbers[1],
                    freeze_hours=numbers[2],
                    swaps_need_approval=bool(approval.value),
                    is_automatic=bool(automatic.value),
                )
            )

        return save

    def general(self) -> Save:
        """Name, zone, roles, public holidays and points."""
        now = self.now()
        settings = now.settings
        place = [(settings.country, settings.region)]
        with html.div().classes("rules-fields"):
            name = field("Name", value=settings.name, maxlength="100")
            zone = zone_field(settings.zone)
            zone.props["hint"] = "Shifts begin by the clock of this zone."
        html.h3("Roles, in the order in which they are called").classes("rules-sub")
        roles = RolesEditor(settings.roles, settings.shadows, lambda *_: None)
        html.h3("Public holidays").classes("rules-sub")
        with html.div().classes("rules-fields"):

            def choose(country: str, region: str, _: object) -> None:
                place[0] = (country, region)

            HolidaysEditor(settings.country, settings.region, now.today, self.known(), choose)
        html.h3("Points of a shift").classes("rules-sub")
        types = {rule.type for rule in now.stored.rules} | {one_off.type for one_off in now.stored.one_offs}
        points = PointsEditor(settings.points, types - {""}, lambda _: None)

        async def save() -> str | None:
            read, worth, (country, region) = roles.read(), points.read(), place[0]
            if read is None or worth is None:
                return None
            words, clock = str(name.value or ""), str(zone.value or "")
            return await self._change(
                lambda stored: replace(
                    stored,
                    name=words,
                    zone=clock,
                    roles=read,
                    shadows=roles.shadows,
                    points=worth,
                    country=country,
                    region=region,
                )
            )

        return save

    async def _change(self, change: Callable[[Settings], Settings]) -> str:
        await run_as(self.app, self.me, change_settings, self.schedule_id, change)
        return SAVED


def _switch(sentence: str, small: str, value: bool) -> ui.switch:
    with html.div().classes("oc-rule"):
        with html.p():
            html.span(sentence)
            html.small(small)
        switch = ui.switch(value=value)
        switch.props["aria-label"] = sentence
    return switch


def _number(label: str, value: int, hint: str) -> ui.input:
    with html.div().classes("rules-fields"):
        return field(label, value=str(value), hint=hint, inputmode="numeric")


def _whole(entry: ui.input) -> int:
    typed = str(entry.value or "").strip()
    if not typed.isdecimal() or len(typed) > 6:
        raise InvalidInput(str(entry.label), f"{entry.label}: enter a whole number.")
    return int(typed)
