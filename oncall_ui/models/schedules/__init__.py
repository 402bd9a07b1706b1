"""On-call schedules: their settings, their people, plans, and what was published."""
