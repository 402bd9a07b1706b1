"""Every verb of a service that changes something writes into the audit log, or says here why not.

Generated from the source: a new verb is in the table by itself.
"""

import pytest

from tests.services.helpers.verbs import public_verbs, reached, verbs, writes

RECORD = {"audit.record.record", "audit.failed_logins.record_failed_login"}
JOB = "nobody does it: a job, on its own"
NOT_A_SETTING = "availability, not a setting: every entry is on Home, where it can be removed"
SAME_TOKEN = "only keeps an access token that was renewed on the way"
TRY = "nothing but the try changes; the draft that is made of it is recorded, with all that it sets"
UNRECORDED = {
    "accounts.logging_in.cookie_secret.claim_cookie_secret": "the start of the app, on its own",
    "accounts.logging_in.cookie_secret.cookie_secret": "the start of the app, on its own",
    "accounts.links.email_change.cancel_email_change": "takes back what wasn't confirmed yet: the address stays",
    "accounts.links.invitation_emails.send_invitation": "only notes when it was emailed; who invited is recorded",
    "accounts.links.joining.note_opened": "only notes when the link was opened",
    "accounts.members.set_theme": "the look of one's own pages",
    "accounts.second_factors.passkeys.ask_to_create": "a part of adding a passkey",
    "accounts.second_factors.passkeys.ask_to_log_in": "a part of logging in",
    "accounts.removal.erase_account": "a part of removing and erasing, which are recorded",
    "accounts.removal.removal_effects": SAME_TOKEN,
    "accounts.logging_in.sessions.end_expired": JOB,
    "accounts.logging_in.sessions.open_session": "a part of setting up and of accepting an invitation",
    "accounts.logging_in.login_rules.logins": "only notes when the sessions were used",
    "accounts.logging_in.login_rules.pages_logged_in": "only notes when the sessions were used",
    "accounts.logging_in.login_rules.require_login": "only notes when the session was used",
    "accounts.logging_in.sessions.require_session": "only notes when the session was used",
    "accounts.logging_in.sessions.sessions_and_rule": "only notes when the sessions were used",
    "accounts.logging_in.sessions.valid_sessions": "only notes when the sessions were used",
    "accounts.logging_in.sessions.session_for": "only notes when the session was used",
    "accounts.setup.renew_setup_link": "nobody has an account yet; the link is in the log of the server",
    "accounts.logging_in.single_sign_on.begin": "a log-in that has only begun",
    "accounts.logging_in.single_sign_on.begin_link": "has only begun; `finish` records the link",
    "accounts.second_factors.totp.begin_setup": "a set-up that has only begun: it protects nothing yet",
    "accounts.second_factors.totp.reseal_secrets": "the start of the app, on its own",
    "audit.retention.erase_old_entries": JOB,
    "availability.manual.add_manual_days": NOT_A_SETTING,
    "availability.manual.remove_manual_days": NOT_A_SETTING,
    "availability.manual.restore_manual_days": NOT_A_SETTING,
    "connections.choose.sync_now": "changes no setting: reads now what is read anyway",
    "connections.credentials.give_up_lost": "the command `new-key`, which says what it did",
    "connections.credentials.rekey": "the start of the app, on its own",
    "connections.disconnect.erase": "a part of disconnecting and removing, which are recorded",
    "connections.disconnect.revocable_grants": SAME_TOKEN,
    "connections.oauth_flow.begin": "a sign-in that has only begun; `finish` records what comes of it",
    "connections.oauth_flow.consume_authorization": "a part of `finish`",
    "connections.oauth_flow.start_authorization": "a part of `begin`",
    "connections.oauth_tokens.access_token": JOB,
    "connections.oauth_tokens.active_grant": SAME_TOKEN,
    "connections.refresh.refresh_calendars": "looks for new calendars; they are off until they are chosen",
    "connections.too_little.give_back": "nothing was connected, so there is nothing to record",
    "help.erase_old_remarks": JOB,
    "help.say": "administrators read it without the name, which the log would add",
    "help.vote": "nobody needs to know who found a guide helpful",
    "imports.alert_emails.send_alert_emails": JOB,
    "schedules.messages.due.queue_due": JOB,
    "schedules.messages.retention.erase_old_messages": JOB,
    "sharing.messages.send.send_messages": JOB,
    "sharing.channels.claim.claim_channels": JOB,
    "sharing.channels.deliver.deliver_messages": JOB,
    "sharing.channels.hand_over.hand_over": JOB,
    "sharing.channels.trying.try_channel": "changes no setting: sends a test",
    "imports.claim.claim": JOB,
    "imports.claim.claim_due": JOB,
    "imports.damage.repair_all": "repairs rows on the way to a page",
    "imports.damage.set_aside": JOB,
    "imports.fetching.fetch.discover": SAME_TOKEN,
    "imports.fetching.fetch.preview": SAME_TOKEN,
    "imports.fetching.fetch.read": SAME_TOKEN,
    "imports.fetching.fetch.whose": SAME_TOKEN,
    "imports.hours.store_hours": JOB,
    "imports.preview.preview": SAME_TOKEN,
    "imports.record.record_failure": JOB,
    "imports.record.record_result": JOB,
    "imports.recover.repair_times": JOB,
    "imports.recover.resume_unlocked": JOB,
    "imports.run.give_up": JOB,
    "imports.run.release_leases": JOB,
    "imports.run.run_import": JOB,
    "imports.suspected_loss.resolve_suspected_loss": "decides about one import, not about a setting",
    "schedules.cover.rounds.run_due_rounds": JOB,
    "schedules.bending.choose.compare_limits": "only computes: what is chosen of it is recorded",
    "schedules.destinations.claim.claim_due": JOB,
    "schedules.destinations.copies.copying.copy_shifts": JOB,
    "schedules.destinations.deliver.deliver": JOB,
    "schedules.destinations.deliver.forget_deliveries": JOB,
    "schedules.destinations.secrets.reseal_destinations": "the start of the app, on its own",
    "schedules.destinations.timed.note_timed_events": JOB,
    "schedules.destinations.try_now.resend": "changes no setting: sends what was sent before",
    "schedules.destinations.try_now.send_test": "changes no setting: sends a test",
    "schedules.what_if.tries.discard_try": TRY,
    "schedules.what_if.tries.erase_old_tries": JOB,
    "schedules.what_if.tries.save_try": TRY,
    "schedules.conflicts.looking.look_at": JOB,
    "schedules.conflicts.watching.look_for": JOB,
    "schedules.conflicts.watching.sweep": JOB,
    "schedules.drafts.planning.claim_plan": JOB,
    "schedules.drafts.planning.release_plan": JOB,
    "schedules.drafts.planning.run_due_plans": JOB,
    "schedules.drafts.planning.run_plan": JOB,
    "sharing.feed.open_feed": "only notes when the feed was fetched",
    "sharing.shift_feed.open_shift_feed": "only notes when the feed was fetched",
    "sharing.email_preview.preview_emails": "rolls back what it writes",
    "sharing.tokens.member_for_token": "only notes when the token was used",
}
"""What writes and isn't recorded, with the reason."""


