"""Attacks on a running installation; docs/security.md has the table."""
