"""What is asked of each upstream: queries, mutations and subscriptions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from gateway.sandbox.function_admin.seed import KINDS, TOPICS
from gateway.sandbox.invoke.seed import SPAM_ID
from gateway.settings import LinkSettings
from tests.harness import GREETING, SERVICE

Kind = Literal["query", "mutation", "subscription"]

LINK = LinkSettings(predictor=GREETING, deployment=SERVICE, function="my_function", trained_function=SPAM_ID)
CODE = "class Pipe:\n    def pipe(self, body):\n        return 'x'\n"
ITEM = "{ index output { labelName } error { code message retryable } }"


@dataclass(frozen=True)
class Operation:
    """A root field that is called ``own`` in the document, or ``sibling`` beside another one.

    Texts in ``input`` may hold ``{n}``, the cell's number, and the ids of things that no other cell touches.
    """

    upstream: str
    kind: Kind
    field: str
    input: dict[str, Any]
    selection: str
    sends: str
    """``METHOD path`` of the request that it is about, as a regular expression."""
    answer: Literal["typed", "unread", "relayed"] = "typed"
    """What becomes of the upstream's answer: ``unread`` where its status is all that counts, ``relayed`` where it is
    whatever the operator of a service wants to say, so that any text may be in it."""
    looks: int = 1
    """How often it reads the same thing, when nothing is repeated."""
    takes: str = ""
    """The type of ``input``; by the field's name when it is left out."""
    at: tuple[str, ...] = ("own",)
    """Where a fault shows: below the root where this upstream is only linked to the one that is asked."""

    @property
    def type_of_input(self) -> str:
        return self.takes or f"{self.field[0].upper()}{self.field[1:]}Input!"

    @property
    def linked(self) -> bool:
        return self.at != ("own",)

    def variables(self, number: int) -> dict[str, Any]:
        topic, kind = TOPICS[number % len(TOPICS)], KINDS[number % len(KINDS)][0]
        names = {"n": number, "function": f"{topic}_{kind}_{number:03}".lower(), "deployment": f"6592{number:020x}"}
        return {name: _filled(value, names) for name, value in self.input.items()}


def _filled(value: Any, names: dict[str, Any]) -> Any:
    match value:
        case str():
            return value.format(**names)
        case list():
            return [_filled(each, names) for each in value]
        case dict():
            return {name: _filled(each, names) for name, each in value.items()}
        case _:
            return value


def _linked(upstream: str, field: str, sends: str) -> Operation:
    selection, given = f"{{ name {field} {{ name }} }}", {"id": SERVICE}
    return Operation(
        upstream,
        "subscription",
        "deploymentStatus",
        given,
        selection,
        sends,
        takes="DeploymentInput!",
        at=("own", field),
    )


PREDICT = {"tag": GREETING, "client": "test"}
STREAM = {"tag": "@fxn/stream", "client": "test", "inputs": [{"name": "text", "stringValue": "a b c"}]}
HELLO = {"deployment": SERVICE, "route": "/hello"}
CREATE = {"id": "made_{n}", "name": "Made {n}", "content": CODE}
SPAM = {"functionId": SPAM_ID, "data": "free prize {n}"}
MANY = {"functionId": SPAM_ID, "inputs": [{"data": "free prize {n}"}, {"data": "see you at lunch {n}"}]}

