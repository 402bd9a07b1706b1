"""Who writes which kind of message."""

from collections.abc import Mapping

from oncall_ui.domain.schedules.messages.kinds import MessageKind
from oncall_ui.services.sharing.messages.changes import write_changes
from oncall_ui.services.sharing.messages.cover import write_answered, write_asked, write_taken
from oncall_ui.services.sharing.messages.writing import Writer

WRITERS: Mapping[MessageKind, Writer] = {
    MessageKind.PUBLISHED: write_changes,
    MessageKind.HANDED_OVER: write_changes,
    MessageKind.ASKED: write_asked,
    MessageKind.ANSWERED: write_answered,
    MessageKind.TAKEN: write_taken,
}
