"""Attacks on a running installation: real processes and sockets, counted and timed. docs/security.md has the table."""
