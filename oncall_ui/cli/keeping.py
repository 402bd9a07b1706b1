"""`run.py backup`, `restore` and `move`: keeping an installation's data, and moving it."""

import argparse
import sys
from pathlib import Path

from sqlalchemy.engine import make_url

from oncall_ui.settings import Settings

MEGABYTE = 1_000_000


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    kept = commands.add_parser("backup", help="write everything into one file, while the app runs")
    kept.add_argument("file", type=Path, metavar="FILE")
    kept.add_argument("--with-keys", action="store_true", help="include the keys that open the credentials in it")
    kept.set_defaults(command=backup)

    put_back = commands.add_parser("restore", help="replace everything by a backup; the app has to be stopped")
    put_back.add_argument("file", type=Path, metavar="FILE")
    put_back.set_defaults(command=restore)

    moved = commands.add_parser("move", help="copy everything into another, empty database")
    moved.add_argument("--to", required=True, metavar="URL", help="such as postgresql+psycopg://oncall:…@db/oncall")
    moved.set_defaults(command=move)


def backup(options: argparse.Namespace) -> None:
    from oncall_ui.keeping.backup import back_up

    made = back_up(Settings(), options.file, with_keys=options.with_keys)
    keys = (
        "The keys are in it: anyone who has this file can read every credential."
        if made.manifest.keys
        else "The keys aren’t in it. Keep secret.key or ONCALL_SECRET_KEYS as well: without them, members have to "
        "reconnect their calendars."
    )
    size = f"{made.size / MEGABYTE:,.1f} MB"
    sys.stdout.write(f"{made.manifest.rows:,} rows, {size}, in {made.path}. {keys}\n")


def restore(options: argparse.Namespace) -> None:
    from oncall_ui.keeping.restore import restore as put_back

    found = put_back(Settings(), options.file)
    made_at = f"{found.manifest.made_at:%d %B %Y, %H:%M} UTC"
    sys.stdout.write(f"Restored {found.manifest.rows:,} rows, as of {made_at}. Start the app now.\n")
    for path in found.kept:
        sys.stdout.write(f"What was there before is {path}. Delete it once all is well.\n")
    if found.unreadable:
        whose = "1 credential" if found.unreadable == 1 else f"{found.unreadable} credentials"
        sys.stdout.write(f"No key here opens {whose}. Add the previous key to ONCALL_SECRET_KEYS, after the new one.\n")


def move(options: argparse.Namespace) -> None:
    from oncall_ui.keeping.move import move as move_all

    moved = move_all(Settings(), options.to)
    url = make_url(options.to)
    address = url.render_as_string(hide_password=True) + " with its password" * (url.password is not None)
    sys.stdout.write(
        f"Copied {moved.rows:,} rows of {moved.tables} tables, and compared them. Set ONCALL_DATABASE_URL={address}, "
        "then start the app. The old database is as it was.\n"
    )
