"""What is asked for at Google, and what the granted scopes let us see."""

_CALENDAR = "https://www.googleapis.com/auth/calendar"
CALENDARS = f"{_CALENDAR}.calendarlist.readonly"
EVENTS = f"{_CALENDAR}.events.readonly"
FREE_BUSY = f"{_CALENDAR}.freebusy"
IDENTITY = ("openid", "email")
_EVENTS = {_CALENDAR, f"{_CALENDAR}.readonly", f"{_CALENDAR}.events", EVENTS}


def show_events(granted: str) -> bool:
    """Whether the space-separated scopes open the events; where Google named none, those asked for hold."""
    scopes = set(granted.split())
    return not scopes or bool(scopes & _EVENTS)
