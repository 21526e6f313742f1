"""Inputs of trained functions."""

from __future__ import annotations

import strawberry

from gateway.upstreams.invoke.invocations import Input, Options
from gateway.upstreams.invoke.records import SampleFilter
from resolvers.invoke import given_input
from schema.scalars import JSON, JSONObject, Upload


@strawberry.input(description="Which trained function.")
class TrainedFunctionInput:
    id: strawberry.ID = strawberry.field(description="Function id, with or without its prefix `function_`.")


@strawberry.input(description="A page of trained functions.")
class TrainedFunctionsInput:
    offset: int | None = strawberry.field(default=None, description="Functions to pass over. Defaults to 0.")
    count: int | None = strawberry.field(default=None, description="Most functions to return. Defaults to 100.")


@strawberry.input(description="A page of labels.")
class LabelsInput:
    offset: int | None = strawberry.field(default=None, description="Labels to pass over. Defaults to 0.")
    count: int | None = strawberry.field(default=None, description="Most labels to return. Defaults to 100.")


@strawberry.input(description="A page of fields.")
class FieldsInput:
    offset: int | None = strawberry.field(default=None, description="Fields to pass over. Defaults to 0.")
    count: int | None = strawberry.field(default=None, description="Most fields to return. Defaults to 100.")


@strawberry.input(description="A page of samples, newest first, and which ones.")
class SamplesInput:
    offset: int | None = strawberry.field(default=None, description="Samples to pass over. Defaults to 0.")
    count: int | None = strawberry.field(default=None, description="Most samples to return. Defaults to 25.")
    annotated: bool | None = strawberry.field(default=None, description="Only with, or only without an annotation.")
    predicted: bool | None = strawberry.field(default=None, description="Only with, or only without a prediction.")
    annotation_label_id: strawberry.ID | None = strawberry.field(
        default=None, description="Only those annotated with this label."
    )
    prediction_label_id: strawberry.ID | None = strawberry.field(
        default=None, description="Only those for which this label is predicted."
    )
    external_id: str | None = strawberry.field(default=None, description="Only with this id of your own.")
    search_text: str | None = strawberry.field(default=None, description="Only with this text in their data.")
    include_data: bool = strawberry.field(default=True, description="Include the data; false saves the way of it.")

    def chosen(self) -> SampleFilter:
        return SampleFilter(
            annotated=self.annotated,
            predicted=self.predicted,
            annotation_label_id=self.annotation_label_id,
            prediction_label_id=self.prediction_label_id,
            external_id=self.external_id,
            search_text=self.search_text,
            include_data=self.include_data,
        )


@strawberry.input(description="One input of an invocation of many.")
class InvocationInput:
    data: JSON | None = strawberry.field(
        default=None,
        description="Text; for images a data URI or web address; for tables an object keyed by field name or id.",
    )
    file: Upload | None = strawberry.field(
        default=None, description="An image, as a file of a GraphQL multipart request, instead of `data`."
    )
    sample_id: strawberry.ID | None = strawberry.field(
        default=None, description="For Search functions: a sample to find the like of, instead of `data`."
    )
    external_id: str | None = strawberry.field(default=None, description="Your own id for the captured sample.")
    metadata: JSONObject | None = strawberry.field(default=None, description="Metadata for the captured sample.")

    def given(self) -> Input:
        """Raises ``BadInput`` unless exactly one form of the input is there."""
        return given_input(self.data, self.file, self.sample_id, self.external_id, self.metadata)


@strawberry.input(description="How to invoke a trained function.")
class InvocationOptions:
    function_id: strawberry.ID = strawberry.field(description="Function id.")
    output: str | None = strawberry.field(
        default=None,
        description="The function's kind of output, as `TrainedFunction.output` says. It saves the gateway a look-up "
        "when it has not seen the function for an hour.",
    )
    label_count: int | None = strawberry.field(
        default=None, description="How many labels to rate; only the best one when null."
    )
    include_metadata: bool | None = strawberry.field(default=None, description="Include the labels' metadata.")
    model_id: str | None = strawberry.field(default=None, description="Pin a model; the newest when null.")
    capture: bool = strawberry.field(default=True, description="Let the vendor store the input as a sample.")
    retry: bool = strawberry.field(
        default=False,
        description="Send it again when the vendor is too busy or its answer is lost, though it may then be stored "
        "twice. With `capture` false, and for searches, this happens anyway.",
    )
    sample_count: int | None = strawberry.field(default=None, description="For Search: how many samples to find.")
    include_data: bool | None = strawberry.field(default=None, description="For Search: include the samples' data.")
    include_regions: bool | None = strawberry.field(
        default=None, description="For Ocr: say where in the image the text is."
    )

    def options(self) -> Options:
        return Options(
            label_count=self.label_count,
            include_metadata=self.include_metadata,
            model_id=self.model_id,
            capture=self.capture,
            retry=self.retry,
            sample_count=self.sample_count,
            include_data=self.include_data,
            include_regions=self.include_regions,
        )


@strawberry.input(description="An invocation of a trained function.")
class InvokeFunctionInput(InvocationInput, InvocationOptions):
    """Both together."""


@strawberry.input(description="An invocation of a trained function on many inputs.")
class InvokeFunctionsInput(InvocationOptions):
    inputs: list[InvocationInput] = strawberry.field(description="From 1 to 1,000 inputs.")

    def given(self) -> list[Input]:
        """Raises ``BadInput`` unless exactly one form of each input is there."""
        return [given.given() for given in self.inputs]
