"""Connections: connect, sign in with OAuth, choose calendars, refresh, disconnect."""
