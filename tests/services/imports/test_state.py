"""Every transition of a calendar from every state, and that no other module writes its state."""

import ast
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from oncall_ui.domain.imports.failures import Cause, MemberMustAct, TryLater, Unreadable
from oncall_ui.domain.imports.state import State
from oncall_ui.domain.imports.suspected_loss import Resolution, SuspectedLoss
from oncall_ui.models import Calendar, now
from oncall_ui.services.imports import state

ROOT = Path(__file__).resolve().parents[3]
INTERVAL = timedelta(minutes=15)
LATER = now() + timedelta(minutes=10)
TIMES = ("state_since", "last_read_at", "broken_since", "suspected_since", "next_import_at", "lease_until")
LOSS = SuspectedLoss(40, 3, "2968:1f0c93aa")
OTHER_LOSS = SuspectedLoss(40, 2, "2968:77e0b1d2")
DOWN = TryLater(Cause.SERVER_ERROR, "It is down.")
ASKS_TO_WAIT = TryLater(Cause.BUSY, "It is busy.", retry_after=timedelta(hours=2))
GARBLED = Unreadable(Cause.UNREADABLE, "It can’t be read.")
LOOPS = TryLater(Cause.REDIRECT_LOOP, "It redirects too many times.")
LOCKED = MemberMustAct(Cause.REFUSED, "Access is refused.")


def in_state(name: str) -> Calendar:
    """A calendar as it is found in this state; `held_back` is one that needs its member because of a suspected loss."""
    row = Calendar(id=1, connection_id=1, remote_id="", name="Work", is_on=True, cursor={"etag": "1"})
    if name == "off":
        row.is_on, row.cursor = False, {}
        return row
    row.state, row.next_import_at = State.WAITING, LATER
    match name:
        case "importing":
            state.claim(row, "old")
        case "up_to_date":
            row.state, row.last_read_at = State.UP_TO_DATE, now()
        case "retrying":
            row.state, row.attempts, row.cause, row.broken_since = State.RETRYING, 3, Cause.SERVER_ERROR.value, now()
        case "needs_you":
            row.state, row.attempts, row.cause, row.broken_since = State.NEEDS_YOU, 1, Cause.REFUSED.value, now()
            row.next_import_at = None
        case "held_back":
            state.hold_back(row, row.name, LOSS, INTERVAL)
            row.next_import_at = LATER
    return row


def losing(transition: Callable[[Calendar], object]) -> Callable[[Calendar], object]:
    """The transition on a calendar with a suspected loss."""

    def act(row: Calendar) -> None:
        row.suspected_loss = row.suspected_loss or {"before": 40, "after": 3, "content": LOSS.content}
        transition(row)

    return act


def gone_before(row: Calendar) -> None:
    row.cause = Cause.NOT_FOUND.value
    state.found_again(row)


def key_was_lost(row: Calendar) -> None:
    row.cause = Cause.KEY_LOST.value
    state.key_found(row)


def set_back(row: Calendar, step: timedelta) -> None:
    """The row was written by a clock that has since been set back by `step`."""
    for name in TIMES:
        if (moment := getattr(row, name)) is not None:
            setattr(row, name, moment + step)
    assert state.clock_was_ahead(row, INTERVAL)
    assert not state.clock_was_ahead(row, INTERVAL), "once is enough"


TRANSITIONS: dict[str, Callable[[Calendar], object]] = {
    "claim": lambda row: state.claim(row, "new"),
    "progress": lambda row: state.progress(row, 50, 0.5),
    "succeed": lambda row: state.succeed(row, INTERVAL, {"etag": "2"}),
    "repeat in full": state.repeat_in_full,
    "fail: down": lambda row: state.fail(row, DOWN, INTERVAL),
    "fail: asks to wait": lambda row: state.fail(row, ASKS_TO_WAIT, INTERVAL),
    "fail: loops": lambda row: state.fail(row, LOOPS, INTERVAL),
    "fail: unreadable": lambda row: state.fail(row, GARBLED, INTERVAL),
    "fail: member must act": lambda row: state.fail(row, LOCKED, INTERVAL),
    "forget cursor": state.forget_cursor,
    "release": state.release,
    "hold back": lambda row: state.hold_back(row, row.name, LOSS, INTERVAL),
    "accept loss": losing(state.accept_loss),
    "keep loss": losing(lambda row: state.keep_loss(row, row.name)),
    "sync now": state.sync_now,
    "switch on": state.switch_on,
    "settings changed": state.settings_changed,
    "switch off": state.switch_off,
    "rules changed": state.rules_changed,
    "reconnected": state.reconnected,
    "source replaced": state.source_replaced,
    "make due": state.make_due,
    "put off": lambda row: state.put_off(row, now() + timedelta(minutes=120)),
    "gone": lambda row: state.gone(row, "It is gone."),
    "found again": state.found_again,
    "found again: was gone": gone_before,
    "key found": state.key_found,
    "key found: was lost": key_was_lost,
    "clock was ahead": lambda row: state.clock_was_ahead(row, INTERVAL),
    "clock was ahead: an hour": lambda row: set_back(row, timedelta(hours=1)),
    "clock was ahead: 61 days": lambda row: set_back(row, timedelta(days=61)),
    "damaged: cursor": lambda row: state.damaged(row, {"cursor"}),
    "damaged: loss": lambda row: state.damaged(row, {"suspected_loss"}),
    "damaged: state": lambda row: state.damaged(row, {"state"}),
    "alerts sent": lambda row: state.alerts_sent(row, 1),
}

