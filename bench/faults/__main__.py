"""`python -m bench.faults [NAME…] [--kills N] [--short]`: plays faults and prints the table of docs/reliability.md.

Exit status 1 on any loss and on any promise that didn't hold. Needs Linux; PostgreSQL's programs and a C compiler for
the plays that use them. Without names every fault is played; a name is a group or one play, see `--list`.
"""

import argparse
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from bench.faults import (
    answers,
    clock,
    conflicts,
    databases,
    destinations,
    keeping,
    keys,
    kills,
    lines,
    load,
    previews,
    publishing,
    ready,
    reminders,
    rows,
    silent,
    starts,
    stopping,
    swaps,
    upgrading,
    workers,
)
from bench.faults.stage.outcome import HEAD, Outcome, Play, Scale
from oncall_ui.reporting.log import configure

GROUPS: dict[str, dict[str, Play]] = {
    "workers": {
        "worker-idle": workers.idle,
        "worker-busy": workers.busy,
        "fork-server": workers.fork_server,
        "previews": previews.cancelled,
    },
    "silent": {"silent-one": silent.one_member, "silent-many": silent.many_members, "drip": silent.dripping},
    "rows": {
        "row-zone": rows.zone,
        "row-product": rows.product,
        "row-cursor": rows.cursor,
        "row-addresses": rows.addresses,
        "row-state": rows.state,
        "row-sealed": rows.sealed,
    },
    "clock": {"clock-back": clock.back, "clock-ahead": clock.ahead},
    "databases": {
        "pg-hung": databases.hung,
        "pg-restarted": databases.restarted,
        "pg-gone": databases.gone,
        "sqlite-locked": databases.locked,
        "disk-full": databases.full,
        "read-only": databases.read_only,
    },
    "starts": {
        "start-newer": starts.newer,
        "start-damaged": starts.damaged,
        "start-missing": starts.missing,
        "start-locked": starts.locked,
        "start-unwritable": starts.unwritable,
    },
    "ready": {
        "workers-hang": ready.workers_hang,
        "disk-nearly-full": ready.nearly_full,
        "old-database": ready.migrations_missing,
    },
    "keys": {"key-missing": keys.missing, "key-other": keys.another},
    "answers": {"304": answers.unasked_304, "redirects": answers.redirect_loop, "etag": answers.new_etag},
    "stopping": {"sigterm": stopping.sigterm, "sighup": stopping.sighup},
    "log": {"log": lines.written},
    "publishing": {"publish-sqlite": publishing.sqlite, "publish-postgresql": publishing.postgresql},
    "destinations": {"send-sqlite": destinations.sqlite, "send-postgresql": destinations.postgresql},
    "conflicts": {"conflicts-sqlite": conflicts.sqlite, "conflicts-postgresql": conflicts.postgresql},
    "swaps": {"swaps-sqlite": swaps.sqlite, "swaps-postgresql": swaps.postgresql},
    "reminders": {"reminders-sqlite": reminders.sqlite, "reminders-postgresql": reminders.postgresql},
    "upgrading": {"upgrade-sqlite": upgrading.sqlite, "upgrade-postgresql": upgrading.postgresql},
    "keeping": {"keep-sqlite": keeping.sqlite, "keep-postgresql": keeping.postgresql},
    "load": {"load": load.after_an_outage},
    "kills": {"kill-sqlite": kills.sqlite, "kill-postgresql": kills.postgresql},
}
LIMIT = 900
"""Seconds for a play, and `--minutes` more for those that kill."""
KILLING = ("kill-", "publish-", "send-", "conflicts-", "swaps-", "reminders-", "upgrade-", "keep-")


def main(arguments: Sequence[str]) -> int:
    options = _parser().parse_args(arguments)
    if options.list:
        _say("\n".join(f"{group}: {' '.join(plays)}" for group, plays in GROUPS.items()))
        return 0
    configure("warning")
    scale = Scale(options.short, options.kills, options.previews, options.minutes)
    _say(f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}")
    outcomes = [_played(name, play, scale) for name, play in _chosen(options.names).items()]
    red = [outcome for outcome in outcomes if outcome.is_red]
    _say("")
    for outcome in red:
        for promise in outcome.broken:
            _say(f"RED  {outcome.fault}: {promise}")
    _say(f"{len(outcomes) - len(red)} of {len(outcomes)} faults did no harm")
    return 1 if red else 0


def _played(name: str, play: Play, scale: Scale) -> Outcome:
    def give_up(_signal: int, _frame: FrameType | None) -> None:
        raise AssertionError("the play took too long")

    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(LIMIT + (int(60 * scale.minutes) if name.startswith(KILLING) else 0))
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="oncall-faults-") as folder:
            outcome = play(Path(folder), scale)
    except Exception as error:  # noqa: BLE001 - one play that can't go on must not stop the others
        outcome = Outcome(name, 0, broken=(f"it can be played: {type(error).__name__} {error}",))
    finally:
        signal.alarm(0)
    _say(f"| {' | '.join(outcome.cells())} |")
    colour = "RED" if outcome.is_red else "green"
    sys.stderr.write("".join(f"  {promise}\n" for promise in outcome.broken))
    sys.stderr.write(f"{name}: {colour}, {time.monotonic() - began:.0f} s\n")
    return outcome


def _chosen(names: Sequence[str]) -> dict[str, Play]:
    every = {name: play for plays in GROUPS.values() for name, play in plays.items()}
    if not names:
        return every
    unknown = [name for name in names if name not in GROUPS and name not in every]
    if unknown:
        raise SystemExit(f"No such fault: {', '.join(unknown)}. --list shows all.")
    return {
        name: play for group, plays in GROUPS.items() for name, play in plays.items() if name in names or group in names
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.faults", description="Play faults on a running installation")
    parser.add_argument("names", nargs="*", metavar="NAME", help="a group or a single fault (default: all)")
    parser.add_argument("--kills", type=int, default=200, help="how often something is killed (default: 200)")
    parser.add_argument("--previews", type=int, default=400, help="how many previews are cancelled (default: 400)")
    parser.add_argument("--minutes", type=float, default=60, help="the longest the kills may take (default: 60)")
    parser.add_argument("--short", action="store_true", help="as little as still shows each fault")
    parser.add_argument("--list", action="store_true", help="print the names and exit")
    return parser


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
