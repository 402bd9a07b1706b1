"""Why somebody has a slot: who else there is, what speaks against them, and what it would cost."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from oncall_ui.app import App
from oncall_ui.domain.availability.manual import ManualDays
from oncall_ui.domain.availability.rules import Action
from oncall_ui.domain.schedules.problem import Rest
from oncall_ui.domain.schedules.reasons import fact_words, grade_words, price_words
from oncall_ui.services.availability.manual import add_manual_days
from oncall_ui.services.schedules.why import Why, read_why
from tests.conftest import Person
from tests.services.helpers.schedules import (
    in_plan,
    keep_schedule,
    next_monday,
    participant_of,
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
            [f"0 h before their primary of {day(1)}", "availability not known", "even with their share"],
            "1 short rest",
            "breaks a limit",
        ),
        (
            "Mallory",
            [f"blocked on {day(0)}", "1 point under their share"],
            "more of it blocked, 1 point closer to even",
            "is blocked",
        ),
    ] or said(why)
