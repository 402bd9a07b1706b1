"""Answers no server should give: 304 to a request without conditions, a redirect loop, a new ETag for the same body."""

import time
from pathlib import Path

from sqlmodel import col, update

from bench.faults.stage.feeds import Answer, give, not_modified, redirect_to_itself
from bench.faults.stage.outcome import Outcome, Scale, broken
from bench.faults.stage.world import Fed, World
from oncall_ui.models import Calendar

FIRST_RETRY = 75
"""Seconds until a calendar that failed once has been read again."""
AT_ONCE = 15


def unasked_304(folder: Path, scale: Scale) -> Outcome:
    return _play(folder, scale, "304 to a first request", not_modified)


def redirect_loop(folder: Path, scale: Scale) -> Outcome:
    return _play(folder, scale, "redirect loop", redirect_to_itself)


def new_etag(folder: Path, _scale: Scale) -> Outcome:
    """The same bytes under another ETag: the next request must name the new one, or it is downloaded for ever."""
    with World(folder, members=1, calendars=2) as world:
        odd = world.calendars[0].feed
        odd.mark += 1
        _ask_again(world, world.calendars[0])
        damage = world.damage()
        _ask_again(world, world.calendars[0])
        named = odd.asked[-1].get("If-None-Match", "none")
        _, stuck = world.read_all(within=AT_ONCE)
        return Outcome(
            "new ETag, same body",
            1,
            damage.lost,
            damage.doubled,
            stuck,
            member=world.troubles(),
            broken=broken(new_etag_is_taken_over=f"asked with {named}" if named != odd.etag else ""),
        )


def _play(folder: Path, scale: Scale, name: str, answer: Answer) -> Outcome:
    """One calendar's server answers so for a while; it must be tried again, and the others go on."""
    with World(folder, members=2, calendars=2) as world:
        odd, others = world.calendars[0], world.calendars[1:]
        odd.feed.answer = answer
        _forget_cursor(world, odd)
        odd.feed.say_more()
        _ask_again(world, odd)
        time.sleep(2)
        state = world.states()[odd.id]
        world.say_more(others)
        _, held_up = world.read_all(within=AT_ONCE, which=others)
        damage = world.damage()
        odd.feed.answer = give
        if scale.short and state.startswith("Retrying"):
            world.make_due([odd])  # instead of waiting for a minute
        taken, left = world.read_all(within=FIRST_RETRY)
        return Outcome(
            name,
            1,
            damage.lost,
            damage.doubled,
            held_up + left,
            taken if not left else None,
            state,
            broken=broken(it_is_tried_again="" if state.startswith("Retrying") else f"the calendar was {state}"),
        )


def _forget_cursor(world: World, fed: Fed) -> None:
    with world.db.write() as session:
        session.exec(update(Calendar).where(col(Calendar.id) == fed.id).values(cursor={}))


def _ask_again(world: World, fed: Fed) -> None:
    """Makes it due and waits for the request and for what comes of it."""
    before = len(fed.feed.asked)
    world.make_due([fed])
    deadline = time.monotonic() + AT_ONCE
    while len(fed.feed.asked) == before or world.states()[fed.id] == "Importing":
        assert time.monotonic() < deadline, "the calendar wasn’t asked for"
        time.sleep(0.1)