OPERATIONS = (
    Operation("prediction", "query", "predictor", {"tag": GREETING}, "{ name }", "GET /predictors/"),
    Operation("prediction", "query", "predictors", {"count": 2}, "{ tag }", "GET /predictors$"),
    Operation("prediction", "query", "user", {}, "{ username }", "GET /user$"),
    Operation("prediction", "mutation", "createPrediction", PREDICT, "{ id }", "POST /predict"),
    Operation("prediction", "mutation", "updateUser", {"bio": "{n}"}, "{ username }", "PATCH /user$"),
    Operation("prediction", "mutation", "createUploadUrl", {"type": "MEDIA", "name": "a.png"}, "", "POST /uploadUrls"),
    Operation("prediction", "mutation", "createEnvironmentVariable", {"name": "CELL_{n}", "value": "1"}, "{ name }",
              "POST /environmentVariables"),
    Operation("prediction", "mutation", "deleteEnvironmentVariable", {"name": "CELL_{n}"}, "",
              "DELETE /environmentVariables", answer="unread"),
    Operation("prediction", "subscription", "prediction", STREAM, "{ results { type } }", "POST /predict",
              takes="CreatePredictionInput!"),
    Operation("prediction", "subscription", "prediction", PREDICT, "{ id }", "POST /predict",
              takes="CreatePredictionInput!"),
    _linked("prediction", "predictor", "GET /predictors/"),

    Operation("deployment", "query", "deployment", {"id": SERVICE}, "{ name }", "GET .*/functions/"),
    Operation("deployment", "query", "deployments", {"count": 3}, "{ id }", "GET .*/functions$"),
    Operation("deployment", "mutation", "invokeEndpoint", HELLO, "", "POST /svc/", answer="relayed"),
    Operation("deployment", "mutation", "createInferenceKey", {"deployment": "{deployment}"}, "{ id }",
              "POST .*/inference-keys$"),
    Operation("deployment", "mutation", "deleteInferenceKey", {"deployment": "{deployment}", "id": "1"}, "",
              "DELETE .*/inference-keys/", answer="unread"),
    Operation("deployment", "mutation", "teardownDeployment", {"id": "{deployment}"}, "{ name }", "PUT .*/teardown$",
              answer="unread"),
    Operation("deployment", "subscription", "deploymentStatus", {"id": SERVICE}, "{ status }", "GET .*/functions/",
              takes="DeploymentInput!"),
    Operation("deployment", "subscription", "endpointStream", {"deployment": SERVICE, "route": "/stream"}, "",
              "POST /svc/", takes="InvokeEndpointInput!", answer="relayed"),

    Operation("function_admin", "query", "function", {"id": "my_function"}, "{ name }", "GET .*/id/"),
    Operation("function_admin", "query", "functions", {"count": 2}, "{ id }", "GET .*/list$"),
    Operation("function_admin", "mutation", "createFunction", CREATE, "{ id }", "POST .*/create$"),
    Operation("function_admin", "mutation", "updateFunction", {"id": "word_filter", "description": "{n}"}, "{ id }",
              "POST .*/update$"),
    Operation("function_admin", "mutation", "toggleFunction", {"id": "{function}"}, "{ id }", "POST .*/toggle$"),
    Operation("function_admin", "mutation", "setFunctionGlobal", {"id": "log_event", "value": True}, "{ id }",
              "GET .*/id/log_event$", looks=2),
    Operation("function_admin", "mutation", "updateFunctionValves", {"id": "my_function", "values": {"model": "large"}},
              "{ id }", "POST .*/valves/update$"),
    Operation("function_admin", "mutation", "deleteFunction", {"id": "{function}"}, "", "DELETE .*/delete$"),
    _linked("function_admin", "function", "GET .*/id/"),

    Operation("invoke", "query", "trainedFunction", {"id": SPAM_ID}, "{ name }", "GET /v1/functions/"),
    Operation("invoke", "query", "trainedFunctions", {"count": 2}, "{ id }", "GET /v1/functions$"),
    Operation("invoke", "mutation", "invokeFunction", SPAM, "{ labelName }", "POST .*/invoke$"),
    Operation("invoke", "mutation", "invokeFunctions", MANY, ITEM, "POST .*/invoke$"),
    Operation("invoke", "subscription", "invokeFunctions", MANY, ITEM, "POST .*/invoke$"),
    _linked("invoke", "trainedFunction", "GET /v1/functions/"),
)  # fmt: skip

WITHOUT_SUBSCRIPTION = {
    "function_admin": "Open WebUI tells nobody of changes to functions, so the graph has no such field: its part is "
    "what an event of another upstream's subscription loads.",
}

SIBLINGS = (
    Operation("prediction", "query", "predictor", {"tag": "@fxn/identity"}, "{ name }", "GET"),
    Operation("prediction", "mutation", "createPrediction", PREDICT, "{ results { type } }", "POST"),
    Operation("deployment", "query", "deployment", {"id": SERVICE}, "{ name tags }", "GET"),
    Operation("deployment", "mutation", "invokeEndpoint", HELLO, "", "POST"),
    Operation("function_admin", "query", "function", {"id": "my_function"}, "{ name }", "GET"),
    Operation(
        "function_admin", "mutation", "updateFunction", {"id": "note_action", "name": "Kept"}, "{ name }", "POST"
    ),
    Operation("invoke", "query", "trainedFunctions", {"count": 3}, "{ id name }", "GET"),
    Operation(
        "invoke", "mutation", "invokeFunction", {"functionId": SPAM_ID, "data": "prize"}, "{ labelName }", "POST"
    ),
)
"""Operations whose answers are the same each time, to stand beside one whose upstream is faulty."""
