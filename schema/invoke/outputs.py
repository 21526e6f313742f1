"""What invocations answer."""

from __future__ import annotations

from typing import Any

import strawberry

from gateway.errors import GatewayError
from gateway.upstreams.invoke.batch import Item
from schema.scalars import JSON, JSONObject


@strawberry.type(description="A label with the confidence that it fits.")
class LabelConfidence:
    label_name: str | None = strawberry.field(description="Label name.")
    label_id: strawberry.ID | None = strawberry.field(description="Label id.")
    confidence: float | None = strawberry.field(description="From 0 to 1.")
    label_metadata: JSONObject | None = strawberry.field(description="Metadata of the label.")


@strawberry.type(description="A part of an image, in parts of its width and height from 0 to 1.")
class BoundingBox:
    x: float | None = strawberry.field(description="From the left side of the image to the box.")
    y: float | None = strawberry.field(description="From the upper side of the image to the box.")
    width: float | None = strawberry.field(description="Width of the box.")
    height: float | None = strawberry.field(description="Height of the box.")


@strawberry.type(description="Something that was detected in an image.")
class BoxPrediction:
    label_name: str | None = strawberry.field(description="What it is: a label's name.")
    label_id: strawberry.ID | None = strawberry.field(description="Label id.")
    confidence: float | None = strawberry.field(description="From 0 to 1.")
    label_metadata: JSONObject | None = strawberry.field(description="Metadata of the label.")
    bounding_box: BoundingBox | None = strawberry.field(description="Where it is.")


@strawberry.type(description="A sample that a search found.")
class SearchSample:
    sample_id: strawberry.ID | None = strawberry.field(description="Sample id.")
    distance: float | None = strawberry.field(description="How far it is from the input; 0 is the same.")
    external_id: str | None = strawberry.field(description="Your own id of the sample.")
    data: JSON | None = strawberry.field(description="Its data, where `includeData` is not false.")


@strawberry.type(description="What an invocation answers. Members that the kind of output does not have are null.")
class FunctionOutput:
    label_name: str | None = strawberry.field(description="Classification: name of the best label.")
    label_id: strawberry.ID | None = strawberry.field(description="Classification: id of the best label.")
    confidence: float | None = strawberry.field(description="Classification: confidence in the best label, 0 to 1.")
    label_metadata: JSONObject | None = strawberry.field(description="Classification: metadata of the best label.")
    decision_threshold: float | None = strawberry.field(description="Confidence from which the vendor decides.")
    label_confidences: list[LabelConfidence] | None = strawberry.field(
        description="Classification: rated labels, best first, where `labelCount` asks for them."
    )
    external_id: str | None = strawberry.field(description="Your own id of the captured sample.")
    sample_id: strawberry.ID | None = strawberry.field(description="Id of the captured sample, if the vendor names it.")
    tags: list[LabelConfidence] | None = strawberry.field(description="Tags: each label with its own confidence.")
    predictions: list[BoxPrediction] | None = strawberry.field(description="Detection and BoxDetect: what was found.")
    search_samples: list[SearchSample] | None = strawberry.field(description="Search: the nearest samples first.")
    text: str | None = strawberry.field(description="Ocr: the text that was recognized.")
    regions: JSON | None = strawberry.field(description="Ocr: where the text is; the vendor documents no shape.")
    raw: JSON | None = strawberry.field(description="The vendor's whole answer.")


@strawberry.type(description="Why an input has no output.")
class InvocationError:
    code: str = strawberry.field(description="As in `extensions.code` of errors.")
    message: str = strawberry.field(description="What happened.")
    retryable: bool = strawberry.field(
        description="Whether sending it again may help; with `capture` the vendor may then store it twice."
    )
    retry_after: float | None = strawberry.field(description="Seconds to wait before that, if the vendor says.")


def _error(item: Item) -> InvocationError | None:
    error: GatewayError | None = item.error
    if error is None:
        return None
    return InvocationError(
        code=error.code, message=error.message, retryable=error.retryable, retry_after=error.retry_after_s
    )


@strawberry.type(description="The result for one of many inputs.")
class Invocation:
    index: int = strawberry.field(description="Which input, counted from 0.")
    output: FunctionOutput | None = strawberry.field(description="What the function answers; null with an error.")

    @strawberry.field(description="Why there is no output.", graphql_type=InvocationError | None)
    def error(self, root: strawberry.Parent[Item]) -> Any:
        return _error(root)


@strawberry.type(description="The result for one of many inputs, as it comes.")
class InvocationProgress(Invocation):
    done: int = strawberry.field(description="How many inputs are done, this one included.")
    total: int = strawberry.field(description="How many inputs there are.")
