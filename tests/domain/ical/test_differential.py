"""The engine and the library find the same instances in generated calendars; `bench.odd` says which ones those are.

Enough of them to notice what breaks; `python -m bench.differential 200000` is how far it was tried.
"""

from collections.abc import Sequence
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.differential import Seeded, difference
from bench.odd import calendar, window

T = TypeVar("T")


class Drawn:
    """Choices Hypothesis makes and can make smaller."""

    def __init__(self, data: st.DataObject) -> None:
        self._data = data

    def one(self, among: Sequence[T]) -> T:
        return self._data.draw(st.sampled_from(among))

    def number(self, low: int, high: int) -> int:
        return self._data.draw(st.integers(low, high))


@pytest.mark.slow
@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_engine_and_library_agree_on_drawn_calendars(data: st.DataObject) -> None:
    choose = Drawn(data)
    assert difference(calendar(choose), window(choose)) == (set(), set())


@pytest.mark.slow
def test_engine_and_library_agree_on_seeded_calendars() -> None:
    for seed in range(300):
        choose = Seeded(seed)
        source, within = calendar(choose), window(choose)
        assert difference(source, within) == (set(), set()), (seed, source.decode())
