"""A line of the audit log as a sentence: who did what to whom, what it brought about, and where it came from."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from oncall_ui.domain.accounts.audit import AuditAction
from oncall_ui.services.accounts.logging_in.browsers import browser_of
from oncall_ui.services.audit.query import Entry
from pages.widgets.dates import count

COMMAND_LINE, NOBODY = "Command line", "Somebody"
SUBJECTS = {
    "account": "Accounts",
    "login": "Log-ins",
    "security": "Security",
    "connection": "Connections",
    "sharing": "Links and tokens",
    "setting": "Settings",
    "server": "Server",
    "schedule": "Schedules",
}
"""What the page filters by, see `AuditAction.subject`."""

SENTENCES: Mapping[str, str] = {
    AuditAction.LOGGED_IN: "{who} logged in{how}",
    AuditAction.LOGGED_OUT: "{who} logged out",
    AuditAction.SESSION_ENDED: "{who} logged out {what}",
    AuditAction.SESSIONS_ENDED: "{who} logged out {their} other browsers",
    AuditAction.ACCOUNT_CREATED: "{who} created {their} account",
    AuditAction.INVITED: "{who} invited {whom}{as_what}",
    AuditAction.INVITATION_RENEWED: "{who} created a new invitation link for {whom}",
    AuditAction.INVITATION_REVOKED: "{who} revoked the invitation of {whom}",
    AuditAction.ROLE_CHANGED: "{who} made {whom} {a_what}",
    AuditAction.MEMBER_REMOVED: "{who} removed {whom}",
    AuditAction.ACCOUNT_ERASED: "{who} erased {their} account",
    AuditAction.PROFILE_CHANGED: "{who} changed {their} {profile}",
    AuditAction.EMAILS_CHOSEN: "{who} changed which emails {they} get",
    AuditAction.QUIET_HOURS_CHOSEN: "{who} changed when {they} get no emails",
    AuditAction.CHANNEL_ADDED: "{who} added the channel {what}",
    AuditAction.CHANNEL_CHANGED: "{who} changed the channel {what}",
    AuditAction.CHANNEL_REMOVED: "{who} removed the channel {what}",
    AuditAction.EMAIL_CHANGE_ASKED: "{who} asked to change {their} email{to_what}",
    AuditAction.EMAIL_CHANGED: "{who} changed {their} email{to_what}",
    AuditAction.ADDRESS_ADDED: "{who} added the address {what}",
    AuditAction.ADDRESS_REMOVED: "{who} removed the address {what}",
    AuditAction.DATA_EXPORTED: "{who} exported {exported}",
    AuditAction.PASSWORD_CHANGED: "{who} changed {their} password",
    AuditAction.RESET_LINK_CREATED: "{who} created a reset link for {whom}",
    AuditAction.RESET_LINK_ASKED: "{who} asked for a reset link",
    AuditAction.PASSWORD_RESET: "{who} set a new password with a reset link",
    AuditAction.TWO_FACTOR_ON: "{who} turned on two-factor",
    AuditAction.TWO_FACTOR_OFF: "{who} turned off two-factor",
    AuditAction.RECOVERY_CODES_MADE: "{who} created new recovery codes",
    AuditAction.RECOVERY_CODE_USED: "{who} used a recovery code",
    AuditAction.SECOND_FACTOR_RESET: "{who} reset the second factor",
    AuditAction.PASSKEY_ADDED: "{who} added the passkey {what}",
    AuditAction.PASSKEY_RENAMED: "{who} renamed the passkey {what}",
    AuditAction.PASSKEY_REMOVED: "{who} removed the passkey {what}",
    AuditAction.IDENTITY_LINKED: "{who} linked {what}",
    AuditAction.IDENTITY_UNLINKED: "{who} unlinked {what}",
    AuditAction.CONNECTED: "{who} connected {what}",
    AuditAction.RECONNECTED: "{who} reconnected {what}",
    AuditAction.DISCONNECTED: "{who} disconnected {what}",
    AuditAction.CALENDARS_CHOSEN: "{who} changed the calendars of {what}",
    AuditAction.TAGS_CHANGED: "{who} changed {tags}",
    AuditAction.LOGIN_RULES_CHANGED: "{who} changed {rules}",
    AuditAction.BACKED_UP: "{who} made the backup {what}",
    AuditAction.EMAIL_TESTED: "{who} sent a test email",
    AuditAction.FEED_CREATED: "{who} created {their} private feed link",
    AuditAction.FEED_REMOVED: "{who} removed {their} private feed link",
    AuditAction.TOKEN_CREATED: "{who} created the API token {what}",
    AuditAction.TOKEN_REMOVED: "{who} removed the API token {what}",
    AuditAction.SCHEDULE_CREATED: "{who} created the schedule {what}",
    AuditAction.SCHEDULE_CHANGED: "{who} changed the schedule {what}",
    AuditAction.SCHEDULE_ARCHIVED: "{who} archived the schedule {what}",
    AuditAction.SCHEDULE_ACCESS_CHANGED: "{who} changed the access to the schedule {what}",
    AuditAction.SCHEDULE_PEOPLE_CHANGED: "{who} changed the people of the schedule {what}",
    AuditAction.DRAFT_CREATED: "{who} created a draft for {what}",
    AuditAction.DRAFT_CHANGED: "{who} changed a draft for {what}",
    AuditAction.DRAFT_DISCARDED: "{who} discarded a draft for {what}",
    AuditAction.PLAN_PUBLISHED: "{who} published a plan for {what}",
    AuditAction.SHIFT_HANDED_OVER: "{who} handed over a shift of {what}",
    AuditAction.COVER_ASKED: "{who} asked for cover of a shift of {what}",
    AuditAction.COVER_ANSWERED: "{who} answered a request for cover in {what}",
    AuditAction.COVER_CHANGED: "{who} changed a request for cover in {what}",
    AuditAction.COVER_WITHDRAWN: "{who} withdrew a request for cover in {what}",
    AuditAction.SHIFT_TAKEN: "{who} took a shift of {what}",
    AuditAction.SHIFTS_SWAPPED: "{who} swapped shifts of {what}",
    AuditAction.SWAP_UNDONE: "{who} undid a swap or cover in {what}",
    AuditAction.DESTINATION_ADDED: "{who} added a destination to {what}",
    AuditAction.DESTINATION_CHANGED: "{who} changed a destination of {what}",
    AuditAction.DESTINATION_REMOVED: "{who} removed a destination from {what}",
    AuditAction.CONFLICT_KEPT: "{who} kept a shift of {what} anyway",
    AuditAction.PLAN_REPAIRED: "{who} used a fix on {what}",
    AuditAction.LEDGER_ADJUSTED: "{who} adjusted the ledger of {what}",
    AuditAction.HISTORY_IMPORTED: "{who} imported history into {what}",
    AuditAction.HISTORY_IMPORT_UNDONE: "{who} undid an import of history into {what}",
}
DONE_TO = {
    AuditAction.ACCOUNT_CREATED: "{who} created the account of {whom}",
    AuditAction.SESSIONS_ENDED: "{who} logged {whom} out everywhere",
    AuditAction.RESET_LINK_ASKED: "{who} asked for a reset link for {whom}",
    AuditAction.SECOND_FACTOR_RESET: "{who} reset the second factor of {whom}",
    AuditAction.EMAIL_CHANGED: "{who} changed the email of {whom}{to_what}",
    AuditAction.PASSWORD_RESET: "{who} set a new password for {whom}",
    AuditAction.SHIFT_HANDED_OVER: "{who} handed over a shift of {what} to {whom}",
    AuditAction.COVER_ASKED: "{who} asked for cover of a shift of {whom} in {what}",
    AuditAction.COVER_ANSWERED: "{who} answered the request of {whom} for cover in {what}",
    AuditAction.SHIFT_TAKEN: "{who} took a shift of {what} from {whom}",
    AuditAction.SHIFTS_SWAPPED: "{who} swapped shifts of {what} with {whom}",
    AuditAction.CONFLICT_KEPT: "{who} kept a shift of {whom} on {what} anyway",
    AuditAction.SCHEDULE_ACCESS_CHANGED: "{who} changed the access of {whom} to the schedule {what}",
    AuditAction.SCHEDULE_PEOPLE_CHANGED: "{who} changed what is agreed with {whom} in the schedule {what}",
}
"""Where it reads differently when it was done to somebody else."""
BOLD = {"who", "whom", "what", "tags", "rules"}
METHODS = {
    "password": "a password",
    "single_sign_on": "single sign-on",
    "passkey": "a passkey",
    "link": "a link",
}
FACTORS = {"totp": "a code", "code": "a code", "passkey": "a passkey", "recovery_code": "a recovery code"}
PROFILE = {"name": "name", "zone": "time zone", "holidays": "public holidays"}
EXPORTS = {"JSON": "{their} data", "ICS": "{their} availability", "Activity": "{their} activity"}
NOTES: Mapping[str, Callable[[int], str]] = {
    "failed": lambda _number: "It failed",
    "connections": lambda number: f"{count(number, 'connection')} deleted",
    "sessions": lambda number: count(number, "session"),
    "switched_on": lambda number: f"{count(number, 'calendar')} switched on",
    "switched_off": lambda number: f"{count(number, 'calendar')} switched off",
    "changed": lambda number: f"{count(number, 'calendar')} changed",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence in parts, those that are bold marked; the note below it and the place on the right may be empty."""

    parts: tuple[tuple[str, bool], ...]
    note: str
    place: str

    @property
    def text(self) -> str:
        return "".join(words for words, _ in self.parts)


