"""Many open pages of a schedule read it once, and each asks for itself whether its member may see it."""

from threading import Thread
from time import perf_counter

import pytest

from oncall_ui.app import App
from oncall_ui.domain.schedules.access import Access
from oncall_ui.errors import NotAllowed
from oncall_ui.services.schedules.access import set_access
from pages.refresh import Wanted
from pages.schedules.board.reading import Reading
from pages.shared_reading import SharedReading
from tests.conftest import Person
from tests.services.helpers.schedules import keep_schedule, participant_of, publish_by_hand


def test_one_reading_serves_all_who_asked_before_it_began() -> None:
    shared, readings = SharedReading[int](), list[int]()

    def read() -> int:
        readings.append(0)
        return len(readings)

    asked_at, found = perf_counter(), list[int]()
    threads = [Thread(target=lambda: found.append(shared.get(asked_at, read))) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [1] * 5
    assert shared.get(perf_counter(), read) == 2


def test_what_could_not_be_read_is_read_again() -> None:
    shared = SharedReading[int]()

    def fail() -> int:
        raise OSError

    asked_at = perf_counter()
    with pytest.raises(OSError):
        shared.get(asked_at, fail)
    assert shared.get(asked_at, lambda: 7) == 7


def test_pages_share_what_is_published_and_nothing_of_whose_they_are(app: App, bob: Person, mallory: Person) -> None:
    schedule = keep_schedule(app, bob, [bob, mallory])
    publish_by_hand(app, bob, schedule, [participant_of(app, schedule, mallory), None])
    bobs, mallorys = Reading(app, bob.me, schedule, None), Reading(app, mallory.me, schedule, None)
    wanted = Wanted(perf_counter(), frozenset())
    his, hers = bobs.read(wanted), mallorys.read(wanted)
    assert his.published is hers.published
    assert his.view.my_participant_id != hers.view.my_participant_id
    assert (his.view.access, hers.view.access) == (Access.MANAGER, Access.MEMBER)


def test_who_may_no_longer_see_it_gets_nothing_of_what_others_read(
    app: App, bob: Person, alice: Person, mallory: Person
) -> None:
    schedule = keep_schedule(app, bob, [bob])
    set_access(app, bob.id, schedule, mallory.id, Access.VIEWER)
    bobs, mallorys = Reading(app, bob.me, schedule, None), Reading(app, mallory.me, schedule, None)
    assert mallorys.read(Wanted(perf_counter(), frozenset())).view.access is Access.VIEWER
    set_access(app, bob.id, schedule, mallory.id, None)
    wanted = Wanted(perf_counter(), frozenset())
    bobs.read(wanted)
    with pytest.raises(NotAllowed):
        mallorys.read(wanted)
