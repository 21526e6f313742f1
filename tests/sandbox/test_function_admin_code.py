"""The function administration stand-in reads code as the real server would import it, and never runs any."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.function_admin_api import PIPE, Api, form, running, with_valves

INCOMPATIBLE = "Current Valves are incompatible with this code: "


@pytest.fixture
async def api(tmp_path: Path) -> AsyncIterator[Api]:
    async with running(tmp_path) as api:
        yield api


async def fields(api: Api, *lines: str, before: str = "") -> dict[str, Any]:
    """The properties of a valve class with these lines, by name."""
    await api.create(before + with_valves(*lines))
    _, spec = await api.get("/id/fresh/valves/spec")
    return dict(spec["properties"])


async def test_code_is_never_run(api: Api, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    write = f"__import__('pathlib').Path({str(trace)!r}).touch()"
    await api.create(f"{write}\nclass Pipe:\n    {write}\n    def __init__(self):\n        {write}\n")
    assert await api.get("/id/fresh/valves/spec") == (200, None)
    for line in (f"a: str = {write}", f"a: str = Field(default_factory=lambda: {write})", f"a: '{write}' = 1"):
        status, _ = await api.post("/id/fresh/update", form(with_valves(line)))
        assert status == 400
    assert not trace.exists()


@pytest.mark.parametrize(
    ("content", "function_type", "toggle"),
    [
        ("class Event:\n    pass\nclass Action:\n    pass\n", "action", False),
        ("class Action:\n    pass\nclass Filter:\n    pass\nclass Pipe:\n    pass\n", "pipe", False),
        ("class Pipe:\n    toggle = True\n", "pipe", False),
        ("class Filter:\n    toggle: bool = True\n", "filter", True),
        ("class Filter:\n    toggle = True\n    def __init__(self):\n        self.toggle = False\n", "filter", False),
        ("class Filter:\n    def __init__(self):\n        self.toggle = True\n", "filter", True),
    ],
)
async def test_type_and_toggle_come_from_the_code(api: Api, content: str, function_type: str, toggle: bool) -> None:
    created = await api.create(content)
    assert (created["type"], created["meta"]["toggle"]) == (function_type, toggle)


@pytest.mark.parametrize(
    ("docstring", "manifest"),
    [
        (
            '"""\ntitle: A: b\nMy_Key:\tc \nmy-key: d\nfree text\nempty:\n"""',
            {"title": "A: b", "My_Key": "c", "empty": ""},
        ),
        ('"""\ntitle: A\nversion: 1"""', {"title": "A"}),
        ('"""title: A\nversion: 1\n"""', {}),
        ('\n"""\ntitle: A\n"""', {}),
        ("'''\ntitle: A\n'''", {}),
    ],
)
async def test_the_manifest_is_what_the_first_lines_say(api: Api, docstring: str, manifest: dict[str, str]) -> None:
    assert (await api.create(f"{docstring}\n{PIPE}"))["meta"]["manifest"] == manifest


async def test_imports_of_old_releases_are_renamed_wherever_they_stand(api: Api) -> None:
    await api.create('# from utils\nS = "from configx"\n' + PIPE)
    stored = (await api.function())["content"]
    assert stored == '# from open_webui.utils\nS = "from open_webui.configx"\n' + PIPE


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("class Pipe(\n", "'(' was never closed (<string>, line 1)"),
        ("return 1\n" + PIPE, "'return' outside function (<string>, line 1)"),
        ("import no_such_module.x\n" + PIPE, "No module named 'no_such_module'"),
        ("from . import x\n" + PIPE, "attempted relative import with no known parent package"),
        ('raise RuntimeError("off")\n' + PIPE, "off"),
        ('class Pipe:\n    def __init__(self):\n        raise ValueError("boom")\n', "boom"),
        ("def main():\n    pass\n", "No Function class found in the module"),
        ("class Pipe:\n    class Valves(BaseModel):\n        a: int = 1\n", "name 'BaseModel' is not defined"),
        (with_valves("a = 1"), "A non-annotated attribute was detected: `a = 1`."),
        (
            with_valves("a: Thing = 1"),
            f"{INCOMPATIBLE}`Valves` is not fully defined; "
            "you should define `Thing`, then call `Valves.model_rebuild()`.",
        ),
        (
            with_valves("a: int = len('abc')"),
            f"{INCOMPATIBLE}the sandbox reads code without running it and cannot read `len('abc')`",
        ),
    ],
)
async def test_code_that_does_not_load_is_refused_with_the_reason_on_update_only(
    api: Api, content: str, reason: str
) -> None:
    assert await api.post("/id/note_action/update", form(content)) == (400, {"detail": reason})
    hidden = reason if reason.startswith(INCOMPATIBLE) else "[ERROR: Error creating function]"
    assert await api.post("/create", form(content)) == (400, {"detail": hidden})


async def test_imports_that_the_real_server_has_are_no_error(api: Api) -> None:
    await api.create("import open_webui.models, requests\nfrom fastapi import Request\n" + PIPE)


async def test_annotations_become_pydantics_own_schema(api: Api) -> None:
    found = await fields(
        api,
        "a: Optional[int] = None",
        'b: "list[str] | None" = None',
        'c: t.Literal["x", "y"] = "x"',
        "d: Dict[str, List[float]] = {}",
        "e: tuple[int, ...] = (1, 2)",
        "f: Whatever = None",
        "_g: int = 1",
        before="import typing as t\nfrom typing import Any as Whatever, Dict, List, Optional\n",
    )
    assert found == {
        "a": {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None, "title": "A"},
        "b": {
            "anyOf": [{"items": {"type": "string"}, "type": "array"}, {"type": "null"}],
            "default": None,
            "title": "B",
        },
        "c": {"default": "x", "enum": ["x", "y"], "title": "C", "type": "string"},
        "d": {
            "additionalProperties": {"items": {"type": "number"}, "type": "array"},
            "default": {},
            "title": "D",
            "type": "object",
        },
        "e": {"default": [1, 2], "items": {"type": "integer"}, "title": "E", "type": "array"},
        "f": {"default": None, "title": "F"},
    }


async def test_field_options_become_pydantics_own_schema(api: Api) -> None:
    found = await fields(
        api,
        'a: str = Field("q", min_length=1, max_length=3, pattern="^q", title="T", examples=["q"])',
        "b: float = Field(..., gt=0, lt=2)",
        "c: list = Field(default_factory=lambda: [1])",
        'd: int = Field(default=1, extra_kw="x")',
    )
    assert found == {
        "a": {
            "default": "q",
            "examples": ["q"],
            "maxLength": 3,
            "minLength": 1,
            "pattern": "^q",
            "title": "T",
            "type": "string",
        },
        "b": {"exclusiveMaximum": 2, "exclusiveMinimum": 0, "title": "B", "type": "number"},
        "c": {"items": {}, "title": "C", "type": "array"},
        "d": {"default": 1, "extra_kw": "x", "title": "D", "type": "integer"},
    }


async def test_constants_and_the_environment_are_read_as_if_nothing_were_set(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SANDBOX_TEST_KEY", "leaked")
    found = await fields(
        api,
        'a: str = Field(default=os.getenv("SANDBOX_TEST_KEY", "unset"))',
        'b: str | None = os.environ.get("SANDBOX_TEST_KEY")',
        'c: list[str] = Field(default=[NAME, "other"])',
        before='import os\nNAME = "constant"\n',
    )
    assert [field["default"] for field in found.values()] == ["unset", None, ["constant", "other"]]


async def test_base_classes_and_nested_models_of_the_same_source_are_read(api: Api) -> None:
    source = (
        "from pydantic import BaseModel\n\n\nclass Shared(BaseModel):\n    a: int = 1\n\n\n"
        "class Pipe:\n    class Point(BaseModel):\n        x: int\n\n"
        '    class Valves(Shared):\n        """Doc."""\n\n        b: Point | None = None\n'
    )
    await api.create(source)
    _, spec = await api.get("/id/fresh/valves/spec")
    assert (spec["title"], spec["description"], list(spec["properties"])) == ("Valves", "Doc.", ["a", "b"])
    assert spec["$defs"]["Point"]["properties"] == {"x": {"title": "X", "type": "integer"}}


async def test_options_named_after_a_method_are_the_list_it_returns(api: Api) -> None:
    names = ("listed", "static", "computed", "missing")
    lines = [
        f'{name}: str = Field("a", json_schema_extra={{"input": {{"type": "select", "options": "{name}_options"}}}})'
        for name in names
    ]
    methods = [
        *("@classmethod", "def listed_options(cls, __user__=None):", '    return [{"value": "a"}]'),
        *("@staticmethod", "def static_options():", '    return ["b"]'),
        *("@classmethod", "def computed_options(cls):", "    return [str(1)]"),
    ]
    found = await fields(api, *lines, *methods)
    assert [field["input"]["options"] for field in found.values()] == [
        [{"value": "a"}],
        ["b"],
        "computed_options",
        "missing_options",
    ]