def line_of(entry: Entry, viewer: int | None = None) -> Line:
    """`viewer`: the member who reads their own part, called “you”. Slow the first time: call it in a thread."""
    template, words = _template(entry, viewer), _words(entry, viewer)
    if words["whom"] == "you":
        template = re.sub(r"the ([a-z ]+) of \{whom\}", r"your \1", template)
    parts = []
    for piece in re.split(r"(\{\w+\})", template):
        key = piece[1:-1] if piece.startswith("{") else ""
        if text := words[key] if key else piece:
            parts.append((text, key in BOLD and text != "you"))
    return Line(tuple(parts), _note(entry), _place(entry, viewer))


def _template(entry: Entry, viewer: int | None) -> str:
    if entry.is_failure:
        if viewer is not None:
            return "{who} to your account"
        return "{who} as {whom}" if entry.subject_name else "{who} with an unknown email"
    is_about_another = bool(entry.subject_name) and (entry.subject_id is None or entry.subject_id != entry.actor_id)
    known = DONE_TO.get(AuditAction(entry.action)) if is_about_another and entry.action in set(AuditAction) else None
    return known or SENTENCES.get(entry.action, "{who}: {action}")


def _words(entry: Entry, viewer: int | None) -> dict[str, str]:
    facts, their = entry.facts, "your" if viewer is not None and entry.actor_id == viewer else "their"
    return {
        "who": _who(entry, viewer),
        "whom": "you" if viewer is not None and entry.subject_id == viewer else entry.subject_name,
        "their": their,
        "they": "you" if their == "your" else "they",
        "what": entry.what,
        "action": entry.action,
        "as_what": f" as {entry.what}" if entry.what else "",
        "a_what": f"an {entry.what}" if entry.what.startswith("a") else f"a {entry.what}",
        "to_what": f" to {entry.what}" if entry.what else "",
        "how": _how(facts),
        "profile": _profile(facts),
        "exported": _exported(entry, their),
        "tags": f"tags{_tags(facts)}",
        "rules": "log-in rules",
    }


