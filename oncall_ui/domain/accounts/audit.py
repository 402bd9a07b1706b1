"""What the audit log can say: a closed list, so that it can be filtered and translated."""

from enum import StrEnum


class AuditAction(StrEnum):
    """What somebody did. The part before the dot is what the page filters by."""

    LOGGED_IN = "login.succeeded"
    LOGIN_FAILED = "login.failed"
    LOGGED_OUT = "login.logged_out"
    SESSION_ENDED = "login.session_ended"
    SESSIONS_ENDED = "login.sessions_ended"

    ACCOUNT_CREATED = "account.created"
    INVITED = "account.invited"
    INVITATION_RENEWED = "account.invitation_renewed"
    INVITATION_REVOKED = "account.invitation_revoked"
    ROLE_CHANGED = "account.role_changed"
    MEMBER_REMOVED = "account.removed"
    ACCOUNT_ERASED = "account.erased"
    PROFILE_CHANGED = "account.profile_changed"
    EMAILS_CHOSEN = "account.emails_chosen"
    QUIET_HOURS_CHOSEN = "account.quiet_hours_chosen"
    CHANNEL_ADDED = "account.channel_added"
    CHANNEL_CHANGED = "account.channel_changed"
    CHANNEL_REMOVED = "account.channel_removed"
    EMAIL_CHANGE_ASKED = "account.email_change_asked"
    EMAIL_CHANGED = "account.email_changed"
    ADDRESS_ADDED = "account.address_added"
    ADDRESS_REMOVED = "account.address_removed"
    DATA_EXPORTED = "account.data_exported"

    PASSWORD_CHANGED = "security.password_changed"  # noqa: S105 - a word, not a value
    RESET_LINK_CREATED = "security.reset_link_created"
    RESET_LINK_ASKED = "security.reset_link_asked"
    PASSWORD_RESET = "security.password_reset"  # noqa: S105 - a word, not a value
    TWO_FACTOR_ON = "security.two_factor_on"
    TWO_FACTOR_OFF = "security.two_factor_off"
    RECOVERY_CODES_MADE = "security.recovery_codes_made"
    RECOVERY_CODE_USED = "security.recovery_code_used"
    SECOND_FACTOR_RESET = "security.second_factor_reset"
    PASSKEY_ADDED = "security.passkey_added"
    PASSKEY_RENAMED = "security.passkey_renamed"
    PASSKEY_REMOVED = "security.passkey_removed"
    IDENTITY_LINKED = "security.identity_linked"
    IDENTITY_UNLINKED = "security.identity_unlinked"

    CONNECTED = "connection.connected"
    RECONNECTED = "connection.reconnected"
    DISCONNECTED = "connection.disconnected"
    CALENDARS_CHOSEN = "connection.calendars_chosen"

    TAGS_CHANGED = "setting.tags_changed"
    LOGIN_RULES_CHANGED = "setting.login_rules_changed"

    BACKED_UP = "server.backed_up"
    EMAIL_TESTED = "server.email_tested"

    FEED_CREATED = "sharing.feed_created"
    FEED_REMOVED = "sharing.feed_removed"
    TOKEN_CREATED = "sharing.token_created"  # noqa: S105 - a word, not a value
    TOKEN_REMOVED = "sharing.token_removed"  # noqa: S105 - a word, not a value

    SCHEDULE_CREATED = "schedule.created"
    SCHEDULE_CHANGED = "schedule.changed"
    SCHEDULE_ARCHIVED = "schedule.archived"
    SCHEDULE_ACCESS_CHANGED = "schedule.access_changed"
    SCHEDULE_PEOPLE_CHANGED = "schedule.people_changed"
    DRAFT_CREATED = "schedule.draft_created"
    DRAFT_CHANGED = "schedule.draft_changed"
    DRAFT_DISCARDED = "schedule.draft_discarded"
    PLAN_PUBLISHED = "schedule.published"
    SHIFT_HANDED_OVER = "schedule.shift_handed_over"
    COVER_ASKED = "schedule.cover_asked"
    COVER_ANSWERED = "schedule.cover_answered"
    COVER_CHANGED = "schedule.cover_changed"
    COVER_WITHDRAWN = "schedule.cover_withdrawn"
    SHIFT_TAKEN = "schedule.shift_taken"
    SHIFTS_SWAPPED = "schedule.shifts_swapped"
    SWAP_UNDONE = "schedule.swap_undone"
    DESTINATION_ADDED = "schedule.destination_added"
    DESTINATION_CHANGED = "schedule.destination_changed"
    DESTINATION_REMOVED = "schedule.destination_removed"
    CONFLICT_KEPT = "schedule.conflict_kept"
    PLAN_REPAIRED = "schedule.repaired"
    LEDGER_ADJUSTED = "schedule.ledger_adjusted"
    HISTORY_IMPORTED = "schedule.history_imported"
    HISTORY_IMPORT_UNDONE = "schedule.history_import_undone"

    @property
    def subject(self) -> str:
        """`login`, `account`, `security`, `connection`, `setting`, `server`, `sharing` or `schedule`."""
        return self.value.partition(".")[0]
