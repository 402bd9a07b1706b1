"""The command line. A command that fails prints one line and exits with 2."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import ValidationError

from oncall_ui.cli import keeping, users
from oncall_ui.cli.failing import CommandFailed
from oncall_ui.domain.availability.rules import Mode
from oncall_ui.domain.imports.failures import Failure
from oncall_ui.private_files import create_private_files
from oncall_ui.reporting.log import configure
from oncall_ui.settings import Settings


def main(arguments: Sequence[str]) -> int:
    """Returns the exit status: 0, or 2 after one clear line on standard error."""
    _open_what_is_closed()
    options = _parser().parse_args(arguments or ["serve"])
    configure()
    create_private_files()
    command: Callable[[argparse.Namespace], None] = options.command
    try:
        command(options)
    except (CommandFailed, ValueError) as error:
        sys.stderr.write(f"{_one_line(error)}\n")
        return 2
    except KeyboardInterrupt:
        return 0
    except Exception as error:
        if sentence := _database_sentence(error):
            sys.stderr.write(f"{sentence}\n")
            return 2
        raise
    return 0


def _open_what_is_closed() -> None:
    """Started with `<&-` or by a daemon that closes everything, a command reads nothing, and what it says is lost."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - open until the end


def serve(_options: argparse.Namespace) -> None:
    from oncall_ui.threads import import_behind_others

    settings = Settings()
    if settings.role == "web":
        import_behind_others("oncall_ui.serving")
    from oncall_ui.serving import serve as serve_pages

    serve_pages(settings)


def demo(_options: argparse.Namespace) -> None:
    from oncall_ui.demo import serve_demo

    serve_demo()


def new_key(_options: argparse.Namespace) -> None:
    from oncall_ui.services.connections.credentials import give_up_lost
    from oncall_ui.starting import open_without_key

    app = open_without_key(Settings())
    try:
        lost = give_up_lost(app)
    finally:
        app.close()
    whose = "1 connection has" if lost == 1 else f"{lost} connections have"
    sys.stdout.write(f"There is a key. {whose} to be reconnected by its member.\n")


def doctor(_options: argparse.Namespace) -> None:
    from oncall_ui.doctor.examine import examine
    from oncall_ui.doctor.finding import Verdict

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


def show_plan(options: argparse.Namespace) -> None:
    from oncall_ui.cli.plan import plan

    found = plan(options.source)
    sys.stdout.write(f"{found.as_json() if options.json else found.as_table()}\n")


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise argparse.ArgumentTypeError(f"{name!r} is not an IANA time zone such as Europe/Berlin") from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="run.py", description="Who can be on call, and who should be?")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("serve", help="serve the app (also without a command)").set_defaults(command=serve)
    commands.add_parser("demo", help="serve a sample team of six; nothing is kept").set_defaults(command=demo)

    lost = commands.add_parser("new-key", help="go on without a secret key that is lost for good")
    lost.set_defaults(command=new_key)

    examined = commands.add_parser("doctor", help="check configuration, keys, database, clock, network, sign-ins")
    examined.set_defaults(command=doctor)

    user = commands.add_parser("user", help="manage accounts").add_subparsers(required=True, metavar="ACTION")
    users.add_commands(user)
    keeping.add_commands(commands)

    shown = commands.add_parser("preview", help="show what an import of a calendar would bring")
    shown.add_argument("source", metavar="FILE-OR-URL")
    shown.add_argument("--start", type=date.fromisoformat, metavar="DATE", help="first day (default: today)")
    shown.add_argument("--end", type=date.fromisoformat, metavar="DATE", help="day after the last (default: 90 days)")
    shown.add_argument("--zone", type=_zone, help="IANA time zone of the days (default: the calendar's, else UTC)")
    shown.add_argument("--mode", type=Mode, choices=list(Mode), default=Mode.MATCHING)
    shown.add_argument("--me", nargs="+", action="extend", default=[], metavar="EMAIL", help="your email addresses")
    shown.add_argument("--json", action="store_true")
    shown.set_defaults(command=show_preview)

    planned = commands.add_parser("plan", help="plan shifts for the people, shifts and availability in a file")
    planned.add_argument("source", metavar="FILE", help="JSON, described in docs/plan.md")
    planned.add_argument("--json", action="store_true")
    planned.set_defaults(command=show_plan)
    return parser


def _database_sentence(error: Exception) -> str:
    """Empty if the database isn't to blame."""
    from oncall_ui.database.problems import detail_of, problem_of

    problem = problem_of(error)
    return f"{problem.what.removesuffix('.')} ({detail_of(error)}). {problem.advice}" if problem else ""


def _one_line(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"ONCALL_{'_'.join(map(str, first['loc'])).upper()}: {first['msg'].removeprefix('Value error, ')}"
    return str(error)
