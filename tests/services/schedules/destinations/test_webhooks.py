"""Webhooks: signed, sent until they are taken, refused by who can act, kept in a log."""

import asyncio
import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import update

from oncall_ui.app import App
from oncall_ui.domain.schedules.destinations.kinds import DeliveryState, DestinationKind, DestinationState, EventKind
from oncall_ui.errors import InvalidInput
from oncall_ui.models import Delivery, now
from oncall_ui.services.schedules.destinations.deliver import forget_deliveries
from oncall_ui.services.schedules.destinations.manage import (
    MOST,
    add_destination,
    change_destination,
    remove_destination,
    renew_secret,
    switch_destination,
)
from oncall_ui.services.schedules.destinations.secrets import reseal_destinations
from oncall_ui.services.schedules.destinations.sending import Sendings
from oncall_ui.services.schedules.destinations.try_now import resend, send_test
from oncall_ui.services.schedules.destinations.views import read_destination, read_destinations
from tests.conftest import Person
from tests.fakes.webhooks import Receiver
from tests.services.schedules.destinations.sends import later, send
from tests.services.schedules.destinations.team import Team, team_of

"""On one database: what is noted is tested on both."""

IN_STEP, RETRYING, NEEDS_YOU = DestinationState.IN_STEP, DestinationState.RETRYING, DestinationState.NEEDS_YOU
HOOK = DestinationKind.WEBHOOK


@pytest.fixture
def team(app: App, alice: Person, bob: Person) -> Team:
    return team_of(app, alice, bob)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        yield server


def add(team: Team, receiver: Receiver) -> int:
    added = add_destination(
        team.app, team.bob.id, team.schedule, HOOK, "Ops", {"url": receiver.url("/hook?key=s3cret")}
    )
    receiver.secret = added.secret
    return added.id


def state(team: Team, destination: int) -> tuple[DestinationState, str]:
    row = team.destination(destination)
    return row.state, row.why


def test_what_is_published_arrives_signed_and_is_in_the_log(team: Team, receiver: Receiver) -> None:
    hook = add(team, receiver)
    send(team.app)
    assert receiver.requests == 0, "nothing has happened yet"
    team.publish(team.alice, team.bob)
    send(team.app)
    (event,) = receiver.taken
    assert (event["type"], event["data"]["plan"], len(event["data"]["changes"])) == ("plan.published", 1, 2)
    assert event["schedule"]["url"] == f"{team.app.settings.public_url}/schedules/{team.schedule}"
    assert state(team, hook) == (IN_STEP, "")
    view, (line,) = read_destination(team.app, team.bob.id, team.schedule, hook)
    assert (line.state, line.status, line.attempts) == (DeliveryState.DELIVERED, 204, 1)
    assert (view.account, view.next_at) == (f"127.0.0.1:{receiver.port}", None)
    assert "s3cret" not in repr((view, line, team.destination(hook)))


def test_a_lost_answer_is_no_lost_event_and_comes_twice_with_one_id(team: Team, receiver: Receiver) -> None:
    hook = add(team, receiver)
    receiver.losing = 1
    team.publish(team.alice)
    team.publish(team.bob, first=1)
    send(team.app)
    assert (state(team, hook)[0], receiver.requests) == (RETRYING, 1)
    send(team.app)
    assert receiver.requests == 1, "it waits a minute"
    later(team.app)
    send(team.app)
    assert [each["data"]["plan"] for each in receiver.taken] == [1, 2], "in order"
    assert receiver.arrivals[0] == receiver.arrivals[1]
    assert (len(receiver.arrivals), state(team, hook)[0]) == (3, IN_STEP)


@pytest.mark.parametrize(
    ("status", "found", "words"),
    [
        (503, RETRYING, "answered with an error (503)."),
        (429, RETRYING, "asks us to wait (429)."),
        (401, NEEDS_YOU, "refused us (401). Edit this and check the address."),
        (404, NEEDS_YOU, "doesn’t know this address any more (404)."),
        (302, NEEDS_YOU, "redirects to another address."),
    ],
)
def test_a_refusal_is_told_by_who_can_act(
    team: Team, receiver: Receiver, status: int, found: DestinationState, words: str
) -> None:
    hook = add(team, receiver)
    receiver.statuses, receiver.headers = [status], {"retry-after": "7200"}
    if status == 302:
        receiver.headers = {"location": receiver.url("/elsewhere")}
    team.publish(team.alice)
    send(team.app)
    row = team.destination(hook)
    assert (row.state, row.why.startswith("127.0.0.1 ") and words in row.why) == (found, True), row.why
    (line,) = team.deliveries(hook)
    assert (line.state, line.why) == (DeliveryState.WAITING, row.why)
    if found is NEEDS_YOU:
        assert row.next_at is None
        later(team.app)
        send(team.app)
        assert receiver.requests == 1, "not by itself"
    elif status == 429:
        assert row.next_at is not None and row.next_at > now() + timedelta(minutes=100), "as long as asked for"
    receiver.headers = {}
    send_test(team.app, team.bob.id, team.schedule, hook)
    send(team.app)
    assert ([each["type"] for each in receiver.taken], state(team, hook)) == (["plan.published", "test"], (IN_STEP, ""))


