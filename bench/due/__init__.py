"""1,000 calendars of four providers, due in the same second: how long, and how the pages answer meanwhile."""
