"""Why an event counts or doesn't: a closed list, and the words for each, for one event and for several."""

from enum import StrEnum


class Reason(StrEnum):
    """Stable snake_case values; compare these, never the words."""

    CANCELLED = "cancelled"
    ON_CALL_SHIFT = "on_call_shift"
    """A shift that an installation like this one published."""
    DECLINED = "declined"
    TENTATIVE = "tentative"
    UNANSWERED = "unanswered"
    NOT_YOURS = "not_yours"
    """An invitation to none of the member's trusted addresses."""
    ORGANISED_BY_LIKELY_ADDRESS = "organised_by_likely_address"
    """As NOT_YOURS, but the organiser is probably the member, under an address we don't know as theirs."""
    ACCEPTED_BY_LIKELY_ADDRESS = "accepted_by_likely_address"
    HANDLED_BY_LIKELY_ADDRESS = "handled_by_likely_address"
    """Some of the events were organised, some accepted by that address."""
    CREATED_BY_SOMEBODY_ELSE = "created_by_somebody_else"
    """In mode `matching`, on a calendar that may be somebody else's: none of the member's addresses made it."""
    INFORMATION = "information"
    MARKED_FREE = "marked_free"
    ALL_DAY = "all_day"
    NO_LENGTH = "no_length"
    NO_TAG = "no_tag"
    REPEATED = "repeated"
    OUT_OF_OFFICE = "out_of_office"
    HOLIDAY = "holiday"
    BUSY_TIME = "busy_time"
    TAG_IN_TITLE = "tag_in_title"
    TAG_IN_DESCRIPTION = "tag_in_description"
    EVERY_EVENT_BLOCKS = "every_event_blocks"
    EVERY_EVENT_PREFERRED = "every_event_preferred"


_WORDS: dict[Reason, tuple[str, str]] = {
    Reason.CANCELLED: ("cancelled", ""),
    Reason.ON_CALL_SHIFT: ("a shift from On-Call Optimizer", "shifts from On-Call Optimizer"),
    Reason.DECLINED: ("an invitation you declined", "invitations you declined"),
    Reason.TENTATIVE: ("an invitation you answered with “maybe”", "invitations you answered with “maybe”"),
    Reason.UNANSWERED: ("an invitation you haven’t answered", "invitations you haven’t answered"),
    Reason.NOT_YOURS: (
        "an invitation to none of your addresses",
        "invitations to none of your addresses",
    ),
    Reason.ORGANISED_BY_LIKELY_ADDRESS: ("organised by {detail}: not one of your addresses", ""),
    Reason.ACCEPTED_BY_LIKELY_ADDRESS: ("accepted by {detail}: not one of your addresses", ""),
    Reason.HANDLED_BY_LIKELY_ADDRESS: ("organised or accepted by {detail}: not one of your addresses", ""),
    Reason.CREATED_BY_SOMEBODY_ELSE: ("created by somebody else", ""),
    Reason.INFORMATION: ("says nothing about being busy", "say nothing about being busy"),
    Reason.MARKED_FREE: ("marked free", ""),
    Reason.ALL_DAY: ("lasts whole days", "all-day events"),
    Reason.NO_LENGTH: ("has no length", "have no length"),
    Reason.NO_TAG: ("no tag in title or description", ""),
    Reason.REPEATED: ("the same event a second time", ""),
    Reason.OUT_OF_OFFICE: ("out of office", ""),
    Reason.HOLIDAY: ("holiday", ""),
    Reason.BUSY_TIME: ("published as busy", ""),
    Reason.TAG_IN_TITLE: ("tag “{detail}” in the title", ""),
    Reason.TAG_IN_DESCRIPTION: ("tag “{detail}” in the description", ""),
    Reason.EVERY_EVENT_BLOCKS: ("every event blocks", ""),
    Reason.EVERY_EVENT_PREFERRED: ("every event is a preference", ""),
}
"""For one event, and for several where that differs. `{detail}`: the tag or the address."""


def words_of(reason: Reason, detail: str = "", *, several: bool = False) -> str:
    """As part of a sentence, in lower case."""
    one, more = _WORDS[reason]
    return (more if several and more else one).format(detail=detail)
