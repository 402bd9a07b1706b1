"""Where the demo's schedule is published to: a webhook that works, and a channel that was deleted."""

from http import HTTPStatus

from oncall_ui.app import App
from oncall_ui.demo.feeds import FeedServer
from oncall_ui.domain.schedules.destinations.kinds import DestinationKind
from oncall_ui.services.schedules.destinations.manage import add_destination
from oncall_ui.services.schedules.destinations.try_now import send_test

WORKING, DELETED = "/hooks/pager", "/hooks/old-channel"
HOOKS = {WORKING: HTTPStatus.NO_CONTENT, DELETED: HTTPStatus.NOT_FOUND}
DESTINATIONS = ((DestinationKind.WEBHOOK, "Pager script", WORKING), (DestinationKind.SLACK, "Slack, #oncall", DELETED))


def seed_destinations(app: App, manager: int, schedule_id: int, server: FeedServer) -> None:
    """A test is on its way to each; sending it is left to the running demo."""
    for kind, name, path in DESTINATIONS:
        added = add_destination(app, manager, schedule_id, kind, name, {"url": server.url(path)})
        send_test(app, manager, schedule_id, added.id)
