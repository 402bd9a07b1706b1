"""Who may do what with a schedule."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.membership import Terms
from oncall_ui.errors import InvalidInput, LastManager, NotAllowed
from oncall_ui.services.schedules.access import read_access, set_access
from oncall_ui.services.schedules.drafts.drafts import create_draft, discard_draft, extend, plan_again
from oncall_ui.services.schedules.drafts.editing.by_hand import hand_over, pin, prices
from oncall_ui.services.schedules.drafts.views import list_plans, read_draft
from oncall_ui.services.schedules.ledger.fairness import adjust
from oncall_ui.services.schedules.people import add_participant, change_terms, end_membership, read_people
from oncall_ui.services.schedules.published.publish import publish
from oncall_ui.services.schedules.published.read import list_schedules, read_schedule, read_schedule_for
from oncall_ui.services.schedules.rules import save_limits, save_rules
from oncall_ui.services.schedules.settings import Settings, archive_schedule, read_settings, save_settings
from tests.conftest import Person
from tests.security.another_member.world import everything
from tests.services.helpers.schedules import (
    DAILY,
    draft_by_hand,
    in_plan,
    keep_schedule,
    next_monday,
    participant_of,
)


def test_several_members_are_answered_at_once_each_as_if_alone(
    app: App, alice: Person, bob: Person, mallory: Person
) -> None:
    schedule = keep_schedule(app, bob, [bob])
    members = [each.id for each in (alice, bob, mallory)]
    found = read_schedule_for(app, [*members, 99], schedule)
    assert dict(found) == {each: read_schedule(app, each, schedule) for each in (alice.id, bob.id)}
    assert not read_schedule_for(app, members, schedule + 1) and not read_schedule_for(app, members, 2**40)


def test_who_makes_a_schedule_is_its_first_manager(app: App, bob: Person, mallory: Person) -> None:
    schedule = keep_schedule(app, bob, [mallory])
    lines = {line.member_id: (line.access, line.is_participant) for line in read_access(app, bob.id, schedule)}
    assert lines == {bob.id: (Access.MANAGER, False), mallory.id: (Access.MEMBER, True)}


def test_others_do_not_see_it_and_administrators_manage_it(
    app: App, alice: Person, bob: Person, mallory: Person
) -> None:
    schedule = keep_schedule(app, bob, [bob])
    assert list_schedules(app, mallory.id, in_plan(0)) == ()
    for verb in (read_access, read_schedule, read_settings):
        with pytest.raises(NotAllowed):
            verb(app, mallory.id, schedule)
    (card,) = list_schedules(app, alice.id, in_plan(0))
    assert (card.id, card.access) == (schedule, Access.MANAGER)
    set_access(app, alice.id, schedule, mallory.id, Access.VIEWER)
    assert read_schedule(app, mallory.id, schedule).access is Access.VIEWER
    with pytest.raises(NotAllowed):
        read_settings(app, mallory.id, schedule)


@pytest.mark.parametrize("number", [0, -1, 2**31, 10**20])
def test_an_id_that_is_none_is_refused(app: App, alice: Person, number: int) -> None:
    with pytest.raises(NotAllowed):
        read_schedule(app, alice.id, number)


def test_the_last_manager_stays(app: App, bob: Person, mallory: Person) -> None:
    schedule = keep_schedule(app, bob, [bob, mallory])
    for access in (Access.MEMBER, None):
        with pytest.raises(LastManager):
            set_access(app, bob.id, schedule, bob.id, access)
    set_access(app, bob.id, schedule, mallory.id, Access.MANAGER)
    set_access(app, bob.id, schedule, bob.id, None)
    assert [line.member_id for line in read_access(app, mallory.id, schedule)] == [mallory.id]


def test_members_give_up_only_their_own_access(app: App, bob: Person, mallory: Person) -> None:
    schedule = keep_schedule(app, bob, [bob, mallory])
    with pytest.raises(NotAllowed):
        set_access(app, mallory.id, schedule, mallory.id, Access.MANAGER)
    with pytest.raises(NotAllowed):
        set_access(app, mallory.id, schedule, bob.id, None)
    set_access(app, mallory.id, schedule, mallory.id, None)
    with pytest.raises(NotAllowed):
        read_schedule(app, mallory.id, schedule)


def test_who_is_put_on_a_schedule_may_see_it(app: App, bob: Person, mallory: Person) -> None:
    schedule = keep_schedule(app, bob, [bob])
    participant = add_participant(app, bob.id, schedule, mallory.id, next_monday())
    assert read_schedule(app, mallory.id, schedule).my_participant_id == participant
    assert [each.name for each in read_people(app, mallory.id, schedule, next_monday())] == ["Bob", "Mallory"]
    with pytest.raises(NotAllowed):
        add_participant(app, mallory.id, schedule, bob.id, next_monday())


FOR_MANAGERS: list[Callable[[App, int, int, int], object]] = [
    lambda app, me, schedule, _: save_rules(app, me, schedule, [DAILY]),
    lambda app, me, schedule, _: save_limits(app, me, schedule, []),
    lambda app, me, schedule, _: save_settings(app, me, schedule, Settings("Mine", "UTC")),
    lambda app, me, schedule, _: archive_schedule(app, me, schedule),
    lambda app, me, schedule, them: change_terms(app, me, schedule, them, Terms(share=0), next_monday()),
    lambda app, me, schedule, them: end_membership(app, me, schedule, them, next_monday()),
    lambda app, me, schedule, _: create_draft(app, me, schedule),
    lambda app, me, schedule, _: extend(app, me, schedule),
    lambda app, me, schedule, _: read_draft(app, me, schedule, 1),
    lambda app, me, schedule, _: plan_again(app, me, schedule, 1),
    lambda app, me, schedule, _: discard_draft(app, me, schedule, 1),
    lambda app, me, schedule, _: pin(app, me, schedule, 1, in_plan(0), "primary"),
    lambda app, me, schedule, _: prices(app, me, schedule, 1, in_plan(0), "primary"),
    lambda app, me, schedule, them: hand_over(app, me, schedule, 1, in_plan(0), "primary", them),
    lambda app, me, schedule, _: publish(app, me, schedule, 1, 1),
    lambda app, me, schedule, them: adjust(app, me, schedule, them, them, Fraction(1), "x"),
]


def test_members_on_call_change_nothing(app: App, bob: Person, mallory: Person) -> None:
    schedule = keep_schedule(app, bob, [bob, mallory])
    participant = participant_of(app, schedule, mallory)
    draft_by_hand(app, schedule, [participant])
    before = everything(app)
    for verb in FOR_MANAGERS:
        with pytest.raises(NotAllowed):
            verb(app, mallory.id, schedule, participant)
    assert everything(app) == before
    assert list_plans(app, mallory.id, schedule) == ()
    assert len(list_plans(app, bob.id, schedule)) == 1


def test_an_archived_schedule_is_not_listed_and_does_not_change(app: App, bob: Person, mallory: Person) -> None:
    schedule = keep_schedule(app, bob, [bob])
    archive_schedule(app, bob.id, schedule)
    assert list_schedules(app, bob.id, in_plan(0)) == ()
    assert read_schedule(app, bob.id, schedule).is_archived
    with pytest.raises(NotAllowed):
        add_participant(app, bob.id, schedule, mallory.id, next_monday())


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": " "}, "Name"),
        ({"zone": "Mars/Olympus"}, "Time zone"),
        ({"roles": {}}, "Roles"),
        ({"roles": {"a": 100, "A": 100}}, "Roles"),
        ({"roles": {"a": 30}}, "Roles"),
        ({"points": {"night": -1}}, "Points"),
        ({"country": "XX"}, "Country"),
        ({"rules": ()}, "Shifts"),
    ],
)
@pytest.mark.once_on_postgresql
def test_a_schedule_that_is_wrong_is_not_stored(app: App, bob: Person, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        keep_schedule(app, bob, [bob], **wrong)
    assert refused.value.field == field
    assert list_schedules(app, bob.id, in_plan(0)) == ()


def test_a_schedule_without_people_is_refused(app: App, bob: Person) -> None:
    with pytest.raises(InvalidInput, match="People"):
        keep_schedule(app, bob, [])
