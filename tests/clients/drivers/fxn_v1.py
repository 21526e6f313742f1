"""Every call of fxn 0.0.41 to 0.0.55, which speaks REST under ``/v1``."""

from __future__ import annotations

import asyncio
import importlib
import sys
from io import BytesIO
from typing import Any

import numpy as np
from recording import Recorder, values  # type: ignore[import-not-found]

recorder = Recorder()
call = recorder.call


def imported() -> Any:
    """The package. 0.0.48 asks a module of its own for a name that this does not have: give it one, and try again."""
    if call("import", lambda: importlib.import_module("fxn").__name__) is None:
        sys.modules["fxn.beta.metadata"].GGUFInferenceMetadata = None  # type: ignore[attr-defined]
    return importlib.import_module("fxn")


fxn = imported()
f = fxn.Function()
remote = f.beta.predictions.remote.create

call("user", f.users.retrieve)
call("user with a wrong key", fxn.Function("sk-wrong").users.retrieve)
call("anonymous user", fxn.Function("None").users.retrieve)

call("predictor", lambda: f.predictors.retrieve("@fxn/greeting"))
call("unknown predictor", lambda: f.predictors.retrieve("@fxn/nothing"))
call("private predictor", lambda: f.predictors.retrieve("@ada/notes"))

call("edge", lambda: f.predictions.create("@fxn/edge"))
call("edge of an unknown predictor", lambda: f.predictions.create("@fxn/nothing"))

for name, value in values().items():
    call(name, lambda value=value: remote("@fxn/identity", inputs={"value": value}).results[0])
call("null", lambda: remote("@fxn/identity", inputs={"value": None}).results)
call("bytes", lambda: remote("@fxn/identity", inputs={"value": BytesIO(b"raw")}).results)
four_mib = np.ones(2**20, dtype="int32")
call("four MiB twice", lambda: remote("@fxn/sum", inputs={"a": four_mib, "b": four_mib}).results)
call("upload", lambda: remote("@fxn/sum", inputs={"values": np.ones(2**20 + 1, dtype="int32")}).results)
call("prediction", lambda: remote("@fxn/greeting", inputs={}))
call("failure", lambda: remote("@fxn/fail", inputs={"message": "Why not"}))
call("prediction of an unknown predictor", lambda: remote("@fxn/nothing", inputs={}))
call(
    "anonymous prediction",
    lambda: fxn.Function("None").beta.predictions.remote.create("@fxn/greeting", inputs={}).results,
)

archive = "/predictors/@yusuf/quick-greeter-000/archive"
call("archive", lambda: f.client.request(method="POST", path=archive))
call("archived", lambda: f.predictors.retrieve("@yusuf/quick-greeter-000").status)
call("delete", lambda: f.client.request(method="DELETE", path="/predictors/@yusuf/keen-narrator-009"))
call("deleted", lambda: f.predictors.retrieve("@yusuf/keen-narrator-009"))

if hasattr(f.client, "stream"):

    async def streamed() -> list[Any]:
        body = {"tag": "@fxn/stream", "inputs": {"text": "a b c"}, "stream": True}
        return [event async for event in f.client.stream(method="POST", path="/predictions/remote", body=body)]

    call("stream", lambda: asyncio.run(streamed()))

    @f.beta.predict("@fxn/greeting", remote=True)  # type: ignore[untyped-decorator]
    def greet(name: str) -> str:
        raise NotImplementedError

    call("decorated function", lambda: greet("Ada"))

recorder.print()