def writing() -> list[str]:
    return sorted(verb.name for verb in public_verbs() if writes(verb.name))


@pytest.mark.parametrize("name", writing())
def test_what_changes_something_is_recorded_or_has_a_reason_not_to_be(name: str) -> None:
    is_recorded = bool(reached(name) & RECORD)
    assert is_recorded or name in UNRECORDED, (
        f"oncall_ui.services.{name} writes to the database but not to the audit log. Call `record` from "
        "oncall_ui/services/audit/record.py in the same transaction, or add it to UNRECORDED with the reason."
    )
    assert not (is_recorded and name in UNRECORDED), f"{name} is recorded: remove it from UNRECORDED."


def test_no_reason_is_left_over() -> None:
    assert set(UNRECORDED) - set(writing()) == set()


def test_the_table_finds_what_writes() -> None:
    """Also through helpers, threads and other modules: were it blind, nothing above could fail."""
    assert {"team.tags.save_tags", "connections.connect.connect", "accounts.addresses.remove_address"} <= {*writing()}
    assert "connections.views.list_connections" not in writing()


def test_failed_logins_are_recorded_where_they_are_counted() -> None:
    """Anywhere else each of them would be a line of its own."""
    import ast

    naming = {
        name
        for name, verb in verbs().items()
        for each in ast.walk(verb.node)
        if isinstance(each, ast.Attribute) and each.attr == "LOGIN_FAILED"
    }
    assert naming - {"audit.query.Entry", "audit.query._matching"} == {
        "audit.failed_logins.record_failed_login",
        "audit.failed_logins._line",
        "audit.failed_logins._recent_lines",
    }
