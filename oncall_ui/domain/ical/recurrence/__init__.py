"""RRULE, RDATE, EXDATE and RECURRENCE-ID → instances (RFC 5545 sections 3.3.10 and 3.8.5)."""
