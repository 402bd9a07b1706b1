"""Quiet hours: the usual ones until a member has their own."""

import pytest

from oncall_ui.app import App
from oncall_ui.domain.schedules.messages.timing import Quiet
from oncall_ui.errors import InvalidInput, NotAllowed
from oncall_ui.services.accounts.quiet_hours import choose_quiet_hours, read_quiet_hours
from tests.conftest import Person


def test_they_are_the_members_own(app: App, bob: Person, mallory: Person) -> None:
    choose_quiet_hours(app, bob.id, Quiet(begin=22, end=6, lets_urgent_through=False))
    assert read_quiet_hours(app, bob.id) == Quiet(begin=22, end=6, lets_urgent_through=False)
    choose_quiet_hours(app, bob.id, Quiet(is_on=False, begin=22, end=6))
    assert (read_quiet_hours(app, bob.id), read_quiet_hours(app, mallory.id)) == (
        Quiet(is_on=False, begin=22, end=6), Quiet(),
    )  # fmt: skip


@pytest.mark.parametrize(("begin", "end"), [(8, 8), (24, 8), (20, -1)])
def test_impossible_hours_are_refused(app: App, bob: Person, begin: int, end: int) -> None:
    with pytest.raises(InvalidInput):
        choose_quiet_hours(app, bob.id, Quiet(begin=begin, end=end))
    assert read_quiet_hours(app, bob.id) == Quiet()


def test_a_member_who_is_gone_chooses_nothing(app: App) -> None:
    with pytest.raises(NotAllowed):
        choose_quiet_hours(app, 99, Quiet(begin=22))
