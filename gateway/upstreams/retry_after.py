"""The ``Retry-After`` header: how long a server asks to be left alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

MAX_S = 24 * 3600.0
_SECONDS = re.compile(r"[0-9]{1,9}")


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Seconds from now, at most a day; None without a header that makes sense. Source: RFC 9110, section 10.2.3."""
    value = headers.get("Retry-After", "").strip()
    if _SECONDS.fullmatch(value):
        return min(float(value), MAX_S)
    try:
        at = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    at = at.replace(tzinfo=at.tzinfo or UTC)
    return min(max((at - datetime.now(UTC)).total_seconds(), 0.0), MAX_S)
