"""Rules, limits and settings: what changes is a new row, what held before stays known."""

from dataclasses import replace
from datetime import time, timedelta

import pytest
from sqlmodel import col, select

from oncall_ui.app import App
from oncall_ui.domain.schedules.planning.problem import Apart, Filler, FillKind, Rest
from oncall_ui.domain.schedules.shifts.rules import DAY_SETS, OneOff, Rule
from oncall_ui.errors import InvalidInput
from oncall_ui.models import ShiftRule
from oncall_ui.services.schedules.rules import save_limits, save_one_offs, save_rules
from oncall_ui.services.schedules.settings import read_settings, save_settings
from tests.conftest import Person
from tests.services.helpers.schedules import DAILY, in_plan, keep_schedule, participant_of

NIGHT = Rule(DAY_SETS["Daily"], time(21), type="night")


def test_a_changed_rule_ends_its_row_and_adds_one(app: App, bob: Person) -> None:
    schedule = keep_schedule(app, bob, [bob])
    save_rules(app, bob.id, schedule, [DAILY, NIGHT])
    save_rules(app, bob.id, schedule, [DAILY, replace(NIGHT, at=time(22))])
    with app.db.read() as session:
        rows = session.exec(select(ShiftRule).order_by(col(ShiftRule.id))).all()
    assert [(row.hour, row.valid_to is None) for row in rows] == [(9, True), (21, False), (22, True)]
    assert read_settings(app, bob.id, schedule).rules == (DAILY, replace(NIGHT, at=time(22)))


def test_rules_that_allow_no_shift_name_it(app: App, bob: Person) -> None:
    schedule = keep_schedule(app, bob, [bob])
    with pytest.raises(InvalidInput, match="more than 7 days"):
        save_rules(app, bob.id, schedule, [Rule(frozenset({0}), time(9), every=2)])
    assert read_settings(app, bob.id, schedule).rules == (DAILY,)


def test_two_rules_at_the_same_minute_are_warned_of(app: App, bob: Person) -> None:
    schedule = keep_schedule(app, bob, [bob])
    (warning,) = save_rules(app, bob.id, schedule, [DAILY, replace(DAILY, type="night")])
    assert warning.startswith("Rules 1 and 2 both start a shift on ")


def test_a_rule_names_people_of_the_schedule(app: App, bob: Person, mallory: Person) -> None:
    always = replace(DAILY, fills={"primary": Filler(FillKind.PERSON, str(bob.id))})
    schedule = keep_schedule(app, bob, [mallory, bob], [always])
    (rule,) = read_settings(app, bob.id, schedule).rules
    assert rule.fills["primary"].name == str(participant_of(app, schedule, bob))
    for name in ("77", ""):
        with pytest.raises(InvalidInput):
            save_rules(app, bob.id, schedule, [replace(DAILY, fills={"primary": Filler(FillKind.PERSON, name)})])
    with pytest.raises(InvalidInput):
        save_rules(app, bob.id, schedule, [replace(DAILY, fills={"tertiary": Filler(FillKind.NOBODY)})])


def test_limits_and_one_offs_come_back_as_they_were_saved(app: App, bob: Person, mallory: Person) -> None:
    schedule = keep_schedule(app, bob, [bob, mallory])
    both = frozenset(str(participant_of(app, schedule, each)) for each in (bob, mallory))
    limits = (Rest(timedelta(hours=11)), Apart(both))
    save_limits(app, bob.id, schedule, limits)
    one_off = OneOff(in_plan(1, 12), in_plan(1, 18), "release", 5)
    save_one_offs(app, bob.id, schedule, [one_off])
    found = read_settings(app, bob.id, schedule)
    assert (found.limits, found.one_offs) == (limits, (one_off,))
    with pytest.raises(InvalidInput):
        save_limits(app, bob.id, schedule, [Apart(frozenset({"1", "999"}))])
    with pytest.raises(InvalidInput):
        save_one_offs(app, bob.id, schedule, [replace(one_off, end=one_off.start)])
    assert read_settings(app, bob.id, schedule).limits == limits


def test_a_role_that_a_rule_fills_cannot_go(app: App, bob: Person) -> None:
    roles = {"primary": 100, "secondary": 50}
    last = replace(DAILY, fills={"secondary": Filler(FillKind.LAST, "primary")})
    schedule = keep_schedule(app, bob, [bob], [last], roles=roles)
    settings = read_settings(app, bob.id, schedule).settings
    with pytest.raises(InvalidInput, match="secondary"):
        save_settings(app, bob.id, schedule, replace(settings, roles={"primary": 100}))
    save_settings(app, bob.id, schedule, replace(settings, name="Core", carry_percent=80))
    assert read_settings(app, bob.id, schedule).settings == replace(settings, name="Core", carry_percent=80)
