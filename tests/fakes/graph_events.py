"""Events as Microsoft Graph gives them."""

import base64
from datetime import datetime, timedelta
from typing import Any

Json = dict[str, Any]


def event(title: str, start: datetime, end: datetime, /, **more: Any) -> Json:
    """An appointment without guests; `more` puts other values beside or in the place of the usual ones."""
    key = base64.urlsafe_b64encode(f"{title} {start:%Y%m%d%H%M}".encode()).decode()
    usual: Json = {
        "id": f"AAMk{key}",
        "iCalUId": f"0400{key}",
        "seriesMasterId": None,
        "type": "singleInstance",
        "subject": title,
        "body": {"contentType": "text", "content": ""},
        "bodyPreview": "",
        "start": moment(start),
        "end": moment(end),
        "isAllDay": False,
        "showAs": "busy",
        "sensitivity": "normal",
        "isCancelled": False,
        "isOrganizer": True,
        "organizer": person("alice@contoso.example"),
        "attendees": [],
        "responseStatus": {"response": "organizer", "time": "0001-01-01T00:00:00Z"},
        "categories": [],
    }
    return usual | more


def invitation(title: str, start: datetime, end: datetime, response: str, /, **more: Any) -> Json:
    """As in a guest's calendar: their own answer is separate, and no other guest's answer is included."""
    usual = {
        "isOrganizer": False,
        "organizer": person("bob@contoso.example"),
        "attendees": [guest("alice@contoso.example"), guest("carol@contoso.example")],
        "responseStatus": {"response": response, "time": "2026-11-02T08:00:00Z"},
    }
    return event(title, start, end, **usual | more)


def days(title: str, start: datetime, count: int = 1, /, **more: Any) -> Json:
    return event(title, start, start + timedelta(days=count), isAllDay=True, **more)


def moment(at: datetime, zone: str = "UTC") -> Json:
    return {"dateTime": f"{at:%Y-%m-%dT%H:%M:%S}.0000000", "timeZone": zone}


def person(address: str) -> Json:
    return {"emailAddress": {"name": "Somebody", "address": address}}


def guest(address: str, response: str = "none") -> Json:
    return {"type": "required", "status": {"response": response, "time": "0001-01-01T00:00:00Z"}, **person(address)}