# Each cell: the state it leads to, when the next import is due (`same`: as before, `-`: not by itself), `attempts`.
# `=`: the row stays exactly as it is. `.`: never called there; those that end an import are called for its lease only.
TABLE = """
                      | off         | waiting         | importing         | up_to_date       | retrying         | needs_you        | held_back
claim                 | .           | importing same 0| importing same 0  | importing same 0 | importing same 3 | importing same 1 | importing same 0
progress              | .           | .               | importing same 0  | .                | .                | .                | .
succeed               | .           | .               | up_to_date 15m 0  | .                | .                | .                | .
repeat in full        | .           | .               | .                 | up_to_date now 0 | .                | .                | .
fail: down            | .           | .               | retrying 1m 1     | .                | .                | .                | .
fail: asks to wait    | .           | .               | retrying 120m 1   | .                | .                | .                | .
fail: loops           | .           | .               | retrying 1m 1     | .                | .                | .                | .
fail: unreadable      | .           | .               | retrying 15m 1    | .                | .                | .                | .
fail: member must act | .           | needs_you - 1   | needs_you - 1     | needs_you - 1    | needs_you - 4    | needs_you - 2    | needs_you - 1
hold back             | .           | .               | needs_you 15m 0   | .                | .                | .                | .
accept loss           | .           | waiting now 0   | importing now 0   | .                | waiting now 0    | waiting now 0    | waiting now 0
keep loss             | .           | waiting same 0  | importing same 0  | .                | retrying same 3  | retrying same 1  | retrying same 0
sync now              | =           | waiting now 0   | importing now 0   | waiting now 0    | waiting now 0    | waiting now 0    | waiting now 0
switch on             | waiting now 0 | .             | .                 | .                | .                | .                | .
settings changed      | .           | waiting now 0   | waiting now 0     | waiting now 0    | waiting now 0    | waiting now 0    | waiting now 0
switch off            | =           | off - 0         | off - 0           | off - 0          | off - 0          | off - 0          | off - 0
rules changed         | =           | waiting now 0   | waiting now 0     | waiting now 0    | =                | =                | =
reconnected           | =           | waiting now 0   | waiting now 0     | waiting now 0    | waiting now 0    | waiting now 0    | waiting now 0
source replaced       | =           | waiting same 0  | waiting same 0    | up_to_date same 0| retrying same 3  | needs_you - 1    | needs_you same 0
make due              | =           | waiting now 0   | importing now 0   | up_to_date now 0 | retrying now 3   | =                | needs_you now 0
put off               | =           | waiting 120m 0  | importing same 0  | up_to_date 120m 0| retrying 120m 3  | =                | needs_you 120m 0
gone                  | off - 0     | waiting now 0   | importing now 0   | up_to_date now 0 | retrying now 3   | needs_you now 1  | needs_you now 0
found again           | =           | =               | =                 | =                | =                | =                | =
found again: was gone | off - 0     | waiting same 0  | importing same 0  | up_to_date same 0| retrying same 3  | waiting now 0    | waiting now 0
forget cursor         | .           | .               | .                 | .                | retrying same 3  | .                | .
release               | .           | .               | waiting same 0    | .                | .                | .                | .
key found             | =           | =               | =                 | =                | =                | =                | =
key found: was lost   | off - 0     | waiting same 0  | importing same 0  | up_to_date same 0| retrying same 3  | waiting now 0    | waiting now 0
clock was ahead       | =           | =               | =                 | =                | =                | =                | =
clock was ahead: an hour | off - 0  | waiting now 0   | importing now 0   | waiting now 0    | retrying now 3   | needs_you - 1    | needs_you now 0
clock was ahead: 61 days | off - 0  | waiting now 0   | importing now 0   | waiting now 0    | retrying now 3   | needs_you - 1    | needs_you now 0
damaged: cursor       | .           | waiting same 0  | importing same 0  | up_to_date same 0| retrying same 3  | needs_you - 1    | needs_you same 0
damaged: loss         | .           | waiting same 0  | importing same 0  | up_to_date same 0| retrying same 3  | needs_you - 1    | waiting same 0
damaged: state        | .           | waiting now 0   | waiting now 0     | waiting now 0    | waiting now 3    | waiting now 1    | waiting now 0
alerts sent           | off - 0     | waiting same 0  | importing same 0  | up_to_date same 0| retrying same 3  | needs_you - 1    | needs_you same 0
"""  # noqa: E501 - a table is read by its columns


