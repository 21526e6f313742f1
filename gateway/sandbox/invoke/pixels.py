"""Detection without a trained model: the bounding box of what is bright in a raw grayscale image.

Source of the answer's shape: www.nyckel.com/docs, "BoxDetect". The image is a binary PGM (netpbm, ``P5``, one byte per
pixel), which is pixels after a short header, so that no image decoder is needed.
"""

from __future__ import annotations

import re

import numpy as np

from gateway.sandbox.invoke.answers import ApiError
from gateway.sandbox.store import Document

PGM_HEADER = re.compile(rb"P5\s+(\d{1,5})\s+(\d{1,5})\s+(\d{1,3})\s")
BRIGHT_SHARE = 0.5


def bright_boxes(image: bytes, label: str) -> list[Document]:
    """One box around all pixels above half of full brightness, or none; ``confidence`` is its mean brightness."""
    brightness = _brightness(image)
    rows, columns = np.nonzero(brightness > BRIGHT_SHARE)
    if not rows.size:
        return []
    height, width = brightness.shape
    top, bottom, left, right = rows.min(), rows.max() + 1, columns.min(), columns.max() + 1
    box = {
        "x": float(left / width),
        "y": float(top / height),
        "width": float((right - left) / width),
        "height": float((bottom - top) / height),
    }
    confidence = float(brightness[top:bottom, left:right].mean())
    return [{"labelName": label, "confidence": confidence, "boundingBox": box}]


def _brightness(image: bytes) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    header = PGM_HEADER.match(image)
    if header is None:
        raise ApiError(400, "The image must be a binary PGM.")
    width, height, brightest = map(int, header.groups())
    pixels = np.frombuffer(image[header.end() :], dtype=np.uint8)
    if pixels.size != width * height or not 0 < brightest < 256:
        raise ApiError(400, "The image's size does not fit its header.")
    return pixels.reshape(height, width) / brightest
