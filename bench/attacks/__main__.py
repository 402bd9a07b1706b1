"""`python -m bench.attacks [NAME…] [--short]`: attacks a running installation and prints the table of docs/security.md.

Exit status 1 if anything got through or cost more than it may. Needs Linux. A new attack is a function in a module of
this folder and a line in `ATTACKS`; its short form is a test in tests/security/attacks.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.attacks import calendars, logins, outside, sockets
from bench.attacks.row import HEAD, Attack, Row, Scale

ATTACKS: dict[str, Attack] = {
    "login-parallel": logins.one_address,
    "login-addresses": logins.many_addresses,
    "login-lockout": logins.lockout,
    "socket-log": sockets.log_lines,
    "socket-flood": sockets.flood,
    "socket-count": sockets.connections,
    "caldav-eight": calendars.eight_addresses,
    "proxy-headers": outside.proxy_headers,
    "foreign-hosts": outside.foreign_hosts,
    "cookies": outside.cookies,
    "csrf": outside.cross_site,
    "page-loads": outside.loads,
    "ssrf": outside.forgery,
}


def main(arguments: Sequence[str]) -> int:
    options = _parser().parse_args(arguments)
    if options.list:
        _say("\n".join(ATTACKS))
        return 0
    unknown = [name for name in options.names if name not in ATTACKS]
    if unknown:
        raise SystemExit(f"No such attack: {', '.join(unknown)}. --list shows all.")
    _say(f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}")
    rows = {name: _played(name, Scale(options.short)) for name in options.names or ATTACKS}
    red = {name: row for name, row in rows.items() if row.is_red}
    _say("")
    for name, row in red.items():
        _say("\n".join(f"RED  {name}: {promise}" for promise in row.broken or (f"{row.through} got through",)))
    _say(f"{len(rows) - len(red)} of {len(rows)} attacks failed, as they should")
    return 1 if red else 0


def _played(name: str, scale: Scale) -> Row:
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="oncall-attacks-") as folder:
            row = ATTACKS[name](Path(folder), scale)
    except Exception as error:  # noqa: BLE001 - one attack that can't go on must not stop the others
        row = Row(name, 0, 0, broken=(f"it can be played: {type(error).__name__} {error}",))
    _say(f"| {' | '.join(row.cells(name))} |")
    sys.stderr.write(f"{name}: {'RED' if row.is_red else 'green'}, {time.monotonic() - began:.0f} s\n")
    return row


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.attacks", description="Attack a running installation")
    parser.add_argument("names", nargs="*", metavar="NAME", help="an attack (default: all)")
    parser.add_argument("--short", action="store_true", help="as little as still shows each attack")
    parser.add_argument("--list", action="store_true", help="print the names and exit")
    return parser


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
