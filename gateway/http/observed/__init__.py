"""The HTTP side of metrics and traces (``gateway.observability``). None of it is there where both are off."""