def cells() -> Iterator[tuple[str, str, str]]:
    """Transition, state it starts from, what is expected; without the cells that never occur."""
    head, *rows = ([cell.strip() for cell in line.split("|")] for line in TABLE.strip("\n").splitlines())
    for transition, *expected in rows:
        for start, cell in zip(head[1:], expected, strict=True):
            if cell != ".":
                yield transition, start, cell


def test_a_success_after_failures_leaves_no_trace_of_them() -> None:
    row = in_state("retrying")
    state.claim(row, "new")
    state.succeed(row, INTERVAL, None)
    assert (row.state, row.attempts, row.why, row.cause, row.broken_since) == (State.UP_TO_DATE, 0, "", "", None)
    assert row.cursor == {"etag": "1"}, "nothing has changed at the source"


@pytest.mark.parametrize(("transition", "start", "expected"), list(cells()))
def test_where_a_transition_leads(transition: str, start: str, expected: str) -> None:
    row = in_state(start)
    before = row.model_dump()
    TRANSITIONS[transition](row)
    if expected == "=":
        assert row.model_dump() == before
        return
    leads_to, due, attempts = expected.split()
    assert (row.state, row.attempts) == (leads_to, int(attempts))
    assert_due(row.next_import_at, due, before["next_import_at"])
    lease = {"claim": "new"}.get(transition, "old") if row.state is State.IMPORTING else None
    assert row.lease == lease, "it holds a lease exactly while it is importing"
    assert (row.lease_until is None) == (lease is None)
    if not transition.startswith(("clock was ahead", "damaged")):
        is_new = row.state != before["state"] and transition != "keep loss"
        assert (row.state_since != before["state_since"]) == is_new


def test_the_table_has_every_transition_and_every_state() -> None:
    found = list(cells())
    assert {transition for transition, _, _ in found} == TRANSITIONS.keys()
    assert {start for _, start, _ in found} == {*State, "held_back"}
    tree = tree_of("oncall_ui/services/imports/state.py")
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    public = {name for name in functions if not name.startswith("_")} - {"held", "waits_until"}
    assert {name.partition(":")[0].replace(" ", "_") for name in TRANSITIONS} == public


def test_an_import_by_old_rules_does_not_count_and_keeps_the_number_of_failures() -> None:
    row = in_state("retrying")
    state.claim(row, "old")
    assert state.rules_changed(row)
    assert (row.state, row.lease, row.attempts) == (State.WAITING, None, 3)


def test_reconnecting_ends_an_import_with_the_old_credentials() -> None:
    row = in_state("importing")
    state.reconnected(row)
    assert (row.lease, row.cursor) == (None, {"etag": "1"})
    row = in_state("importing")
    state.source_replaced(row)
    assert (row.lease, row.cursor) == (None, {}), "the cursor means nothing to another source"


def test_a_success_forgets_the_breakage_and_leaves_the_number_of_alerts_for_the_last_email() -> None:
    row = in_state("held_back")
    state.alerts_sent(row, 2)
    state.claim(row, "old")
    state.succeed(row, INTERVAL, None)
    assert (row.broken_since, row.why, row.cause, row.alerts_sent) == (None, "", "", 2)
    assert (row.suspected_loss, row.suspected_since, row.resolution) == ({}, None, "")
    assert row.cursor == {"etag": "1"}, "the source has not changed"


