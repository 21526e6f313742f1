"""Reading a page of metrics."""

from __future__ import annotations

from msgspec.structs import replace
from prometheus_client.parser import text_string_to_metric_families

from gateway.settings import MetricsSettings, Secret, Settings
from tests.harness import Gateway

TOKEN = "canary-token-of-prometheus"


def measured(settings: Settings) -> Settings:
    return replace(settings, metrics=MetricsSettings(enabled=True, token=Secret(TOKEN)))


class Page:
    """``samples`` by name as it is written, with their labels."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.families = {family.name: family for family in text_string_to_metric_families(text)}
        self.samples = {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in self.families.values()
            for sample in family.samples
        }

    def __call__(self, name: str, **labels: str) -> float:
        """The value of a sample; 0 if it is not there."""
        return self.samples.get((f"fngraph_{name}", frozenset(labels.items())), 0.0)

    def sum(self, name: str) -> float:
        """Over all labels."""
        return sum(value for (sample, _), value in self.samples.items() if sample == f"fngraph_{name}")


async def metrics_of(gateway: Gateway) -> Page:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with gateway.session.get(gateway.url + "/metrics", headers=headers) as response:
        assert response.status == 200
        assert response.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        return Page(await response.text())