def test_one_event_that_is_refused_keeps_no_other_waiting(team: Team, receiver: Receiver) -> None:
    hook = add(team, receiver)
    receiver.statuses = [400]
    team.publish(team.alice)
    team.publish(team.bob, first=1)
    send(team.app)
    refused, taken = team.deliveries(hook)
    assert (refused.state, taken.state) == (DeliveryState.REFUSED, DeliveryState.DELIVERED)
    assert refused.why == "127.0.0.1 refused it (400)."
    resend(team.app, team.bob.id, team.schedule, hook, refused.id or 0)
    send(team.app)
    assert [each["data"]["plan"] for each in receiver.taken] == [2, 1]
    assert (team.deliveries(hook)[0].event_id, state(team, hook)) == (receiver.taken[1]["id"], (IN_STEP, ""))


def test_what_stays_undelivered_for_a_week_is_given_up_and_old_lines_go(team: Team, receiver: Receiver) -> None:
    hook = add(team, receiver)
    team.publish(team.alice)
    for days, found in ((8, DeliveryState.GIVEN_UP), (31, None)):
        with team.app.db.write() as session:
            session.exec(update(Delivery).values(noted_at=now() - timedelta(days=days)))
        later(team.app)
        send(team.app)
        forget_deliveries(team.app)
        assert [each.state for each in team.deliveries(hook)] == ([found] if found else [])
    assert receiver.requests == 0


def test_a_dead_receiver_stops_no_other(team: Team, receiver: Receiver) -> None:
    """Five that never answer, on one server; the sixth is elsewhere."""
    with Receiver() as silent:
        hold = silent.hold()
        for _ in range(6):
            team.keep(
                sealed=team.app.vault.seal(json.dumps({"url": silent.url(), "secret": "whsec_AAAA"})), account="dead"
            )
        hook = add(team, receiver)
        team.publish(team.alice)

        async def run() -> None:
            sendings = Sendings(team.app)
            await sendings.look()
            async with asyncio.timeout(30):
                while state(team, hook)[0] is not IN_STEP:
                    await asyncio.sleep(0.05)
                    await sendings.look()
            await sendings.stop(2)

        asyncio.run(run())
        hold.release()
    assert [each["type"] for each in receiver.taken] == ["plan.published"]
    assert all(team.destination(each).lease is None for each in range(1, 7)), "due again, for any process"


def test_who_is_switched_off_hears_nothing_also_not_later(team: Team, receiver: Receiver) -> None:
    hook = add(team, receiver)
    team.publish(team.alice)
    switch_destination(team.app, team.bob.id, team.schedule, hook, False)
    team.publish(team.bob, first=1)
    send(team.app)
    with pytest.raises(InvalidInput):
        send_test(team.app, team.bob.id, team.schedule, hook)
    switch_destination(team.app, team.bob.id, team.schedule, hook, True)
    send(team.app)
    assert (receiver.requests, state(team, hook)) == (0, (IN_STEP, ""))
    team.publish(team.alice, first=2)
    send(team.app)
    assert [each["data"]["plan"] for each in receiver.taken] == [3]
    remove_destination(team.app, team.bob.id, team.schedule, hook)
    team.publish(team.bob, first=3)
    send(team.app)
    assert (receiver.requests, read_destinations(team.app, team.bob.id, team.schedule)) == (1, ())


def test_what_is_changed_counts_at_once_and_empty_fields_stay(team: Team, receiver: Receiver) -> None:
    hook = add(team, receiver)
    with Receiver(receiver.secret) as other:
        change_destination(team.app, team.bob.id, team.schedule, hook, "", {}, [EventKind.HANDOFF])
        team.publish(team.alice)
        send(team.app)
        assert receiver.requests == 0, "it isn't told of plans any more"
        events = [EventKind.PLAN_PUBLISHED]
        change_destination(team.app, team.bob.id, team.schedule, hook, "New", {"url": other.url()}, events)
        other.secret = renew_secret(team.app, team.bob.id, team.schedule, hook)
        team.publish(team.bob, first=1)
        send(team.app)
        assert [each["data"]["plan"] for each in other.taken] == [2]
    assert reseal_destinations(team.app) == 0


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "Fill this in."),
        ("hooks.example.org", "https://"),
        ("file:///etc/passwd", "https://"),
        ("https://user:secret@hooks.example.org/", "user name"),
        ("https://hooks.example.org/" + "x" * 3000, "too long"),
    ],
)
def test_an_address_that_cant_be_one_is_refused(team: Team, url: str, words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        add_destination(team.app, team.bob.id, team.schedule, HOOK, "", {"url": url})
    assert words in refused.value.sentence


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/", "http://169.254.169.254/latest", "http://[::1]:80/", "http://127.0.0.2/"]
)
def test_what_isnt_public_is_never_reached(team: Team, url: str) -> None:
    hook = add_destination(team.app, team.bob.id, team.schedule, HOOK, "", {"url": url}).id
    send_test(team.app, team.bob.id, team.schedule, hook)
    send(team.app)
    found, why = state(team, hook)
    assert (found, "is in the server’s own network" in why) == (NEEDS_YOU, True)


def test_a_schedule_has_ten_at_most(team: Team) -> None:
    for _ in range(MOST):
        team.keep()
    with pytest.raises(InvalidInput, match="10 destinations"):
        add_destination(team.app, team.bob.id, team.schedule, HOOK, "", {"url": "https://hooks.example.org"})


def test_secrets_that_no_key_opens_are_told_and_can_be_entered_again(team: Team, receiver: Receiver) -> None:
    hook = team.keep(sealed="not ours")
    send_test(team.app, team.bob.id, team.schedule, hook)
    send(team.app)
    assert (state(team, hook)[0], "can no longer decrypt" in state(team, hook)[1]) == (NEEDS_YOU, True)
    with pytest.raises(InvalidInput):
        change_destination(team.app, team.bob.id, team.schedule, hook, "", {}, [])
