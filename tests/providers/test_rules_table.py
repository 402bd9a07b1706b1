"""The rules, kind by kind, the same for whatever provider a calendar comes from.

Every provider expresses each kind of event in its own way, is read as an import reads it, and comes to the same
decisions, the same reasons and the same moments. Its case lists what it can't express, with the reason.
"""

from datetime import datetime

import pytest

from oncall_ui.domain.availability.evaluate import classify
from oncall_ui.domain.availability.reasons import Reason
from oncall_ui.domain.availability.rules import Action, Decision, Mode, Rules
from oncall_ui.domain.availability.window import start_of_day
from oncall_ui.domain.imports.events import Reading
from providers import PRODUCTS
from tests.providers.cases import CASES, case_for
from tests.providers.helpers.case import BERLIN, ProductCase, read
from tests.providers.helpers.kinds import ELSEWHERE, END, SETTINGS, START, TABLE, Kind

ALL = [product.key for product in PRODUCTS]
PUBLISHING = [key for key in ALL if key not in CASES or not CASES[key].publishes_no_busy_times]


@pytest.fixture(params=ALL)
def case(request: pytest.FixtureRequest) -> ProductCase:
    return case_for(request.param)(request)


@pytest.fixture
def kinds(case: ProductCase) -> list[Kind]:
    return [kind for kind in Kind if kind not in case.unsaid]


@pytest.fixture
async def reading(case: ProductCase, kinds: list[Kind]) -> Reading:
    """A calendar that holds every kind its product can express, fetched over HTTP."""
    case.hold_kinds(*kinds)
    return await read(case)


@pytest.mark.parametrize("key", ALL)
def test_every_kind_is_in_the_table_or_has_a_reason_not_to_be(key: str) -> None:
    assert set(TABLE) == set(Kind)
    assert all(case_for(key).unsaid.values())
    assert len(case_for(key).unsaid) < len(Kind) / 2


def test_it_comes_to_the_same_everywhere(kinds: list[Kind], reading: Reading) -> None:
    expected = {
        (kind, rules.mode, rules.counts_free, rules.counts_all_day): TABLE[kind].expected(rules)
        for kind in kinds
        for rules in SETTINGS
    }
    found = {
        (Kind(at.event.uid), rules.mode, rules.counts_free, rules.counts_all_day): decision
        for rules in SETTINGS
        for at, decision in classify(reading, rules)
    }
    assert reading.problems == []
    assert found == expected


async def test_elsewhere_it_counts_only_if_it_is_theirs(case: ProductCase) -> None:
    """A calendar they connected themselves is theirs; another one of an account may be shared or somebody else's."""
    kinds = [kind for kind in ELSEWHERE if kind not in case.unsaid]
    table = TABLE if case.every_calendar_is_theirs else ELSEWHERE
    case.hold_kinds_elsewhere(*kinds)
    found = await read(case)
    decided = {
        (Kind(at.event.uid), rules.mode, rules.counts_free, rules.counts_all_day): decision
        for rules in SETTINGS
        for at, decision in classify(found, rules)
    }
    assert decided == {
        (kind, rules.mode, rules.counts_free, rules.counts_all_day): table[kind].expected(rules)
        for kind in kinds
        for rules in SETTINGS
    }


def test_it_lies_at_the_same_time_everywhere(kinds: list[Kind], reading: Reading) -> None:
    found = {Kind(at.event.uid): (at.starts_at, at.ends_at, at.all_day) for at in reading.occurrences}
    assert found == {kind: _moments(kind) for kind in kinds}


@pytest.mark.parametrize("key", PUBLISHING)
async def test_time_published_as_busy_blocks_and_what_is_free_does_not(
    key: str, request: pytest.FixtureRequest
) -> None:
    case = case_for(key)(request)
    case.publish_busy_times()
    found = await read(case)
    (at,) = [each for each in found.occurrences if not each.event.free]
    assert (at.starts_at, at.ends_at, at.event.title) == (START, END, "")
    for rules in SETTINGS:
        decided = {each.event.free: decision for each, decision in classify(found, rules)}
        assert decided.pop(False) == _published(rules)
        assert set(decided.values()) <= {TABLE[Kind.FREE].expected(rules)}, "Google leaves free time out"


def _published(rules: Rules) -> Decision:
    return Decision(Action.BLOCK, Reason.BUSY_TIME) if rules.mode is Mode.MATCHING else TABLE[Kind.OWN].expected(rules)


def _moments(kind: Kind) -> tuple[datetime, datetime, bool]:
    """Days are those of the calendar, which is in Berlin like its member."""
    when = TABLE[kind].when
    if when.days is None:
        return (*when.times, False)
    first, end = when.days
    return start_of_day(first, BERLIN), start_of_day(end, BERLIN), True
