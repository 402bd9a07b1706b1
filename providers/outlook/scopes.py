"""What a grant allows, as Microsoft writes it: in any case, with or without the resource in front."""

OWNER = "User.Read"
DETAILS = "Calendars.Read"
TIMES = "Calendars.ReadBasic"
"""Calendars without bodies, attachments and extensions; we ask for even less."""
_RESOURCE = "https://graph.microsoft.com/"
_WITH_DETAILS = {"calendars.read", "calendars.readwrite"}


def is_narrow(granted: str) -> bool:
    """Whether `granted`, scopes with spaces between, gives free and busy times only."""
    bare = {each.removeprefix(_RESOURCE) for each in granted.casefold().split()}
    return TIMES.casefold() in bare and not bare & _WITH_DETAILS
