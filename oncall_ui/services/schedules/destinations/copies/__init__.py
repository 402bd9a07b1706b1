"""Copies of a schedule in the tools that page: GoAlert’s temporary schedules, PagerDuty’s overrides."""
