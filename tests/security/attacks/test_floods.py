"""Floods against `run.py`, short: none gets what it wants. `python -m bench.attacks` plays them long."""

from pathlib import Path

import pytest

from bench.attacks import calendars, logins, sockets
from bench.attacks.row import Attack, Scale

TIMED = "pages stay fast"
"""Left to the long form: a ratio of times is no measure on a machine that does other things."""
FLOODS = (
    logins.one_address,
    logins.lockout,
    sockets.log_lines,
    sockets.flood,
    calendars.eight_addresses,
)


@pytest.mark.parametrize("attack", FLOODS, ids=lambda attack: attack.__name__)
def test_it_gets_nothing_and_costs_little(tmp_path: Path, attack: Attack) -> None:
    row = attack(tmp_path, Scale(short=True))
    assert row.tries > 0
    assert row.through == 0, row
    assert [each for each in row.broken if not each.startswith(TIMED)] == []
