"""How a calendar is doing."""

from enum import StrEnum


class State(StrEnum):
    """The six states of a calendar; their words stand in pages/widgets/calendar_status.py."""

    WAITING = "waiting"
    IMPORTING = "importing"
    UP_TO_DATE = "up_to_date"
    RETRYING = "retrying"
    NEEDS_YOU = "needs_you"
    OFF = "off"
