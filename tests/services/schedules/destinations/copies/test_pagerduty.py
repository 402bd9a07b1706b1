"""PagerDuty ends up with exactly our shifts, whatever is lost on the way, and keeps what people changed there."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from oncall_ui.app import App
from oncall_ui.domain.schedules.destinations.kinds import DestinationKind, DestinationState
from oncall_ui.errors import InvalidInput
from oncall_ui.models import Destination, Schedule
from oncall_ui.services.schedules.destinations.copies.decide import decide_edits, match_people
from oncall_ui.services.schedules.destinations.manage import add_destination, switch_destination
from oncall_ui.services.schedules.destinations.views import read_destination
from tests.conftest import Person
from tests.fakes.paging.pagerduty import KEY, PagerDutyServer
from tests.services.helpers.schedules import in_plan
from tests.services.schedules.destinations.sends import later, send
from tests.services.schedules.destinations.team import Team, team_of

pytestmark = pytest.mark.slow  # many tries each

IN_STEP, RETRYING, NEEDS_YOU = DestinationState.IN_STEP, DestinationState.RETRYING, DestinationState.NEEDS_YOU
KIND = DestinationKind.PAGERDUTY
HOUR = timedelta(hours=1)


@pytest.fixture
def pagerduty() -> Iterator[PagerDutyServer]:
    with PagerDutyServer() as server:
        server.users = {"PALICE": "alice@example.org", "PBOB": "Bob@example.org".lower(), "PZOE": "zoe@example.org"}
        yield server


@pytest.fixture
def team(app: App, alice: Person, bob: Person) -> Team:
    return team_of(app, alice, bob)


def keep(team: Team, pagerduty: PagerDutyServer, key: str = KEY) -> int:
    secrets = f'{{"api_url": "{pagerduty.url()}", "region": "us", "key": "{key}"}}'
    options = {"schedules": {"primary": "PPRIMARY"}}
    return team.keep(KIND, sealed=team.app.vault.seal(secrets), options=options, account="127.0.0.1")


def on_call(pagerduty: PagerDutyServer, days: int = 3) -> list[str]:
    return [pagerduty.on_call(in_plan(day, 15)) for day in range(days)]


def state(team: Team, destination: int) -> tuple[DestinationState, str]:
    row = team.destination(destination)
    return row.state, row.why


def test_only_the_difference_is_written_and_read_back(team: Team, pagerduty: PagerDutyServer) -> None:
    there = keep(team, pagerduty)
    team.publish(team.alice, team.bob, team.alice)
    send(team.app)
    assert (on_call(pagerduty), state(team, there)) == (["PALICE", "PBOB", "PALICE"], (IN_STEP, ""))
    before = {each.id for each in pagerduty.schedules["PPRIMARY"]}
    team.publish(team.alice, team.alice, None)
    send(team.app)
    assert on_call(pagerduty) == ["PALICE", "PALICE", ""]
    assert len(before & {each.id for each in pagerduty.schedules["PPRIMARY"]}) == 1, "what stays is not written again"
    requests = pagerduty.requests
    later(team.app)
    send(team.app)
    assert (pagerduty.requests - requests, state(team, there)[0]) == (1, IN_STEP), "compared, and found in step"
    assert team.destination(there).next_at is not None


def test_whatever_is_lost_it_ends_in_step(team: Team, pagerduty: PagerDutyServer) -> None:
    """Each request of a sending once, in plans that change: done without an answer, and not done."""
    there = keep(team, pagerduty)
    for number in (1, 2, 2, 3, 3, 4, 5):
        (pagerduty.drops if number % 2 else pagerduty.loses).add(pagerduty.requests + number)
        holders = [(team.alice, team.bob)[pagerduty.requests % 2], team.bob]
        team.publish(*holders)
        send(team.app)
        for _ in range(4):
            if state(team, there)[0] is not IN_STEP:
                later(team.app)
                send(team.app)
        wanted = ["PALICE" if each is team.alice else "PBOB" for each in holders]
        assert (on_call(pagerduty, 2), state(team, there)) == (wanted, (IN_STEP, "")), number
        assert len(pagerduty.schedules["PPRIMARY"]) == 2, "and nothing of ours is left over"


def test_edits_made_there_are_asked_about_and_stop_nothing_else(team: Team, pagerduty: PagerDutyServer) -> None:
    there = keep(team, pagerduty)
    team.publish(team.alice, team.bob, team.alice)
    send(team.app)
    pagerduty.override(in_plan(0, 12), in_plan(0, 20), "PZOE")
    pagerduty.schedules["PPRIMARY"] = [each for each in pagerduty.schedules["PPRIMARY"] if each.user != "PBOB"]
    team.publish(team.alice, team.bob, team.bob)
    send(team.app)
    assert on_call(pagerduty) == ["PZOE", "", "PBOB"], "the third day has not been touched there"
    assert state(team, there) == (
        NEEDS_YOU,
        "2 shifts were changed in PagerDuty. Choose which is right. The other shift was sent.",
    )
    decide_edits(team.app, team.bob.id, team.schedule, there, is_overwritten=True)
    send(team.app)
    assert (on_call(pagerduty), state(team, there)) == (["PALICE", "PBOB", "PBOB"], (IN_STEP, ""))
    pagerduty.override(in_plan(1), in_plan(2), "PZOE")
    later(team.app)
    send(team.app)
    decide_edits(team.app, team.bob.id, team.schedule, there, is_overwritten=False)
    team.publish(team.bob, team.alice, team.bob)
    send(team.app)
    assert (on_call(pagerduty), state(team, there)) == (["PBOB", "PZOE", "PBOB"], (IN_STEP, ""))


def test_terraform_that_drops_everything_is_an_edit_too(team: Team, pagerduty: PagerDutyServer) -> None:
    there = keep(team, pagerduty)
    team.publish(team.alice, team.bob)
    send(team.app)
    pagerduty.schedules["PPRIMARY"] = []
    later(team.app)
    send(team.app)
    assert state(team, there)[1] == "2 shifts were changed in PagerDuty. Choose which is right."
    decide_edits(team.app, team.bob.id, team.schedule, there, is_overwritten=True)
    send(team.app)
    assert (on_call(pagerduty, 2), state(team, there)[0]) == (["PALICE", "PBOB"], IN_STEP)


def test_who_has_no_user_there_is_chosen_once(team: Team, pagerduty: PagerDutyServer) -> None:
    del pagerduty.users["PBOB"]
    there = keep(team, pagerduty)
    team.publish(team.alice, team.bob)
    send(team.app)
    assert (on_call(pagerduty, 2), state(team, there)) == (
        ["PALICE", ""],
        (NEEDS_YOU, "No PagerDuty user has the email of Bob. Choose who it is. The other shift was sent."),
    )
    with pytest.raises(InvalidInput):
        match_people(team.app, team.bob.id, team.schedule, there, {team.bob.id: "not an id!"})
    link = {team.bob.id: "https://acme.pagerduty.com/users/PZOE"}
    match_people(team.app, team.bob.id, team.schedule, there, link)
    send(team.app)
    assert (on_call(pagerduty, 2), state(team, there)) == (["PALICE", "PZOE"], (IN_STEP, ""))
    match_people(team.app, team.bob.id, team.schedule, there, {team.bob.id: "PGONE"})
    send(team.app)
    assert state(team, there)[1] == "PagerDuty rejected 1 of 2 shifts. The other shift was sent."


@pytest.mark.parametrize(
    ("status", "found", "words"),
    [(429, RETRYING, "asks us to wait"), (503, RETRYING, "answered with an error"), (401, NEEDS_YOU, "the API key")],
)
def test_refusals_are_told_by_who_can_act(
    team: Team, pagerduty: PagerDutyServer, status: int, found: DestinationState, words: str
) -> None:
    there = keep(team, pagerduty, key=KEY if status != 401 else "another")
    pagerduty.statuses, pagerduty.headers = ([status] if status != 401 else []), {"retry-after": "90"}
    team.publish(team.alice)
    send(team.app)
    assert (state(team, there)[0], words in state(team, there)[1]) == (found, True)
    assert KEY not in repr(team.destination(there))
    if found is RETRYING:
        pagerduty.headers = {}
        later(team.app)
        send(team.app)
        assert (on_call(pagerduty, 1), state(team, there)) == (["PALICE"], (IN_STEP, ""))


def test_an_unknown_schedule_and_a_hostile_answer_are_told(team: Team, pagerduty: PagerDutyServer) -> None:
    there = keep(team, pagerduty)
    for raw in (b"[" * 1_000_000, b"x" * (5 * 1024 * 1024)):
        pagerduty.raw = raw
        team.publish(team.bob)
        later(team.app)
        send(team.app)
        assert state(team, there) == (RETRYING, "127.0.0.1 sent an answer we can’t read.")
    pagerduty.raw = None
    with team.app.db.write() as session:
        session.get_one(Destination, there).attempts = 0
    pagerduty.schedules = {"POTHER": []}
    team.publish(team.alice)
    send(team.app)
    assert state(team, there) == (NEEDS_YOU, "PagerDuty has no schedule PPRIMARY. Edit this and enter the right one.")


def test_it_is_added_with_links_and_kept_when_switched_off(team: Team, pagerduty: PagerDutyServer) -> None:
    values = {"key": KEY, "region": "EU", "role:primary": "https://acme.eu.pagerduty.com/schedules#PPRIMARY"}
    added = add_destination(team.app, team.bob.id, team.schedule, KIND, "", values)
    view, _ = read_destination(team.app, team.bob.id, team.schedule, added.id)
    assert (view.account, view.places) == ("api.eu.pagerduty.com", {"role:primary": "PPRIMARY"})
    for wrong in ({"region": "mars"}, {"role:primary": ""}, {"key": ""}, {"role:primary": "<script>"}):
        with pytest.raises(InvalidInput):
            add_destination(team.app, team.bob.id, team.schedule, KIND, "", values | wrong)
    there = keep(team, pagerduty)
    team.publish(team.alice)
    send(team.app)
    switch_destination(team.app, team.bob.id, team.schedule, there, False)
    team.publish(team.bob)
    send(team.app)
    assert on_call(pagerduty, 1) == ["PALICE"]
    switch_destination(team.app, team.bob.id, team.schedule, there, True)
    send(team.app)
    assert on_call(pagerduty, 1) == ["PBOB"]


def test_an_archived_schedule_is_sent_nowhere(team: Team, pagerduty: PagerDutyServer) -> None:
    there = keep(team, pagerduty)
    team.publish(team.alice)
    with team.app.db.write() as session:
        schedule = session.get_one(Schedule, team.schedule)
        schedule.archived_at = schedule.created_at
    send(team.app)
    assert (pagerduty.requests, state(team, there)[0]) == (0, DestinationState.OFF)
