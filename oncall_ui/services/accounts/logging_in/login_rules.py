"""What administrators decide about logging in: who needs a second factor, and whose is reset."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, delete, select

from oncall_ui.app import App
from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.domain.accounts.login import LoginMethod, SecondFactorRule
from oncall_ui.errors import NotAllowed, NotLoggedIn
from oncall_ui.hub import MemberChanged
from oncall_ui.models import LoginRules, LoginSession, Member, Passkey, RecoveryCode, Totp
from oncall_ui.origin import Origin, current_origin
from oncall_ui.services.accounts.logging_in.known_browsers import end_trust
from oncall_ui.services.accounts.logging_in.pending_logins import end_pending
from oncall_ui.services.accounts.logging_in.sessions import LoggedIn, sessions_and_rule, valid_sessions
from oncall_ui.services.accounts.members import require_admin
from oncall_ui.services.accounts.second_factors.factors import factors_of, members_without
from oncall_ui.services.audit.record import record


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules, and whom the one about second factors concerns today."""

    second_factor: SecondFactorRule
    creates_accounts: bool
    concerned: int
    """Members who have to have a second factor."""
    without: int
    """Those of them who have none yet."""


def login_rules(app: App, admin_id: int) -> Rules:
    """Raises NotAllowed unless `admin_id` is an administrator."""
    with app.db.read() as session:
        require_admin(session, admin_id)
        rules = session.get(LoginRules, 1) or LoginRules()
        concerned = _concerned(session, rules.second_factor)
        without = members_without(session, concerned)
        return Rules(rules.second_factor, rules.creates_accounts, len(concerned), len(without))


def require_second_factor(app: App, admin_id: int, rule: SecondFactorRule) -> None:
    """Decides who has to have one. Members who need one and have none can do nothing else until they set
    one up, from their next click on.

    Raises NotAllowed unless `admin_id` is an administrator.
    """
    with app.db.write() as session:
        require_admin(session, admin_id)
        rules = _rules(session)
        if rules.second_factor is rule:
            return
        record(session, AuditAction.LOGIN_RULES_CHANGED, by=admin_id, what="second factor", required_of=rule.value)
        rules.second_factor = rule


def create_accounts(app: App, admin_id: int, is_on: bool) -> None:
    """Decides whether the first log-in with single sign-on creates an account.

    Raises NotAllowed unless `admin_id` is an administrator.
    """
    with app.db.write() as session:
        require_admin(session, admin_id)
        rules = _rules(session)
        if rules.creates_accounts is is_on:
            return
        what = "accounts on first single sign-on"
        record(session, AuditAction.LOGIN_RULES_CHANGED, by=admin_id, what=what, created=is_on)
        rules.creates_accounts = is_on


def require_login(app: App, session_id: str) -> tuple[LoggedIn, bool]:
    """Whose session it is, and whether they have to set up a second factor before anything else.

    Raises NotLoggedIn.
    """
    found = logins(app, {session_id: current_origin()})
    if session_id not in found:
        raise NotLoggedIn
    return found[session_id]


def logins(app: App, used: Mapping[str, Origin]) -> Mapping[str, tuple[LoggedIn, bool]]:
    """As `require_login`, for many at once, given where each session is used; what has ended is left out."""
    found, rule = sessions_and_rule(app, used)
    missing = _missing(app, rule, found)
    return {session_id: (me, session_id in missing) for session_id, me in found.items()}


def pages_logged_in(app: App, used: Mapping[str, Origin]) -> Mapping[str, bool]:
    """As `logins`, for pages that are open and know whose they are."""
    valid, rule = valid_sessions(app, used)
    missing = _missing(app, rule, valid)
    return {session_id: session_id in missing for session_id in valid}


def _missing(app: App, rule: SecondFactorRule, session_ids: Collection[str]) -> Collection[str]:
    """As `_sessions_without`, which isn't asked where the rule concerns nobody: most installations."""
    if rule is SecondFactorRule.NOBODY or not session_ids:
        return ()
    with app.db.read() as session:
        return _sessions_without(session, session_ids)


def must_set_up(app: App, session_id: str) -> bool:
    """Whether the member of this session has to set up a second factor before anything else."""
    with app.db.read() as session:
        return session_id in _sessions_without(session, [session_id])


def _sessions_without(session: Session, session_ids: Collection[str]) -> Collection[str]:
    """Those whose members need a second factor and have none.

    A session that began with single sign-on counts as it is: its provider asks for what it requires.
    """
    rules = session.get(LoginRules, 1)
    if rules is None or rules.second_factor is SecondFactorRule.NOBODY:
        return ()
    rows = session.exec(
        select(LoginSession.id, Member)
        .join(Member, col(LoginSession.member_id) == col(Member.id))
        .where(col(LoginSession.id).in_(session_ids), LoginSession.method != LoginMethod.SINGLE_SIGN_ON)
    )
    concerned = {each: member.id or 0 for each, member in rows if _concerns(rules.second_factor, member)}
    without = members_without(session, {*concerned.values()})
    return {session_id for session_id, member_id in concerned.items() if member_id in without}


def reset_second_factor(app: App, admin_id: int | None, member_id: int) -> None:
    """Deletes a member's authenticator app, recovery codes and passkeys, and ends the trust in their browsers.

    `admin_id` is None on the command line. Raises NotAllowed unless it is another administrator: members turn their own
    second factor off under Security, where they prove who they are.
    """
    with app.db.write() as session:
        if admin_id is not None:
            require_admin(session, admin_id)
        if admin_id == member_id or session.get(Member, member_id, with_for_update={"key_share": True}) is None:
            raise NotAllowed
        factors = factors_of(session, member_id)
        for table in (Totp, RecoveryCode, Passkey):
            session.exec(delete(table).where(col(table.member_id) == member_id))
        end_trust(session, member_id)
        end_pending(session, member_id)
        record(
            session,
            AuditAction.SECOND_FACTOR_RESET,
            by=admin_id,
            about=member_id,
            authenticator_apps=int(factors.has_app),
            passkeys=factors.passkeys,
        )
    app.hub.publish(MemberChanged(member_id))


def _rules(session: Session) -> LoginRules:
    """The row, locked; it is created if it is missing, once, also for two requests at the same time."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.exec(insert(LoginRules).values(id=1).on_conflict_do_nothing())
    return session.get_one(LoginRules, 1, with_for_update=True)


def _concerned(session: Session, rule: SecondFactorRule) -> list[int]:
    return [member.id or 0 for member in session.exec(select(Member)) if _concerns(rule, member)]


def _concerns(rule: SecondFactorRule, member: Member) -> bool:
    return rule is SecondFactorRule.EVERYONE or (rule is SecondFactorRule.ADMINISTRATORS and member.is_admin)
