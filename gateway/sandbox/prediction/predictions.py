"""Making predictions: on the server (CLOUD, and v1 remote), or what a device needs to make one itself (EDGE)."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from typing import Any

from gateway.sandbox.prediction.callers import Caller
from gateway.sandbox.prediction.errors import ApiError
from gateway.sandbox.prediction.functions import FUNCTIONS
from gateway.sandbox.prediction.records import Records, timestamp
from gateway.sandbox.prediction.storage import Storage
from gateway.sandbox.prediction.values import data_url, encode
from gateway.sandbox.store import Document


class Predictions:
    """Makes predictions, and counts them."""

    def __init__(self, records: Records, storage: Storage) -> None:
        self._records = records
        self._storage = storage

    def usable_predictor(self, tag: str, caller: Caller) -> Document:
        """A predictor that answers this caller.

        Raises 404 for one that the caller may not see, 400 for one that is not active, and 403 for an archived one
        unless the caller owns it or used it before.
        """
        predictor = self._records.predictor(tag, caller)
        status = predictor["status"]
        if (
            status == "ARCHIVED"
            and predictor["owner"] not in caller.owned
            and caller.username not in predictor["users"]
        ):
            raise ApiError(403, f"{tag} is archived: it answers those only who used it before")
        if status in ("PROVISIONING", "INVALID"):
            raise ApiError(400, f"{tag} cannot make predictions: it is {status}")
        return predictor

    def remote(
        self, predictor: Document, inputs: dict[str, Any], caller: Caller, data_url_limit: int | None = None
    ) -> Iterator[Document]:
        """The prediction, again and again while it grows; the last one is complete.

        An output of ``data_url_limit`` bytes or more is stored, and its ``data`` a web URL. ``latency`` is in
        milliseconds. An exception of the function is the prediction's ``error`` (docs.fxn.ai, "Predictions").
        """
        prediction = self._new(predictor, caller)
        logs: list[str] = []
        started_s = time.perf_counter()

        def snapshot(results: list[Document] | None, error: str | None = None) -> Document:
            latency = round((time.perf_counter() - started_s) * 1000, 3)
            return {**prediction, "results": results, "latency": latency, "error": error, "logs": "".join(logs)}

        try:
            for outputs in FUNCTIONS[predictor["function"]](inputs, logs.append):
                yield snapshot([self._value(output, data_url_limit) for output in outputs])
        except Exception as error:
            yield snapshot(None, str(error))

    def edge(self, predictor: Document, caller: Caller) -> Document:
        """A prediction for the device to make: its configuration token and the libraries to load."""
        token = secrets.token_urlsafe(24)
        return {**self._new(predictor, caller), "configuration": token, "resources": self._storage.resources()}

    def _new(self, predictor: Document, caller: Caller) -> Document:
        self._records.count_prediction(predictor["tag"], caller)
        new_id = "prediction-" + secrets.token_hex(8)
        return {"id": new_id, "tag": predictor["tag"], "type": predictor["type"], "created": timestamp()}

    def _value(self, output: Any, data_url_limit: int | None) -> Document:
        encoded = encode(output)
        if encoded.data is None:
            url = None
        elif data_url_limit is None or len(encoded.data) < data_url_limit:
            url = data_url(encoded.data, encoded.mime)
        else:
            url = self._storage.keep(encoded.data, encoded.mime)
        return {"data": url, "type": encoded.type, "shape": encoded.shape}
