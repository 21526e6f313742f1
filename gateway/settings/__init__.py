"""Typed settings from ``fngraph.toml`` and ``FNGRAPH_*`` variables, read once; nothing else reads the environment.

A variable wins over the file; ``__`` goes one level down: ``FNGRAPH_PREDICTION__URL`` is ``url`` of ``[prediction]``.
Times are seconds, sizes bytes. ``load`` reports every wrong value at once.
"""

from __future__ import annotations

from gateway.settings.answers import AnswerSettings
from gateway.settings.auth import AuthorizationUrlSettings, JwtSettings, KeySettings
from gateway.settings.callers import CallerSettings
from gateway.settings.credentials import (
    ClientCredentials,
    Credential,
    ForwardCredential,
    NoCredential,
    PerUserCredential,
    StaticCredential,
)
from gateway.settings.documents import DocumentSettings
from gateway.settings.limits import LimitSettings, UploadSettings, WebSocketSettings
from gateway.settings.links import LinkSettings
from gateway.settings.loading import load
from gateway.settings.observability import MetricsSettings, TracingSettings
from gateway.settings.reading import read
from gateway.settings.root import Settings
from gateway.settings.secret import Secret
from gateway.settings.tables import SettingsError
from gateway.settings.upstreams import (
    DeploymentSettings,
    FunctionAdminSettings,
    InvokeSettings,
    PredictionSettings,
    UpstreamSettings,
)

__all__ = [
    "AnswerSettings",
    "AuthorizationUrlSettings",
    "CallerSettings",
    "ClientCredentials",
    "Credential",
    "DeploymentSettings",
    "DocumentSettings",
    "ForwardCredential",
    "FunctionAdminSettings",
    "InvokeSettings",
    "JwtSettings",
    "KeySettings",
    "LimitSettings",
    "LinkSettings",
    "MetricsSettings",
    "NoCredential",
    "PerUserCredential",
    "PredictionSettings",
    "Secret",
    "Settings",
    "SettingsError",
    "StaticCredential",
    "TracingSettings",
    "UploadSettings",
    "UpstreamSettings",
    "WebSocketSettings",
    "load",
    "read",
]
