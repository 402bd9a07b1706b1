"""Members: accounts, sessions, profiles and email addresses."""
