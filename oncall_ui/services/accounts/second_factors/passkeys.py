"""Passkeys: adding and removing them, and logging in with one, which takes neither an email nor a password.

A challenge is kept in the session of the browser that asked, and its hash here: it works once, in that browser, for
five minutes. What is signed and checked: oncall_ui/security/passkeys.py.
"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.accounts.login import LoginMethod
from oncall_ui.errors import NotAllowed, OnlyWayIn, PasskeyRefused
from oncall_ui.hub import MemberChanged
from oncall_ui.models import Member, Passkey, PasskeyChallenge, now
from oncall_ui.origin import current_origin
from oncall_ui.security import passkeys as webauthn
from oncall_ui.security.passkeys import InvalidPasskey, RelyingParty
from oncall_ui.security.tokens import hash_token, new_token
from oncall_ui.services.accounts.logging_in.browsers import UNKNOWN, browser_of
from oncall_ui.services.accounts.logging_in.known_browsers import end_trust
from oncall_ui.services.accounts.logging_in.log_in import Outcome, enter
from oncall_ui.services.accounts.logging_in.pending_logins import find_pending
from oncall_ui.services.accounts.members import lock_member
from oncall_ui.services.accounts.second_factors.factors import factors_of
from oncall_ui.services.accounts.second_factors.recovery_codes import delete_codes, make_codes
from oncall_ui.services.accounts.ways_in import has_another_way
from oncall_ui.services.audit.record import record
from oncall_ui.services.text_input import checked_line, without_hidden

log = structlog.get_logger()

LIFETIME = timedelta(seconds=webauthn.TIMEOUT_SECONDS)
MOST = 20
"""Of one member."""
LONGEST_NAME = 100
INSTEAD = "Set a password or add another passkey first."


@dataclass(frozen=True, slots=True)
class PasskeyView:
    """A passkey, as its member may see it."""

    id: int
    name: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Question:
    """What a browser is asked: `options` go to it, the challenge into its session."""

    challenge: str
    options: dict[str, Any]


def are_offered(app: App) -> bool:
    """Whether browsers offer passkeys at the address where people open the app."""
    return webauthn.relying_party(app.settings.public_url) is not None


def passkey_origin(app: App) -> str:
    """The one origin where passkeys work; empty where they aren't offered."""
    party = webauthn.relying_party(app.settings.public_url)
    return party.origin if party else ""


def list_passkeys(app: App, member_id: int) -> tuple[PasskeyView, ...]:
    """The member's, the oldest first."""
    with app.db.read() as session:
        rows = session.exec(select(Passkey).where(Passkey.member_id == member_id).order_by(col(Passkey.id)))
        return tuple(PasskeyView(row.id or 0, row.name, row.created_at, row.last_used_at) for row in rows)


def ask_to_create(app: App, member_id: int) -> Question:
    """For a member who adds a passkey. Raises NotAllowed where passkeys aren't offered, or there are too many."""
    party, challenge = _party(app), new_token()
    with app.db.write() as session:
        member = session.get(Member, member_id)
        known = _known(session, member_id)
        if member is None or len(known) >= MOST:
            raise NotAllowed
        _keep(session, challenge)
    options = webauthn.creation_options(
        party, challenge, user=_handle(member), email=member.email, name=member.name, existing=known
    )
    return Question(challenge, options)


def add_passkey(
    app: App, member_id: int, challenge: str, answer: Mapping[str, Any], *, name: str = ""
) -> tuple[str, ...]:
    """Stores a new passkey, named after the browser unless it has a `name`.

    Returns recovery codes, to be shown once, if the member had no second factor before.

    Raises PasskeyRefused.
    """
    party = _party(app)
    _take(app, challenge)
    with _genuine():
        new = webauthn.created(party, challenge, answer)
    try:
        with app.db.write() as session:
            if session.get(Member, member_id, with_for_update={"key_share": True}) is None:
                raise NotAllowed
            is_first = not factors_of(session, member_id)
            name = _free_name(session, member_id, name or _browser())
            session.add(
                Passkey(
                    member_id=member_id,
                    credential_id=new.id,
                    public_key=new.public_key,
                    sign_count=new.sign_count,
                    transports=list(new.transports),
                    name=name,
                )
            )
            record(session, AuditAction.PASSKEY_ADDED, by=member_id, what=name)
            end_trust(session, member_id)
            codes = make_codes(session, member_id) if is_first else ()
    except IntegrityError as error:
        raise PasskeyRefused("this passkey is known already") from error
    app.hub.publish(MemberChanged(member_id))
    return codes


def rename_passkey(app: App, member_id: int, passkey_id: int, name: str) -> None:
    """Raises NotAllowed unless it is the member's, and InvalidInput for a name that can't be stored."""
    sentence = f"Enter a name of up to {LONGEST_NAME} characters."
    name = checked_line(name, "Name", longest=LONGEST_NAME, sentence=sentence)
    with app.db.write() as session:
        row = _own(session, member_id, passkey_id)
        if row.name == name:
            return
        record(session, AuditAction.PASSKEY_RENAMED, by=member_id, what=name, before=row.name)
        row.name = name
    app.hub.publish(MemberChanged(member_id))


