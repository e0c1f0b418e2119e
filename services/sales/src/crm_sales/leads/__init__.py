"""Leads: customers' interest, the salesperson who follows each, and the opportunity it becomes."""

from crm_chassis.slice import Slice, handlers_of
from crm_sales.leads import handlers
from crm_sales.leads.api import router
from crm_sales.leads.lead import Lead
from crm_sales.leads.publishing import publish
from crm_sales.leads.read_models import leads_of_salesperson

__all__ = ["LEADS"]

LEADS = Slice(
    name="leads",
    aggregates=(Lead,),
    handlers=handlers_of(handlers),
    publish=publish,
    read_models=(leads_of_salesperson.READ_MODEL,),
    routers=(router,),
)
