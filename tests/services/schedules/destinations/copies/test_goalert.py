"""GoAlert ends up with exactly our shifts, whatever is lost on the way, and with its own rules where we know nobody."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from oncall_ui.app import App
from oncall_ui.domain.schedules.destinations.kinds import DestinationKind, DestinationState
from oncall_ui.services.schedules.destinations.copies.decide import match_people
from oncall_ui.services.schedules.destinations.copies.goalert import DOCUMENT
from oncall_ui.services.schedules.destinations.manage import change_destination
from tests.conftest import Person
from tests.fakes.paging.goalert import KEY, SCHEDULE, GoAlertServer
from tests.services.helpers.schedules import in_plan
from tests.services.schedules.destinations.sends import later, send
from tests.services.schedules.destinations.team import Team, team_of

pytestmark = pytest.mark.slow  # many tries each

IN_STEP, NEEDS_YOU = DestinationState.IN_STEP, DestinationState.NEEDS_YOU
KIND = DestinationKind.GOALERT
ALICE, BOB = "0a000000-0000-4000-8000-00000000000a", "0b000000-0000-4000-8000-00000000000b"
OTHER = "7ec6a9a0-7a5b-4d4a-9f9a-7f7b6a5d4c3b"


@pytest.fixture
def goalert() -> Iterator[GoAlertServer]:
    with GoAlertServer() as server:
        server.users = {ALICE: "alice@example.org", BOB: "bob@example.org"}
        server.schedules[OTHER] = []
        yield server


@pytest.fixture
def team(app: App, alice: Person, bob: Person) -> Team:
    return team_of(app, alice, bob)


def keep(team: Team, goalert: GoAlertServer, key: str = KEY) -> int:
    secrets = f'{{"url": "{goalert.url()}", "key": "{key}"}}'
    options = {"schedules": {"primary": SCHEDULE}}
    return team.keep(KIND, sealed=team.app.vault.seal(secrets), options=options, account="127.0.0.1")


def on_call(goalert: GoAlertServer, days: int = 3, schedule: str = SCHEDULE) -> list[str | None]:
    return [goalert.on_call(in_plan(day, 15), schedule) for day in range(days)]


def state(team: Team, destination: int) -> tuple[DestinationState, str]:
    row = team.destination(destination)
    return row.state, row.why


def test_a_span_is_replaced_whole_and_only_when_it_differs(team: Team, goalert: GoAlertServer) -> None:
    there = keep(team, goalert)
    team.publish(team.alice, team.bob, None)
    send(team.app)
    assert (on_call(goalert), state(team, there)) == ([ALICE, BOB, None], (IN_STEP, ""))
    later(team.app)
    send(team.app)
    assert goalert.writes == 1, "compared, and found in step"
    team.publish(team.bob, None, team.alice)
    send(team.app)
    assert (on_call(goalert), goalert.writes) == ([BOB, "", ALICE], 2)
    goalert.schedules[SCHEDULE] = []
    later(team.app)
    send(team.app)
    assert (on_call(goalert), goalert.writes) == ([BOB, "", ALICE], 3)
    change = {"role:primary": OTHER}
    change_destination(team.app, team.bob.id, team.schedule, there, "", change, [])
    send(team.app)
    assert (on_call(goalert), on_call(goalert, 3, OTHER)) == ([None] * 3, [BOB, "", ALICE])


def test_whatever_is_lost_it_ends_in_step(team: Team, goalert: GoAlertServer) -> None:
    """Reading, setting and reading back, each done without an answer or not done."""
    there = keep(team, goalert)
    for turn, number in enumerate((1, 2, 2, 3)):
        (goalert.drops if turn % 2 else goalert.loses).add(goalert.requests + number)
        holders = [(team.alice, team.bob)[(turn + day) % 2] for day in range(2)]
        team.publish(*holders)
        send(team.app)
        later(team.app)
        send(team.app)
        wanted = [ALICE if each is team.alice else BOB for each in holders]
        assert (on_call(goalert, 2), state(team, there)) == (wanted, (IN_STEP, "")), number


def test_where_somebody_has_no_user_there_its_own_rules_go_on(team: Team, goalert: GoAlertServer) -> None:
    del goalert.users[BOB]
    there = keep(team, goalert)
    team.publish(team.alice, team.bob, team.alice)
    send(team.app)
    assert (on_call(goalert), state(team, there)) == (
        [ALICE, None, ALICE],
        (NEEDS_YOU, "No GoAlert user has the email of Bob. Choose who it is. The other 2 were sent."),
    )
    goalert.users[BOB] = "robert@example.org"
    match_people(team.app, team.bob.id, team.schedule, there, {team.bob.id: f"https://goalert.example.org/users/{BOB}"})
    send(team.app)
    assert (on_call(goalert), state(team, there)) == ([ALICE, BOB, ALICE], (IN_STEP, ""))


def test_the_guide_has_the_query_that_an_api_key_needs() -> None:
    guide = (Path(__file__).parents[5] / "docs" / "guides" / "send-shifts-elsewhere.md").read_text(encoding="utf-8")
    assert f"```graphql\n{DOCUMENT}```" in guide


def test_a_wrong_key_or_schedule_is_told(team: Team, goalert: GoAlertServer) -> None:
    there = keep(team, goalert)
    goalert.has_wrong_query = True
    team.publish(team.alice)
    send(team.app)
    assert (state(team, there)[0], "create one with the query" in state(team, there)[1]) == (NEEDS_YOU, True)
    goalert.has_wrong_query, goalert.schedules = False, {}
    change_destination(team.app, team.bob.id, team.schedule, there, "", {"role:primary": SCHEDULE}, [])
    send(team.app)
    assert state(team, there)[1] == f"GoAlert has no schedule {SCHEDULE}. Edit this and enter the right one."
