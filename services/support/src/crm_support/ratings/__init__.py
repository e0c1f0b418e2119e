"""Ratings: how good customers found the service on a case or a visit."""

from crm_chassis.slice import Slice
from crm_support.ratings.handlers import rate_service
from crm_support.ratings.publishing import publish
from crm_support.ratings.rating import Rating

__all__ = ["RATINGS"]

RATINGS = Slice(name="ratings", aggregates=(Rating,), handlers=(rate_service,), publish=publish)
