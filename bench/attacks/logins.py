"""Wrong passwords: many at once from one address, from many addresses, and against one member's account."""

import time
from pathlib import Path

import httpx

from bench.attacks.flood import Flood, flood
from bench.attacks.row import Row, Scale, broken
from bench.attacks.target import MEMBER, PASSWORD, Target, look, looking

LOADS = 15
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
    with Target(folder) as target:
        member = target.member()
        look(member, 5)
        idle, memory = look(member, LOADS), target.megabytes()
        with looking(member) as during:
            spec = Flood(target.port, PARALLEL, PARALLEL, addresses, scale.of(20, 5), "guess{}@example.org")
            answers = flood(spec)
        after = look(member, LOADS)
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
    with Target(folder) as target:
        known = target.member()
        guesses = flood(Flood(target.port, scale.of(200, 30), 10, 10))
        known_waits = _until_in(target, known)
        elsewhere_waits = _until_in(target, target.browser("127.0.0.77"))
    through = sum(waited is None for waited in (known_waits, elsewhere_waits))
    return Row(
        "Lock-out of a member by guessing",
        guesses.tries,
        through,
        f"{guesses.checked} checked; known browser waits {_said(known_waits)}, a new one {_said(elsewhere_waits)}",
        broken(
            a_known_browser_is_let_in_at_once="" if known_waits is not None and known_waits < 2 else _said(known_waits),
            the_right_password_works_elsewhere=_said(elsewhere_waits) if elsewhere_waits is None else "",
        ),
    )


def _until_in(target: Target, browser: httpx.Client, within: float = 20) -> float | None:
    """Seconds until the right password is accepted, trying every second."""
    began = time.monotonic()
    while time.monotonic() - began < within:
        if target.log_in(browser, MEMBER, PASSWORD).headers.get("location") == "/":
            return time.monotonic() - began
        time.sleep(1)
    return None


def _said(seconds: float | None) -> str:
    return "for more than 20 s" if seconds is None else f"{seconds:.0f} s"
