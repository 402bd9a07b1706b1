"""The tables. Times are aware UTC; what a member's event says is in none of them."""

from oncall_ui.models.audit import AuditEntry
from oncall_ui.models.availability import Availability, ManualEntry
from oncall_ui.models.columns import now
from oncall_ui.models.connections import AuthorizationRequest, Calendar, CalendarDigest, Connection
from oncall_ui.models.login import (
    Identity,
    KnownBrowser,
    LoginRequest,
    LoginRules,
    Passkey,
    PasskeyChallenge,
    PendingLogin,
    RecoveryCode,
    ServerSecret,
    Totp,
)
from oncall_ui.models.members import EmailChange, Invitation, LoginSession, Member, ResetLink, SetupLink, TrustedAddress
from oncall_ui.models.sharing import ApiToken, FeedAddress
from oncall_ui.models.team import GuideVote, Team

__all__ = [
    "ApiToken",
    "AuditEntry",
    "AuthorizationRequest",
    "Availability",
    "Calendar",
    "CalendarDigest",
    "Connection",
    "EmailChange",
    "FeedAddress",
    "GuideVote",
    "Identity",
    "Invitation",
    "KnownBrowser",
    "LoginRequest",
    "LoginRules",
    "LoginSession",
    "ManualEntry",
    "Member",
    "Passkey",
    "PasskeyChallenge",
    "PendingLogin",
    "RecoveryCode",
    "ResetLink",
    "ServerSecret",
    "SetupLink",
    "Team",
    "Totp",
    "TrustedAddress",
    "now",
]
