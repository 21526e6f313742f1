"""Where the drawing starts: names of things that are there, and documents that run."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from graphql import get_introspection_query

from gateway.sandbox.invoke.seed import IMAGE_ID, SPAM_ID
from tests.harness import GREETING, SERVICE

FUNCTION = "my_function"
KNOWN = {
    "tag": [GREETING, "@fxn/stream", "@fxn/fail", "@fxn/edge", "@fxn/image", "@fxn/sum"],
    "username": ["yusuf", "ada", "fxn", "natml"],
    "deployments": [SERVICE, "6650b3d19c8e4f00127a5a01"],
    "functions": [FUNCTION, "word_filter", "note_action"],
    "trained-functions": [SPAM_ID, IMAGE_ID],
    "route": ["/hello", "/stream", "/peek"],
}
"""By the name of a parameter, or what the path begins with."""
LOSABLE = {
    "tag": ["@natml/quiet-adder-001"],
    "deployments": ["659200000000000000000013"],
    "functions": ["weather_note_014"],
}
"""For what takes things away: the others are needed again."""
IDS = [name for names in KNOWN.values() for name in names]
LOSABLE_IDS = [name for names in LOSABLE.values() for name in names]


class Seed(NamedTuple):
    """A document that runs, with its variables."""

    text: str
    variables: dict[str, Any] | None = None
    name: str | None = None

    @property
    def members(self) -> list[tuple[str, str]]:
        """Of a request, names too as JSON."""
        found = {"query": self.text, "variables": self.variables, "operationName": self.name}
        return [(json.dumps(name), json.dumps(value)) for name, value in found.items() if value is not None]

    @property
    def parameters(self) -> list[tuple[str, str]]:
        """Of a URL."""
        variables = None if self.variables is None else json.dumps(self.variables)
        found = {"query": self.text, "variables": variables, "operationName": self.name}
        return [(name, value) for name, value in found.items() if value is not None]


SEEDS = [
    Seed("{ __typename }"),
    Seed("query Q { user { username ... on User { email created } } }"),
    Seed(
        "query Q($a: Boolean = true, $count: Int) { predictors(input: {count: $count}) @include(if: $a) { tag } }",
        {"a": True, "count": 2},
    ),
    Seed(
        f'{{ predictor(input: {{tag: "{GREETING}"}}) {{ ...P owner {{ predictors {{ ...P }} }} }} }}'
        " fragment P on Predictor { tag name signature { inputs { name type } outputs { name } } }"
    ),
    Seed(
        "query Q($input: DeploymentInput!) { deployment(input: $input) { name endpoints { method route } } }"
        " query R { a: user { username } b: user { username } }",
        {"input": {"id": SERVICE}},
        "Q",
    ),
    Seed(
        f'{{ function(input: {{id: "{FUNCTION}"}}) {{ name valves '
        '... @defer(label: "late") { content history { id } } } }'
    ),
    Seed("{ predictors(input: {count: 3}) @stream(initialCount: 1) { tag ... @defer { owner { username } } } }"),
    Seed(
        '{ search(input: {query: "greet"}) { item { ... on Predictor { tag } } } upstreams { name }'
        " trainedFunctions(input: {count: 2, offset: 1}) { id name labels { name } samples { id } } }"
    ),
    Seed(
        f'mutation {{ createPrediction(input: {{tag: "{GREETING}", client: "x", '
        'inputs: [{name: "name", stringValue: "a"}]}) { id results { stringValue } error logs } }'
    ),
    Seed(
        "mutation M($input: InvokeEndpointInput!) { invokeEndpoint(input: $input) }",
        {"input": {"deployment": SERVICE, "route": "/hello", "arguments": {"name": "canary-argument"}}},
    ),
    Seed(
        f'mutation {{ toggleFunction(input: {{id: "{FUNCTION}"}}) {{ isActive }} '
        f'setFunctionGlobal(input: {{id: "{FUNCTION}", value: false}}) {{ isGlobal userValves valvesSchema }} }}'
    ),
    Seed(
        "mutation ($input: InvokeFunctionInput!) { invokeFunction(input: $input) { __typename } }",
        {"input": {"functionId": SPAM_ID, "data": "canary text", "capture": False}},
    ),
    Seed('subscription { prediction(input: {tag: "@fxn/stream", client: "x"}) { results { stringValue } } }'),
    Seed(f'subscription S {{ endpointStream(input: {{deployment: "{SERVICE}", route: "/stream"}}) }}'),
    Seed(f'subscription {{ deploymentStatus(input: {{id: "{SERVICE}"}}) {{ status endpoints {{ route }} }} }}'),
    Seed(
        'query ($v: String = """block\n  string""", $a: Boolean! = true) '
        "{ __type(name: $v) { fields(includeDeprecated: $a) { name } } predictors @skip(if: $a) { tag } }"
    ),
    Seed(get_introspection_query(input_value_deprecation=True, schema_description=True)),
]
