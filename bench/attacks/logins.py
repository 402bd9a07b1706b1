"""Wrong passwords: many at once from one address, from many addresses, and against one member's account."""

import time
from pathlib import Path

import httpx

from bench.attacks.flood import Flood, flood
from bench.attacks.row import Row, Scale, broken
from bench.attacks.target import MEMBER, PASSWORD, Target, look, looking

PARALLEL = 200
SLOWER = 2.0
"""How many times slower a member's page may be than on the idle server."""
MOST_MEGABYTES = 250
"""What an attack may add to the server's memory: two checks of 64 MB, and buffers."""
FREE_TRIES = 30
"""From one address, checked before it is slowed down; a team behind one address mistypes as well."""


def one_address(folder: Path, scale: Scale) -> Row:
    """200 log-ins at once, from one address, for a while."""
    return _flooded(folder, "Password guessing, parallel, one address", scale, addresses=1)


def many_addresses(folder: Path, scale: Scale) -> Row:
    """200 log-ins at once, each from an address of its own."""
    return _flooded(folder, "Password guessing, parallel, 200 addresses", scale, addresses=PARALLEL)


def _flooded(folder: Path, attack: str, scale: Scale, *, addresses: int) -> Row:
    # What guesses take from memory is the cost of checking them; the database only counts them.
    full_cost = scale.database_url is None
    with Target(folder, database_url=scale.database_url, warm=scale.short, full_cost=full_cost) as target:
        member = target.member()
        loads, parallel = scale.of(15, 3), scale.of(PARALLEL, 60)
        look(member, 5)
        idle, memory = look(member, loads), target.megabytes()
        with looking(member) as during:
            spec = Flood(target.port, parallel, parallel, addresses, scale.of(20, 1), "guess{}@example.org")
            answers = flood(spec)
        after = look(member, loads)
        grown = target.peak_megabytes() - memory
        slower = during.median / min(idle.median, after.median)
    allowed = FREE_TRIES if addresses == 1 else answers.tries
    figures = f"{answers.checked} checked, {answers.refused} refused; page {slower:.1f}× idle; memory +{grown:.0f} MB"
    return Row(
        attack,
        answers.tries,
        max(0, answers.checked - allowed),
        figures,
        broken(
            pages_answer=f"{during.errors} of {len(during.statuses)} loads failed" if during.errors else "",
            pages_stay_fast=f"{slower:.1f}× idle" if slower > SLOWER else "",
            memory_is_bounded=f"+{grown:.0f} MB" if grown > MOST_MEGABYTES else "",
            every_try_is_answered=f"{answers.others}" if answers.others else "",
        ),
    )


def lockout(folder: Path, scale: Scale) -> Row:
    """A stranger guesses one member's password without end; the member logs in, at home and elsewhere."""
    with Target(folder, database_url=scale.database_url, warm=scale.short) as target:
        known = target.member()
        guesses = flood(Flood(target.port, scale.of(200, 30), 10, 10))
        at_home = _tries_until_in(target, known)
        elsewhere = _tries_until_in(target, target.browser("127.0.0.77"))
    return Row(
        "Lock-out of a member by guessing",
        guesses.tries,
        (at_home is None) + (elsewhere is None),
        f"{guesses.checked} checked; a known browser is in at try {at_home}, a new one at try {elsewhere}",
        broken(
            a_known_browser_is_let_in_at_once="" if at_home == 1 else f"at try {at_home}",
            the_right_password_works_elsewhere="refused for good" if elsewhere is None else "",
        ),
    )


def _tries_until_in(target: Target, browser: httpx.Client) -> int | None:
    """At which try the right password is accepted, one every two seconds."""
    for number in range(1, 11):
        if target.log_in(browser, MEMBER, PASSWORD).headers.get("location") == "/":
            return number
        time.sleep(2)
    return None
