"""Schemas, documents and data for the differential test.

A field has the same type and arguments in every type that has it, so that fragments always merge. What a field answers
follows from its parent's seed, the field's name and its arguments alone: asked again, in any order, it answers the
same.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Generator
from functools import partial
from random import Random
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLField,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLString,
    GraphQLUnionType,
    get_named_type,
    is_list_type,
    is_non_null_type,
)

from gateway.execution import ATTRIBUTE, COMPUTED, TYPE_NAME, UNCHANGED, mark_batch

Color = GraphQLEnumType("Color", {"RED": 0, "GREEN": "green", "BLUE": (1, 2)})


def _loud(value: Any) -> Any:
    if value == "raise":
        raise ValueError("too loud")
    return None if value == "null" else str(value).upper()


Loud = GraphQLScalarType("Loud", coerce_output_value=_loud)


def _plain(value: Any) -> Any:
    if not isinstance(value, (str, dict, list, int)):
        raise TypeError("not plain")
    return value


Plain = GraphQLScalarType("Plain", coerce_output_value=_plain, extensions={UNCHANGED: frozenset({str, dict})})

LEAVES: dict[str, list[Any]] = {
    "String": ["", "text", 5, True, 1.5],
    "Int": [0, 1, -5, 2147483647, 2147483648, "7", 2.0, True],
    "Float": [0.0, 1.5, 3, float("inf"), float("nan"), "2.5", False],
    "Boolean": [True, False, 1, 0.0],
    "ID": ["a", 5, "5", 2.0],
    "Color": [0, "green", (1, 2), False],
    "Loud": ["quiet", "raise", "null", 5],
    "Plain": ["plain", {"a": [1]}, 5, [None]],
}
STANDARD = [GraphQLString, GraphQLInt, GraphQLFloat, GraphQLBoolean, GraphQLID, Color, Loud, Plain]
WRONG: list[Any] = [[1], {"a": 1}, "text", 7, object, b"bytes", [], [None], 2.5]
OBJECTS = ["Query", "A", "B", "C"]


class Later:
    """An awaitable that is no coroutine: nobody complains when it is not awaited."""

    def __init__(self, turns: int, value: Any) -> None:
        self._turns = turns
        self._value = value

    def __await__(self) -> Generator[Any, None, Any]:
        for _ in range(self._turns):
            yield from asyncio.sleep(0).__await__()
        return _returned(self._value)


class RaisedError(Exception):
    """Stands for an exception that is to be raised, not returned."""


def _returned(value: Any) -> Any:
    if isinstance(value, RaisedError):
        raise LookupError(str(value))
    return value


class Node:
    """An object of the data; its attributes are computed."""

    def __init__(self, world: World, typename: str, seed: str) -> None:
        self.world = world
        self.typename = typename
        self.seed = seed

    def __getattr__(self, name: str) -> Any:
        if name not in self.world.fields:
            raise AttributeError(f"no {name}")
        return _returned(self.world.value(self, name, {}))

    def __repr__(self) -> str:
        return f"Node({self.typename})"


class World:
    """A schema and the data behind it, drawn from ``random``."""

    def __init__(self, random: Random, salt: int, *, synchronous: bool) -> None:
        self._random = random
        self._salt = salt
        self.synchronous = synchronous
        self.fields: dict[str, GraphQLField] = {}
        self._interfaces: list[GraphQLInterfaceType] = []
        self._unions: list[GraphQLUnionType] = []
        self._objects: dict[str, GraphQLObjectType] = {}
        self.schema = self._schema()

    def root(self) -> Node:
        return Node(self, "Query", "root")

    # The schema

    def _schema(self) -> GraphQLSchema:
        names = [f"f{index}" for index in range(self._random.randint(3, 8))]
        shared = names[:2]
        by_type = self._random.random() < 0.5
        self._interfaces = [
            GraphQLInterfaceType(
                "Thing",
                lambda: {name: self._field(name) for name in shared},
                resolve_type=self._resolve_type(by_type),
                extensions=self._named_by_value(by_type),
            )
        ]
        for name in OBJECTS:
            own = [*shared, *self._some(names)]
            self._objects[name] = GraphQLObjectType(
                name,
                partial(self._resolved_fields, own),
                interfaces=self._interfaces if name != "C" else [],
                is_type_of=self._is_type_of(name, by_type) if name != "Query" else None,
            )
        members = [self._objects["A"], self._objects["C"]]
        resolve, extensions = self._resolve_type(by_type), self._named_by_value(by_type)
        self._unions = [GraphQLUnionType("Either", members, resolve_type=resolve, extensions=extensions)]
        self.fields = {name: GraphQLField(self._type()) for name in names}
        for name in names:
            if self._random.random() < 0.3:
                self.fields[name].args = self._arguments()
        return GraphQLSchema(self._objects["Query"], types=[*self._objects.values(), *STANDARD])

    def _some(self, names: list[str]) -> list[str]:
        return [name for name in names if self._random.random() < 0.6]

    def _arguments(self) -> dict[str, GraphQLArgument]:
        return {
            "n": GraphQLArgument(GraphQLInt, default_value=3),
            "color": GraphQLArgument(Color),
            "must": GraphQLArgument(GraphQLNonNull(GraphQLInt), default_value=1),
            "list": GraphQLArgument(GraphQLList(GraphQLNonNull(GraphQLInt))),
        }

    def _type(self) -> Any:
        composite = [*self._objects.values(), *self._interfaces, *self._unions]
        type_: Any = self._random.choice(composite if self._random.random() < 0.5 else STANDARD)
        for _ in range(self._random.choice([0, 0, 1, 1, 2])):
            type_ = GraphQLList(self._maybe_non_null(type_))
        return self._maybe_non_null(type_)

    def _maybe_non_null(self, type_: Any) -> Any:
        return GraphQLNonNull(type_) if self._random.random() < 0.35 else type_

    def _field(self, name: str) -> GraphQLField:
        return GraphQLField(self.fields[name].type, args=self.fields[name].args)

    def _resolved_fields(self, names: list[str]) -> dict[str, GraphQLField]:
        return {name: self._resolved(name) for name in names}

    def _resolved(self, name: str) -> GraphQLField:
        field = self._field(name)
        kinds = [self._by_attribute, self._by_default, self._by_row, self._by_resolver]
        if not self.synchronous:
            kinds += [self._by_later, self._by_coroutine, self._by_batch, self._by_batch]
        self._random.choice(kinds)(field, name)
        return field

    # How a field is resolved

    def _by_attribute(self, field: GraphQLField, name: str) -> None:
        field.extensions[ATTRIBUTE] = name
        field.resolve = lambda source, info, **arguments: getattr(source, name)

    def _by_default(self, field: GraphQLField, name: str) -> None:
        """graphql-core's default resolver."""

    def _by_row(self, field: GraphQLField, name: str) -> None:
        field.extensions[COMPUTED] = lambda source: _returned(self.value(source, name, {}))
        self._by_resolver(field, name)

    def _by_resolver(self, field: GraphQLField, name: str) -> None:
        field.resolve = lambda source, info, **arguments: _returned(self.value(source, name, arguments))

    def _by_later(self, field: GraphQLField, name: str) -> None:
        field.resolve = lambda source, info, **arguments: Later(1, self.value(source, name, arguments))

    def _by_coroutine(self, field: GraphQLField, name: str) -> None:
        async def resolve(source: Node, info: Any, **arguments: Any) -> Any:
            for _ in range(Random(source.seed).randint(0, 2)):
                await asyncio.sleep(0)
            return _returned(self.value(source, name, arguments))

        field.resolve = resolve

    def _by_batch(self, field: GraphQLField, name: str) -> None:
        broken = self._random.random() < 0.1

        async def resolve(parents: list[Node], info: Any, **arguments: Any) -> list[Any]:
            await asyncio.sleep(0)
            if broken:
                raise LookupError("a batch that is broken")
            values = [self.value(parent, name, arguments) for parent in parents]
            return [LookupError(str(value)) if isinstance(value, RaisedError) else value for value in values]

        mark_batch(field, resolve)

    # Which type a value is of

    def _resolve_type(self, by_type: bool) -> Callable[..., Any] | None:
        if by_type:
            return None

        def resolve(value: Any, info: Any, type_: Any) -> Any:
            name = self._typename(value)
            return Later(1, name) if self._waits(value) else _returned(name)

        return resolve

    def _named_by_value(self, by_type: bool) -> dict[str, Any]:
        """The same as ``_resolve_type``, of the value alone; where it waits for nothing."""
        known = self.synchronous and not by_type and self._random.random() < 0.5
        return {TYPE_NAME: lambda value: _returned(self._typename(value))} if known else {}

    def _is_type_of(self, name: str, by_type: bool) -> Callable[..., Any] | None:
        if not by_type and name != "B":
            return None

        def is_type_of(value: Any, info: Any) -> Any:
            answer = self._typename(value)
            answer = answer if isinstance(answer, RaisedError) else answer == name
            return Later(1, answer) if self._waits(value) else _returned(answer)

        return is_type_of

    def _typename(self, value: Any) -> Any:
        if not isinstance(value, Node):
            return None
        luck = Random(f"{value.seed} type").random()
        odd = {0: "Query", 1: "Nothing", 2: "Int", 3: 5, 4: None, 5: RaisedError("no type")}
        return odd.get(int(luck * 60), value.typename)

    def _waits(self, value: Any) -> bool:
        return not self.synchronous and isinstance(value, Node) and Random(f"{value.seed} waits").random() < 0.2

    # The data

    def value(self, parent: Any, name: str, arguments: dict[str, Any]) -> Any:
        seed = f"{self._salt} {getattr(parent, 'seed', parent)} {name} {arguments!r}"
        return self._value(self.fields[name].type, Random(seed), seed)

    def _value(self, type_: Any, random: Random, seed: str) -> Any:
        if is_non_null_type(type_):
            type_ = type_.of_type
            if random.random() < 0.5:
                return self._good(type_, random, seed)
        luck = random.random()
        if luck < 0.07:
            return None
        if luck < 0.1:
            return RaisedError(f"raised {seed}")
        if luck < 0.12:
            return KeyError("an exception object")
        if luck < 0.15:
            return random.choice(WRONG)
        return self._good(type_, random, seed)

    def _good(self, type_: Any, random: Random, seed: str) -> Any:
        if is_list_type(type_):
            return self._list(type_, random, seed)
        named = get_named_type(type_)
        if named.name in LEAVES:
            usual = random.random() < 0.6
            return LEAVES[named.name][0 if usual else random.randrange(len(LEAVES[named.name]))]
        possible = [each.name for each in self.schema.get_possible_types(named)] if named in self._abstract else []
        return Node(self, random.choice(possible or [named.name]), f"{random.random()}")

    @property
    def _abstract(self) -> list[Any]:
        return [*self._interfaces, *self._unions]

    def _list(self, type_: Any, random: Random, seed: str) -> Any:
        items = [self._value(type_.of_type, random, f"{seed} {index}") for index in range(random.randint(0, 3))]
        # In a list nothing is raised: an exception object stands for it.
        items = [LookupError(str(item)) if isinstance(item, RaisedError) else item for item in items]
        luck = random.random()
        if luck < 0.1:
            return tuple(items)
        if luck < 0.15:
            return iter(items)
        if luck < 0.2 and not self.synchronous:
            return [Later(1, item) for item in items]
        if luck < 0.25 and not self.synchronous:
            return _async_iterator(items)
        return items


async def _async_iterator(items: list[Any]) -> AsyncIterator[Any]:
    for item in items:
        await asyncio.sleep(0)
        yield item
