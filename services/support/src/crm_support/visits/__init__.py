"""Visits after a sale: each falls due, and is done or skipped."""

from crm_chassis.slice import Slice
from crm_support.visits.api import router
from crm_support.visits.handlers import do_visit, make_visit_fall_due, skip_visit
from crm_support.visits.policies import DEADLINES
from crm_support.visits.publishing import publish
from crm_support.visits.read_models import visits_due
from crm_support.visits.visit import Visit

__all__ = ["VISITS", "Visit"]

VISITS = Slice(
    name="visits",
    aggregates=(Visit,),
    handlers=(do_visit, skip_visit),
    internal_handlers=(make_visit_fall_due,),
    publish=publish,
    read_models=(visits_due.READ_MODEL,),
    deadlines=DEADLINES,
    routers=(router,),
)
