"""A member's availability: from calendars, added by hand, from public holidays."""
