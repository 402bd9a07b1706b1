"""The whole team's availability, the tags it agreed on, and the health of its calendars."""
