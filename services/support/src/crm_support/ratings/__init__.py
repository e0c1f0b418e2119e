"""Ratings: how good customers found the service on a case or a visit."""

from crm_chassis.slice import Slice, handlers_of
from crm_support.ratings import handlers
from crm_support.ratings.publishing import publish
from crm_support.ratings.rating import Rating

__all__ = ["RATINGS"]

RATINGS = Slice(name="ratings", aggregates=(Rating,), handlers=handlers_of(handlers), publish=publish)
