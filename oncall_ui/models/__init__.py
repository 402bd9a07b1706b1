"""The tables. Times are aware UTC; what a member's event says is in none of them."""

from oncall_ui.models.audit import AuditEntry
from oncall_ui.models.availability import Availability, ManualEntry
from oncall_ui.models.channels import Channel, ChannelDelivery
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
from oncall_ui.models.processes import Lease, TryCount
from oncall_ui.models.receivers import Receiver
from oncall_ui.models.schedules.conflicts import ShiftConflict
from oncall_ui.models.schedules.destinations import Delivery, Destination, DestinationItem
from oncall_ui.models.schedules.imports import RotaImport, RotaName
from oncall_ui.models.schedules.messages import EmailChoice, Message, MessageLink, QuietHours
from oncall_ui.models.schedules.people import Membership, Participant
from oncall_ui.models.schedules.plans import PlanInput, PlanSlot, SchedulePlan
from oncall_ui.models.schedules.published import (
    Assignment,
    LedgerLine,
    PublishedShift,
)
from oncall_ui.models.schedules.requests import RequestAnswer, ShiftRequest
from oncall_ui.models.schedules.settings import (
    Schedule,
    ScheduleAccess,
    ScheduleLimit,
    ScheduleOneOff,
    ShiftRule,
)
from oncall_ui.models.sharing import ApiToken, FeedAddress, ShiftFeedAddress
from oncall_ui.models.team import GuideRemark, GuideVote, ImportHour, Team

__all__ = [
    "ApiToken",
    "Assignment",
    "AuditEntry",
    "AuthorizationRequest",
    "Availability",
    "Calendar",
    "CalendarDigest",
    "Channel",
    "ChannelDelivery",
    "Connection",
    "Delivery",
    "Destination",
    "DestinationItem",
    "EmailChange",
    "EmailChoice",
    "FeedAddress",
    "GuideRemark",
    "GuideVote",
    "Identity",
    "ImportHour",
    "Invitation",
    "KnownBrowser",
    "Lease",
    "LedgerLine",
    "LoginRequest",
    "LoginRules",
    "LoginSession",
    "ManualEntry",
    "Member",
    "Membership",
    "Message",
    "MessageLink",
    "Participant",
    "Passkey",
    "PasskeyChallenge",
    "PendingLogin",
    "PlanInput",
    "PlanSlot",
    "PublishedShift",
    "QuietHours",
    "Receiver",
    "RecoveryCode",
    "RequestAnswer",
    "ResetLink",
    "RotaImport",
    "RotaName",
    "Schedule",
    "ScheduleAccess",
    "ScheduleLimit",
    "ScheduleOneOff",
    "SchedulePlan",
    "ServerSecret",
    "SetupLink",
    "ShiftConflict",
    "ShiftFeedAddress",
    "ShiftRequest",
    "ShiftRule",
    "Team",
    "Totp",
    "TrustedAddress",
    "TryCount",
    "now",
]
