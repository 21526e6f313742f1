"""The documents of ``test_requests``: for each request that a field declares, one in which it is made."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.sandbox.deployment.seed import OPEN_ID
from gateway.sandbox.invoke.seed import OCR_ID, SEARCH_ID, SENTIMENT_ID, SPAM_ID, TAGS_ID
from gateway.settings import LinkSettings
from tests.harness import GREETING, SERVICE

LINKS = [
    LinkSettings(predictor=GREETING, deployment=SERVICE, function="my_function", trained_function=SENTIMENT_ID),
    LinkSettings(predictor="@fxn/fail", deployment=OPEN_ID, function="note_action", trained_function=SPAM_ID),
]
MINE = "@yusuf/quick-greeter-000"
NAMED = 'tag: "@fxn/greeting", client: "linux", inputs: [{name: "name", stringValue: "Ada"}]'
DEVICE = 'tag: "@fxn/edge", client: "linux", configuration: "device"'
CODE = "class Pipe:\\n    pass\\n"


@dataclass(frozen=True)
class Run:
    """A document, by whom, and over which dialect.

    ``$V1`` and ``$V2`` are versions of the function ``fresh``, ``$FILE`` is the address of a file.
    """

    document: str
    key: str = "admin"
    api: str = "v0"


def _both(document: str) -> list[Run]:
    """Over both dialects."""
    return [Run(document), Run(document, api="v1")]


def _all(document: str) -> list[Run]:
    """For administrators and for other users."""
    return [Run(document), Run(document, "user")]


def _mutation(text: str, *, by: str = "admin", api: str = "v0") -> Run:
    return Run(f"mutation {{ {text} }}", by, api)


IDS = {
    "deployment": (SERVICE, OPEN_ID),
    "trainedFunction": (SENTIMENT_ID, SPAM_ID),
    "predictor": (GREETING, "@fxn/fail"),
}


def _linked(start: str, below: str) -> str:
    name = "tag" if start == "predictor" else "id"
    first, second = IDS[start]
    return (
        f'{{ a: {start}(input: {{{name}: "{first}"}}) {{ {below} }} '
        f'  b: {start}(input: {{{name}: "{second}"}}) {{ {below} }} }}'
    )


def _owned(field: str) -> str:
    return f"{{ predictors {{ owner {{ ... on User {{ {field} }} ... on Organization {{ {field} }} }} }} }}"


PREDICTION = [
    *_both("{ user { username } }"),
    Run('{ user(input: {username: "fxn"}) { username } }'),
    *_both(f'{{ predictor(input: {{tag: "{GREETING}"}}) {{ tag }} }}'),
    Run("{ predictors(input: {count: 2}) { tag } }"),
    Run(_owned("predictors(input: {count: 1}) { tag }")),
    Run(_owned("environmentVariables { name }")),
    *_both(f"mutation {{ createPrediction(input: {{{NAMED}}}) {{ id }} }}"),
    _mutation(f"createPrediction(input: {{{DEVICE}}}) {{ id }}", api="v1"),
    *_both(f"subscription {{ prediction(input: {{{NAMED}}}) {{ id }} }}"),
    Run(f"subscription {{ prediction(input: {{{DEVICE}}}) {{ id }} }}", api="v1"),
    _mutation('updateUser(input: {bio: "New"}) { username }'),
    _mutation('createPredictor(input: {tag: "@yusuf/new", notebook: "https://example.com/n"}) { tag }'),
    *_both(f'mutation {{ archivePredictor(input: {{tag: "{MINE}"}}) {{ tag }} }}'),
    *_both(f'mutation {{ deletePredictor(input: {{tag: "{MINE}"}}) }}'),
    _mutation('createEnvironmentVariable(input: {name: "A", value: "b"}) { name }'),
    _mutation('deleteEnvironmentVariable(input: {name: "A"})'),
    *_both('mutation { createUploadUrl(input: {type: VALUE, name: "a"}) }'),
]
DETAILS = [
    "endpoints { route }",
    "invokeUrl",
    "auth",
    "error",
    "stderr",
    "inferenceKey",
    "info",
    "inferenceKeys { id }",
]
DEPLOYMENT = [
    Run(f'{{ deployment(input: {{id: "{SERVICE}"}}) {{ id }} }}'),
    Run("{ deployments(input: {offset: 7, count: 5}) { id } }"),
    *(Run(f"{{ deployments(input: {{count: 12}}) {{ {field} }} }}") for field in DETAILS),
    _mutation(f'invokeEndpoint(input: {{deployment: "{SERVICE}", route: "/hello", arguments: {{name: "A"}}}})'),
    Run(f'subscription {{ endpointStream(input: {{deployment: "{SERVICE}", route: "/stream"}}) }}'),
    Run(f'subscription {{ deploymentStatus(input: {{id: "{SERVICE}"}}) {{ id }} }}'),
    _mutation(f'createInferenceKey(input: {{deployment: "{SERVICE}"}}) {{ id }}'),
    _mutation(f'deleteInferenceKey(input: {{deployment: "{SERVICE}", id: "1"}})'),
    _mutation(f'teardownDeployment(input: {{id: "{OPEN_ID}"}}) {{ id }}'),
]
PARTS = ["content", "valves", "valvesSchema", "userValves", "userValvesSchema"]
VERSION = 'functionId: "fresh", id: "{}"'
FUNCTION_ADMIN = [
    *_all('{ function(input: {id: "my_function"}) { id } }'),
    *_all("{ functions { id } }"),
    *(Run(f"{{ functions(input: {{count: 1}}) {{ {part} }} }}") for part in PARTS[:2]),
    *_all('mutation { updateUserValves(input: {id: "my_function", values: {tone: "formal"}}) { id } }'),
    _mutation('updateUserValves(input: {id: "word_filter", values: {enabled: false}}) { id }'),
    *(Run(f"{{ functions(input: {{count: 1000}}) {{ {part} }} }}") for part in PARTS),
    Run('{ function(input: {id: "my_function"}) { owner { id } } }'),
    Run("{ functions(input: {count: 3}) { history { id } } }"),
    Run('{ function(input: {id: "fresh"}) { history { snapshot { name } } } }'),
    Run(f"{{ functionVersion(input: {{{VERSION.format('$V1')}}}) {{ id }} }}"),
    Run('{ functionDiff(input: {functionId: "fresh", fromId: "$V1", toId: "$V2"}) { fromId } }'),
    _mutation(f'createFunction(input: {{id: "other", name: "O", content: "{CODE}"}}) {{ id }}'),
    _mutation('updateFunction(input: {id: "other", name: "P"}) { id }'),
    _mutation('deleteFunction(input: {id: "other"})'),
    _mutation('toggleFunction(input: {id: "fresh"}) { id }'),
    _mutation('toggleFunctionGlobal(input: {id: "fresh"}) { id }'),
    _mutation('setFunctionActive(input: {id: "fresh", value: false}) { id }'),
    _mutation('setFunctionGlobal(input: {id: "fresh", value: false}) { id }'),
    _mutation('updateFunctionValves(input: {id: "my_function", values: {model: "large"}}) { id }'),
    _mutation('loadFunction(input: {url: "$FILE"}) { name }'),
    _mutation(f"setFunctionVersion(input: {{{VERSION.format('$V1')}}}) {{ id }}"),
    _mutation(f"deleteFunctionVersion(input: {{{VERSION.format('$V2')}}})"),
]
INPUT = '{data: "a"}'


def _invocations(each: str) -> list[Run]:
    one = f'functionId: "{each}"'
    return [
        _mutation(f"invokeFunctions(input: {{{one}, inputs: [{INPUT}, {INPUT}]}}) {{ index }}"),
        Run(f"subscription {{ invokeFunctions(input: {{{one}, inputs: [{INPUT}, {INPUT}]}}) {{ index }} }}"),
        _mutation(f'invokeFunction(input: {{{one}, data: "a"}}) {{ raw }}'),
    ]


INVOKE = [  # kinds of output are asked for once, so it matters which field is the first
    *_invocations(SPAM_ID),
    *_invocations(TAGS_ID),
    *reversed(_invocations(OCR_ID)),
    *_invocations(SEARCH_ID),
    Run(f'{{ trainedFunction(input: {{id: "{SPAM_ID}"}}) {{ id }} }}'),
    Run("{ trainedFunctions(input: {count: 1000}) { id } }"),
    *(
        Run(f"{{ trainedFunctions(input: {{count: 3}}) {{ {part} {{ id }} }} }}")
        for part in ("labels", "fields", "samples")
    ),
]
ACROSS = [
    *_all('{ search(input: {query: "greeting"}) { id } }'),
    *_both("{ upstreams { name } }"),
    *_both(_linked("deployment", "predictor { tag }")),
    Run(_linked("trainedFunction", "deployment { id }")),
    *_all(_linked("deployment", "function { id }")),
    Run(_linked("predictor", "trainedFunction { id }")),
]
LAST = [_mutation("syncFunctions(input: {functions: [], allowDelete: true}) { deleted }")]

RUNS = [*PREDICTION, *FUNCTION_ADMIN, *INVOKE, *ACROSS, *DEPLOYMENT, *LAST]
