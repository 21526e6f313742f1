"""Predictors and predictions: the ``/graph`` API of Function (fxn.ai), field by field."""

from schema.prediction.predictions import CloudPrediction, EdgePrediction
from schema.prediction.profiles import Organization, User

TYPES = [User, Organization, CloudPrediction, EdgePrediction]
"""Types that only interfaces lead to."""
