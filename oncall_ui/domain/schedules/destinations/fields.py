"""The fields of a destination's form: the same for what is asked, checked and shown."""

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


URL = "url"
SIGNED = "Every request is signed. You get the secret after adding it."
FIELDS: dict[DestinationKind, tuple[FormField, ...]] = {
    DestinationKind.WEBHOOK: (FormField(URL, "URL", SIGNED, is_address=True),),
}
"""Kinds that are missing can't be added."""
TITLES = {
    DestinationKind.WEBHOOK: "Webhook",
    DestinationKind.GOALERT: "GoAlert",
    DestinationKind.PAGERDUTY: "PagerDuty",
    DestinationKind.SLACK: "Slack",
    DestinationKind.TEAMS: "Teams",
    DestinationKind.NTFY: "ntfy",
}
