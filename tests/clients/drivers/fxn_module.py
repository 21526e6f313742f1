"""Every call of fxn 0.0.2 to 0.0.21, whose classes are the API."""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

import fxn  # type: ignore[import-not-found]
import numpy as np
from recording import Recorder, values  # type: ignore[import-not-found]

recorder = Recorder()
call = recorder.call
notebook = Path("predictor.ipynb")
notebook.write_text("{}")

call("version", lambda: fxn.__version__)

call("user", fxn.User.retrieve)
call("user by name", lambda: fxn.User.retrieve("ada"))
call("organization", lambda: fxn.User.retrieve("fxn"))
call("unknown user", lambda: fxn.User.retrieve("nobody"))
call("user with a wrong key", lambda: fxn.User.retrieve(access_key="sk-wrong"))

call("predictor", lambda: fxn.Predictor.retrieve("@fxn/greeting"))
call("unknown predictor", lambda: fxn.Predictor.retrieve("@fxn/nothing"))
call("own predictors", lambda: fxn.Predictor.list(count=2))
call("archived predictors", lambda: fxn.Predictor.list(owner="natml", status="ARCHIVED", offset=0, count=1))
call("predictors of an unknown user", lambda: fxn.Predictor.list(owner="nobody"))
call("search", lambda: fxn.Predictor.search("fxn/greeting", count=1))

call("create", lambda: fxn.Predictor.create("@yusuf/new", notebook, description="New.", environment={"A": "1"}))
call("create again", lambda: fxn.Predictor.create("@yusuf/new", notebook))
call("overwrite", lambda: fxn.Predictor.create("@yusuf/new", notebook, type="EDGE", access="PUBLIC", overwrite=True))
call("long description", lambda: fxn.Predictor.create("@yusuf/long", notebook, description="x" * 201))
call("archive", lambda: fxn.Predictor.archive("@yusuf/new"))
call("delete", lambda: fxn.Predictor.delete("@yusuf/new"))
call("delete used", lambda: fxn.Predictor.delete("@yusuf/steady-mirror-003"))
call("delete again", lambda: fxn.Predictor.delete("@yusuf/new"))

for name, value in values().items():
    call(name, lambda value=value: fxn.Prediction.create("@fxn/identity", value=value).results[0])
call("null", lambda: fxn.Prediction.create("@fxn/identity", value=None).results)
call("upload", lambda: fxn.Prediction.create("@fxn/sum", values=np.arange(2000, dtype="int32")).results)
call("web output", lambda: fxn.Prediction.create("@fxn/identity", data_url_limit=10, value="x" * 100).results)
call("painted", lambda: fxn.Prediction.create("@fxn/image", width=20, height=10, pattern="checkerboard").results)
call("raw outputs", lambda: fxn.Prediction.create("@fxn/greeting", raw_outputs=True, name="Ada").results)
call("prediction", lambda: fxn.Prediction.create("@fxn/greeting"))
call("edge", lambda: fxn.Prediction.create("@fxn/edge"))
call("failure", lambda: fxn.Prediction.create("@fxn/fail", message="Why not"))
call("prediction of an unknown predictor", lambda: fxn.Prediction.create("@fxn/nothing"))

call("set variable", lambda: fxn.EnvironmentVariable.create("TOKEN", "secret"))
call("set variable of an organization", lambda: fxn.EnvironmentVariable.create("KEY", "secret", organization="fxn"))
call("variables", fxn.EnvironmentVariable.list)
call("variables of an organization", lambda: fxn.EnvironmentVariable.list(organization="fxn"))
call("variables of somebody else", lambda: fxn.EnvironmentVariable.list(organization="ada"))
call("delete variable", lambda: fxn.EnvironmentVariable.delete("TOKEN"))
call("delete variable of an organization", lambda: fxn.EnvironmentVariable.delete("KEY", organization="fxn"))
call("delete variable again", lambda: fxn.EnvironmentVariable.delete("TOKEN"))

call("upload URL", lambda: fxn.Storage.create_upload_url("a.png", "MEDIA", key="k"))
call("small file", lambda: fxn.Storage.upload(BytesIO(b"text"), "MEDIA", name="a", data_url_limit=100))
call("large file", lambda: fxn.Storage.upload(BytesIO(b"text"), "MEDIA", name="a"))

fxn.access_key = None
call("anonymous user", fxn.User.retrieve)
call("anonymous prediction", lambda: fxn.Prediction.create("@fxn/greeting", name="you").results)

assert os.environ["FXN_API_URL"] == fxn.api_url
recorder.print()
