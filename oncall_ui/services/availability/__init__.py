"""A member's availability: from calendars, from days they added, from public holidays."""
