"""The command line. A command that fails prints one line and exits with 2."""

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import date
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ValidationError

from oncall_ui.domain.availability.rules import Mode
from oncall_ui.domain.imports.failures import Failure
from oncall_ui.log import configure
from oncall_ui.settings import Settings


class CommandFailed(Exception):
    """Ends a command; the message is the line on standard error."""


def main(arguments: Sequence[str]) -> int:
    """Returns the exit status: 0, or 2 after one clear line on standard error."""
    options = _parser().parse_args(arguments or ["serve"])
    configure()
    command: Callable[[argparse.Namespace], None] = options.command
    try:
        command(options)
    except (CommandFailed, ValueError) as error:
        sys.stderr.write(f"{_one_line(error)}\n")
        return 2
    except KeyboardInterrupt:
        return 0
    return 0


def serve(_options: argparse.Namespace) -> None:
    from oncall_ui.serving import serve as serve_pages

    serve_pages(Settings())


def demo(_options: argparse.Namespace) -> None:
    from oncall_ui.demo import serve_demo

    serve_demo()


def user_add(options: argparse.Namespace) -> None:
    from oncall_ui.app import open_app
    from oncall_ui.errors import InvalidInput
    from oncall_ui.migrations import migrate
    from oncall_ui.services.accounts.members import add_member

    password = sys.stdin.readline().rstrip("\n") if options.password_stdin else _ask_password()
    app = open_app(Settings())
    try:
        migrate(app.db)
        add_member(
            app,
            name=options.name,
            email=options.email,
            password=password,
            zone=options.zone,
            is_admin=options.admin,
        )
    except InvalidInput as error:
        raise CommandFailed(f"{error.field}: {error.sentence}") from error
    finally:
        app.close()
    sys.stdout.write(f"{options.email} can log in at {app.settings.public_url}/login\n")


def doctor(_options: argparse.Namespace) -> None:
    from oncall_ui.doctor import Verdict, examine

    faults = 0
    for finding in examine(Settings()):
        faults += finding.verdict is Verdict.FAULT
        sys.stdout.write(f"{finding.verdict.upper():5}  {finding.name:12}  {finding.text}\n")
        sys.stdout.flush()
    if faults:
        raise CommandFailed(f"{faults} {'problem' if faults == 1 else 'problems'} found (marked FAULT).")


def show_preview(options: argparse.Namespace) -> None:
    from oncall_ui.cli.preview import preview

    try:
        found = preview(
            options.source,
            Settings(),
            start=options.start,
            end=options.end,
            zone=options.zone,
            mode=options.mode,
            addresses=options.me,
        )
    except Failure as failure:
        raise CommandFailed(failure.sentence) from failure
    except OSError as error:
        raise CommandFailed(f"{options.source}: {error.strerror or error}") from error
    sys.stdout.write(f"{found.as_json() if options.json else found.as_table()}\n")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"{name!r} is not an IANA time zone such as Europe/Berlin") from error


def _ask_password() -> str:
    from getpass import getpass

    return getpass("Password: ")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="run.py", description="Who can be on call, and who should be?")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("serve", help="serve the app (also without a command)").set_defaults(command=serve)
    commands.add_parser("demo", help="serve a sample team of six; nothing is kept").set_defaults(command=demo)

    examined = commands.add_parser("doctor", help="check configuration, keys, database, clock, network, sign-ins")
    examined.set_defaults(command=doctor)

    user = commands.add_parser("user", help="manage accounts").add_subparsers(required=True, metavar="ACTION")
    add = user.add_parser("add", help="create a member without the web page")
    add.add_argument("email", metavar="EMAIL")
    add.add_argument("--name", required=True)
    add.add_argument("--zone", default="UTC", help="IANA time zone, for example Europe/Berlin (default: UTC)")
    add.add_argument("--admin", action="store_true", help="make the member an administrator")
    add.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    add.set_defaults(command=user_add)

    shown = commands.add_parser("preview", help="show what an import of a calendar would bring")
    shown.add_argument("source", metavar="FILE-OR-URL")
    shown.add_argument("--start", type=date.fromisoformat, metavar="DATE", help="first day (default: today)")
    shown.add_argument("--end", type=date.fromisoformat, metavar="DATE", help="day after the last (default: 90 days)")
    shown.add_argument("--zone", type=_zone, help="IANA time zone of the days (default: the calendar's, else UTC)")
    shown.add_argument("--mode", type=Mode, choices=list(Mode), default=Mode.MATCHING)
    shown.add_argument("--me", nargs="+", action="extend", default=[], metavar="EMAIL", help="your email addresses")
    shown.add_argument("--json", action="store_true")
    shown.set_defaults(command=show_preview)
    return parser


def _one_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"ONCALL_{'_'.join(map(str, first['loc'])).upper()}: {first['msg'].removeprefix('Value error, ')}"
    return str(error)
