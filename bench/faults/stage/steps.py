"""Every step of a swap, of cover and of a hand-over: what comes before it, and the step itself as an act."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from bench.faults.stage.acts import ACTS
from bench.faults.stage.swapped import ROLE, Swapped
from oncall_ui.domain.schedules.cover.states import Pace
from oncall_ui.errors import AgreeFirst, InvalidInput, NotAllowed, PlanOutdated, RequestClosed
from tests.services.helpers.schedules import in_plan

REFUSED = (AgreeFirst, InvalidInput, NotAllowed, PlanOutdated, RequestClosed)

Act = tuple[str, str, dict[str, Any]]
Make = Callable[[Swapped, int], Act]
"""Prepares everything before the step on a day's shift, and returns the step."""


def take(world: Swapped, act: Act) -> bool:
    """Takes the step here. Whether that was possible."""
    name, *arguments = json.loads(json.dumps(act))
    with suppress(*REFUSED):
        ACTS[name](world.app, lambda: None, *arguments)
        return True
    return False


def _step(name: str, world: Swapped, *, by: int | None = None, **named: Any) -> Act:
    """`by`: the participant who takes it; None: the manager."""
    member = world.manager if by is None else world.members[by]
    return "step", name, {"member_id": member, "schedule_id": world.schedule} | named


def _done(world: Swapped, *act: Act) -> None:
    for each in act:
        assert take(world, each), f"it was refused: {each}"


def _ask(world: Swapped, day: int, *, by_manager: bool = False, is_part: bool = False, **named: Any) -> Act:
    if is_part:
        named["span"] = [(in_plan(day) + timedelta(hours=hours)).isoformat() for hours in (6, 12)]
    slot = {"start": in_plan(day).isoformat(), "role": ROLE}
    return _step("ask_for_cover", world, by=None if by_manager else world.holder(day), **slot, **named)


def _whole(day: int) -> list[str]:
    return [in_plan(day).isoformat(), ROLE, in_plan(day).isoformat(), in_plan(day + 1).isoformat()]


def _asked(world: Swapped, day: int, **named: Any) -> tuple[int, int]:
    """Everybody is asked. Returns the request and somebody who isn't the manager."""
    _done(world, _ask(world, day, **({"pace": Pace.ALL.value} | named)))
    return world.request().id or 0, world.others(day)[0]


def _take_it(world: Swapped, day: int, **named: Any) -> Act:
    request, who = _asked(world, day, **named)
    return _step("accept", world, by=who, request_id=request)


def _swap_it(world: Swapped, day: int, **named: Any) -> Act:
    request, who = _asked(world, day, **named)
    return _step("accept", world, by=who, request_id=request, in_return=_whole(world.day_of(who, day)))


def _answer_first(name: str) -> Make:
    def make(world: Swapped, day: int) -> Act:
        _done(world, _ask(world, day))
        request = world.request().id or 0
        return _step(name, world, by=world.turn(request).participant_id, request_id=request)

    return make


def _by_link(world: Swapped, day: int) -> Act:
    request, who = _asked(world, day)
    return _step("accept", world, by=who, request_id=request, link=world.link(request, who), via="email")


def _for_another(world: Swapped, day: int) -> Act:
    request, who = _asked(world, day)
    return _step("accept", world, request_id=request, participant_id=who)


def _on_a_proposal(name: str) -> Make:
    def make(world: Swapped, day: int) -> Act:
        proposed = _swap_it(world, day, takes_swaps=False)
        _done(world, proposed)
        request, who = world.request().id or 0, world.others(day)[0]
        return _step(name, world, by=world.holder(day), request_id=request, participant_id=who)

    return make


def _round(world: Swapped, day: int) -> Act:
    _done(world, _ask(world, day))
    over = world.turn(world.request().id or 0).until
    assert over is not None
    return "step", "run_due_rounds", {"at": (over + timedelta(seconds=1)).isoformat()}


def _undo(world: Swapped, day: int) -> Act:
    taken = _swap_it(world, day)
    _done(world, taken)
    request = world.request()
    return _step("undo", world, by=request.taker_id, request_id=request.id)


def _ask_to_undo(world: Swapped, day: int) -> Act:
    _done(world, _take_it(world, day))
    request = world.request()
    return _step("undo", world, by=request.holder_id, request_id=request.id)


def _take_over(world: Swapped, day: int) -> Act:
    at = in_plan(day, 15)
    slot = {"start": in_plan(day).isoformat(), "role": ROLE}
    return _step("take_over", world, by=world.others(day)[0], **slot, at=at.isoformat())


def _approval(*, is_approved: bool) -> Make:
    def make(world: Swapped, day: int) -> Act:
        _done(world, _take_it(world, day))
        return _step("approve", world, request_id=world.request().id, is_approved=is_approved)

    return make


def _to_approve(world: Swapped, day: int) -> Act:
    return _take_it(world, day)


def _offer(world: Swapped, day: int) -> Act:
    slot = {"start": in_plan(day).isoformat(), "role": ROLE}
    return _step("offer_to_take", world, by=world.others(day)[0], **slot)


def _accept_offer(world: Swapped, day: int) -> Act:
    _done(world, _offer(world, day))
    return _step("accept", world, by=world.holder(day), request_id=world.request().id)


def _on_a_request(name: str, **named: Any) -> Make:
    def make(world: Swapped, day: int) -> Act:
        _done(world, _ask(world, day))
        return _step(name, world, by=world.holder(day), request_id=world.request().id, **named)

    return make


def _assign(world: Swapped, day: int) -> Act:
    to, before = world.others(day)[0], world.holder(day)
    return _step("assign", world, start=in_plan(day).isoformat(), role=ROLE, participant_id=to, before=before)


_approved, _not_approved = _approval(is_approved=True), _approval(is_approved=False)

APPROVED = frozenset({_to_approve, _approved, _not_approved})
"""While these are prepared and taken, swaps wait for a manager."""
AGAIN = frozenset({"later", "no", "offer", "propose a swap", "ask everyone", "ask to undo"})
"""May be taken twice: somebody means it."""
STEPS: dict[str, Make] = {
    "ask": _ask,
    "ask for a part": lambda world, day: _ask(world, day, is_part=True),
    "manager asks": lambda world, day: _ask(world, day, by_manager=True),
    "take": _take_it,
    "take a part": lambda world, day: _take_it(world, day, is_part=True),
    "take by link": _by_link,
    "manager takes for another": _for_another,
    "swap": _swap_it,
    "propose a swap": lambda world, day: _swap_it(world, day, takes_swaps=False),
    "agree to a swap": _on_a_proposal("agree"),
    "refuse a swap": _on_a_proposal("refuse_swap"),
    "no": _answer_first("decline"),
    "later": _answer_first("ask_later"),
    "next round": _round,
    "ask everyone": _on_a_request("set_pace", pace=Pace.ALL.value),
    "withdraw": _on_a_request("withdraw"),
    "undo": _undo,
    "ask to undo": _ask_to_undo,
    "take over": _take_over,
    "wait for approval": _to_approve,
    "approve": _approved,
    "don’t approve": _not_approved,
    "offer": _offer,
    "accept an offer": _accept_offer,
    "hand over": _assign,
}
