"""A null where none may be goes up to the nearest nullable parent, with one error that names the field."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import build_schema

from tests.execution.both import by_both

SCHEMA = build_schema("""
    type Query { nullable: Node  required: Node!  list: [Node!]  strict: [Node!]! }
    type Node { name: String  must: String!  child: Node  mustChild: Node! }
""")
NULL = "Cannot return null for non-nullable field Node.must."


async def ask(text: str, root: Any) -> dict[str, Any]:
    return await by_both(SCHEMA, text, root)


async def test_a_nullable_field_that_raises_is_null_alone() -> None:
    def fail(info: Any) -> None:
        raise ValueError("broken")

    assert await ask("{ nullable { name must } }", {"nullable": {"name": fail, "must": "m"}}) == {
        "data": {"nullable": {"name": None, "must": "m"}},
        "errors": [("broken", ["nullable", "name"])],
    }


@pytest.mark.parametrize("answer", [None, lambda info: None])
async def test_a_required_null_takes_its_parent_with_it(answer: Any) -> None:
    assert await ask("{ nullable { name must } }", {"nullable": {"must": answer}}) == {
        "data": {"nullable": None},
        "errors": [(NULL, ["nullable", "must"])],
    }


async def test_it_goes_up_through_required_parents() -> None:
    root = {"nullable": {"mustChild": {"mustChild": {"must": None}}}}
    assert await ask("{ nullable { name mustChild { mustChild { must } } } }", root) == {
        "data": {"nullable": None},
        "errors": [(NULL, ["nullable", "mustChild", "mustChild", "must"])],
    }


async def test_it_goes_up_to_the_whole_response() -> None:
    assert await ask("{ required { must } }", {"required": {"must": None}}) == {
        "data": None,
        "errors": [(NULL, ["required", "must"])],
    }


async def test_a_required_item_takes_its_list_with_it() -> None:
    assert await ask("{ list { must } }", {"list": [{"must": "a"}, {"must": None}, {"must": None}]}) == {
        "data": {"list": None},
        "errors": [(NULL, ["list", 1, "must"])],
    }


async def test_errors_before_the_one_that_nulls_the_parent_stay() -> None:
    def fail(info: Any) -> None:
        raise ValueError("broken")

    assert await ask("{ nullable { name must } }", {"nullable": {"name": fail, "must": None}}) == {
        "data": {"nullable": None},
        "errors": [("broken", ["nullable", "name"]), (NULL, ["nullable", "must"])],
    }


async def test_errors_after_the_one_that_nulls_the_parent_do_not_count() -> None:
    def fail(info: Any) -> None:
        raise ValueError("broken")

    assert await ask("{ nullable { must name } }", {"nullable": {"name": fail, "must": None}}) == {
        "data": {"nullable": None},
        "errors": [(NULL, ["nullable", "must"])],
    }


async def test_of_several_failing_children_each_nulls_only_its_own_parent() -> None:
    root = {"nullable": {"child": {"must": None}}, "list": [{"must": "a"}], "required": {"child": {"must": None}}}
    assert await ask("{ nullable { child { must } } list { must } required { child { must } } }", root) == {
        "data": {"nullable": {"child": None}, "list": [{"must": "a"}], "required": {"child": None}},
        "errors": [(NULL, ["nullable", "child", "must"]), (NULL, ["required", "child", "must"])],
    }


async def test_async_fields_do_the_same() -> None:
    async def nothing(info: Any) -> None:
        return None

    assert await ask("{ nullable { must } strict { must } }", {"nullable": {"must": nothing}, "strict": []}) == {
        "data": {"nullable": None, "strict": []},
        "errors": [(NULL, ["nullable", "must"])],
    }
