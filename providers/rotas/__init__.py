"""Tools that page: who was on call there, read once for the history of a schedule. Nothing is written to them."""

from providers.rotas.goalert import GOALERT
from providers.rotas.grafana import GRAFANA
from providers.rotas.opsgenie import OPSGENIE
from providers.rotas.pagerduty import PAGERDUTY
from providers.rotas.tool import Place, ReadTool, Tool

__all__ = ["TOOLS", "Place", "ReadTool", "Tool"]

TOOLS = (OPSGENIE, PAGERDUTY, GOALERT, GRAFANA)
"""In the order in which they are offered."""
