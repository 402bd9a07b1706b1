"""Schedules that are planned and published by themselves."""
