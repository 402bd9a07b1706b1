"""TZID and VTIMEZONE → time zones (RFC 5545 sections 3.2.19 and 3.6.5)."""