def remove_passkey(app: App, member_id: int, passkey_id: int) -> None:
    """Raises NotAllowed unless it is the member's, and OnlyWayIn if nothing else logs them in.

    Recovery codes go with the last second factor.
    """
    with app.db.write() as session:
        member = lock_member(session, member_id)
        row = _own(session, member_id, passkey_id)
        if not has_another_way(app, session, member, row):
            raise OnlyWayIn(f"{row.name} is the only way you can log in. {INSTEAD}")
        session.delete(row)
        session.flush()
        record(session, AuditAction.PASSKEY_REMOVED, by=member_id, what=row.name)
        end_trust(session, member_id)
        if not factors_of(session, member_id):
            delete_codes(session, member_id)
    app.hub.publish(MemberChanged(member_id))


def ask_to_log_in(app: App, pending: str = "") -> Question:
    """For anybody: the browser offers the passkeys it has. For a log-in that waits, only those of its member.

    Raises NotAllowed where passkeys aren't offered.
    """
    party, challenge = _party(app), new_token()
    with app.db.write() as session:
        row = find_pending(session, pending) if pending else None
        known = _known(session, row.member_id) if row else []
        _keep(session, challenge)
    return Question(challenge, webauthn.request_options(party, challenge, known))


def log_in_with_passkey(
    app: App, challenge: str, answer: Mapping[str, Any], *, pending: str = "", browser: str = "", trust: bool = False
) -> Outcome:
    """Logs in, without any other factor: a passkey verifies its user. It also finishes a log-in that waits.

    Raises PasskeyRefused, also for another member's passkey if a log-in waits.
    """
    party = _party(app)
    _take(app, challenge)
    with app.db.write() as session, _genuine():
        row = _answering(session, answer)
        waiting = find_pending(session, pending, lock=True) if pending else None
        if waiting is not None and waiting.member_id != row.member_id:
            raise PasskeyRefused("another member's passkey")
        row.sign_count = webauthn.verified_count(
            party, challenge, answer, public_key=row.public_key, sign_count=row.sign_count
        )
        row.last_used_at = now()
        if waiting is None:
            return enter(session, row.member_id, LoginMethod.PASSKEY, browser=browser)
        session.delete(waiting)
        return enter(session, row.member_id, waiting.method, factor="passkey", browser=browser, trust=trust)


@contextmanager
def _genuine() -> Iterator[None]:
    """Turns InvalidPasskey into PasskeyRefused."""
    try:
        yield
    except InvalidPasskey as error:
        log.info("passkey refused", reason=str(error))
        raise PasskeyRefused(str(error)) from error


def _answering(session: Session, answer: Mapping[str, Any]) -> Passkey:
    """The passkey that the answer says it is from, locked."""
    named = select(Passkey).where(Passkey.credential_id == webauthn.credential_id(answer))
    row = session.exec(named.with_for_update()).first()
    member = session.get(Member, row.member_id) if row else None
    if row is None or member is None:
        raise PasskeyRefused("unknown passkey")
    if webauthn.user_handle(answer) not in {None, _handle(member)}:
        raise PasskeyRefused("the passkey says it is somebody else's")
    return row


def _party(app: App) -> RelyingParty:
    party = webauthn.relying_party(app.settings.public_url)
    if party is None:
        raise NotAllowed
    return party


def _handle(member: Member) -> bytes:
    """By which a device recognises the account, and replaces the passkey it has for it. It names nobody."""
    return hashlib.sha256(f"member {member.id}, {member.created_at.isoformat()}".encode()).digest()


def _keep(session: Session, challenge: str) -> None:
    session.exec(delete(PasskeyChallenge).where(col(PasskeyChallenge.expires_at) <= now()))
    session.add(PasskeyChallenge(id=hash_token(challenge), expires_at=now() + LIFETIME))


def _take(app: App, challenge: str) -> None:
    """Uses up the challenge, whatever the answer to it is worth."""
    with app.db.write() as session:
        row = session.get(PasskeyChallenge, hash_token(challenge), with_for_update=True)
        is_valid = row is not None and row.expires_at > now()
        if row is not None:
            session.delete(row)
    if not is_valid:
        raise PasskeyRefused("no such challenge")


def _known(session: Session, member_id: int) -> list[tuple[str, list[str]]]:
    rows = session.exec(select(Passkey).where(Passkey.member_id == member_id).order_by(col(Passkey.id)))
    return [(row.credential_id, row.transports) for row in rows]


def _own(session: Session, member_id: int, passkey_id: int) -> Passkey:
    row = session.get(Passkey, passkey_id, with_for_update=True)
    if row is None or row.member_id != member_id:
        raise NotAllowed
    return row


def _browser() -> str:
    name = browser_of(current_origin().user_agent).name
    return "" if name == UNKNOWN else name


def _free_name(session: Session, member_id: int, name: str) -> str:
    """`name`, with a number if the member has a passkey of that name."""
    name = without_hidden(name)[: LONGEST_NAME - 4] or "Passkey"
    taken = set(session.exec(select(Passkey.name).where(Passkey.member_id == member_id)))
    numbered = (f"{name} {number}" for number in range(2, MOST + 2))
    return name if name not in taken else next(each for each in numbered if each not in taken)
