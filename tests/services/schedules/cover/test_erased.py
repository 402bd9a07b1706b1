"""An account goes: its requests are withdrawn, its notes are erased, and everybody else's sums stay."""

import asyncio

from oncall_ui.app import App
from oncall_ui.domain.schedules.cover.states import RequestState
from oncall_ui.services.privacy.erase import erase
from oncall_ui.services.schedules.cover.answers import accept
from oncall_ui.services.schedules.cover.ask import ask_for_cover
from oncall_ui.services.schedules.cover.reading import read_swaps
from tests.conftest import PASSWORD, Person
from tests.services.helpers.cover import ROLE, Team, check_sums_and_tiles, request_of
from tests.services.helpers.schedules import in_plan


def test_nothing_typed_is_left(app: App, bob: Person, mallory: Person, carol: Person, team: Team) -> None:
    settled = ask_for_cover(app, carol.id, team.schedule, in_plan(3), ROLE, note="My surgery")
    accept(app, mallory.id, team.schedule, settled)
    waiting = ask_for_cover(app, mallory.id, team.schedule, in_plan(3), ROLE)
    accept(app, carol.id, team.schedule, waiting)
    waiting = ask_for_cover(app, carol.id, team.schedule, in_plan(3), ROLE)
    asyncio.run(erase(app, carol.id, PASSWORD))
    assert request_of(app, settled).note == ""
    assert request_of(app, waiting).state is RequestState.WITHDRAWN
    check_sums_and_tiles(app, team.schedule)
    *_, seen = read_swaps(app, bob.id, team.schedule, in_plan(-6)).settled
    assert seen.holder.name == "Former member 1"