def test_a_breakage_is_dated_from_its_first_failure() -> None:
    row = in_state("importing")
    state.fail(row, DOWN, INTERVAL)
    first = row.broken_since
    state.fail(row, LOCKED, INTERVAL)
    assert first is not None and row.broken_since == first


def test_the_same_loss_is_asked_about_once_and_another_one_again() -> None:
    row = in_state("held_back")
    since = row.suspected_since
    state.keep_loss(row, row.name)
    state.hold_back(row, row.name, LOSS, INTERVAL)
    assert (row.state, row.cause, row.suspected_since) == (State.RETRYING, Cause.LOSS_KEPT, since)
    state.hold_back(row, row.name, OTHER_LOSS, INTERVAL)
    assert (row.state, row.cause, row.resolution) == (State.NEEDS_YOU, Cause.SUSPECTED_LOSS, "")


def test_what_the_member_decided_is_on_the_row() -> None:
    kept, accepted = in_state("held_back"), in_state("held_back")
    state.keep_loss(kept, kept.name)
    state.accept_loss(accepted)
    assert (kept.resolution, accepted.resolution) == (Resolution.KEEP, Resolution.TAKE)
    assert (kept.broken_since, accepted.cursor) == (None, {})


def test_switching_off_forgets_all_that_was_known() -> None:
    row = in_state("held_back")
    state.switch_off(row)
    fresh = Calendar(connection_id=1, remote_id="", name="Work", is_on=True).model_dump()
    assert {name: row.model_dump()[name] for name in state.STATE - {"state_since"}} == {
        name: fresh[name] for name in state.STATE - {"state_since"}
    }


def test_only_the_state_machine_writes_the_state_of_a_calendar() -> None:
    found = []
    for folder in ("oncall_ui", "pages"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if name != "oncall_ui/services/imports/state.py" and not stores_no_calendar(name):
                found += [f"{name}:{line}" for line in writes(tree_of(name))]
    assert found == []


def stores_no_calendar(name: str) -> bool:
    """Plans, messages and channels have a state, attempts and leases of their own. Their services store no calendar."""
    sharing = "oncall_ui/services/sharing/"
    if not name.startswith(
        ("oncall_ui/services/schedules/", f"{sharing}messages/", f"{sharing}channels/", "pages/schedules/")
    ):
        return False
    imported = {
        alias.name
        for node in ast.walk(tree_of(name))
        if isinstance(node, ast.ImportFrom) and node.module == "oncall_ui.models"
        for alias in node.names
    }
    return "Calendar" not in imported


def writes(tree: ast.Module) -> Iterator[str]:
    """Assignments to a column of the state on anything but `self`, and those in `update(Calendar).values(…)`."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id="self")):
                continue
            case ast.Attribute(ctx=ast.Store(), attr=name) if name in state.STATE:
                yield f"{node.lineno} {name}"
            case ast.Call(func=ast.Attribute(value=target, attr="values")) if "update(Calendar)" in ast.unparse(target):
                yield from (f"{node.lineno} {each.arg}" for each in node.keywords if each.arg in state.STATE)


def assert_due(found: datetime | None, due: str, before: datetime | None) -> None:
    if due == "-":
        assert found is None
    elif due == "same":
        assert found == before
    else:
        assert found is not None
        minutes = 0 if due == "now" else int(due.removesuffix("m"))
        spread = timedelta(minutes=minutes) * 0.1 + timedelta(seconds=30)
        assert abs(found - now() - timedelta(minutes=minutes)) <= spread


def tree_of(name: str) -> ast.Module:
    return ast.parse((ROOT / name).read_text(encoding="utf-8"))


def test_it_waits_only_for_a_time_its_server_asked_for() -> None:
    row = in_state("importing")
    state.fail(row, TryLater(Cause.BUSY, "Too many requests."), INTERVAL)
    assert state.waits_until(row) is None, "our own pause doesn't keep a member from trying"
    hour = timedelta(hours=1)
    state.claim(row, "next")
    state.fail(row, TryLater(Cause.BUSY, "Too many requests.", retry_after=hour), INTERVAL)
    until = state.waits_until(row)
    assert until is not None and hour - timedelta(minutes=1) < until - now() <= hour
    state.claim(row, "next")
    state.succeed(row, INTERVAL, None)
    assert state.waits_until(row) is None


def test_a_calendar_of_the_same_account_waits_as_well() -> None:
    row, until = in_state("up_to_date"), now() + timedelta(hours=2)
    state.put_off(row, until)
    assert state.waits_until(row) == until
    state.reconnected(row)
    assert state.waits_until(row) is None
