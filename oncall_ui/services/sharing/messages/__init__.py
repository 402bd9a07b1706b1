"""Writes and sends what waits in the outbox."""
