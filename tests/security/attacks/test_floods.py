"""Floods against `run.py`, short: none gets what it wants. `python -m bench.attacks` plays them long."""

from pathlib import Path

import pytest

from bench.attacks import calendars, logins, sockets
from bench.attacks.row import Attack, Scale
from tests.postgres import Cluster

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
    hold_off(tmp_path, attack, Scale(short=True))


@pytest.mark.parametrize("attack", [logins.one_address, logins.lockout], ids=lambda attack: attack.__name__)
def test_guesses_that_are_counted_on_postgresql_get_nothing(
    tmp_path: Path, postgres_cluster: Cluster, attack: Attack
) -> None:
    hold_off(tmp_path, attack, Scale(short=True, database_url=postgres_cluster.fresh_database()))


def hold_off(folder: Path, attack: Attack, scale: Scale) -> None:
    row = attack(folder, scale)
    assert row.tries > 0
    assert row.through == 0, row
    assert [each for each in row.broken if not each.startswith(TIMED)] == []
