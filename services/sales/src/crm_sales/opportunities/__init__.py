"""Opportunities: sales worth pursuing, their stages and their funnel."""

from crm_chassis.slice import Slice, handlers_of
from crm_sales.opportunities import handlers
from crm_sales.opportunities.api import router
from crm_sales.opportunities.opportunity import Opportunity
from crm_sales.opportunities.publishing import publish
from crm_sales.opportunities.read_models import funnel
from crm_sales.opportunities.rules import STAGES

__all__ = ["OPPORTUNITIES", "STAGES", "Opportunity"]

OPPORTUNITIES = Slice(
    name="opportunities",
    aggregates=(Opportunity,),
    handlers=handlers_of(handlers),
    publish=publish,
    read_models=(funnel.READ_MODEL,),
    routers=(router,),
)
