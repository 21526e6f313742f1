"""What callers ask: queries and mutations of each upstream, and of all four."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from typing import Any

from benchmarks.own.queries import SPAM, tour
from gateway.sandbox.function_admin.seed import KINDS, TOPICS

SERVICE = "663accb6f7d37dbf2a4687b7"
UPSTREAMS = ("prediction", "deployment", "function_admin", "invoke")
PREDICT = '{tag: "@fxn/greeting", client: "load", inputs: [{name: "name", stringValue: $text}]}'
INVOKE = f'{{functionId: "{SPAM}", output: "Classification", capture: false, data: $text}}'
FOLLOW = """subscription ($text: String!) { prediction(input: {
  tag: "@fxn/stream", client: "load", inputs: [{name: "text", stringValue: $text}]
}) { results { stringValue } } }"""
LISTEN = f'subscription {{ endpointStream(input: {{deployment: "{SERVICE}", route: "/stream"}}) }}'


@dataclass(frozen=True)
class Operation:
    """``share`` is how often it is asked, beside the others."""

    name: str
    upstreams: tuple[str, ...]
    share: int
    document: str

    def body(self, chance: random.Random) -> bytes:
        """A request; its variables are drawn, so that few are alike."""
        n = chance.randrange(50)
        function = f"{TOPICS[n % len(TOPICS)]}_{KINDS[n % len(KINDS)][0]}_{n:03}".lower()
        variables: dict[str, Any] = {"n": n, "text": f"win {chance.randrange(10**9)}", "function": function}
        wanted = {name: value for name, value in variables.items() if f"${name}" in self.document}
        return json.dumps({"query": self.document, "variables": wanted}).encode()


def _query(upstream: str, share: int, field: str, variables: str = "") -> Operation:
    return Operation(f"{upstream} query", (upstream,), share, f"query {variables} {{ {field} }}")


def _mutation(upstream: str, share: int, field: str, variables: str = "") -> Operation:
    return Operation(f"{upstream} mutation", (upstream,), share, f"mutation {variables} {{ {field} }}")


OPERATIONS = (
    _query("prediction", 10, "predictors(input: {offset: $n, count: 5}) { tag name }", "($n: Int)"),
    _query("prediction", 5, 'predictor(input: {tag: "@fxn/greeting"}) { name owner { username } }'),
    _mutation("prediction", 8, f"createPrediction(input: {PREDICT}) {{ results {{ stringValue }} }}",
              "($text: String)"),
    _query("deployment", 8, f'deployment(input: {{id: "{SERVICE}"}}) {{ name status }}'),
    _query("deployment", 4, "deployments(input: {offset: $n, count: 5}) { id name }", "($n: Int)"),
    _mutation("deployment", 4, f'invokeEndpoint(input: {{deployment: "{SERVICE}", route: "/hello"}})'),
    _query("function_admin", 8, "functions(input: {offset: $n, count: 5}) { id name isActive }", "($n: Int)"),
    _query("function_admin", 4, 'function(input: {id: "my_function"}) { name valves }'),
    _mutation("function_admin", 4, "updateFunction(input: {id: $function, description: $text}) { id }",
              "($function: ID!, $text: String)"),
    _query("invoke", 8, "trainedFunctions(input: {offset: $n, count: 5}) { id name }", "($n: Int)"),
    _mutation("invoke", 8, f"invokeFunction(input: {INVOKE}) {{ labelName confidence }}", "($text: JSON)"),
    Operation("all four", UPSTREAMS, 3, tour()),
)  # fmt: skip
