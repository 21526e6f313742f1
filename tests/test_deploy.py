"""deploy/ fits the gateway: its settings, the times of its end, the paths of its health, and what a pod may do.

That the files are well-formed is for the linters of ``make lint-deploy``.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml  # type: ignore[import-untyped]

from gateway import __version__
from gateway.settings import Settings, load, read
from gateway.settings.safety import warnings_of
from gateway.store.opening import open_store
from tests.redis_server import running_redis

DEPLOY = Path(__file__).parent.parent / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
END_S = 2
"""What the end may take beyond its settings: for sockets whose clients do not answer (docs/operating.md)."""


@pytest.fixture
def kinds() -> dict[str, Any]:
    """The manifests, by kind."""
    manifests = [yaml.safe_load(file.read_text()) for file in (DEPLOY / "kubernetes").glob("*.yaml")]
    return {manifest["kind"]: manifest for manifest in manifests}


@pytest.fixture
def pod(kinds: dict[str, Any]) -> Any:
    return kinds["Deployment"]["spec"]["template"]["spec"]


@pytest.fixture
def gateway_of_compose() -> Any:
    return yaml.safe_load((DEPLOY / "docker-compose.yaml").read_text())["services"]["gateway"]


@pytest.fixture
def secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """A value for each variable of the example, as a Secret or ``env_file`` gives them."""
    variables = re.findall(r"^(FNGRAPH_\w+)=(.*)$", (DEPLOY / "secrets.example.env").read_text(), re.MULTILINE)
    assert len(variables) == 5
    for name, value in variables:
        monkeypatch.setenv(name, value or "secret")


@pytest.fixture
def in_kubernetes(kinds: dict[str, Any], secrets: None, tmp_path: Path) -> Settings:
    file = tmp_path / "fngraph.toml"
    file.write_text(kinds["ConfigMap"]["data"]["fngraph.toml"])
    return load(file)


@pytest.fixture
def in_compose(secrets: None) -> Settings:
    return load(DEPLOY / "fngraph.example.toml")


def test_the_settings_are_right_and_safe(in_kubernetes: Settings, in_compose: Settings) -> None:
    for settings in (in_kubernetes, in_compose):
        assert (settings.environment, settings.host, settings.port) == ("production", "0.0.0.0", 8000)
        assert settings.trusted_proxies
        assert warnings_of(settings) == []


def test_nothing_is_killed_before_its_end(
    in_kubernetes: Settings, in_compose: Settings, pod: Any, gateway_of_compose: Any
) -> None:
    waits = [(in_kubernetes, pod["terminationGracePeriodSeconds"])]
    waits.append((in_compose, int(gateway_of_compose["stop_grace_period"].removesuffix("s"))))
    for settings, waits_s in waits:
        assert settings.shutdown_timeout_s > settings.limits.operation_timeout_s
        assert waits_s > settings.shutdown_delay_s + settings.shutdown_timeout_s + END_S


def test_the_settings_are_mounted_as_a_folder_so_that_a_change_of_them_is_seen(pod: Any) -> None:
    """Kubernetes never changes a single file that is mounted by ``subPath``."""
    (container,) = pod["containers"]
    (mount,) = container["volumeMounts"]
    assert "subPath" not in mount
    assert container["args"] == ["serve", "--config", f"{mount['mountPath']}/fngraph.toml"]


def test_no_variable_of_a_service_is_taken_for_a_setting(pod: Any, kinds: dict[str, Any]) -> None:
    assert kinds["Service"]["metadata"]["name"] == "fngraph"
    assert pod["enableServiceLinks"] is False


def test_the_probes_ask_what_the_gateway_answers(pod: Any) -> None:
    (container,) = pod["containers"]
    probes = {name: container[name]["httpGet"] for name in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert {name: probe["path"] for name, probe in probes.items()} == {
        "startupProbe": "/healthz",
        "livenessProbe": "/healthz",
        "readinessProbe": "/readyz",
    }
    assert {probe["port"] for probe in probes.values()} == {"http"}
    assert container["ports"] == [{"name": "http", "containerPort": 8000}]
    assert "http://127.0.0.1:8000/healthz" in DOCKERFILE


def test_a_pod_may_do_what_the_restricted_standard_lets_it(pod: Any) -> None:
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert [set(volume) - {"name"} for volume in pod["volumes"]] == [{"configMap"}]


def test_everything_finds_the_pods(kinds: dict[str, Any]) -> None:
    labels = kinds["Deployment"]["spec"]["template"]["metadata"]["labels"]
    assert kinds["Deployment"]["spec"]["selector"]["matchLabels"] == labels
    assert kinds["Service"]["spec"]["selector"] == labels
    assert kinds["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"] == labels
    assert kinds["HorizontalPodAutoscaler"]["spec"]["scaleTargetRef"]["name"] == "fngraph"
    assert (
        kinds["HorizontalPodAutoscaler"]["spec"]["minReplicas"] > kinds["PodDisruptionBudget"]["spec"]["maxUnavailable"]
    )


def test_the_page_on_scaling_counts_with_what_is_deployed(kinds: dict[str, Any], pod: Any) -> None:
    scaler, page = kinds["HorizontalPodAutoscaler"]["spec"], (DEPLOY.parent / "docs" / "scaling.md").read_text()
    (metric,) = scaler["metrics"]
    utilization = metric["resource"]["target"]["averageUtilization"]
    assert pod["containers"][0]["resources"]["requests"]["cpu"] == "1"
    assert f"| load that a core should have | `u`, as the autoscaler has it | {utilization / 100:g} |" in page
    counts = (f"minReplicas: {scaler['minReplicas']}", f"maxReplicas: {scaler['maxReplicas']}")
    unavailable = kinds["PodDisruptionBudget"]["spec"]["maxUnavailable"]
    for text in (*counts, f"averageUtilization: {utilization}", f"maxUnavailable: {unavailable}"):
        assert f"`{text}`" in page, text


def test_the_image_is_this_version_and_not_root(pod: Any, gateway_of_compose: Any) -> None:
    assert f"fngraph:{__version__} " in DOCKERFILE
    assert [pod["containers"][0]["image"], gateway_of_compose["image"]] == [f"fngraph:{__version__}"] * 2
    assert f"USER {pod['securityContext']['runAsUser']}:{pod['securityContext']['runAsGroup']}\n" in DOCKERFILE


def test_every_base_image_has_a_tag() -> None:
    images = re.findall(r"^(?:FROM|ARG PYTHON)[ =](\S+)", DOCKERFILE, re.MULTILINE)
    assert len(images) == 4
    assert [image for image in images if ":" not in image and image != "${PYTHON}"] == []


def test_the_image_s_builder_is_sent_what_is_copied() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    sources = [source for line in copied for source in line.split()]
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    assert len(sources) > 8
    for source in sources:
        assert (DEPLOY.parent / source).exists()
        assert f"!{source}" in ignored or f"!{source.split('/')[0]}" in ignored


@pytest.fixture
def valkey() -> dict[str, Any]:
    """The manifests of the store, by kind."""
    manifests = yaml.safe_load_all((DEPLOY / "kubernetes" / "valkey" / "valkey.yaml").read_text())
    return {manifest["kind"]: manifest for manifest in manifests}


def test_the_store_is_where_the_gateway_looks_for_it_and_nobody_else_may(
    in_kubernetes: Settings, valkey: dict[str, Any], kinds: dict[str, Any]
) -> None:
    assert in_kubernetes.store is not None
    services = yaml.safe_load((DEPLOY / "docker-compose.yaml").read_text())["services"]
    (host,) = {valkey["Service"]["metadata"]["name"], urlsplit(in_kubernetes.store.get_secret_value()).hostname}
    assert "ports" not in services[host]
    pod = valkey["Deployment"]["spec"]["template"]
    assert valkey["Service"]["spec"]["selector"] == pod["metadata"]["labels"]
    assert valkey["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"] == pod["metadata"]["labels"]
    ((rule,),) = [rule["from"] for rule in valkey["NetworkPolicy"]["spec"]["ingress"]]
    assert rule["podSelector"] == kinds["Deployment"]["spec"]["selector"]
    assert pod["spec"]["containers"][0]["securityContext"]["capabilities"] == {"drop": ["ALL"]}


def test_the_store_is_set_up_the_same_in_both(valkey: dict[str, Any]) -> None:
    plain = [line for line in (DEPLOY / "valkey.conf").read_text().splitlines() if not line.startswith("#")]
    assert valkey["ConfigMap"]["data"]["valkey.conf"].splitlines() == plain


@pytest.mark.slow
async def test_the_store_that_is_set_up_so_lets_the_gateway_in_and_nobody_else(tmp_path: Path) -> None:
    (tmp_path / "valkey.acl").write_text((DEPLOY / "valkey.example.acl").read_text())
    configuration = (DEPLOY / "valkey.conf").read_text().replace("/etc/valkey/users", str(tmp_path))
    (tmp_path / "valkey.conf").write_text(configuration)
    async with running_redis(tmp_path, configuration=tmp_path / "valkey.conf") as server:
        for user, degraded in (("fngraph:PASSWORD@", False), ("", True), ("fngraph:wrong@", True)):
            settings = read(Settings, {"store": server.url.replace("//", f"//{user}"), "store_timeout_s": 2.0})
            async with open_store(settings) as store:
                assert store.degraded is degraded, user
