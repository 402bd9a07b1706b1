"""Finds the best plan for a planning problem and proves, stage by stage, how good it is."""

from oncall_ui.solving.planning import solve
from oncall_ui.solving.stages import Progress, Report

__all__ = ["Progress", "Report", "solve"]
