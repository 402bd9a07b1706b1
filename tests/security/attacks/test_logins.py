"""Floods of wrong passwords against `run.py`, short; `python -m bench.attacks` plays them long and times the pages."""

from pathlib import Path

import pytest

from bench.attacks import logins
from bench.attacks.row import Attack, Scale

TIMED = "pages stay fast"
"""Left to the long form: a ratio of times is no measure on a machine that does other things."""


@pytest.mark.parametrize("attack", [logins.one_address, logins.many_addresses, logins.lockout])
def test_it_gets_nothing_and_costs_little(tmp_path: Path, attack: Attack) -> None:
    row = attack(tmp_path, Scale(short=True))
    assert row.tries > 0
    assert row.through == 0, row
    assert [each for each in row.broken if not each.startswith(TIMED)] == []
