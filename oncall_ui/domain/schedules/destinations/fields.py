"""The fields of a destination's form: the same for what is asked, checked and shown."""

from collections.abc import Sequence
from dataclasses import dataclass

from oncall_ui.domain.schedules.destinations.kinds import DestinationKind


@dataclass(frozen=True, slots=True)
class FormField:
    """`key` is its name among the secrets. `is_hidden`: shown as dots, like a password."""

    key: str
    label: str
    hint: str = ""
    is_address: bool = False
    is_hidden: bool = False
    is_optional: bool = False
    usual: str = ""
    choices: tuple[str, ...] = ()
    """The only values it may have."""


URL = "url"
SIGNED = "Every request is signed. You get the secret after adding it."
ROLE = "role:"
"""Before the name of a role: the schedule there that gets its shifts."""
_FIELDS: dict[DestinationKind, tuple[FormField, ...]] = {
    DestinationKind.WEBHOOK: (FormField(URL, "URL", SIGNED, is_address=True),),
    DestinationKind.PAGERDUTY: (
        FormField("key", "API key", "Integrations, API Access Keys, with write access", is_hidden=True),
        FormField("region", "Service region", "As under Account Settings", usual="us", choices=("us", "eu")),
    ),
    DestinationKind.GOALERT: (
        FormField(URL, "Server address", is_address=True),
        FormField("key", "API key", "Admin, API Keys, created with the query of the guide", is_hidden=True),
    ),
    DestinationKind.SLACK: (
        FormField(URL, "Webhook URL", "Slack: Incoming Webhooks. Mattermost and others work, too", is_address=True),
    ),
    DestinationKind.TEAMS: (
        FormField(
            URL,
            "Webhook URL",
            "Channel, Workflows, “Post to a channel when a webhook request is received”",
            is_address=True,
        ),
    ),
    DestinationKind.NTFY: (
        FormField(URL, "Server address", is_address=True, usual="https://ntfy.sh"),
        FormField("topic", "Topic", "Anyone who knows it can read it, so pick one that can’t be guessed"),
        FormField("token", "Access token", "Only for protected topics", is_hidden=True, is_optional=True),
    ),
}
"""Kinds that are missing can't be added."""
TITLES = {
    DestinationKind.WEBHOOK: "Webhook",
    DestinationKind.PAGERDUTY: "PagerDuty",
    DestinationKind.GOALERT: "GoAlert",
    DestinationKind.SLACK: "Slack",
    DestinationKind.TEAMS: "Teams",
    DestinationKind.NTFY: "ntfy",
}
"""In the order in which they are offered."""
OFFERED = tuple(kind for kind in TITLES if kind in _FIELDS)


def fields_of(kind: DestinationKind, roles: Sequence[str]) -> tuple[FormField, ...]:
    """For a kind that keeps shifts also one for each role."""
    places = tuple(_place(kind, role) for role in roles) if kind.keeps_shifts else ()
    return _FIELDS[kind] + places


def _place(kind: DestinationKind, role: str) -> FormField:
    label = f"Schedule for {role}"
    return FormField(ROLE + role, label, f"Its link or id in {TITLES[kind]}", is_optional=True)