def _exported(entry: Entry, their: str) -> str:
    if kind := entry.facts.get("export"):
        return f"the {kind} of {entry.what}"
    return EXPORTS.get(entry.what, "the audit log").format(their=their)


def _who(entry: Entry, viewer: int | None) -> str:
    if entry.is_failure:
        return count(int(entry.facts.get("count", 1)), "failed log-in")
    if entry.actor_id is None:
        return NOBODY if entry.address else COMMAND_LINE
    return "You" if entry.actor_id == viewer else entry.actor_name


def _how(facts: Mapping[str, Any]) -> str:
    method = METHODS.get(str(facts.get("method", "")), "")
    factor = FACTORS.get(str(facts.get("factor", "")), "")
    return f" with {' and '.join(word for word in (method, factor) if word)}" if method else ""


def _profile(facts: Mapping[str, Any]) -> str:
    changed = [word for key, word in PROFILE.items() if key in facts] or ["profile"]
    to = facts.get("zone") if changed == ["time zone"] else facts.get("name") if changed == ["name"] else ""
    return " and ".join((", ".join(changed[:-1]), changed[-1]) if len(changed) > 1 else changed) + (
        f" to {to}" if to else ""
    )


def _tags(facts: Mapping[str, Any]) -> str:
    said = [
        f"{verb} {', '.join(f'“{word}”' for word in str(facts[verb]).split(', '))}"
        for verb in ("added", "removed", "moved")
        if facts.get(verb)
    ]
    return f": {', '.join(said)}" if said else ""


def _note(entry: Entry) -> str:
    facts = entry.facts
    said = [word(facts[key]) for key, word in NOTES.items() if isinstance(facts.get(key), int) and facts[key]]
    if entry.action in {AuditAction.CONNECTED, AuditAction.RECONNECTED}:
        said = [str(facts.get("product", "")), count(facts.get("calendars", 0), "calendar")]
    elif entry.action == AuditAction.DISCONNECTED:
        calendars, entries = facts.get("calendars", 0), facts.get("entries", 0)
        said = [f"{count(calendars, 'calendar')}, {count(entries, 'entry', 'entries')} deleted"]
    elif entry.action == AuditAction.ACCOUNT_CREATED and (how := entry.what or METHODS.get(str(facts.get("method")))):
        said = [f"With {'the set-up link' if how == 'set-up' else f'an {how}' if how == 'invitation' else how}"]
    return " · ".join(word for word in said if word)


def _place(entry: Entry, viewer: int | None) -> str:
    if not entry.address:
        if entry.is_failure:
            return "Many addresses"
        return "" if viewer is not None or entry.actor_id is not None else "On the server"
    return f"{browser_of(entry.user_agent).name}, {entry.address}" if entry.user_agent else entry.address
