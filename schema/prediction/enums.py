"""Enumerations of the prediction part."""

from __future__ import annotations

from gateway.upstreams.prediction.records import Acceleration, AccessMode, PredictorStatus, PredictorType
from schema.common import described_enum

__all__ = ["Acceleration", "AccessMode", "PredictorStatus", "PredictorType"]

described_enum(
    PredictorType,
    "Where a predictor runs.",
    {"CLOUD": "In the vendor's cloud.", "EDGE": "On the caller's device, from compiled resources."},
)
described_enum(
    PredictorStatus,
    "Life of a predictor.",
    {
        "PROVISIONING": "Being built; `COMPILING` in newer releases.",
        "ACTIVE": "Ready for predictions.",
        "INVALID": "Building it failed; see `error`.",
        "ARCHIVED": "Closed for new users; keeps working for earlier ones.",
    },
)
described_enum(
    AccessMode,
    "Who may use a predictor.",
    {
        "PUBLIC": "Everybody.",
        "PRIVATE": "Its owner.",
        "PROTECTED": "Everybody who knows it; clients fxn 0.0.23 to 0.0.27, fxnjs 0.0.22 to 0.0.24.",
    },
)
described_enum(
    Acceleration,
    "Hardware of a CLOUD predictor.",
    {"CPU": "No accelerator.", "A40": "NVIDIA A40.", "A100": "NVIDIA A100."},
)
