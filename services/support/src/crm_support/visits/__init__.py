"""Visits after a sale: each falls due, and is done or skipped."""

from crm_chassis.slice import Slice, handlers_of
from crm_support.visits import handlers
from crm_support.visits.api import router
from crm_support.visits.policies import DEADLINES
from crm_support.visits.publishing import publish
from crm_support.visits.read_models import visits_due
from crm_support.visits.visit import Visit

__all__ = ["VISITS", "Visit"]

VISITS = Slice(
    name="visits",
    aggregates=(Visit,),
    handlers=handlers_of(handlers, but=(handlers.make_visit_fall_due,)),
    internal_handlers=(handlers.make_visit_fall_due,),
    publish=publish,
    read_models=(visits_due.READ_MODEL,),
    deadlines=DEADLINES,
    routers=(router,),
)
