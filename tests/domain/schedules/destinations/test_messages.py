"""Events as people read them, and as Slack, Teams and ntfy take them: no name is markup or a mention."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from oncall_ui.domain.schedules.destinations.kinds import DestinationKind, EventKind
from oncall_ui.domain.schedules.destinations.messages import MOST_LINES, message_of
from oncall_ui.services.schedules.destinations.requests import Event, outgoing

AT = datetime(2026, 12, 7, 9, tzinfo=UTC)
URL = "https://o.example.org/schedules/1"
ALICE, BOB = {"id": 1, "name": "Alice <!channel> Moreno"}, {"id": 2, "name": "Bob"}
SPAN = {"role": "primary", "start": "2026-12-08T08:00:00Z", "end": "2026-12-09T08:00:00Z"}


def facts(**data: Any) -> dict[str, Any]:
    return {"schedule": {"id": 1, "name": "Platform", "zone": "Europe/Berlin"}, "data": data}


@pytest.mark.parametrize(
    ("kind", "data", "text"),
    [
        (
            EventKind.PLAN_PUBLISHED,
            {"plan": 3, "changes": [{**SPAN, "before": None, "after": BOB}]},
            "Platform: plan published\nPrimary, Tue 8 Dec 09:00 – Wed 9 Dec 09:00: Bob",
        ),
        (
            EventKind.ASSIGNMENT_CHANGED,
            {"changes": [{**SPAN, "before": BOB, "after": None}]},
            "Platform: shifts changed hands\nPrimary, Tue 8 Dec 09:00 – Wed 9 Dec 09:00: Nobody instead of Bob",
        ),
        (
            EventKind.HANDOFF,
            {**SPAN, "before": None, "after": BOB},
            "Platform: Bob is on call now\nPrimary, until Wed 9 Dec 09:00",
        ),
        (
            EventKind.GAP_SOON,
            {**SPAN, "within_hours": 24},
            "Platform: nobody is on call\nPrimary, Tue 8 Dec 09:00 – Wed 9 Dec 09:00",
        ),
        (
            EventKind.CONFLICT_OPENED,
            {**SPAN, "person": BOB, "why": "Bob is away."},
            "Platform: conflict\nPrimary, Tue 8 Dec 09:00 – Wed 9 Dec 09:00: Bob\nBob is away.",
        ),
        (EventKind.CONFLICT_CLOSED, {}, "Platform: conflict over"),
        (EventKind.TEST, {}, "Platform: test\nOn-Call Optimizer can send messages here."),
    ],
)
def test_an_event_in_words(kind: EventKind, data: dict[str, Any], text: str) -> None:
    assert message_of(kind, facts(**data), URL).text == text


def test_a_long_list_ends_with_how_many_more() -> None:
    changes = [{**SPAN, "before": ALICE, "after": BOB}] * 20
    message = message_of(EventKind.PLAN_PUBLISHED, facts(changes=changes), URL)
    assert (len(message.lines), message.lines[-1]) == (MOST_LINES + 1, "and 14 more")


def sent(kind: DestinationKind, **secrets: str) -> tuple[Any, dict[str, str]]:
    event = Event("e1", EventKind.HANDOFF, facts(**SPAN, before=None, after=ALICE), AT, URL)
    found = outgoing(kind, {"url": "https://hooks.example.org", **secrets}, event, AT)
    return json.loads(found.body), dict(found.headers)


def test_slack_teams_and_ntfy_get_what_they_take() -> None:
    slack, _ = sent(DestinationKind.SLACK)
    assert slack["text"].splitlines() == [
        "*Platform: Alice &lt;!channel&gt; Moreno is on call now*",
        "Primary, until Wed 9 Dec 09:00",
        f"<{URL}|Open schedule>",
    ]
    teams, _ = sent(DestinationKind.TEAMS)
    (attachment,) = teams["attachments"]
    assert (teams["type"], attachment["contentType"]) == ("message", "application/vnd.microsoft.card.adaptive")
    assert attachment["content"]["body"][1]["text"] == "Primary, until Wed 9 Dec 09:00"
    ntfy, headers = sent(DestinationKind.NTFY, topic="ops", token="tk_1")
    assert (ntfy["topic"], ntfy["click"], ntfy["sequence_id"]) == ("ops", URL, "e1")
    assert headers["authorization"] == "Bearer tk_1"
    assert "authorization" not in sent(DestinationKind.NTFY, topic="ops")[1]
