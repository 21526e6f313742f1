"""Every call of fxn 0.0.24 to 0.0.40, whose services hang on a ``Function``."""

from __future__ import annotations

import asyncio
import inspect
import os
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from fxn import Function  # type: ignore[import-not-found]
from recording import Recorder, values  # type: ignore[import-not-found]

recorder = Recorder()
call = recorder.call
notebook = Path("predictor.ipynb")
notebook.write_text("{}")

f = Function()
BY_KEYWORDS = inspect.signature(f.predictions.create).parameters["inputs"].kind is inspect.Parameter.VAR_KEYWORD
# 0.0.36 and later have inputs for predictions on the device only.
RUNS_IN_THE_CLOUD = hasattr(f, "storage")


def predict(tag: str, function: Function = f, **inputs: Any) -> Any:
    given = inputs if BY_KEYWORDS or not inputs else {"inputs": inputs}
    return function.predictions.create(tag, **given)


def streamed(tag: str, **inputs: Any) -> list[Any]:
    async def all_of() -> list[Any]:
        given = inputs if BY_KEYWORDS else {"inputs": inputs}
        return [prediction.results async for prediction in f.predictions.stream(tag, **given)]

    return asyncio.run(all_of())


call("user", f.users.retrieve)
call("user by name", lambda: f.users.retrieve("ada"))
call("organization", lambda: f.users.retrieve("fxn"))
call("unknown user", lambda: f.users.retrieve("nobody"))
call("user with a wrong key", Function("sk-wrong").users.retrieve)

call("predictor", lambda: f.predictors.retrieve("@fxn/greeting"))
call("unknown predictor", lambda: f.predictors.retrieve("@fxn/nothing"))
call("own predictors", lambda: f.predictors.list(count=2))
call("archived predictors", lambda: f.predictors.list(owner="natml", status="ARCHIVED", offset=0, count=1))
call("provisioning predictors", lambda: f.predictors.list(owner="natml", status="PROVISIONING", count=1))
call("predictors of an unknown user", lambda: f.predictors.list(owner="nobody"))
call("search", lambda: f.predictors.search("fxn/greeting", count=1))

if hasattr(f.predictors, "create"):
    create: Callable[..., Any] = f.predictors.create
    call("create", lambda: create("@yusuf/new", notebook, description="New.", environment={"A": "1"}))
    call("create again", lambda: create("@yusuf/new", notebook))
    call("overwrite", lambda: create("@yusuf/new", notebook, type="EDGE", access="PUBLIC", overwrite=True))
    call("long description", lambda: create("@yusuf/long", notebook, description="x" * 201))
call("archive", lambda: f.predictors.archive("@yusuf/quick-greeter-000"))
call("delete", lambda: f.predictors.delete("@yusuf/keen-narrator-009"))
call("delete used", lambda: f.predictors.delete("@yusuf/steady-mirror-003"))
call("delete again", lambda: f.predictors.delete("@yusuf/keen-narrator-009"))

if RUNS_IN_THE_CLOUD:
    for name, value in values().items():
        call(name, lambda value=value: predict("@fxn/identity", value=value).results[0])
    call("null", lambda: predict("@fxn/identity", value=None).results)
    call("upload", lambda: predict("@fxn/sum", values=np.arange(2000, dtype="int32")).results)
    call("painted", lambda: predict("@fxn/image", width=20, height=10, pattern="checkerboard").results)
    call("prediction", lambda: predict("@fxn/greeting"))
    call("failure", lambda: predict("@fxn/fail", message="Why not"))
    call("stream", lambda: streamed("@fxn/stream", text="a b c"))
    call("edge", lambda: f.predictions.create("@fxn/edge", raw_outputs=True))
    call("upload URL", lambda: f.storage.create_upload_url("a.png", "MEDIA", key="k"))
    call("small file", lambda: f.storage.upload(BytesIO(b"text"), type="MEDIA", name="a", data_url_limit=100))
    call("large file", lambda: f.storage.upload(BytesIO(b"text"), type="MEDIA", name="a"))
    variables = f.environment_variables
    call("set variable", lambda: variables.create("TOKEN", "secret"))
    call("set variable of an organization", lambda: variables.create("KEY", "secret", organization="fxn"))
    call("variables", variables.list)
    call("variables of an organization", lambda: variables.list(organization="fxn"))
    call("variables of somebody else", lambda: variables.list(organization="ada"))
    call("delete variable", lambda: variables.delete("TOKEN"))
    call("delete variable again", lambda: variables.delete("TOKEN"))
else:
    call("prediction", lambda: f.predictions.create("@fxn/greeting"))
    call("edge", lambda: f.predictions.create("@fxn/edge"))
call("prediction of an unknown predictor", lambda: f.predictions.create("@fxn/nothing"))

del os.environ["FXN_ACCESS_KEY"]
nobody = Function()
call("anonymous user", nobody.users.retrieve)
inputs = {"name": "you"} if RUNS_IN_THE_CLOUD else {}
call("anonymous prediction", lambda: predict("@fxn/greeting", nobody, **inputs).results)

recorder.print()
