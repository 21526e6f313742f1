"""Enumerations of the prediction part."""

from __future__ import annotations

from gateway.upstreams.prediction.records import Acceleration, AccessMode, PredictorStatus, PredictorType, UploadType
from schema.common import described_enum

__all__ = ["Acceleration", "AccessMode", "PredictorStatus", "PredictorType", "UploadType"]

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
described_enum(
    UploadType,
    "What an uploaded file is for.",
    {
        "FEATURE": "Former name of VALUE.",
        "VALUE": "An input of a prediction.",
        "MEDIA": "Picture or video of a predictor.",
        "NOTEBOOK": "Notebook of a predictor.",
    },
    deprecated={"FEATURE": "Renamed to `VALUE` (2023-07): fxn up to 0.0.12, fxnjs up to 0.0.15, fxn3d up to 0.0.2."},
)
