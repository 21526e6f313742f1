"""Sizes of the schema's lists, for the cost of a document (docs/limits.md)."""

from __future__ import annotations

from resolvers import deployment, invoke, paging, prediction, search
from resolvers.function_admin import history
from resolvers.function_admin import look_ups as function_admin

ASSUMED_SIZE = 10
"""Items of a list whose input does not say how many: endpoints of a deployment, results of a prediction."""

MAX_SIZE = paging.MAX_COUNT
"""Items of a page at the most; the resolvers refuse a larger `count`."""

PAGE_SIZES = {
    "DeploymentsInput": deployment.DEFAULT_COUNT,
    "FieldsInput": invoke.DEFAULT_COUNT,
    "FunctionHistoryInput": history.DEFAULT_COUNT,
    "FunctionsInput": function_admin.DEFAULT_COUNT,
    "LabelsInput": invoke.DEFAULT_COUNT,
    "PredictorsInput": prediction.DEFAULT_COUNT,
    "SamplesInput": invoke.DEFAULT_SAMPLES,
    "SearchInput": search.DEFAULT_COUNT,
    "TrainedFunctionsInput": invoke.DEFAULT_COUNT,
    "UserPredictorsInput": prediction.DEFAULT_COUNT,
}
"""Items of a page without `count`, by the type of the field's input."""

ITEM_LISTS = {"InvokeFunctionsInput": "inputs"}
"""Inputs that give one item for each of a list: the name of that list."""
