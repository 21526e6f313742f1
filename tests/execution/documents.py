"""Documents for the schemas of ``generated``: fragments, aliases, merged fields, directives with variables."""

from __future__ import annotations

from random import Random
from typing import Any

from graphql import (
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
)

VARIABLES = "$yes: Boolean = true, $no: Boolean!, $n: Int, $color: Color = BLUE"
ARGUMENTS = [
    "n: 1",
    "n: null",
    "n: $n",
    "color: GREEN",
    "color: $color",
    "list: [1, 2]",
    "list: 5",
    "list: [$m]",
    "must: $m",
]


class DocumentWriter:
    def __init__(self, random: Random, schema: GraphQLSchema) -> None:
        self._random = random
        self._schema = schema
        self._fragments: list[str] = []
        self._aliases = 0

    def document(self) -> str:
        body = self._selection(self._schema.query_type, 0)
        text = f"query Q({VARIABLES}, $m: Int = 4)\n{body}\n" + "\n".join(self._fragments)
        return text + "\nquery Unused { __typename }"

    def variables(self) -> dict[str, Any]:
        yes = self._random.choice([True, True, False, None])
        given = {
            "no": self._random.random() < 0.3,
            "yes": yes,
            "n": 7,
            "color": "RED",
            "m": self._random.choice([2, None]),
        }
        return {name: value for name, value in given.items() if name == "no" or self._random.random() < 0.6}

    def _selection(self, type_: Any, depth: int) -> str:
        count = self._random.choice([2, 3, 4] if depth == 0 else [1, 1, 2, 3] if depth < 4 else [1])
        parts = ["__typename"] if self._random.random() < 0.2 else []
        parts += [self._part(type_, depth) for _ in range(count)]
        return "{ " + " ".join(part for part in parts if part) + (" }" if any(parts) else " __typename }")

    def _part(self, type_: Any, depth: int) -> str:
        luck = self._random.random()
        if depth < 5 and luck < 0.15:
            return f"... {self._condition(type_)} {self._directive()} {self._selection(type_, depth + 1)}"
        if depth < 5 and (luck < 0.3 or (is_abstract_type(type_) and luck < 0.7)):
            return self._fragment(self._random.choice(self._related(type_)), depth)
        return "__typename" if isinstance(type_, GraphQLUnionType) else self._field(type_, depth)

    def _condition(self, type_: Any) -> str:
        return f"on {type_.name}" if self._random.random() < 0.5 else ""

    def _related(self, type_: Any) -> list[Any]:
        """Types that a fragment inside ``type_`` can be on."""
        possible = {*self._schema.get_possible_types(type_)} if is_abstract_type(type_) else {type_}
        abstract = [self._schema.type_map[name] for name in ("Thing", "Either") if name in self._schema.type_map]
        overlapping = [each for each in abstract if possible & {*self._schema.get_possible_types(each)}]  # type: ignore[arg-type]
        return sorted({*possible, *overlapping}, key=lambda each: str(each.name))

    def _fragment(self, type_: Any, depth: int) -> str:
        body = self._selection(type_, depth + 1)
        if self._random.random() < 0.4:
            return f"... on {type_.name} {self._directive()} {body}"
        name = f"F{len(self._fragments)}"
        self._fragments.append(f"fragment {name} on {type_.name} {body}")
        return " ".join(f"...{name} {self._directive()}" for _ in range(self._random.choice([1, 1, 2])))

    def _directive(self) -> str:
        luck = self._random.random()
        if luck < 0.8:
            return ""
        return self._random.choice(
            ["@skip(if: $no)", "@include(if: $no)", "@include(if: true)", "@skip(if: true)", "@include(if: $yes)"]
        )

    def _field(self, type_: Any, depth: int) -> str:
        usable = [name for name, each in type_.fields.items() if depth < 4 or is_leaf_type(get_named_type(each.type))]
        if not usable:
            return ""
        name = self._random.choice(usable)
        field = type_.fields[name]
        arguments = self._arguments() if field.args else ""
        alias = self._alias() if arguments or self._random.random() < 0.2 else ""
        named = get_named_type(field.type)
        body = "" if is_leaf_type(named) else self._selection(named, depth + 1)
        return f"{alias}{name}{arguments} {self._directive()} {body}"

    def _alias(self) -> str:
        self._aliases += 1
        return f"a{self._aliases}: "

    def _arguments(self) -> str:
        chosen = {each.split(":")[0]: each for each in self._random.choices(ARGUMENTS, k=2)}
        return f"({', '.join(chosen.values())})"
