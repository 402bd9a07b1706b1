"""Addresses of schedules as they are copied from a browser, and what a worker may ask."""

import pytest

from providers.rotas import TOOLS
from providers.rotas.goalert import GOALERT
from providers.rotas.grafana import GRAFANA
from providers.rotas.opsgenie import OPSGENIE
from providers.rotas.pagerduty import PAGERDUTY
from providers.rotas.tool import Place, Tool

GRAFANA_PLACE = Place("https://o.example.net/oncall", "SBM7DV7BKFUYU")
UUID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"


@pytest.mark.parametrize(
    ("tool", "schedule", "region", "place"),
    [
        (OPSGENIE, " Platform ", "EU", Place("https://api.eu.opsgenie.com", "Platform")),
        (OPSGENIE, "Platform", "US", Place("https://api.opsgenie.com", "Platform")),
        (PAGERDUTY, "https://acme.pagerduty.com/schedules#PABC123", "", Place("https://api.pagerduty.com", "PABC123")),
        (PAGERDUTY, "https://acme.pagerduty.com/schedules/PABC123", "", Place("https://api.pagerduty.com", "PABC123")),
        (PAGERDUTY, "acme.eu.pagerduty.com/schedules#/PABC123", "", Place("https://api.eu.pagerduty.com", "PABC123")),
        (PAGERDUTY, "PABC123", "", Place("https://api.pagerduty.com", "PABC123")),
        (GOALERT, f"https://go.example.org/schedules/{UUID}/shifts", "", Place("https://go.example.org", UUID)),
        (GOALERT, f"http://go.example.org:8443/a/schedules/{UUID}", "", Place("http://go.example.org:8443/a", UUID)),
        (GRAFANA, " https://o.example.net/oncall/schedules/SBM7DV7BKFUYU ", "", GRAFANA_PLACE),
        (GRAFANA, "https://o.example.net/oncall/api/v1/schedules/SBM7DV7BKFUYU/final_shifts?page=2", "", GRAFANA_PLACE),
        (GRAFANA, "http://oncall:80/api/v1/schedules/SBM7DV7BKFUYU/", "", Place("http://oncall:80", "SBM7DV7BKFUYU")),
    ],
)  # fmt: skip
def test_a_schedule_is_found_in_what_is_typed(tool: Tool, schedule: str, region: str, place: Place) -> None:
    assert tool.place(schedule, region) == place


@pytest.mark.parametrize(
    ("tool", "schedule"),
    [
        (OPSGENIE, ""),
        (PAGERDUTY, "https://acme.pagerduty.com.evil.example/schedules/PABC123"),
        (PAGERDUTY, "https://evil.example/acme.pagerduty.com/schedules/PABC123"),
        (PAGERDUTY, "../users"),
        (GOALERT, f"https://user:secret@go.example.org/schedules/{UUID}"),
        (GOALERT, f"ftp://go.example.org/schedules/{UUID}"),
        (GOALERT, "https://go.example.org/schedules/1"),
        (GRAFANA, "SBM7DV7BKFUYU"),
        (GRAFANA, "https://user:secret@o.example.net/oncall/schedules/SBM7DV7BKFUYU"),
        (GRAFANA, "https://acme.grafana.net/a/grafana-oncall-app/schedules/SBM7DV7BKFUYU"),
        (GRAFANA, "https://o.example.net/oncall/schedules/../../users"),
    ],
)
def test_anything_else_is_refused(tool: Tool, schedule: str) -> None:
    with pytest.raises(ValueError, match=r"^Enter "):
        tool.place(schedule, "US")


def test_a_worker_may_only_ask_below_the_origin() -> None:
    for tool in TOOLS:
        (method,) = tool.methods
        assert tool.may_ask("https://api.example.org", method, "https://api.example.org/x")
        for other in ("https://api.example.org.evil.example/x", "http://api.example.org/x", "https://evil.example/"):
            assert not tool.may_ask("https://api.example.org", method, other)
        assert not tool.may_ask("https://api.example.org", "DELETE", "https://api.example.org/x")
