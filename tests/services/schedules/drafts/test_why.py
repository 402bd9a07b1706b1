"""Why somebody has a slot: who else there is, what rules them out, and what it would cost."""

import asyncio
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from oncall_ui.app import App
from oncall_ui.domain.availability.manual import ManualDays
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.schedules.access import Access
from oncall_ui.domain.schedules.planning.price_words import again_words, grade_words, price_words
from oncall_ui.domain.schedules.planning.problem import Rest
from oncall_ui.domain.schedules.planning.reasons import FactKind, fact_words
from oncall_ui.errors import NotAllowed
from oncall_ui.services.availability.manual import add_manual_days
from oncall_ui.services.schedules.access import set_access
from oncall_ui.services.schedules.drafts.replanned import plan_with_others
from oncall_ui.services.schedules.drafts.why import Why, read_draft_why, read_why
from tests.conftest import Person
from tests.services.helpers.schedules import (
    in_plan,
    keep_schedule,
    next_monday,
    participant_of,
    planned,
    publish_by_hand,
)

UTC_ZONE = ZoneInfo("UTC")


def said(why: Why) -> list[tuple[str, list[str], str, str]]:
    """Each candidate's name, facts, price and grade, in words."""
    return [
        (
            each.name,
            [fact_words(fact, UTC_ZONE) for fact in each.facts],
            price_words(each.price) if each.price else "",
            grade_words(each.price) if each.price else "",
        )
        for each in why.candidates
    ]


def day(number: int) -> str:
    moment = next_monday() + timedelta(days=number)
    return f"{moment:%a} {moment.day} {moment:%b}"


def test_facts_come_first_then_what_it_would_cost(app: App, alice: Person, bob: Person, mallory: Person) -> None:
    schedule = keep_schedule(app, bob, [alice, bob, mallory], limits=[Rest(timedelta(hours=24))])
    a, b = participant_of(app, schedule, alice), participant_of(app, schedule, bob)
    publish_by_hand(app, bob, schedule, [b, a, b])
    add_manual_days(app, mallory.id, ManualDays(next_monday(), next_monday(), Action.BLOCK))
    why = read_why(app, mallory.id, schedule, in_plan(0), "primary")
    assert (why.holder and why.holder.name, why.type, why.points) == ("Bob", "weekday", 1)
    assert why.origin is not None and (why.origin.plan, why.origin.by) == (1, "Bob")
    assert said(why) == [
        ("Bob", ["availability not known", "1 point over their share"], "", ""),
        (
            "Alice",
            [f"rests 0 of 24 h before {day(1)}", "availability not known", "even with their share"],
            "1 short rest",
            "breaks a limit",
        ),
        (
            "Mallory",
            [f"is blocked on {day(0)}", "availability not known", "1 point under their share"],
            "more of it blocked, 1 point closer to even",
            "is blocked",
        ),
    ]


def test_viewers_get_no_accounts(app: App, alice: Person, bob: Person, mallory: Person) -> None:
    schedule = keep_schedule(app, bob, [alice, bob])
    b = participant_of(app, schedule, bob)
    publish_by_hand(app, bob, schedule, [b, b])
    with pytest.raises(NotAllowed):
        read_why(app, mallory.id, schedule, in_plan(0), "primary")
    set_access(app, bob.id, schedule, mallory.id, Access.VIEWER)
    for reader, sees in ((mallory, False), (alice, True)):
        why = read_why(app, reader.id, schedule, in_plan(0), "primary")
        kinds = {fact.kind for each in why.candidates for fact in each.facts}
        assert (FactKind.BALANCE in kinds) is sees
        assert [bool(each.price.apart) for each in why.candidates if each.price] == [sees]
    for start, role in ((in_plan(2), "primary"), (in_plan(0), "secondary")):
        with pytest.raises(NotAllowed):
            read_why(app, bob.id, schedule, start, role)


def test_a_gap_is_asked_about_too(app: App, bob: Person, mallory: Person) -> None:
    schedule = keep_schedule(app, bob, [bob, mallory])
    publish_by_hand(app, bob, schedule, [participant_of(app, schedule, bob), None])
    why = read_why(app, bob.id, schedule, in_plan(1), "primary")
    assert why.holder is None
    assert [(name, price) for name, _, price, _ in said(why)] == [
        ("Mallory", "the gap is filled, 0.5 points closer to even"),
        ("Bob", "the gap is filled, 0.5 points further from even"),
    ]


def test_a_draft_counts_with_what_it_was_planned_from(app: App, bob: Person, mallory: Person) -> None:
    schedule = keep_schedule(app, bob, [bob, mallory])
    add_manual_days(app, mallory.id, ManualDays(next_monday(), next_monday(), Action.BLOCK))
    draft = planned(app, bob, schedule)
    why = read_draft_why(app, bob.id, schedule, draft.line.number, in_plan(0), "primary")
    holder, (name, others, _, grade) = said(why)
    blocked = 24 - in_plan(0).astimezone(mallory.me.member.tz).hour  # to midnight
    assert (name, others[0], grade) == ("Mallory", f"is blocked for {blocked} of 24 h on {day(0)}", "is blocked")
    slot = next(each for each in draft.slots if each.start == in_plan(0))
    names = {str(each.participant_id): each.name for each in why.candidates}
    assert [reason.read(names) for reason in slot.reasons] == [f"Bob: {holder[1][0]}", f"Mallory {others[0]}"]
    found: dict[str, str] = {}
    place = schedule, draft.line.number, in_plan(0), "primary"
    asyncio.run(plan_with_others(app, bob.id, *place, lambda each: found.update({each.person: again_words(each)})))
    assert found == {str(participant_of(app, schedule, mallory)): "somebody is blocked"}
    with pytest.raises(NotAllowed):
        read_draft_why(app, mallory.id, schedule, draft.line.number, in_plan(0), "primary")
