"""`run.py user …`: accounts without the web page, by email address."""

import argparse
import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from oncall_ui.cli.failing import CommandFailed
from oncall_ui.settings import Settings

if TYPE_CHECKING:
    from oncall_ui.app import App
    from oncall_ui.services.accounts.removal import RemovalEffects

ROLES = {"admin": True, "member": False}


def add_commands(user: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The actions of `user`."""
    add = user.add_parser("add", help="create a member without the web page")
    add.add_argument("email", metavar="EMAIL")
    add.add_argument("--name", required=True)
    add.add_argument("--zone", default="UTC", help="IANA time zone, for example Europe/Berlin (default: UTC)")
    add.add_argument("--admin", action="store_true", help="make the member an administrator")
    add.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    add.set_defaults(command=user_add)

    user.add_parser("list", help="list accounts and invitations").set_defaults(command=user_list)

    invited = user.add_parser("invite", help="print a link that creates an account, once, within 72 hours")
    invited.add_argument("email", metavar="EMAIL")
    invited.add_argument("--admin", action="store_true", help="make the member an administrator")
    invited.set_defaults(command=user_invite)

    reset = user.add_parser("reset", help="print a link that sets a new password, once, within 1 hour")
    reset.add_argument("email", metavar="EMAIL")
    reset.add_argument("--second-factor", action="store_true", help="delete authenticator app and passkeys instead")
    reset.set_defaults(command=user_reset)

    changed = user.add_parser("email", help="change the address a member logs in with")
    changed.add_argument("email", metavar="OLD")
    changed.add_argument("new", metavar="NEW")
    changed.set_defaults(command=user_email)

    role = user.add_parser("role", help="make a member an administrator, or the other way round")
    role.add_argument("email", metavar="EMAIL")
    role.add_argument("role", choices=list(ROLES))
    role.set_defaults(command=user_role)

    remove = user.add_parser("remove", help="delete an account with everything it owns")
    remove.add_argument("email", metavar="EMAIL")
    remove.add_argument("--yes", action="store_true", help="don't ask first")
    remove.set_defaults(command=user_remove)


def user_add(options: argparse.Namespace) -> None:
    from oncall_ui.services.accounts.members import add_member

    password = sys.stdin.readline().rstrip("\n") if options.password_stdin else _ask_password()
    with _accounts() as app:
        add_member(
            app,
            name=options.name,
            email=options.email,
            password=password,
            zone=options.zone,
            is_admin=options.admin,
        )
        sys.stdout.write(f"{options.email} can log in at {app.settings.public_url}/login\n")


def user_list(_options: argparse.Namespace) -> None:
    from oncall_ui.models import now
    from oncall_ui.services.accounts.member_list import read_members

    with _accounts() as app:
        found = read_members(app, None, now())
    lines = [("EMAIL", "ROLE", "CALENDARS", "LAST SEEN (UTC)", "NAME")]
    for member in found.members:
        seen = f"{member.last_seen_at:%Y-%m-%d %H:%M}" if member.last_seen_at else "-"
        lines.append((member.email, _role(member.is_admin), str(member.calendars.total), seen, member.name))
    for invitation in found.invitations:
        until = (
            f"{'expired' if invitation.expires_at <= now() else 'invited until'} {invitation.expires_at:%Y-%m-%d %H:%M}"
        )
        lines.append((invitation.email, _role(invitation.is_admin), "-", until, "-"))
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]) - 1)]
    for line in lines:
        padded = [cell.ljust(width) for cell, width in zip(line, widths, strict=False)]
        sys.stdout.write(f"{'  '.join((*padded, line[-1]))}\n")


def user_invite(options: argparse.Namespace) -> None:
    from oncall_ui.services.accounts.links.invitations import invite

    with _accounts() as app:
        sys.stdout.write(f"{invite(app, None, options.email, is_admin=options.admin).url}\n")


def user_reset(options: argparse.Namespace) -> None:
    from oncall_ui.services.accounts.links.reset import create_reset_link
    from oncall_ui.services.accounts.logging_in.login_rules import reset_second_factor

    with _accounts() as app:
        if options.second_factor:
            reset_second_factor(app, None, _member_id(app, options.email))
            sys.stdout.write(f"{options.email} logs in with the password alone now\n")
            return
        sys.stdout.write(f"{create_reset_link(app, None, _member_id(app, options.email))}\n")


def user_email(options: argparse.Namespace) -> None:
    from oncall_ui.services.accounts.links.email_change import change_email

    with _accounts() as app:
        new = change_email(app, None, _member_id(app, options.email), options.new)
    sys.stdout.write(f"{options.email} logs in as {new} now\n")


def user_role(options: argparse.Namespace) -> None:
    from oncall_ui.services.accounts.roles import change_role

    with _accounts() as app:
        change_role(app, None, _member_id(app, options.email), is_admin=ROLES[options.role])
    sys.stdout.write(f"{options.email} is {'an administrator' if ROLES[options.role] else 'a member'} now\n")


def user_remove(options: argparse.Namespace) -> None:
    from oncall_ui.services.accounts.removal import removal_effects, remove_member

    with _accounts() as app:
        member_id = _member_id(app, options.email)
        effects = removal_effects(app, None, member_id)
        if not options.yes:
            _confirm(effects)
        failed = asyncio.run(remove_member(app, None, member_id))
    sys.stdout.write(f"{' '.join((f'{effects.email} is removed.', failed)).strip()}\n")


def _confirm(effects: "RemovalEffects") -> None:
    """Asks at a terminal; without one, `--yes` is needed."""
    if not sys.stdin.isatty():
        raise CommandFailed(f"Nothing was removed. To remove {effects.email} without being asked, add --yes.")
    sys.stdout.write(
        f"{effects.name} <{effects.email}>: the account, its availability, {effects.connections} calendar connections "
        f"and {effects.tokens} API tokens are deleted, {effects.sessions} browsers logged out. You can’t undo this.\n"
    )
    if _answer("Remove? [y/N] ", input).strip().lower() not in {"y", "yes"}:
        raise CommandFailed("Nothing was removed.")


@contextmanager
def _accounts() -> Iterator["App"]:
    """The installation, for one command. What a service refuses becomes one line."""
    from oncall_ui.errors import Gone, InvalidInput, LastAdministrator
    from oncall_ui.starting import start_app

    app = start_app(Settings())
    try:
        yield app
    except InvalidInput as error:
        raise CommandFailed(f"{error.field}: {error.sentence}") from error
    except (Gone, LastAdministrator) as error:
        raise CommandFailed(str(error)) from error
    finally:
        app.close()


def _member_id(app: "App", email: str) -> int:
    from oncall_ui.services.accounts.members import find_member

    member_id = find_member(app, email)
    if member_id is None:
        raise CommandFailed(f"{email} has no account here. To see all accounts: python run.py user list")
    return member_id


def _role(is_admin: bool) -> str:
    return "admin" if is_admin else "member"


def _ask_password() -> str:
    from getpass import getpass

    if password := _answer("Password: ", getpass):
        return password
    raise CommandFailed("No password was typed. Without a terminal, add --password-stdin and pipe the password in.")


def _answer(question: str, ask: Callable[[str], str]) -> str:
    """What is typed; nothing where nobody can type, or Ctrl-D is pressed."""
    try:
        return ask(question)
    except EOFError:
        sys.stdout.write("\n")
        return ""
